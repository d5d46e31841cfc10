import { normalised } from './contentKey.js';
import { NO_DIRECTION_CODE } from '../relations/direction.js';
import type { Database } from './database.js';

/** The narrow facts of one row that comparing runs needs; keys are hashes of normalised texts. */
export interface CompareRow {
  readonly content: bigint | null;
  readonly optionsGold: bigint | null;
  readonly gold: bigint | null;
  readonly meaning: bigint | null;
  readonly images: bigint | null;
  readonly id: string | null;
  readonly row: number;
  /** The question that a sample (from 1) is of; the sample is null for a question's only answer. */
  readonly unit: string | null;
  readonly sample: number | null;
  readonly item: string;
  readonly correct: boolean | null;
  /** Class of an error, its reading status where it could not be read, or 'correct'. */
  readonly outcome: string;
  readonly task: string | null;
  readonly cluster: string;
  readonly goldDirection: number;
}

/** The rows of one run, in file order, with their join keys. */
export async function compareRows(db: Database, run: number): Promise<CompareRow[]> {
  const options = normalised(`array_to_string("options", chr(31))`);
  const rows = await db.all(
    `SELECT "contentKey" AS "content",
       CASE WHEN len("options") > 0 AND "gold" IS NOT NULL AND NOT ("kind" = 'yes-no' AND "question" IS NOT NULL) THEN hash(${options}, ${normalised('"gold"')}) END AS "optionsGold",
       CASE WHEN "gold" IS NOT NULL THEN hash(${normalised('"gold"')}) END AS "gold",
       CASE WHEN "question" IS NOT NULL AND "goldDirection" <> ${NO_DIRECTION_CODE} AND "wrongDirections" <> ''
         THEN hash(${normalised('"question"')}, "goldDirection", "wrongDirections") END AS "meaning",
       CASE WHEN len("images") > 0 THEN hash(list_transform("images", lambda image: regexp_extract(image, '[^/\\\\]*$'))) END AS "images",
       "id", "row", "unit", "sample", "item", "correct", "task", coalesce("cluster", '#' || "row") AS "cluster", "goldDirection",
       CASE WHEN "correct" THEN 'correct' WHEN "class" IS NOT NULL THEN "class" ELSE "status" END AS "outcome"
     FROM classified WHERE "runIndex" = ? ORDER BY "row"`,
    [run],
  );
  return rows as unknown as CompareRow[];
}

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
