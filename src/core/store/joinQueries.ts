import type { Database } from './database.js';

/** Content key of one row and the rows of other runs that share it: the same item elsewhere. */
export async function sameContent(
  db: Database,
  run: number,
  row: number,
): Promise<{ runIndex: number; row: number }[]> {
  const rows = await db.all(
    `SELECT "runIndex", "row" FROM items
     WHERE "contentKey" = (SELECT "contentKey" FROM items WHERE "runIndex" = ? AND "row" = ?) AND "runIndex" <> ?
     ORDER BY "runIndex", "row"`,
    [run, row, run],
  );
  return rows.map((each) => ({ runIndex: Number(each['runIndex']), row: Number(each['row']) }));
}
