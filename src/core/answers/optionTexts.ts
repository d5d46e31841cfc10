import { isAlphanumeric } from './visible.js';

/** A text found, in UTF-16 units. */
export interface Found {
  readonly index: number;
  readonly end: number;
}

/**
 * Finds any of a few short texts as whole words, longest first, in any case, with spaces, hyphens, underscores, slashes
 * or nothing between their words. A hyphen joins words ("front-left" does not offer "left"), except before "-hand" and
 * "-side"; "2" is not found in "2.5".
 *
 * Written out rather than as a regular expression: benchmarks with free options have a new list for every item, and
 * compiling one expression with Unicode classes per list costs a thousand times the search.
 */
export class OptionTexts {
  private readonly texts: readonly (readonly string[])[];
  private readonly firsts = new Set<string>();

  /** @param searched texts as lower-case words joined by single spaces */
  constructor(searched: Iterable<string>) {
    this.texts = [...new Set(searched)]
      .filter((text) => text !== '')
      .sort((one, other) => other.length - one.length)
      .map((text) => text.split(' '));
    for (const [word = ''] of this.texts) this.firsts.add([...word][0] ?? '');
  }

  get empty(): boolean {
    return this.texts.length === 0;
  }

  /** Every occurrence in order, none within another. */
  *all(text: string): Generator<Found> {
    for (let at = 0; at < text.length; at++) {
      if (!this.mayBegin(text, at)) continue;
      const end = this.endAt(text, at);
      if (end === null) continue;
      yield { index: at, end };
      at = Math.max(at, end - 1);
    }
  }

  /** End of the longest text that stands at exactly this place; null where none does. */
  endAt(text: string, at: number): number | null {
    if (joinedBefore(text, at)) return null;
    for (const words of this.texts) {
      const end = endOf(words, text, at);
      if (end !== null && !joinedAfter(text, end)) return end;
    }
    return null;
  }

  private mayBegin(text: string, at: number): boolean {
    const char = String.fromCodePoint(text.codePointAt(at) ?? 0);
    return this.firsts.has(char) || this.firsts.has(char.toLowerCase());
  }
}

const BETWEEN_WORDS = /[\s_/-]/u;

function endOf(words: readonly string[], text: string, from: number): number | null {
  let at = from;
  for (const [index, word] of words.entries()) {
    if (index > 0) while (at < text.length && BETWEEN_WORDS.test(text[at] ?? '')) at++;
    const written = text.slice(at, at + word.length);
    if (written !== word && written.toLowerCase() !== word) return null;
    at += word.length;
  }
  return at;
}

function joinedBefore(text: string, at: number): boolean {
  if (at === 0) return false;
  const before = text.charCodeAt(at - 1);
  if (isAlphanumeric(before) || before === 95) return true;
  const second = at > 1 ? text.charCodeAt(at - 2) : 32;
  if (before === 45) return isAlphanumeric(second);
  return (before === 46 || before === 44) && isDigit(second);
}

function joinedAfter(text: string, end: number): boolean {
  if (end >= text.length) return false;
  const after = text.charCodeAt(end);
  if (isAlphanumeric(after) || after === 95) return true;
  const second = text.charCodeAt(end + 1);
  if (after === 45) return isAlphanumeric(second) && !/^(?:hand|side)/i.test(text.slice(end + 1, end + 5));
  return (after === 46 || after === 44) && isDigit(second);
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}
