import { open, stat } from 'node:fs/promises';
import { DuckDBTypeId, type DuckDBConnection, type DuckDBType } from '@duckdb/node-api';
import { UNPACK_LIMITS, UnpackMeter, UnpackTooLarge } from '../formats/containers/inflate.js';
import { FlipsideError } from '../model.js';
import { AS_IT_IS, quotePath } from './sql.js';

/** Rows that the database hands out at a time: what is held of the file. */
const VECTOR_ROWS = 2048;
/** What these rows may hold, in bytes; more where the file itself is long. */
const MOST_AT_A_TIME = 512 << 20;
/** How many bytes of a file stand for one, where more is held at a time: pages are packed, by a half or to a tenth. */
const USUAL_RATIO = 4;
/** What is made of a value in a list takes about so much, in JSON and as an element, whatever the file stores of it. */
const LISTED_BYTES = 20;
/** The database copies the texts of lists for all rows that it reads at a time, to tell their length too. */
const MOST_COPIED = 256 << 20;
/** Enough of a page's header to tell its sizes. */
const HEADER_BYTES = 64;

interface Sizes {
  /** At least so much is in the file's columns, as its metadata have it. */
  readonly stated: number;
  /** At most so much is in the columns that repeat what a dictionary holds. */
  readonly repeated: number;
}

/** Files that were found to be within bounds, by what tells one content from another: each is opened more than once. */
const passed = new Set<string>();

/**
 * Refuses a Parquet file that holds far more than its size: a text that is stored once and repeated by a million rows, a list of a
 * billion nulls. Throws a FlipsideError for one, before any of it is read.
 */
export async function refuseBombs(connection: DuckDBConnection, file: string, size: number): Promise<void> {
  const { mtimeMs, ino } = await stat(file);
  const key = [file, size, mtimeMs, ino].join('|');
  if (passed.has(key)) return;
  await refuseBomb(connection, file, size);
  passed.add(key);
}

async function refuseBomb(connection: DuckDBConnection, file: string, size: number): Promise<void> {
  try {
    const meter = new UnpackMeter(size, { ...UNPACK_LIMITS, maxBytes: Infinity });
    const { stated, repeated } = await sizesOf(connection, file);
    meter.check(stated);
    if (!isBeyond(meter, repeated)) return;
    await refuseLongLists(connection, file);
    // What no dictionary repeats is no longer than the file states.
    const isPacked = stated > Math.max(MOST_AT_A_TIME, USUAL_RATIO * size);
    const { total, most } = await lengthsOf(connection, file, isPacked ? null : await repeating(connection, file));
    meter.check(isPacked ? total : stated + total);
    if (most > Math.max(MOST_AT_A_TIME, USUAL_RATIO * size))
      throw new UnpackTooLarge(`${VECTOR_ROWS} rows of it hold more than ${MOST_AT_A_TIME >> 20} MiB`);
  } catch (error) {
    if (!(error instanceof UnpackTooLarge)) throw error;
    const advice = 'If that is right, leave out its long texts and lists, or write it as JSON lines';
    throw new FlipsideError(`${file}: a Parquet file that is too large inside (${error.message}). ${advice}.`, {
      file,
    });
  }
}

function isBeyond(meter: UnpackMeter, length: number): boolean {
  try {
    meter.check(length);
    return false;
  } catch {
    return true;
  }
}

async function sizesOf(connection: DuckDBConnection, file: string): Promise<Sizes> {
  const values = `num_values * CASE WHEN contains(path_in_schema, ', ') THEN ${LISTED_BYTES} ELSE 1 END`;
  const result = await connection.runAndReadAll(
    `SELECT coalesce(sum(greatest(total_uncompressed_size, ${values})), 0)::DOUBLE,
       coalesce(sum(num_values::DOUBLE * total_uncompressed_size) FILTER (contains(encodings, 'DICTIONARY')), 0)::DOUBLE
     FROM parquet_metadata(${quotePath(file)})`,
  );
  const [stated, repeated] = result.getRowsJS()[0] ?? [];
  return { stated: Number(stated), repeated: Number(repeated) };
}

/** Refuses a file where rows that are read at a time may repeat a long text of next to no size in their lists. */
async function refuseLongLists(connection: DuckDBConnection, file: string): Promise<void> {
  const result = await connection.runAndReadAll(
    `SELECT dictionary_page_offset::DOUBLE, least(num_values, num_values * ${VECTOR_ROWS} // row_group_num_rows)::DOUBLE
     FROM parquet_metadata(${quotePath(file)})
     WHERE contains(path_in_schema, ', ') AND dictionary_page_offset > 0 AND row_group_num_rows > 0
       AND total_uncompressed_size::DOUBLE * num_values > ${MOST_COPIED}`,
  );
  const handle = await open(file, 'r');
  try {
    for (const [offset, values] of result.getRowsJS()) {
      const { buffer } = await handle.read(Buffer.alloc(HEADER_BYTES), 0, HEADER_BYTES, Number(offset));
      const page = pageSizes(buffer);
      if (page === null || page.unpacked * Number(values) <= MOST_COPIED) continue;
      if (page.unpacked > UNPACK_LIMITS.maxRatio * page.packed)
        throw new UnpackTooLarge(
          `its lists repeat texts that unpack to more than ${UNPACK_LIMITS.maxRatio} times their size`,
        );
    }
  } finally {
    await handle.close();
  }
}

/**
 * The sizes of a page, by the first fields of its header: kind, and sizes unpacked and packed
 * (apache/parquet-format @ 2.10.0, parquet.thrift PageHeader; Thrift's compact protocol). Null for anything else.
 */
function pageSizes(header: Buffer): { readonly unpacked: number; readonly packed: number } | null {
  const NEXT_INTEGER = 0x15;
  let at = 0;
  const integer = (): number | null => {
    if (header[at++] !== NEXT_INTEGER) return null;
    let value = 0;
    for (let scale = 1; at < header.length; scale *= 128) {
      const byte = header[at++] ?? 0;
      value += (byte & 127) * scale;
      // Signs are in the lowest bit.
      if (byte < 128) return Math.floor(value / 2);
    }
    return null;
  };
  const [kind, unpacked, packed] = [integer(), integer(), integer()];
  return kind === null || unpacked === null || packed === null ? null : { unpacked, packed };
}

/** Names of the columns that repeat what a dictionary holds. */
async function repeating(connection: DuckDBConnection, file: string): Promise<ReadonlySet<string>> {
  const result = await connection.runAndReadAll(
    `SELECT DISTINCT path_in_schema FROM parquet_metadata(${quotePath(file)}) WHERE contains(encodings, 'DICTIONARY')`,
  );
  const paths = result.getRowsJS().flatMap(([path]) => (typeof path === 'string' ? [path] : []));
  // Parts of a path are joined by what a name may hold as well.
  return new Set(paths.flatMap((path) => path.split(', ').map((_, at, parts) => parts.slice(0, at + 1).join(', '))));
}

/**
 * How long the texts are together that stand in these columns (all: null), and those of the rows that are read at a time. The database
 * repeats none to tell.
 */
async function lengthsOf(
  connection: DuckDBConnection,
  file: string,
  columns: ReadonlySet<string> | null,
): Promise<{ total: number; most: number }> {
  const described = await connection.run(`SELECT * FROM read_parquet(${quotePath(file)}, ${AS_IT_IS}) LIMIT 0`);
  const [types, names] = [described.columnTypes(), described.columnNames()];
  const places = types.map((_, index) => `c${index}`);
  const isMeant = (index: number): boolean => columns === null || columns.has(names[index] ?? '');
  const lengths = types.flatMap((type, index) => (isMeant(index) ? (lengthOf(type, `c${index}`) ?? []) : []));
  if (lengths.length === 0) return { total: 0, most: 0 };
  const result = await connection.runAndReadAll(
    `SELECT coalesce(sum("length"), 0)::DOUBLE, coalesce(max("length"), 0)::DOUBLE FROM (
       SELECT sum(${lengths.join(' + ')}) AS "length"
       FROM read_parquet(${quotePath(file)}, ${AS_IT_IS}, file_row_number = TRUE) AS t(${[...places, 'n'].join(', ')})
       GROUP BY n // ${VECTOR_ROWS})`,
  );
  const [total, most] = result.getRowsJS()[0] ?? [];
  return { total: Number(total), most: Number(most) };
}

/** SQL of how many bytes the texts in a value have; null where it holds none. */
function lengthOf(type: DuckDBType, value: string, depth = 0): string | null {
  const ofList = (inner: DuckDBType, list: string): string | null => {
    const each = `x${depth}`;
    const length = lengthOf(inner, each, depth + 1);
    return length === null ? null : `coalesce(list_sum([${length} FOR ${each} IN ${list}]), 0)`;
  };
  const sum = (lengths: readonly (string | null)[]): string | null =>
    lengths.filter((length) => length !== null).join(' + ') || null;
  switch (type.typeId) {
    case DuckDBTypeId.VARCHAR:
      return `coalesce(strlen(${value}), 0)`;
    case DuckDBTypeId.LIST:
    case DuckDBTypeId.ARRAY:
      return ofList(type.valueType, value);
    case DuckDBTypeId.STRUCT:
      return sum(type.entryTypes.map((entry, at) => lengthOf(entry, `struct_extract_at(${value}, ${at + 1})`, depth)));
    case DuckDBTypeId.MAP:
      return sum([ofList(type.keyType, `map_keys(${value})`), ofList(type.valueType, `map_values(${value})`)]);
    default:
      return null;
  }
}
