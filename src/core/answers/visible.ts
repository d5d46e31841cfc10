import type { Span } from './rule.js';

/** The part of a response that is the answer: thinking, end-of-text tokens and surrounding space left out. */
export interface Visible extends Span {
  /** The response breaks off inside its thinking, so that only an explicit statement may count as its answer. */
  readonly unfinished: boolean;
}

/** Tokens that a decoder leaves at the ends of a text: <s>, </s>, <|im_end|>, <pad>, a byte-order mark, zero-width space. */
const TOKEN = /(?:<\/?s>|<\|[^<>|\s]{1,40}\|>|<(?:pad|bos|eos|unk|end_of_turn|start_of_turn)>|[\u200b\ufeff])/iy;
const THINK_END = /<\/(?:think|thinking|thought|reasoning)>/gi;
const THINK_START = /<(?:think|thinking|thought|reasoning)>/i;
const LONGEST_TOKEN = 44;

/** Finds the visible part of a response. Offsets point into `text`; start = end where nothing is visible. */
export function visiblePart(text: string): Visible {
  if (!text.includes('<')) return { ...trim(text, 0, text.length), unfinished: false };
  let afterThinking = -1;
  for (const end of text.matchAll(THINK_END)) afterThinking = end.index + end[0].length;
  const opening = THINK_START.exec(text);
  if (afterThinking >= 0) {
    const after = trim(text, afterThinking, text.length);
    if (after.start < after.end || opening === null) return { ...after, unfinished: false };
    return { ...trim(text, 0, opening.index), unfinished: false };
  }
  const all = trim(text, 0, text.length);
  return { ...all, unfinished: opening !== null && opening.index <= all.start };
}

/** Narrows a range past white space (no-break spaces too) and decoder tokens at both ends. */
export function trim(text: string, from: number, to: number): Span {
  let start = from;
  let end = to;
  for (;;) {
    while (start < end && isSpace(text.charCodeAt(start))) start++;
    TOKEN.lastIndex = start;
    const token = TOKEN.exec(text);
    if (token === null || start + token[0].length > end) break;
    start += token[0].length;
  }
  for (;;) {
    while (end > start && isSpace(text.charCodeAt(end - 1))) end--;
    const token = tokenBefore(text, start, end);
    if (token === 0) break;
    end -= token;
  }
  return { start, end };
}

function tokenBefore(text: string, start: number, end: number): number {
  const last = text[end - 1];
  if (last === '\u200b' || last === '\ufeff') return end > start ? 1 : 0;
  if (last !== '>') return 0;
  const open = text.lastIndexOf('<', end - 1);
  if (open < start || end - open > LONGEST_TOKEN) return 0;
  TOKEN.lastIndex = open;
  return TOKEN.exec(text)?.[0].length === end - open ? end - open : 0;
}

/** White space as JavaScript's `trim` and Python's `strip` see it, for the code units that occur in practice. */
export function isSpace(code: number): boolean {
  if (code <= 32) return code === 32 || (code >= 9 && code <= 13) || (code >= 28 && code <= 31);
  if (code < 160) return code === 133;
  return (
    code === 0xa0 ||
    code === 0x1680 ||
    (code >= 0x2000 && code <= 0x200a) ||
    code === 0x2028 ||
    code === 0x2029 ||
    code === 0x202f ||
    code === 0x205f ||
    code === 0x3000 ||
    code === 0xfeff
  );
}

/** True for an ASCII letter or digit. */
export function isAlphanumeric(code: number): boolean {
  return (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
}
