import { isUtf8 } from 'node:buffer';
import { StringDecoder } from 'node:string_decoder';
import type { JsonObject } from '../model.js';
import { bomLength, fileSize, parseChunks, readChunks, readHead, readWhole } from './containers/bytes.js';
import { unionOfKeys } from './containers/columns.js';
import { JsonRecordParser } from './containers/jsonRecords.js';
import { sniffTable } from './containers/tableShape.js';
import { readXlsx, WORKBOOK_ENTRY, workbookRecords } from './containers/xlsx.js';
import { openZip } from './containers/zip.js';
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
 * @throws FlipsideError when the file cannot be read, or is an archive that is damaged.
 */
export async function sniff(path: string): Promise<Shape> {
  const size = await fileSize(path);
  const bytes = await readHead(path, Math.min(size, HEAD_BYTES));
  const content = bytes.subarray(bomLength(bytes));
  const text = new StringDecoder('utf8').write(content.subarray(0, TEXT_BYTES));
  const head: Head = { path, bytes, whole: size <= bytes.length, text };
  if (isZip(bytes)) return sniffZip(head);
  const first = firstByte(content);
  if (first === undefined) return shapeOf(head, head.whole ? 'empty' : 'text', { complete: head.whole });
  const json = first === '{' || first === '[' ? await sniffJson(head, first) : null;
  if (json !== null) return json;
  // After a crash a file may end in NULs; its JSON records before them are worth reading all the same.
  return bytes.includes(0) ? shapeOf(head, 'binary', { text: '' }) : sniffText(head);
}

/** A local file header, the end of an empty archive, or the marker of a split one. */
function isZip(bytes: Buffer): boolean {
  return [0x04034b50, 0x06054b50, 0x08074b50].includes(bytes.length < 4 ? 0 : bytes.readUInt32LE());
}

async function sniffZip(head: Head): Promise<Shape> {
  const { entries } = await openZip(head.path);
  if (!entries.includes(WORKBOOK_ENTRY)) return shapeOf(head, 'zip', { entries, text: '' });
  const bytes = await readWhole(head.path);
  const workbook = await readXlsx(bytes, { file: head.path, maxRows: HEAD_RECORDS + 1 });
  const { columns, records } = workbookRecords(workbook);
  const rows = records.flatMap((record) => (isDropped(record) ? [] : [record.value]));
  return shapeOf(head, 'xlsx', { entries, columns, head: rows, complete: workbook.complete, text: '' });
}

function sniffText(head: Head): Shape {
  const table = sniffTable(head.bytes, head.whole);
  if (table !== null) {
    const records = table.records.slice(0, HEAD_RECORDS);
    const complete = table.complete && records.length === table.records.length;
    return shapeOf(head, table.container, { columns: table.columns, head: records, complete });
  }
  return isText(head)
    ? shapeOf(head, 'text', { complete: head.whole && head.bytes.length <= TEXT_BYTES })
    : shapeOf(head, 'binary', { text: '' });
}

/** Null when the text only looks like JSON at its first character, as "[INFO] …" does. */
async function sniffJson(head: Head, first: '{' | '['): Promise<Shape | null> {
  const layout = first === '[' ? 'array' : 'sequence';
  const second = firstByte(head.bytes.subarray(bomLength(head.bytes)), 1);
  if (first === '{' && second !== '"' && second !== '}' && second !== undefined) return null;
  const records: Record_[] = [];
  let finished = true;
  const parser = new JsonRecordParser({ file: head.path, layout });
  for await (const batch of parseChunks(readChunks(head.path), parser)) {
    records.push(...batch);
    // One record may be the file's only one, which makes it an object; two settle it.
    const isSettled =
      records.length > 1 || records.some((record) => isDropped(record) && record.reason === 'record too large');
    if (!head.whole && isSettled) {
      finished = false;
      break;
    }
  }
  const good = records.flatMap((record) => (isDropped(record) ? [] : [record.value]));
  const reasons = new Set(records.flatMap((record) => (isDropped(record) ? [record.reason] : [])));
  const complete = finished && reasons.size === 0 && good.length <= HEAD_RECORDS;
  if (first === '[') return sniffArray(head, good, reasons, second, complete);
  const [only] = good;
  if (only !== undefined && records.length === 1 && !isOneLineOfMany(head)) {
    return shapeOf(head, 'json-object', {
      root: only,
      columns: Object.keys(only).slice(0, HEAD_RECORDS),
      complete: true,
    });
  }
  if (good.length > 0 || reasons.has('nested too deeply')) return recordsShape(head, 'json-lines', good, complete);
  const isCutOff = records.length === 1 && (reasons.has('truncated JSON') || reasons.has('record too large'));
  return isCutOff ? shapeOf(head, 'json-object', {}) : null;
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
  if (!/\.(?:jsonl|ndjson|jsonlines)$/i.test(head.path)) return false;
  return !head.whole || !head.text.trim().includes('\n');
}

function recordsShape(head: Head, container: Container, good: readonly JsonObject[], complete: boolean): Shape {
  const records = good.slice(0, HEAD_RECORDS);
  return shapeOf(head, container, { head: records, columns: unionOfKeys(records), complete });
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
