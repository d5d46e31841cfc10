import type { ParsedAnswer } from '../model.js';
import { type AnswerInput, notParsed, parsedOption, parsedValue, type Span } from './rule.js';

/**
 * The letters that a tool gives to an item's options: their own labels, or A, B, C … in printed order where they carry
 * none (tools letter their options themselves).
 */
export function toolLetters(input: AnswerInput): string[] {
  return input.options.map((option, index) => option.label ?? String.fromCharCode(65 + index));
}

/** The answer that a tool's letter stands for: an option; a value where no options are known; else off-list. */
export function letterAnswer(input: AnswerInput, rule: string, letter: string, span: Span): ParsedAnswer {
  if (input.options.length === 0) return parsedValue(input, rule, letter, span);
  const option = toolLetters(input).indexOf(letter);
  return option < 0 ? notParsed(input, rule, 'off-list', span) : parsedOption(input, rule, option, span);
}

/** What a tool that found nothing leaves: `empty` where there was no text, else `unparsed`. */
export function nothingRead(input: AnswerInput, rule: string): ParsedAnswer {
  return notParsed(input, rule, input.text.trim() === '' ? 'empty' : 'unparsed');
}

/** The answer of a pattern whose first group is the letter; null where there is no match. */
export function groupSpan(
  match: RegExpExecArray | RegExpMatchArray | null,
  offset = 0,
): (Span & { letter: string }) | null {
  const letter = match?.[1];
  if (match === null || letter === undefined) return null;
  const start = offset + (match.index ?? 0) + match[0].lastIndexOf(letter);
  return { start, end: start + letter.length, letter };
}

/** A copy of a text in lower case in which every UTF-16 unit keeps its place, so that offsets hold for both. */
export function lowerInPlace(text: string): string {
  const lower = text.toLowerCase();
  if (lower.length === text.length) return lower;
  return Array.from(text, (char) => (char.toLowerCase().length === char.length ? char.toLowerCase() : char)).join('');
}

/** A text with some characters removed or replaced, that remembers where each remaining one came from. */
export interface Mapped {
  readonly text: string;
  /** The place in the original of the unit at `index`. */
  readonly origin: (index: number) => number;
}

/** Replaces each UTF-16 unit by what `change` gives: itself, another unit, or '' to remove it. */
export function mapUnits(text: string, change: (unit: string, index: number) => string): Mapped {
  const origins: number[] = [];
  const kept: string[] = [];
  for (let index = 0; index < text.length; index++) {
    const unit = change(text[index] ?? '', index);
    if (unit === '') continue;
    kept.push(unit);
    origins.push(index);
  }
  return { text: kept.join(''), origin: (index) => origins[index] ?? text.length };
}
