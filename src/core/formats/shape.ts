import { isUtf8 } from 'node:buffer';
import { StringDecoder } from 'node:string_decoder';
import { FlipsideError, type JsonObject } from '../model.js';
import { bomLength, ByteWindow, parseChunks, readWhole } from './containers/bytes.js';
import { MAX_COLUMNS, repeatedNames, unionOfKeys } from './containers/columns.js';
import { isPacked, readContent, readContentHead, readWholeContent } from './containers/content.js';
import { JsonRecordParser } from './containers/jsonRecords.js';
import { hasRows, isNpy, NpyRecordParser, readNpyHeader } from './containers/npy.js';
import { sniffTable } from './containers/tableShape.js';
import { readXlsx, WORKBOOK_ENTRY, workbookRecords } from './containers/xlsx.js';
import { openZip, zipOfBytes } from './containers/zip.js';
import { isDropped, type Container, type Shape } from './format.js';
import type { Record_ } from './format.js';

export { openSource, type BatchedSource } from './containers/source.js';

const HEAD_BYTES = 1 << 20;
const TEXT_BYTES = 64 << 10;
const HEAD_RECORDS = 200;

/** The first bytes of a file and what is known about them. */
interface Head {
  readonly path: string;
  readonly bytes: Buffer;
  /** The bytes are the whole file. */
  readonly whole: boolean;
  readonly text: string;
}

/**
 * Looks at a file's content and says what it is. Reads the first MiB; more only where the first record of a JSON file, or
 * its one object, is longer than that (up to 256 MiB). Of a zip archive the directory, and of a workbook the first sheet.
 * The file's name decides nothing but this: one object on one line is JSON lines in a `.jsonl` or `.ndjson` file.
 * `known`: the bytes of the whole file, where they have been read.
 * @throws FlipsideError when the file cannot be read, or is an archive that is damaged.
 */
export async function sniff(path: string, known?: Buffer): Promise<Shape> {
  const { bytes, whole, verbatim } = await readContentHead(path, HEAD_BYTES, known);
  if (!verbatim && isPacked(bytes)) return packedTwice(path, bytes, whole);
  const content = bytes.subarray(bomLength(bytes));
  const text = new StringDecoder('utf8').write(content.subarray(0, TEXT_BYTES));
  const head: Head = { path, bytes, whole, text };
  if (isZip(bytes)) return verbatim ? sniffZip(head) : sniffPackedZip(head);
  if (isNpy(bytes)) return sniffArrayFile(head);
  const table = tableContainer(bytes);
  // What is packed once more cannot be read from any place in it.
  if (table !== null) return shapeOf(head, table, { text: '', root: verbatim ? null : { packed: true } });
  const first = firstByte(content);
  if (first === undefined) return shapeOf(head, head.whole ? 'empty' : 'text', { complete: head.whole });
  const json = first === '{' || first === '[' ? await sniffJson(head, first) : null;
  if (json !== null) return json;
  // After a crash a file may end in NULs; its records before them are worth reading all the same.
  return bytes.includes(0) ? sniffDamaged(head) : sniffText(head);
}

function packedTwice(path: string, bytes: Buffer, whole: boolean): Shape {
  const problem = 'packed twice (gzip or zstd within another); unpack it once';
  return shapeOf({ path, bytes, whole, text: '' }, 'binary', { problem });
}

/** A local file header, the end of an empty archive, or the marker of a split one. */
function isZip(bytes: Buffer): boolean {
  return [0x04034b50, 0x06054b50, 0x08074b50].includes(bytes.length < 4 ? 0 : bytes.readUInt32LE());
}

const PARQUET = 'PAR1';
const ARROW = 'ARROW1';
/** How every message of an Arrow stream begins. Its first, the schema, is padded to eight bytes. */
const CONTINUATION = 0xffffffff;
const MOST_SCHEMA = 64 << 20;

/** Binary tables, whose rows are read elsewhere (analysis/openFile.ts). */
function tableContainer(bytes: Buffer): 'parquet' | 'arrow' | null {
  if (bytes.length < 16) return null;
  if (bytes.toString('latin1', 0, PARQUET.length) === PARQUET) return 'parquet';
  if (bytes.toString('latin1', 0, ARROW.length) === ARROW) return 'arrow';
  const length = bytes.readUInt32LE(4);
  return bytes.readUInt32LE(0) === CONTINUATION && length > 0 && length < MOST_SCHEMA && length % 8 === 0
    ? 'arrow'
    : null;
}

/** An array of numbers with its first rows; of any other array (objects, texts) there are none. */
function sniffArrayFile(head: Head): Shape {
  const header = readNpyHeader(head.bytes);
  if (header === null) return shapeOf(head, 'binary', { text: '' });
  const { shape, descr } = header;
  const root = { shape: [...shape], descr };
  if (!hasRows(header)) return shapeOf(head, 'npy', { root, text: '' });
  const window = new ByteWindow();
  window.append(head.bytes);
  const records: Record_[] = [];
  new NpyRecordParser(head.path).take(window, head.whole, records);
  const rows = records.flatMap((record) => (isDropped(record) ? [] : [record.value]));
  const complete = head.whole && rows.length === records.length && rows.length <= HEAD_RECORDS;
  return shapeOf(head, 'npy', { root, columns: ['values'], head: rows.slice(0, HEAD_RECORDS), complete, text: '' });
}

async function sniffZip(head: Head): Promise<Shape> {
  const { entries } = await openZip(head.path);
  return entries.includes(WORKBOOK_ENTRY)
    ? sniffWorkbook(head, entries, await readWhole(head.path))
    : shapeOf(head, 'zip', { entries, text: '' });
}

/** A workbook is read whole; of any other archive entries are read from their places, which a packed one has not. */
async function sniffPackedZip(head: Head): Promise<Shape> {
  const bytes = await readWholeContent(head.path);
  const archive = await zipOfBytes(bytes, head.path).catch((error: unknown) => {
    if (error instanceof FlipsideError) return null;
    throw error;
  });
  return archive?.entries.includes(WORKBOOK_ENTRY) === true
    ? sniffWorkbook(head, archive.entries, bytes)
    : shapeOf(head, 'binary', { text: '' });
}

async function sniffWorkbook(head: Head, entries: readonly string[], bytes: Uint8Array): Promise<Shape> {
  const workbook = await readXlsx(bytes, { file: head.path, maxRows: HEAD_RECORDS + 1 });
  const { columns, batches } = workbookRecords(workbook);
  const rows = [...batches()].flat().flatMap((record) => (isDropped(record) ? [] : [record.value]));
  return shapeOf(head, 'xlsx', { entries, columns, head: rows, complete: workbook.complete, text: '' });
}

/** Share of the bytes up to the last that is not NUL which may be NUL in a damaged text; data and UTF-16 have far more. */
const DAMAGED_SHARE = 0.01;

/** A file with NUL bytes is binary, unless it is a table in which a row or two are damaged: these the reader drops. */
function sniffDamaged(head: Head): Shape {
  const { bytes } = head;
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end--;
  const nuls = bytes.subarray(0, end).reduce((count, byte) => (byte === 0 ? count + 1 : count), 0);
  // A short file may be damaged in one place, too.
  const shape = nuls <= Math.max(1, DAMAGED_SHARE * end) && isText(head) ? sniffText(head) : null;
  return shape !== null && shape.columns.length > 0
    ? shape
    : shapeOf(head, 'binary', { text: '', ...otherEncoding(bytes) });
}

/** Text of Latin letters in UTF-16 or UTF-32 has NULs at every second or at three of four places, and only there. */
function otherEncoding(bytes: Buffer): Pick<Shape, 'problem'> {
  const sample = bytes.subarray(0, 1024);
  const nuls = [0, 0, 0, 0];
  sample.forEach((byte, at) => (nuls[at % 4] = (nuls[at % 4] ?? 0) + (byte === 0 ? 1 : 0)));
  const places = nuls.filter((count) => count * 4 > 0.8 * sample.length).length;
  const others = nuls.filter((count) => count * 4 < 0.2 * sample.length).length;
  const isUtf32 = places === 3 && others === 1;
  const isUtf16 = (places === 2 && others === 2) || isTextInUtf16(sample);
  if (sample.length < 8 || (!isUtf32 && !isUtf16)) return {};
  const encoding = isUtf32 ? 'UTF-32' : 'UTF-16 without its byte order mark';
  return { problem: `it seems to be text in ${encoding}; save it as UTF-8` };
}

/** Text in other letters has few NULs: those of its line ends, commas and quotes. It is text if all of it is, read either way. */
function isTextInUtf16(sample: Buffer): boolean {
  return ['utf-16le', 'utf-16be'].some((encoding) => {
    try {
      const text = new TextDecoder(encoding, { fatal: true }).decode(sample, { stream: true });
      return /[\n,"]/.test(text) && /^[\p{L}\p{M}\p{N}\p{P}\p{S}\p{Zs}\t\r\n]+$/u.test(text);
    } catch {
      return false;
    }
  });
}

function sniffText(head: Head): Shape {
  const table = sniffTable(head.bytes, head.whole);
  if (table !== null) {
    const records = table.records.slice(0, HEAD_RECORDS);
    const complete = table.complete && records.length === table.records.length;
    const { container, columns, delimiter } = table;
    const usual = delimiter === ',' || delimiter === '\t';
    const warnings = headerWarnings(head.path, table.header, columns);
    const known = { columns, head: records, complete, ...warnings, ...(usual ? {} : { delimiter }) };
    return shapeOf(head, container, known);
  }
  return isText(head)
    ? shapeOf(head, 'text', { complete: head.whole && head.bytes.length <= TEXT_BYTES })
    : shapeOf(head, 'binary', { text: '' });
}

function headerWarnings(path: string, header: readonly string[], columns: readonly string[]): Pick<Shape, 'warnings'> {
  const warnings = repeatedNames(header).map(({ name, positions }) => {
    const later = positions.slice(1).map((position) => `'${columns[position - 1] ?? ''}'`);
    return (
      `${path}, header: ${String(positions.length)} columns are called '${name}' (numbers ${positions.join(', ')}); ` +
      `the later ones are read as ${later.join(', ')}. Rename them, or name the right one in a mapping.`
    );
  });
  return warnings.length > 0 ? { warnings } : {};
}

/** Null when the text only looks like JSON at its first character, as "[INFO] …" does. */
async function sniffJson(head: Head, first: '{' | '['): Promise<Shape | null> {
  const layout = first === '[' ? 'array' : 'sequence';
  const second = firstByte(head.bytes.subarray(bomLength(head.bytes)), 1);
  if (first === '{' && second !== '"' && second !== '}' && second !== undefined) return null;
  const records: Record_[] = [];
  let finished = true;
  const repeats = new RepeatedKeys();
  const onRepeatedKeys = repeats.add.bind(repeats);
  // An object with many keys may be records by id: it is too wide only where others follow.
  const parser = new JsonRecordParser({ file: head.path, layout, onRepeatedKeys, mostKeys: Infinity });
  const content = head.whole ? [head.bytes] : readContent(head.path);
  for await (const batch of parseChunks(content, parser)) {
    records.push(...batch);
    // One record may be the file's only one, which makes it an object; two settle it.
    // In a file of lines another one may follow a line that is too long; a JSON file of this size is one object.
    const isOver =
      !isNamedLines(head.path) && records.some((record) => isDropped(record) && record.reason === 'record too large');
    const isSettled = records.length > 1 || isOver;
    if (!head.whole && isSettled) {
      finished = false;
      break;
    }
  }
  const good = records.flatMap((record) => (isDropped(record) ? [] : [record.value]));
  const reasons = new Set(records.flatMap((record) => (isDropped(record) ? [record.reason] : [])));
  const complete = finished && reasons.size === 0 && good.length <= HEAD_RECORDS;
  if (first === '[') return withWarnings(sniffArray(head, good, reasons, second, complete), repeats);
  const [only] = good;
  if (only !== undefined && records.length === 1 && !isOneLineOfMany(head)) {
    const columns = Object.keys(only).slice(0, HEAD_RECORDS);
    return withWarnings(shapeOf(head, 'json-object', { root: only, columns, complete: true }), repeats);
  }
  if (good.length > 0) return withWarnings(recordsShape(head, 'json-lines', good, complete), repeats);
  const problem = problemOf(records);
  if (reasons.has('nested too deeply')) return { ...recordsShape(head, 'json-lines', good, complete), ...problem };
  const isCutOff =
    records.length === 1 && ['truncated JSON', 'record too large', 'too many values'].some((each) => reasons.has(each));
  return isCutOff ? shapeOf(head, 'json-object', problem) : null;
}

function problemOf(records: readonly Record_[]): Pick<Shape, 'problem'> {
  const [first] = records;
  return first !== undefined && isDropped(first) ? { problem: first.detail } : {};
}

/** The keys that stand twice in one object of the head: how often, and where first. */
class RepeatedKeys {
  private readonly places = new Map<string, { place: string; records: number }>();

  add(place: string, keys: readonly string[]): void {
    for (const key of keys) {
      const known = this.places.get(key);
      if (known === undefined) this.places.set(key, { place, records: 1 });
      else known.records++;
    }
  }

  warnings(): string[] {
    return [...this.places].map(([key, { place, records }]) => {
      const more = records > 1 ? ` (and in ${String(records - 1)} more of the first records)` : '';
      return `${place}${more}: the key ${JSON.stringify(key)} stands twice in one object; the last value is read. Rename or remove one.`;
    });
  }
}

function withWarnings(shape: Shape | null, repeats: RepeatedKeys): Shape | null {
  const warnings = repeats.warnings();
  return shape === null || warnings.length === 0 ? shape : { ...shape, warnings };
}

function sniffArray(
  head: Head,
  good: readonly JsonObject[],
  reasons: ReadonlySet<string>,
  second: string | undefined,
  complete: boolean,
): Shape | null {
  const isEmpty = second === ']' && reasons.size === 0;
  const isCutOff = second === '{' && !reasons.has('invalid JSON');
  const isScalars = reasons.has('not an object') && !reasons.has('invalid JSON') && !reasons.has('truncated JSON');
  if (good.length === 0 && !isEmpty && !isCutOff && !isScalars) return null;
  return recordsShape(head, 'json-array', good, complete);
}

/** One object on one line is the whole of a JSON file and the first line of a JSON lines file alike: the name decides. */
function isOneLineOfMany(head: Head): boolean {
  return isNamedLines(head.path) && (!head.whole || !head.text.trim().includes('\n'));
}

function isNamedLines(path: string): boolean {
  return /\.(?:jsonl|ndjson|jsonlines)(?:\.(?:gz|zst))?$/i.test(path);
}

function recordsShape(head: Head, container: Container, good: readonly JsonObject[], complete: boolean): Shape {
  const fitting = good.filter((record) => Object.keys(record).length <= MAX_COLUMNS);
  const records = (fitting.length > 0 ? fitting : good).slice(0, HEAD_RECORDS);
  const isAll = complete && fitting.length === good.length;
  return shapeOf(head, container, { head: records, columns: unionOfKeys(records), complete: isAll });
}

function shapeOf(head: Head, container: Container, known: Partial<Shape>): Shape {
  return {
    path: head.path,
    container,
    columns: [],
    head: [],
    complete: false,
    text: head.text,
    root: null,
    entries: [],
    ...known,
  };
}

/** The character at the first byte that is no white space, or at the n-th such byte behind it. */
function firstByte(bytes: Uint8Array, nth = 0): string | undefined {
  let seen = 0;
  for (const byte of bytes) {
    if (byte === 0x20 || (byte >= 0x09 && byte <= 0x0d)) continue;
    if (seen++ === nth) return String.fromCharCode(byte);
  }
  return undefined;
}

/** UTF-8, or nearly so: text in an old encoding has a bad byte here and there, compressed data has them everywhere. */
function isText(head: Head): boolean {
  if (head.whole && isUtf8(head.bytes)) return true;
  const bad = head.text.split('\ufffd').length - 1;
  return bad * 4 <= head.text.length;
}
