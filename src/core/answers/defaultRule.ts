import type { ParsedAnswer } from '../model.js';
import { readChoice } from './choice.js';
import { readCount } from './count.js';
import { optionKey } from './optionSet.js';
import { inOriginal, plainText } from './plainText.js';
import { findRefusal } from './refusal.js';
import { type AnswerInput, type AnswerRule, notParsed, parsedOption, parsedValue } from './rule.js';
import { type Visible, visiblePart } from './visible.js';
import { readYesNo } from './yesNo.js';

/**
 * Flipside's own reading: `empty`; a stated or corrected answer (letter before text, the last statement first);
 * `refusal`; one option read; `off-list`; `ambiguous`; else `unparsed`. An explicit letter wins over a text that
 * disagrees with it.
 */
export const defaultRule: AnswerRule = {
  id: 'default',
  version: 4,
  title: 'Flipside: a stated letter or text, whole words, longest first',
  source: 'Flipside',
  read(input) {
    const label = readBareLabel(input);
    if (label !== null) return label;
    const plain = plainText(input.text);
    if (plain === null) return readPlain(input);
    return inOriginal(readPlain({ ...input, text: plain.text }), plain, input.text);
  },
};

/** Short responses repeat; reading the same one again would cost a hundred times as much as looking it up. */
const REMEMBERED_LENGTH = 120;
const REMEMBERED = 50_000;
/** By the finder of phrases, since the same text reads differently under another. */
const memories = new WeakMap<AnswerInput['spatialPhrases'], Map<string, ParsedAnswer>>();

function readPlain(input: AnswerInput): ParsedAnswer {
  return input.text.length <= REMEMBERED_LENGTH ? remembered(input) : readAny(input);
}

function remembered(input: AnswerInput): ParsedAnswer {
  const memory = memories.get(input.spatialPhrases) ?? new Map<string, ParsedAnswer>();
  if (memory.size === 0) memories.set(input.spatialPhrases, memory);
  const key = `${input.kind}\u0001${input.source}\u0001${input.text.length}\u0001${input.text}${optionKey(input.options)}${questionKey(input)}`;
  const known = memory.get(key);
  if (known !== undefined) return known;
  if (memory.size >= REMEMBERED) memory.clear();
  const answer = readAny(input);
  memory.set(key, answer);
  return answer;
}

/** Questions about an order are read with the answer; for all others the question would only keep answers from being shared. */
function questionKey({ kind, question }: AnswerInput): string {
  return kind === 'depth-order' || kind === 'distance-order' ? `\u0003${question ?? ''}` : '';
}

function readAny(input: AnswerInput): ParsedAnswer {
  const visible = visiblePart(input.text);
  if (visible.start >= visible.end) return notParsed(input, 'default/empty', 'empty');
  if (input.kind === 'yes-no') return readYesNo(input, visible);
  if (input.kind === 'count') return readCount(input, visible);
  if (input.kind === 'open') return readOpen(input, visible);
  return readChoice(input, visible);
}

/** "B" and "B.", the commonest answers by far, without preparing the options. */
function readBareLabel(input: AnswerInput): ParsedAnswer | null {
  const { text, options } = input;
  if (text.length > 2 || text.length === 0 || (text.length === 2 && text[1] !== '.') || input.kind === 'open')
    return null;
  const option = options.findIndex((one) => one.label === text[0]);
  return option < 0 ? null : parsedOption(input, 'default/whole-response', option, { start: 0, end: 1 });
}

/** Free text is its own value; only a response that opens with a refusal is none. */
function readOpen(input: AnswerInput, visible: Visible): ParsedAnswer {
  const opening = { start: visible.start, end: Math.min(visible.end, visible.start + 80) };
  const refusal = findRefusal(input.text, opening);
  if (refusal !== null) return notParsed(input, `default/${refusal.why}`, 'refusal', refusal);
  return parsedValue(input, 'default/open', input.text.slice(visible.start, visible.end), visible);
}
