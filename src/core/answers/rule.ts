import type { AnswerStatus, AnswerTrace, Flag, ItemKind, Option, ParsedAnswer } from '../model.js';

/**
 * A direction phrase in a text. `key`, where the finder gives one, is equal for phrases of the same direction
 * ("behind", "in back of"); a phrase is then recognised as an offered option that says the same in other words.
 */
export interface SpatialPhrase {
  readonly start: number;
  readonly end: number;
  readonly key?: string;
}

/** Everything a rule may look at: the item's options and kind, and the text to read the answer from. */
export interface AnswerInput {
  readonly options: readonly Option[];
  readonly kind: ItemKind;
  /** What was asked, where the file says it: a comparison ("X is closer than Y") answers only what it was asked for. */
  readonly question?: string | null;
  readonly text: string;
  /** Which of the item's texts `text` is; copied into the trace. */
  readonly source: 'extracted' | 'response';
  /** Finds direction phrases as whole words, longest first, in text order. Injected: rules know no directions themselves. */
  readonly spatialPhrases: (text: string) => readonly SpatialPhrase[];
}

/** A named way of reading an answer: Flipside's own, or another tool's reproduced with its mistakes. */
export interface AnswerRule {
  readonly id: string;
  /** Raised whenever the same text would be read differently: it is part of the cache key. */
  readonly version: number;
  readonly title: string;
  /** The tool, commit and file whose rule this is. */
  readonly source: string;
  /** Never throws, whatever the text; linear in its length. */
  read(input: AnswerInput): ParsedAnswer;
}

/** Half-open range of UTF-16 units in the text that was given. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

const NOWHERE: Span = { start: 0, end: 0 };

function trace(input: AnswerInput, rule: string, span: Span): AnswerTrace {
  return { rule, start: span.start, end: span.end, text: input.text.slice(span.start, span.end), source: input.source };
}

/** The answer is option number `option` (0-based), read from the characters of `span`. */
export function parsedOption(
  input: AnswerInput,
  rule: string,
  option: number,
  span: Span,
  flags: readonly Flag[] = [],
): ParsedAnswer {
  return { status: 'parsed', option, value: null, trace: trace(input, rule, span), flags };
}

/** The answer is a value that is no option: a letter, a number, free text. */
export function parsedValue(input: AnswerInput, rule: string, value: string, span: Span): ParsedAnswer {
  return { status: 'parsed', option: null, value, trace: trace(input, rule, span), flags: [] };
}

/** No answer was read; `span` shows the characters that gave the reason, and is empty where there are none. */
export function notParsed(
  input: AnswerInput,
  rule: string,
  status: Exclude<AnswerStatus, 'parsed'>,
  span: Span = NOWHERE,
): ParsedAnswer {
  return { status, option: null, value: null, trace: trace(input, rule, span), flags: [] };
}

/** 'yes' for yes/true/correct, 'no' for no/false/incorrect, null for any other option text. */
export function polarityOf(text: string): 'yes' | 'no' | null {
  const word = text
    .trim()
    .replace(/[.!]+$/, '')
    .toLowerCase();
  if (word === 'yes' || word === 'true' || word === 'correct') return 'yes';
  return word === 'no' || word === 'false' || word === 'incorrect' ? 'no' : null;
}

/** Yes or no as the item states it: the option of that polarity, or the value 'yes'/'no' where there are no options. */
export function parsedPolarity(input: AnswerInput, rule: string, polarity: 'yes' | 'no', span: Span): ParsedAnswer {
  if (input.options.length === 0) return parsedValue(input, rule, polarity, span);
  const option = input.options.findIndex((one) => polarityOf(one.text) === polarity);
  return option < 0 ? notParsed(input, rule, 'off-list', span) : parsedOption(input, rule, option, span);
}
