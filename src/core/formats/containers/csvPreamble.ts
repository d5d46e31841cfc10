import type { Delimiter } from '../format.js';
import { endsLine, nextLine, readCsvRow, type CsvDialect } from './csvRow.js';

/** Excel's own line that names the delimiter: `sep=;`, also in quotes. */
const SEPARATOR_LINE = /^"?sep=([,;|\t])"?$/i;
/** As much of a line as is looked at; what announces or comments is told by its beginning. */
const SEEN_BYTES = 200;

/** Where the header of delimited text begins. */
export interface HeaderPlace {
  /** Index of the header's first byte; the end of the bytes where there is none. */
  readonly at: number;
  /** Lines that stand before it. */
  readonly lines: number;
  /** The delimiter that a `sep=` line names; null where there is no such line. */
  readonly delimiter: Delimiter | null;
}

/**
 * Passes over what may stand before a header: blank lines, Excel's `sep=;` and comments that begin with `#`. Null when the
 * bytes end before that can be told and more will come.
 */
export function findHeader(
  bytes: Buffer,
  from: number,
  to: number,
  dialect: CsvDialect,
  last: boolean,
): HeaderPlace | null {
  let delimiter: Delimiter | null = null;
  let lines = 0;
  let at = from;
  while (at < to) {
    const next = nextLine(bytes, at, to, dialect);
    if (!endsLine(bytes[next - 1], dialect) && !last) return null;
    const line = bytes.toString('utf8', at, Math.min(next, at + SEEN_BYTES)).replace(/[\r\n]+$/, '');
    const named = lines === 0 || delimiter === null ? SEPARATOR_LINE.exec(line) : null;
    if (named !== null) delimiter = named[1] as Delimiter;
    else if (line.startsWith('#')) {
      const comment = isComment(bytes, at, to, dialect, last);
      if (comment === null) return null;
      if (!comment) break;
    } else if (line.trim() !== '' || next - at > SEEN_BYTES) break;
    at = next;
    lines++;
  }
  return { at, lines, delimiter };
}

/** A line `#id,question,gold` is the header itself: it has as many cells as the first line below that is no comment. */
function isComment(bytes: Buffer, from: number, to: number, dialect: CsvDialect, last: boolean): boolean | null {
  // To the end of the line: a quote in a comment opens no cell.
  const row = readCsvRow(bytes, from, nextLine(bytes, from, to, dialect), dialect, true);
  if (typeof row !== 'object' || row.cells.length < 2) return true;
  let at = row.end;
  while (at < to && (bytes[at] === 0x23 || endsLine(bytes[at], dialect))) at = nextLine(bytes, at, to, dialect);
  if (at >= to) return last ? false : null;
  const below = readCsvRow(bytes, at, to, dialect, last);
  if (below === 'incomplete') return null;
  return typeof below !== 'object' || below.cells.length !== row.cells.length;
}
