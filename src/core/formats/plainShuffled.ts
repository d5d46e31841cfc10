import type { Json, Option } from '../model.js';
import { remembered } from '../remembered.js';
import { letterIn, plainWords } from './answerMatch.js';
import { askedIn } from './chats.js';
import type { Shape } from './format.js';
import { spoken } from './spoken.js';
import { splitPrompt } from './promptOptions.js';
import { cellText, truthOf } from './recordValues.js';
import { namesSuggest } from './roleNames.js';
import type { NameClass } from './roleNames.js';
import { integerIn, valueAt } from './roleValues.js';
import type { Profile } from './roleValues.js';

/** Options that stand in two orders: as the benchmark lists them, and as the model was shown them. */
export interface Shuffle {
  /** The column of the order that was shown. */
  readonly column: string;
  /** The column is a prompt that prints them. */
  readonly isPrompt: boolean;
  /** In which order a gold that is a letter or a position counts; `unknown` where nothing tells. */
  readonly gold: 'listed' | 'shown' | 'unknown';
}

/** What is looked at to tell the order in which the gold counts. */
export interface Shuffled {
  readonly options: readonly Profile[];
  readonly offered: readonly (readonly Option[])[];
  readonly gold: Profile | null;
  readonly prediction: Profile | null;
  readonly correct: Profile | null;
  readonly bases: { readonly gold: 0 | 1 | null; readonly prediction: 0 | 1 | null };
  readonly read: (value: Json | undefined) => readonly Option[];
}

const saysShuffled = remembered((name) => /shuffl|permut/i.test(name));

/** So many verdicts must agree with a reading before they prove it. */
const PROVEN = 0.95;
const GOLD_NAMES = new Set<NameClass>(['gold', 'goldForm', 'answer']);

/**
 * The column beside the options that holds the same texts in another order, and in which of the two orders a gold that is a letter or a
 * position counts: by its name, by another column that states the right answer as a text, or by the file's own verdicts. Null where
 * there is no such column.
 */
export function shuffleOf(shape: Shape, given: Shuffled): Shuffle | null {
  const own = new Set(given.options.map((p) => p.column));
  if (own.size === 0) return null;
  const listIn = (read: Shuffled['read'], column: string): (readonly Option[])[] =>
    shape.head.map((record) => read(valueAt(record, column)));
  const others = shape.columns.filter((name) => !own.has(name));
  for (const column of others.filter(saysShuffled)) {
    const shown = listIn(given.read, column);
    const isOther = shown.some((list, row) => sameTexts(list, given.offered[row] ?? []));
    if (isOther) return { column, isPrompt: false, gold: orderOf(shape, given, shown) };
  }
  for (const column of others.filter(mayPrompt)) {
    const shown = listIn(printedOptions, column);
    if (!shown.some((list, row) => isReordered(list, given.offered[row] ?? []))) continue;
    // A letter counts the only list that has letters.
    const lettersAreShown = given.offered.every((list) => list.every((option) => option.label === null));
    return { column, isPrompt: true, gold: lettersAreShown ? 'shown' : orderOf(shape, given, shown) };
  }
  return null;
}

/** The options that a prompt prints, be it a text or a conversation. */
export function printedOptions(value: Json | undefined): readonly Option[] {
  const text = value === undefined ? null : spoken(askedIn(value) ?? value);
  return text === null ? [] : splitPrompt(text).options;
}

function mayPrompt(column: string): boolean {
  return namesSuggest(column).some((hit) => hit.as === 'question');
}

/** The same texts under other letters, or in another order. */
function isReordered(shown: readonly Option[], listed: readonly Option[]): boolean {
  return (
    sameTexts(shown, listed) && shown.some((option, i) => plainWords(option.text) !== plainWords(listed[i]?.text ?? ''))
  );
}

/** A column that says by positions in which order options were shown ("permutation": [2, 0, 1]); null where there is none. */
export function permutationColumn(shape: Shape): string | null {
  const isOrder = (value: Json | undefined): boolean =>
    Array.isArray(value) && value.length > 1 && [...value].sort().every((place, i) => place === i);
  return (
    shape.columns.find(
      (name) => /shuffl|permut|order/i.test(name) && shape.head.every((record) => isOrder(valueAt(record, name))),
    ) ?? null
  );
}

/** True where two lists offer the same texts, two or more, in whatever order. */
export function sameTexts(one: readonly Option[], other: readonly Option[]): boolean {
  const sorted = (list: readonly Option[]): string =>
    JSON.stringify(list.map((option) => plainWords(option.text)).sort());
  return one.length > 1 && one.length === other.length && sorted(one) === sorted(other);
}

function orderOf(shape: Shape, given: Shuffled, shown: readonly (readonly Option[])[]): Shuffle['gold'] {
  const { gold, offered, bases } = given;
  if (gold === null || gold.texts.every((text) => letterIn(text) === null && integerIn(text) === null)) return 'listed';
  if (/shuffl|permut|shown|presented/i.test(gold.column)) return 'shown';
  if (/orig|unshuffl/i.test(gold.column)) return 'listed';
  const meant = (lists: readonly (readonly Option[])[]): (string | null)[] =>
    gold.values.map((value, row) => textAt(value, lists[row] ?? [], bases.gold));
  const orders = { listed: meant(offered), shown: meant(shown) };
  const witness = stated(shape, given);
  const proves = (texts: readonly (string | null)[]): boolean => agrees(texts, witness) === 1;
  if (proves(orders.listed) !== proves(orders.shown)) return proves(orders.listed) ? 'listed' : 'shown';
  return byVerdicts(orders, given, shown);
}

function byVerdicts(
  orders: Readonly<Record<'listed' | 'shown', readonly (string | null)[]>>,
  { correct, prediction, bases }: Shuffled,
  shown: readonly (readonly Option[])[],
): Shuffle['gold'] {
  if (correct === null || prediction === null) return 'unknown';
  const said = prediction.values.map((value, row) => textAt(value, shown[row] ?? [], bases.prediction));
  const share = (texts: readonly (string | null)[]): number => {
    const rows = correct.values.flatMap((value, row) => {
      const [verdict, right, answer] = [truthOf(value), texts[row] ?? null, said[row] ?? null];
      return verdict === null || right === null || answer === null ? [] : [verdict === (right === answer)];
    });
    return rows.length === 0 ? 0 : rows.filter(Boolean).length / rows.length;
  };
  const [listed, shownShare] = [share(orders.listed), share(orders.shown)];
  if (Math.max(listed, shownShare) < PROVEN) return 'unknown';
  return listed > shownShare ? 'listed' : 'shown';
}

/** The right answer of each row as a text that another column states. */
function stated(shape: Shape, { gold, offered }: Shuffled): readonly (string | null)[] {
  const isText = (column: string): boolean =>
    column !== gold?.column &&
    namesSuggest(column).some((hit) => GOLD_NAMES.has(hit.as)) &&
    shape.head.every((record, row) => {
      const words = plainWords(cellText(valueAt(record, column)) ?? '');
      return (offered[row] ?? []).some((option) => plainWords(option.text) === words);
    });
  const column = shape.columns.find(isText);
  return column === undefined ? [] : shape.head.map((record) => plainWords(cellText(valueAt(record, column)) ?? ''));
}

/** The share of rows in which two columns of texts agree, 0 where there is nothing to compare. */
function agrees(texts: readonly (string | null)[], witness: readonly (string | null)[]): number {
  const rows = witness.map((text, row) => text !== null && texts[row] === text);
  return rows.length === 0 ? 0 : rows.filter(Boolean).length / rows.length;
}

/** The words of the option that a letter, a position or a text means in a list. */
function textAt(value: Json | undefined, list: readonly Option[], base: 0 | 1 | null): string | null {
  const text = cellText(value)?.trim() ?? null;
  if (text === null) return null;
  const words = plainWords(text);
  if (list.some((option) => plainWords(option.text) === words)) return words;
  const [letter, number] = [letterIn(text), integerIn(text)];
  const at = letter !== null ? letter.charCodeAt(0) - 65 : number === null ? -1 : number - (base ?? 0);
  const option = letter === null ? list[at] : (list.find(({ label }) => label === letter) ?? list[at]);
  return option === undefined ? null : plainWords(option.text);
}
