import { FETCHED_AT_ONCE, type Database, type SqlRow } from './database.js';

/** Names one row in the database. */
export interface Place {
  readonly runIndex: number;
  readonly row: number;
}

/**
 * The given columns (SQL of our own making, as `source` is) of the given rows, in their order. Asked by run and row number, by which Parquet
 * files skip what they need not read: a join would read every text of every row.
 */
export function fetchRows(
  db: Database,
  places: readonly Place[],
  columns: string,
  source = 'classified',
): Promise<SqlRow[]> {
  return inOrder(places, Infinity, (among, values) =>
    db.all(`SELECT ${columns} FROM ${source} WHERE ${among}`, values),
  );
}

/**
 * The same from a table in memory. Its rows are found in the narrow columns that name them; only then is anything else of them
 * unpacked.
 */
export function fetchHeldRows(
  db: Database,
  table: string,
  places: readonly Place[],
  columns: string,
): Promise<SqlRow[]> {
  return inOrder(places, FETCHED_AT_ONCE, (among, values) =>
    db.all(`SELECT ${columns} FROM ${table} WHERE rowid IN (SELECT rowid FROM ${table} WHERE ${among})`, values),
  );
}

/** Asks for rows run by run, at most so many at once, and puts what is found into the order of the places. */
async function inOrder(
  places: readonly Place[],
  most: number,
  ask: (among: string, values: number[]) => Promise<SqlRow[]>,
): Promise<SqlRow[]> {
  const byRun = new Map<number, number[]>();
  for (const { runIndex, row } of places) {
    const rows = byRun.get(runIndex);
    if (rows === undefined) byRun.set(runIndex, [row]);
    else rows.push(row);
  }
  const found = new Map<string, SqlRow>();
  for (const [runIndex, unordered] of byRun) {
    // Rows that stand near each other are asked for together, so that each question looks through a part of the table.
    const all = [...unordered].sort((one, other) => one - other);
    for (let at = 0; at < all.length; at += most) {
      const rows = all.slice(at, at + most);
      const [first = 0, last = first] = [rows[0], rows.at(-1)];
      const among = `"runIndex" = ? AND "row" BETWEEN ? AND ? AND "row" IN (${rows.map(() => '?').join(', ')})`;
      for (const row of await ask(among, [runIndex, first, last, ...rows]))
        found.set(`${runIndex}:${String(row['row'])}`, row);
    }
  }
  return places.flatMap(({ runIndex, row }) => {
    const one = found.get(`${runIndex}:${row}`);
    return one === undefined ? [] : [one];
  });
}

/** The rows of a table (runIndex, row) from a position to before another. */
export async function placesIn(db: Database, table: string, start: number, end: number): Promise<Place[]> {
  const rows = await db.all(`SELECT "runIndex", "row" FROM "${table}" WHERE rowid >= ? AND rowid < ? ORDER BY rowid`, [
    start,
    end,
  ]);
  return rows.map((row) => ({ runIndex: Number(row['runIndex']), row: Number(row['row']) }));
}

/** So many rows are sorted at a time where all of a list are read with their texts. */
const ROWS_AT_ONCE = 50_000;

/**
 * Everything about the rows of a table (runIndex, row), in its order, some at a time. Takes one pass over the shards for each
 * 50,000 rows of the list, and less where these stand together.
 */
export async function* wholeRows(
  db: Database,
  table: string,
  view: 'classified' | 'annotated' = 'classified',
): AsyncGenerator<SqlRow[]> {
  for (let start = 0; ; start += ROWS_AT_ONCE) {
    const part = `(SELECT rowid AS "position", "runIndex", "row" FROM "${table}" WHERE rowid >= ${start} AND rowid < ${start + ROWS_AT_ONCE})`;
    const [span] = await db.all(
      `SELECT count(*)::INTEGER AS "count", min("runIndex") AS "firstRun", max("runIndex") AS "lastRun",
         min("row") AS "first", max("row") AS "last" FROM ${part}`,
    );
    if (Number(span?.['count']) === 0) return;
    const bounds = ['firstRun', 'lastRun', 'first', 'last'].map((name) => Number(span?.[name]));
    yield* db.some(
      `SELECT c.* FROM ${view} c JOIN ${part} l ON c."runIndex" = l."runIndex" AND c."row" = l."row"
       WHERE c."runIndex" BETWEEN ? AND ? AND c."row" BETWEEN ? AND ? ORDER BY l."position"`,
      bounds,
    );
  }
}

/** The item ids of the rows of a table (runIndex, row), in its order. */
export async function itemsOf(db: Database, table: string): Promise<string[]> {
  const rows = await db.all(
    `SELECT i."item" FROM (SELECT rowid AS "position", "runIndex", "row" FROM "${table}") p
     JOIN items i ON i."runIndex" = p."runIndex" AND i."row" = p."row" ORDER BY p."position"`,
  );
  return rows.map((row) => String(row['item']));
}
