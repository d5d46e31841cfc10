import type { Database } from './database.js';
import { compileFilter, fieldsOf, hasCompared, hasSearch, type Filter } from './filters.js';
import { CONVENTIONS, FRAMES, KINDS } from './lensKey.js';

/** More of them would be no shorter than the rows: some column has another value in every row. */
const MOST = 1_000_000;
const TABLE = 'memory.main."chart_cells"';
/** What filters may be about, that are put to cells instead of to rows. */
const COVERED: ReadonlySet<string> = new Set([...['task', 'relation', 'kind', 'frame', 'convention', 'goldDirection']]);

/**
 * The rows of all runs, counted by everything that charts ask of every row: some thousand cells of a million rows, and kept as long as
 * the database is open, since shards never change. A connection that has asked for them (`open`) has a table "cells" of its own:
 * "runIndex"; "itemKey" and "answerKey" (lensKey.ts), and what stands in these, "kind", "frame", "convention", "goldDirection" and
 * "predictedDirection", the latter null where no answer could be read; "wrongDirections", "optionCount", "task", "relation", "correct";
 * "parsed", an answer could be read; "sampled" and "ofUnit", the row has a sample or a unit; "count", the rows.
 */
export class ChartCells {
  private made: Promise<boolean> | null = null;

  constructor(private readonly db: Database) {}

  /** Whether what a filter keeps can be told from cells. */
  static cover(filter: Filter | null): boolean {
    if (filter === null) return true;
    return !hasSearch(filter) && !hasCompared(filter) && fieldsOf(filter).every((field) => COVERED.has(field));
  }

  /** Counts them, for the first who asks; false where there would be too many. */
  ready(): Promise<boolean> {
    this.made ??= this.make().catch((error: unknown) => {
      this.made = null;
      throw error;
    });
    return this.made;
  }

  /** Gives this connection the table "cells" of those that a filter keeps. Call `ready` before, and `cover`. */
  async open(db: Database, filter: Filter | null): Promise<void> {
    const { sql, values } = compileFilter(filter);
    await db.all(`CREATE OR REPLACE TEMP TABLE "cells" AS SELECT * FROM ${TABLE} WHERE ${sql}`, values);
  }

  /** The tasks that rows have, in order. Call `ready` before. */
  async tasks(): Promise<string[]> {
    const rows = await this.db.all(`SELECT DISTINCT "task" FROM ${TABLE} WHERE "task" IS NOT NULL ORDER BY "task"`);
    return rows.map((row) => String(row['task']));
  }

  /** In a connection of its own, to its end: whoever asked may have given up, and others ask soon. */
  private async make(): Promise<boolean> {
    const db = await this.db.another();
    try {
      // Of a column that is empty nothing is read.
      const held = async (column: string, sql: string, empty: string): Promise<string> =>
        (await db.mayHold(column)) ? sql : empty;
      const columns = [
        ...['"runIndex"', '"itemKey"', '"answerKey"', '"wrongDirections"', '"optionCount"', '"correct"'],
        `"status" = 'parsed' AS "parsed"`,
        await held('task', '"task"', 'NULL::VARCHAR AS "task"'),
        await held('relation', '"relation"', 'NULL::VARCHAR AS "relation"'),
        `${await held('sample', '"sample" IS NOT NULL', 'FALSE')} AS "sampled"`,
        `${await held('unit', '"unit" IS NOT NULL', 'FALSE')} AS "ofUnit"`,
      ];
      await db.all(
        `CREATE OR REPLACE TABLE ${TABLE} AS SELECT *, ${UNPACKED}
         FROM (SELECT ${columns.join(', ')}, count(*) AS "count" FROM items GROUP BY ALL LIMIT ${MOST + 1})`,
      );
      const [found] = await db.all(`SELECT count(*) AS "cells" FROM ${TABLE}`);
      if (Number(found?.['cells']) <= MOST) return true;
      await db.all(`DROP TABLE ${TABLE}`);
      return false;
    } finally {
      db.close();
    }
  }
}

/** The name at a place, counted from 0. */
function named(names: readonly string[], place: string): string {
  return `([${names.map((name) => `'${name}'`).join(', ')}])[${place} + 1]`;
}

/** As packItemKey and packAnswerKey have packed it. */
const UNPACKED = `${named(KINDS, '"itemKey" // 1024')} AS "kind", ${named(FRAMES, '("itemKey" // 4) % 8')} AS "frame",
  ${named(CONVENTIONS, '"itemKey" % 4')} AS "convention", CAST(("itemKey" // 32) % 32 AS TINYINT) AS "goldDirection",
  CAST("answerKey" // 9 AS TINYINT) AS "predictedDirection"`;
