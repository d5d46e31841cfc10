import type { ParsedAnswer } from '../model.js';
import { type AnswerInput, type AnswerRule, notParsed, parsedPolarity, type Span } from './rule.js';
import { letterAnswer, lowerInPlace, mapUnits, nothingRead, toolLetters } from './toolAnswer.js';

const REFUSALS = [
  "Sorry, I can't help with images of people yet.",
  "I can't process this file.",
  "I'm sorry, but without the image provided",
  'Cannot determine the answer',
];
/** Tokens after VLMEvalKit's replacement of this punctuation by spaces. */
const TOKEN = /[^\s.()[\],:;!*#{}]+/g;
const VERBOSE = /(?:correct\s+)?answer\s+is\s+\**([ABCD])\**/i;

/**
 * can_infer_option, then can_infer_text: a choice letter that stands alone among the tokens, within the last four; else
 * the one choice whose text is a substring of a short response ("left" is found in "front-left").
 */
export const vlmevalkit: AnswerRule = {
  id: 'vlmevalkit',
  version: 1,
  title: 'VLMEvalKit: can_infer (option, then text)',
  source: 'open-compass/VLMEvalKit @ e8e78f05f308, vlmeval/utils/matching_util.py',
  read(input) {
    return inferOption(input) ?? inferText(input) ?? nothingRead(input, 'vlmevalkit/no-match');
  },
};

function inferOption(input: AnswerInput): ParsedAnswer | null {
  const { text } = input;
  if (text.includes('Failed to obtain answer via API')) return null;
  for (const phrase of REFUSALS) {
    const start = text.indexOf(phrase);
    if (start >= 0) return notParsed(input, 'vlmevalkit/refusal', 'refusal', { start, end: start + phrase.length });
  }
  const letters = input.options.length > 0 ? toolLetters(input) : ['A', 'B', 'C', 'D'];
  const { first, count, none } = scanTokens(text, new Set(letters));
  const [only] = first.entries();
  if (first.size === 1 && only !== undefined) {
    const [letter, place] = only;
    if (place.index > count - 5) return letterAnswer(input, 'vlmevalkit/option', letter, place);
  } else if (first.size === 0 && none !== null) return notParsed(input, 'vlmevalkit/Z', 'unparsed', none);
  const match = VERBOSE.exec(text);
  const letter = match?.[1]?.toUpperCase();
  if (match === null || letter === undefined || !letters.includes(letter)) return null;
  const start = match.index + match[0].lastIndexOf(match[1] ?? '');
  return letterAnswer(input, 'vlmevalkit/answer-is', letter, { start, end: start + 1 });
}

interface Place extends Span {
  /** Which token it is. */
  readonly index: number;
}

function scanTokens(
  text: string,
  letters: ReadonlySet<string>,
): { first: Map<string, Place>; count: number; none: Span | null } {
  const first = new Map<string, Place>();
  let count = 0;
  let none: Span | null = null;
  for (const match of text.matchAll(TOKEN)) {
    const place = { start: match.index, end: match.index + match[0].length, index: count++ };
    if (letters.has(match[0]) && !first.has(match[0])) first.set(match[0], place);
    else if (match[0] === 'Z') none ??= place;
  }
  return { first, count, none };
}

function inferText(input: AnswerInput): ParsedAnswer | null {
  const lengths = input.options.reduce((sum, option) => sum + codePoints(option.text), 0);
  if (input.text.length > 4 * lengths || codePoints(input.text) > 2 * lengths) return null;
  const answer = lowerInPlace(input.text);
  const found = toolLetters(input).flatMap((letter, index) => {
    const choice = lowerInPlace(input.options[index]?.text ?? '');
    const start = answer.indexOf(choice);
    return start < 0 ? [] : [{ letter, start, end: start + choice.length }];
  });
  const only = found[0];
  return only === undefined || found.length > 1 ? null : letterAnswer(input, 'vlmevalkit/text', only.letter, only);
}

/** Python's `len`: a surrogate pair counts once. */
function codePoints(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at++) if ((text.charCodeAt(at) & 0xfc00) !== 0xdc00) count++;
  return count;
}

const PUNCTUATION = ';/[]"{}()=+\\_-><@`,?!';
/** Python's `sub(…, re.UNICODE)` passes 32 as the count, so that only that many full stops are removed. */
const FULL_STOPS_REMOVED = 32;

/** YOrN_Extraction: "yes" or "no" as a word after process_punctuation, and not both; else Unknown. */
export const vlmevalkitYesNo: AnswerRule = {
  id: 'vlmevalkit/yes-no',
  version: 1,
  title: 'VLMEvalKit: YOrN_Extraction',
  source: 'open-compass/VLMEvalKit @ e8e78f05f308, vlmeval/dataset/utils/yorn.py',
  read(input) {
    const mapped = processPunctuation(lowerInPlace(input.text));
    const first = new Map<string, Span>();
    for (const match of mapped.text.matchAll(/\S+/g)) {
      const last = match.index + match[0].length - 1;
      const span = { start: mapped.origin(match.index), end: mapped.origin(last) + 1 };
      if ((match[0] === 'yes' || match[0] === 'no') && !first.has(match[0])) first.set(match[0], span);
    }
    const [yes, no] = [first.get('yes'), first.get('no')];
    if (yes !== undefined && no === undefined) return parsedPolarity(input, 'vlmevalkit/yes-no', 'yes', yes);
    if (no !== undefined && yes === undefined) return parsedPolarity(input, 'vlmevalkit/yes-no', 'no', no);
    return nothingRead(input, 'vlmevalkit/yes-no');
  },
};

/** Removes each mark that stands beside a space somewhere (all marks, where a digit group has a comma); else it becomes a space. */
function processPunctuation(text: string): { text: string; origin: (index: number) => number } {
  const digitComma = /\d,\d/.test(text);
  const change = new Map<string, string>();
  for (const mark of PUNCTUATION)
    change.set(mark, digitComma || text.includes(`${mark} `) || text.includes(` ${mark}`) ? '' : ' ');
  const marks = mapUnits(text, (unit) => change.get(unit) ?? unit);
  let removed = 0;
  const stops = mapUnits(marks.text, (unit, index) => {
    if (unit !== '.' || removed >= FULL_STOPS_REMOVED || /\d/.test(marks.text[index + 1] ?? '')) return unit;
    removed++;
    return '';
  });
  return { text: stops.text, origin: (index) => marks.origin(stops.origin(index)) };
}
