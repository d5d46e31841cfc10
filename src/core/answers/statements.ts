import type { Span } from './rule.js';
import { skipOpeners } from './labels.js';
import { isSpace } from './visible.js';

/** How many characters after "the answer is" may belong to the answer. */
const LONGEST_CONTENT = 300;
/** At most this many statements are tried, from the last backwards. */
const TRIED = 40;

const GAP = '[\\s"\'”*_`\\]]{0,4}';
const BE = '(?:is|was|(?:would|should|must|will|can|could|may|might)\\s{1,3}be)\\b';
const NAMES = 'option|choice|letter|direction|relation|relationship|description|one|response|statement|value|number';

/** Announces the answer: "the answer is", "Answer:", `"answer":`, "the correct option is", "my final choice:". */
const STATED = new RegExp(
  [
    `\\b(?:answer|answers|ans)(?:${GAP}[:：=]|["'”*_\`]{0,3}\\s{1,3}(?:to\\s{1,3}(?:the|this)\\s{1,3}question\\s{1,3})?(?:(?:option|choice)\\s{1,3})?${BE}["'”*_\`]{0,3}\\s{0,3}[:：]?)`,
    `\\b(?:correct|right|best|final|appropriate|accurate|likely)\\s{1,3}(?:${NAMES})\\s{1,3}${BE}\\s{0,3}[:：]?`,
    `\\b(?:final|correct|my)\\s{1,3}(?:choice|selection|option|prediction)${GAP}[:：]`,
    '(?:^|\\n)[ \\t#*_]{0,8}(?:final\\s{1,3})?answer[ \\t#*_:]{0,8}(?=\\n)',
    '答案(?:应该|應該)?(?:是|为|為)?\\s{0,3}[:：]?',
  ].join('|'),
  'gi',
);

/** Offers an answer less firmly: "I'd go with", "I think it's", "my best guess is", "it looks like". */
const OFFERED = new RegExp(
  [
    "\\bI(?:['’]d|['’]ll|\\s{1,3}would|\\s{1,3}will)?\\s{1,3}(?:choose|pick|select|go\\s{1,3}with|say|guess|answer|opt\\s{1,3}for|chose)\\b",
    "\\bI\\s{1,3}(?:think|believe|conclude|guess)\\b(?:\\s{1,3}that\\b)?(?:\\s{1,3}it(?:['’]s|\\s{1,3}is|\\s{1,3}must\\s{1,3}be))?",
    '\\bmy\\s{1,3}(?:best\\s{1,3})?(?:guess|pick|choice)\\s{1,3}(?:is|would\\s{1,3}be)\\b',
    '\\bit\\s{1,3}(?:must|should|has\\s{1,3}to)\\s{1,3}be\\b',
    '\\b(?:looks|seems|appears)\\s{1,3}(?:like|to\\s{1,3}be)\\b',
  ].join('|'),
  'gi',
);

/** Opens the sentence that draws the conclusion. */
const CONCLUDED =
  /(?:^|[.!?\n,;])[ \t"*]{0,4}(?:therefore|thus|hence|consequently|so|overall|finally|(?:in|to)\s{1,3}(?:conclusion|conclude|summary))\b,?/gi;

/** Where the content of the announced answers stands, last first. Linear in the range. */
export function statedAnswers(text: string, range: Span): Span[] {
  return contents(text, range, STATED);
}

/** The same for answers offered less firmly. */
export function offeredAnswers(text: string, range: Span): Span[] {
  return contents(text, range, OFFERED);
}

/** The rest of the last sentence that draws a conclusion; null where there is none. */
export function concludingSentence(text: string, range: Span): Span | null {
  const last = contents(text, range, CONCLUDED)[0];
  return last === undefined ? null : { start: last.start, end: sentenceEnd(text, last.start, last.end) };
}

/** The contents of what a global pattern announces, last first; `counts` may refuse a match by where it begins. */
export function contents(
  text: string,
  range: Span,
  pattern: RegExp,
  counts: (text: string, start: number) => boolean = () => true,
): Span[] {
  const ends: number[] = [];
  pattern.lastIndex = range.start;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const end = match.index + match[0].length;
    if (end > range.end) break;
    if (counts(text, match.index)) ends.push(end);
    if (ends.length > 2 * TRIED) ends.splice(0, TRIED);
    if (match[0] === '') pattern.lastIndex++;
  }
  return ends
    .slice(-TRIED)
    .reverse()
    .map((from) => contentFrom(text, from, range.end))
    .filter((span) => span.start < span.end && !NEGATED.test(text.slice(span.start, span.start + 12)));
}

const NEGATED = /^(?:not|neither|n['’]t)\b/i;

/** From a position to the end of its line; a line that holds nothing but markup is passed over ("Answer:\n**B**"). */
function contentFrom(text: string, from: number, to: number): Span {
  const limit = Math.min(to, from + LONGEST_CONTENT);
  const first = skipOpeners(text, from, limit);
  let start = from;
  while (start < first && isSpace(text.charCodeAt(start))) start++;
  const lineEnd = text.indexOf('\n', first);
  return { start, end: lineEnd < 0 ? limit : Math.min(lineEnd, limit) };
}

/** The end of the sentence that begins at `from`: a full stop before a space, a line's end, or `to`. */
export function sentenceEnd(text: string, from: number, to: number): number {
  for (let at = from; at < to; at++) {
    const char = text[at];
    if (char === '\n') return at;
    if ((char === '.' || char === '!' || char === '?') && (at + 1 >= to || isSpace(text.charCodeAt(at + 1))))
      return at + 1;
  }
  return to;
}

const BOX = /\\boxed\s?\{/g;
const LONGEST_BOX = 200;

/** The content of the last `<answer>` element or `\boxed{…}`, whichever stands later; null where there is neither. */
export function markedAnswer(text: string, range: Span): Span | null {
  let found: Span | null = null;
  if (text.includes('<', range.start)) found = answerElement(text, range);
  if (!text.includes('\\boxed', range.start)) return found;
  let start = -1;
  BOX.lastIndex = range.start;
  for (let match = BOX.exec(text); match !== null && match.index < range.end; match = BOX.exec(text)) {
    start = match.index + match[0].length;
  }
  if (start < 0 || start > range.end || (found !== null && start < found.start)) return found;
  return { start, end: closingBrace(text, start, range.end) };
}

const ANSWER_ELEMENT = /<(?:answer|ans|final_answer)>/gi;

function answerElement(text: string, range: Span): Span | null {
  let start = -1;
  ANSWER_ELEMENT.lastIndex = range.start;
  for (let match = ANSWER_ELEMENT.exec(text); match !== null; match = ANSWER_ELEMENT.exec(text)) {
    if (match.index + match[0].length <= range.end) start = match.index + match[0].length;
  }
  if (start < 0) return null;
  const close = text.indexOf('</', start);
  return { start, end: close < 0 ? range.end : Math.min(close, range.end) };
}

function closingBrace(text: string, start: number, to: number): number {
  const limit = Math.min(to, start + LONGEST_BOX);
  let depth = 1;
  for (let at = start; at < limit; at++) {
    if (text[at] === '{') depth++;
    else if (text[at] === '}' && --depth === 0) return at;
  }
  return limit;
}

/** The last line of a range of several lines; null where there is one line only. */
export function lastLine(text: string, range: Span): Span | null {
  const line = text.lastIndexOf('\n', range.end - 1);
  return line <= range.start ? null : { start: line + 1, end: range.end };
}
