import { isDeepStrictEqual } from 'node:util';
import type { Analysis } from '../core/analysis.js';
import type { Browsing } from '../core/analysis/browsing.js';
import { ROWS_AT_ONCE, type Answered, type Query, type Row } from '../protocol/rows.js';
import { seenRows } from './blind.js';

/** What rows are listed from; `counted` is set once somebody asked for counts, as pages do when their first rows are drawn. */
export interface Listing {
  readonly analysis: Analysis;
  readonly browsing: Browsing;
  /** Some file under the opened paths may hold images of items that name none. */
  readonly embeds: boolean;
  counted: boolean;
  /** What was begun before anybody asked, until somebody does. */
  ahead: { readonly query: Query; readonly answer: Promise<Answered> } | null;
}

/** The rows of a slice from position `start` to before `end`. */
export async function rowsOf(
  listing: Listing,
  slice: number,
  [start, end]: readonly [number, number],
  signal?: AbortSignal,
): Promise<readonly Row[]> {
  const rows = await seenRows(listing.analysis, await listing.browsing.rows(slice, start, end, signal));
  // Whoever annotates presses a key in a moment.
  if (listing.analysis.annotated.isUsed) void listing.analysis.annotated.prepare(rows).catch(() => undefined);
  return listing.embeds ? rows.map((row) => ({ ...row, images: Math.max(1, row.images) })) : rows;
}

/** A slice of the query with its first rows. */
export async function listFirst(listing: Listing, query: Query, signal?: AbortSignal): Promise<Answered> {
  const slice = await listing.browsing.slice(query, signal);
  return { query, slice, rows: await rowsOf(listing, slice.slice, [0, Math.min(ROWS_AT_ONCE, slice.total)], signal) };
}

/** The same, taken from what was begun ahead where it is that query. */
export function firstOf(listing: Listing, query: Query, signal?: AbortSignal): Promise<Answered> {
  const { ahead } = listing;
  listing.ahead = null;
  return ahead !== null && isDeepStrictEqual(ahead.query, query) ? ahead.answer : listFirst(listing, query, signal);
}
