import type { Json, JsonObject } from '../model.js';
import type { Shape } from './format.js';
import { isJsonObject } from './recordFields.js';

/** The records that one JSON object holds, with a shape as if they stood in a file of their own. */
export interface Table {
  readonly shape: Shape;
  readonly records: readonly JsonObject[];
}

const HEAD = 200;
const tables = new WeakMap<JsonObject, Table | null>();

/**
 * The records of a file that is one JSON object, in the layouts that evaluation scripts and pandas write: one list of records among
 * other keys, records by id, columns of equal length, columns by row number, and `{columns, data}`. Null for any other object and
 * for every other container.
 */
export function tableOf(shape: Shape): Table | null {
  const { root } = shape;
  if (shape.container !== 'json-object' || root === null) return null;
  const known = tables.get(root);
  if (known !== undefined) return known;
  const records = columnsAndData(root) ?? listAmongKeys(root) ?? equalColumns(root) ?? byRowNumber(root) ?? byId(root);
  const table = records === null || records.length === 0 ? null : { shape: shapeOf(shape, records), records };
  tables.set(root, table);
  return table;
}

function shapeOf(shape: Shape, records: readonly JsonObject[]): Shape {
  const head = records.slice(0, HEAD);
  const columns = [...new Set(head.flatMap((record) => Object.keys(record)))];
  return { ...shape, head, columns, complete: head.length === records.length };
}

function columnsAndData(root: JsonObject): JsonObject[] | null {
  const { columns, data } = root;
  if (!Array.isArray(columns) || !Array.isArray(data) || columns.length === 0) return null;
  const names = columns.map(String);
  const rows = data.filter((row): row is Json[] => Array.isArray(row) && row.length === names.length);
  if (rows.length !== data.length || new Set(names).size !== names.length) return null;
  return rows.map((row) => Object.fromEntries(names.map((name, i) => [name, row[i] ?? null])));
}

/** One list of records, or several whose records look alike ({"val": […], "test": […]}): then `part` says which list a record is from. */
function listAmongKeys(root: JsonObject): JsonObject[] | null {
  const lists = Object.entries(root).flatMap(([name, value]) =>
    Array.isArray(value) && value.length > 0 && value.every(isJsonObject)
      ? [{ name, records: value.filter(isJsonObject) }]
      : [],
  );
  const [first] = lists;
  if (first === undefined || lists.length === 1) return first?.records ?? null;
  const columns = lists.map(({ records }) =>
    Object.keys(records[0] ?? {})
      .sort()
      .join('\n'),
  );
  if (new Set(columns).size > 1) return null;
  return lists.flatMap(({ name, records }) =>
    records.map((record) => ({ ...record, [Object.hasOwn(record, 'part') ? 'part.2' : 'part']: name })),
  );
}

function equalColumns(root: JsonObject): JsonObject[] | null {
  const columns = Object.entries(root).filter(
    (entry): entry is [string, Json[]] => Array.isArray(entry[1]) && !entry[1].some(isJsonObject),
  );
  const length = columns[0]?.[1].length ?? 0;
  const all = columns.length > 1 && columns.length === Object.keys(root).length;
  if (!all || columns.some(([, values]) => values.length !== length)) return null;
  return Array.from({ length }, (_, row) =>
    Object.fromEntries(columns.map(([name, values]) => [name, values[row] ?? null])),
  );
}

/** What pandas' `to_json` writes when not told otherwise: {"question": {"0": …, "1": …}, "answer": {…}}. */
function byRowNumber(root: JsonObject): JsonObject[] | null {
  const columns = Object.entries(root).filter((entry): entry is [string, JsonObject] => isJsonObject(entry[1]));
  if (columns.length < 2 || columns.length !== Object.keys(root).length) return null;
  const rows = Object.keys(columns[0]?.[1] ?? {});
  const numbered =
    rows.length > 0 && rows.every((row) => /^\d+$/.test(row)) && columns.some(([name]) => !/^\d+$/.test(name));
  if (!numbered || columns.some(([, values]) => Object.keys(values).length !== rows.length)) return null;
  return rows.map((row) => Object.fromEntries(columns.map(([name, values]) => [name, values[row] ?? null])));
}

/** {"q1": {…}, "q2": {…}}: the key becomes the column `key`, unless the records have one. */
function byId(root: JsonObject): JsonObject[] | null {
  const entries = Object.entries(root).filter((entry): entry is [string, JsonObject] => isJsonObject(entry[1]));
  if (entries.length < 2 || entries.length !== Object.keys(root).length) return null;
  const [first, ...others] = entries.slice(0, 50).map(([, record]) => new Set(Object.keys(record)));
  const shared = [...(first ?? [])].filter((key) => others.every((keys) => keys.has(key)));
  if (shared.length < 2) return null;
  const name = entries.some(([, record]) => Object.hasOwn(record, 'key')) ? 'key.2' : 'key';
  return entries.map(([key, record]) => Object.fromEntries([[name, key], ...Object.entries(record)]));
}
