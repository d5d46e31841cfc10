import type { ParsedAnswer } from '../model.js';
import { type AnswerInput, type AnswerRule, notParsed, type Span } from './rule.js';
import { letterAnswer, nothingRead } from './toolAnswer.js';
import { isAlphanumeric, isSpace, trim } from './visible.js';

const COMMIT = 'UKGovernmentBEIS/inspect_ai @ 499e6152e7b8';
const ANNOUNCEMENT = /ANSWER\s*:/gi;

/**
 * multiple_choice, one answer: the last line "ANSWER: X", else the last "ANSWER: X" anywhere, in either case. Anything
 * but one letter ("ANSWER: A, B") is no answer. Scanned by hand, since the tool's patterns can take cubic time.
 */
export const inspect: AnswerRule = {
  id: 'inspect',
  version: 1,
  title: 'Inspect: multiple_choice',
  source: `${COMMIT}, src/inspect_ai/solver/_multiple_choice.py parse_answers`,
  read(input) {
    const found = lastAnnounced(input.text, true) ?? lastAnnounced(input.text, false);
    if (found === null) return nothingRead(input, 'inspect');
    const span = trim(input.text, found.start, found.end);
    const letter = input.text.slice(span.start, span.end).toUpperCase();
    if (!/^[A-Z\d]$/.test(letter)) return notParsed(input, 'inspect', 'unparsed', span);
    return letterAnswer(input, found.strict ? 'inspect/line' : 'inspect/anywhere', letter, span);
  },
};

interface Announced extends Span {
  readonly strict: boolean;
}

/** Strict: `^ANSWER\s*:\s*([A-Za-z\d ,]+)\s*(?:$|\n|\.)` over lines; else `ANSWER\s*:\s*([A-Za-z\d ,]+)(?:[^\w]|\n|$|\.)`. */
function lastAnnounced(text: string, strict: boolean): Announced | null {
  let found: Announced | null = null;
  let past = 0;
  ANNOUNCEMENT.lastIndex = 0;
  for (let match = ANNOUNCEMENT.exec(text); match !== null; match = ANNOUNCEMENT.exec(text)) {
    if (match.index < past || (strict && match.index > 0 && text[match.index - 1] !== '\n')) continue;
    const value = valueAfter(text, match.index + match[0].length, strict);
    if (value === null) continue;
    found = { ...value, strict };
    past = value.end;
  }
  return found;
}

/** The longest run of letters, digits, spaces and commas after white space, if the text may end there; else a blank value. */
function valueAfter(text: string, from: number, strict: boolean): Span | null {
  const start = skipSpace(text, from);
  let end = start;
  while (end < text.length && (isAlphanumeric(text.charCodeAt(end)) || text[end] === ' ' || text[end] === ',')) end++;
  const stop = end > start ? valueEnd(text, start, end, strict) : null;
  if (stop !== null) return { start, end: stop };
  const blank = text.slice(from, start).search(strict ? / \s*\n/ : / \s/);
  return blank < 0 ? blankBefore(text, from, start, strict) : { start: from + blank, end: from + blank + 1 };
}

function blankBefore(text: string, from: number, start: number, strict: boolean): Span | null {
  const spaced = start > from && text[start - 1] === ' ';
  const next = text[start];
  const closes = next === undefined || (strict ? next === '.' : !/[\p{L}\p{N}_]/u.test(next));
  return spaced && closes ? { start: start - 1, end: start } : null;
}

/** Where a value that runs up to `end` may stop, as the pattern would backtrack; null where it may not. */
function valueEnd(text: string, start: number, end: number, strict: boolean): number | null {
  if (!strict) {
    const next = text[end];
    if (next === undefined || !/[\p{L}\p{N}_]/u.test(next)) return end;
    const gap = Math.max(text.lastIndexOf(' ', end - 1), text.lastIndexOf(',', end - 1));
    return gap > start ? gap : null;
  }
  const after = skipSpace(text, end);
  return after >= text.length || text[after] === '.' || text.slice(end, after).includes('\n') ? end : null;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && isSpace(text.charCodeAt(at))) at++;
  return at;
}

/** pattern(answer) with a letter: the last "ANSWER:" must be followed by one letter that ends there. */
export const inspectAnswerLetter: AnswerRule = {
  id: 'inspect/answer-letter',
  version: 1,
  title: 'Inspect: answer("letter")',
  source: `${COMMIT}, src/inspect_ai/scorer/_answer.py`,
  read(input): ParsedAnswer {
    const at = lastAnnouncementEnd(input);
    if (at === null) return nothingRead(input, 'inspect/answer-letter');
    const start = skipSpace(input.text, at);
    const letter = input.text[start] ?? '';
    const next = input.text[start + 1];
    if (!/[A-Za-z]/.test(letter) || (next !== undefined && /[\p{L}\p{N}_]/u.test(next))) {
      return nothingRead(input, 'inspect/answer-letter');
    }
    return letterAnswer(input, 'inspect/answer-letter', letter.toUpperCase(), { start, end: start + 1 });
  },
};

function lastAnnouncementEnd(input: AnswerInput): number | null {
  let end: number | null = null;
  for (const match of input.text.matchAll(ANNOUNCEMENT)) end = match.index + match[0].length;
  return end;
}
