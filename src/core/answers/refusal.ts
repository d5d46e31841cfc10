import type { Span } from './rule.js';

/** A response that declines to answer, or the record of a failed call in its place. */
export interface Refusal extends Span {
  readonly why: 'refusal' | 'api-failure';
}

/** VLMEvalKit writes this in place of a response (vlmeval/utils/matching_util.py @ e8e78f05f308). */
const API_FAILURE = /failed to obtain answer via api/i;

const CANNOT =
  "(?:can(?:['’]t|not|\\s{1,2}not)|could(?:n['’]t|\\s{1,2}not)|unable\\s{1,2}to|not\\s{1,2}able\\s{1,2}to)";
const VERB =
  '(?:determine|tell|answer|identify|provide|assist|help|process|access|analy[sz]e|infer|discern|confirm|judge|say|view|open|see\\s{1,2}(?:the|an|any|this)\\s{1,2}(?:image|picture|photo))';
/** An apology for what was said before is no refusal where something follows it. */
const FOR_AN_ERROR =
  '\\s{1,2}(?:(?:for|about)\\s{1,2}(?:\\w{1,12}\\s{1,2}){0,3}(?:confusion|mistakes?|errors?|oversight|misunderstanding|mix-?up)|about\\s{1,2}that)\\b[\\s,.:;!—–-]{0,6}[^\\s,.:;!—–-]';
const REFUSAL = new RegExp(
  [
    `\\b(?:I['’]m|I\\s{1,2}am|we\\s{1,2}are|we['’]re)\\s{1,2}(?:\\w{1,12}\\s{1,2})?sorry\\b(?!${FOR_AN_ERROR})`,
    `^\\s*(?:sorry|apologies|my apologies)\\b(?!${FOR_AN_ERROR})`,
    `${CANNOT}\\s{1,2}(?:\\w{1,14}\\s{1,2}){0,2}(?:be\\s{1,2})?${VERB}`,
    '\\b(?:as|being)\\s{1,2}an?\\s{1,2}(?:AI|artificial|(?:large\\s{1,2})?language\\s{1,2}model|text-based)\\b',
    '\\b(?:impossible|not\\s{1,2}possible|difficult|hard)\\s{1,2}to\\s{1,2}(?:determine|tell|say|answer|judge)\\b',
    '\\b(?:insufficient|not\\s{1,2}enough)\\s{1,2}(?:visual\\s{1,2})?(?:information|context|detail|evidence)\\b',
    "\\b(?:no\\s{1,2}image|(?:don['’]t|do\\s{1,2}not|didn['’]t)\\s{1,2}(?:see|have)\\s{1,2}(?:an?|any|the|access\\s{1,2}to)\\b)",
    "\\bI\\s{1,2}(?:don['’]t|do\\s{1,2}not)\\s{1,2}know\\b",
  ].join('|'),
  'i',
);

/** One of these stands in every refusal; the test spares most responses the long pattern. */
const HINT =
  /sorry|apolog|can(?:no|['’]|\s{1,2}not)|could\s{0,2}n|able\s|\sAI\b|artificial|language\s{1,2}model|text-based|possible|difficult|hard\s|enough|sufficient|no\s{1,2}image|(?:n['’]t|not)\s{1,2}(?:see|have|know)/i;

/** A refusal stands at the beginning or at the end of a response, never somewhere in the middle of its reasoning. */
const REACH = 300;

/** Finds a refusal in a range; null where there is none. Offsets point into `text`. */
export function findRefusal(text: string, range: Span): Refusal | null {
  const head = { start: range.start, end: Math.min(range.end, range.start + REACH) };
  const failed = find(text, head, API_FAILURE);
  if (failed !== null) return { ...failed, why: 'api-failure' };
  const tail = { start: Math.max(head.end, range.end - REACH), end: range.end };
  if (!HINT.test(text.slice(head.start, head.end)) && !HINT.test(text.slice(tail.start, tail.end))) return null;
  const refused = find(text, head, REFUSAL) ?? (tail.start < tail.end ? find(text, tail, REFUSAL) : null);
  return refused === null ? null : { ...refused, why: 'refusal' };
}

function find(text: string, range: Span, pattern: RegExp): Span | null {
  const match = pattern.exec(text.slice(range.start, range.end));
  if (match === null) return null;
  return { start: range.start + match.index, end: range.start + match.index + match[0].length };
}
