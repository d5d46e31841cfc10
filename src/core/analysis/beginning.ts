import { isDropped, type Format, type Source } from '../formats/format.js';
import type { Dropped, RawItem } from '../model.js';
import { charactersOf } from '../store/pendingShard.js';
import { firstPatterns, type FirstPatterns } from './patterns.js';

/** Records of a batch: by the first of them is decided how a file is read. */
export const BATCH_ROWS = 2048;
/** Characters of the texts of a batch: records may be megabytes long, and two thousand of them more than a process has. */
const BATCH_CHARACTERS = 32 << 20;
/** Files shorter than this are read sooner than threads are started, or the database has looked at them. */
const LARGE_BYTES = 24 << 20;
/** Tables hold some ten times as much as they are long. */
const LARGE_TABLE_BYTES = 3 << 20;

export interface BeginningOptions {
  readonly format: Format;
  /** Of the file. */
  readonly bytes: number;
  /** Whether a large file may be read by pattern, whose records wait in this folder; left out where not. */
  readonly folder?: string;
}

/** Records, a batch at a time. */
export type Batch = readonly (RawItem | Dropped)[];

/** A file that is read from its beginning. Use: `head`, and `next` until it is empty, or `patterns`; `close` at the end, whatever happened. */
export class Beginning {
  /** Whether reading the file is worth several threads, or the database's help. */
  readonly isLarge: boolean;
  private readonly records: AsyncIterator<RawItem | Dropped>;
  private readonly first: Promise<Batch>;
  private readonly found: Promise<FirstPatterns | null>;

  /** The database reads the file from now on, where it can; the first batch is read meanwhile. */
  constructor(
    readonly source: Source,
    { format, bytes, folder }: BeginningOptions,
  ) {
    this.records = format.read(source)[Symbol.asyncIterator]();
    this.isLarge = bytes >= (source.table === undefined ? LARGE_BYTES : LARGE_TABLE_BYTES);
    this.found =
      this.isLarge && folder !== undefined ? firstPatterns(source, format, { bytes, folder }) : Promise.resolve(null);
    this.first = this.found.catch(() => null).then(() => take(this.records));
    // Whoever asks for them is told.
    for (const begun of [this.found, this.first]) begun.catch(() => undefined);
  }

  /** The first batch. Throws what reading the file throws. */
  head(): Promise<Batch> {
    return this.first;
  }

  /** The batch after those before; none at the end. */
  next(): Promise<Batch> {
    return take(this.records);
  }

  /** The patterns of the first records, while all are being read; null where the file is not to be read by them. */
  patterns(): Promise<FirstPatterns | null> {
    return this.found;
  }

  /** The file is to be read a batch at a time. */
  async endPatterns(): Promise<void> {
    const found = await this.found.catch(() => null);
    await found?.end();
  }

  /** Frees what is held, and closes the file. May be called again. */
  async close(): Promise<void> {
    try {
      await this.endPatterns();
    } finally {
      await this.first.catch(() => undefined);
      await this.records.return?.();
    }
  }
}

/** The next records, at most BATCH_ROWS, and fewer where they are long. */
async function take(records: AsyncIterator<RawItem | Dropped>): Promise<Batch> {
  const taken: (RawItem | Dropped)[] = [];
  let length = 0;
  while (taken.length < BATCH_ROWS && length < BATCH_CHARACTERS) {
    const next = await records.next();
    if (next.done === true) break;
    taken.push(next.value);
    length += isDropped(next.value) ? next.value.detail.length : charactersOf(next.value);
  }
  return taken;
}
