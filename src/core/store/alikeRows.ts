import type { Database } from './database.js';
import { ITEM_KEY_SQL } from './lensKey.js';

/**
 * Rows counted by all that their class and its expectation depend on, under any lens: the temporary table "alike" of one
 * connection. A million rows have some ten thousand such groups, so that a question about classes reads the rows no more.
 * Columns: "runIndex"; "cluster", and "alone", the row, where it has no cluster; "itemKey" and "answerKey" (lensKey.ts), and of the
 * former "convention", as its place; "wrongDirections"; "correct"; "status"; "eligible" and "directional", as below; "count", the rows. Close it when done.
 */
export class AlikeRows {
  private constructor(readonly db: Database) {}

  static async of(db: Database): Promise<AlikeRows> {
    // Rows with a cluster and rows without are gathered apart: one expression for both would take a third longer.
    await db.all(
      `CREATE OR REPLACE TEMP TABLE "alike" AS
       SELECT *, ${ITEM_KEY_SQL.convention} AS "convention", (${DIRECTIONAL}) AS "directional",
         (${DIRECTIONAL} AND "correct" = FALSE AND "status" = 'parsed') AS "eligible"
       FROM (
         SELECT "runIndex", "cluster", NULL::INTEGER AS "alone", ${GATHERED} FROM items WHERE "cluster" IS NOT NULL GROUP BY ALL
         UNION ALL
         SELECT "runIndex", NULL, "row", ${GATHERED} FROM items WHERE "cluster" IS NULL GROUP BY ALL)`,
    );
    return new AlikeRows(db);
  }

  async close(): Promise<void> {
    await this.db.all(`DROP TABLE IF EXISTS "alike"`);
  }
}

const GATHERED = `"itemKey", "answerKey", "wrongDirections", "correct", "status", count(*) AS "count"`;

/** The condition under which an item can have an expectation: a directional gold and two or more known options, not yes/no. */
const DIRECTIONAL = `"wrongDirections" <> '' AND ${ITEM_KEY_SQL.isDirectional} AND NOT ${ITEM_KEY_SQL.isYesNo} AND "correct" IS NOT NULL`;
