import { ROWS_AT_ONCE as PAGE, type Row } from '../../protocol/rows.js';

/** 2,000 rows. */
const MAX_PAGES = 40;

type Ask = (start: number, end: number, signal: AbortSignal) => Promise<readonly Row[]>;

/** The rows last asked for, by position. Bounded however long one scrolls. */
export class RowCache {
  private readonly pages = new Map<number, readonly Row[]>();
  private readonly asked = new Map<number, { readonly abort: AbortController; readonly rows: Promise<void> }>();
  private readonly wanted = new Set<number>();

  constructor(
    private readonly total: number,
    private readonly ask: Ask,
    /** Rows arrived. */
    private readonly onRows: () => void,
    private readonly onError: (error: unknown) => void,
  ) {}

  get(position: number): Row | undefined {
    return this.pages.get(Math.floor(position / PAGE))?.[position % PAGE];
  }

  /**
   * Asks for what is missing between two positions, what lies in the middle first, and takes back what was asked for and is no
   * longer near.
   */
  want(start: number, end: number): void {
    const first = Math.max(0, Math.floor(start / PAGE));
    const last = Math.floor((Math.min(end, this.total) - 1) / PAGE);
    const pages = Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => first + at);
    const away = (page: number): number => Math.abs((page + 0.5) * PAGE - (start + end) / 2);
    this.wanted.clear();
    for (const page of pages.sort((one, other) => away(one) - away(other))) this.wanted.add(page);
    for (const [page, { abort }] of this.asked) if (!this.wanted.has(page)) this.drop(page, abort);
    for (const page of this.wanted) void this.load(page).catch(() => undefined);
  }

  /** Takes rows from the first on that came unasked. */
  give(rows: readonly Row[]): void {
    if (rows.length >= Math.min(PAGE, this.total)) this.pages.set(0, rows.slice(0, PAGE));
  }

  /** The row at a position, asked for where it is not here. */
  async row(position: number): Promise<Row | undefined> {
    await this.load(Math.floor(position / PAGE));
    return this.get(position);
  }

  close(): void {
    for (const [page, { abort }] of this.asked) this.drop(page, abort);
  }

  private drop(page: number, abort: AbortController): void {
    this.asked.delete(page);
    abort.abort();
  }

  private load(page: number): Promise<void> {
    const rows = this.pages.get(page);
    if (rows !== undefined) {
      // The last used is the last to go.
      this.pages.delete(page);
      this.pages.set(page, rows);
      return Promise.resolve();
    }
    const before = this.asked.get(page);
    if (before !== undefined) return before.rows;
    const abort = new AbortController();
    const asking = this.fetch(page, abort);
    this.asked.set(page, { abort, rows: asking });
    return asking;
  }

  private async fetch(page: number, abort: AbortController): Promise<void> {
    try {
      const start = page * PAGE;
      const rows = await this.ask(start, Math.min(start + PAGE, this.total), abort.signal);
      this.pages.set(page, rows);
      for (const old of this.pages.keys()) {
        if (this.pages.size <= MAX_PAGES) break;
        if (!this.wanted.has(old)) this.pages.delete(old);
      }
      this.onRows();
    } catch (error) {
      if (!abort.signal.aborted) this.onError(error);
      throw error;
    } finally {
      if (this.asked.get(page)?.abort === abort) this.asked.delete(page);
    }
  }
}
