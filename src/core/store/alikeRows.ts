import type { Database } from './database.js';
import { ITEM_KEY_SQL } from './lensKey.js';

/** What is counted: rows one by one, or cells of them (chartCells.ts), where these are there. */
export interface AlikeSource {
  readonly from?: 'items' | 'cells';
  /** False: no interval is asked for, so that eligible rows are one cluster each run, whatever cluster they belong to. */
  readonly clusters?: boolean;
}

/**
 * Rows counted by all that their class and its expectation depend on, under any lens, in two temporary tables of one connection. A
 * million rows have some hundred such groups, so that a question about classes reads the rows no more. Columns of "alike":
 * "runIndex"; "itemKey" and "answerKey" (lensKey.ts), and of the former "convention", as its place; "wrongDirections"; "correct";
 * "status"; "eligible" and "directional", as below; "count", the rows. "eligible_alike" counts the eligible rows alone, by the same
 * and by "cluster", or "alone", the row, where it has none. Close it when done.
 */
export class AlikeRows {
  private constructor(readonly db: Database) {}

  static async of(db: Database, { from = 'items', clusters = true }: AlikeSource = {}): Promise<AlikeRows> {
    await db.all(
      `CREATE OR REPLACE TEMP TABLE "alike" AS
       SELECT *, ${ITEM_KEY_SQL.convention} AS "convention", (${DIRECTIONAL}) AS "directional", (${ELIGIBLE}) AS "eligible"
       FROM (SELECT "runIndex", ${KEYS}, "correct", ${COUNTED[from]} FROM ${from} GROUP BY ALL)`,
    );
    await db.all(`CREATE OR REPLACE TEMP TABLE "eligible_alike" AS ${clusters ? CLUSTERED : UNCLUSTERED}`);
    return new AlikeRows(db);
  }

  async close(): Promise<void> {
    for (const table of ['alike', 'eligible_alike']) await this.db.all(`DROP TABLE IF EXISTS "${table}"`);
  }
}

const KEYS = `"itemKey", "answerKey", "wrongDirections"`;

/** Why an answer could not be read stands in no cell: classes do not depend on it. */
const COUNTED = {
  items: `"status", count(*) AS "count"`,
  cells: `CASE WHEN "parsed" THEN 'parsed' ELSE 'not read' END AS "status", CAST(sum("count") AS BIGINT) AS "count"`,
} as const;

/** The condition under which an item can have an expectation: a directional gold and two or more known options, not yes/no. */
const DIRECTIONAL = `"wrongDirections" <> '' AND ${ITEM_KEY_SQL.isDirectional} AND NOT ${ITEM_KEY_SQL.isYesNo} AND "correct" IS NOT NULL`;
const ELIGIBLE = `${DIRECTIONAL} AND "correct" = FALSE AND "status" = 'parsed'`;

// Rows with a cluster and rows without are gathered apart: one expression for both would take a third longer.
const eligible = (cluster: string, alone: string, which: string): string =>
  `SELECT "runIndex", ${cluster} AS "cluster", ${alone} AS "alone", ${KEYS}, count(*) AS "count"
   FROM items WHERE ${ELIGIBLE} AND "cluster" ${which} GROUP BY ALL`;

const CLUSTERED = `SELECT *, ${ITEM_KEY_SQL.convention} AS "convention" FROM (
  ${eligible('"cluster"', 'NULL::INTEGER', 'IS NOT NULL')} UNION ALL ${eligible('NULL', '"row"', 'IS NULL')})`;
const UNCLUSTERED = `SELECT "runIndex", NULL::VARCHAR AS "cluster", 0 AS "alone", ${KEYS}, "count", "convention" FROM "alike" WHERE "eligible"`;
