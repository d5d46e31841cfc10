import { mkdir } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { asCacheTrouble, spillFolder, writeAside, type AsideFolder } from './cache.js';
import { settleFacts, type Ask } from './settleFacts.js';
import type { ShardFacts } from './shardFacts.js';
import { ITEM_BY, shardColumns } from './shardSelection.js';
import { quoteText } from './sql.js';

/** As much of the machine's memory as DuckDB itself takes at most. */
const MOST = 0.8;
/** DuckDB's vector size, and its own size of a Parquet file's groups of rows in vectors. */
const VECTOR_ROWS = 2048;
const MOST_VECTORS = 60;
const GROUP_CHARACTERS = 64 << 20;
/** Of a column with more different values in a group of rows all are written: whether there are that many, too, takes time to find out. */
const MOST_VALUES = 4096;

/** What a shard is written from, once the views `decoded` and `counted` are there (settleFacts.ts). */
export interface Written {
  /** `decoded` gives the rows in the order of their numbers. */
  readonly ascending: boolean;
  /** How long a row's texts are on average. */
  readonly characters: number;
}

/** A database that collects the rows of one shard and writes them; those that memory is not to hold wait on disk. */
export class ShardDatabase {
  private isClosed = false;

  private constructor(
    private readonly instance: DuckDBInstance,
    readonly connection: DuckDBConnection,
    private readonly spill: AsideFolder,
  ) {}

  /** `folder`: where rows wait that memory is not to hold. A folder of its own in it is made where it is needed. */
  static async open(folder: string, memory: string): Promise<ShardDatabase> {
    const spill = spillFolder(folder);
    const instance = await DuckDBInstance.create(':memory:', { memory_limit: memory, temp_directory: spill.path });
    try {
      return new ShardDatabase(instance, await instance.connect(), spill);
    } catch (error) {
      instance.closeSync();
      throw error;
    }
  }

  /** A file for what it keeps meanwhile, removed when it closes. */
  async fileAside(name: string): Promise<string> {
    await mkdir(this.spill.path, { recursive: true });
    return path.join(this.spill.path, name);
  }

  /** Asks for rows, with more memory where that proves necessary. */
  readonly ask: Ask = async (sql) => {
    const found = await this.withRoom(() => this.connection.runAndReadAll(sql));
    return found.getRowObjectsJS();
  };

  /** Decides item ids and runs, and writes the shard to `file`, aside and renamed. Throws a FlipsideError where the disk is full. */
  async write(file: string, { ascending, characters }: Written): Promise<ShardFacts> {
    const { facts, split } = await settleFacts(this.ask);
    const rows = `SELECT ${shardColumns(ITEM_BY[facts.itemId], split)} FROM decoded${ascending ? '' : ' ORDER BY "row"'}`;
    const size = rowsPerGroup(characters);
    const options = `FORMAT parquet, COMPRESSION snappy, DICTIONARY_SIZE_LIMIT ${MOST_VALUES}${size === null ? '' : `, ROW_GROUP_SIZE ${size}`}`;
    const copy = (aside: string): Promise<unknown> =>
      this.withRoom(() => this.connection.run(`COPY (${rows}) TO ${quoteText(aside)} (${options})`));
    await writeAside(file, copy).catch((error: unknown) => {
      throw asCacheTrouble(error, file);
    });
    return facts;
  }

  /** May be called again. */
  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.connection.closeSync();
    this.instance.closeSync();
    this.spill.remove();
  }

  /** Rows of long texts may need more memory than others are given: they then get what the machine has. */
  private async withRoom<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('Out of Memory'))) throw error;
      // RESET would change what the setting says, and not the limit.
      await this.connection.run(`SET memory_limit = '${Math.round((MOST * os.totalmem()) / 1e6)}MB'`);
      return work();
    }
  }
}

/** Of a Parquet file: a group of rows is held in memory while it is written, so that long texts make it short. Null: DuckDB's own. */
function rowsPerGroup(characters: number): number | null {
  const vectors = Math.max(1, Math.floor(GROUP_CHARACTERS / Math.max(1, characters) / VECTOR_ROWS));
  return vectors < MOST_VECTORS ? VECTOR_ROWS * vectors : null;
}
