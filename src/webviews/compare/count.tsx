import { Icon } from '../shared/icon.js';
import { count } from './words.js';

interface Parts {
  /** How many; opens as many rows. */
  readonly value: number;
  /** What they are, for those who do not see the table: "fixed". */
  readonly what: string;
  /** Null where these are no rows of their own, as with shares of samples. */
  readonly open: (() => void) | null;
  /** What is shown in place of the number. */
  readonly shown?: string;
}

/** A number of rows that opens them; nothing opens 0 rows. */
export function Count({ value, what, open, shown = count(value) }: Parts) {
  if (value === 0 || open === null) return <>{shown}</>;
  const words = `${what}: ${count(value)}. Open ${value === 1 ? 'this row' : 'these rows'}`;
  return (
    <button type="button" class="link" title={words} aria-label={words} onClick={open}>
      {shown}
    </button>
  );
}

/** A word with its sign, so that it is seen without its colour. */
export function Mark({ icon, word, title }: { readonly icon: string; readonly word: string; readonly title: string }) {
  return (
    <span class={`mark ${word}`} title={title}>
      <Icon name={icon} /> {word}
    </span>
  );
}
