import { RowEncoder, type EncodedRows } from './encodeRows.js';
import type { StoredRow } from './row.js';
import { ShardDatabase } from './shardDatabase.js';
import type { ShardFacts } from './shardFacts.js';
import { StagedRows } from './stagedRows.js';

/** Of the database that collects the rows; those beyond it wait on disk, so that a larger file takes no more memory. */
const MEMORY = '1GB';

/**
 * Collects classified rows in memory and writes them as one Parquet file, aside and renamed, so that a reader never
 * meets half a shard. Use: `append` batches in file order, then `finish` once; `abandon` frees everything on failure.
 */
export class ShardWriter {
  private readonly encoder = new RowEncoder();

  private constructor(
    private readonly database: ShardDatabase,
    private readonly staged: StagedRows,
  ) {}

  /** `folder`: where rows wait that memory is not to hold. A folder of this writer's own in it is made where it is needed. */
  static async open(folder: string, memory = MEMORY): Promise<ShardWriter> {
    const database = await ShardDatabase.open(folder, memory);
    try {
      return new ShardWriter(database, await StagedRows.create(database.connection));
    } catch (error) {
      database.close();
      throw error;
    }
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
      const { connection } = this.database;
      await connection.run(`CREATE VIEW decoded AS ${this.staged.rows}`);
      await connection.run('CREATE VIEW counted AS SELECT *, 1 AS "items", "row" AS "first" FROM decoded');
      return await this.database.write(file, this.staged);
    } finally {
      this.abandon();
    }
  }

  /** Frees the memory without writing. */
  abandon(): void {
    this.database.close();
  }
}
