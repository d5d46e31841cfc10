import type { DepthConvention, Frame } from '../model.js';
import { angleBetween, decodeDirection, nameDirection, NO_DIRECTION_CODE } from '../relations/direction.js';
import { viewFor, type Database } from './database.js';
import type { Place } from './fetchRows.js';
import { compileFilter, type Filter } from './filters.js';

/** Answers of one run that name a direction, by the direction that is right: what "front" means is the same in all of them. */
export interface DirectionCount {
  readonly frame: Frame;
  readonly convention: DepthConvention;
  readonly gold: string;
  /** Null where the chosen option names none. */
  readonly predicted: string | null;
  /** From the right direction to the chosen one in the horizontal plane, in degrees, clockwise; null where one has no bearing. */
  readonly angle: number | null;
  readonly count: number;
}

/**
 * Read answers of items whose right answer is a direction, by run, frame, convention, gold and predicted direction. `from`: rows, or
 * the cells of this connection (chartCells.ts).
 */
export async function countDirections(
  db: Database,
  from: 'items' | 'cells' = 'items',
): Promise<Map<number, DirectionCount[]>> {
  const [count, isRead] = from === 'items' ? ['count(*)', `"status" = 'parsed'`] : ['sum("count")', '"parsed"'];
  const rows = await db.all(
    `SELECT "runIndex", "frame", "convention", "goldDirection", "predictedDirection", ${count}::INTEGER AS "count"
     FROM ${from} WHERE "goldDirection" <> ${NO_DIRECTION_CODE} AND "kind" <> 'yes-no' AND "correct" IS NOT NULL AND ${isRead}
     GROUP BY ALL ORDER BY "runIndex", "frame", "convention", "goldDirection", "predictedDirection"`,
  );
  const byRun = new Map<number, DirectionCount[]>();
  for (const row of rows) {
    const run = Number(row['runIndex']);
    const list = byRun.get(run) ?? [];
    byRun.set(run, list);
    const [gold, predicted] = [row['goldDirection'], row['predictedDirection']].map((code) =>
      decodeDirection(Number(code)),
    );
    list.push({
      frame: row['frame'] as Frame,
      convention: row['convention'] as DepthConvention,
      gold: nameDirection(gold ?? null) ?? '',
      predicted: nameDirection(predicted ?? null),
      angle: angleBetween(gold ?? null, predicted ?? null),
      count: Number(row['count']),
    });
  }
  return byRun;
}

/** How many rows a filter keeps, by run. */
export async function countKept(db: Database, filter: Filter | null): Promise<Map<number, number>> {
  const where = compileFilter(filter);
  // Counting all needs no column, and none that a lens gives.
  const view = filter === null ? 'items' : viewFor(where.sql);
  const rows = await db.all(
    `SELECT "runIndex", count(*)::INTEGER AS "count" FROM ${view} WHERE ${where.sql} GROUP BY "runIndex"`,
    where.values,
  );
  return new Map(rows.map((row) => [Number(row['runIndex']), Number(row['count'])]));
}

/** The same, of the cells of this connection. */
export async function countCells(db: Database): Promise<Map<number, number>> {
  const rows = await db.all(`SELECT "runIndex", sum("count")::INTEGER AS "count" FROM cells GROUP BY "runIndex"`);
  return new Map(rows.map((row) => [Number(row['runIndex']), Number(row['count'])]));
}

/** The rows at the given positions (from 0) among those that a filter keeps, in their own order. */
export async function placesAt(db: Database, filter: Filter, positions: readonly number[]): Promise<Place[]> {
  if (positions.length === 0) return [];
  const where = compileFilter(filter);
  const rows = await db.all(
    `SELECT "runIndex", "row" FROM (
       SELECT "runIndex", "row", row_number() OVER (ORDER BY "runIndex", "row") - 1 AS "at"
       FROM ${viewFor(where.sql, '"class"')} WHERE ${where.sql})
     WHERE "at" IN (${positions.map(() => '?').join(', ')}) ORDER BY "at"`,
    [...where.values, ...positions],
  );
  return rows.map((row) => ({ runIndex: Number(row['runIndex']), row: Number(row['row']) }));
}

/**
 * From now on this connection sees the rows alone that a filter keeps: `items`, `judged` and `classified` are views of its own
 * over those of the same names.
 */
export async function keepOnly(db: Database, filter: Filter): Promise<void> {
  const where = compileFilter(filter);
  await db.all(
    `CREATE OR REPLACE TEMP TABLE "kept_rows" AS SELECT "runIndex", "row" FROM ${viewFor(where.sql, '"class"')} WHERE ${where.sql}`,
    where.values,
  );
  for (const view of ['items', 'judged', 'classified', 'annotated']) {
    await db.all(
      `CREATE OR REPLACE TEMP VIEW "${view}" AS
       SELECT * FROM memory.main."${view}" WHERE ("runIndex", "row") IN (SELECT ("runIndex", "row") FROM "kept_rows")`,
    );
  }
}

/**
 * The same for conditions on columns of the rows themselves: the views carry them, so that no list of rows is made, and files are read
 * no further than the conditions need. What is compared with travels in variables.
 */
export async function keepWhere(db: Database, filter: Filter): Promise<void> {
  const { sql, values } = compileFilter(filter);
  const parts = sql.split('?');
  // A condition that says more than its columns and its values: as a list of rows.
  if (parts.length !== values.length + 1 || viewFor(sql) !== 'judged' || sql.includes('"outcome"')) {
    return keepOnly(db, filter);
  }
  for (const [at, value] of values.entries()) await db.all(`SET VARIABLE "kept_${at}" = (SELECT ?)`, [value]);
  const where = parts.reduce((text, part, at) => `${text}getvariable('kept_${at - 1}')${part}`);
  for (const view of ['items', 'judged', 'classified', 'annotated']) {
    await db.all(`CREATE OR REPLACE TEMP VIEW "${view}" AS SELECT * FROM memory.main."${view}" WHERE ${where}`);
  }
}

/** The version of the engine that counts. */
export async function engineVersion(db: Database): Promise<string> {
  const [row] = await db.all('SELECT version() AS "version"');
  return row?.['version'] as string;
}
