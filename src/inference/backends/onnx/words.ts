import type { ClassOutput, WordList } from './manifest.js';
import { padded, type Tokenizer, type Tokens } from './tokens.js';

/** Splits a text into words and marks, and looks each up in the vocabulary. */
export class WordTokenizer implements Tokenizer {
  readonly units = 'words';
  readonly last: number;
  private readonly numbers: ReadonlyMap<string, number>;

  constructor(
    private readonly list: WordList,
    private readonly length: number,
  ) {
    this.last = list.vocabulary.length - 1;
    this.numbers = new Map(list.vocabulary.map((word, index) => [word, index]));
  }

  encode(text: string): Tokens {
    const { pad, unknown } = this.list;
    const all = wordsOf(text);
    const words = all.slice(0, this.length);
    const ids = words.map((word) => this.numbers.get(word) ?? unknown);
    return {
      ...padded(ids, this.length, pad),
      words,
      unknown: [...new Set(words.filter((word) => !this.numbers.has(word)))],
      cut: all.length - words.length,
    };
  }
}

/** Letters and digits of any script, so that a word of another one is told as unknown; or one mark. Everything in small letters. */
function wordsOf(text: string): readonly string[] {
  return text.toLowerCase().match(/[\p{L}\p{M}\p{N}']+|[?.,;:!]/gu) ?? [];
}

/**
 * Which class an option's text names: the one of which a word is the whole text, else the only one of which a word stands in it. Null where
 * none does, or several do ("back-left" is neither "left" nor "behind").
 */
export function classOf(text: string, classes: ClassOutput['classes']): number | null {
  const option = plain(text);
  const exact = classes.findIndex(({ words }) => words.some((word) => plain(word) === option));
  if (exact >= 0) return exact;
  const within = classes.flatMap(({ words }, index) =>
    words.some((word) => ` ${option} `.includes(` ${plain(word)} `)) ? [index] : [],
  );
  return within.length === 1 ? (within[0] ?? null) : null;
}

function plain(text: string): string {
  return wordsOf(text)
    .filter((word) => !/^[?.,;:!]$/.test(word) && word !== 'the')
    .join(' ');
}
