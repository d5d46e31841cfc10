import { closesClause } from './corrections.js';
import type { Count } from './counts.js';
import type { Span } from './rule.js';
import { sentenceEnd } from './statements.js';

/** How far before a number the word that announces it as the result may stand. */
const REACH = 60;
/** Numbers that follow within this many characters belong to the same statement. */
const LONGEST_SENTENCE = 300;
const MOST_LATER = 20;
const THINGS = '(?:\\s{1,3}(?!(?:on|in|at|to|from|near|by|under|and|or|but)\\b)[\\p{L}-]{1,20}){0,4}';

/** "a total of", "altogether", "2 + 1 =": whatever follows is the sum. */
const SUM_BEFORE =
  /(?:\b(?:totals?|altogether|in\s{1,3}all|sum|makes|equals|adds?\s{1,3}up\s{1,3}to)\b[^.!?\n]{0,40}|=[\s$*_]{0,4})$/iu;
/** "so there are": the result, unless several numbers follow. */
const RESULT_BEFORE =
  /\b(?:so(?!\s{1,3}(?:far|that|many|much)\b)|therefore|thus|hence|consequently)\b[^.!?\n]{0,60}$/iu;
/** "3 cups in total". */
const SUM_AFTER = new RegExp(
  `^${THINGS}\\s{1,3}(?:in\\s{1,3}(?:total|all)|altogether|total|overall)\\b(?!\\s{0,3}[:,]?\\s{0,3}\\d)`,
  'iu',
);
const OPERATOR_AFTER = /^\s{0,3}[+*/×x−-]\s{0,3}\d/u;
const BARE_COMMA = /^\s{0,3},\s{0,3}$/u;
const LIST_BETWEEN = /(?:[,+&;]|\b(?:and|or|plus|then))\s{0,3}$/iu;
const PARTS_BETWEEN = /^[^.!?\n]{0,40}\b(?:of\s{1,3}(?:which|these|them|those)|including)\b[^.!?\n]{0,20}$/iu;
const PARTS_AFTER = /^\s{1,3}of\s{1,3}(?:which|these|them|those)\b/iu;
const THINGS_AFTER = new RegExp(`^${THINGS}`, 'u');

/** The last number that is announced as the result of counting ("in total", "so there are", "="); null where none is. */
export function concludedCount(text: string, all: readonly Count[]): Count | null {
  let from = 0;
  const announced = all.filter((count, at) => {
    const before = text.slice(Math.max(from, count.start - REACH), count.start);
    const after = text.slice(count.end, count.end + LONGEST_SENTENCE);
    const closing = SUM_AFTER.exec(after)?.[0].length ?? 0;
    from = count.end + closing;
    if (closing > 0) return true;
    if (SUM_BEFORE.test(before)) return !OPERATOR_AFTER.test(after);
    return RESULT_BEFORE.test(before) && standsAlone(text, count, restOfSentence(text, at, all));
  });
  return announced.at(-1) ?? null;
}

/** The numbers after the one at a place, in its sentence. */
function restOfSentence(text: string, at: number, all: readonly Count[]): Count[] {
  const from = all[at]?.end ?? 0;
  const end = sentenceEnd(text, from, Math.min(text.length, from + LONGEST_SENTENCE));
  return all.slice(at + 1, at + MOST_LATER).filter((one) => one.end <= end);
}

/**
 * Whether a number is the answer although others follow: all are equal, or they are its parts ("3, of which 1 is red";
 * "3 cups, 2 on the left and 1 on the right").
 */
export function standsAlone(text: string, count: Count, later: readonly Count[]): boolean {
  const [next] = later;
  if (next === undefined || later.every((one) => one.value === count.value)) return true;
  const between = text.slice(count.end, next.start);
  if (PARTS_BETWEEN.test(between) || PARTS_AFTER.test(text.slice(next.end, next.end + 12))) return true;
  // "3, 2, 1" counts and adds nothing up.
  if (later.length < 2 || BARE_COMMA.test(between)) return false;
  return later.reduce<number>((sum, one) => sum + (one.value ?? NaN), 0) === count.value;
}

/** A clause that is a number and nothing else ("3.", "3 because …"), and no number of a list ("1. the chair"). */
export function isBare(text: string, count: Count, range: Span, later: readonly Count[]): boolean {
  const next = text[count.end];
  if (next === ',' || next === ';' || !closesClause(text, count.end, range.end)) return false;
  const listed = (one: Count): boolean => one.value === (count.value ?? NaN) + 1 && text[one.end] === next;
  return next !== '.' || !later.some(listed);
}

/** The same with what was counted: "three chairs." */
export function isBareThings(text: string, count: Count, range: Span): boolean {
  return [0, thingsAfter(text, count, range)].some((more) => closesClause(text, count.end + more, range.end));
}

/** Whether a line is a number and nothing else, or the sum of what was counted before it with its name ("3 chairs"). */
export function isResultLine(text: string, count: Count, line: Span, all: readonly Count[]): boolean {
  const earlier = all.filter((one) => one.end <= count.start);
  const sum = earlier.reduce<number>((total, one) => total + (one.value ?? NaN), 0);
  const end = sum === count.value ? count.end + thingsAfter(text, count, line) : count.end;
  return /^[\s.!*_"'”’$})\]]{0,8}$/u.test(text.slice(end, line.end));
}

function thingsAfter(text: string, count: Count, range: Span): number {
  return THINGS_AFTER.exec(text.slice(count.end, Math.min(range.end, count.end + 96)))?.[0].length ?? 0;
}

/** Whether the next number is counted beside this one: "2 on the left and 1 on the right", "1, 2, 3". */
export function isListed(text: string, count: Count, later: readonly Count[]): boolean {
  const [next] = later;
  return next !== undefined && LIST_BETWEEN.test(text.slice(count.end, next.start).slice(-REACH));
}
