import type { ParsedAnswer } from '../model.js';
import { readComparison } from './comparison.js';
import { closesClause, statements } from './corrections.js';
import { joinedLabel, type LabelHit, labelAt, optionTextAt } from './labels.js';
import { findLetters } from './letters.js';
import { findMentions, leadingMention, type Mention, type Mentions, offersDirections } from './mentions.js';
import { namedBy, optionSet, type OptionSet, unordered } from './optionSet.js';
import { findRefusal } from './refusal.js';
import { type AnswerInput, notParsed, parsedOption, parsedValue, type Span } from './rule.js';
import { concludingSentence, lastLine, markedAnswer, offeredAnswers, sentenceEnd } from './statements.js';
import { trim, type Visible } from './visible.js';

/** What a range was found to say. */
export type Reading =
  | (Span & { kind: 'option'; option: number; by: 'letter' | 'text'; conflict: boolean })
  | (Span & { kind: 'value'; value: string })
  | (Span & { kind: 'off-list' })
  | (Span & { kind: 'ambiguous' });

/** Mentions are sought in the last part of a longer response, which is where an answer is drawn. */
const MENTION_WINDOW = 20_000;
/** A range of at most this length may be an option's text as a whole. */
const LONGEST_TEXT = 400;

/** Where the answer to a multiple-choice question is read, from the firmest statement to a bare mention. */
export function readChoice(input: AnswerInput, visible: Visible): ParsedAnswer {
  const set = optionSet(input.options);
  return (
    explicitAnswer(input, visible, set) ??
    (visible.unfinished ? null : impliedAnswer(input, visible, set)) ??
    notParsed(input, visible.unfinished ? 'default/unfinished-thinking' : 'default/nothing-found', 'unparsed')
  );
}

/** The answer that the response states as such; null where it states none. */
export function explicitAnswer(input: AnswerInput, visible: Visible, set: OptionSet): ParsedAnswer | null {
  const { text } = input;
  const whole = readWhole(input, visible, set);
  if (whole !== null) return answer(input, 'default/whole-response', whole);
  const marked = markedAnswer(text, visible);
  const inMark = marked === null ? null : readRange(input, trim(text, marked.start, marked.end), set);
  if (inMark !== null) return answer(input, 'default/marked-answer', inMark);
  for (const statement of statements(text, visible, visible.unfinished)) {
    const { how } = statement;
    const stated = how === 'revised' ? readClause(input, statement, set) : readRange(input, statement, set);
    if (stated !== null)
      return answer(input, how === 'stated' ? 'default/stated-answer' : 'default/corrected-answer', stated);
    const refusal = how === 'corrected' ? findRefusal(text, statement) : null;
    if (refusal !== null) return notParsed(input, `default/${refusal.why}`, 'refusal', refusal);
  }
  return null;
}

/** Reads a range that may state an answer, and does so only where it says nothing else. */
function readClause(input: AnswerInput, range: Span, set: OptionSet): Reading | null {
  const reading = readBeginning(input, range, set);
  if (reading === null || closesClause(input.text, reading.end, range.end)) return reading;
  if (reading.kind !== 'option' || reading.by !== 'letter' || reading.conflict) return null;
  const own = optionTextAt(input.text, reading.end, range.end, set);
  return own !== null && own.options.includes(reading.option) && closesClause(input.text, own.end, range.end)
    ? reading
    : null;
}

function impliedAnswer(input: AnswerInput, visible: Visible, set: OptionSet): ParsedAnswer | null {
  const { text } = input;
  const leading = readLeadingLabel(input, visible, set);
  if (leading !== null) return answer(input, 'default/leading-letter', leading);
  const head = {
    start: visible.start,
    end: sentenceEnd(text, visible.start, Math.min(visible.end, visible.start + LONGEST_TEXT)),
  };
  const inHead = findMentions(input, head, set);
  const headMention = leadingMention(input, head, inHead.offered);
  if (headMention !== null) return answer(input, 'default/leading-text', fromMention(headMention));
  const line = lastLine(text, visible);
  const final = line === null ? null : readWhole(input, trim(text, line.start, line.end), set);
  if (final !== null) return answer(input, 'default/last-line', final);
  for (const span of offeredAnswers(text, visible)) {
    const offered = readBeginning(input, span, set);
    if (offered !== null) return answer(input, 'default/offered-answer', offered);
  }
  const window = { start: Math.max(visible.start, visible.end - MENTION_WINDOW), end: visible.end };
  const oneSentence = window.start === head.start && window.end === head.end;
  const mentions = oneSentence ? inHead : findMentions(input, window, set);
  const refusal = findRefusal(text, visible);
  if (refusal !== null && !mentions.offered.some((one) => one.start < refusal.end && refusal.start < one.end)) {
    return notParsed(input, `default/${refusal.why}`, 'refusal', refusal);
  }
  const conclusion = concludingSentence(text, window);
  const concluded = conclusion === null ? null : readRange(input, conclusion, set);
  if (concluded?.kind === 'option') return answer(input, 'default/conclusion', concluded);
  const found = readLetters(input, window, set, mentions) ?? readMentions(input, window, mentions);
  return found === null ? null : answer(input, found.rule, found.reading);
}

function answer(input: AnswerInput, rule: string, reading: Reading): ParsedAnswer {
  if (reading.kind === 'option') {
    return parsedOption(input, rule, reading.option, reading, reading.conflict ? ['letterTextConflict'] : []);
  }
  if (reading.kind === 'value') return parsedValue(input, rule, reading.value, reading);
  return notParsed(input, rule, reading.kind, reading);
}

/** The range is a label, or an option's text, and nothing else. */
function readWhole(input: AnswerInput, range: Span, set: OptionSet): Reading | null {
  if (range.start >= range.end || range.end - range.start > LONGEST_TEXT) return null;
  const hit = labelAt(input.text, range.start, range.end, set);
  if (hit?.alone === true) return fromLabel(input, hit, range, set);
  const named = namedBy(set, input.text.slice(range.start, range.end));
  if (named.length > 0) return fromMention({ ...range, options: named });
  return null;
}

/** Reads a range that is known to hold the answer. */
function readRange(input: AnswerInput, range: Span, set: OptionSet): Reading | null {
  const beginning = readBeginning(input, range, set);
  if (beginning !== null) return beginning;
  const sentence = { start: range.start, end: sentenceEnd(input.text, range.start, range.end) };
  const mentions = findMentions(input, sentence, set);
  return (
    readLetters(input, sentence, set, mentions)?.reading ?? readMentions(input, sentence, mentions)?.reading ?? null
  );
}

/** Reads a range only where it begins with a label or an offered text. */
function readBeginning(input: AnswerInput, range: Span, set: OptionSet): Reading | null {
  const trimmed = trim(input.text, range.start, range.end);
  const whole = readWhole(input, trimmed, set);
  if (whole !== null) return whole;
  const hit = labelAt(input.text, trimmed.start, trimmed.end, set);
  if (hit !== null) return fromLabel(input, hit, trimmed, set);
  const sentence = { start: trimmed.start, end: sentenceEnd(input.text, trimmed.start, trimmed.end) };
  const leading = leadingMention(input, sentence, findMentions(input, sentence, set).offered);
  return leading === null ? null : fromMention(leading);
}

/** The label that the response begins with, unless the response begins by repeating the list of options. */
function readLeadingLabel(input: AnswerInput, visible: Visible, set: OptionSet): Reading | null {
  const hit = labelAt(input.text, visible.start, visible.end, set);
  if (hit === null) return null;
  const echo = /\n\s{0,8}[([*]{0,3}([A-Za-z0-9]{1,2})[)\].:]/.exec(
    input.text.slice(hit.end, Math.min(visible.end, hit.end + LONGEST_TEXT)),
  );
  const other = echo?.[1]?.toUpperCase();
  if (other !== undefined && other !== hit.label && set.labels.has(other)) return null;
  return fromLabel(input, hit, visible, set);
}

function fromLabel(input: AnswerInput, hit: LabelHit, range: Span, set: OptionSet): Reading {
  const span = { start: hit.start, end: hit.end };
  const joined = joinedLabel(input.text, hit, range.end, set);
  if (joined !== null) return { kind: 'ambiguous', start: hit.start, end: joined };
  if (set.unknown) return { ...span, kind: 'value', value: hit.label };
  if (hit.option === null) return { ...span, kind: 'off-list' };
  const conflict = !hit.alone && textDisagrees(input, hit, range, set);
  return { ...span, kind: 'option', option: hit.option, by: 'letter', conflict };
}

/** The text that stands after a label is another option's, or a direction that its own option does not name. */
function textDisagrees(input: AnswerInput, hit: LabelHit, range: Span, set: OptionSet): boolean {
  const { text } = input;
  const stated = optionTextAt(text, hit.end, range.end, set);
  if (stated !== null && stated.options.length > 0) return hit.option !== null && !stated.options.includes(hit.option);
  const lineEnd = text.indexOf('\n', hit.end);
  const end = Math.min(lineEnd < 0 ? range.end : lineEnd, range.end);
  if (end - hit.end > 60) return false;
  const rest = text.slice(hit.end, end).replace(/^[\s.):,;=*_"'`\]}>–—-]+|[\s.,;!*_"'`)\]}<>/s]+$/gu, '');
  const own = set.options[hit.option ?? -1]?.text ?? '';
  const first = input.spatialPhrases(rest);
  const last = first.at(-1);
  const isDirection = first[0]?.start === 0 && last !== undefined && last.end >= rest.length - 1;
  return isDirection && input.spatialPhrases(own).length > 0 && unordered(rest) !== unordered(own);
}

function fromMention(mention: Mention): Reading {
  const span = { start: mention.start, end: mention.end };
  const option = mention.options[0];
  if (option === undefined || mention.options.length > 1) return { ...span, kind: 'ambiguous' };
  return { ...span, kind: 'option', option, by: 'text', conflict: false };
}

interface Found {
  readonly rule: string;
  readonly reading: Reading;
}

/** Labels named anywhere in a range: one of them is the answer, several are ambiguous. */
function readLetters(input: AnswerInput, range: Span, set: OptionSet, mentions: Mentions): Found | null {
  const letters = findLetters(input.text, range, set);
  const first = letters[0];
  if (first === undefined) return null;
  const others = letters.find((one) => one.label !== first.label);
  if (others !== undefined) {
    return { rule: 'default/several-letters', reading: { kind: 'ambiguous', start: first.start, end: others.end } };
  }
  const span = { start: first.start, end: first.end };
  if (set.unknown) return { rule: 'default/only-letter', reading: { ...span, kind: 'value', value: first.label } };
  const option = first.option;
  if (option === null) return null;
  const texts = new Set(mentions.offered.flatMap((one) => one.options));
  const conflict = texts.size > 0 && !texts.has(option);
  return { rule: 'default/only-letter', reading: { ...span, kind: 'option', option, by: 'letter', conflict } };
}

/** Offered texts named anywhere in a range; failing these, a direction that was not offered. */
function readMentions(input: AnswerInput, range: Span, mentions: Mentions): Found | null {
  const first = mentions.offered[0];
  const compared = readComparison(input, range, mentions.offered);
  if (compared !== null) {
    return { rule: 'default/comparison', reading: { ...compared, kind: 'option', by: 'text', conflict: false } };
  }
  if (first !== undefined) {
    const same = (one: Mention): boolean => one.options.join() === first.options.join();
    const other = mentions.offered.find((one) => !same(one));
    if (other === undefined) return { rule: 'default/only-text', reading: fromMention(first) };
    return { rule: 'default/several-texts', reading: { kind: 'ambiguous', start: first.start, end: other.end } };
  }
  const foreign = mentions.foreign.filter(
    (one) => range.end - range.start <= 40 || !LOOSE.test(input.text.slice(one.start, one.end)),
  )[0];
  if (foreign === undefined || !offersDirections(input)) return null;
  return { rule: 'default/not-offered', reading: { ...foreign, kind: 'off-list' } };
}

/** Direction words that running prose uses otherwise. */
const LOOSE = /^(?:on|up|down|over)$/i;
