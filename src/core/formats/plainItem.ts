import {
  type DepthConvention,
  type Dropped,
  type Frame,
  isJsonObject,
  type Json,
  type JsonObject,
  type Option,
  type RawItem,
} from '../model.js';
import { areNumbered, letterIn } from './answerMatch.js';
import { toRecord } from './containers/columns.js';
import { boxesOf } from './boxes.js';
import { askedIn } from './chats.js';
import { lettered } from './letters.js';
import { readOptions } from './optionsValue.js';
import {
  answerOf,
  correctOf,
  goldAmong,
  goldOf,
  lettersAreSettled,
  lettersCount,
  unreadableAnswer,
} from './plainAnswers.js';
import type { Plan } from './plainPlan.js';
import { printedOptions, sameTexts } from './plainShuffled.js';
import { isBlank, scalar, valueIn, valueOf } from './plainReading.js';
import { spoken } from './spoken.js';
import type { Reading } from './plainReading.js';
import { splitPrompt } from './promptOptions.js';
import { blankItem, TRUE_FALSE } from './recordFields.js';
import { cellText, textOf, YES_NO_OPTIONS } from './recordValues.js';
import { conventionIn } from './roleConvention.js';
import { imageRefs, integerIn, leavesOf, valueAt } from './roleValues.js';

/** Which sample of its question a record was made for, where it lists several. */
export interface Sampled {
  readonly sample: number;
  /** The stored verdicts are one for each sample. */
  readonly verdicts: boolean;
}

/**
 * One record as an item: each role's column in its place, every other column in meta with its own type. A column whose value is changed
 * on the way (an option's position, a prompt that prints its options) or cannot be used (a confidence of 7) stays in meta as well.
 * A record in which every role is empty is dropped, and one whose answer is an object without a text.
 */
export function plainItem(
  record: JsonObject,
  row: number,
  flags: RawItem['flags'],
  plan: Plan,
  sampled?: Sampled,
): RawItem | Dropped {
  const reading: Reading = { record, plan, keep: new Set() };
  const refused = refusal(reading, row);
  if (refused !== null) return refused;
  const asked = countedOptions(reading, questionOf(reading));
  const images = imagesOf(reading);
  const shown = shuffledOf(reading, asked.options);
  const { aliases, gold } = shown === null ? statedGold(reading, asked) : shuffledGold(reading, asked, shown);
  const options = shown ?? asked.options;
  const answer = answerOf(reading, options);
  const verdict = asked.options.length === 0 ? yesNoOf(gold) : [];
  const id = scalar(reading, 'id')?.trim() ?? null;
  const boxes = plan.boxes.length === 0 ? [] : boxesOf(record, plan.boxes);
  const sample = sampled?.sample ?? sampleOf(reading);
  // One verdict on several samples is nobody's in particular.
  const verdictless = sampled?.verdicts === false;
  if (verdictless) for (const column of plan.columns.correct ?? []) reading.keep.add(column);
  return {
    ...blankItem(row),
    id,
    question: asked.question,
    options: options.length > 0 ? options : verdict,
    gold,
    ...(aliases.length > 0 ? { goldAliases: aliases } : {}),
    ...answer,
    storedCorrect: verdictless ? null : correctOf(reading),
    kind: plan.kind ?? (verdict.length > 0 ? 'yes-no' : null),
    task: scalar(reading, 'task'),
    relation: scalar(reading, 'relation'),
    frame: frameOf(reading),
    convention: conventionOf(reading),
    images,
    model: plan.model ?? scalar(reading, 'model'),
    split: splitOf(reading),
    unit: sample === null ? null : unitOf(id, asked.question, images, row),
    sample,
    confidence: confidenceOf(reading),
    ...(boxes.length > 0 ? { boxes } : {}),
    meta: metaOf(reading),
    flags,
  };
}

/**
 * Whether a record's question and raw answer are handed on as they stand, and nothing else of the item depends on them: its options stand
 * in columns of their own, and what letters count is settled without them.
 */
export function handsOnTexts(record: JsonObject, plan: Plan): boolean {
  const reading: Reading = { record, plan, keep: new Set() };
  const options = optionsOf(reading);
  return options.length > 0 && !plan.questionPrints && lettersAreSettled(reading, options);
}

function unitOf(id: string | null, question: string | null, images: readonly string[], row: number): string {
  const words = [...(question === null ? [] : [question]), ...images].join(' | ');
  return id ?? (words === '' ? `record ${String(row)}` : words);
}

function refusal(reading: Reading, row: number): Dropped | null {
  const { plan } = reading;
  if (!plan.usedList.some((column) => !isBlank(valueIn(reading, column)))) {
    const names = plan.usedList.map((column) => `'${column}'`).join(', ');
    const detail = `Record ${String(row)} is empty in every column that has a role (${names}). Remove it, or fill it in.`;
    return { row, reason: 'empty record', detail };
  }
  if (!isRecord(reading)) {
    const names = Object.keys(reading.record)
      .map((column) => `'${column}'`)
      .join(', ');
    const detail =
      `Record ${String(row)} (${names}) holds no question, answer or id, which the other records have: it says something about the ` +
      'file. Remove it, or put what it says into a mapping.';
    return { row, reason: 'not a record', detail };
  }
  const answer = unreadableAnswer(reading);
  if (answer === null) return null;
  const keys = answer.keys.map((key) => `'${key}'`).join(', ');
  const detail =
    `Record ${String(row)}: '${answer.column}' holds an object (${keys}) where the answer was expected as a text, or as an object ` +
    "with the key 'text', 'answer' or 'content'. Write the answer as a text, or name the right key in a mapping.";
  return { row, reason: 'unreadable answer', detail };
}

/** What a record is about, or answers. A model, a seed or a task alone describes a run. */
export const SUBSTANCE = [
  'id',
  'image',
  'question',
  'options',
  'gold',
  'prediction',
  'response',
  'extracted',
  'correct',
] as const;

function isRecord(reading: Reading): boolean {
  return SUBSTANCE.some((role) =>
    (reading.plan.columns[role] ?? []).some((column) => valueIn(reading, column) !== undefined),
  );
}

interface Asked {
  readonly question: string | null;
  readonly options: readonly Option[];
  /** The options as the record has them, where they are numbered. */
  readonly numbered?: readonly Option[];
}

function statedGold(reading: Reading, { options, numbered }: Asked): ReturnType<typeof goldOf> {
  const stated = goldOf(reading, options);
  const gold = numbered === undefined ? stated.gold : goldAmong(stated.gold, { numbered, options });
  if (gold !== stated.gold) for (const column of reading.plan.columns.gold ?? []) reading.keep.add(column);
  return { ...stated, gold };
}

/** Whether a list without labels is counted by letters depends on its own record alone, not on what others answer. */
function countedOptions(reading: Reading, asked: Asked): Asked {
  const { options } = asked;
  const counted = lettersCount(reading, options) ? lettered(options) : options;
  return { ...asked, options: counted, ...(areNumbered(options) ? { numbered: options } : {}) };
}

function questionOf(reading: Reading): Asked {
  const { plan, keep } = reading;
  const found = valueOf(reading, 'question');
  const text = found === null ? null : spoken(askedIn(found.value) ?? found.value);
  const own = optionsOf(reading);
  if (found === null || text === null) return { question: text, options: own };
  if (typeof found.value !== 'string') keep.add(found.column);
  if (own.length > 0 && !plan.questionPrints) return { question: text, options: own };
  const printed = splitPrompt(text);
  if (printed.options.length === 0) return { question: text, options: own };
  keep.add(found.column);
  return { question: printed.question, options: own.length > 0 ? own : printed.options };
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

/** The options in the order that the model saw, where a column beside them holds the same texts shuffled; else null. */
function shuffledOf({ record, plan }: Reading, options: readonly Option[]): readonly Option[] | null {
  if (plan.shuffle === null || options.length < 2) return null;
  const value = valueAt(record, plan.shuffle.column);
  const shown = plan.shuffle.isPrompt ? printedOptions(value) : offeredBy(value, plan);
  if (!sameTexts(shown, options)) return null;
  return options.every((option) => option.label !== null) && shown.every((option) => option.label === null)
    ? lettered(shown)
    : shown;
}

/**
 * Gold and prediction must be read against one list, the one that was shown: a gold letter of the other becomes its text. Where nothing
 * tells which of the two a letter or a position counts, and the two differ, the record stands without gold.
 */
function shuffledGold(reading: Reading, asked: Asked, shown: readonly Option[]): ReturnType<typeof goldOf> {
  const order = reading.plan.shuffle?.gold;
  if (order === 'shown') return statedGold(reading, { ...asked, options: shown });
  const { aliases, gold } = statedGold(reading, asked);
  const text = textOfLabel(gold, asked.options);
  const differs = asked.options.some((option, i) => option.text !== shown[i]?.text);
  if (order !== 'unknown' || !differs || !countsOptions(reading)) return { aliases, gold: text };
  for (const column of reading.plan.columns.gold ?? []) reading.keep.add(column);
  return { aliases: [], gold: null };
}

/** The gold is a letter or a position. */
function countsOptions(reading: Reading): boolean {
  const stated = scalar(reading, 'gold')?.trim() ?? '';
  return letterIn(stated) !== null || integerIn(stated) !== null;
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
  const options = readOptions(value, { commas: plan.commas, joiner: plan.joiner, prompt: plan.optionsArePrompt });
  if (key !== null && plan.offered.size < REMEMBERED) plan.offered.set(key, options);
  return options;
}

/** A text that does not hold the character which joins several to a key. */
function isText(value: Json): value is string {
  return typeof value === 'string' && !value.includes('\0');
}

function imagesOf(reading: Reading): string[] {
  const images: string[] = [];
  for (const column of reading.plan.columns.image ?? []) images.push(...imageRefs(valueAt(reading.record, column)));
  return images;
}

function yesNoOf(gold: string | null): readonly Option[] {
  const word = gold?.trim() ?? '';
  if (/^(?:yes|no)\.?$/i.test(word)) return YES_NO_OPTIONS;
  return /^(?:true|false)$/i.test(word) ? TRUE_FALSE : [];
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

function conventionOf(reading: Reading): DepthConvention | null {
  const found = valueOf(reading, 'convention');
  if (found === null) return reading.plan.convention;
  const convention = conventionIn(textOf(found.value));
  if (convention === null) reading.keep.add(found.column);
  return convention ?? reading.plan.convention;
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

/** Roles whose columns stay with the item as fields: no place of its own holds all that they say. */
export const KEPT = ['step', 'score', 'boxes'] as const;

/** A file of one model is one run; a model that first shows up after the head starts a run of its own. */
function splitOf(reading: Reading): string | null {
  const { plan, keep } = reading;
  for (const role of KEPT) for (const column of plan.columns[role] ?? []) keep.add(column);
  const model = plan.model === null ? scalar(reading, 'model') : null;
  const [only, ...others] = plan.models;
  const parts = [
    plan.part === null ? null : textOf(reading.record[plan.part]),
    others.length > 0 || (only !== undefined && model !== only) ? model : null,
    scalar(reading, 'split'),
    plan.steps ? scalar(reading, 'step') : null,
  ].filter((part) => part !== null);
  return parts.length > 0 ? parts.join(' · ') : null;
}

function metaOf({ record, plan, keep }: Reading): JsonObject {
  const names: string[] = [];
  const values: Json[] = [];
  for (const key of Object.keys(record)) {
    const value = record[key] ?? null;
    const opened =
      plan.dotted.length > 0 &&
      isJsonObject(value) &&
      plan.dotted.some((column) => column.startsWith(`${key}.`) && !Object.hasOwn(record, column));
    if (!opened) {
      if (plan.used.has(key) && !keep.has(key)) continue;
      names.push(key);
      values.push(value);
      continue;
    }
    for (const [leaf, item] of leavesOf({ [key]: value })) {
      if (plan.used.has(leaf) && !keep.has(leaf)) continue;
      names.push(Object.hasOwn(record, leaf) ? `${leaf}.2` : leaf);
      values.push(item);
    }
  }
  const order = orderOf(names, plan.places);
  return order === null
    ? toRecord(names, values)
    : toRecord(
        order.map((at) => names[at] ?? ''),
        order.map((at) => values[at] ?? null),
      );
}

/** Positions of the names in the order of the file's columns, and behind these others; null where they stand so. */
function orderOf(names: readonly string[], places: ReadonlyMap<string, number>): readonly number[] | null {
  const placed = names.map((name) => places.get(name) ?? places.size);
  if (placed.every((place, at) => at === 0 || (placed[at - 1] ?? 0) <= place)) return null;
  return [...names.keys()].sort((a, b) => (placed[a] ?? 0) - (placed[b] ?? 0));
}
