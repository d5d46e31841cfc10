import type { DepthConvention, ItemKind, Json } from '../model.js';
import { boxColumns, type BoxColumn } from './boxes.js';
import { labelOfColumn, optionNamed, optionsByRow, plainWords } from './answerMatch.js';
import type { Shape } from './format.js';
import { readOptions } from './optionsValue.js';
import type { Joiner } from './optionsValue.js';
import { countedByCommas } from './plainCommas.js';
import { joinerOf } from './plainJoined.js';
import { shuffleOf, type Shuffle } from './plainShuffled.js';
import { tableOf } from './plainTables.js';
import { cellText, saysMissing } from './recordValues.js';
import { namesSuggest } from './roleNames.js';
import { ROLE_NAMES } from './roleNames.js';
import type { NameClass, RoleName } from './roleNames.js';
import { recursAcross } from './roles.js';
import { integerIn, profile, profileOf } from './roleValues.js';
import type { Profile } from './roleValues.js';
import type { Option } from '../model.js';

export type RoleColumns = Readonly<Partial<Record<RoleName, readonly string[]>>>;

/** Which roles hold the answer, where they have columns. */
export interface AnswerRoles {
  /** The prediction as a tool read it, where a raw text stands beside it. */
  readonly parsed: RoleName | null;
  readonly raw: RoleName | null;
}

/** Everything about a file that its records are read by; decided once, from the roles and the head. */
export interface Plan {
  readonly columns: RoleColumns;
  readonly used: ReadonlySet<string>;
  readonly usedList: readonly string[];
  /** The file's columns by name. Records may have them in any order, their metadata has them in this one. */
  readonly places: ReadonlyMap<string, number>;
  /** The used columns that may lie within objects. */
  readonly dotted: readonly string[];
  /** Labels of the option columns where each option has its own; null where one column holds them all. */
  readonly optionLabels: readonly string[] | null;
  /** The options column is a prompt that prints them. */
  readonly optionsArePrompt: boolean;
  readonly commas: boolean;
  /** What else joins the options in one cell, where the gold answers prove it. */
  readonly joiner: Joiner | null;
  /** Question texts print options too, which are not part of the question. */
  readonly questionPrints: boolean;
  /** Gold or prediction are positions in the options, counted from here; null where they are not, or where nothing proves the start. */
  readonly base: 0 | 1 | null;
  /** The same for predictions, which may count from elsewhere than the gold. */
  readonly predictionBase: 0 | 1 | null;
  /** Gold is a position in the options, and nothing tells where the count starts. */
  readonly baseUnknown: boolean;
  /** The order in which options were shown, where it stands beside them; else null. */
  readonly shuffle: Shuffle | null;
  /** By a column within an object: the object's own column, where some records have a plain value of the same role. */
  readonly parents: ReadonlyMap<string, string>;
  /** Answer columns whose values are all lists, be it as text. */
  readonly listedAnswers: ReadonlySet<string>;
  /** A gold of 0 and 1 is a verdict on a statement, or predictions of 0 and 1 answer yes and no, in these words; else null. */
  readonly statement: readonly [yes: string, no: string] | null;
  readonly sampleStart: 0 | 1;
  readonly steps: boolean;
  /** The column that says which of the file's lists a record is from, where each is a run; else null. */
  readonly part: string | null;
  readonly answers: AnswerRoles;
  /** Several models in the head, or the one that it names. */
  readonly models: readonly string[];
  readonly kind: ItemKind | null;
  /** What "front" means where a record does not say; null where nobody does. */
  readonly convention: DepthConvention | null;
  readonly model: string | null;
  /** Columns of boxes in the image. */
  readonly boxes: readonly BoxColumn[];
  /** Option lists already read, by their text. */
  readonly offered: Map<string, readonly Option[]>;
}

/** What a mapping says about the whole file. */
interface Given {
  readonly kind?: ItemKind | undefined;
  readonly base?: 0 | 1 | undefined;
  readonly convention?: DepthConvention | undefined;
  readonly model?: string | undefined;
}

/**
 * Decides from the head how a file with these roles is read: where option positions count from, what 0 and
 * 1 mean. A position is only decided where values prove it: a 0 that is no option's text proves counting from 0, the
 * number of options itself counting from 1; anything else leaves the start unknown, unless the mapping gives it.
 */
export function planOf(shape: Shape, columns: RoleColumns, given: Given = {}): Plan {
  const of = (role: RoleName): Profile[] => (columns[role] ?? []).map((column) => profileOf(shape, column));
  const [question, options] = [of('question')[0] ?? null, of('options')];
  const golds = of('gold').map(withoutMissing)[0] ?? null;
  const predictions = [...of('extracted'), ...of('prediction'), ...of('response')].map(withoutMissing);
  const { commas, joiner, prompt: asPrompt } = readingOf(options, golds, predictions);
  const read = (value: Json | undefined): readonly Option[] => readOptions(value, { commas, joiner, prompt: asPrompt });
  const rows = options.length === 1 ? (options[0]?.values ?? []).map(read) : null;
  const offered = rows ?? optionsByRow(options, question);
  const usedList = [...new Set(Object.values(columns).flat())];
  const keys = [of('id').slice(0, 1), [...of('question'), ...of('image').slice(0, 1)]];
  const steps = of('step')[0];
  const bases = basesOf(offered, golds, predictions[0] ?? null);
  const base = given.base ?? bases.gold;
  const predictionBase = given.base ?? bases.prediction;
  return {
    ...{ columns, usedList, places: new Map(shape.columns.map((column, at) => [column, at])) },
    used: new Set(usedList),
    dotted: usedList.filter((column) => column.includes('.')),
    optionLabels: options.length > 1 ? options.map((p) => labelOfColumn(p.column)) : null,
    optionsArePrompt: asPrompt,
    commas,
    joiner,
    questionPrints: options.length === 0 || printsOptions(question),
    base,
    predictionBase,
    shuffle: shuffleOf(shape, {
      ...{ options, offered, gold: golds, prediction: predictions[0] ?? null, correct: of('correct')[0] ?? null },
      bases: { gold: base, prediction: predictionBase },
      read,
    }),
    baseUnknown: base === null && isIndexed(positionsOf(golds, offered), 1),
    parents: parentsOf(columns),
    listedAnswers: new Set(predictions.filter((p) => p.filled > 0 && p.lists === 1).map((p) => p.column)),
    statement: options.every((p) => p.filled === 0)
      ? wordsOfNumbers({ question, offered, gold: golds, prediction: predictions[0] ?? null })
      : null,
    sampleStart: of('sample').some((p) => p.texts.some((text) => integerIn(text) === 0)) ? 0 : 1,
    part: partOf(shape, columns),
    steps: steps !== undefined && keys.some((key) => recursAcross(steps, key)),
    answers: answersOf(columns),
    models: [...new Set(of('model')[0]?.texts ?? [])],
    kind: given.kind ?? null,
    convention: given.convention ?? null,
    model: given.model ?? null,
    boxes: boxesIn(shape, columns),
    offered: new Map(),
  };
}

function printsOptions(question: Profile | null): boolean {
  return question?.values.some((value) => readOptions(value, { prompt: true }).length > 0) === true;
}

function boxesIn(shape: Shape, columns: RoleColumns): readonly BoxColumn[] {
  const taken = new Set(ROLE_NAMES.flatMap((role) => (role === 'boxes' ? [] : (columns[role] ?? []))));
  return boxColumns(shape, columns.boxes).filter(({ column }) => !taken.has(column));
}

/** What separates the options of one column. */
function readingOf(
  options: readonly Profile[],
  golds: Profile | null,
  predictions: readonly Profile[],
): Pick<Plan, 'commas' | 'joiner'> & { readonly prompt: boolean } {
  const [only] = options;
  if (only === undefined || options.length > 1) return { commas: false, joiner: null, prompt: false };
  const commas = provedByCommas(only, golds) || countedByCommas(only, golds, predictions);
  return { commas, joiner: commas ? null : joinerOf(only, golds), prompt: only.questions >= 0.5 };
}

function answersOf(columns: RoleColumns): AnswerRoles {
  const has = (role: RoleName): boolean => (columns[role] ?? []).length > 0;
  const parsed = has('extracted') ? 'extracted' : has('response') && has('prediction') ? 'prediction' : null;
  if (parsed === null && !has('response') && !has('prediction') && has('score')) return { parsed: 'score', raw: null };
  const raw = has('response') ? 'response' : has('prediction') && parsed !== 'prediction' ? 'prediction' : null;
  return { parsed, raw };
}

/** Commas separate options where nothing else does and nine golds of ten are among the parts. */
function provedByCommas(options: Profile | undefined, gold: Profile | null): boolean {
  if (options === undefined || gold === null || options.offers > 0.5) return false;
  const rows = options.values.flatMap((value, row) => {
    const text = cellText(gold.values[row]);
    return text === null || cellText(value) === null ? [] : [{ text, parts: readOptions(value, { commas: true }) }];
  });
  const among = rows.filter(({ text, parts }) => parts.length > 1 && optionNamed(text, parts) !== null).length;
  return rows.length > 0 && among / rows.length >= 0.9;
}

interface Position {
  readonly index: number | null;
  readonly count: number;
  readonly named: boolean;
}

function positionsOf(p: Profile | null, offered: readonly (readonly Option[])[]): Position[] {
  return (p?.values ?? []).flatMap((value, row) => {
    const text = cellText(value);
    const options = offered[row] ?? [];
    if (text === null || options.length < 2) return [];
    const [label, words] = [text.trim(), plainWords(text)];
    const named = options.some((option) => option.label === label || plainWords(option.text) === words);
    return [{ index: integerIn(text), count: options.length, named }];
  });
}

/** True where so many of the values are positions, and not all of them texts or labels of the options. */
function isIndexed(list: readonly Position[], share: number): boolean {
  return (
    list.length > 0 &&
    list.filter((item) => item.index !== null).length >= share * list.length &&
    !list.every((item) => item.named)
  );
}

/** The roles between which a plain value and the same value within an object are not told apart. */
const ANSWERING = new Set<NameClass>(['prediction', 'response', 'extracted']);

function parentsOf(columns: RoleColumns): Map<string, string> {
  const parents = new Map<string, string>();
  for (const role of ['gold', 'prediction', 'response', 'extracted'] as const) {
    for (const column of columns[role] ?? []) {
      const parent = column.slice(0, Math.max(0, column.lastIndexOf('.')));
      const suggested = parent === '' ? [] : namesSuggest(parent);
      const same = (as: NameClass): boolean => (role === 'gold' ? as === 'gold' : ANSWERING.has(as)) || as === 'answer';
      if (suggested.some((hit) => same(hit.as))) parents.set(column, parent);
    }
  }
  return parents;
}

interface Bases {
  readonly gold: 0 | 1 | null;
  readonly prediction: 0 | 1 | null;
}

function basesOf(offered: readonly (readonly Option[])[], gold: Profile | null, prediction: Profile | null): Bases {
  const golds = positionsOf(gold, offered);
  const predictions = positionsOf(prediction, offered);
  const [goldIndexed, predictionIndexed] = [isIndexed(golds, 1), isIndexed(predictions, 0.8)];
  const own = goldIndexed ? startOf(golds) : null;
  if (own !== null) {
    const other: 0 | 1 = own === 0 ? 1 : 0;
    return { gold: own, prediction: predictionIndexed && spans(predictions, other) ? other : own };
  }
  if (!predictionIndexed) return { gold: null, prediction: null };
  const both = startOf(goldIndexed ? [...golds, ...predictions] : predictions);
  return { gold: both, prediction: both };
}

/**
 * True where the positions prove of themselves that they count from `start`. The proof is against the gold's own, so it must be a
 * full one: both the first and the last option occur, and nothing outside. A stray 0 or a number too high proves nothing.
 */
function spans(positions: readonly Position[], start: 0 | 1): boolean {
  const shifted = positions.flatMap(({ index, count }) => (index === null ? [] : [{ at: index - start, count }]));
  return (
    startOf(positions) === start &&
    shifted.some(({ at }) => at === 0) &&
    shifted.some(({ at, count }) => at === count - 1) &&
    shifted.every(({ at, count }) => at >= 0 && at < count)
  );
}

function startOf(positions: readonly Position[]): 0 | 1 | null {
  const zero = positions.some((item) => item.index === 0);
  const last = positions.some((item) => item.index === item.count);
  return zero === last ? null : zero ? 0 : 1;
}

/** What 0 and 1 say where no options are offered; beside options that cannot be told apart they may as well count these. */
function wordsOfNumbers({ question, offered, gold, prediction }: Answered): Plan['statement'] {
  if (offered.some((list) => list.length > 0)) return null;
  return (question === null ? null : statementWords(gold, prediction)) ?? verdictWords(gold, prediction);
}

interface Answered {
  readonly question: Profile | null;
  readonly offered: readonly (readonly Option[])[];
  readonly gold: Profile | null;
  readonly prediction: Profile | null;
}

/** Nothing but 0 and 1 as the answers to questions whose right answer is a yes or a no: 1 is the yes. */
function verdictWords(gold: Profile | null, prediction: Profile | null): readonly [string, string] | null {
  if (gold === null || prediction === null || gold.filled === 0 || prediction.filled === 0) return null;
  if (!prediction.texts.every((text) => /^[01](?:\.0+)?$/.test(text))) return null;
  if (gold.yesNo === 1) return ['yes', 'no'];
  return gold.texts.every((text) => /^(?:true|false)$/i.test(text)) ? ['true', 'false'] : null;
}

function partOf(shape: Shape, columns: RoleColumns): string | null {
  const part = tableOf(shape)?.part ?? null;
  return part !== null && Object.values(columns).some((names) => names.includes(part)) ? null : part;
}

/** The column without the values that say that there is none: what the others hold decides how it is read. */
function withoutMissing(p: Profile): Profile {
  const isMissing = (value: Json | undefined): boolean => typeof value === 'string' && saysMissing(value);
  return p.values.some(isMissing)
    ? profile(
        p.column,
        p.values.map((value) => (isMissing(value) ? null : value)),
      )
    : p;
}

function statementWords(gold: Profile | null, prediction: Profile | null): readonly [string, string] | null {
  if (gold === null || gold.filled === 0 || gold.zeroOne < 1 || gold.numeric === 0) return null;
  if (prediction === null || prediction.filled === 0) return ['true', 'false'];
  const starts = (words: RegExp): number =>
    prediction.texts.filter((text) => words.test(text)).length / prediction.filled;
  if (starts(/^\W*(?:yes|no)\b/i) >= 0.5) return ['yes', 'no'];
  return prediction.boolish >= 0.8 || starts(/^\W*(?:true|false)\b/i) >= 0.5 ? ['true', 'false'] : null;
}
