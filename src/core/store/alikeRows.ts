import type { Database } from './database.js';
import { ITEM_KEY_SQL } from './lensKey.js';

/**
 * Rows counted by all that their class and its expectation depend on, under any lens, in two temporary tables of one connection. A
 * million rows have some hundred such groups, so that a question about classes reads the rows no more. Columns of "alike":
 * "runIndex"; "itemKey" and "answerKey" (lensKey.ts), and of the former "convention", as its place; "wrongDirections"; "correct";
 * "status"; "eligible" and "directional", as below; "count", the rows. "eligible_alike" counts the eligible rows alone, by the same
 * and by "cluster", or "alone", the row, where it has none. Close it when done.
 */
export class AlikeRows {
  private constructor(readonly db: Database) {}

  static async of(db: Database): Promise<AlikeRows> {
    await db.all(
      `CREATE OR REPLACE TEMP TABLE "alike" AS
       SELECT *, ${ITEM_KEY_SQL.convention} AS "convention", (${DIRECTIONAL}) AS "directional", (${ELIGIBLE}) AS "eligible"
       FROM (SELECT "runIndex", ${KEYS}, "correct", "status", count(*) AS "count" FROM items GROUP BY ALL)`,
    );
    // Rows with a cluster and rows without are gathered apart: one expression for both would take a third longer.
    const eligible = (cluster: string, alone: string, which: string): string =>
      `SELECT "runIndex", ${cluster} AS "cluster", ${alone} AS "alone", ${KEYS}, count(*) AS "count"
       FROM items WHERE ${ELIGIBLE} AND "cluster" ${which} GROUP BY ALL`;
    await db.all(
      `CREATE OR REPLACE TEMP TABLE "eligible_alike" AS
       SELECT *, ${ITEM_KEY_SQL.convention} AS "convention" FROM (
         ${eligible('"cluster"', 'NULL::INTEGER', 'IS NOT NULL')} UNION ALL ${eligible('NULL', '"row"', 'IS NULL')})`,
    );
    return new AlikeRows(db);
  }

  async close(): Promise<void> {
    for (const table of ['alike', 'eligible_alike']) await this.db.all(`DROP TABLE IF EXISTS "${table}"`);
  }
}

const KEYS = `"itemKey", "answerKey", "wrongDirections"`;

/** The condition under which an item can have an expectation: a directional gold and two or more known options, not yes/no. */
const DIRECTIONAL = `"wrongDirections" <> '' AND ${ITEM_KEY_SQL.isDirectional} AND NOT ${ITEM_KEY_SQL.isYesNo} AND "correct" IS NOT NULL`;
const ELIGIBLE = `${DIRECTIONAL} AND "correct" = FALSE AND "status" = 'parsed'`;
