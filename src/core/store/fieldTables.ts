import type { Filter } from '../model.js';
import { viewFor, type Database } from './database.js';
import {
  ANNOTATION_FIELDS,
  compileField,
  compileOver,
  fieldsOf,
  mixedOrder,
  OWN_FIELDS,
  type Compiled,
} from './filters.js';
import { fieldOrWords } from './itemWords.js';
import type { Question } from './question.js';

/** How a row ended in its own run and in the others that hold the same item. */
const AGREEMENT = `CASE
  WHEN "runs" = 1 THEN 'in this run only'
  WHEN "wrong" = 0 THEN 'right in every run'
  WHEN "wrong" = "rows" AND "answers" = 1 THEN 'the same wrong answer in every run'
  WHEN "wrong" = "rows" THEN 'wrong in every run'
  WHEN "correct" THEN 'right here, wrong elsewhere'
  ELSE 'wrong here, right elsewhere' END`;

const MOST_TABLES = 24;

function fieldKey(field: string): string {
  return `field ${field}`;
}

interface Kept {
  readonly made: Promise<string>;
  readonly stop: AbortController;
  /** Questions that read it or wait for it. */
  users: number;
  done: boolean;
}

/**
 * Values and sets of rows that are dear to look up and asked for again and again while somebody filters: each is kept as a
 * table in memory, keyed by what it was made of. Of those that no question uses, the least recently used ones are dropped. One
 * that is still being made when its last question is given up is given up too.
 */
export class FieldTables {
  private next = 1;
  /** Key → name of the table, least recently used first. */
  private readonly tables = new Map<string, Kept>();

  constructor(private readonly db: Database) {}

  /** The field of this kind that a condition is about, or null. */
  static ownFieldOf(filter: Filter): string | null {
    return fieldsOf(filter).find((name) => OWN_FIELDS.has(name)) ?? null;
  }

  /** A table (runIndex, row, value) of the rows that have a value of the field. */
  table(question: Question, field: string): Promise<string> {
    return this.keep(question, fieldKey(field), async (name, db) => {
      if (field === 'agreement') return agreement(name, db);
      const { sql, values } = compileField(field);
      // What people say stands in a table of its own, of as many rows as they looked at.
      const source = ANNOTATION_FIELDS.has(field) ? 'memory.main.annotations' : 'classified';
      await db.all(
        `CREATE TABLE "${name}" AS SELECT "runIndex", "row", ${sql} AS "value" FROM ${source} WHERE ${sql} IS NOT NULL`,
        [...values, ...values],
      );
    });
  }

  /** A table (runIndex, row, value) of the same rows, the value being the place of theirs among all: for texts that may be numbers. */
  async order(question: Question, field: string, descending: boolean): Promise<string> {
    const held = await this.table(question, field);
    return this.keep(question, `order ${descending ? '-' : ''}${field}`, async (name, db) => {
      const { sql } = mixedOrder({ sql: '"value"', values: [] }, descending);
      await db.all(
        `CREATE TABLE "${name}" AS SELECT "runIndex", "row", dense_rank() OVER (ORDER BY ${sql})::INTEGER AS "value" FROM "${held}"`,
      );
    });
  }

  /** Forgets what was kept of what people say: it has changed. Questions under way go on with what they have. */
  annotationsChanged(): void {
    for (const [key, kept] of [...this.tables]) {
      if (!key.includes('annotation.')) continue;
      this.tables.delete(key);
      if (kept.users === 0) this.removeMade(kept);
    }
  }

  /** Whether the values of a field are kept already. */
  has(field: string): boolean {
    return this.tables.has(fieldKey(field));
  }

  /** A table (runIndex, row) of the rows that a condition keeps; `from`: the table of the agreement, where it is about that. */
  matching(question: Question, filter: Filter, from: string | null = null): Promise<string> {
    return this.keep(question, `rows ${JSON.stringify(filter)}`, async (name, db) => {
      const where = compileOver(filter, fieldOrWords);
      const source =
        from === null
          ? viewFor(where.sql)
          : `(SELECT c.*, f."value" AS "agreement" FROM classified c LEFT JOIN "${from}" f ON c."runIndex" = f."runIndex" AND c."row" = f."row")`;
      await db.all(
        `CREATE TABLE "${name}" AS SELECT "runIndex", "row" FROM ${source} WHERE ${where.sql}`,
        where.values,
      );
    });
  }

  /** The same for a condition on one field alone, by the values that are kept of it; `source` has every row. */
  async matchingField(question: Question, filter: Filter, field: string, source: string): Promise<string> {
    const held = await this.table(question, field);
    return this.keep(question, `rows ${JSON.stringify(filter)}`, async (name, db) => {
      const over = (sql: string): Compiled =>
        compileOver(filter, () => ({ sql, type: compileField(field).type, values: [] }));
      // Rows without a value are not in the table; most conditions keep none of them.
      const none = over(`(SELECT "value" FROM "${held}" LIMIT 0)`);
      const [row] = await db.all(`SELECT coalesce(${none.sql}, FALSE) AS "keeps"`, none.values);
      const rows =
        row?.['keeps'] === true
          ? `(SELECT s."runIndex", s."row", f."value" FROM ${source} s
             LEFT JOIN "${held}" f ON s."runIndex" = f."runIndex" AND s."row" = f."row")`
          : `"${held}"`;
      const where = over('"value"');
      await db.all(`CREATE TABLE "${name}" AS SELECT "runIndex", "row" FROM ${rows} WHERE ${where.sql}`, where.values);
    });
  }

  /** A table (runIndex, row) of the rows with one of the ids; the ids themselves stand in a table with `_asked` behind its name. */
  ids(question: Question, ids: readonly string[]): Promise<string> {
    const distinct = [...new Set(ids)];
    return this.keep(question, `ids ${JSON.stringify(distinct)}`, async (name, db) => {
      await db.table(
        'asked',
        { value: 'VARCHAR' },
        distinct.map((value) => ({ value })),
      );
      await db.all(`CREATE TABLE "${name}_asked" AS SELECT "value" FROM "asked"`);
      await db.all(
        `CREATE TABLE "${name}" AS SELECT "runIndex", "row" FROM items WHERE "item" IN (SELECT "value" FROM "${name}_asked")`,
      );
    });
  }

  private keep(question: Question, key: string, make: (name: string, db: Database) => Promise<void>): Promise<string> {
    question.signal?.throwIfAborted();
    const kept = this.tables.get(key) ?? this.start(key, make);
    this.tables.delete(key);
    this.tables.set(key, kept);
    if (question.isNew(kept)) {
      kept.users += 1;
      question.hold(kept, { release: () => this.release(key, kept) });
    }
    this.drop();
    return kept.made;
  }

  private start(key: string, make: (name: string, db: Database) => Promise<void>): Kept {
    const stop = new AbortController();
    const kept: Kept = { made: this.make(make, stop.signal), stop, users: 0, done: false };
    kept.made.then(
      () => (kept.done = true),
      // A failure is not remembered: the next one to ask tries again.
      () => this.forget(key, kept),
    );
    return kept;
  }

  private async make(fill: (name: string, db: Database) => Promise<void>, signal: AbortSignal): Promise<string> {
    const name = `kept_${this.next++}`;
    const db = await this.db.another(signal);
    try {
      await fill(name, db);
      return name;
    } catch (error) {
      await this.remove(name);
      throw error;
    } finally {
      db.close();
    }
  }

  private release(key: string, kept: Kept): void {
    kept.users -= 1;
    if (kept.users === 0 && !kept.done) {
      this.forget(key, kept);
      kept.stop.abort();
    } else if (kept.users === 0 && this.tables.get(key) !== kept) this.removeMade(kept);
    this.drop();
  }

  private forget(key: string, kept: Kept): void {
    if (this.tables.get(key) === kept) this.tables.delete(key);
  }

  private drop(): void {
    const unused = [...this.tables].filter(([, kept]) => kept.users === 0);
    for (const [key, { made }] of unused.slice(0, Math.max(0, this.tables.size - MOST_TABLES))) {
      this.tables.delete(key);
      this.removeMade({ made });
    }
  }

  private removeMade({ made }: Pick<Kept, 'made'>): void {
    // One that cannot be dropped takes memory and nothing else.
    void made.then((name) => this.remove(name)).catch(() => undefined);
  }

  private async remove(name: string): Promise<void> {
    await this.db.all(`DROP TABLE IF EXISTS "${name}"`);
    await this.db.all(`DROP TABLE IF EXISTS "${name}_asked"`);
  }
}

async function agreement(name: string, db: Database): Promise<void> {
  await db.all(
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
