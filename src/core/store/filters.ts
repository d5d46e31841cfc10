import { decodeDirection, encodeDirection, NO_DIRECTION_CODE } from '../relations/direction.js';
import { directionOf } from '../relations/phrases.js';
import { keyOf } from './cache.js';
import { COLUMNS } from './row.js';
import {
  AXES,
  FlipsideError,
  type Compared,
  type ComparedCell,
  type Filter,
  type FilterValue,
  type Sort,
} from '../model.js';

export type { Filter, FilterValue, Sort } from '../model.js';

/** What is compared: with a right answer on both sides. */
const COUNTED_CELLS: readonly ComparedCell[] = ['both right', 'both wrong', 'fixed', 'broken', 'partly'];

/** Directions are stored as codes from 0 to 26. */
const DIRECTION_CODES = 27;

type Bound = FilterValue | null;

/** SQL text with `?` placeholders, and the values for them in order. Nothing that a user typed is ever in the text, but for a search that is SAYABLE. */
export interface Compiled {
  readonly sql: string;
  readonly values: readonly Bound[];
}

export interface Field {
  readonly sql: string;
  readonly type: 'text' | 'number' | 'boolean' | 'list' | 'meta' | 'direction';
  readonly values: readonly Bound[];
}

/** Columns that a query adds to those of the shards. */
const DERIVED: Readonly<Record<string, Field['type']>> = {
  run: 'text',
  item: 'text',
  class: 'text',
  drift: 'boolean',
  axis: 'text',
  outcome: 'text',
  angle: 'number',
  file: 'text',
  dataset: 'text',
  format: 'text',
};
const SEARCHED = ['question', 'response', 'extracted', 'gold', 'predicted'];
/** Of these, the texts that differ from row to row. */
const LONG: ReadonlySet<string> = new Set(['question', 'response']);
const COMPARISONS = { lt: '<', le: '<=', gt: '>', ge: '>=' } as const;

/** What people say of rows (annotationTable.ts). */
export const ANNOTATION_FIELDS: ReadonlyMap<string, Field['type']> = new Map<string, Field['type']>([
  ...(['label', 'status', 'note', 'gold', 'class', 'mine'] as const).map((name): [string, Field['type']] => [
    `annotation.${name}`,
    'text',
  ]),
  ['annotation.by', 'list'],
  ['annotation.confidence', 'number'],
]);

const TYPES = new Map<string, Field['type']>([
  ...ANNOTATION_FIELDS,
  ...Object.entries(DERIVED),
  ...COLUMNS.filter((column) => !column.json).map((column): [string, Field['type']] => [
    column.name,
    column.name.endsWith('Direction')
      ? 'direction'
      : column.list
        ? 'list'
        : column.type === 'VARCHAR'
          ? 'text'
          : column.type === 'BOOLEAN'
            ? 'boolean'
            : 'number',
  ]),
]);

/** The fields of every row, with their types; anything else is looked up in the metadata. */
export const FIELDS: ReadonlyMap<string, Field['type']> = TYPES;

/** Fields that take all runs together: known while browsing alone, where a table holds them (see fieldTables.ts). */
export const OWN_FIELDS: ReadonlyMap<string, Field['type']> = new Map([['agreement', 'text']]);

/** Turns a field name into SQL: a column where there is one, else a bound path into the metadata, null for an empty cell. */
export function compileField(name: string): Field {
  const type = TYPES.get(name) ?? OWN_FIELDS.get(name);
  if (type !== undefined) return { sql: `"${name}"`, type, values: [] };
  const { sql, values } = compileMetadata(name);
  return { sql: `nullif(${sql}, '')`, type: 'meta', values };
}

/** What the metadata hold under a name, as text; an empty cell is an empty text. */
export function compileMetadata(name: string): Compiled {
  const key = name.startsWith('meta.') ? name.slice(5) : name;
  if (key === '' || key.includes('\0')) throw new FlipsideError(`"${name}" is not a field name.`, { exitCode: 2 });
  const whole = jsonPointer([key]);
  if (!key.includes('.')) return { sql: 'json_extract_string("meta", ?)', values: [whole] };
  const sql = 'coalesce(json_extract_string("meta", ?), json_extract_string("meta", ?))';
  return { sql, values: [whole, jsonPointer(key.split('.'))] };
}

/** A JSON pointer (RFC 6901). DuckDB's own path syntax reads even a quoted `*` as "every field". */
function jsonPointer(keys: readonly string[]): string {
  return keys.map((key) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** Compiles a filter; null or absent means every row. */
export function compileFilter(filter: Filter | null): Compiled {
  return compileOver(filter, compileField);
}

/** The same where fields are something else than columns: `fieldOf` says what. */
export function compileOver(filter: Filter | null, fieldOf: (name: string) => Field): Compiled {
  if (filter === null) return { sql: 'TRUE', values: [] };
  if ('search' in filter) return compileSearch(filter.search);
  if ('compared' in filter) return compileCompared(filter.compared);
  if ('and' in filter)
    return join(
      filter.and.map((each) => compileOver(each, fieldOf)),
      ' AND ',
      'TRUE',
    );
  if ('or' in filter)
    return join(
      filter.or.map((each) => compileOver(each, fieldOf)),
      ' OR ',
      'FALSE',
    );
  if ('not' in filter) {
    const inner = compileOver(filter.not, fieldOf);
    return { sql: `NOT coalesce(${inner.sql}, FALSE)`, values: inner.values };
  }
  return compileCondition(filter, fieldOf(filter.field));
}

function join(parts: readonly Compiled[], glue: string, empty: string): Compiled {
  if (parts.length === 0) return { sql: empty, values: [] };
  return {
    sql: parts.map((part) => `(${part.sql})`).join(glue),
    values: parts.flatMap((part) => part.values),
  };
}

/** Texts that mean themselves in an expression, and within quotes in SQL. Of longer ones the expression would take longer, too. */
const SAYABLE = /^[A-Za-z0-9 _,;:/=@#&!%-]{1,200}$/;

function compileSearch(text: string): Compiled {
  if (SAYABLE.test(text)) return { sql: searchFor(text.toLowerCase()), values: [] };
  // Both sides are lowered by the same function: DuckDB's and JavaScript's differ (Σ, İ).
  return {
    sql: SEARCHED.map((column) => `contains(lower("${column}"), lower(?))`).join(' OR '),
    values: SEARCHED.map(() => text),
  };
}

/** What DuckDB's `lower` makes an i of: regardless of case, an expression knows i and I for one letter, and not İ. No other letter differs. */
const DOTTED = '[iİ]';

/**
 * A constant is looked for in half to two thirds of the time: in a text that many rows have once for all of them, and in others first by what
 * makes no copy of what it looks through and leaves few of them: the longest number in it, which has no case, or an expression. `text`: sayable,
 * in lower case.
 */
function searchFor(text: string): string {
  const [number] = (text.match(/\d{2,}/g) ?? []).sort((one, other) => other.length - one.length);
  const likely = (column: string): string =>
    number === undefined
      ? `regexp_matches("${column}", '${text.replaceAll('i', DOTTED)}', 'i')`
      : `contains("${column}", '${number}')`;
  return SEARCHED.map((column) => {
    const found = `contains(lower("${column}"), '${text}')`;
    return LONG.has(column) ? `(${likely(column)} AND ${found})` : found;
  }).join(' OR ');
}

/** The name of the table that says how two runs compare; who asks for rows by it has it made first (see comparedTables.ts). */
export function comparedTable({ base, new: other }: Pick<Compared, 'base' | 'new'>): string {
  return `compared ${keyOf([base, other]).slice(0, 32)}`;
}

function compileCompared(compared: Compared): Compiled {
  const { cells = COUNTED_CELLS, from, to, task, direction, by, side } = compared;
  const conditions: Compiled[] = [
    // The base alone has what only it has, whatever else is asked for with it.
    side === undefined
      ? { sql: `"side" = CASE WHEN "cell" = 'only base' THEN 'base' ELSE 'new' END`, values: [] }
      : { sql: '"side" = ?', values: [side] },
    { sql: `"cell" IN (${cells.map(() => '?').join(', ') || 'NULL'})`, values: cells },
    ...Object.entries({ from, to, direction, by }).flatMap(([name, value]) =>
      value === undefined ? [] : [{ sql: `"${name}" = ?`, values: [value] }],
    ),
    ...(task === undefined ? [] : [{ sql: '"task" IS NOT DISTINCT FROM ?', values: [task] }]),
  ];
  const { sql, values } = join(conditions, ' AND ', 'TRUE');
  return {
    sql: `("runIndex", "row") IN (SELECT ("runIndex", "row") FROM memory.main."${comparedTable(compared)}" WHERE ${sql})`,
    values,
  };
}

type Condition = Extract<Filter, { op: string }>;

function compileCondition(filter: Condition, field: Field): Compiled {
  const { sql, values } = field;
  switch (filter.op) {
    case 'eq':
    case 'ne': {
      const not = filter.op === 'ne' ? 'NOT ' : '';
      if (filter.value === null && field.type === 'direction')
        return { sql: `${sql} ${not === '' ? '=' : '<>'} ${NO_DIRECTION_CODE}`, values };
      if (filter.value === null && field.type === 'list') return { sql: `${not}(${holdsNothing(sql)})`, values };
      if (filter.value === null) return { sql: `(${sql}) IS ${not}NULL`, values };
      const equal = equals(field, filter.value);
      return { sql: not ? `NOT coalesce(${equal.sql}, FALSE)` : equal.sql, values: equal.values };
    }
    case 'in':
      return join(
        filter.values.map((value) => equals(field, value)),
        ' OR ',
        'FALSE',
      );
    case 'contains': {
      if (field.type === 'direction') return holdsDirection(field, filter.value);
      const text = field.type === 'list' ? `array_to_string(${sql}, chr(10))` : `CAST(${sql} AS VARCHAR)`;
      return { sql: `contains(lower(${text}), lower(?))`, values: [...values, filter.value] };
    }
    default: {
      const numeric = field.type === 'number' || typeof filter.value === 'number';
      const [left, right] = numeric ? [numberIn(sql), numberIn('?')] : [`CAST(${sql} AS VARCHAR)`, '?'];
      return { sql: `${left} ${COMPARISONS[filter.op]} ${right}`, values: [...values, String(filter.value)] };
    }
  }
}

/** True for a list without an element that is something. */
export function holdsNothing(list: string): string {
  return `coalesce(len(list_distinct(${list})), 0) = 0`;
}

/** A number, or nothing. NaN is nothing too: DuckDB holds it to be greater than every number. */
function numberIn(sql: string): string {
  return `nullif(TRY_CAST(${sql} AS DOUBLE), CAST('NaN' AS DOUBLE))`;
}

/** Directions are stored as codes and asked for by name, in any wording the lexicon reads ("front-left", "left and front"). */
function directionCode(value: FilterValue): number {
  if (typeof value === 'number') return value;
  const direction = directionOf(String(value));
  if (direction !== null) return encodeDirection(direction);
  throw new FlipsideError(`"${value}" names no direction. Directions are named like "front-left" or "above".`, {
    exitCode: 2,
  });
}

/** Directions with every sense that the value names: "left" holds for front-left too. A value that names none holds for no row. */
function holdsDirection(field: Field, value: string): Compiled {
  const wanted = directionOf(value);
  const codes = Array.from({ length: DIRECTION_CODES }, (_, code) => code).filter((code) => {
    const held = decodeDirection(code);
    return wanted !== null && held !== null && AXES.every((axis) => wanted[axis] === 0 || wanted[axis] === held[axis]);
  });
  return join(
    codes.map((code) => equals(field, code)),
    ' OR ',
    'FALSE',
  );
}

function equals(field: Field, value: FilterValue): Compiled {
  const values = [...field.values];
  switch (field.type) {
    case 'direction':
      return { sql: `${field.sql} = TRY_CAST(? AS DOUBLE)`, values: [...values, String(directionCode(value))] };
    case 'list':
      return { sql: `list_contains(${field.sql}, ?)`, values: [...values, String(value)] };
    case 'number':
      return { sql: `${field.sql} = TRY_CAST(? AS DOUBLE)`, values: [...values, String(value)] };
    case 'boolean':
      return { sql: `CAST(${field.sql} AS VARCHAR) = ?`, values: [...values, String(value).toLowerCase()] };
    case 'meta':
      if (value === '') return { sql: `(${field.sql}) IS NULL`, values };
      return isExactNumber(String(value))
        ? { sql: `${numberIn(field.sql)} = TRY_CAST(? AS DOUBLE)`, values: [...values, String(value)] }
        : { sql: `${field.sql} = ?`, values: [...values, String(value)] };
    default:
      return { sql: `${field.sql} = ?`, values: [...values, String(value)] };
  }
}

/** A number that a double holds exactly: 10 and 10.0 are equal then, and two long ids never by accident. */
function isExactNumber(text: string): boolean {
  return (
    /^[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d{1,3})?$/i.test(text) && Math.abs(Number(text)) <= Number.MAX_SAFE_INTEGER
  );
}

/** True for fields that hold texts and numbers alike: metadata and ids. */
export function isMixed(name: string): boolean {
  const type = TYPES.get(name);
  return type === undefined || name === 'item' || name === 'id';
}

/** Sort keys for texts that may be numbers: numbers by their size, then texts with the numbers in them by theirs ("q9", "q10"). */
export function mixedOrder({ sql, values }: Compiled, descending = false): Compiled {
  const parts = `list_transform(regexp_extract_all(${sql}, '\\d+|\\D+'), lambda part:
    CASE WHEN regexp_full_match(part, '\\d+') THEN lpad(part, CAST(greatest(20, length(part)) AS INTEGER), '0') ELSE part END)`;
  const direction = descending ? 'DESC' : 'ASC';
  return {
    sql: [numberIn(sql), parts, sql].map((key) => `${key} ${direction} NULLS LAST`).join(', '),
    values: [...values, ...values, ...values],
  };
}

/** An ORDER BY list; rows keep the order of runs and rows where the fields tie. */
export function compileSort(sort: readonly Sort[]): Compiled {
  const parts = sort.map(({ field, descending }) => {
    const compiled = compileField(field);
    if (isMixed(field)) return mixedOrder(compiled, descending);
    return { sql: `${compiled.sql} ${descending ? 'DESC' : 'ASC'} NULLS LAST`, values: compiled.values };
  });
  return {
    sql: [...parts.map((part) => part.sql), '"runIndex"', '"row"'].join(', '),
    values: parts.flatMap((part) => part.values),
  };
}

/** The fields that a filter asks for. */
export function fieldsOf(filter: Filter | null): string[] {
  if (filter === null || 'search' in filter || 'compared' in filter) return [];
  if ('and' in filter) return filter.and.flatMap(fieldsOf);
  if ('or' in filter) return filter.or.flatMap(fieldsOf);
  return 'not' in filter ? fieldsOf(filter.not) : [filter.field];
}

/** Whether a filter looks for a text somewhere. */
export function hasSearch(filter: Filter): boolean {
  if ('search' in filter) return true;
  if ('and' in filter) return filter.and.some(hasSearch);
  if ('or' in filter) return filter.or.some(hasSearch);
  return 'not' in filter && hasSearch(filter.not);
}

/** The comparisons of runs that a filter goes by. */
export function comparedIn(filter: Filter | null): Compared[] {
  if (filter === null || 'search' in filter) return [];
  if ('compared' in filter) return [filter.compared];
  if ('and' in filter) return filter.and.flatMap(comparedIn);
  if ('or' in filter) return filter.or.flatMap(comparedIn);
  return 'not' in filter ? comparedIn(filter.not) : [];
}

/** Whether a filter goes by how runs compare. */
export function hasCompared(filter: Filter): boolean {
  return comparedIn(filter).length > 0;
}
