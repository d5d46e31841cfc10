import { SHARE_PARTS } from '../metrics/opportunity.js';
import type { Axis, Sign } from '../model.js';
import { decodeDirection } from '../relations/direction.js';
import type { Database } from './database.js';
import { compileMetadata } from './filters.js';

/** Yes/no counts over items with gold; see metrics/yesNo. */
export interface YesNoTally {
  readonly tp: number;
  readonly fp: number;
  readonly tn: number;
  readonly fn: number;
  readonly unparsedYes: number;
  readonly unparsedNo: number;
}

const NUMBER = (value: unknown): number => Number(value ?? 0);

/** Yes/no items by gold and answer, per run; runs without yes/no items are absent. */
export async function countYesNo(db: Database): Promise<Map<number, YesNoTally>> {
  const rows = await db.allOf(
    'goldYes',
    `SELECT "runIndex", count(*) FILTER ("goldYes" AND "answeredYes") AS "tp",
       count(*) FILTER (NOT "goldYes" AND "answeredYes") AS "fp",
       count(*) FILTER (NOT "goldYes" AND NOT "answeredYes") AS "tn",
       count(*) FILTER ("goldYes" AND NOT "answeredYes") AS "fn",
       count(*) FILTER ("goldYes" AND "answeredYes" IS NULL) AS "unparsedYes",
       count(*) FILTER (NOT "goldYes" AND "answeredYes" IS NULL) AS "unparsedNo"
     FROM items WHERE "kind" = 'yes-no' AND "goldYes" IS NOT NULL AND "correct" IS NOT NULL GROUP BY "runIndex"`,
  );
  return new Map(
    rows.map((row) => [
      NUMBER(row['runIndex']),
      {
        tp: NUMBER(row['tp']),
        fp: NUMBER(row['fp']),
        tn: NUMBER(row['tn']),
        fn: NUMBER(row['fn']),
        unparsedYes: NUMBER(row['unparsedYes']),
        unparsedNo: NUMBER(row['unparsedNo']),
      },
    ]),
  );
}

export interface ContrastRow {
  readonly set: string;
  readonly axis: Axis | null;
  readonly sign: Sign;
  readonly correct: boolean;
}

/** Items of contrast sets (images that differ only in the relation), per run; runs without any are absent. */
export async function contrastRows(db: Database): Promise<Map<number, ContrastRow[]>> {
  const rows = await db.allOf(
    'contrastSet',
    `SELECT "runIndex", "contrastSet", "goldDirection", "correct" FROM items
     WHERE "contrastSet" IS NOT NULL AND "correct" IS NOT NULL ORDER BY "runIndex", "row"`,
  );
  const byRun = new Map<number, ContrastRow[]>();
  for (const row of rows) {
    const gold = decodeDirection(row['goldDirection'] as number);
    const axis = gold === null ? null : soleAxis(gold);
    const item = {
      set: String(row['contrastSet']),
      axis,
      sign: axis === null || gold === null ? (0 as const) : gold[axis],
      correct: row['correct'] === true,
    };
    const list = byRun.get(NUMBER(row['runIndex']));
    if (list === undefined) byRun.set(NUMBER(row['runIndex']), [item]);
    else list.push(item);
  }
  return byRun;
}

function soleAxis(direction: Readonly<Record<Axis, Sign>>): Axis | null {
  const named = (['lateral', 'depth', 'vertical'] as const).filter((axis) => direction[axis] !== 0);
  return named.length === 1 ? (named[0] ?? null) : null;
}

/** Items with gold of a run that state this confidence and are right, or wrong: how many. */
export interface ConfidenceCount {
  readonly confidence: number;
  readonly correct: boolean;
  readonly count: number;
}

/**
 * The confidences that items with gold state, by run, the highest first. A run whose items state one, but none of those with gold, has
 * an empty list.
 */
export async function confidences(db: Database): Promise<Map<number, ConfidenceCount[]>> {
  const columns = await db.columns(
    `SELECT "runIndex", "confidence", "correct", count(*)::INTEGER AS "count" FROM items
     WHERE "confidence" IS NOT NULL GROUP BY ALL ORDER BY "runIndex", "confidence" DESC, "correct"`,
  );
  const [runs = [], confidence = [], correct = [], count = []] = ['runIndex', 'confidence', 'correct', 'count'].map(
    (name) => columns[name] ?? [],
  );
  const byRun = new Map<number, ConfidenceCount[]>();
  for (const [at, run] of (runs as number[]).entries()) {
    const list = byRun.get(run) ?? [];
    byRun.set(run, list);
    if (correct[at] === null) continue;
    list.push({ confidence: confidence[at] as number, correct: correct[at] === true, count: count[at] as number });
  }
  return byRun;
}

/** The training step that the rows of a run state in a column `step`, by run; null where they state several. */
export async function statedSteps(db: Database): Promise<Map<number, string | null>> {
  const { sql, values } = compileMetadata('step');
  const rows = await db.all(
    `SELECT "runIndex", min("step") AS "least", max("step") AS "most"
     FROM (SELECT "runIndex", nullif(trim(${sql}), '') AS "step" FROM items) WHERE "step" IS NOT NULL GROUP BY "runIndex"`,
    values,
  );
  return new Map(rows.map(({ runIndex, least, most }) => [NUMBER(runIndex), least === most ? String(least) : null]));
}

export interface ObjectRow {
  readonly image: string;
  /** In lower case. */
  readonly object: string;
  /** As the data have it. */
  readonly written: string;
  readonly goldYes: boolean;
  readonly answeredYes: boolean;
}

/** "Is there an X in the image?" items (POPE), per run: those whose metadata name the object. */
export async function objectRows(db: Database): Promise<Map<number, ObjectRow[]>> {
  const rows = await db.allOf(
    'goldYes',
    `SELECT "runIndex", "images"[1] AS "image", json_extract_string("meta", '$.object') AS "written", lower("written") AS "object", "goldYes", "answeredYes"
     FROM items WHERE "kind" = 'yes-no' AND "goldYes" IS NOT NULL AND len("images") > 0
       AND json_extract_string("meta", '$.object') IS NOT NULL ORDER BY "runIndex", "row"`,
  );
  const byRun = new Map<number, ObjectRow[]>();
  for (const row of rows) {
    const item = {
      image: String(row['image']),
      object: String(row['object']),
      written: String(row['written']),
      goldYes: row['goldYes'] === true,
      answeredYes: row['answeredYes'] === true,
    };
    const list = byRun.get(NUMBER(row['runIndex']));
    if (list === undefined) byRun.set(NUMBER(row['runIndex']), [item]);
    else list.push(item);
  }
  return byRun;
}

export interface FrameSwapTally {
  readonly candidates: number;
  readonly observed: number;
  readonly expected: number;
}

/**
 * Errors whose image and objects are also asked in another frame: how many give that frame's answer, against chance.
 * Shares are added up in whole parts, so that the sum does not depend on the order of the rows.
 */
export async function countFrameSwaps(db: Database): Promise<Map<number, FrameSwapTally>> {
  const rows = await db.allOf(
    'frameSwapExpected',
    `SELECT "runIndex", count(*) AS "candidates", count(*) FILTER (list_contains("flags", 'frameSwap')) AS "observed",
       CAST(sum(CAST(round("frameSwapExpected" * ${SHARE_PARTS}) AS BIGINT)) AS DOUBLE) / ${SHARE_PARTS} AS "expected"
     FROM items WHERE "frameSwapExpected" IS NOT NULL GROUP BY "runIndex"`,
  );
  return new Map(
    rows.map((row) => [
      NUMBER(row['runIndex']),
      { candidates: NUMBER(row['candidates']), observed: NUMBER(row['observed']), expected: NUMBER(row['expected']) },
    ]),
  );
}

/** What clusters are in each run ("scene", "image", "item", "row"), with their number of distinct ones. */
export async function countClusters(db: Database): Promise<Map<number, Record<string, number>>> {
  const rows = await db.all(
    `SELECT "runIndex", CASE WHEN "cluster" IS NULL THEN 'row' ELSE split_part("cluster", ':', 1) END AS "kind",
       sum(CASE WHEN "cluster" IS NULL THEN "rows" ELSE 1 END) AS "count"
     FROM (SELECT "runIndex", "cluster", count(*) AS "rows" FROM items GROUP BY ALL) GROUP BY ALL ORDER BY "runIndex", "kind"`,
  );
  const byRun = new Map<number, Record<string, number>>();
  for (const row of rows) {
    const run = NUMBER(row['runIndex']);
    byRun.set(run, { ...byRun.get(run), [String(row['kind'])]: NUMBER(row['count']) });
  }
  return byRun;
}
