import type { AnswerStatus } from '../model.js';
import type { AlikeRows } from './alikeRows.js';
import { viewFor, type Database, type SqlRow } from './database.js';
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
export async function countRuns({ db }: AlikeRows): Promise<Map<number, RunCounts>> {
  const counts = await db.all(
    `SELECT "runIndex", sum("count") AS "items", sum("count") FILTER ("correct" IS NULL) AS "noGold",
       sum("count") FILTER ("correct") AS "correct", sum("count") FILTER ("status" = 'parsed') AS "parsed"
     FROM "alike" GROUP BY "runIndex"`,
  );
  const stored = await db.allOf(
    'storedCorrect',
    `SELECT "runIndex", count(*) AS "known", count(*) FILTER ("storedCorrect") AS "correct",
       count(*) FILTER ("storedCorrect" <> "correct") AS "differs"
     FROM items WHERE "storedCorrect" IS NOT NULL GROUP BY "runIndex"`,
  );
  const storedOf = new Map(stored.map((row) => [NUMBER(row['runIndex']), row]));
  const reasons = tallied(
    await db.all(
      ordered(
        `SELECT "runIndex", "status" AS "name", sum("count") AS "count" FROM "alike" WHERE "status" <> 'parsed' GROUP BY ALL`,
      ),
    ),
  );
  const flags = tallied(
    await db.allOf(
      'flags',
      ordered(`SELECT "runIndex", "name", count(*) AS "count"
       FROM (SELECT "runIndex", unnest("flags") AS "name" FROM items WHERE len("flags") > 0) GROUP BY ALL`),
    ),
  );
  return new Map(
    counts.map((row) => {
      const run = NUMBER(row['runIndex']);
      const own = storedOf.get(run);
      return [
        run,
        {
          items: NUMBER(row['items']),
          noGold: NUMBER(row['noGold']),
          correct: NUMBER(row['correct']),
          parsed: NUMBER(row['parsed']),
          storedKnown: NUMBER(own?.['known']),
          storedCorrect: NUMBER(own?.['correct']),
          storedDiffers: NUMBER(own?.['differs']),
          unparsedByReason: reasons.get(run) ?? {},
          flags: flags.get(run) ?? {},
        },
      ];
    }),
  );
}

/** SQL that gives "runIndex", "name" and "count", with the most frequent names first. */
function ordered(counts: string): string {
  return `SELECT * FROM (${counts}) ORDER BY "runIndex", "count" DESC, "name"`;
}

function tallied(rows: readonly SqlRow[]): Map<number, Record<string, number>> {
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
 * what is scored once: a circular group, the samples of one question, or a single item. One that spans several values of
 * the field counts under the first row's. `from`: where rows that are units of their own are counted, all one by one or in the
 * cells of this connection (chartCells.ts), which have the field.
 */
export async function countUnits(
  db: Database,
  field: string | null,
  filter: Filter | null = null,
  from: 'rows' | 'cells' = 'rows',
): Promise<Map<number, GroupUnits[]>> {
  const by = field === null ? { sql: 'NULL', values: [] } : compileField(field);
  const where = compileFilter(filter);
  const graded = (columns: string, which: string): string =>
    `SELECT "runIndex", "sample" IS NOT NULL AS "sampled", "correct", "status" = 'parsed' AS "parsed",
       "optionCount" AS "options", ${by.sql} AS "by", ${columns}
     FROM ${viewFor(by.sql, where.sql)} WHERE "correct" IS NOT NULL AND "unit" ${which} AND (${where.sql})`;
  const inCells = `SELECT "runIndex", "sampled", "correct", "parsed", "optionCount" AS "options", ${by.sql} AS "by", sum("count") AS "units"
     FROM cells WHERE "correct" IS NOT NULL AND NOT "ofUnit" AND (${where.sql})`;
  // A scan of all rows for their units is left out where no row has one.
  const together = (await db.mayHold('unit')) ? 'IS NOT NULL' : 'IS NOT NULL AND FALSE';
  const rows = await db.all(
    `WITH units AS (
       SELECT "runIndex", CAST(arg_min("by", "row") AS VARCHAR) AS "group", count(*) AS "size", count(*) FILTER ("correct") AS "right",
         count(*) FILTER ("parsed") AS "parsed", bool_or("sampled") AS "sampled",
         CASE WHEN min("options") = max("options") AND min("options") > 0 THEN min("options") END AS "options"
       FROM (${graded('"unit", "row"', together)}) GROUP BY "runIndex", "unit"),
     -- Rows that are units of their own, often a million of them: counted as they are, without looking for others of their unit.
     alone AS (${from === 'cells' ? inCells : graded('count(*) AS "units"', 'IS NULL')} GROUP BY ALL),
     counted AS (
       SELECT *, 1 AS "units" FROM units UNION ALL
       SELECT "runIndex", CAST("by" AS VARCHAR), 1, "correct"::INTEGER, "parsed"::INTEGER, "sampled", nullif("options", 0), "units" FROM alone)
     SELECT "runIndex", "group", "size", "right", "parsed", "sampled", "options", sum("units") AS "units"
     FROM counted GROUP BY ALL ORDER BY "runIndex", "group", "size", "right", "parsed", "options", "sampled"`,
    [...by.values, ...where.values, ...by.values, ...where.values],
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

/** The same units without regard to the field that they are grouped by, in the order of their numbers. */
export function ungrouped(groups: readonly GroupUnits[]): UnitGroup[] {
  const alike = new Map<string, UnitGroup>();
  for (const { units, size, correct, parsed, sampled, options } of groups) {
    const key = [size, correct, parsed, sampled, options].join();
    alike.set(key, { units: units + (alike.get(key)?.units ?? 0), size, correct, parsed, sampled, options });
  }
  const numbers = ({ size, correct, parsed, options, sampled }: UnitGroup): number[] => [
    ...[size, correct, parsed, options ?? Infinity, Number(sampled)],
  ];
  return [...alike.values()].sort((one, other) => {
    const [a, b] = [numbers(one), numbers(other)];
    const at = a.findIndex((value, place) => value !== b[place]);
    return at < 0 ? 0 : (a[at] ?? 0) - (b[at] ?? 0);
  });
}
