import { FlipsideError } from '../core/model.js';
import type { RowKey } from '../protocol/rows.js';

/** At most this many items are opened in one go. */
const MOST_OPENED = 12;

/** The rows whose items are to be opened: named one by one, and not too many. Throws a FlipsideError that says what to do. */
export function toOpen(keys: readonly RowKey[] | null): readonly RowKey[] {
  if (keys === null) {
    throw new FlipsideError(`All rows of a list cannot be opened at once: select at most ${MOST_OPENED} of them.`);
  }
  if (keys.length === 0) throw new FlipsideError('No row is selected: select those to be opened.');
  if (keys.length > MOST_OPENED) {
    throw new FlipsideError(`${keys.length} items are too many to open at once: select at most ${MOST_OPENED}.`);
  }
  return keys;
}

/** The one row that is meant: the first. Throws a FlipsideError where none is. */
export function theRow(keys: readonly RowKey[] | null): RowKey {
  const [key] = keys ?? [];
  if (key === undefined) throw new FlipsideError('Select a row first.');
  return key;
}
