import type { AnswerStatus } from '../model.js';
import type { Database } from './database.js';
import { compileField, compileFilter, type Filter } from './filters.js';

export interface RunCounts {
  readonly items: number;
  readonly noGold: number;
  readonly correct: number;
  readonly parsed: number;
  readonly storedKnown: number;
  readonly storedCorrect: number;
  readonly storedDiffers: number;
  readonly flags: Readonly<Record<string, number>>;
  readonly unparsedByReason: Readonly<Partial<Record<AnswerStatus, number>>>;
}

/** Units of one run that look alike: how many samples or rotations, how many right, how many options. */
export interface UnitGroup {
  readonly units: number;
  /** Items of each such unit (samples, rotations; 1 where an item is its own unit). */
  readonly size: number;
  readonly correct: number;
  /** Items whose answer could be read. */
  readonly parsed: number;
  readonly sampled: boolean;
  /** Options of the unit's items, where all have the same number and it is known; null elsewhere. */
  readonly options: number | null;
}

export interface GroupUnits extends UnitGroup {
  /** Value of the field that was grouped by; null where rows have none. */
  readonly group: string | null;
}

const NUMBER = (value: unknown): number => Number(value ?? 0);

/** Item counts of every run, by run index. */
export async function countRuns(db: Database): Promise<Map<number, RunCounts>> {
  const counts = await db.all(
    `SELECT "runIndex", count(*) AS "items", count(*) FILTER ("correct" IS NULL) AS "noGold",
       count(*) FILTER ("correct") AS "correct", count(*) FILTER ("status" = 'parsed') AS "parsed",
       count("storedCorrect") AS "storedKnown", count(*) FILTER ("storedCorrect") AS "storedCorrect",
       count(*) FILTER ("storedCorrect" <> "correct") AS "storedDiffers"
     FROM items GROUP BY "runIndex"`,
  );
  const reasons = await tally(db, `SELECT "runIndex", "status" AS "name" FROM items WHERE "status" <> 'parsed'`);
  const flags = await tally(db, `SELECT "runIndex", unnest("flags") AS "name" FROM items WHERE len("flags") > 0`);
  return new Map(
    counts.map((row) => {
      const run = NUMBER(row['runIndex']);
      return [
        run,
        {
          items: NUMBER(row['items']),
          noGold: NUMBER(row['noGold']),
          correct: NUMBER(row['correct']),
          parsed: NUMBER(row['parsed']),
          storedKnown: NUMBER(row['storedKnown']),
          storedCorrect: NUMBER(row['storedCorrect']),
          storedDiffers: NUMBER(row['storedDiffers']),
          unparsedByReason: reasons.get(run) ?? {},
          flags: flags.get(run) ?? {},
        },
      ];
    }),
  );
}

async function tally(db: Database, source: string): Promise<Map<number, Record<string, number>>> {
  const rows = await db.all(
    `SELECT "runIndex", "name", count(*) AS "count" FROM (${source}) GROUP BY ALL ORDER BY "runIndex", "count" DESC, "name"`,
  );
  const byRun = new Map<number, Record<string, number>>();
  for (const row of rows) {
    const run = NUMBER(row['runIndex']);
    byRun.set(run, { ...byRun.get(run), [String(row['name'])]: NUMBER(row['count']) });
  }
  return byRun;
}

/** How far the rows of a run, whose items are numbered by rows, state ids of their own. */
export interface StatedIds {
  /** Rows that state an id. */
  readonly stated: number;
  /** Ids that several rows state, and one of them; null where there is none. */
  readonly repeated: number;
  readonly example: string | null;
}

/** What the rows of the given runs state as ids, for each run of which some row states one. Samples of one id do not repeat it. */
export async function countStatedIds(db: Database, runs: readonly number[]): Promise<Map<number, StatedIds>> {
  if (runs.length === 0) return new Map();
  const rows = await db.all(
    `SELECT "runIndex", CAST(sum("rows") AS BIGINT) AS "stated", count(*) FILTER ("rows" > 1) AS "repeated",
       arg_min("id", "first") FILTER ("rows" > 1) AS "example"
     FROM (SELECT "runIndex", "id", "sample", count(*) AS "rows", min("row") AS "first" FROM items
           WHERE "id" IS NOT NULL AND "runIndex" IN (${runs.map(() => '?').join(', ')})
           GROUP BY "runIndex", "id", "sample")
     GROUP BY "runIndex"`,
    [...runs],
  );
  return new Map(
    rows.map((row) => [
      NUMBER(row['runIndex']),
      {
        stated: NUMBER(row['stated']),
        repeated: NUMBER(row['repeated']),
        example: row['example'] as string | null,
      },
    ]),
  );
}

/**
 * Units with gold, gathered into groups of like ones, per run and per value of a field (null: not grouped). A unit is
 * what is scored once: a circular group, the samples of one question, or a single item.
 */
export async function countUnits(
  db: Database,
  field: string | null,
  filter: Filter | null = null,
): Promise<Map<number, GroupUnits[]>> {
  const by = field === null ? { sql: 'NULL', values: [] } : compileField(field);
  const where = compileFilter(filter);
  const rows = await db.all(
    `WITH graded AS (
       SELECT "runIndex", coalesce("unit", '#' || "row") AS "unit", "row", "sample", "correct", "status",
         CASE WHEN "kind" = 'yes-no' THEN 2 ELSE len("options") END AS "options", CAST(${by.sql} AS VARCHAR) AS "group"
       FROM classified WHERE "correct" IS NOT NULL AND (${where.sql})),
     units AS (
       SELECT "runIndex", "unit", arg_min("group", "row") AS "group", count(*) AS "size", count(*) FILTER ("correct") AS "right",
         count(*) FILTER ("status" = 'parsed') AS "parsed",
         bool_or("sample" IS NOT NULL) AS "sampled",
         CASE WHEN min("options") = max("options") AND min("options") > 0 THEN min("options") END AS "options"
       FROM graded GROUP BY "runIndex", "unit")
     SELECT "runIndex", "group", "size", "right", "parsed", "sampled", "options", count(*) AS "units"
     FROM units GROUP BY ALL ORDER BY "runIndex", "group", "size", "right", "parsed", "options", "sampled"`,
    [...by.values, ...where.values],
  );
  const byRun = new Map<number, GroupUnits[]>();
  for (const row of rows) {
    const run = NUMBER(row['runIndex']);
    const group = {
      group: row['group'] as string | null,
      units: NUMBER(row['units']),
      size: NUMBER(row['size']),
      correct: NUMBER(row['right']),
      parsed: NUMBER(row['parsed']),
      sampled: row['sampled'] === true,
      options: row['options'] === null ? null : NUMBER(row['options']),
    };
    const list = byRun.get(run);
    if (list === undefined) byRun.set(run, [group]);
    else list.push(group);
  }
  return byRun;
}
