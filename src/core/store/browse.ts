import { FlipsideError, type Filter, type Sort } from '../model.js';
import type { Database, SqlRow } from './database.js';
import { fetchHeldRows, fetchRows, type Place } from './fetchRows.js';
import { FieldTables } from './fieldTables.js';
import { compileField, compileFilter, compileSort, FIELDS, isMixed, type Compiled } from './filters.js';
import { HeldRows } from './heldRows.js';

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
/** Counts on over all databases of the process: a slice of what was open before must not mean another list. */
let nextId = 1;
const MOST_SLICES = 8;
const MOST_GROUPS = 5000;

/**
 * Walks through rows: a slice is the list of rows that conditions keep, sorted once, from which pages are taken by
 * position. The first slices are made from the shards directly; `warm` and `hold` copy columns into memory, after which
 * counting and sorting a million rows takes milliseconds, and so does showing any of them.
 */
export class Browse {
  private warmed: Promise<void> | null = null;
  private source = 'classified';
  private shown = new Set<string>();
  private readonly slices: number[] = [];
  private readonly fields: FieldTables;
  private readonly held: HeldRows;

  constructor(private readonly db: Database) {
    this.fields = new FieldTables(db);
    this.held = new HeldRows(db);
  }

  /** Copies into memory what is counted and sorted by; at most once. */
  warm(): Promise<void> {
    this.warmed ??= this.copyNarrow();
    return this.warmed;
  }

  private async copyNarrow(): Promise<void> {
    await this.held.hold('narrow', NARROW);
    await this.db.all(
      `CREATE VIEW narrow AS SELECT n.*, ${OF_RUNS.map((name) => `r."${name}"`).join(', ')}
       FROM held.narrow n JOIN runs r ON n."runIndex" = r."runIndex"`,
    );
    this.source = 'narrow';
  }

  /** Copies into memory what is shown of rows; once. Without it rows that lie far apart are read from all over the shards. */
  async hold(signal?: AbortSignal): Promise<void> {
    await this.held.hold('shown', SHOWN, signal);
    this.shown = new Set(SHOWN);
  }

  /** Makes a slice. The oldest ones end when there are more than a few. */
  async slice(request: SliceRequest): Promise<Slice> {
    const where = await this.where(request.conditions, request.ids);
    const group = request.group === null ? null : await this.field(request.group);
    const sort = await this.order([...(request.group === null ? [] : [{ field: request.group }]), ...request.sort]);
    const id = nextId++;
    await this.db.all(
      `CREATE TABLE "slice_${id}" AS SELECT "runIndex", "row"${group === null ? '' : `, ${group.sql} AS "group"`}
       FROM ${this.source} t WHERE ${where.sql} ORDER BY ${sort.sql}`,
      [...(group?.values ?? []), ...where.values, ...sort.values],
    );
    await this.remember(id);
    const [count] = await this.db.all(`SELECT count(*)::INTEGER AS "total" FROM "slice_${id}"`);
    return {
      id,
      total: Number(count?.['total']),
      groups: request.group === null ? null : await this.groups(id, request.group),
    };
  }

  private async remember(id: number): Promise<void> {
    this.slices.push(id);
    for (const old of this.slices.splice(0, Math.max(0, this.slices.length - MOST_SLICES))) {
      await this.db.all(`DROP TABLE IF EXISTS "slice_${old}"`);
    }
  }

  private async groups(id: number, field: string): Promise<NonNullable<Slice['groups']>> {
    const rows = await this.db.all(
      `SELECT "group", count(*)::INTEGER AS "count", min(rowid)::INTEGER AS "start" FROM "slice_${id}"
       GROUP BY "group" ORDER BY "start" LIMIT ${MOST_GROUPS + 1}`,
    );
    if (rows.length > MOST_GROUPS) {
      throw new FlipsideError(`"${field}" has more than ${MOST_GROUPS} values: group by a field with fewer.`);
    }
    return rows.map((row) => ({ value: row['group'], start: Number(row['start']), count: Number(row['count']) }));
  }

  /** The rows of a slice from position `start` to before `end`. Throws a FlipsideError where the slice has ended. */
  async places(slice: number, start: number, end: number): Promise<Place[]> {
    if (!this.slices.includes(slice)) throw new FlipsideError('This list has ended: ask for it again.');
    const rows = await this.db.all(
      `SELECT "runIndex", "row" FROM "slice_${slice}" WHERE rowid >= ? AND rowid < ? ORDER BY rowid`,
      [start, end],
    );
    return rows.map((row) => ({ runIndex: Number(row['runIndex']), row: Number(row['row']) }));
  }

  /** The position of a row in a slice; null where it is not in it. */
  async position(slice: number, place: Place): Promise<number | null> {
    if (!this.slices.includes(slice)) throw new FlipsideError('This list has ended: ask for it again.');
    const [found] = await this.db.all(
      `SELECT rowid::INTEGER AS "position" FROM "slice_${slice}" WHERE "runIndex" = ? AND "row" = ?`,
      [place.runIndex, place.row],
    );
    return found === undefined ? null : Number(found['position']);
  }

  /** The given columns of the given rows, in their order; texts that are not in memory are read for these rows alone. */
  fetch(places: readonly Place[], columns: readonly string[]): Promise<SqlRow[]> {
    const list = ['runIndex', 'row', ...columns].map((name) => `"${name}"`).join(', ');
    return columns.every((name) => this.shown.has(name))
      ? fetchHeldRows(this.db, 'held.shown', places, list)
      : fetchRows(this.db, places, list);
  }

  /** How often each value of a field occurs among the rows that the conditions keep, most frequent first. */
  async values(
    field: string,
    conditions: readonly Filter[],
    ids: readonly string[] | null,
  ): Promise<{ value: unknown; count: number }[]> {
    const where = await this.where(conditions, ids);
    const { sql, values } = await this.field(field);
    const each = FIELDS.get(field) === 'list' ? `unnest(${sql})` : sql;
    const rows = await this.db.all(
      `SELECT "value", count(*)::INTEGER AS "count" FROM (SELECT ${each} AS "value" FROM ${this.source} t WHERE ${where.sql})
       GROUP BY "value" ORDER BY "count" DESC, "value"`,
      [...values, ...where.values],
    );
    return rows.map((row) => ({ value: row['value'], count: Number(row['count']) }));
  }

  async count(conditions: readonly Filter[], ids: readonly string[] | null): Promise<number> {
    const where = await this.where(conditions, ids);
    const [row] = await this.db.all(
      `SELECT count(*)::INTEGER AS "count" FROM ${this.source} t WHERE ${where.sql}`,
      where.values,
    );
    return Number(row?.['count']);
  }

  /** Which of the ids no item has. */
  async unknownIds(ids: readonly string[]): Promise<string[]> {
    const table = await this.fields.ids(ids);
    const rows = await this.db.all(
      `SELECT "value" FROM "${table}_asked" WHERE "value" NOT IN (SELECT "item" FROM items) ORDER BY "value"`,
    );
    return rows.map((row) => String(row['value']));
  }

  private async where(conditions: readonly Filter[], ids: readonly string[] | null): Promise<Compiled> {
    const parts: Compiled[] = [];
    for (const condition of conditions) parts.push(await this.condition(condition));
    if (ids !== null) parts.push(among(await this.fields.ids(ids)));
    return {
      sql: parts.length === 0 ? 'TRUE' : parts.map((part) => `(${part.sql})`).join(' AND '),
      values: parts.flatMap((part) => part.values),
    };
  }

  /** Conditions on columns in memory are put as they are; the rows that others keep are looked up once and remembered. */
  private async condition(filter: Filter): Promise<Compiled> {
    if (this.isNarrow(filter)) return compileFilter(filter);
    const own = FieldTables.ownFieldOf(filter);
    if (own === null) return among(await this.fields.matching(filter));
    const table = await this.fields.table(own);
    return among(await this.fields.matching(filter, table));
  }

  private isNarrow(filter: Filter): boolean {
    if ('search' in filter) return false;
    if ('and' in filter) return filter.and.every((each) => this.isNarrow(each));
    if ('or' in filter) return filter.or.every((each) => this.isNarrow(each));
    return 'not' in filter ? this.isNarrow(filter.not) : IN_MEMORY.has(filter.field);
  }

  /** A field as an expression over the source, called `t`. */
  private async field(name: string): Promise<Compiled> {
    if (IN_MEMORY.has(name)) return compileField(name);
    return valueIn(await this.fields.table(name));
  }

  private async order(sort: readonly Sort[]): Promise<Compiled> {
    const parts: Compiled[] = [];
    for (const { field, descending } of sort) {
      if (isMixed(field)) {
        const { sql, values } = valueIn(await this.fields.order(field, descending === true));
        parts.push({ sql: `${sql} NULLS LAST`, values });
        continue;
      }
      const { sql, values } = await this.field(field);
      parts.push({ sql: `${sql} ${descending === true ? 'DESC' : 'ASC'} NULLS LAST`, values });
    }
    const rest = compileSort([]);
    return {
      sql: [...parts.map((part) => part.sql), rest.sql].join(', '),
      values: parts.flatMap((part) => part.values),
    };
  }
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
