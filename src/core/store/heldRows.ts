import type { Database } from './database.js';

/** So many rows are copied at a time: they lie in memory uncompressed until the next checkpoint. */
const BATCH = 245_760;

/** Rows that are copied at once: several small runs, or a part of a large one. Both ends are included. */
interface Batch {
  readonly runs: readonly [number, number];
  readonly rows: readonly [number, number];
}

/**
 * Copies of columns of all rows in memory, compressed: a hundred bytes of a row take about four there. They lie in a database
 * of their own, because DuckDB compresses in memory only what a checkpoint writes.
 */
export class HeldRows {
  private attached: Promise<void> | null = null;
  private batches: Promise<Batch[]> | null = null;

  constructor(
    private readonly db: Database,
    private readonly most = BATCH,
  ) {}

  /**
   * Copies the columns of every row into the table held."name". In a connection of its own: what a user asks meanwhile is
   * answered meanwhile. Throws the signal's reason once it aborts, and leaves no table then.
   */
  async hold(name: string, columns: readonly string[], signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    const aside = await this.db.another();
    const copying = await this.db.another(signal);
    try {
      this.attached ??= aside.all(`ATTACH ':memory:' AS held (COMPRESS)`).then(() => undefined);
      await this.attached;
      // Waited for at once: where the shards are lost, everything here fails, and no failure may go unheard.
      const batches = await (this.batches ??= batchesOf(aside, this.most));
      const list = columns.map((column) => `"${column}"`).join(', ');
      await aside.all(`CREATE TABLE held."${name}" AS SELECT ${list} FROM classified LIMIT 0`);
      for (const { runs, rows } of batches) {
        await copying.all(
          `INSERT INTO held."${name}" SELECT ${list} FROM classified
           WHERE "runIndex" BETWEEN ? AND ? AND "row" BETWEEN ? AND ?`,
          [...runs, ...rows],
        );
        // Not to be interrupted: what is half compressed could not be read.
        await aside.all('CHECKPOINT held');
      }
    } catch (error) {
      // Part of the rows would be taken for all of them.
      await aside.all(`DROP TABLE IF EXISTS held."${name}"`).catch(() => undefined);
      throw error;
    } finally {
      copying.close();
      aside.close();
    }
  }
}

async function batchesOf(db: Database, most: number): Promise<Batch[]> {
  const runs = await db.all(
    `SELECT "runIndex", count(*)::INTEGER AS "rows", max("row")::INTEGER AS "last" FROM items
     GROUP BY "runIndex" ORDER BY "runIndex"`,
  );
  const batches: Batch[] = [];
  let room = 0;
  for (const { runIndex, rows, last } of runs) {
    const [run, count, end] = [Number(runIndex), Number(rows), Number(last)];
    const before = batches.at(-1);
    if (before !== undefined && count <= room) {
      batches[batches.length - 1] = { runs: [before.runs[0], run], rows: [0, Math.max(before.rows[1], end)] };
      room -= count;
    } else if (count <= most) {
      batches.push({ runs: [run, run], rows: [0, end] });
      room = most - count;
    } else {
      for (let first = 0; first <= end; first += most) {
        batches.push({ runs: [run, run], rows: [first, first + most - 1] });
      }
      room = 0;
    }
  }
  return batches;
}
