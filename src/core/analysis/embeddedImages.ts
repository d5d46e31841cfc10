import { stat } from 'node:fs/promises';
import path from 'node:path';
import { splitPrompt } from '../formats/promptOptions.js';
import { ArrowUnsupported } from '../images/arrowLayout.js';
import { matchRow, type EmbeddedKey, type EmbeddedTable, type RowMatch } from '../images/embedded.js';
import { openArrowImages } from '../images/embeddedArrow.js';
import { ImageRefused } from '../images/openImage.js';
import { openDelimitedImages } from '../images/embeddedDelimited.js';
import { ParquetImages } from '../store/embeddedImages.js';

/** An image inside one of the files, or a path that stands there in its place. */
export type EmbeddedImage =
  | {
      readonly kind: 'bytes';
      readonly bytes: Buffer;
      readonly file: string;
      /** Tells this image in this state of the file from any other: a name for caches. */
      readonly key: string;
    }
  | { readonly kind: 'path'; readonly path: string; readonly file: string }
  /** Several rows or files fit, and nothing tells which. */
  | { readonly kind: 'ambiguous'; readonly files: readonly string[] }
  /** These files have the id, with another question. */
  | { readonly kind: 'contradicted'; readonly files: readonly string[] };

export interface EmbeddedWanted extends EmbeddedKey {
  /** The benchmark's name as the prediction file gives it: of several files that fit, one of this name is taken. */
  readonly dataset: string | null;
}

interface Opened {
  readonly version: string;
  readonly table: Promise<EmbeddedTable | null>;
}

interface Match {
  readonly table: EmbeddedTable;
  readonly version: string;
  readonly found: Extract<RowMatch, { kind: 'row' }>;
}

type NoMatch = Extract<EmbeddedImage, { kind: 'ambiguous' | 'contradicted' }>;

const READERS: Readonly<Record<string, 'delimited' | 'parquet' | 'arrow'>> = {
  '.tsv': 'delimited',
  '.csv': 'delimited',
  '.parquet': 'parquet',
  '.arrow': 'arrow',
};

/** Whether a file may carry images inside: VLMEvalKit's tables, Hugging Face's Parquet and Arrow shards. */
export function mayEmbedImages(file: string): boolean {
  return READERS[path.extname(file).toLowerCase()] !== undefined;
}

/**
 * Images inside files of questions, found by the prediction's id and question. Nothing is read before the first is asked
 * for; then each file is indexed once, and again when it changed. Close it.
 */
export class EmbeddedImages {
  private files: readonly string[] = [];
  private readonly opened = new Map<string, Opened>();
  private parquet: Promise<ParquetImages> | null = null;
  private readonly closing = new AbortController();
  /** What reads in the files at the moment. */
  private readonly reading = new Set<Promise<unknown>>();

  constructor(candidates: readonly string[]) {
    this.lookIn(candidates);
  }

  /** Looks in these files from now on. What is known of those among them that are unchanged stays. */
  lookIn(candidates: readonly string[]): void {
    this.files = [...new Set(candidates.filter(mayEmbedImages))].sort();
    for (const file of this.opened.keys()) if (!this.files.includes(file)) this.opened.delete(file);
  }

  /** Null where no file has it. Throws an ImageRefused for an image beyond `maxBytes`, or the signal's reason. */
  find(wanted: EmbeddedWanted, maxBytes: number, signal?: AbortSignal): Promise<EmbeddedImage | null> {
    return this.read(async () => {
      const match = await this.match(wanted, signal);
      return match === null || 'kind' in match ? match : imageOf(match, wanted, maxBytes);
    });
  }

  /** How many images the files hold of a prediction; 0 where it is not known which are its own. */
  count(wanted: Omit<EmbeddedWanted, 'index'>, signal?: AbortSignal): Promise<number> {
    return this.read(async () => {
      const match = await this.match({ ...wanted, index: 0 }, signal);
      return match === null || 'kind' in match ? 0 : match.table.count(match.found.row).catch(() => 1);
    });
  }

  /** Native code must not lose its files under way: closing waits for this. */
  private async read<T>(work: () => Promise<T>): Promise<T> {
    this.closing.signal.throwIfAborted();
    const reading = work();
    this.reading.add(reading);
    try {
      return await reading;
    } finally {
      this.reading.delete(reading);
    }
  }

  private async match(wanted: EmbeddedWanted, signal?: AbortSignal): Promise<Match | NoMatch | null> {
    const matches: Match[] = [];
    const unclear: string[] = [];
    const contradicted: string[] = [];
    for (const file of this.files) {
      signal?.throwIfAborted();
      const opened = await this.open(file);
      const table = opened === null ? null : await whileWanted(opened.table, signal);
      if (opened === null || table === null) continue;
      const found = await matchRow(table, wanted, withoutOptions).catch(() => null);
      if (found?.kind === 'row') matches.push({ table, version: opened.version, found });
      if (found?.kind === 'several') unclear.push(file);
      if (found?.kind === 'contradicted') contradicted.push(file);
    }
    const match = theOne(matches, wanted.dataset);
    if (match !== null && (unclear.length === 0 || match.found.sameQuestion)) return match;
    const files = [...matches.map(({ table }) => table.file), ...unclear];
    if (files.length > 0) return { kind: 'ambiguous', files };
    return contradicted.length === 0 ? null : { kind: 'contradicted', files: contradicted };
  }

  /** Closes once whatever is read has been read. */
  async close(): Promise<void> {
    this.closing.abort();
    while (this.reading.size > 0) await Promise.allSettled(this.reading);
    this.opened.clear();
    const parquet = this.parquet;
    this.parquet = null;
    (await parquet?.catch(() => null))?.close();
  }

  private async open(file: string): Promise<Opened | null> {
    const info = await stat(file).catch(() => null);
    if (info?.isFile() !== true) return null;
    const version = `${info.size}-${info.mtimeMs}`;
    const known = this.opened.get(file);
    if (known?.version === version) return known;
    // A file that cannot be read, or is no such table, has no images to offer; reading predictions has told about it.
    const opened = { version, table: this.read(() => this.index(file)).catch(noTable) };
    this.opened.set(file, opened);
    return opened;
  }

  private async index(file: string): Promise<EmbeddedTable | null> {
    switch (READERS[path.extname(file).toLowerCase()]) {
      case 'delimited':
        return openDelimitedImages(file, this.closing.signal);
      case 'arrow':
        return openArrowImages(file);
      case 'parquet':
        this.parquet ??= ParquetImages.open();
        return (await this.parquet).table(file);
      default:
        return null;
    }
  }
}

/** An index is of use to all who ask later: who asks no more stops waiting for it, and it is made all the same. */
async function whileWanted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  signal.throwIfAborted();
  let stop = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason as Error);
    signal.addEventListener('abort', stop, { once: true });
  });
  return Promise.race([promise, aborted]).finally(() => signal.removeEventListener('abort', stop));
}

/** Benchmarks print the options in the question, and readers take them off. */
function withoutOptions(question: string): string {
  return splitPrompt(question).question ?? question;
}

/** What damaged files and files of other kinds come to; a defect of ours is not swallowed. */
function noTable(error: unknown): null {
  const isExpected =
    error instanceof ArrowUnsupported ||
    error instanceof RangeError ||
    (error instanceof Error && ('code' in error || /Error: /.test(error.message)));
  if (isExpected) return null;
  throw error;
}

/** The only file that fits; of several, the only one with the same question, or of the benchmark's name. */
function theOne(matches: readonly Match[], dataset: string | null): Match | null {
  const named = ({ table }: Match): boolean => dataset !== null && path.parse(table.file).name === dataset;
  for (const among of [matches, matches.filter(({ found }) => found.sameQuestion), matches.filter(named)]) {
    const [first, ...more] = among;
    if (first !== undefined && more.length === 0) return first;
  }
  return null;
}

async function imageOf(
  { table, version, found }: Match,
  wanted: EmbeddedWanted,
  maxBytes: number,
): Promise<EmbeddedImage | null> {
  const cell = await table.image(found.row, wanted.index, maxBytes).catch((error: unknown) => {
    if (!(error instanceof ImageRefused)) throw error;
    throw new ImageRefused(error.reason, error.message, error.file, table.file);
  });
  if (cell === null) return null;
  if (cell.kind === 'path') return { ...cell, file: table.file };
  const key = JSON.stringify([table.file, version, found.row, wanted.index]);
  return { ...cell, file: table.file, key };
}
