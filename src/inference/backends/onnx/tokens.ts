/** A text as numbers of words or parts of words, of the length that the graph takes. */
export interface Tokens {
  readonly ids: readonly number[];
  /** Ones, and zeros where the text is over. */
  readonly mask: readonly number[];
  /** The tokens as they were taken, without what was cut. */
  readonly words: readonly string[];
  readonly unknown: readonly string[];
  /** Tokens beyond the length. */
  readonly cut: number;
}

/** Makes numbers of texts. */
export interface Tokenizer {
  /** What `cut` counts. */
  readonly units: 'words' | 'tokens';
  /** The largest number that it gives. */
  readonly last: number;
  encode(text: string): Tokens;
}

/** Numbers of a text, at most `length` of them, filled up with `pad` to that. */
export function padded(ids: readonly number[], length: number, pad: number): Pick<Tokens, 'ids' | 'mask'> {
  const behind = Array.from({ length: length - ids.length }, () => 0);
  return { ids: [...ids, ...behind.map(() => pad)], mask: [...ids.map(() => 1), ...behind] };
}
