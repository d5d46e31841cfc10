import os from 'node:os';
import { DuckDBInstance } from '@duckdb/node-api';
import type { DuckDBConnection } from '@duckdb/node-api';
import { asCacheTrouble, spillFolder, writeAside, type SpillFolder } from './cache.js';
import { RowEncoder, type EncodedRows } from './encodeRows.js';
import { distinctLensKeys, type LensKeys } from './lensKey.js';
import type { StoredRow } from './row.js';
import { MOST_SPLITS, type ShardFacts } from './shardFacts.js';
import { ITEM_BY, shardColumns, SPLIT_BY } from './shardSelection.js';
import { quoteText } from './sql.js';
import { StagedRows } from './stagedRows.js';

/** Of the database that collects the rows; those beyond it wait on disk, so that a larger file takes no more memory. */
const MEMORY = '1GB';
/** As much of the machine's memory as DuckDB itself takes at most. */
const MOST = 0.8;
/**
 * Collects classified rows in memory and writes them as one Parquet file, aside and renamed, so that a reader never
 * meets half a shard. Use: `append` batches in file order, then `finish` once; `abandon` frees everything on failure.
 */
export class ShardWriter {
  private readonly encoder = new RowEncoder();

  private constructor(
    private readonly instance: DuckDBInstance,
    private readonly connection: DuckDBConnection,
    private readonly staged: StagedRows,
    private readonly spill: SpillFolder,
  ) {}

  /** `folder`: where rows wait that memory is not to hold. A folder of this writer's own in it is made where it is needed. */
  static async open(folder: string, memory = MEMORY): Promise<ShardWriter> {
    const spill = spillFolder(folder);
    const instance = await DuckDBInstance.create(':memory:', { memory_limit: memory, temp_directory: spill.path });
    const connection = await instance.connect();
    return new ShardWriter(instance, connection, await StagedRows.create(connection), spill);
  }

  /** Adds rows, in file order. */
  append(rows: readonly StoredRow[]): void {
    this.staged.append(this.encoder.encode(rows));
  }

  /** Adds rows that an encoder of that number, from 1, has encoded elsewhere, in file order. */
  appendEncoded(rows: EncodedRows, encoder: number): void {
    this.staged.append(rows, { encoder });
  }

  /** Decides item ids and runs, writes the shard to `file`, and frees the memory. Throws a FlipsideError where the disk is full. */
  async finish(file: string): Promise<ShardFacts> {
    try {
      await this.staged.close();
      await this.connection.run(`CREATE VIEW decoded AS ${this.staged.rows}`);
      const { splitBy, split } = await this.settleSplit();
      const itemId = (await this.idsAreUnique(split)) ? 'id' : 'row';
      const splits = await this.readSplits(split);
      const lensKeys = await this.readLensKeys();
      const order = this.staged.ascending ? '' : ' ORDER BY "row"';
      const rows = `SELECT ${shardColumns(ITEM_BY[itemId], split)} FROM decoded${order}`;
      await writeAside(file, (aside) => this.copy(rows, aside)).catch((error: unknown) => {
        throw asCacheTrouble(error, file);
      });
      return { splits, itemId, lensKeys, splitBy };
    } finally {
      this.abandon();
    }
  }

  private async copy(rows: string, file: string): Promise<void> {
    const { rowsPerGroup } = this.staged;
    const size = rowsPerGroup === null ? '' : `, ROW_GROUP_SIZE ${rowsPerGroup}`;
    const options = `FORMAT parquet, COMPRESSION zstd${size}`;
    await this.withRoom(() => this.connection.run(`COPY (${rows}) TO ${quoteText(file)} (${options})`));
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

  /** Frees the memory without writing. */
  abandon(): void {
    this.connection.closeSync();
    this.instance.closeSync();
    this.spill.remove();
  }

  /**
   * One file may hold several runs: by the label its format names, else by model where ids repeat only across models.
   * A column with more than fifty values is no run label. `split` is the SQL of a row's label.
   */
  private async settleSplit(): Promise<{ splitBy: ShardFacts['splitBy']; split: string }> {
    const [labels] = await this.rows(
      `SELECT count(DISTINCT "split")::INTEGER AS "splits", count(DISTINCT "model")::INTEGER AS "models" FROM decoded`,
    );
    const splits = (labels?.['splits'] as number | undefined) ?? 0;
    const models = (labels?.['models'] as number | undefined) ?? 0;
    if (splits > MOST_SPLITS) return { splitBy: 'split', split: SPLIT_BY.none };
    const mayBeByModel = splits === 0 && models >= 2 && models <= MOST_SPLITS;
    if (mayBeByModel && (await this.idsRepeatAcrossModels())) return { splitBy: 'model', split: SPLIT_BY.model };
    return { splitBy: 'split', split: SPLIT_BY.split };
  }

  private async idsRepeatAcrossModels(): Promise<boolean> {
    const [row] = await this.rows(
      `SELECT count(*) = count("model") AND count(*) = count("id") AND count(*) > count(DISTINCT ("id", "sample"))
         AND count(*) = count(DISTINCT ("model", "id", "sample")) AS "byModel" FROM decoded`,
    );
    return row?.['byModel'] === true;
  }

  private async rows(sql: string): Promise<Record<string, unknown>[]> {
    const found = await this.withRoom(() => this.connection.runAndReadAll(sql));
    return found.getRowObjectsJS();
  }

  private async idsAreUnique(split: string): Promise<boolean> {
    const own = `${split}, "id", "sample"`;
    // As many hashes as rows: as many ids, too. Fewer may be a coincidence; only then are the ids themselves compared.
    for (const distinct of [`hash(${own})`, `(${own})`]) {
      const [row] = await this.rows(
        `SELECT count(*) = count("id") AS "named", count(*) = count(DISTINCT ${distinct}) AS "unique" FROM decoded`,
      );
      if (row?.['named'] !== true) return false;
      if (row['unique'] === true) return true;
    }
    return false;
  }

  private async readLensKeys(): Promise<LensKeys[]> {
    const rows = await this.rows(`${distinctLensKeys('decoded')} ORDER BY ALL`);
    return rows.map((row) => [row['itemKey'] as number, row['answerKey'] as number]);
  }

  private async readSplits(split: string): Promise<ShardFacts['splits']> {
    const rows = await this.rows(
      `SELECT ${split} AS "split", count(*)::INTEGER AS "items", CASE WHEN count(DISTINCT "model") = 1 THEN min("model") END AS "model"
       FROM decoded GROUP BY 1 ORDER BY min("row")`,
    );
    return rows.map((row) => ({
      split: row['split'] as string | null,
      items: row['items'] as number,
      model: row['model'] as string | null,
    }));
  }
}
