import { isJsonObject, type Json, type Option } from '../model.js';
import { splitPrompt } from './promptOptions.js';
import { parsePythonLiteral } from './pythonLiteral.js';
import { cellText } from './recordValues.js';

/** What may join options as well as stand inside one; each counts only where the file proves it. */
export const JOINERS = ['/', 'or', 'vs'] as const;
export type Joiner = (typeof JOINERS)[number];

export interface OptionsReading {
  /** Split "left, right" too. Only where the gold answers prove that commas separate. */
  readonly commas?: boolean;
  /** Split "left/right", "left, right or front" or "left vs right" too. Only where the gold answers prove it. */
  readonly joiner?: Joiner | null;
  /** The value is a whole prompt: only options printed in it count, its other lines are no options. */
  readonly prompt?: boolean;
}

/**
 * The options that one value offers, in the value's order; empty when it offers none. Reads lists, lists written as text (JSON,
 * Python or NumPy), objects from label to text, `{text: […], label: […]}`, lists of such objects, text with printed labels
 * ("A. left\nB. right"), and text joined by newlines, `|`, `;` or tabs. Labels are only those that the value itself states.
 */
export function readOptions(value: Json | undefined, reading: OptionsReading = {}): readonly Option[] {
  if (typeof value === 'string') return reading.prompt === true ? splitPrompt(value).options : fromText(value, reading);
  if (Array.isArray(value)) return fromList(value, reading);
  return isJsonObject(value) ? fromObject(value, reading) : [];
}

/** The value of a cell that holds a list or an object written as JSON or by Python; undefined when it holds plain text. */
export function literalIn(text: string): Json | undefined {
  const trimmed = text.trim();
  if (!/^(?:[[{(]|array\s*\()/.test(trimmed)) return undefined;
  try {
    const value = JSON.parse(trimmed) as Json;
    if (typeof value === 'object') return value;
  } catch {
    // Not JSON; Python's repr is the other usual writer.
  }
  return parsePythonLiteral(trimmed);
}

function fromText(text: string, reading: OptionsReading): readonly Option[] {
  const literal = literalIn(text);
  if (Array.isArray(literal)) return fromList(literal, reading);
  if (isJsonObject(literal)) return fromObject(literal, reading);
  const parts = pieces(text, reading);
  const labelled = withLabels(parts);
  if (labelled.length > 1 && labelled.every((option) => option.label !== null)) return labelled;
  const printed = splitPrompt(text).options;
  return printed.length > 1 ? printed : labelled.length > 1 ? labelled : [];
}

const SEPARATORS: readonly string[] = ['\n', '|', ';', '\t'];
const JOINED: Readonly<Record<Joiner, RegExp>> = {
  '/': /\//,
  or: /\s*,\s*or\s+|\s+or\s+|\s*,\s*/i,
  vs: /\s+vs\.?\s+|\s*,\s*/i,
};

function pieces(text: string, reading: OptionsReading): string[] {
  const separator = SEPARATORS.find((char) => text.trim().includes(char)) ?? weakSeparator(reading);
  if (separator === null) return [];
  return text
    .split(separator)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function weakSeparator({ commas, joiner }: OptionsReading): string | RegExp | null {
  if (commas === true) return ',';
  return joiner === undefined || joiner === null ? null : JOINED[joiner];
}

/** Lists that were read: to tell what a column holds, each is asked for several times. */
const read = new WeakMap<readonly Json[], readonly Option[]>();

function fromList(list: readonly Json[], reading: OptionsReading): readonly Option[] {
  const only = list[0];
  if (list.length === 1 && typeof only === 'string') return fromText(only, reading);
  const before = read.get(list);
  if (before !== undefined) return before;
  const options = ofItems(list);
  read.set(list, options);
  return options;
}

function ofItems(list: readonly Json[]): readonly Option[] {
  const objects = list.filter(isJsonObject);
  if (objects.length === list.length && list.length > 0) return fromObjects(objects);
  const texts = list.flatMap((item) => (typeof item === 'object' ? [] : (cellText(item) ?? [])));
  return texts.length === list.length ? withLabels(texts) : [];
}

function fromObject(value: { readonly [key: string]: Json }, reading: OptionsReading): readonly Option[] {
  for (const key of ['choices', 'options', 'candidates']) {
    if (Object.hasOwn(value, key)) return readOptions(value[key], reading);
  }
  const { text, label } = value;
  if (Array.isArray(text) && Array.isArray(label) && text.length === label.length) {
    return text.flatMap((item, i) => option(label[i], item));
  }
  const entries = Object.entries(value);
  if (entries.some(([, item]) => typeof item === 'object' && item !== null)) return [];
  return entries.flatMap(([key, item]) => option(labelOfKey(key), item));
}

/** "A", "option_b" and "choice 2" name a label; any other key is only a key. */
function labelOfKey(key: string): string | null {
  return /^(?:(?:option|choice|opt|answer)?[\s_-]*)([A-Za-z]|\d{1,2})$/i.exec(key.trim())?.[1]?.toUpperCase() ?? null;
}

const TEXT_KEYS = ['text', 'option', 'choice', 'value', 'content', 'answer'];
const LABEL_KEYS = ['label', 'letter', 'key', 'id', 'index'];

function fromObjects(objects: readonly { readonly [key: string]: Json }[]): Option[] {
  // Turns of a conversation offer nothing.
  if (objects.some((object) => typeof (object['role'] ?? object['from']) === 'string')) return [];
  return objects.flatMap((object) => {
    const textKey = TEXT_KEYS.find((key) => Object.hasOwn(object, key));
    const labelKey = LABEL_KEYS.find((key) => Object.hasOwn(object, key));
    return textKey === undefined ? [] : option(labelKey === undefined ? null : object[labelKey], object[textKey]);
  });
}

function option(label: Json | undefined, text: Json | undefined): Option[] {
  const words = typeof text === 'object' ? null : cellText(text);
  const name = typeof label === 'object' ? null : cellText(label);
  return words === null ? [] : [{ label: name?.trim() ?? null, text: words.trim() }];
}

/** A letter's separator may touch the text ("A.left"); after a number it must not ("1.5 m" is a text). */
const PRINTED_LABEL = /^\s*(?:[([]([A-Za-z]|\d{1,2})[)\]]\s*|([A-Z])\s?[.):]\s*|([a-z]|\d{1,2})[.):]\s+)(?=\S)/;

function withLabels(texts: readonly string[]): Option[] {
  const labels = texts.map((text) => PRINTED_LABEL.exec(text));
  const found = labels.map((match) => match?.[1] ?? match?.[2] ?? match?.[3] ?? null);
  const all = found.every((label) => label !== null) && new Set(found).size === texts.length;
  return texts.map((text, i) =>
    all
      ? { label: found[i] ?? null, text: text.slice(labels[i]?.[0].length ?? 0).trim() }
      : { label: null, text: text.trim() },
  );
}
