import type { ParsedAnswer } from '../model.js';
import type { Mapped } from './toolAnswer.js';

const ESCAPE = String.fromCharCode(0x1b);
const CONTROL = String.fromCharCode(0x9b);
/**
 * Terminal escapes; and letters, digits and punctuation in another style: full-width, circled, mathematical bold and the
 * like. Superscripts and ligatures are not among them: NFKC makes "32" of "3²" and "No" of "№". HTML's elements of one letter
 * are, where they are closed too: the "b" of "<b>left</b>" is no label, and that of "<B>" alone is one.
 */
const STYLED = new RegExp(
  `(?:${ESCAPE}\\[|${CONTROL})[0-?]{0,40}[ -/]{0,4}[@-~]|[\\uff01-\\uff5e\\u24b6-\\u24e9\\u{1d400}-\\u{1d7ff}]` +
    '|<([A-Za-z])>(?=[^]{0,300}?</\\1>)|</[A-RT-Za-rt-z]>',
  'gu',
);
/** What is styled by a mark of its own, which is left out; the others are characters that stand for plain ones. */
const MARK = new RegExp(`^[${ESCAPE}${CONTROL}<]`);

/** A text without the style of its characters, each of which remembers its place in the original; null where none has any. */
export function plainText(text: string): Mapped | null {
  if (text.search(STYLED) < 0) return null;
  const kept: string[] = [];
  const origins: number[] = [];
  let last = 0;
  const copy = (from: number, to: number): void => {
    kept.push(text.slice(from, to));
    for (let at = from; at < to; at++) origins.push(at);
  };
  for (const match of text.matchAll(STYLED)) {
    copy(last, match.index);
    last = match.index + match[0].length;
    if (MARK.test(match[0])) continue;
    const plain = match[0].normalize('NFKC');
    kept.push(plain);
    for (let at = 0; at < plain.length; at++) origins.push(match.index);
  }
  copy(last, text.length);
  return { text: kept.join(''), origin: (index) => origins[index] ?? text.length };
}

/** The answer read from a plain text, with the trace in the original's characters. */
export function inOriginal(answer: ParsedAnswer, plain: Mapped, text: string): ParsedAnswer {
  const { trace } = answer;
  if (trace.start === trace.end) return answer;
  const start = plain.origin(trace.start);
  const final = plain.origin(trace.end - 1);
  const end = final + ((text.codePointAt(final) ?? 0) > 0xffff ? 2 : 1);
  return { ...answer, trace: { ...trace, start, end, text: text.slice(start, end) } };
}
