import type { Row, RowKey, SliceInfo } from '../../protocol/rows.js';
import type { RowCache } from './rowCache.js';
import type { Ranges } from './ranges.js';

/** Rows asked for in one go where an action needs the keys of many. */
const CHUNK = 1_000;

/** A slice that is on the page: what the extension said of it, and its rows. */
export interface SliceView {
  readonly info: SliceInfo;
  readonly rows: RowCache;
}

export function keyOf({ run, row }: RowKey): RowKey {
  return { run, row };
}

/** The keys of all selected rows, whether they have been seen or not. */
export async function keysOf(
  selected: Ranges,
  ask: (start: number, end: number) => readonly Row[] | Promise<readonly Row[]>,
): Promise<RowKey[]> {
  const keys: RowKey[] = [];
  for (const { start, end } of selected.pieces) {
    for (let at = start; at < end; at += CHUNK) {
      const rows = await ask(at, Math.min(end, at + CHUNK));
      keys.push(...rows.map(keyOf));
    }
  }
  return keys;
}

/** The rows of these positions that the page has. */
export function knownIn(rows: Pick<RowCache, 'get'>, start: number, end: number): Row[] {
  return Array.from({ length: Math.max(0, end - start) }, (_, at) => rows.get(start + at)).filter(
    (row) => row !== undefined,
  );
}

/** The rows of these positions where the page has them all; null where one is missing. */
export function seenIn(rows: Pick<RowCache, 'get'>, start: number, end: number): Row[] | null {
  const seen = knownIn(rows, start, end);
  return seen.length === end - start ? seen : null;
}

/** What went wrong, in words for the user, and whether a log has more to say. */
export interface Problem {
  readonly message: string;
  readonly defect: boolean;
}
