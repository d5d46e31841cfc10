import type { Dropped, Frame, Json, JsonObject, Option, RawItem } from '../model.js';
import { optionNamed } from './answerMatch.js';
import { literalIn, readOptions } from './optionsValue.js';
import type { Plan } from './plainPlan.js';
import { splitPrompt } from './promptOptions.js';
import { blankItem, isJsonObject, TRUE_FALSE } from './recordFields.js';
import { cellText, textOf, truthOf, YES_NO_OPTIONS } from './recordValues.js';
import type { RoleName } from './roleNames.js';
import { imageRefs, integerIn, leavesOf, valueAt } from './roleValues.js';

/** One record while it becomes an item. `keep` names used columns that the item does not hold in full; they stay in meta as well. */
interface Reading {
  readonly record: JsonObject;
  readonly plan: Plan;
  readonly keep: Set<string>;
}

/**
 * One record as an item: each role's column in its place, every other column in meta with its own type. A column whose value is changed
 * on the way (an option's position, a prompt that prints its options) or cannot be used (a confidence of 7) stays in meta as well.
 * A record in which every role is empty is dropped.
 */
export function plainItem(record: JsonObject, row: number, flags: RawItem['flags'], plan: Plan): RawItem | Dropped {
  const reading: Reading = { record, plan, keep: new Set() };
  if (!plan.usedList.some((column) => !isBlank(valueAt(record, column)))) {
    const names = plan.usedList.map((column) => `'${column}'`).join(', ');
    const detail = `Record ${String(row)} is empty in every column that has a role (${names}). Remove it, or fill it in.`;
    return { row, reason: 'empty record', detail };
  }
  const asked = questionOf(reading);
  const images = imagesOf(reading);
  const stated = goldOf(reading, asked.options);
  const { aliases } = stated;
  const shown = shuffledOf(reading, asked.options);
  // Gold and prediction must be read against one list: a gold letter means the list as it is, so it becomes its text.
  const gold = shown === null ? stated.gold : textOfLabel(stated.gold, asked.options);
  const options = shown ?? asked.options;
  const answer = answerOf(reading, options);
  const verdict = asked.options.length === 0 ? yesNoOf(gold) : [];
  const id = scalar(reading, 'id')?.trim() ?? null;
  const sample = sampleOf(reading);
  return {
    ...blankItem(row),
    id,
    question: asked.question,
    options: options.length > 0 ? options : verdict,
    gold,
    ...(aliases.length > 0 ? { goldAliases: aliases } : {}),
    ...answer,
    storedCorrect: correctOf(reading),
    kind: plan.kind ?? (verdict.length > 0 ? 'yes-no' : null),
    task: scalar(reading, 'task'),
    relation: scalar(reading, 'relation'),
    frame: frameOf(reading),
    images,
    model: plan.model ?? scalar(reading, 'model'),
    split: splitOf(reading),
    unit: sample === null ? null : (id ?? [asked.question, ...images].join(' | ')),
    sample,
    confidence: confidenceOf(reading),
    meta: metaOf(reading),
    flags,
  };
}

/** True for an empty cell, and for one that says "nan". Lists and objects are not written out to see whether they are empty. */
function isBlank(value: Json | undefined): boolean {
  if (typeof value !== 'string') return value === undefined || value === null;
  // Most cells begin with a letter or a digit and are longer than "nan": no need to look further.
  return value.length > 8 && value.charCodeAt(0) > 0x20 && value.charCodeAt(0) < 0x80
    ? false
    : cellText(value) === null;
}

/** The value of the first of a role's columns that is filled; the others that are filled stay in meta. */
function valueOf(reading: Reading, role: RoleName): { column: string; value: Json } | null {
  let found: { column: string; value: Json } | null = null;
  for (const column of reading.plan.columns[role] ?? []) {
    const value = valueAt(reading.record, column);
    if (value === undefined || isBlank(value)) continue;
    if (found === null) found = { column, value };
    else reading.keep.add(column);
  }
  return found;
}

function scalar(reading: Reading, role: RoleName): string | null {
  const found = valueOf(reading, role);
  return found === null ? null : textOf(found.value);
}

function questionOf(reading: Reading): { question: string | null; options: readonly Option[] } {
  const { plan, keep } = reading;
  const found = valueOf(reading, 'question');
  const text = found === null ? null : spoken(found.value);
  const own = optionsOf(reading);
  if (found === null || text === null) return { question: text, options: own };
  if (typeof found.value !== 'string') keep.add(found.column);
  if (own.length > 0 && !plan.questionPrints) return { question: text, options: own };
  const printed = splitPrompt(text);
  if (printed.options.length === 0) return { question: text, options: own };
  keep.add(found.column);
  return { question: printed.question, options: own.length > 0 ? own : counted(printed.options, plan) };
}

function optionsOf(reading: Reading): readonly Option[] {
  const { plan, record, keep } = reading;
  const columns = plan.columns.options ?? [];
  if (plan.optionLabels !== null) {
    return columns.flatMap((column, i): Option[] => {
      const text = cellText(valueAt(record, column));
      return text === null ? [] : [{ label: plan.optionLabels?.[i] ?? null, text: text.trim() }];
    });
  }
  const [column] = columns;
  if (column === undefined) return [];
  const value = valueAt(record, column);
  const options = offeredBy(value, plan);
  if (plan.optionsArePrompt || (options.length === 0 && !isBlank(value))) keep.add(column);
  return options;
}

const SHUFFLED = /shuffl|permut/i;

/** The options in the order that the model saw, where a column beside them holds the same texts shuffled; else null. */
function shuffledOf({ record, plan }: Reading, options: readonly Option[]): readonly Option[] | null {
  if (options.length < 2) return null;
  const column = Object.keys(record).find(
    (name) => SHUFFLED.test(name) && !(plan.columns.options ?? []).includes(name),
  );
  if (column === undefined) return null;
  const shown = offeredBy(record[column], plan);
  const sorted = (list: readonly Option[]): string => JSON.stringify(list.map((option) => option.text).sort());
  return sorted(shown) === sorted(options) ? shown : null;
}

function textOfLabel(gold: string | null, options: readonly Option[]): string | null {
  const label = gold?.trim().toUpperCase();
  return options.find((option) => option.label === label)?.text ?? gold;
}

/** Benchmarks offer the same few lists over and over; more different ones than this are not remembered. */
const REMEMBERED = 1000;

function offeredBy(value: Json | undefined, plan: Plan): readonly Option[] {
  const texts = typeof value === 'string' ? [value] : Array.isArray(value) && value.every(isText) ? value : null;
  const key = texts === null ? null : `${typeof value}\0${texts.join('\0')}`;
  const known = key === null ? undefined : plan.offered.get(key);
  if (known !== undefined) return known;
  const options = counted(readOptions(value, { commas: plan.commas, prompt: plan.optionsArePrompt }), plan);
  if (key !== null && plan.offered.size < REMEMBERED) plan.offered.set(key, options);
  return options;
}

/** A text that does not hold the character which joins several to a key. */
function isText(value: Json): value is string {
  return typeof value === 'string' && !value.includes('\0');
}

function counted(options: readonly Option[], plan: Plan): readonly Option[] {
  if (!plan.lettersCount || options.length > 26 || options.some((option) => option.label !== null)) return options;
  return options.map((option, i) => ({ label: String.fromCharCode(65 + i), text: option.text }));
}

function imagesOf(reading: Reading): string[] {
  const images: string[] = [];
  for (const column of reading.plan.columns.image ?? []) images.push(...imageRefs(valueAt(reading.record, column)));
  return images;
}

/** Several right answers are ordered by how often they are given, the first of equals first. */
function goldOf(reading: Reading, options: readonly Option[]): { gold: string | null; aliases: string[] } {
  const found = valueOf(reading, 'gold');
  if (found === null) return { gold: null, aliases: [] };
  const { column, value } = found;
  const list = Array.isArray(value) ? value : listIn(value);
  if (list !== null) {
    const counts = new Map<string, number>();
    for (const text of list.flatMap((item) => spoken(item) ?? [])) counts.set(text, (counts.get(text) ?? 0) + 1);
    const [gold, ...aliases] = [...counts.entries()].sort((a, b) => b[1] - a[1]).map(([text]) => text);
    if (counts.size < list.length) reading.keep.add(column);
    return { gold: gold === undefined ? null : converted(reading, column, gold, options), aliases };
  }
  const text = spoken(value);
  if (text !== null && /^\s*hidden\s*$/i.test(text) && optionNamed(text, options) === null) {
    reading.keep.add(column);
    return { gold: null, aliases: [] };
  }
  return { gold: text === null ? null : converted(reading, column, text, options), aliases: [] };
}

function listIn(value: Json): Json[] | null {
  if (typeof value !== 'string' || !value.trim().startsWith('[')) return null;
  const literal = literalIn(value);
  return Array.isArray(literal) && literal.every((item) => typeof item === 'string') ? literal : null;
}

/** A position in the options as the option's label, or its text where it has none; 0 and 1 on a statement as words. */
function converted(reading: Reading, column: string, text: string, options: readonly Option[]): string {
  const words = meaning(text, options, reading.plan);
  if (words === null) return text;
  reading.keep.add(column);
  return words;
}

function meaning(text: string, options: readonly Option[], plan: Plan): string | null {
  const number = integerIn(text);
  if (number === null) return null;
  if (plan.statement !== null && options.length === 0)
    return number === 1 ? plan.statement[0] : number === 0 ? plan.statement[1] : null;
  const option = plan.base === null ? undefined : options[number - plan.base];
  return option === undefined ? null : (option.label ?? option.text);
}

/**
 * The response and the extracted answer. A single prediction column is the response; where it holds positions, what they mean is the
 * extracted answer. A column that exists but is empty is an empty answer, not a missing one.
 */
function answerOf(reading: Reading, options: readonly Option[]): Pick<RawItem, 'extracted' | 'response'> {
  const { plan } = reading;
  const has = (role: RoleName): boolean => (plan.columns[role] ?? []).length > 0;
  const parsedRole = has('extracted') ? 'extracted' : has('response') && has('prediction') ? 'prediction' : null;
  const rawRole = has('response') ? 'response' : has('prediction') && parsedRole !== 'prediction' ? 'prediction' : null;
  const response = rawRole === null ? null : answerText(reading, rawRole);
  if (parsedRole === null) {
    const words = response === null ? null : meaning(response, options, plan);
    return { extracted: words, response };
  }
  const parsed = valueOf(reading, parsedRole);
  const text = answerText(reading, parsedRole) ?? '';
  return { extracted: parsed === null ? text : converted(reading, parsed.column, text, options), response };
}

function answerText(reading: Reading, role: RoleName): string | null {
  const found = valueOf(reading, role);
  if (found === null) {
    const column = (reading.plan.columns[role] ?? [])[0] ?? '';
    return typeof valueAt(reading.record, column) === 'string' ? '' : null;
  }
  if (typeof found.value === 'object') reading.keep.add(found.column);
  // Several answers to one question: the first counts, all of them stay in meta.
  const value =
    Array.isArray(found.value) && found.value.every((item) => typeof item === 'string')
      ? (found.value[0] ?? '')
      : found.value;
  return spoken(value);
}

const SPOKEN_KEYS = ['text', 'content', 'answer', 'response', 'output', 'prediction', 'value', 'label'];

/** The text of a value: a string as it stands, the text parts of chat messages joined by newlines, an object's text field. */
function spoken(value: Json, depth = 0): string | null {
  if (depth > 4) return null;
  if (Array.isArray(value)) {
    const parts = value.flatMap((item) => spoken(item, depth + 1) ?? []);
    return parts.length > 0 ? parts.join('\n') : null;
  }
  if (!isJsonObject(value)) return textOf(value);
  const key = SPOKEN_KEYS.find((name) => Object.hasOwn(value, name));
  if (key !== undefined) return spoken(value[key] ?? null, depth + 1);
  return value['type'] === 'image' || value['type'] === 'image_url' ? null : textOf(value);
}

function yesNoOf(gold: string | null): readonly Option[] {
  const word = gold?.trim() ?? '';
  if (/^(?:yes|no)\.?$/i.test(word)) return YES_NO_OPTIONS;
  return /^(?:true|false)$/i.test(word) ? TRUE_FALSE : [];
}

function correctOf(reading: Reading): boolean | null {
  const found = valueOf(reading, 'correct');
  if (found === null) return null;
  const word = (textOf(found.value) ?? '').trim();
  const stored =
    truthOf(found.value) ??
    (/^(?:yes|correct|right)$/i.test(word) ? true : /^(?:no|incorrect|wrong)$/i.test(word) ? false : null);
  if (stored === null) reading.keep.add(found.column);
  return stored;
}

/** Words for frames of reference in the data. "Relative" and "intrinsic" are the terms of Levinson (2003). */
const FRAMES: readonly (readonly [Frame, RegExp])[] = [
  ['imagined', /\b(?:imagined?|imaginary|hypothetical)\b/i],
  ['camera', /\b(?:camera|viewer|observer|egocentric|ego|relative|image)\b/i],
  ['person', /\b(?:person|human|people)\b/i],
  ['object', /\b(?:object|intrinsic)\b/i],
];

function frameOf(reading: Reading): Frame | null {
  const found = valueOf(reading, 'frame');
  if (found === null) return null;
  const text = textOf(found.value) ?? '';
  const frame = FRAMES.find(([, words]) => words.test(text))?.[0] ?? null;
  if (frame === null || frame !== text.trim().toLowerCase()) reading.keep.add(found.column);
  return frame;
}

function confidenceOf(reading: Reading): number | null {
  const found = valueOf(reading, 'confidence');
  if (found === null) return null;
  const text = (textOf(found.value) ?? '').trim();
  const number = text.endsWith('%') ? Number(text.slice(0, -1)) / 100 : Number(text);
  if (text !== '' && number >= 0 && number <= 1) return number;
  reading.keep.add(found.column);
  return null;
}

function sampleOf(reading: Reading): number | null {
  const found = valueOf(reading, 'sample');
  const number = found === null ? null : integerIn(textOf(found.value));
  const sample = number === null ? null : number + (reading.plan.sampleStart === 0 ? 1 : 0);
  if (sample !== null && sample >= 1) return sample;
  if (found !== null) reading.keep.add(found.column);
  return null;
}

/** A file of one model is one run; a model that first shows up after the head starts a run of its own. */
function splitOf(reading: Reading): string | null {
  const { plan, keep } = reading;
  for (const column of plan.columns.step ?? []) keep.add(column);
  const model = plan.model === null ? scalar(reading, 'model') : null;
  const [only, ...others] = plan.models;
  const parts = [
    others.length > 0 || (only !== undefined && model !== only) ? model : null,
    scalar(reading, 'split'),
    plan.steps ? scalar(reading, 'step') : null,
  ].filter((part) => part !== null);
  return parts.length > 0 ? parts.join(' · ') : null;
}

function metaOf({ record, plan, keep }: Reading): JsonObject {
  const entries: [string, Json][] = [];
  for (const [key, value] of Object.entries(record)) {
    const opened =
      plan.dotted.length > 0 &&
      isJsonObject(value) &&
      plan.dotted.some((column) => column.startsWith(`${key}.`) && !Object.hasOwn(record, column));
    if (!opened) {
      if (!plan.used.has(key) || keep.has(key)) entries.push([key, value]);
      continue;
    }
    for (const [leaf, item] of leavesOf({ [key]: value })) {
      if (plan.used.has(leaf) && !keep.has(leaf)) continue;
      entries.push([Object.hasOwn(record, leaf) ? `${leaf}.2` : leaf, item]);
    }
  }
  return Object.fromEntries(entries);
}
