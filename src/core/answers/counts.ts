import type { Span } from './rule.js';

/** A count in a text; `value` is null for several in the place of one ("2-3", "two or three"). */
export interface Count extends Span {
  readonly value: number | null;
}

const UNITS =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
    ' ',
  );
const TENS = 'twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');
const DIGIT_WORDS = UNITS.slice(1, 10).join('|');
const BELOW_HUNDRED = `(?:(?:${TENS.join('|')})(?:[\\s-](?:${DIGIT_WORDS})\\b)?|${UNITS.join('|')})`;
const WORDS = `\\b(?:(?:a|${DIGIT_WORDS})\\shundred\\b(?:\\s(?:and\\s)?${BELOW_HUNDRED}\\b)?|${BELOW_HUNDRED}\\b)`;
/** At most 15 digits, so that the value is exact. */
const DIGITS =
  '(?<![\\p{L}\\p{N}_.,])(?:\\d{1,3}(?:,\\d{3}){1,4}|\\d{1,15})(?:\\.\\d{1,6})?(?![\\p{L}\\p{N}_]|[.,]\\d)';
/** Digits, with thousands separators or a fraction, or number words; not the first part of a word ("two-seater"). */
const NUMBER = new RegExp(`(?:${DIGITS}|${WORDS})(?![-\u2010\u2011]\\p{L})`, 'giu');
const DASHES = '-\u2010-\u2015\u2212';
const SIGN = new RegExp(`[${DASHES}]$`, 'u');
const TO = new RegExp(`^\\s{0,2}[${DASHES}~/]\\s{0,2}$|^\\s{1,2}(?:to|or)\\s{1,2}$`, 'iu');
const BETWEEN = /\bbetween\s$/iu;
const AND = /^\s{1,2}and\s{1,2}$/iu;

/** The counts of a range, in text order. A signed number is none ("-1"), neither is one with an exponent ("1e3"). Linear. */
export function findCounts(text: string, span: Span): Count[] {
  const part = text.slice(span.start, span.end);
  const found: Count[] = [];
  for (const match of part.matchAll(NUMBER)) {
    const [from, to] = [match.index, match.index + match[0].length];
    const last = found.at(-1);
    if (last !== undefined && joins(part, last.start - span.start, last.end - span.start, from)) {
      found[found.length - 1] = { start: last.start, end: span.start + to, value: null };
    } else if (!SIGN.test(part.slice(Math.max(0, from - 1), from))) {
      found.push({ start: span.start + from, end: span.start + to, value: valueOf(match[0]) });
    }
  }
  return found;
}

function joins(part: string, start: number, end: number, next: number): boolean {
  if (next - end > 8) return false;
  const gap = part.slice(end, next);
  return TO.test(gap) || (AND.test(gap) && BETWEEN.test(part.slice(Math.max(0, start - 8), start)));
}

/** The last of several counts that all agree; null where they differ or there is none. */
export function agreedCount(all: readonly Count[]): Count | null {
  const last = all.at(-1);
  return last !== undefined && all.every((one) => one.value === last.value) ? last : null;
}

function valueOf(written: string): number {
  if (/^\d/.test(written)) return Number(written.replaceAll(',', ''));
  let value = 0;
  for (const word of written.toLowerCase().split(/[\s-]/)) {
    if (word === 'hundred') value *= 100;
    else if (word === 'a') value = 1;
    else value += Math.max(0, UNITS.indexOf(word)) + 10 * (TENS.indexOf(word) < 0 ? 0 : TENS.indexOf(word) + 2);
  }
  return value;
}
