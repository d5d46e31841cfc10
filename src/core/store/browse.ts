import { FlipsideError, type Filter, type FilterValue, type Sort } from '../model.js';
import { viewFor, type Database, type SqlRow } from './database.js';
import { fetchHeldRows, fetchRows, placesIn, type Place } from './fetchRows.js';
import { FieldTables } from './fieldTables.js';
import {
  compileField,
  compileFilter,
  compileOver,
  compileSort,
  FIELDS,
  fieldsOf,
  hasSearch,
  holdsNothing,
  isMixed,
  OWN_FIELDS,
  type Compiled,
} from './filters.js';
import { HeldRows } from './heldRows.js';
import { ITEM_WORDS } from './itemWords.js';
import { Question } from './question.js';

/** Which rows, in which order: all conditions hold at once. */
export interface SliceRequest {
  readonly conditions: readonly Filter[];
  /** Item ids, any of them; null: all items. */
  readonly ids: readonly string[] | null;
  readonly sort: readonly Sort[];
  readonly group: string | null;
}

export interface Slice {
  readonly id: number;
  readonly total: number;
  readonly groups: readonly { readonly value: unknown; readonly start: number; readonly count: number }[] | null;
}

/** Columns by which rows are filtered, counted and sorted. None holds long texts. */
const NARROW = [
  ...['runIndex', 'row', 'class', 'drift', 'axis', 'outcome', 'task', 'relation', 'family', 'frame', 'convention'],
  ...['kind', 'status', 'correct', 'storedCorrect', 'goldDirection', 'predictedDirection', 'angle', 'confidence'],
  ...['sample', 'flags'],
];
/** Columns that lists show, and by which images are found. */
const SHOWN = [
  ...['runIndex', 'row', 'item', 'id', 'question', 'outcome', 'class', 'drift', 'gold', 'predicted', 'goldDirection'],
  ...['predictedDirection', 'task', 'frame', 'kind', 'flags', 'images'],
];
const OF_RUNS = ['run', 'dataset', 'format', 'file'];
const IN_MEMORY = new Set([...NARROW, ...OF_RUNS]);
/**
 * Counts on over all databases of the process, from anywhere: a slice of what was open before, or in a process that died, must
 * not mean another list.
 */
let nextId = Math.floor(Math.random() * 2 ** 40) + 1;
const MOST_SLICES = 8;
const MOST_GROUPS = 5000;

/**
 * Walks through rows: a slice is the list of rows that conditions keep, sorted once, from which pages are taken by
 * position. The first slices are made from the shards directly; `warm` and `hold` copy columns into memory, after which
 * counting and sorting a million rows takes milliseconds, and so does showing any of them.
 */
export class Browse {
  private warmed: Promise<void> | null = null;
  /** Rows in memory; null as long as they are read from the shards. */
  private narrow: string | null = null;
  private shown = new Set<string>();
  private readonly slices: number[] = [];
  private readonly fields: FieldTables;
  private readonly held: HeldRows;

  constructor(private readonly db: Database) {
    this.fields = new FieldTables(db);
    this.held = new HeldRows(db);
  }

  /** Copies into memory what is counted and sorted by; at most once. `signal`: of whoever is the first to ask. */
  warm(signal?: AbortSignal): Promise<void> {
    this.warmed ??= this.copyNarrow(signal);
    return this.warmed;
  }

  annotationsChanged(): void {
    this.fields.annotationsChanged();
  }

  private async copyNarrow(signal: AbortSignal | undefined): Promise<void> {
    await this.held.hold('narrow', NARROW, signal);
    await this.db.all(
      `CREATE VIEW narrow AS SELECT n.*, ${OF_RUNS.map((name) => `r."${name}"`).join(', ')}
       FROM held.narrow n JOIN runs r ON n."runIndex" = r."runIndex"`,
    );
    this.narrow = 'narrow';
  }

  /** Copies into memory what is shown of rows; once. Without it rows that lie far apart are read from all over the shards. */
  async hold(signal?: AbortSignal): Promise<void> {
    await this.held.hold('shown', SHOWN, signal);
    this.shown = new Set(SHOWN);
  }

  /** Makes a slice. The oldest ones end when there are more than a few. */
  async slice(request: SliceRequest, signal?: AbortSignal): Promise<Slice> {
    return Question.ask(this.db, signal, async (question) => {
      const where = await this.where(question, request.conditions, request.ids);
      const group = request.group === null ? null : await this.grouped(question, request.group);
      if (request.group !== null && group !== null) await this.requireFew(question, request.group, group, where);
      const sort = await this.order(question, sortOf(request));
      const id = nextId++;
      await question.db.all(
        `CREATE TABLE "slice_${id}" AS SELECT "runIndex", "row"${group === null ? '' : `, ${group.sql} AS "group"`}
         FROM ${this.sourceOf(where, sort, group)} t WHERE ${where.sql} ORDER BY ${sort.sql}`,
        [...(group?.values ?? []), ...where.values, ...sort.values],
      );
      try {
        const [count] = await question.db.all(`SELECT count(*)::INTEGER AS "total" FROM "slice_${id}"`);
        const groups = request.group === null ? null : await this.groups(question.db, id);
        // Last: others that are made meanwhile would end it before it is counted.
        await this.remember(id);
        return { id, total: Number(count?.['total']), groups };
      } catch (error) {
        // Given up: nobody will ask for it, or end it.
        await this.db.all(`DROP TABLE IF EXISTS "slice_${id}"`).catch(() => undefined);
        throw error;
      }
    });
  }

  /** Throws a FlipsideError for a field of too many values, before anything is sorted by it. */
  private async requireFew(question: Question, field: string, group: Compiled, where: Compiled): Promise<void> {
    const among = (what: string): string => `SELECT count(*) AS "count" FROM (SELECT DISTINCT ${what})`;
    const kept = IN_MEMORY.has(field) ? null : await this.fields.table(question, field);
    if (kept !== null) {
      const [all] = await question.db.all(among(`"value" FROM "${kept}"`));
      if (Number(all?.['count']) < MOST_GROUPS) return;
    }
    const [kinds] = await question.db.all(
      among(`${group.sql} FROM ${this.sourceOf(group, where)} t WHERE ${where.sql}`),
      [...group.values, ...where.values],
    );
    if (Number(kinds?.['count']) > MOST_GROUPS) {
      throw new FlipsideError(`"${field}" has more than ${MOST_GROUPS} values: group by a field with fewer.`);
    }
  }

  /**
   * Makes the list that a slice would be, or of it the given rows in its order (such as are not in it come last), for as long as
   * `use` works with it: a table (runIndex, row) of that name, in the connection that is handed over and there alone.
   */
  async listed<T>(
    request: SliceRequest,
    among: readonly Place[] | null,
    signal: AbortSignal | undefined,
    use: (db: Database, table: string) => Promise<T>,
  ): Promise<T> {
    return Question.ask(this.db, signal, async (question) => {
      const { db } = question;
      const where = await this.where(question, request.conditions, request.ids);
      const sort = await this.order(question, sortOf(request));
      await db.all(
        `CREATE TEMP TABLE "listed" AS SELECT "runIndex", "row" FROM ${this.sourceOf(where, sort)} t WHERE ${where.sql} ORDER BY ${sort.sql}`,
        [...where.values, ...sort.values],
      );
      if (among === null) return use(db, 'listed');
      await db.table(
        'asked',
        { runIndex: 'INTEGER', row: 'INTEGER' },
        among.map(({ runIndex, row }) => ({ runIndex, row })),
      );
      await db.all(
        `CREATE TEMP TABLE "chosen" AS SELECT a."runIndex", a."row" FROM "asked" a
         LEFT JOIN (SELECT rowid AS "position", "runIndex", "row" FROM "listed") l
           ON a."runIndex" = l."runIndex" AND a."row" = l."row"
         GROUP BY a."runIndex", a."row" ORDER BY min(l."position") NULLS LAST, a."runIndex", a."row"`,
      );
      return use(db, 'chosen');
    });
  }

  private async remember(id: number): Promise<void> {
    this.slices.push(id);
    for (const old of this.slices.splice(0, Math.max(0, this.slices.length - MOST_SLICES))) {
      await this.db.all(`DROP TABLE IF EXISTS "slice_${old}"`);
    }
  }

  private async groups(db: Database, id: number): Promise<NonNullable<Slice['groups']>> {
    const rows = await db.all(
      `SELECT "group", count(*)::INTEGER AS "count", min(rowid)::INTEGER AS "start" FROM "slice_${id}"
       GROUP BY "group" ORDER BY "start"`,
    );
    return rows.map((row) => ({ value: row['group'], start: Number(row['start']), count: Number(row['count']) }));
  }

  /** The rows of a slice from position `start` to before `end`. Throws a FlipsideError where the slice has ended. */
  places(slice: number, start: number, end: number): Promise<Place[]> {
    return this.placesBy(this.db, slice, start, end);
  }

  /** The given columns of these rows. Throws a FlipsideError where the slice has ended, or the signal's reason. */
  async rows(
    slice: number,
    [start, end]: readonly [number, number],
    columns: readonly string[],
    signal?: AbortSignal,
  ): Promise<SqlRow[]> {
    this.requireOpen(slice);
    return Question.ask(this.db, signal, async ({ db }) =>
      this.fetchBy(db, await this.placesBy(db, slice, start, end), columns),
    );
  }

  private requireOpen(slice: number): void {
    if (!this.slices.includes(slice)) throw new FlipsideError('This list has ended: ask for it again.');
  }

  private async placesBy(db: Database, slice: number, start: number, end: number): Promise<Place[]> {
    this.requireOpen(slice);
    try {
      return await placesIn(db, `slice_${slice}`, start, end);
    } catch (error) {
      // In another connection it may end between the look at it and the question.
      this.requireOpen(slice);
      throw error;
    }
  }

  /** The position of a row in a slice; null where it is not in it. */
  async position(slice: number, place: Place): Promise<number | null> {
    this.requireOpen(slice);
    const [found] = await this.db.all(
      `SELECT rowid::INTEGER AS "position" FROM "slice_${slice}" WHERE "runIndex" = ? AND "row" = ?`,
      [place.runIndex, place.row],
    );
    return found === undefined ? null : Number(found['position']);
  }

  /** The position of the nearest row after (`by` 1) or before (−1) a position with one of these outcomes; null without one. */
  async nearest(slice: number, position: number, by: 1 | -1, outcomes: readonly string[]): Promise<number | null> {
    this.requireOpen(slice);
    const [found] = await this.db.all(
      `SELECT s.rowid::INTEGER AS "position" FROM "slice_${slice}" s
       JOIN ${this.sourceOf()} t ON s."runIndex" = t."runIndex" AND s."row" = t."row"
       WHERE s.rowid ${by === 1 ? '>' : '<'} ? AND t."outcome" IN (${outcomes.map(() => '?').join(', ')})
       ORDER BY s.rowid ${by === 1 ? 'ASC' : 'DESC'} LIMIT 1`,
      [position, ...outcomes],
    );
    return found === undefined ? null : Number(found['position']);
  }

  /** How many rows of a slice carry a label of whoever looks. */
  async labelled(slice: number): Promise<number> {
    this.requireOpen(slice);
    const [found] = await this.db.all(
      `SELECT count(*)::INTEGER AS "count" FROM "slice_${slice}" s JOIN annotations a
       ON s."runIndex" = a."runIndex" AND s."row" = a."row" WHERE a."annotation.mine" IS NOT NULL`,
    );
    return Number(found?.['count']);
  }

  /** The position of the next row after a position without a label of whoever looks, from the beginning where none follows; null without any. */
  async nextUnlabelled(slice: number, position: number): Promise<number | null> {
    this.requireOpen(slice);
    const [found] = await this.db.all(
      `SELECT s.rowid::INTEGER AS "position" FROM "slice_${slice}" s LEFT JOIN annotations a
       ON s."runIndex" = a."runIndex" AND s."row" = a."row" WHERE a."annotation.mine" IS NULL
       ORDER BY s.rowid <= ?, s.rowid LIMIT 1`,
      [position],
    );
    return found === undefined ? null : Number(found['position']);
  }

  /** The given columns of the given rows, in their order; texts that are not in memory are read for these rows alone. */
  fetch(places: readonly Place[], columns: readonly string[]): Promise<SqlRow[]> {
    return this.fetchBy(this.db, places, columns);
  }

  private fetchBy(db: Database, places: readonly Place[], columns: readonly string[]): Promise<SqlRow[]> {
    const list = ['runIndex', 'row', ...columns].map((name) => `"${name}"`).join(', ');
    return columns.every((name) => this.shown.has(name))
      ? fetchHeldRows(db, 'held.shown', places, list)
      : fetchRows(db, places, list);
  }

  /**
   * How often values of a field occur among the rows that the conditions keep, most frequent first: the first `most` and the
   * `chosen` ones, and how many others there are.
   */
  async values(
    field: string,
    request: Pick<SliceRequest, 'conditions' | 'ids'>,
    chosen: readonly (FilterValue | null)[],
    most: number,
    signal?: AbortSignal,
  ): Promise<{ values: { value: unknown; count: number }[]; more: number }> {
    return Question.ask(this.db, signal, async (question) => {
      const where = await this.where(question, request.conditions, request.ids);
      const { sql, values } = await this.field(question, field);
      const each = FIELDS.get(field) === 'list' ? eachOf(sql) : sql;
      const among = chosen.map((value) => isValue(field, value));
      const rows = await question.db.all(
        `WITH counted AS MATERIALIZED (
           SELECT "value", count(*)::INTEGER AS "count"
           FROM (SELECT ${each} AS "value" FROM ${this.sourceOf({ sql }, where)} t WHERE ${where.sql}) GROUP BY "value")
         SELECT *, (SELECT count(*)::INTEGER FROM counted) AS "all" FROM (
           (SELECT * FROM counted ORDER BY "count" DESC, "value" LIMIT ?)
           UNION (SELECT * FROM counted WHERE ${among.map(({ sql }) => `(${sql})`).join(' OR ') || 'FALSE'}))
         ORDER BY "count" DESC, "value"`,
        [...values, ...where.values, most, ...among.flatMap((each) => each.values)],
      );
      const found = rows.map((row) => ({ value: row['value'], count: Number(row['count']) }));
      return { values: found, more: Number(rows[0]?.['all'] ?? 0) - found.length };
    });
  }

  async count(conditions: readonly Filter[], ids: readonly string[] | null, signal?: AbortSignal): Promise<number> {
    return Question.ask(this.db, signal, async (question) => {
      const where = await this.where(question, conditions, ids);
      const [row] = await question.db.all(
        `SELECT count(*)::INTEGER AS "count" FROM ${this.sourceOf(where)} t WHERE ${where.sql}`,
        where.values,
      );
      return Number(row?.['count']);
    });
  }

  /** Which of the ids no item has. */
  async unknownIds(ids: readonly string[], signal?: AbortSignal): Promise<string[]> {
    return Question.ask(this.db, signal, async (question) => {
      const table = await this.fields.ids(question, ids);
      const rows = await question.db.all(
        `SELECT "value" FROM "${table}_asked" WHERE "value" NOT IN (SELECT "item" FROM items) ORDER BY "value"`,
      );
      return rows.map((row) => String(row['value']));
    });
  }

  /** The indexes of the runs that have an item with one of the ids. */
  async runsWith(ids: readonly string[], signal?: AbortSignal): Promise<number[]> {
    return Question.ask(this.db, signal, async (question) => {
      const table = await this.fields.ids(question, ids);
      const rows = await question.db.all(`SELECT DISTINCT "runIndex" FROM "${table}" ORDER BY "runIndex"`);
      return rows.map((row) => Number(row['runIndex']));
    });
  }

  /** Where rows are counted and listed that these expressions are over. */
  private sourceOf(...expressions: readonly (Pick<Compiled, 'sql'> | null)[]): string {
    return this.narrow ?? viewFor(...expressions.map((each) => each?.sql ?? ''));
  }

  private async where(
    question: Question,
    conditions: readonly Filter[],
    ids: readonly string[] | null,
  ): Promise<Compiled> {
    const parts: Compiled[] = [];
    for (const condition of conditions) parts.push(await this.condition(question, condition));
    if (ids !== null) parts.push(among(await this.fields.ids(question, ids)));
    return {
      sql: parts.length === 0 ? 'TRUE' : parts.map((part) => `(${part.sql})`).join(' AND '),
      values: parts.flatMap((part) => part.values),
    };
  }

  /** Conditions on columns in memory are put as they are; the rows that others keep are looked up once and remembered. */
  private async condition(question: Question, filter: Filter): Promise<Compiled> {
    if (this.isNarrow(filter)) return compileFilter(filter);
    const [field, ...more] = new Set(fieldsOf(filter));
    if (field !== undefined && more.length === 0 && !hasSearch(filter) && this.isKept(field)) {
      return among(await this.fields.matchingField(question, filter, field, this.narrow ?? 'classified'));
    }
    const own = FieldTables.ownFieldOf(filter);
    if (own === null) return among(await this.fields.matching(question, filter));
    const table = await this.fields.table(question, own);
    return among(await this.fields.matching(question, filter, table));
  }

  /** Whether conditions on a field go by the values that are kept of it. Long texts are not kept for the sake of a condition. */
  private isKept(field: string): boolean {
    if (field === ITEM_WORDS) return false;
    return !FIELDS.has(field) || OWN_FIELDS.has(field) || this.fields.has(field);
  }

  private isNarrow(filter: Filter): boolean {
    if ('search' in filter || 'compared' in filter) return false;
    if ('and' in filter) return filter.and.every((each) => this.isNarrow(each));
    if ('or' in filter) return filter.or.every((each) => this.isNarrow(each));
    return 'not' in filter ? this.isNarrow(filter.not) : IN_MEMORY.has(filter.field);
  }

  /** A field as an expression over the source, called `t`. */
  private async field(question: Question, name: string): Promise<Compiled> {
    if (IN_MEMORY.has(name)) return compileField(name);
    return valueIn(await this.fields.table(question, name));
  }

  /** A field as rows are grouped by it: a list by all that it holds, and an empty one is no value. */
  private async grouped(question: Question, name: string): Promise<Compiled> {
    const { sql, values } = await this.field(question, name);
    if (FIELDS.get(name) !== 'list') return { sql, values };
    return { sql: `nullif(array_to_string(${sql}, ', '), '')`, values };
  }

  private async order(question: Question, sort: readonly (Sort & { grouped?: boolean })[]): Promise<Compiled> {
    const parts: Compiled[] = [];
    for (const { field, descending, grouped } of sort) {
      if (isMixed(field)) {
        const { sql, values } = valueIn(await this.fields.order(question, field, descending === true));
        parts.push({ sql: `${sql} NULLS LAST`, values });
        continue;
      }
      const { sql, values } = await (grouped === true ? this.grouped(question, field) : this.field(question, field));
      parts.push({ sql: `${sql} ${descending === true ? 'DESC' : 'ASC'} NULLS LAST`, values });
    }
    const rest = compileSort([]);
    return {
      sql: [...parts.map((part) => part.sql), rest.sql].join(', '),
      values: parts.flatMap((part) => part.values),
    };
  }
}

/** By what a slice is sorted: rows of one group stand together. */
function sortOf({ group, sort }: SliceRequest): (Sort & { grouped?: boolean })[] {
  return group === null ? [...sort] : [{ field: group, grouped: true }, ...sort];
}

/** The elements of a list, each once, as rows; nothing where it holds none. */
function eachOf(list: string): string {
  return `unnest(CASE WHEN ${holdsNothing(list)} THEN [NULL] ELSE list_distinct(${list}) END)`;
}

/** Whether a value of a facet is the one that was chosen there. */
function isValue(field: string, chosen: FilterValue | null): Compiled {
  const type = FIELDS.get(field);
  if (type === 'direction' || (type === 'number' && chosen !== null)) {
    return compileOver({ field, op: 'eq', value: chosen }, () => ({ sql: '"value"', type, values: [] }));
  }
  if (chosen === null) return { sql: '"value" IS NULL', values: [] };
  return { sql: 'CAST("value" AS VARCHAR) = ?', values: [String(chosen)] };
}

/** What a table of FieldTables holds for a row of the source. */
function valueIn(table: string): Compiled {
  return {
    sql: `(SELECT f."value" FROM "${table}" f WHERE f."runIndex" = t."runIndex" AND f."row" = t."row")`,
    values: [],
  };
}

function among(table: string): Compiled {
  return { sql: `("runIndex", "row") IN (SELECT "runIndex", "row" FROM "${table}")`, values: [] };
}
