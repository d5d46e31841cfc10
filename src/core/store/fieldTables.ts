import type { Filter } from '../model.js';
import type { Database } from './database.js';
import { compileField, compileFilter, fieldsOf, mixedOrder, OWN_FIELDS } from './filters.js';

/** How a row ended in its own run and in the others that hold the same item. */
const AGREEMENT = `CASE
  WHEN "runs" = 1 THEN 'in this run only'
  WHEN "wrong" = 0 THEN 'right in every run'
  WHEN "wrong" = "rows" AND "answers" = 1 THEN 'the same wrong answer in every run'
  WHEN "wrong" = "rows" THEN 'wrong in every run'
  WHEN "correct" THEN 'right here, wrong elsewhere'
  ELSE 'wrong here, right elsewhere' END`;

const MOST_TABLES = 24;

/**
 * Values and sets of rows that are dear to look up and asked for again and again while somebody filters: each is kept as a
 * table in memory, keyed by what it was made of. The least recently used ones are dropped.
 */
export class FieldTables {
  private next = 1;
  /** Key → name of the table, least recently used first. */
  private readonly tables = new Map<string, Promise<string>>();

  constructor(private readonly db: Database) {}

  /** The field of this kind that a condition is about, or null. */
  static ownFieldOf(filter: Filter): string | null {
    return fieldsOf(filter).find((name) => OWN_FIELDS.has(name)) ?? null;
  }

  /** A table (runIndex, row, value) of the rows that have a value of the field. */
  table(field: string): Promise<string> {
    return this.keep(`field ${field}`, async (name) => {
      if (field === 'agreement') return this.agreement(name);
      const { sql, values } = compileField(field);
      await this.db.all(
        `CREATE TABLE "${name}" AS SELECT "runIndex", "row", ${sql} AS "value" FROM classified WHERE ${sql} IS NOT NULL`,
        [...values, ...values],
      );
    });
  }

  /** A table (runIndex, row, value) of the same rows, the value being the place of theirs among all: for texts that may be numbers. */
  async order(field: string, descending: boolean): Promise<string> {
    const held = await this.table(field);
    return this.keep(`order ${descending ? '-' : ''}${field}`, async (name) => {
      const { sql } = mixedOrder({ sql: '"value"', values: [] }, descending);
      await this.db.all(
        `CREATE TABLE "${name}" AS SELECT "runIndex", "row", dense_rank() OVER (ORDER BY ${sql})::INTEGER AS "value" FROM "${held}"`,
      );
    });
  }

  /** A table (runIndex, row) of the rows that a condition keeps; `from`: the table of the agreement, where it is about that. */
  matching(filter: Filter, from: string | null = null): Promise<string> {
    return this.keep(`rows ${JSON.stringify(filter)}`, async (name) => {
      const where = compileFilter(filter);
      const source =
        from === null
          ? 'classified'
          : `(SELECT c.*, f."value" AS "agreement" FROM classified c LEFT JOIN "${from}" f ON c."runIndex" = f."runIndex" AND c."row" = f."row")`;
      await this.db.all(
        `CREATE TABLE "${name}" AS SELECT "runIndex", "row" FROM ${source} WHERE ${where.sql}`,
        where.values,
      );
    });
  }

  /** A table (runIndex, row) of the rows with one of the ids; the ids themselves stand in a table with `_asked` behind its name. */
  ids(ids: readonly string[]): Promise<string> {
    const distinct = [...new Set(ids)];
    return this.keep(`ids ${JSON.stringify(distinct)}`, async (name) => {
      await this.db.table(
        `${name}_asked`,
        { value: 'VARCHAR' },
        distinct.map((value) => ({ value })),
      );
      await this.db.all(
        `CREATE TABLE "${name}" AS SELECT "runIndex", "row" FROM items WHERE "item" IN (SELECT "value" FROM "${name}_asked")`,
      );
    });
  }

  private async agreement(name: string): Promise<void> {
    await this.db.all(
      `CREATE TABLE "${name}" AS
       WITH keyed AS (
         SELECT "runIndex", "row", "contentKey", "correct", coalesce(lower("predicted"), '') AS "answer" FROM items
         WHERE "contentKey" IS NOT NULL AND "correct" IS NOT NULL),
       together AS (
         SELECT "contentKey", count(DISTINCT "runIndex") AS "runs", count(*) AS "rows",
           count(*) FILTER (NOT "correct") AS "wrong", count(DISTINCT "answer") AS "answers"
         FROM keyed GROUP BY "contentKey")
       SELECT k."runIndex", k."row", ${AGREEMENT} AS "value" FROM keyed k JOIN together USING ("contentKey")`,
    );
  }

  private keep(key: string, make: (name: string) => Promise<void>): Promise<string> {
    const known = this.tables.get(key);
    this.tables.delete(key);
    const table = known ?? this.make(make);
    this.tables.set(key, table);
    // A failure is not remembered: the next one to ask tries again.
    table.catch(() => this.tables.delete(key));
    this.drop();
    return table;
  }

  private async make(fill: (name: string) => Promise<void>): Promise<string> {
    const name = `kept_${this.next++}`;
    await fill(name);
    return name;
  }

  private drop(): void {
    for (const [key, table] of [...this.tables].slice(0, Math.max(0, this.tables.size - MOST_TABLES))) {
      this.tables.delete(key);
      void table.then(
        (name) =>
          this.db.all(`DROP TABLE IF EXISTS "${name}"`).then(() => this.db.all(`DROP TABLE IF EXISTS "${name}_asked"`)),
        () => undefined,
      );
    }
  }
}
