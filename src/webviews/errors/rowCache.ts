import type { Row } from '../../protocol/rows.js';

/** Rows come in pages of so many: about as many as are seen. Rows that lie far apart in the data cost by their number. */
const PAGE = 25;
/** 2,000 rows. */
const MAX_PAGES = 80;

type Ask = (start: number, end: number, signal: AbortSignal) => Promise<readonly Row[]>;

/** One question for neighbouring pages. */
interface Asking {
  readonly pages: readonly number[];
  readonly abort: AbortController;
  readonly rows: Promise<void>;
}

/** The rows last asked for, by position. Bounded however long one scrolls. */
export class RowCache {
  private readonly pages = new Map<number, readonly Row[]>();
  private readonly asked = new Map<number, Asking>();
  private wanted: ReadonlySet<number> = new Set();
  /** Counts what was heard of rows that are otherwise now. */
  private heard = 0;

  constructor(
    private readonly total: number,
    private readonly ask: Ask,
    /** Rows arrived. */
    private readonly onRows: () => void,
    private readonly onError: (error: unknown) => void,
    /** Calls back when rows that arrived are drawn. */
    private readonly onceDrawn: (then: () => void) => void,
  ) {}

  get(position: number): Row | undefined {
    return this.pages.get(Math.floor(position / PAGE))?.[position % PAGE];
  }

  /**
   * Asks for what is missing between two positions and, once that is drawn, for what is missing of as many rows `alongside` it.
   * Takes back what was asked for and is no longer near.
   */
  want(start: number, end: number, alongside = 0): void {
    const wanted = new Set(this.pagesOf(start - alongside, end + alongside));
    this.wanted = wanted;
    for (const asking of new Set(this.asked.values()))
      if (!asking.pages.some((page) => wanted.has(page))) this.drop(asking);
    this.load(this.pagesOf(start, end)).then(
      // Whatever is near by then: somebody who scrolls on asks for something else with every picture.
      () => this.onceDrawn(() => void this.load([...this.wanted]).catch(() => undefined)),
      () => undefined,
    );
  }

  /** Takes rows from the first on that came unasked; the last of them only where their page is whole. */
  give(rows: readonly Row[]): void {
    for (let start = 0; start < rows.length; start += PAGE) {
      const page = rows.slice(start, start + PAGE);
      if (page.length === PAGE || start + page.length === this.total) this.pages.set(start / PAGE, page);
    }
  }

  /** Rows of which this holds are otherwise now: those in sight stay until the new ones are here, the others are asked for when they are wanted. */
  renew(isOther: (row: Row) => boolean): void {
    this.heard += 1;
    for (const [page, rows] of [...this.pages]) {
      if (!rows.some(isOther)) continue;
      const asking = this.asked.get(page);
      // What is on its way may be of before.
      if (asking !== undefined) this.drop(asking);
      if (this.wanted.has(page)) this.begin([page]);
      else this.pages.delete(page);
    }
  }

  /** The row at a position, asked for where it is not here. */
  async row(position: number): Promise<Row | undefined> {
    await this.load([Math.floor(position / PAGE)]);
    return this.get(position);
  }

  close(): void {
    this.wanted = new Set();
    for (const asking of new Set(this.asked.values())) this.drop(asking);
  }

  private pagesOf(start: number, end: number): number[] {
    const first = Math.max(0, Math.floor(start / PAGE));
    const last = Math.floor((Math.min(end, this.total) - 1) / PAGE);
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => first + at);
  }

  private drop({ pages, abort }: Asking): void {
    for (const page of pages) this.asked.delete(page);
    abort.abort();
  }

  /** Resolves when all of the pages are here. Those that nobody has asked for are asked for, neighbours together. */
  private async load(pages: readonly number[]): Promise<void> {
    let missing: number[] = [];
    const runs: number[][] = [];
    for (const page of pages) {
      const rows = this.pages.get(page);
      if (rows !== undefined) {
        // The last used is the last to go.
        this.pages.delete(page);
        this.pages.set(page, rows);
      } else if (!this.asked.has(page)) {
        if (missing.at(-1) !== page - 1) runs.push((missing = []));
        missing.push(page);
      }
    }
    for (const run of runs) this.begin(run);
    await Promise.all(pages.flatMap((page) => this.asked.get(page)?.rows ?? []));
  }

  private begin(pages: readonly number[]): void {
    const abort = new AbortController();
    const rows = this.fetch(pages, abort);
    // Nobody may be waiting: what went wrong was told.
    rows.catch(() => undefined);
    const asking = { pages, abort, rows };
    for (const page of pages) this.asked.set(page, asking);
  }

  /** Asks again where the answer may be of before: something was heard of rows while it was on its way. */
  private async askUntilNew(start: number, end: number, signal: AbortSignal): Promise<readonly Row[]> {
    for (;;) {
      const { heard } = this;
      const rows = await this.ask(start, end, signal);
      if (heard === this.heard) return rows;
    }
  }

  private async fetch(pages: readonly number[], abort: AbortController): Promise<void> {
    const [first = 0, last = first] = [pages[0], pages.at(-1)];
    try {
      const rows = await this.askUntilNew(first * PAGE, Math.min((last + 1) * PAGE, this.total), abort.signal);
      for (const page of pages) this.pages.set(page, rows.slice((page - first) * PAGE, (page - first + 1) * PAGE));
      for (const old of this.pages.keys()) {
        if (this.pages.size <= MAX_PAGES) break;
        if (!this.wanted.has(old)) this.pages.delete(old);
      }
      this.onRows();
    } catch (error) {
      if (!abort.signal.aborted) this.onError(error);
      throw error;
    } finally {
      for (const page of pages) if (this.asked.get(page)?.abort === abort) this.asked.delete(page);
    }
  }
}
