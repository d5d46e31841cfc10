import type { Mention } from './mentions.js';
import type { AnswerInput, Span } from './rule.js';
import { sentenceEnd } from './statements.js';

type Sense = 'near' | 'far';

/** The option that a comparison names. */
export interface Comparison extends Span {
  readonly option: number;
}

const SENSES: readonly (readonly [Sense, RegExp])[] = [
  ['near', /\b(?:closer|closest|nearer|nearest)\b/iu],
  ['far', /\b(?:farther|farthest|further|furthest|deeper|deepest|(?:more|most)\s{1,3}distant)\b/iu],
];
const COMPARATIVE =
  '(?:closer|closest|nearer|nearest|farther|farthest|further|furthest|deeper|deepest|more\\s{1,3}distant)';
const DEGREE =
  '(?:(?:much|slightly|clearly|significantly|far|definitely|relatively|somewhat|noticeably|the|a\\s{1,3}(?:bit|little))\\s{1,3}){0,3}';
const PLACED = '(?:to\\s{1,3}be\\s{1,3}|(?:positioned|located|placed|situated)\\s{1,3})?';
/** What follows the subject: "is closer", "in the corner appears to be slightly farther". */
const COMPARED = new RegExp(
  `^["'”’*_\`)\\]]{0,3}(?:\\s{1,3}(?!(?:and|or|than|not|is|are)\\b)[\\p{L}-]{1,20}){0,4}?\\s{1,3}(?:is|are|was|were|looks?|appears?|seems?|stands?|sits?|lies)\\s{1,3}${PLACED}${DEGREE}(${COMPARATIVE})\\b`,
  'iu',
);
const THAN = /\bthan\s{1,3}(?:(?:the|a|an|that|this|its)\s{1,3})?["'“*_`(]{0,3}$/iu;
const REFERENCE =
  /^(?:\s{1,3}(?:away|back))?\s{1,3}(?:to|from)\s{1,3}(?:(?:the|a|an|our|my|your)\s{1,3})?([\p{L}-]{1,30})/iu;
const VIEWER = /^(?:camera|viewer|observer|photographer|viewpoint|you|me|us)$/iu;
const VIEWERS = /\b(?:camera|viewer|observer|photographer|viewpoint|you|me|us)\b/iu;
const LONGEST = 160;

/**
 * Reads "X is closer than Y" against what the question asks for: the same comparative names X, the opposite one Y. Null
 * where the question compares nothing, more than two are offered, or the range compares otherwise or with contradictions.
 */
export function readComparison(input: AnswerInput, range: Span, mentions: readonly Mention[]): Comparison | null {
  if ((input.kind !== 'depth-order' && input.kind !== 'distance-order') || input.options.length !== 2) return null;
  const question = input.question ?? '';
  const asked = senseOf(question);
  if (asked === null) return null;
  let found: Comparison | null = null;
  for (const [at, subject] of mentions.entries()) {
    const compared = comparisonAt(input.text, range, mentions, at, question);
    const [option] = subject.options;
    if (compared === null || option === undefined) continue;
    const named = compared.sense === asked ? option : 1 - option;
    if (found !== null && found.option !== named) return null;
    found = { option: named, start: subject.start, end: compared.end };
  }
  return found;
}

/** The one sense in which a text compares distances. */
function senseOf(text: string): Sense | null {
  const [sense, ...more] = SENSES.filter(([, words]) => words.test(text));
  return sense === undefined || more.length > 0 ? null : sense[0];
}

/** What the mention at a place is said to be: nearer or farther than the other option. */
function comparisonAt(
  text: string,
  range: Span,
  mentions: readonly Mention[],
  at: number,
  question: string,
): { readonly sense: Sense; readonly end: number } | null {
  const subject = mentions[at];
  if (subject?.options.length !== 1) return null;
  const rest = text.slice(subject.end, Math.min(range.end, subject.end + LONGEST));
  const match = COMPARED.exec(rest);
  const sense = match === null ? null : senseOf(match[1] ?? '');
  if (match === null || sense === null) return null;
  const from = subject.end + match[0].length;
  const end = sentenceEnd(text, from, Math.min(range.end, from + LONGEST));
  if (!isAsked(text.slice(from, end), question)) return null;
  const other = mentions[at + 1];
  const sentence = text.slice(from, end);
  if (other === undefined || other.start >= end) return /\bthan\b/iu.test(sentence) ? null : { sense, end: from };
  // "closer to the table than the lamp" compares the chair with neither in the asked sense.
  const isOther = other.options.length === 1 && other.options[0] !== subject.options[0];
  return isOther && THAN.test(text.slice(from, other.start)) ? { sense, end: other.end } : null;
}

/** Whether what a distance is measured from, where that is said, is what the question measures from. */
function isAsked(after: string, question: string): boolean {
  const reference = REFERENCE.exec(after)?.[1];
  if (reference === undefined) return true;
  if (VIEWER.test(reference)) return VIEWERS.test(question);
  return question.toLowerCase().includes(reference.toLowerCase());
}
