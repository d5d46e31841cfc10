import { isJsonObject, type Json, type JsonObject, type Option, type RawItem } from '../model.js';
import { remembered, rememberedOf } from '../remembered.js';
import { areNumbered, letterIn, optionNamed, plainWords } from './answerMatch.js';
import { literalIn } from './optionsValue.js';
import type { Plan } from './plainPlan.js';
import { leaderOf, leaderText } from './scoreVectors.js';
import { valueIn, valueOf } from './plainReading.js';
import { spoken, spokenKey } from './spoken.js';
import type { Reading } from './plainReading.js';
import { splitPrompt } from './promptOptions.js';
import { saysMissing, saysNoOutput, textOf, truthOf } from './recordValues.js';
import type { RoleName } from './roleNames.js';
import { integerIn } from './roleValues.js';

/** Several right answers are ordered by how often they are given, the first of equals first. */
export function goldOf(reading: Reading, options: readonly Option[]): { gold: string | null; aliases: string[] } {
  const found = valueOf(reading, 'gold');
  if (found === null) return { gold: null, aliases: [] };
  const { column, value } = found;
  const leader = leaderOf(value, options, column);
  if (leader !== null) {
    reading.keep.add(column);
    return { gold: leader === 'tie' ? null : leaderText(leader), aliases: [] };
  }
  const list = Array.isArray(value) ? value : listIn(value);
  if (list !== null) {
    const counts = new Map<string, number>();
    for (const text of list.flatMap((item) => spoken(item) ?? [])) counts.set(text, (counts.get(text) ?? 0) + 1);
    const [gold, ...aliases] = [...counts.entries()].sort((a, b) => b[1] - a[1]).map(([text]) => text);
    if (counts.size < list.length) reading.keep.add(column);
    return { gold: gold === undefined ? null : goldText(reading, column, gold, options), aliases };
  }
  const text = spoken(value);
  if (text !== null && (/^\s*hidden\s*$/i.test(text) || saysMissing(text)) && optionNamed(text, options) === null) {
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
function converted(
  reading: Reading,
  column: string,
  text: string,
  options: readonly Option[],
  base = reading.plan.base,
): string {
  const words = meaning(text, options, reading.plan, base);
  if (words === null) return text;
  reading.keep.add(column);
  return words;
}

/**
 * The gold as the text of its option where options are numbered and it does not count them as they are labelled: a letter beside
 * answers in numbers, a number beside answers in letters. `numbered` are the options as the record has them.
 */
export function goldAmong(
  gold: string | null,
  { numbered, options }: { numbered: readonly Option[]; options: readonly Option[] },
): string | null {
  const letter = gold === null ? null : letterIn(gold);
  if (gold === null || numbered.some((option) => plainWords(option.text) === plainWords(gold))) return gold;
  const isLettered = options[0]?.label !== numbered[0]?.label;
  const meant = isLettered
    ? numbered.find((option) => option.label === String(integerIn(gold)))
    : letter === null
      ? undefined
      : numbered[letter.charCodeAt(0) - 65];
  return meant?.text ?? gold;
}

function meaning(text: string, options: readonly Option[], plan: Plan, base = plan.base): string | null {
  const number = integerIn(text);
  if (number === null) return null;
  if (plan.statement !== null && options.length === 0)
    return number === 1 ? plan.statement[0] : number === 0 ? plan.statement[1] : null;
  const option = base === null ? undefined : options[number - base];
  return option === undefined ? null : (option.label ?? option.text);
}

/**
 * The response and the extracted answer. A single prediction column is the response; where it holds positions, what they mean is the
 * extracted answer. A column that exists but is empty is an empty answer, not a missing one.
 */
export function answerOf(reading: Reading, options: readonly Option[]): Pick<RawItem, 'extracted' | 'response'> {
  const { plan } = reading;
  const roles = plan.answers;
  const led = leadingOption(reading, options);
  if (led !== null) return led;
  const response = roles.raw === null ? null : answerText(reading, roles.raw, options);
  const base = plan.predictionBase;
  if (roles.parsed === null) {
    const words = response === null ? null : meaning(response, options, plan, base);
    return { extracted: words, response };
  }
  const parsed = valueOf(reading, roles.parsed);
  const text = answerText(reading, roles.parsed, options) ?? '';
  return { extracted: parsed === null ? text : converted(reading, parsed.column, text, options, base), response };
}

/** What scores of the options say, where they stand in place of an answer; they stay in meta. */
function leadingOption(reading: Reading, options: readonly Option[]): Pick<RawItem, 'extracted' | 'response'> | null {
  const { parsed, raw } = reading.plan.answers;
  const role = parsed ?? raw;
  const found = role === null ? null : valueOf(reading, role);
  const leader = found === null ? null : leaderOf(found.value, options, found.column);
  if (found === null || leader === null) return null;
  reading.keep.add(found.column);
  return {
    extracted: leaderText(leader),
    response: parsed === null || raw === null ? null : answerText(reading, raw, options),
  };
}

/** An answer column that holds an object without any text in it, where a text is expected; null where all can be read. */
export function unreadableAnswer(reading: Reading): { column: string; keys: readonly string[] } | null {
  const { parsed, raw } = reading.plan.answers;
  for (const role of [parsed, raw]) {
    const found = role === null ? null : valueOf(reading, role);
    if (found === null || !isJsonObject(found.value) || spokenKey(found.value) !== undefined) continue;
    const keys = Object.keys(found.value);
    const scored = Object.values(found.value).every((score) => typeof score === 'number') && keys.length > 1;
    // Something for each letter or option, such as its probability, may be the scores of the options.
    if (!scored && !keys.every((key) => /^[A-Z]$/i.test(key))) return { column: found.column, keys };
  }
  return null;
}

function answerText(reading: Reading, role: RoleName, options: readonly Option[]): string | null {
  const found = valueOf(reading, role);
  if (found === null) {
    const column = (reading.plan.columns[role] ?? [])[0] ?? '';
    return typeof valueIn(reading, column) === 'string' ? '' : null;
  }
  if (typeof found.value === 'object') reading.keep.add(found.column);
  const text = Array.isArray(found.value) && found.value.length === 0 ? '' : spoken(found.value);
  if (text === null || !saysNoOutput(text) || isTextOf(text, options)) return text;
  reading.keep.add(found.column);
  return '';
}

function isTextOf(text: string, options: readonly Option[]): boolean {
  return options.length > 0 && factsOf(options).words.has(plainWords(text));
}

/** What is asked of a list of options again and again. */
const factsOf = rememberedOf((options: readonly Option[]) => ({
  words: new Set(options.map((option) => plainWords(option.text))),
  numbered: areNumbered(options),
  labelled: options.some((option) => option.label !== null),
  /** Some option is itself a letter ("point A"). */
  letters: options.some((option) => /^[A-Z]$/i.test(option.text)),
}));

const EXACT_LETTER = /^[\s*_"'`]*(?:\\boxed\{[A-Z]\}|\(?[A-Z][).:]?)[\s*_"'`]*$/;
/** "The answer is (B)", "OPTION B", "answer: b": a letter that a sentence states as its answer. A small "a" may be the article. */
const STATED_LETTER =
  /\b(?:[Aa]nswer|ANSWER|[Oo]ption|OPTION|[Cc]hoice|CHOICE)\b[^\n]{0,12}?(?:\([a-z]\)|\(?\b[A-Zb-h]\b|\ba[\s.)]*$)/;
/** "3", "Option 2", "The answer is 1.": numbers that count. */
const STATED_NUMBER = /^\W*\d{1,2}\b|\b(?:answer|option|choice)\b(?:\s+is\b)?\W{0,8}\d{1,2}\b/i;
/** A capital that is no part of a word: "It's A", "['A']", "答案是A". */
const LONE_LETTER = /(?<![A-Za-z0-9_-]|[A-Za-z]['’])[A-Z](?![A-Za-z0-9_-]|['’][A-Za-z])/g;
/** "object A", "from B to C": letters that name what is in the picture. An article or a pronoun names nothing. */
const NAMED_LETTER =
  /(?<![\p{L}\p{N}_'’-])(?:[B-HJ-Z]|[AI](?=\s*(?:[?,.;:)"”]|$|\b(?:is|and|or|to|from|in|on|at|of)\b)))(?![\p{L}\p{N}_'’-])/u;

/**
 * True where letters count this record's options, which are an unlabelled or a numbered list: its gold is a letter, or its answer holds
 * one that may be meant as one, so that the answer rule must know what it counts. An answer that is an option's text is that text;
 * where an option is itself a letter ("point A"), the letter is its text. Options that are numbered keep their numbers for an answer
 * in numbers.
 */
export function lettersCount(reading: Reading, options: readonly Option[]): boolean {
  if (options.length < 2 || options.length > 26) return false;
  const { numbered, labelled, letters } = factsOf(options);
  if ((labelled && !numbered) || letters) return false;
  const { parsed, raw } = reading.plan.answers;
  const said = (role: RoleName | null): string | null => {
    const found = role === null ? null : valueOf(reading, role);
    return found === null ? null : spoken(found.value);
  };
  const mayMean = (text: string): boolean =>
    !numbered && holdsLetter(text, options.length) && !lettersAreNames(reading, options);
  const states = (text: string | null): boolean =>
    text !== null && !isTextOf(text, options) && (statesLetter(text) || mayMean(text));
  const [gold, answers] = [said('gold'), [said(parsed), said(raw)]];
  const inNumbers = numbered && answers.some((text) => text !== null && STATED_NUMBER.test(text.slice(-400)));
  if (!inNumbers && answers.some(states)) return true;
  return !inNumbers && gold !== null && letterIn(gold) !== null && !isTextOf(gold, options);
}

/**
 * Whether what `lettersCount` says of this record stays the same whatever its question and its raw answer are: where it does not ask them,
 * or where the gold or the extracted answer is a letter anyway.
 */
export function lettersAreSettled(reading: Reading, options: readonly Option[]): boolean {
  if (options.length < 2 || options.length > 26) return true;
  const { numbered, labelled, letters } = factsOf(options);
  if ((labelled && !numbered) || letters) return true;
  const { parsed } = reading.plan.answers;
  const isLetter = (role: RoleName, states: (text: string) => boolean): boolean => {
    const found = valueOf(reading, role);
    const text = found === null ? null : spoken(found.value);
    return text !== null && !isTextOf(text, options) && states(text);
  };
  return (
    !numbered &&
    (isLetter('gold', (text) => letterIn(text) !== null) || (parsed !== null && isLetter(parsed, statesLetter)))
  );
}

const statesLetter = remembered(
  (text) =>
    letterIn(text) !== null ||
    EXACT_LETTER.test(text) ||
    STATED_LETTER.test(text.slice(-400)) ||
    STATED_LETTER.test(text.slice(0, 400)),
);

function holdsLetter(text: string, count: number): boolean {
  return [...text.matchAll(LONE_LETTER)].some(([letter]) => letter.charCodeAt(0) - 65 < count);
}

/** Where question or options call things by letters, a letter within a sentence is such a name. */
function lettersAreNames(reading: Reading, options: readonly Option[]): boolean {
  const question = valueOf(reading, 'question');
  const text = question === null ? null : spoken(question.value);
  const asked = text === null ? null : splitPrompt(text).question;
  return [asked ?? '', ...options.map((option) => option.text)].some((words) => NAMED_LETTER.test(words));
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
  const lead = (parsed === null ? null : valueOf(reading, parsed)) ?? (raw === null ? null : valueOf(reading, raw));
  const answers = lead === null ? null : textsOf(lead.value, lead.column, plan);
  if (lead === null || answers === null || valueOf(reading, 'sample') !== null) return null;
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
