import { FlipsideError, type Option } from '../../../core/model.js';
import type { Score } from '../../../protocol/inference.js';
import { excerpt } from '../../plainText.js';
import { optionLabel } from '../../prompts.js';
import type { TokenLogprob } from './chat.js';

/** Below this the options are not what the model would have answered. */
const LITTLE_MASS = 0.5;

/**
 * Probabilities of the options, from the likeliest first tokens of an answer: the tokens of one option (“A”, “ A”, “(a”, “Yes”) are added,
 * and what the options got is made to add up to 1. An option none of whose tokens is listed is at most as likely as the least of those that
 * are, and as what is left over, shared with others that are missing: it gets that bound, and a note says so.
 * @returns null where no token names an option
 * @throws FlipsideError where the log-probabilities are no numbers
 */
export function fromLogprobs(options: readonly Option[], tokens: readonly TokenLogprob[], where: string): Score | null {
  const broken = tokens.find(({ logprob }) => Number.isNaN(logprob) || logprob > 0.01);
  if (broken !== undefined)
    throw new FlipsideError(
      `${where} gave “${excerpt(broken.token, 20)}” a log-probability that is none. Models that overflow in half precision do this: start the server with bfloat16 or float32.`,
    );
  const masses = options.map(() => 0);
  const listed = options.map(() => false);
  for (const { token, logprob } of tokens) {
    const index = optionOfToken(options, token);
    if (index === null) continue;
    masses[index] = (masses[index] ?? 0) + Math.exp(logprob);
    listed[index] = true;
  }
  const probabilities = tokens.map(({ logprob }) => Math.exp(logprob));
  const inside = sum(masses);
  if (inside === 0) return null;
  const missing = listed.filter((is) => !is).length;
  const left = Math.max(0, 1 - sum(probabilities)) / Math.max(1, missing);
  const bound = Math.min(left, ...probabilities);
  const bounded = masses.map((mass, index) => (listed[index] === true ? mass : bound));
  const total = sum(bounded);
  return {
    probabilities: bounded.map((mass) => mass / total),
    source: 'logprobs',
    notes: notesOf(options, listed, inside, bound),
  };
}

function notesOf(options: readonly Option[], listed: readonly boolean[], inside: number, bound: number): string[] {
  const notes: string[] = [];
  const outside = Math.max(0, 1 - inside);
  if (outside >= 0.005) {
    const hint = inside < LITTLE_MASS ? ': the model would rather have begun its answer with something else' : '';
    notes.push(`${percent(outside)} of the probability lay on words that name no option${hint}.`);
  }
  const absent = options.map((_, index) => optionLabel(options, index)).filter((_, index) => listed[index] !== true);
  if (absent.length > 0) {
    notes.push(
      `Not among the likeliest words, so that only a bound is known (${percent(bound)}): ${absent.map((label) => excerpt(label, 20)).join(', ')}.`,
    );
  }
  return notes;
}

/**
 * Shares of sampled answers, which are estimates.
 * @throws FlipsideError where none of the answers names an option
 */
export function fromSamples(options: readonly Option[], answers: readonly string[], where: string): Score {
  const counts = options.map(() => 0);
  let read = 0;
  for (const answer of answers) {
    const index = optionOfAnswer(options, answer);
    if (index === null) continue;
    counts[index] = (counts[index] ?? 0) + 1;
    read += 1;
  }
  if (read === 0)
    throw new FlipsideError(
      `None of ${answers.length} sampled answers of ${where} names an option; the first is “${excerpt(answers[0] ?? '', 80)}”. Ask so that the model answers with a letter, or use a server that tells log-probabilities.`,
    );
  const unread = answers.length - read;
  return {
    probabilities: counts.map((count) => count / read),
    source: 'sampled',
    notes: [
      `Estimated: shares of ${read} sampled answers.`,
      ...(unread === 0 ? [] : [`${unread} of ${answers.length} sampled answers name no option and are not counted.`]),
    ],
  };
}

/** The option that a first token begins, null where that cannot be told. Tokenizers mark a leading space with “▁” or “Ġ”. */
export function optionOfToken(options: readonly Option[], token: string): number | null {
  const word = bare(token.replace(/^[▁ĠĊ]+/u, ''));
  if (word === '') return null;
  const label = options.findIndex((_, index) => optionLabel(options, index).toLowerCase() === word);
  if (label >= 0) return label;
  return onlyOne(options, ({ text }) => bare(text) === word || bare(text.trim().split(/\s+/)[0] ?? '') === word);
}

/** The option that a short answer names: by its label in front, in brackets or at the end, else by the words of one option alone. */
export function optionOfAnswer(options: readonly Option[], answer: string): number | null {
  const text = answer.trim();
  const first = /^[\s([*"'“]*([\p{L}\p{N}]+)(?![\p{L}\p{N}])(?=[\s)\].:,*"'”]|$)/u.exec(text)?.[1] ?? '';
  const rest = text.slice(text.indexOf(first) + first.length);
  const labels = options.map((_, index) => optionLabel(options, index));
  // “A cat” begins with an article, “A” and “A. cat” with a label.
  if (!/^\s+[\p{Ll}]/u.test(rest)) {
    const index = labels.findIndex((label) => label.toLowerCase() === first.toLowerCase());
    if (index >= 0) return index;
  }
  const named = onlyOne(options, (_, index) => {
    const label = (labels[index] ?? '').replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    return new RegExp(`\\(${label}\\)|(?:answer|option)(?: is)?:?\\s*\\**\\(?${label}(?![\\p{L}\\p{N}])`, 'iu').test(
      text,
    );
  });
  if (named !== null) return named;
  const whole = onlyOne(options, (option) => bare(option.text) === bare(text));
  return whole ?? onlyOne(options, (option) => bare(option.text) !== '' && hasWords(text, bare(option.text)));
}

function hasWords(text: string, words: string): boolean {
  const at = text.toLowerCase().indexOf(words);
  const around = `${text[at - 1] ?? ' '}${text[at + words.length] ?? ' '}`;
  return at >= 0 && !/[\p{L}\p{N}]/u.test(around);
}

function onlyOne(options: readonly Option[], holds: (option: Option, index: number) => boolean): number | null {
  const found = options.flatMap((option, index) => (holds(option, index) ? [index] : []));
  return found.length === 1 ? (found[0] ?? null) : null;
}

/** Without what brackets, quotes and points stand around a word, in small letters. */
function bare(text: string): string {
  return text
    .trim()
    .replace(/^[\s([{*"'“‘`]+|[\s)\]}*"'”’`.:,;!]+$/gu, '')
    .toLowerCase();
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function percent(share: number): string {
  return `${(share * 100).toFixed(share < 0.01 ? 2 : 0)} %`;
}
