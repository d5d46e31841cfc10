import { isDeepStrictEqual } from 'node:util';
import type { Query, Row, SliceInfo } from '../protocol/rows.js';
import type { AnalysisClient } from './analysisClient.js';

/** As many rows as a page asks for in one go. */
const FIRST = 50;

interface Ahead {
  readonly query: Query;
  readonly slice: Promise<SliceInfo>;
  readonly rows: Promise<readonly Row[]>;
}

/**
 * What a page is going to ask for first, asked for as soon as something is open: the page itself still starts then, and its
 * questions would wait for a window that is busy. Each answer is given once.
 */
export class FirstRows {
  private ahead: Ahead | null = null;
  private ready: { readonly slice: number; readonly rows: Promise<readonly Row[]> } | null = null;

  constructor(private readonly client: Pick<AnalysisClient, 'ask'>) {}

  ask(query: Query): void {
    const slice = this.client.ask('slice', query);
    const rows = slice.then(({ slice: handle, total }) =>
      this.client.ask('rows', { slice: handle, start: 0, end: Math.min(FIRST, total) }),
    );
    // Whoever takes them hears of a failure; where nobody does, the page asks for itself.
    for (const answer of [slice, rows]) answer.catch(() => undefined);
    this.ahead = { query, slice, rows };
  }

  /** Another slice is asked for, or what was open is no more. */
  forget(): void {
    [this.ahead, this.ready] = [null, null];
  }

  /** The slice of the query, if it is the one that was asked for ahead; null: ask for it. */
  async slice(query: Query): Promise<SliceInfo | null> {
    const { ahead } = this;
    this.forget();
    if (ahead === null || !isDeepStrictEqual(ahead.query, query)) return null;
    const info = await ahead.slice;
    this.ready = { slice: info.slice, rows: ahead.rows };
    return info;
  }

  /** The rows, if they are the slice's first that were asked for ahead; null: ask for them. */
  async rows({ slice, start, end }: { slice: number; start: number; end: number }): Promise<readonly Row[] | null> {
    const { ready } = this;
    if (ready?.slice !== slice || start !== 0 || end > FIRST) return null;
    this.ready = null;
    return (await ready.rows).slice(0, end);
  }
}
