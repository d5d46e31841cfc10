import { DuckDBInstance, type DuckDBConnection, type DuckDBDataChunk } from '@duckdb/node-api';
import { fileSize } from '../formats/containers/bytes.js';
import { parseJson } from '../formats/containers/jsonText.js';
import type { Record_ } from '../formats/format.js';
import { FlipsideError, type Flag, type Json, type JsonObject } from '../model.js';
import { refuseBombs } from './parquetBounds.js';
import { parquetColumnsTable, type ParquetColumn, type RecordTable } from './recordTable.js';
import { AS_IT_IS, quotePath } from './sql.js';

/** Characters of the texts of a batch. */
const BATCH_CHARACTERS = 32 << 20;

/** What a Parquet file says of itself. */
export interface ParquetTable {
  readonly columns: readonly string[];
  /** Columns that are not read: bytes inside of lists and structures. */
  readonly unread: readonly string[];
  /** What its writer says of the columns: texts by name. */
  readonly metadata: ReadonlyMap<string, string>;
}

/** Looks at a Parquet file's schema. Throws a FlipsideError where it is damaged, or holds far more than its size. */
export async function parquetTable(file: string): Promise<ParquetTable> {
  const size = await fileSize(file);
  return withDatabase(file, async (connection) => {
    const { columns, unread } = await columnsOf(connection, file);
    await refuseBombs(connection, file, size);
    const pairs = await rowsOf(
      connection,
      `SELECT decode(key) AS "key", decode(value) AS "value" FROM parquet_kv_metadata(${quotePath(file)})`,
    ).catch(() => []);
    return {
      columns: columns.map(({ name }) => name),
      unread,
      metadata: new Map(pairs.map((pair) => [String(pair['key']), String(pair['value'])])),
    };
  });
}

/** A Parquet file for the database to read by itself; null where it cannot be read. Its columns are those of `parquetTable`. */
export async function parquetRecordTable(file: string): Promise<RecordTable | null> {
  const instance = await openInstance();
  try {
    const found = await columnsOf(await instance.connect(), file).catch(() => null);
    return found === null ? null : parquetColumnsTable(file, found.columns, found.width);
  } finally {
    instance.closeSync();
  }
}

/**
 * The rows of a Parquet file in order, some thousands at a time. Bytes are left out, of `{bytes, path}` (an image) the path remains;
 * integers that a double would round are texts, and so are times and dates. `most`: no more than so many are read, and prepared. Throws a
 * FlipsideError where the file is damaged.
 */
export async function* parquetBatches(file: string, most = Infinity): AsyncGenerator<Record_[]> {
  const instance = await openInstance();
  try {
    const connection = await instance.connect();
    const { columns, places } = await columnsOf(connection, file).catch((error: unknown) => {
      throw unreadable(file, error);
    });
    if (columns.length === 0) return;
    const selected = columns.map(({ sql }) => sql).join(', ');
    const reading = (error: unknown): never => {
      throw unreadable(file, error);
    };
    const expected = Math.min(most, await rowCount(connection, file).catch(reading));
    const limit = most === Infinity ? '' : ` LIMIT ${most}`;
    const result = await connection
      .stream(`SELECT ${selected} FROM read_parquet(${quotePath(file)}, ${AS_IT_IS}) AS t(${places})${limit}`)
      .catch(reading);
    let row = 0;
    for (;;) {
      const chunk = await result.fetchChunk().catch(reading);
      if (chunk === null || chunk.rowCount === 0) break;
      yield* batchesIn(chunk, columns, row);
      row += chunk.rowCount;
    }
    // A stream that meets damage ends as if the file did.
    if (row !== expected) throw cutShort(file, row, expected);
  } finally {
    instance.closeSync();
  }
}

/** The rows of a chunk after those before it; in several batches where they are long, as their texts are not made before they are asked for. */
function* batchesIn(chunk: DuckDBDataChunk, columns: readonly ParquetColumn[], before: number): Generator<Record_[]> {
  const values = columns.map((_, index) => chunk.getColumnVector(index));
  let batch: Record_[] = [];
  let length = 0;
  const cell = (index: number, at: number): unknown => {
    const value = values[index]?.getItem(at);
    if (typeof value === 'string') length += value.length;
    return value;
  };
  for (let at = 0; at < chunk.rowCount; at++) {
    batch.push(recordOf(columns, (index) => cell(index, at), before + at + 1));
    if (length < BATCH_CHARACTERS) continue;
    yield batch;
    batch = [];
    length = 0;
  }
  if (batch.length > 0) yield batch;
}

/** Never loads or downloads extensions. */
function openInstance(): Promise<DuckDBInstance> {
  return DuckDBInstance.create(':memory:', {
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    temp_directory: '',
  });
}

async function withDatabase<T>(file: string, ask: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
  const instance = await openInstance();
  try {
    return await ask(await instance.connect());
  } catch (error) {
    throw unreadable(file, error);
  } finally {
    instance.closeSync();
  }
}

/** What the database throws of its own begins with the kind of error. */
function unreadable(file: string, error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof FlipsideError || !/^[A-Z][\w ]*Error: /.test(error.message))
    return error;
  const why = error.message.split('\n', 1)[0] ?? '';
  return new FlipsideError(`${file}: cannot be read as a Parquet file (${why}). Copy it again, or write it anew.`, {
    file,
  });
}

async function rowCount(connection: DuckDBConnection, file: string): Promise<number> {
  const [about] = await rowsOf(
    connection,
    `SELECT num_rows::DOUBLE AS "rows" FROM parquet_file_metadata(${quotePath(file)})`,
  );
  return Number(about?.['rows']);
}

function cutShort(file: string, rows: number, expected: number): FlipsideError {
  const message = `${file}: a damaged Parquet file: ${rows} of its ${expected} rows can be read. Copy it again, or write it anew.`;
  return new FlipsideError(message, { file });
}

async function rowsOf(connection: DuckDBConnection, sql: string): Promise<Record<string, unknown>[]> {
  return (await connection.runAndReadAll(sql)).getRowObjectsJS();
}

async function columnsOf(
  connection: DuckDBConnection,
  file: string,
): Promise<{ columns: ParquetColumn[]; unread: string[]; places: string; width: number }> {
  const described = await rowsOf(connection, `DESCRIBE SELECT * FROM read_parquet(${quotePath(file)}, ${AS_IT_IS})`);
  const columns: ParquetColumn[] = [];
  const unread: string[] = [];
  described.forEach((each, index) => {
    const [name, type] = [String(each['column_name']), String(each['column_type'])];
    const how = readAs(type, `c${index}`);
    if (how !== null) columns.push({ name, type, ...how });
    else if (type !== 'BLOB') unread.push(name);
  });
  return { columns, unread, places: described.map((_, index) => `c${index}`).join(', '), width: described.length };
}

/** `{bytes, path}`: what Hugging Face's datasets make of a picture. */
const PICTURE = /^STRUCT\((?:"?bytes"? BLOB, "?path"? VARCHAR|"?path"? VARCHAR, "?bytes"? BLOB)\)(\[\])?$/;
const NATIVE = /^(?:BOOLEAN|U?(?:TINY|SMALL|BIG)INT|U?INTEGER|FLOAT|DOUBLE|VARCHAR)$/;

function readAs(type: string, place: string): Pick<ParquetColumn, 'sql' | 'json'> | null {
  const picture = PICTURE.exec(type);
  if (picture !== null) {
    return picture[1] === undefined
      ? { sql: `struct_extract(${place}, 'path')`, json: false }
      : { sql: `to_json([struct_extract(x, 'path') FOR x IN ${place}])`, json: true };
  }
  if (NATIVE.test(type)) return { sql: place, json: false };
  if (type.startsWith('DECIMAL')) return { sql: `${place}::DOUBLE`, json: false };
  const isNested = /[[(]/.test(type) && !type.startsWith('ENUM');
  if (isNested) return /\bBLOB\b/.test(type) ? null : { sql: `to_json(${place})`, json: true };
  return type === 'BLOB' ? null : { sql: `${place}::VARCHAR`, json: false };
}

function recordOf(columns: readonly ParquetColumn[], cell: (index: number) => unknown, row: number): Record_ {
  const value: JsonObject = {};
  let nonStandard = false;
  columns.forEach(({ name, json }, index) => {
    const read = jsonOf(cell(index), json);
    nonStandard ||= read.nonStandard;
    // A plain assignment would give a column called "__proto__" to nobody.
    if (name === '__proto__')
      Object.defineProperty(value, name, { value: read.value, enumerable: true, writable: true });
    else value[name] = read.value;
  });
  const flags: readonly Flag[] = nonStandard ? ['nonStandardNumber'] : [];
  return { row, value, flags };
}

function jsonOf(cell: unknown, json: boolean): { readonly value: Json; readonly nonStandard: boolean } {
  if (typeof cell === 'string') {
    if (!json) return { value: cell, nonStandard: false };
    const parsed = parseJson(cell);
    return parsed.ok
      ? { value: parsed.value, nonStandard: parsed.flags.includes('nonStandardNumber') }
      : { value: cell, nonStandard: false };
  }
  if (typeof cell === 'bigint')
    return { value: Number.isSafeInteger(Number(cell)) ? Number(cell) : String(cell), nonStandard: false };
  if (typeof cell === 'number') {
    const finite = Number.isFinite(cell);
    return { value: finite ? cell : null, nonStandard: !finite };
  }
  return { value: typeof cell === 'boolean' ? cell : null, nonStandard: false };
}
