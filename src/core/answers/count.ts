import type { ParsedAnswer } from '../model.js';
import { explicitAnswer, readChoice } from './choice.js';
import { optionSet } from './optionSet.js';
import { findRefusal } from './refusal.js';
import { type AnswerInput, notParsed, parsedOption, parsedValue, type Span } from './rule.js';
import { countedAnswers, lastLine, markedAnswer, sentenceEnd, statedAnswers } from './statements.js';
import { trim, type Visible } from './visible.js';

interface Count extends Span {
  readonly value: number;
}

const WORDS =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty'.split(
    ' ',
  );
/** Digits, with thousands separators or a fraction, or a number word; at most 15 digits, so that the value is exact. */
const NUMBER = new RegExp(
  `(?<![\\p{L}\\p{N}_.,-])(?:\\d{1,3}(?:,\\d{3}){1,4}|\\d{1,15})(?:\\.\\d{1,6})?(?![\\p{L}\\p{N}_]|[.,]\\d)|\\b(?:${WORDS.join('|')})\\b`,
  'giu',
);
const LEADING =
  /^[\s"'“”‘’*_`([{<>#$:：\\~=-]*(?:(?:there|are|is|were|i|we|can|see|count|counted|a|total|of|about|approximately|exactly|the|answer|it|it's|only)\b[\s,:*]*){0,7}$/iu;
const NONE_THERE = /\b(?:none|there\s{1,3}(?:are|is)\s{1,3}no)\b/iu;
const WINDOW = 20_000;

/** Reads a number, as a value or as the option that states it. */
export function readCount(input: AnswerInput, visible: Visible): ParsedAnswer {
  if (input.options.length > 0) {
    const explicit = explicitAnswer(input, visible, optionSet(input.options));
    if (explicit?.status === 'parsed') return explicit;
    const counted = readNumber(input, visible);
    if (counted.status !== 'parsed') return readChoice(input, visible);
    const value = Number(counted.value);
    const option = input.options.findIndex((one) => numberOf(one.text) === value);
    const choice = option < 0 ? readChoice(input, visible) : null;
    if (choice?.status === 'parsed') return choice;
    if (option < 0) return notParsed(input, counted.trace.rule, 'off-list', counted.trace);
    return parsedOption(input, counted.trace.rule, option, counted.trace);
  }
  return readNumber(input, visible);
}

function readNumber(input: AnswerInput, visible: Visible): ParsedAnswer {
  const { text } = input;
  const marked = markedAnswer(text, visible);
  const stated = [...(marked === null ? [] : [marked]), ...statedAnswers(text, visible)];
  for (const span of stated) {
    const found = leadingCount(text, span) ?? onlyCount(text, span);
    if (found !== null) return counted(input, 'default/stated-answer', found);
  }
  if (visible.unfinished) return notParsed(input, 'default/unfinished-thinking', 'unparsed');
  const leading = leadingCount(text, visible);
  if (leading !== null) return counted(input, 'default/leading-number', leading);
  const line = lastLine(text, visible);
  const last = line === null ? null : trim(text, line.start, line.end);
  const final = last === null || last.end - last.start > 24 ? null : onlyCount(text, last);
  if (final !== null) return counted(input, 'default/last-line', final);
  const window = { start: Math.max(visible.start, visible.end - WINDOW), end: visible.end };
  return readAnyNumber(input, visible, window);
}

function readAnyNumber(input: AnswerInput, visible: Visible, window: Span): ParsedAnswer {
  const { text } = input;
  const all = findCounts(text, window);
  const only = sameValue(all);
  if (only !== null) return counted(input, 'default/only-number', only);
  for (const span of countedAnswers(text, window)) {
    const found = leadingCount(text, { start: span.start, end: sentenceEnd(text, span.start, span.end) });
    if (found !== null) return counted(input, 'default/counted', found);
  }
  const refusal = findRefusal(text, visible);
  if (refusal !== null) return notParsed(input, `default/${refusal.why}`, 'refusal', refusal);
  const [first, last] = [all[0], all.at(-1)];
  if (first !== undefined && last !== undefined) {
    return notParsed(input, 'default/several-numbers', 'ambiguous', { start: first.start, end: last.end });
  }
  const none = NONE_THERE.exec(text.slice(window.start, window.end));
  if (none === null) return notParsed(input, 'default/nothing-found', 'unparsed');
  const start = window.start + none.index;
  return counted(input, 'default/none-there', { start, end: start + none[0].length, value: 0 });
}

function counted(input: AnswerInput, rule: string, count: Count): ParsedAnswer {
  return parsedValue(input, rule, String(count.value), count);
}

/** The number that a range begins with ("3", "There are three …"). */
function leadingCount(text: string, span: Span): Count | null {
  const first = findCounts(text, { start: span.start, end: Math.min(span.end, span.start + 80) })[0];
  return first !== undefined && LEADING.test(text.slice(span.start, first.start)) ? first : null;
}

function onlyCount(text: string, span: Span): Count | null {
  return sameValue(findCounts(text, { start: span.start, end: sentenceEnd(text, span.start, span.end) }));
}

function sameValue(all: readonly Count[]): Count | null {
  const last = all.at(-1);
  return last !== undefined && all.every((one) => one.value === last.value) ? last : null;
}

function findCounts(text: string, span: Span): Count[] {
  const found: Count[] = [];
  for (const match of text.slice(span.start, span.end).matchAll(NUMBER)) {
    const start = span.start + match.index;
    found.push({ start, end: start + match[0].length, value: valueOf(match[0]) });
  }
  return found;
}

function valueOf(written: string): number {
  const word = WORDS.indexOf(written.toLowerCase());
  return word >= 0 ? word : Number(written.replaceAll(',', ''));
}

function numberOf(text: string): number | null {
  const all = findCounts(text, { start: 0, end: Math.min(text.length, 100) });
  return sameValue(all)?.value ?? null;
}
