import type { Option } from '../model.js';
import { remembered } from '../remembered.js';
import { readOptions } from './optionsValue.js';
import { integerIn } from './roleValues.js';
import type { Profile } from './roleValues.js';
import { cellText } from './recordValues.js';

/** Fewer rows than this prove nothing by agreeing. */
const ENOUGH = 5;
/** Rows that are compared; more would not change the verdict. */
const COMPARED = 60;

/** The options of each head record: of the options columns, else those printed in the question. */
export function optionsByRow(options: readonly Profile[], question: Profile | null): readonly (readonly Option[])[] {
  const only = options.length === 1 ? options[0] : undefined;
  if (only !== undefined) return only.values.map((value) => readOptions(value));
  const rows = options[0]?.values.map((_, row) =>
    options.flatMap((p): Option[] => {
      const text = cellText(p.values[row]);
      return text === null ? [] : [{ label: labelOfColumn(p.column), text: text.trim() }];
    }),
  );
  return rows ?? question?.values.map((value) => readOptions(value, { prompt: true })) ?? [];
}

/** The letter or number that names the option of a column: "A", "option_b", "choice 2". */
export function labelOfColumn(column: string): string {
  return (/([A-Z]|\d{1,2})$/i.exec(column)?.[1] ?? column).toUpperCase();
}

/** Lower case, with everything but letters and digits as single spaces. */
export const plainWords = remembered((text) =>
  text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim(),
);

/** The letter of "B", "(B)", "B. right" and "b", in upper case; null for anything else. A small letter must stand alone. */
export const letterIn = remembered((text): string | null => {
  const match =
    /^\s*(?:[([]([A-Z])[)\]]|([A-Z])(?:\s?[.):]|\s*$))/.exec(text) ?? /^\s*[([]?([a-z])[)\].:]?\s*$/.exec(text);
  return (match?.[1] ?? match?.[2])?.toUpperCase() ?? null;
});

/** True where the labels are numbers one after another, from 0 or from 1: a letter then counts the options as well. */
export function areNumbered(options: readonly Option[]): boolean {
  const first = Number(options[0]?.label ?? Number.NaN);
  return (first === 0 || first === 1) && options.every((option, i) => option.label === String(first + i));
}

/** The position of the option that a value names by its letter, its label or its text; null when it names none. */
export function optionNamed(text: string, options: readonly Option[]): number | null {
  const words = plainWords(text);
  const byText = options.findIndex((option) => plainWords(option.text) === words);
  if (byText >= 0) return byText;
  const letter = letterIn(text);
  const byLabel = options.findIndex(
    (option) => option.label !== null && (option.label === letter || option.label === text.trim()),
  );
  if (byLabel >= 0) return byLabel;
  const unlettered = options.every((option) => option.label === null) || areNumbered(options);
  const position = letter === null || !unlettered ? -1 : letter.charCodeAt(0) - 65;
  return position >= 0 && position < options.length ? position : null;
}

/** True where two columns state the same answer in every record, in whatever form: letter, text, or index from 0 or from 1. */
export function sameAnswers(a: Profile, b: Profile, options: readonly (readonly Option[])[]): boolean {
  const pairs = a.values.flatMap((value, row) => {
    const [left, right] = [cellText(value), cellText(b.values[row])];
    return left === null || right === null ? [] : [{ left, right, offered: options[row] ?? [] }];
  });
  if (pairs.length < ENOUGH) return false;
  const equal = (base: number | null): boolean =>
    pairs.every(({ left, right, offered }) => {
      if (plainWords(left) === plainWords(right) || (letterIn(left) ?? left) === (letterIn(right) ?? right))
        return true;
      const [x, y] = [position(left, offered, base), position(right, offered, base)];
      return x !== null && x === y;
    });
  return equal(null) || equal(0) || equal(1);
}

function position(text: string, options: readonly Option[], base: number | null): number | null {
  const index = base === null ? null : integerIn(text);
  return index !== null && base !== null && index - base >= 0 && index - base < options.length
    ? index - base
    : optionNamed(text, options);
}

/**
 * How well a column's values fit as answers, 0 to 1: the share that is among the options of its record, or else the best share
 * that recurs in one of the other answer columns. Null where there is nothing to compare with.
 */
export function affinity(
  p: Profile,
  options: readonly (readonly Option[])[],
  others: readonly Profile[],
): number | null {
  const rows = p.values.flatMap((value, row) => {
    const text = cellText(value);
    const offered = options[row] ?? [];
    return text === null || offered.length < 2 ? [] : [{ text, offered }];
  });
  if (rows.length >= Math.max(1, p.filled / 2)) {
    const fits = rows.filter(({ text, offered }) => fitsOptions(text, offered)).length;
    return fits / rows.length;
  }
  const shares = others.filter((other) => other !== p && other.filled > 0).map((other) => recurrence(p, other));
  return shares.length === 0 || p.filled === 0 ? null : Math.max(...shares);
}

function fitsOptions(text: string, options: readonly Option[]): boolean {
  const index = integerIn(text);
  return optionNamed(text, options) !== null || (index !== null && index >= 0 && index <= options.length);
}

function recurrence(p: Profile, other: Profile): number {
  if (p.boolish >= 0.95 && (other.boolish >= 0.8 || startsYesNo(other) >= 0.6)) return 1;
  if (p.numeric >= 0.95 && other.numeric >= 0.8) return 1;
  const vocabulary = new Set(p.texts.slice(0, COMPARED).flatMap(forms));
  if (other.meanWords <= 4) {
    const seen = new Set(other.texts.flatMap(forms));
    return p.texts.filter((text) => forms(text).some((form) => seen.has(form))).length / p.filled;
  }
  const rows = other.texts.slice(0, COMPARED).map((text) => ` ${plainWords(text)} `);
  const recurs = (row: string): boolean => [...vocabulary].some((form) => form !== '' && row.includes(` ${form} `));
  return rows.filter(recurs).length / rows.length;
}

function startsYesNo(p: Profile): number {
  return p.texts.filter((text) => /^\W*(?:yes|no|true|false)\b/i.test(text)).length / Math.max(1, p.filled);
}

function forms(text: string): string[] {
  const letter = letterIn(text);
  const words = plainWords(text);
  return letter === null ? [words] : [words, letter.toLowerCase(), words.slice(1).trim()].filter((form) => form !== '');
}
