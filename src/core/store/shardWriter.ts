import {
  BOOLEAN,
  DOUBLE,
  DuckDBDataChunk,
  DuckDBInstance,
  INTEGER,
  SMALLINT,
  TINYINT,
  VARCHAR,
} from '@duckdb/node-api';
import type { DuckDBAppender, DuckDBConnection } from '@duckdb/node-api';
import { asCacheTrouble, writeAside } from './cache.js';
import { contentKey } from './contentKey.js';
import { COLUMNS, type StoredRow } from './row.js';
import { quoteText } from './sql.js';

const TYPES = { INTEGER, TINYINT, SMALLINT, DOUBLE, BOOLEAN, VARCHAR };
/** DuckDB's vector size: the most rows one chunk may hold. */
const CHUNK_ROWS = 2048;
/** The most runs that one file is taken to hold. */
const MOST_SPLITS = 50;

/** What is only known when every row has been seen. */
export interface ShardFacts {
  /** Distinct values of `split`, in order of first appearance; null stands for rows without one. */
  readonly splits: readonly { readonly split: string | null; readonly items: number; readonly model: string | null }[];
  /** Which identifier became the item id: a unique id column, or the row number. */
  readonly itemId: 'id' | 'row';
  /** Which field of a row became its split. */
  readonly splitBy: 'split' | 'model';
}

/**
 * Collects classified rows in memory and writes them as one Parquet file, aside and renamed, so that a reader never
 * meets half a shard. Use: `append` batches in file order, then `finish` once; `abandon` frees everything on failure.
 */
export class ShardWriter {
  private constructor(
    private readonly instance: DuckDBInstance,
    private readonly connection: DuckDBConnection,
    private readonly appender: DuckDBAppender,
  ) {}

  static async open(): Promise<ShardWriter> {
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    const columns = COLUMNS.map((column) => `"${column.name}" ${column.type}`).join(', ');
    await connection.run(`CREATE TABLE staged (${columns})`);
    return new ShardWriter(instance, connection, await connection.createAppender('staged'));
  }

  /** Adds rows, in file order. */
  append(rows: readonly StoredRow[]): void {
    for (let from = 0; from < rows.length; from += CHUNK_ROWS) {
      const slice = rows.slice(from, from + CHUNK_ROWS);
      const chunk = DuckDBDataChunk.create(COLUMNS.map((column) => TYPES[column.type]));
      chunk.setColumns(COLUMNS.map((column) => slice.map((row) => column.value(row))));
      this.appender.appendDataChunk(chunk);
    }
  }

  /** Decides item ids and runs, writes the shard to `file`, and frees the memory. Throws a FlipsideError where the disk is full. */
  async finish(file: string): Promise<ShardFacts> {
    try {
      this.appender.closeSync();
      const splitBy = await this.settleSplit();
      const itemId = (await this.idsAreUnique()) ? 'id' : 'row';
      const splits = await this.readSplits();
      await writeAside(file, (aside) =>
        this.connection.run(
          `COPY (SELECT ${this.selection(itemId)} FROM staged ORDER BY "row") TO ${quoteText(aside)} (FORMAT parquet, COMPRESSION zstd)`,
        ),
      ).catch((error: unknown) => {
        throw asCacheTrouble(error, file);
      });
      return { splits, itemId, splitBy };
    } finally {
      this.abandon();
    }
  }

  /** Frees the memory without writing. */
  abandon(): void {
    this.connection.closeSync();
    this.instance.closeSync();
  }

  private selection(itemId: 'id' | 'row'): string {
    const item =
      itemId === 'id'
        ? `CASE WHEN "sample" IS NULL THEN "id" ELSE "id" || '#' || "sample" END`
        : 'CAST("row" AS VARCHAR)';
    const columns = COLUMNS.map((column) =>
      column.list ? `from_json("${column.name}", '["VARCHAR"]') AS "${column.name}"` : `"${column.name}"`,
    );
    // The options are still JSON text here, in which equal lists are equal texts.
    return [`${item} AS "item"`, `${contentKey('"options"')} AS "contentKey"`, ...columns].join(', ');
  }

  /**
   * One file may hold several runs: by the label its format names, else by model where ids repeat only across models.
   * A column with more than fifty values is no run label.
   */
  private async settleSplit(): Promise<ShardFacts['splitBy']> {
    const [labels] = await this.rows(
      `SELECT count(DISTINCT "split")::INTEGER AS "splits", count(DISTINCT "model")::INTEGER AS "models",
         count(*) = count("model") AND count(*) = count("id") AND count(*) > count(DISTINCT ("id", "sample"))
           AND count(*) = count(DISTINCT ("model", "id", "sample")) AS "byModel" FROM staged`,
    );
    const splits = (labels?.['splits'] as number | undefined) ?? 0;
    const models = (labels?.['models'] as number | undefined) ?? 0;
    if (splits > MOST_SPLITS) await this.connection.run(`UPDATE staged SET "split" = NULL`);
    else if (splits === 0 && models >= 2 && models <= MOST_SPLITS && labels?.['byModel'] === true) {
      await this.connection.run(`UPDATE staged SET "split" = "model"`);
      return 'model';
    }
    return 'split';
  }

  private async rows(sql: string): Promise<Record<string, unknown>[]> {
    return (await this.connection.runAndReadAll(sql)).getRowObjectsJS();
  }

  private async idsAreUnique(): Promise<boolean> {
    const [row] = await this.rows(
      `SELECT count(*) = count("id") AND count(*) = count(DISTINCT ("split", "id", "sample")) AS "unique" FROM staged`,
    );
    return row?.['unique'] === true;
  }

  private async readSplits(): Promise<ShardFacts['splits']> {
    const rows = await this.rows(
      `SELECT "split", count(*)::INTEGER AS "items", CASE WHEN count(DISTINCT "model") = 1 THEN min("model") END AS "model"
       FROM staged GROUP BY "split" ORDER BY min("row")`,
    );
    return rows.map((row) => ({
      split: row['split'] as string | null,
      items: row['items'] as number,
      model: row['model'] as string | null,
    }));
  }
}
