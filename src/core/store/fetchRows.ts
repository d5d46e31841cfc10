import type { Database, SqlRow } from './database.js';

/** Names one row in the database. */
export interface Place {
  readonly runIndex: number;
  readonly row: number;
}

/**
 * The given columns (SQL of our own making) of the given rows, in their order. Asked by run and row number, by which Parquet
 * files skip what they need not read: a join would read every text of every row.
 */
export async function fetchRows(db: Database, places: readonly Place[], columns: string): Promise<SqlRow[]> {
  const byRun = new Map<number, number[]>();
  for (const { runIndex, row } of places) {
    const rows = byRun.get(runIndex);
    if (rows === undefined) byRun.set(runIndex, [row]);
    else rows.push(row);
  }
  const found = new Map<string, SqlRow>();
  for (const [runIndex, rows] of byRun) {
    const [first, last] = rows.reduce(([low, high], row) => [Math.min(low, row), Math.max(high, row)], [Infinity, 0]);
    const part = await db.all(
      `SELECT ${columns} FROM classified
       WHERE "runIndex" = ? AND "row" BETWEEN ? AND ? AND "row" IN (${rows.map(() => '?').join(', ')})`,
      [runIndex, first, last, ...rows],
    );
    for (const row of part) found.set(`${runIndex}:${String(row['row'])}`, row);
  }
  return places.flatMap(({ runIndex, row }) => {
    const one = found.get(`${runIndex}:${row}`);
    return one === undefined ? [] : [one];
  });
}
