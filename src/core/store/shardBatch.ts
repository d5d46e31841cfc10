import { readdirSync, renameSync } from 'node:fs';
import path from 'node:path';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { asCacheTrouble, folderAside, type AsideFolder } from './cache.js';
import { RowEncoder } from './encodeRows.js';
import type { StoredRow } from './row.js';
import { factsOf, type ShardFacts, type SplitSource } from './shardFacts.js';
import { ITEM_BY, shardColumns, SPLIT_BY } from './shardSelection.js';
import { quoteText } from './sql.js';
import { StagedRows } from './stagedRows.js';

/** What a batch is not to outgrow: DuckDB would begin a second file for a shard beyond half a million rows. */
const MOST_ROWS = 20_000;
const MOST_SHARDS = 40;
const MOST_CHARACTERS = 16 << 20;

interface Database {
  readonly instance: DuckDBInstance;
  readonly connection: DuckDBConnection;
  /** Where it writes: a folder for each shard of a batch, which the next batch finds there. To make thousands takes a second. */
  readonly aside: AsideFolder;
}

/** The most rows of a shard in a batch: as many as DuckDB handles at a time. */
export const FEW_ROWS = 2048;

/** A shard that is to be written. */
export interface BatchEntry {
  readonly key: string;
  /** In file order, from one to FEW_ROWS. */
  readonly rows: readonly StoredRow[];
  /** About how long their texts are together. */
  readonly characters: number;
  readonly facts: ShardFacts;
  readonly splitSource: SplitSource;
}

/** A shard of these rows, for a batch. */
export function batchEntry(key: string, rows: readonly StoredRow[], characters: number): BatchEntry {
  // A shard is in the order of its row numbers; rows of one number, samples of one record, stay in theirs.
  const sorted = [...rows].sort((one, other) => one.raw.row - other.raw.row);
  return { key, rows: sorted, characters, ...factsOf(sorted) };
}

/**
 * Writes many small shards by one statement: to start a database for each, and to plan its queries, takes a hundred times as long as
 * its rows. One thread writes a batch, so that a shard's bytes do not depend on what is written with it. `add` any number; where it is full
 * and at the end `write` what it hands over; then `close`.
 */
export class ShardBatch {
  private entries: BatchEntry[] = [];
  private rows = 0;
  private characters = 0;
  /** Databases that nobody writes with. */
  private readonly idle: Database[] = [];

  constructor(private readonly folder: string) {}

  get isFull(): boolean {
    const { rows, characters, entries } = this;
    return rows >= MOST_ROWS || characters >= MOST_CHARACTERS || entries.length >= MOST_SHARDS;
  }

  /** Takes a shard. Its file, `key`.parquet in the folder, is there once it is written. */
  add(entry: BatchEntry): void {
    this.entries.push(entry);
    this.rows += entry.rows.length;
    this.characters += entry.characters;
  }

  /** Hands over what was added, for `write`. */
  take(): readonly BatchEntry[] {
    const { entries } = this;
    this.entries = [];
    this.rows = 0;
    this.characters = 0;
    return entries;
  }

  /** Writes shards; several calls may run at the same time. Throws a FlipsideError where the disk is full. */
  async write(entries: readonly BatchEntry[]): Promise<void> {
    const [first] = entries;
    if (first === undefined) return;
    const database = this.idle.pop() ?? (await startDatabase(this.folder));
    try {
      await copy(database.connection, entries, database.aside.path);
      // In one go: where a program is busy, each wait in between takes longer than the file.
      for (const [shard, { key }] of entries.entries()) {
        const own = path.join(database.aside.path, `shard=${shard}`);
        const [only, ...others] = readdirSync(own);
        if (only === undefined || others.length > 0)
          throw new Error(`${own} holds ${others.length + 1} files, not one`);
        renameSync(path.join(own, only), path.join(this.folder, `${key}.parquet`));
      }
    } catch (error) {
      // What it left there is not to be taken for the next batch's.
      closeDatabase(database);
      throw asCacheTrouble(error, path.join(this.folder, `${first.key}.parquet`));
    }
    this.idle.push(database);
  }

  /** Frees the memory, when nothing is being written. What was added and not written is forgotten. */
  close(): void {
    this.take();
    this.rest();
  }

  /** Frees what writing takes, when nothing is being written: nothing but shards is in the folder then. */
  rest(): void {
    for (const database of this.idle.splice(0)) closeDatabase(database);
  }
}

async function startDatabase(folder: string): Promise<Database> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1', temp_directory: '' });
  return { instance, connection: await instance.connect(), aside: folderAside(folder) };
}

function closeDatabase({ instance, connection, aside }: Database): void {
  connection.closeSync();
  instance.closeSync();
  aside.remove();
}

async function copy(connection: DuckDBConnection, entries: readonly BatchEntry[], folder: string): Promise<void> {
  const staged = await StagedRows.create(connection);
  const encoder = new RowEncoder();
  for (const { rows, shards } of vectorsOf(entries))
    staged.append(encoder.encode(rows), { shards: Int32Array.from(shards) });
  await staged.close();
  const item = choose(entries, ({ facts }) => ITEM_BY[facts.itemId]);
  const split = choose(entries, ({ splitSource }) => SPLIT_BY[splitSource]);
  await connection.run(
    `COPY (SELECT ${shardColumns(item, split)}, "shard" FROM (${staged.rows}) WHERE "shard" <> ${FILLER})
     TO ${quoteText(folder)} (FORMAT parquet, PARTITION_BY ("shard"), OVERWRITE_OR_IGNORE)`,
  );
}

/** Which shard a row belongs to that only fills a vector. */
const FILLER = -1;

/**
 * The rows in DuckDB's vectors, each shard in one of them: of a shard whose rows come in two, COPY may write the later part first
 * (it gathers small parts and appends large ones at once). What is left of a vector is filled up with rows that are not written.
 */
function vectorsOf(entries: readonly BatchEntry[]): { rows: StoredRow[]; shards: number[] }[] {
  const vectors: { rows: StoredRow[]; shards: number[] }[] = [];
  for (const [shard, { rows }] of entries.entries()) {
    let last = vectors.at(-1);
    if (last === undefined || last.rows.length + rows.length > FEW_ROWS) {
      last = { rows: [], shards: [] };
      vectors.push(last);
    }
    last.rows.push(...rows);
    for (let at = 0; at < rows.length; at++) last.shards.push(shard);
  }
  for (const { rows, shards } of vectors.slice(0, -1)) {
    const [first] = rows;
    while (first !== undefined && rows.length < FEW_ROWS) {
      rows.push(first);
      shards.push(FILLER);
    }
  }
  return vectors;
}

/** SQL that differs from shard to shard: the most common case is what all others are told from. */
function choose(entries: readonly BatchEntry[], sqlOf: (entry: BatchEntry) => string): string {
  const shards = new Map<string, number[]>();
  for (const [shard, entry] of entries.entries()) {
    const sql = sqlOf(entry);
    shards.set(sql, [...(shards.get(sql) ?? []), shard]);
  }
  const [most = ['NULL', []], ...others] = [...shards].sort(([, one], [, other]) => other.length - one.length);
  if (others.length === 0) return most[0];
  return `CASE ${others.map(([sql, own]) => `WHEN "shard" IN (${own.join(', ')}) THEN ${sql}`).join(' ')} ELSE ${most[0]} END`;
}
