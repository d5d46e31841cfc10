import type { RawItem } from '../model.js';
import type { EncodedRows } from './encodeRows.js';
import type { StoredRow } from './row.js';
import { batchEntry, FEW_ROWS, type BatchEntry } from './shardBatch.js';
import type { PatternRows, PatternShard } from './patternShard.js';
import type { ShardFacts } from './shardFacts.js';
import { ShardWriter } from './shardWriter.js';

/** A shard of longer texts is not written together with others. */
const FEW_CHARACTERS = 1 << 20;

/**
 * A shard while its rows come. A small one waits in memory and is written together with others; one that proves to be large gets a
 * writer of its own. Use: `append` in file order, then `finish` once; `abandon` frees everything on failure.
 */
export class PendingShard {
  private rows: StoredRow[] = [];
  private characters = 0;
  private writer: ShardWriter | null = null;
  private facts: ShardFacts | null = null;

  /** `folder`: where a writer's rows wait that memory is not to hold. */
  constructor(
    private readonly key: string,
    private readonly file: string,
    readonly folder: string,
  ) {}

  /** Adds rows, in file order. */
  async append(rows: readonly StoredRow[]): Promise<void> {
    if (this.writer === null) {
      this.rows.push(...rows);
      this.characters += rows.reduce((sum, row) => sum + charactersOf(row.raw), 0);
      if (this.rows.length > FEW_ROWS || this.characters > FEW_CHARACTERS) await this.ownWriter();
    } else this.writer.append(rows);
  }

  /** Takes rows that are encoded: only large files are read in parts. */
  async encoded(): Promise<(rows: EncodedRows, encoder: number) => void> {
    const writer = await this.ownWriter();
    return (rows, encoder) => writer.appendEncoded(rows, encoder);
  }

  /** Writes the rows of a file that the database has read, instead of those that are appended. */
  async ofPatterns(shard: PatternShard, rows: PatternRows): Promise<void> {
    this.facts = await shard.finish(this.file, rows);
  }

  /** What is known of the rows. Their file is there now, unless they are handed over, to be written with others. */
  async finish(): Promise<{ facts: ShardFacts; unwritten: BatchEntry | null }> {
    if (this.facts !== null) return { facts: this.facts, unwritten: null };
    // A batch knows its shards by their rows.
    if (this.rows.length === 0) await this.ownWriter();
    if (this.writer !== null) return { facts: await this.writer.finish(this.file), unwritten: null };
    const unwritten = batchEntry(this.key, this.rows, this.characters);
    return { facts: unwritten.facts, unwritten };
  }

  /** Frees the memory without writing. */
  abandon(): void {
    this.rows = [];
    this.writer?.abandon();
  }

  private async ownWriter(): Promise<ShardWriter> {
    const writer = (this.writer ??= await ShardWriter.open(this.folder));
    for (let from = 0; from < this.rows.length; from += FEW_ROWS) writer.append(this.rows.slice(from, from + FEW_ROWS));
    this.rows = [];
    return writer;
  }
}

/** About as many characters as the texts of an item have that may be long. */
export function charactersOf({ question, response, meta }: RawItem): number {
  let length = (question?.length ?? 0) + (response?.length ?? 0);
  for (const name in meta) {
    const value = meta[name];
    length += typeof value === 'string' ? value.length : typeof value === 'object' ? LIKELY : 0;
  }
  return length;
}

/** What a list or an object in the metadata is taken for: most are short, and writing them out to see would take as long as storing them. */
const LIKELY = 200;
