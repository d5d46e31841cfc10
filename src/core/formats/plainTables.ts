import { type Dropped, isJsonObject, type Json, type JsonObject } from '../model.js';
import type { Shape } from './format.js';
import { MAX_COLUMNS } from './containers/columns.js';
import { DATA_SPLITS, namesSuggest } from './roleNames.js';
import type { NameClass } from './roleNames.js';

/** The records that one JSON object holds, with a shape as if they stood in a file of their own. */
export interface Table {
  readonly shape: Shape;
  readonly records: readonly JsonObject[];
  /** Entries that stand among the records, or in a list of failures, and are none; numbered after the records. */
  readonly dropped: readonly Dropped[];
  /** The column that says which run a record is from, where several lists of one object answer the same questions; else null. */
  readonly part: string | null;
}

const HEAD = 200;
const tables = new WeakMap<JsonObject, Table | null>();

/**
 * The records of a file that is one JSON object, in the layouts that evaluation scripts and pandas write: one list of records among
 * other keys, records or bare answers by id, columns of equal length, columns by row number, and `{columns, data}`. Null for any other object and
 * for every other container.
 */
export function tableOf(shape: Shape): Table | null {
  const { root } = shape;
  if (shape.container !== 'json-object' || root === null) return null;
  const known = tables.get(root);
  if (known !== undefined) return known;
  const found = isFlat(root) ? plainly(answersById(root)) : inLayouts(root, shape.path);
  const table = found === null || found.records.length === 0 ? null : tableFrom(shape, found);
  tables.set(root, table);
  return table;
}

/** An object of very many keys that hold no objects: bare answers by id may be so, records and columns are not. */
function isFlat(root: JsonObject): boolean {
  const keys = Object.keys(root);
  return keys.length > MAX_COLUMNS && keys.slice(0, HEAD).every((key) => !isJsonObject(root[key] ?? null));
}

function inLayouts(root: JsonObject, path: string): Found | null {
  return (
    plainly(columnsAndData(root)) ??
    groupsAmongKeys(root, path) ??
    plainly(equalColumns(root)) ??
    loneRecord(root) ??
    listAmongKeys(root) ??
    plainly(byRowNumber(root) ?? byId(root)) ??
    recordsById(root, path, 2) ??
    plainly(answersById(root))
  );
}

/** Records as a layout holds them, and what stands among them and is none. */
interface Found {
  readonly records: readonly JsonObject[];
  readonly dropped: readonly Unread[];
  readonly part?: string | null;
}

type Unread = Omit<Dropped, 'row'>;

function plainly(records: readonly JsonObject[] | null): Found | null {
  return records === null ? null : { records, dropped: [] };
}

function tableFrom(shape: Shape, { records, dropped, part = null }: Found): Table {
  return {
    shape: shapeOf(shape, records),
    records,
    dropped: dropped.map((each, i) => ({ row: records.length + i + 1, ...each })),
    part,
  };
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

/** What a list of records that failed is called: none of them is an answer, and none may vanish. */
const FAILURES = /^(?:errors?|fail(?:ed|ures?)|skipped|invalid|timeouts?)(?:[\s_-]\w+)*$/i;

/**
 * One list of records, or records by id, among other keys; or several that are answered in the same columns ({"val": […], "test": […]}):
 * then `part` says which one a record is from. Where the parts answer the same questions they are runs of their own.
 */
function groupsAmongKeys(root: JsonObject, path: string): Found | null {
  const failed = Object.entries(root).flatMap(([name, value]) =>
    FAILURES.test(name) && Array.isArray(value) ? value.map((_, i) => failure(path, name, i + 1)) : [],
  );
  const groups = Object.entries(root).flatMap(([name, value]) => {
    const found = FAILURES.test(name) ? null : groupOf(value, path, name);
    return found === null ? [] : [{ name, ...found }];
  });
  const [first, ...others] = groups;
  if (first === undefined || others.some((group) => answersIn(group.records) !== answersIn(first.records))) return null;
  const dropped = [...groups.flatMap((group) => group.dropped), ...failed];
  if (others.length === 0) return { records: first.records, dropped, part: null };
  return { ...pooled(groups), dropped };
}

function groupOf(value: Json, path: string, name: string): Omit<Found, 'part'> | null {
  if (isJsonObject(value)) return isRecord(value) ? null : recordsById(value, path, 1, name);
  if (!Array.isArray(value) || value.length === 0) return null;
  const records = value.filter(isJsonObject);
  return records.length === value.length && records.some(isRecord) ? { records, dropped: [] } : null;
}

function failure(path: string, list: string, number: number): Unread {
  const detail =
    `${path}, '${list}', entry ${String(number)}: stands in a list of failures and holds no answer to count. ` +
    'Answer it again, or remove it.';
  return { reason: 'failed record', detail };
}

/** Lists whose first records have the same keys; they need not be told to be questions or answers by their names. */
function listAmongKeys(root: JsonObject): Found | null {
  const lists = Object.entries(root).flatMap(([name, value]) =>
    Array.isArray(value) && value.length > 0 && value.every(isJsonObject)
      ? [{ name, records: value.filter(isJsonObject) }]
      : [],
  );
  const [first] = lists;
  if (first === undefined || lists.length === 1) return plainly(first?.records ?? null);
  const columns = lists.map(({ records }) =>
    Object.keys(records[0] ?? {})
      .sort()
      .join('\n'),
  );
  return new Set(columns).size > 1 ? null : pooled(lists);
}

interface Part {
  readonly name: string;
  readonly records: readonly JsonObject[];
}

function pooled(parts: readonly Part[]): Found {
  const taken = parts.some(({ records }) => records.some((record) => Object.hasOwn(record, 'part')));
  const column = taken ? 'part.2' : 'part';
  return {
    records: parts.flatMap(({ name, records }) => records.map((record) => ({ ...record, [column]: name }))),
    dropped: [],
    part: answerTheSame(parts) ? column : null,
  };
}

/** True where half of the questions or more are asked in several parts. Parts that are splits of the data are no runs. */
function answerTheSame(parts: readonly Part[]): boolean {
  if (parts.every(({ name }) => DATA_SPLITS.test(name))) return false;
  const seenIn = new Map<string, Set<string>>();
  for (const { name, records } of parts) {
    for (const record of records) {
      const asked = Object.entries(record).filter(([key]) => suggests(key, ASKED));
      if (asked.length === 0) continue;
      const key = JSON.stringify(asked.sort(([a], [b]) => (a < b ? -1 : 1)));
      seenIn.set(key, (seenIn.get(key) ?? new Set<string>()).add(name));
    }
  }
  return [...seenIn.values()].filter((names) => names.size > 1).length * 2 >= Math.max(1, seenIn.size);
}

const ASKED = new Set<NameClass>(['id', 'question', 'image']);
const ANSWERED = new Set<NameClass>(['gold', 'answer', 'prediction', 'response', 'extracted']);
const ABOUT = new Set<NameClass>(['id', 'question', 'image', 'options', 'task']);

/** What keys suggest, since records repeat them; ids as keys of one file would fill it without an end. */
const known = new Map<string, ReadonlySet<NameClass>>();
const REMEMBERED = 1000;

function suggests(key: string, classes: ReadonlySet<NameClass>): boolean {
  let suggested = known.get(key);
  if (suggested === undefined) {
    suggested = new Set(namesSuggest(key).flatMap((hit) => (hit.weight >= 0.7 ? [hit.as] : [])));
    if (known.size >= REMEMBERED) known.clear();
    known.set(key, suggested);
  }
  for (const as of suggested) if (classes.has(as)) return true;
  return false;
}

/** True where two keys or more say what is asked and answered, one of them what is answered. Shares are scores, not answers. */
function isRecord(value: Json | undefined): value is JsonObject {
  if (!isJsonObject(value)) return false;
  const all = Object.keys(value);
  // Records by id, or what no reader takes.
  if (all.length > MAX_COLUMNS) return false;
  const keys = all.filter((key) => isStated(value[key]));
  const answers = keys.filter((key) => suggests(key, ANSWERED));
  return (
    answers.length > 0 && (answers.length > 1 || keys.some((key) => !answers.includes(key) && suggests(key, ABOUT)))
  );
}

function isStated(value: Json | undefined): boolean {
  if (typeof value === 'number') return Number.isInteger(value);
  return Array.isArray(value) ? !value.some(isJsonObject) : !isJsonObject(value);
}

/** The answering columns of the first records, as one text for comparing. */
function answersIn(records: readonly JsonObject[]): string {
  const keys = new Set(records.slice(0, HEAD).flatMap((record) => Object.keys(record)));
  return [...keys]
    .filter((key) => suggests(key, ANSWERED))
    .sort()
    .join('\n');
}

/** One object that is a record itself: a file for each question. */
function loneRecord(root: JsonObject): Found | null {
  // Lists of ids or questions are columns.
  const isListed = (key: string): boolean => Array.isArray(root[key]) && suggests(key, new Set(['id', 'question']));
  return isRecord(root) && !Object.keys(root).some(isListed) ? plainly([root]) : null;
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

/** An object of fewer values is as well one of settings. */
const FEWEST_ANSWERS = 4;

/** {"q1": "(A)", "q2": "(C)"}: nothing but numbered keys and short values. Whose answers they are, the object does not say. */
function answersById(root: JsonObject): JsonObject[] | null {
  const entries = Object.entries(root);
  const isAnswer = ([key, value]: [string, Json]): boolean =>
    /\d/.test(key) && (typeof value === 'string' || typeof value === 'boolean' || Number.isInteger(value));
  return entries.length < FEWEST_ANSWERS || !entries.every(isAnswer)
    ? null
    : entries.map(([key, value]) => ({ key, value }));
}

/**
 * Records by id beside other values ({"config": {…}, "q1": {…}, "q2": {…}}), at least so many. What stands among them under a key of
 * the same form, or names a question or an answer, and is no record is dropped; `within` is the key of the object, for messages.
 */
function recordsById(value: JsonObject, path: string, least: number, within?: string): Omit<Found, 'part'> | null {
  const entries = Object.entries(value);
  const records = entries.filter((entry): entry is [string, JsonObject] => isRecord(entry[1]));
  if (records.length < Math.max(least, 1)) return null;
  const forms = new Set(records.map(([key]) => formOf(key)));
  const tells = (item: JsonObject): boolean =>
    Object.keys(item).some((column) => suggests(column, ANSWERED) || suggests(column, ASKED));
  const broken = entries.filter(
    ([key, item]) =>
      !isRecord(item) && (item === null || forms.has(formOf(key)) || (isJsonObject(item) && tells(item))),
  );
  const name = records.some(([, record]) => Object.hasOwn(record, 'key')) ? 'key.2' : 'key';
  return {
    records: records.map(([key, record]) => Object.fromEntries([[name, key], ...Object.entries(record)])),
    dropped: broken.map(([key, item]) => ({
      reason: 'not a record',
      detail:
        `${path}, ${within === undefined ? '' : `'${within}', `}key '${key}': expected a record like the others, with an answer, ` +
        `found ${found(item)}. Correct it, or remove it.`,
    })),
  };
}

/** "q7" and "q12" are keys of one form, "config" is of another. */
function formOf(key: string): string {
  return key.replace(/\d+/g, '0');
}

function found(value: Json): string {
  if (isJsonObject(value))
    return `an object with ${
      Object.keys(value)
        .map((key) => `'${key}'`)
        .join(', ') || 'nothing in it'
    }`;
  return value === null ? 'null' : Array.isArray(value) ? 'a list' : `a ${typeof value}`;
}
