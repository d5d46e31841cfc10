import type { Box, Flag, Frame, ItemRecord, Json, JsonObject, RecordTrace } from '../model.js';
import { decodeDirection, nameDirection } from '../relations/direction.js';
import { viewFor, type Database, type SqlRow } from './database.js';
import { fetchRows, wholeRows, type Place } from './fetchRows.js';
import { ANNOTATION_FIELDS, compileFilter, compileSort, FIELDS, type Filter, type Sort } from './filters.js';

export type { ItemRecord, RecordTrace } from '../model.js';

export interface Page {
  readonly total: number;
  readonly records: readonly Recorded[];
}

/** A row of a page. */
export interface Recorded {
  readonly record: ItemRecord;
  readonly trace: RecordTrace;
  /** The values of further fields, of those that were asked for: `outcome`, `axis`, `split`, … */
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface PageRequest {
  readonly filter?: Filter | null;
  readonly sort?: readonly Sort[];
  readonly limit: number;
  readonly offset: number;
  /** Fields to be shown. Those that neither a record nor its metadata hold come beside it. */
  readonly fields?: readonly string[];
}

/**
 * One page of the rows that a filter keeps, in the order of `sort` and then of runs and rows, with the number of all
 * that it keeps. `limit` and `offset` count rows.
 */
export async function pageOf(db: Database, request: PageRequest, fileOf: (run: number) => string): Promise<Page> {
  const where = compileFilter(request.filter ?? null);
  const order = compileSort(request.sort ?? []);
  const view = viewFor(where.sql, order.sql, '"class"');
  const [count] = await db.all(`SELECT count(*) AS "total" FROM ${view} WHERE ${where.sql}`, where.values);
  // Sort and cut on narrow columns; the wide texts are fetched for the rows of the page alone.
  const keys = await db.all(
    `SELECT "runIndex", "row" FROM ${view} WHERE ${where.sql} ORDER BY ${order.sql} LIMIT ? OFFSET ?`,
    [...where.values, ...order.values, request.limit, request.offset],
  );
  const places = keys.map((key) => ({ runIndex: Number(key['runIndex']), row: Number(key['row']) }));
  const asksPeople = (request.fields ?? []).some((field) => ANNOTATION_FIELDS.has(field));
  const rows = await fetchRows(db, places, '*', asksPeople ? 'annotated' : 'classified');
  return { total: Number(count?.['total'] ?? 0), records: rows.map((row) => toRecord(row, fileOf, request.fields)) };
}

/** The records of the given rows, in their order. */
export async function recordsAt(
  db: Database,
  places: readonly Place[],
  fileOf: (run: number) => string,
): Promise<Page['records']> {
  return (await fetchRows(db, places, '*')).map((row) => toRecord(row, fileOf));
}

/** Makes a table (runIndex, row) of the rows that a filter keeps, in their own order, in this connection alone. Returns its name. */
export async function listRows(db: Database, filter: Filter | null): Promise<string> {
  const where = compileFilter(filter);
  await db.all(
    `CREATE OR REPLACE TEMP TABLE "listed" AS
     SELECT "runIndex", "row" FROM ${viewFor(where.sql, '"class"')} WHERE ${where.sql} ORDER BY "runIndex", "row"`,
    where.values,
  );
  return 'listed';
}

/** What people say of a row, whoever reads it. */
const SAID = [...ANNOTATION_FIELDS.keys()].filter((name) => name !== 'annotation.mine');

/** The records of a table (runIndex, row), in its order, some at a time; with what people say, as `fields`, where they say anything. */
export async function* recordsIn(
  db: Database,
  table: string,
  fileOf: (run: number) => string,
): AsyncGenerator<Page['records']> {
  // Where nobody has annotated anything, rows have no such fields.
  const isAnnotated = (await db.all('SELECT 1 FROM memory.main.annotations LIMIT 1')).length > 0;
  const fields = isAnnotated ? SAID : [];
  for await (const rows of wholeRows(db, table, isAnnotated ? 'annotated' : 'classified')) {
    yield rows.map((row) => toRecord(row, fileOf, fields));
  }
}

function toRecord(row: SqlRow, fileOf: (run: number) => string, fields: readonly string[] = []): Recorded {
  const labels = row['optionLabels'] as (string | null)[];
  const texts = row['options'] as string[];
  const direction = (name: string): string | null => nameDirection(decodeDirection(row[name] as number));
  const record: ItemRecord = {
    run: row['run'] as string,
    item: row['item'] as string,
    class: row['class'] as string | null,
    drift: row['drift'] as boolean | null,
    status: row['status'] as string,
    correct: row['correct'] as boolean | null,
    storedCorrect: row['storedCorrect'] as boolean | null,
    gold: row['gold'] as string | null,
    predicted: row['predicted'] as string | null,
    goldDirection: direction('goldDirection'),
    predictedDirection: direction('predictedDirection'),
    angle: row['angle'] as number | null,
    frame: row['frame'] as Frame,
    convention: row['convention'] as string,
    kind: row['kind'] as string,
    task: row['task'] as string | null,
    relation: row['relation'] as string | null,
    family: row['family'] as string | null,
    contact: row['contact'] as boolean,
    question: row['question'] as string | null,
    options: texts.map((text, index) => ({ label: labels[index] ?? null, text })),
    goldOption: row['goldOption'] as number | null,
    predictedOption: row['predictedOption'] as number | null,
    extracted: row['extracted'] as string | null,
    response: row['response'] as string | null,
    confidence: row['confidence'] as number | null,
    images: row['images'] as string[],
    ...boxesOf(row),
    flags: row['flags'] as Flag[],
    file: fileOf(row['runIndex'] as number),
    row: row['row'] as number,
    meta: JSON.parse(row['meta'] as string) as JsonObject,
  };
  const further = fields.filter((field) => FIELDS.has(field) && !Object.hasOwn(record, field));
  return { record, trace: traceOf(row), fields: Object.fromEntries(further.map((field) => [field, row[field]])) };
}

/** Left out where the data gives none, so that a record does not grow by an empty list. */
function boxesOf(row: SqlRow): Pick<ItemRecord, 'boxes'> {
  const boxes = JSON.parse(row['boxes'] as string) as Box[];
  return boxes.length === 0 ? {} : { boxes };
}

function traceOf(row: SqlRow): RecordTrace {
  const swap = row['frameSwapOf'] as string | null;
  return {
    answer: {
      rule: row['rule'] as string,
      source: row['traceSource'] as string,
      start: row['traceStart'] as number,
      end: row['traceEnd'] as number,
      text: row['traceText'] as string,
    },
    lensRule: row['lensRule'] as string | null,
    frameSwapOf: swap === null ? null : (JSON.parse(swap) as Json),
  };
}
