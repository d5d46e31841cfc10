import type { Json, JsonObject, Option, RawItem } from '../model.js';
import { letterIn, optionNamed, plainWords } from './answerMatch.js';
import { literalIn } from './optionsValue.js';
import type { Plan } from './plainPlan.js';
import { spoken, spokenKey, valueIn, valueOf } from './plainReading.js';
import type { Reading } from './plainReading.js';
import { isJsonObject } from './recordFields.js';
import { textOf, truthOf } from './recordValues.js';
import type { RoleName } from './roleNames.js';
import { integerIn } from './roleValues.js';

/** Several right answers are ordered by how often they are given, the first of equals first. */
export function goldOf(reading: Reading, options: readonly Option[]): { gold: string | null; aliases: string[] } {
  const found = valueOf(reading, 'gold');
  if (found === null) return { gold: null, aliases: [] };
  const { column, value } = found;
  const list = Array.isArray(value) ? value : listIn(value);
  if (list !== null) {
    const counts = new Map<string, number>();
    for (const text of list.flatMap((item) => spoken(item) ?? [])) counts.set(text, (counts.get(text) ?? 0) + 1);
    const [gold, ...aliases] = [...counts.entries()].sort((a, b) => b[1] - a[1]).map(([text]) => text);
    if (counts.size < list.length) reading.keep.add(column);
    return { gold: gold === undefined ? null : goldText(reading, column, gold, options), aliases };
  }
  const text = spoken(value);
  if (text !== null && /^\s*hidden\s*$/i.test(text) && optionNamed(text, options) === null) {
    reading.keep.add(column);
    return { gold: null, aliases: [] };
  }
  return { gold: text === null ? null : goldText(reading, column, text, options), aliases: [] };
}

function listIn(value: Json): Json[] | null {
  if (typeof value !== 'string' || !value.trim().startsWith('[')) return null;
  const literal = literalIn(value);
  return Array.isArray(literal) && literal.every((item) => typeof item === 'string') ? literal : null;
}

/** A position whose count has no known start is no gold: scored as a text it would be wrong whatever the answer. */
function goldText(reading: Reading, column: string, text: string, options: readonly Option[]): string | null {
  const unknown =
    reading.plan.baseUnknown &&
    options.length > 1 &&
    integerIn(text) !== null &&
    !options.some((option) => option.label === text.trim() || integerIn(option.text) !== null);
  if (!unknown) return converted(reading, column, text, options);
  reading.keep.add(column);
  return null;
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
export function answerOf(reading: Reading, options: readonly Option[]): Pick<RawItem, 'extracted' | 'response'> {
  const { plan } = reading;
  const roles = plan.answers;
  const response = roles.raw === null ? null : answerText(reading, roles.raw);
  if (roles.parsed === null) {
    const words = response === null ? null : meaning(response, options, plan);
    return { extracted: words, response };
  }
  const parsed = valueOf(reading, roles.parsed);
  const text = answerText(reading, roles.parsed) ?? '';
  return { extracted: parsed === null ? text : converted(reading, parsed.column, text, options), response };
}

/** An answer column that holds an object without any text in it, where a text is expected; null where all can be read. */
export function unreadableAnswer(reading: Reading): { column: string; keys: readonly string[] } | null {
  const { parsed, raw } = reading.plan.answers;
  for (const role of [parsed, raw]) {
    const found = role === null ? null : valueOf(reading, role);
    if (found === null || !isJsonObject(found.value) || spokenKey(found.value) !== undefined) continue;
    const keys = Object.keys(found.value);
    // Something for each letter, such as its probability, is kept as it is.
    if (!keys.every((key) => /^[A-Z]$/i.test(key))) return { column: found.column, keys };
  }
  return null;
}

function answerText(reading: Reading, role: RoleName): string | null {
  const found = valueOf(reading, role);
  if (found === null) {
    const column = (reading.plan.columns[role] ?? [])[0] ?? '';
    return typeof valueIn(reading, column) === 'string' ? '' : null;
  }
  if (typeof found.value === 'object') reading.keep.add(found.column);
  return Array.isArray(found.value) && found.value.length === 0 ? '' : spoken(found.value);
}

const EXACT_LETTER = /^[\s*_"'`]*(?:\\boxed\{[A-Z]\}|\(?[A-Z][).:]?)[\s*_"'`]*$/;
/** "The answer is (B)": a letter that a sentence states as its answer. */
const STATED_LETTER = /\b(?:answer|option|choice)\b[^\n]{0,12}?\(?\b[A-Z]\b/;

/**
 * True where this record's gold or answer is a letter while its options are an unlabelled list: the letter counts the list then.
 * Where an option is itself a letter ("point A"), the letter is its text.
 */
export function lettersCount(reading: Reading, options: readonly Option[]): boolean {
  if (options.length < 2 || options.length > 26) return false;
  if (options.some((option) => option.label !== null || /^[A-Z]$/.test(option.text))) return false;
  const { parsed, raw } = reading.plan.answers;
  const says = (role: RoleName | null, test: (text: string) => boolean): boolean => {
    const found = role === null ? null : valueOf(reading, role);
    const text = found === null ? null : spoken(found.value);
    return text !== null && test(text);
  };
  const isText = (text: string): boolean => options.some((option) => plainWords(option.text) === plainWords(text));
  const isLetter = (text: string): boolean => letterIn(text) !== null && !isText(text);
  const states = (text: string): boolean =>
    isLetter(text) ||
    EXACT_LETTER.test(text) ||
    STATED_LETTER.test(text.slice(-400)) ||
    STATED_LETTER.test(text.slice(0, 400));
  return says('gold', isLetter) || says(parsed, states) || says(raw, states);
}

export function correctOf(reading: Reading): boolean | null {
  const found = valueOf(reading, 'correct');
  if (found === null) return null;
  const word = (textOf(found.value) ?? '').trim();
  const stored =
    truthOf(found.value) ??
    (/^(?:yes|correct|right)$/i.test(word) ? true : /^(?:no|incorrect|wrong)$/i.test(word) ? false : null);
  if (stored === null) reading.keep.add(found.column);
  return stored;
}

/** "A, C", "A and C", "AC": several letters are the right answer together. */
const SEVERAL_LETTERS = /^\s*[A-Z](?:\s*(?:[,;/&+]|and)?\s*[A-Z])+\s*$/;

/** The samples of one question, as records of their own. */
export interface Samples {
  readonly records: readonly JsonObject[];
  /** The stored verdicts are one for each sample, or there are none. */
  readonly verdicts: boolean;
}

/**
 * One record for each sample where the answer column lists the samples of one question; null where it holds one answer. A list beside a
 * gold that is a list too may as well be the several options that were chosen, and a sample's number in a column of its own says that the
 * record is one sample: neither is taken apart.
 */
export function samplesOf(record: JsonObject, plan: Plan): Samples | null {
  const reading: Reading = { record, plan, keep: new Set() };
  const { parsed, raw } = plan.answers;
  const lead = [parsed, raw].flatMap((role) => (role === null ? [] : (valueOf(reading, role) ?? [])))[0];
  const answers = lead === undefined ? null : textsOf(lead.value, lead.column, plan);
  if (lead === undefined || answers === null || valueOf(reading, 'sample') !== null) return null;
  const gold = valueOf(reading, 'gold')?.value ?? null;
  if (Array.isArray(gold) || (gold !== null && listIn(gold) !== null)) return null;
  if (typeof gold === 'string' && SEVERAL_LETTERS.test(gold)) return null;
  const columns = (['extracted', 'prediction', 'response', 'correct'] as const).flatMap((role) => {
    const found = valueOf(reading, role);
    const items = found === null || found.column === lead.column ? null : sameLength(found.value, answers.length);
    return found === null || items === null ? [] : [{ role, column: found.column, items }];
  });
  const listed = [{ column: lead.column, items: answers }, ...columns];
  const records = answers.map((_, i) =>
    listed.reduce((sample, { column, items }) => withValue(sample, column, items[i] ?? null), record),
  );
  return { records, verdicts: valueOf(reading, 'correct') === null || columns.some(({ role }) => role === 'correct') };
}

/** The texts of a list of two or more; lists written as text count only where the whole column holds such. */
function textsOf(value: Json, column: string, plan: Plan): readonly Json[] | null {
  const list = Array.isArray(value) ? value : plan.listedAnswers.has(column) ? listIn(value) : null;
  if (list === null || list.length < 2 || !list.some((item) => item !== null)) return null;
  // A sample that gave no answer is an empty one.
  return list.every((item) => item === null || isAnswer(item)) ? list.map((item) => item ?? '') : null;
}

/** A text, or an object that says one; numbers may be scores, and turns of a chat and parts of one text are one answer. */
function isAnswer(value: Json): boolean {
  if (!isJsonObject(value)) return typeof value === 'string';
  return spokenKey(value) !== undefined && !Object.hasOwn(value, 'role') && !Object.hasOwn(value, 'type');
}

function sameLength(value: Json, length: number): readonly Json[] | null {
  const list = Array.isArray(value) ? value : typeof value === 'string' ? literalIn(value) : null;
  return Array.isArray(list) && list.length === length ? list : null;
}

/** The record with another value under a column's name, which may lie in objects; the record itself stays as it is. */
function withValue(record: JsonObject, column: string, value: Json): JsonObject {
  if (Object.hasOwn(record, column) || !column.includes('.')) return { ...record, [column]: value };
  const [first = '', ...rest] = column.split('.');
  const inner = record[first];
  return isJsonObject(inner) ? { ...record, [first]: withValue(inner, rest.join('.'), value) } : record;
}
