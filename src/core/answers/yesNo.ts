import type { ParsedAnswer } from '../model.js';
import { readChoice } from './choice.js';
import { closesClause, type Statement, statements } from './corrections.js';
import { labelAt } from './labels.js';
import { optionSet } from './optionSet.js';
import { findRefusal } from './refusal.js';
import { type AnswerInput, notParsed, parsedOption, parsedPolarity, polarityOf, type Span } from './rule.js';
import { concludingSentence, lastLine, markedAnswer, offeredAnswers, sentenceEnd } from './statements.js';
import { trim, type Visible } from './visible.js';

type Polarity = 'yes' | 'no';

/** A word that says yes or no. */
interface Word extends Span {
  readonly polarity: Polarity;
}

/** A quotation mark may touch the word ("‘No’"), an apostrophe may not; nor may a hyphen. */
const WORD =
  /(?<![\p{L}\p{N}-]_{0,3}|[\p{L}\p{N}]['’])(yes|yeah|yep|true|correct|no|nope|false|incorrect|wrong)(?!_{0,3}[\p{L}\p{N}-]|['’]\p{L})/giu;
const AFFIRMS = new Set(['yes', 'yeah', 'yep', 'true', 'correct']);
const TURNED = /(?:\bnot|n['’]t|\bnever)\s{1,3}(?:\w{1,12}\s{1,3})?$/iu;
/** "the correct answer" says nothing about the statement. */
const ADJECTIVE = /^\s{1,3}(?:answer|option|choice|response)\b/iu;
/** "no doubt: yes": what is denied is not the statement. */
const IDIOM = /^\s{1,3}(?:(?:doubt|wonder|idea|matter)\b|(?:problem|worries|question)\s{0,3}[,.:;!])/iu;
/** A letter that stands for the word, and for nothing else where no more is said: "Y", "(N).", "Y, it is". */
const INITIAL = /^[\s"'“”‘’*_`([{<>#$:\\]*([a-z])(?:["'”’*_`)\]}$>.\s]*$|[,;:\n]|[.)]\s|\s[—–-])/iu;
const LEADING =
  /^[\s"'“”‘’*_`()[\]{}<>#$:：.,;\\-]*(?:(?:text|the|answer|is|it|it's|that|that's|this|statement|well|so)\b[\s,:*]*){0,4}$/iu;
const WINDOW = 20_000;

/** Reads yes or no, or an option's letter where the two are lettered. */
export function readYesNo(input: AnswerInput, visible: Visible): ParsedAnswer {
  const { options } = input;
  const both = ['yes', 'no'].every((polarity) => options.some((one) => polarityOf(one.text) === polarity));
  if (options.length > 0 && !both) return readChoice(input, visible);
  const stated = readStated(input, visible);
  if (stated !== null) return stated;
  if (visible.unfinished) return notParsed(input, 'default/unfinished-thinking', 'unparsed');
  const label = readLabel(input, 'default/leading-letter', visible);
  if (label !== null) return label;
  const leading = leadingWord(input, visible);
  if (leading !== null) return parsedPolarity(input, 'default/leading-word', leading.polarity, leading);
  return readLater(input, visible);
}

/** The answer that the response states as such, firmest and last first; null where it states none. */
function readStated(input: AnswerInput, visible: Visible): ParsedAnswer | null {
  const marked = markedAnswer(input.text, visible);
  const inMark = marked === null ? null : readRange(input, 'default/marked-answer', marked);
  if (inMark !== null) return inMark;
  for (const statement of statements(input.text, visible, visible.unfinished)) {
    const found = readStatement(input, statement);
    if (found !== null) return found;
  }
  return null;
}

function readStatement(input: AnswerInput, statement: Statement): ParsedAnswer | null {
  if (statement.how === 'stated') return readRange(input, 'default/stated-answer', statement);
  const rule = 'default/corrected-answer';
  if (statement.how === 'revised') {
    const word = leadingWord(input, statement);
    const label = readLabel(input, rule, statement);
    const end = label?.trace.end ?? word?.end ?? 0;
    if (!closesClause(input.text, end, statement.end)) return null;
    return label ?? (word === null ? null : parsedPolarity(input, rule, word.polarity, word));
  }
  const refusal = findRefusal(input.text, statement);
  if (refusal !== null) return notParsed(input, `default/${refusal.why}`, 'refusal', refusal);
  return readRange(input, rule, statement);
}

function readRange(input: AnswerInput, rule: string, span: Span): ParsedAnswer | null {
  return readLabel(input, rule, span) ?? readWord(input, rule, span);
}

function readLater(input: AnswerInput, visible: Visible): ParsedAnswer {
  const { text } = input;
  const line = lastLine(text, visible);
  const last = line === null ? null : leadingWord(input, trim(text, line.start, line.end));
  if (last !== null) return parsedPolarity(input, 'default/last-line', last.polarity, last);
  for (const span of offeredAnswers(text, visible)) {
    const offered = leadingWord(input, span);
    if (offered !== null) return parsedPolarity(input, 'default/offered-answer', offered.polarity, offered);
  }
  const refusal = findRefusal(text, visible);
  if (refusal !== null) return notParsed(input, `default/${refusal.why}`, 'refusal', refusal);
  const window = { start: Math.max(visible.start, visible.end - WINDOW), end: visible.end };
  const conclusion = concludingSentence(text, window);
  const concluded = conclusion === null ? null : readWord(input, 'default/conclusion', conclusion);
  if (concluded?.status === 'parsed') return concluded;
  return readWord(input, 'default/only-word', window) ?? notParsed(input, 'default/nothing-found', 'unparsed');
}

/** The letter of a lettered pair, where the range begins with it. A text that says the opposite raises the flag. */
function readLabel(input: AnswerInput, rule: string, span: Span): ParsedAnswer | null {
  const set = optionSet(input.options);
  if (set.unknown) return null;
  const range = trim(input.text, span.start, span.end);
  const hit = labelAt(input.text, range.start, range.end, set);
  if (hit === null) return null;
  if (hit.option === null) return initialAt(input, range) === null ? notParsed(input, rule, 'off-list', hit) : null;
  const word = leadingWord(input, { start: hit.end, end: sentenceEnd(input.text, hit.end + 1, range.end) });
  const own = polarityOf(set.options[hit.option]?.text ?? '');
  const conflict = word !== null && own !== null && word.polarity !== own;
  return parsedOption(input, rule, hit.option, hit, conflict ? ['letterTextConflict'] : []);
}

/** The one polarity of a range, or the one it begins with; ambiguous where both are said. */
function readWord(input: AnswerInput, rule: string, span: Span): ParsedAnswer | null {
  const leading = leadingWord(input, span);
  if (leading !== null) return parsedPolarity(input, rule, leading.polarity, leading);
  const words = findWords(input.text, span);
  const first = words[0];
  if (first === undefined) return null;
  const other = words.find((one) => one.polarity !== first.polarity);
  if (other === undefined) return parsedPolarity(input, rule, first.polarity, first);
  return notParsed(input, rule, 'ambiguous', { start: first.start, end: other.end });
}

function leadingWord(input: AnswerInput, span: Span): Word | null {
  const { text } = input;
  const head = { start: span.start, end: Math.min(span.end, span.start + 80) };
  const words = findWords(text, head);
  const first = words[0];
  if (first === undefined) {
    const initial = initialAt(input, head);
    if (initial !== null) return initial;
    const not = /^[\s"'*_`(]{0,4}not\b/iu.exec(text.slice(head.start, Math.min(head.end, head.start + 8)));
    return not === null
      ? null
      : { start: head.start + not[0].length - 3, end: head.start + not[0].length, polarity: 'no' };
  }
  if (!LEADING.test(text.slice(span.start, first.start))) return null;
  const second = words[1];
  const either = second !== undefined && /^\s*(?:or|and|\/)\s*$/iu.test(text.slice(first.end, second.start));
  return either ? null : first;
}

/** "Y" and "N", and the first letters of the options where these are "True" and "False". */
function initialAt(input: AnswerInput, span: Span): Word | null {
  const match = INITIAL.exec(input.text.slice(span.start, Math.min(span.end, span.start + 80)));
  const letter = match?.[1]?.toLowerCase();
  if (match === null || letter === undefined) return null;
  const options = input.options.map((one) => one.text.trim().toLowerCase());
  const worded = options.filter((one) => one.startsWith(letter) && polarityOf(one) !== null);
  const polarity =
    letter === 'y' ? 'yes' : letter === 'n' ? 'no' : worded.length === 1 ? polarityOf(worded[0] ?? '') : null;
  if (polarity === null) return null;
  const start = span.start + match[0].toLowerCase().indexOf(letter);
  return { start, end: start + 1, polarity };
}

function findWords(text: string, span: Span): Word[] {
  const part = text.slice(span.start, span.end);
  const found: Word[] = [];
  for (const match of part.matchAll(WORD)) {
    const end = match.index + match[0].length;
    if (/^correct$/iu.test(match[0]) && ADJECTIVE.test(part.slice(end, end + 16))) continue;
    if (/^no$/iu.test(match[0]) && IDIOM.test(part.slice(end, end + 16))) continue;
    const turned = TURNED.exec(part.slice(Math.max(0, match.index - 24), match.index));
    const affirms = AFFIRMS.has(match[0].toLowerCase()) !== (turned !== null && !/^(?:yes|no)/iu.test(match[0]));
    const start = turned === null ? match.index : match.index - turned[0].length;
    found.push({ start: span.start + start, end: span.start + end, polarity: affirms ? 'yes' : 'no' });
  }
  return found;
}
