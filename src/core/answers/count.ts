import type { ParsedAnswer } from '../model.js';
import { explicitAnswer, readChoice } from './choice.js';
import { closesClause, type Statement, statements } from './corrections.js';
import { agreedCount, type Count, findCounts } from './counts.js';
import { concludedCount, isBare, isBareThings, isListed, isResultLine, standsAlone } from './countTotals.js';
import { optionSet } from './optionSet.js';
import { findRefusal } from './refusal.js';
import { type AnswerInput, notParsed, parsedOption, parsedValue, type Span } from './rule.js';
import { lastLine, markedAnswer, sentenceEnd } from './statements.js';
import { trim, type Visible } from './visible.js';

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
    if (counted.status !== 'parsed') {
      const choice = readChoice(input, visible);
      return counted.status === 'ambiguous' && !settles(choice, counted) ? counted : choice;
    }
    const value = Number(counted.value);
    const option = input.options.findIndex((one) => numberOf(one.text) === value);
    const choice = option < 0 ? readChoice(input, visible) : null;
    if (choice?.status === 'parsed') return choice;
    if (option < 0) return notParsed(input, counted.trace.rule, 'off-list', counted.trace);
    return parsedOption(input, counted.trace.rule, option, counted.trace);
  }
  return readNumber(input, visible);
}

/** Among several numbers, one that happens to be offered is no answer; a letter is, and so is a text that holds them all ("2-3"). */
function settles(choice: ParsedAnswer, counted: ParsedAnswer): boolean {
  if (choice.status !== 'parsed') return false;
  return counted.trace.rule !== SEVERAL || /letter/.test(choice.trace.rule);
}

const SEVERAL = 'default/several-numbers';

function readNumber(input: AnswerInput, visible: Visible): ParsedAnswer {
  const { text } = input;
  const marked = markedAnswer(text, visible);
  const inMark = marked === null ? null : (statedNumber(text, marked) ?? onlyCount(text, marked));
  if (inMark !== null) return counted(input, 'default/marked-answer', inMark);
  for (const statement of statements(text, visible, visible.unfinished)) {
    const found = statedCount(text, statement);
    const rule = statement.how === 'stated' ? 'default/stated-answer' : 'default/corrected-answer';
    if (found !== null) return counted(input, rule, found);
  }
  if (visible.unfinished) return notParsed(input, 'default/unfinished-thinking', 'unparsed');
  const line = lastLine(text, visible);
  const last = line === null ? null : trim(text, line.start, line.end);
  const window = { start: Math.max(visible.start, visible.end - WINDOW), end: visible.end };
  const all = findCounts(text, window);
  const leading = leadingCount(text, visible);
  const later = leading === null ? [] : all.filter((one) => one.start >= leading.end);
  if (leading !== null && (isBare(text, leading, visible, later) || standsAlone(text, leading, later)))
    return counted(input, 'default/leading-number', leading);
  const final = last === null || last.end - last.start > 24 ? null : leadingCount(text, last);
  if (final !== null && last !== null && isResultLine(text, final, last, all))
    return counted(input, 'default/last-line', final);
  return readAnyNumber(input, visible, window, all);
}

function readAnyNumber(input: AnswerInput, visible: Visible, window: Span, all: readonly Count[]): ParsedAnswer {
  const { text } = input;
  const only = agreedCount(all);
  if (only !== null) return counted(input, 'default/only-number', only);
  const concluded = concludedCount(text, all);
  if (concluded !== null) return counted(input, 'default/concluded-number', concluded);
  const refusal = findRefusal(text, visible);
  if (refusal !== null) return notParsed(input, `default/${refusal.why}`, 'refusal', refusal);
  const [first, end] = [all[0], all.at(-1)];
  if (first !== undefined && end !== undefined) {
    return notParsed(input, SEVERAL, 'ambiguous', { start: first.start, end: end.end });
  }
  const none = NONE_THERE.exec(text.slice(window.start, window.end));
  if (none === null) return notParsed(input, 'default/nothing-found', 'unparsed');
  const start = window.start + none.index;
  return counted(input, 'default/none-there', { start, end: start + none[0].length, value: 0 });
}

/** "Actually, 4 chairs." says nothing else; "Actually, 2 are stools" does. */
const COUNTED_THINGS = /^(?!\s{1,3}(?:are|is|was|were|of|have|has)\b)(?:\s{1,3}[\p{L}-]{1,20}){1,2}/u;

function statedCount(text: string, statement: Statement): Count | null {
  if (statement.how !== 'revised') return statedNumber(text, statement) ?? onlyCount(text, statement);
  const leading = leadingCount(text, statement);
  if (leading === null) return null;
  const things =
    COUNTED_THINGS.exec(text.slice(leading.end, Math.min(statement.end, leading.end + 48)))?.[0].length ?? 0;
  const closes = [0, things].some((more) => closesClause(text, leading.end + more, statement.end));
  return closes ? leading : null;
}

/** The number that a range is known to state: what it adds up to ("2 + 1 = 3"), else the one it begins with. */
function statedNumber(text: string, range: Span): Count | null {
  const leading = leadingCount(text, range);
  const sentence = { start: range.start, end: sentenceEnd(text, range.start, range.end) };
  const all = findCounts(text, sentence);
  const later = leading === null ? [] : all.filter((one) => one.start >= leading.end);
  const listed = leading !== null && isListed(text, leading, later);
  if (leading !== null && !listed && isBareThings(text, leading, range)) return leading;
  const concluded = concludedCount(text, all);
  if (concluded !== null || leading === null) return concluded;
  return !listed || standsAlone(text, leading, later) ? leading : null;
}

function counted(input: AnswerInput, rule: string, count: Count): ParsedAnswer {
  if (count.value === null) return notParsed(input, rule, 'ambiguous', count);
  return parsedValue(input, rule, String(count.value), count);
}

/** The number that a range begins with ("3", "There are three …"). */
function leadingCount(text: string, span: Span): Count | null {
  const first = findCounts(text, { start: span.start, end: Math.min(span.end, span.start + 80) })[0];
  return first !== undefined && LEADING.test(text.slice(span.start, first.start)) ? first : null;
}

function onlyCount(text: string, span: Span): Count | null {
  return agreedCount(findCounts(text, { start: span.start, end: sentenceEnd(text, span.start, span.end) }));
}

function numberOf(text: string): number | null {
  const all = findCounts(text, { start: 0, end: Math.min(text.length, 100) });
  return agreedCount(all)?.value ?? null;
}
