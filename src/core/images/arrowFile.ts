import { open, type FileHandle } from 'node:fs/promises';
import { ArrowUnsupported, readSchema, type ArrowField, type IntegerType } from './arrowLayout.js';
import { FlatTable } from './flatbuffer.js';
import { ImageRefused } from './openImage.js';

const CONTINUATION = 0xffffffff;
const FILE_MAGIC = 'ARROW1';
const SCHEMA = 1;
const DICTIONARY_BATCH = 2;
const RECORD_BATCH = 3;
/** Metadata of one message; a longer one is taken for damage. */
const MOST_METADATA = 64 << 20;

export interface Batch {
  readonly firstRow: number;
  readonly rows: number;
  /** Place in the file and length of each buffer. */
  readonly buffers: readonly (readonly [number, number])[];
}

/**
 * An Arrow IPC file, in the stream format (Hugging Face's cache) or the file format. Only the metadata is held: values are
 * read one by one from their places on disk. Close it.
 */
export class ArrowFile {
  fields: readonly ArrowField[] = [];
  /** What the writer says of the columns: texts by name. */
  metadata: ReadonlyMap<string, string> = new Map();
  /** The values that codes stand for, in parts, by the dictionary's number. */
  readonly dictionaries = new Map<number, Batch[]>();

  private constructor(
    private readonly file: string,
    private readonly handle: FileHandle,
    readonly batches: Batch[] = [],
  ) {}

  /** Throws an ArrowUnsupported for what is not read; a RangeError or the file system's error for a damaged file. */
  static async open(file: string): Promise<ArrowFile> {
    const arrow = new ArrowFile(file, await open(file, 'r'));
    try {
      await arrow.scan();
      return arrow;
    } catch (error) {
      await arrow.close();
      throw error;
    }
  }

  /** Its length in bytes. */
  async size(): Promise<number> {
    return (await this.handle.stat()).size;
  }

  /** The same file opened again, its metadata known. */
  async again(): Promise<ArrowFile> {
    const arrow = new ArrowFile(this.file, await open(this.file, 'r'), this.batches);
    arrow.fields = this.fields;
    arrow.metadata = this.metadata;
    for (const [number, parts] of this.dictionaries) arrow.dictionaries.set(number, parts);
    return arrow;
  }

  close(): Promise<void> {
    return this.handle.close();
  }

  private async scan(): Promise<void> {
    const { size } = await this.handle.stat();
    const start = (await this.read(0, FILE_MAGIC.length)).toString('latin1') === FILE_MAGIC ? 8 : 0;
    let rows = 0;
    for (let at = start; at + 8 <= size;) {
      const prefix = await this.read(at, 8);
      const isNew = prefix.readUInt32LE(0) === CONTINUATION;
      const length = isNew ? prefix.readUInt32LE(4) : prefix.readUInt32LE(0);
      if (length === 0) return;
      if (length > MOST_METADATA) throw new RangeError('a message is too long');
      const body = at + (isNew ? 8 : 4) + length;
      const message = FlatTable.root(await this.read(body - length, length));
      const header = message.table(2);
      if (header !== null && message.uint8(1) === SCHEMA) {
        this.fields = readSchema(header);
        this.metadata = new Map(header.tables(2).map((pair) => [pair.text(0), pair.text(1)]));
      }
      const bodyLength = message.int64(3);
      if (bodyLength < 0) throw new RangeError('a message has a negative length');
      const end = body + bodyLength;
      if (header !== null && message.uint8(1) === DICTIONARY_BATCH) this.addDictionary(header, body, end);
      if (header !== null && message.uint8(1) === RECORD_BATCH) rows += this.addBatch(header, body, end, rows);
      at = end;
    }
  }

  private addBatch(header: FlatTable, body: number, end: number, firstRow: number): number {
    const batch = batchOf(header, body, end, firstRow);
    this.batches.push(batch);
    return batch.rows;
  }

  /** A dictionary comes in one part, or in several of which each adds to those before it. */
  private addDictionary(header: FlatTable, body: number, end: number): void {
    const data = header.table(1);
    if (data === null) return;
    const known = header.uint8(2) === 0 ? [] : (this.dictionaries.get(header.int64(0)) ?? []);
    const firstRow = known.reduce((sum, { rows }) => sum + rows, 0);
    this.dictionaries.set(header.int64(0), [...known, batchOf(data, body, end, firstRow)]);
  }

  /** `count` bytes at `from` of a buffer of a batch. Throws a RangeError where it has not so many. */
  part(batch: Batch, index: number, from: number, count: number): Promise<Buffer> {
    const buffer = batch.buffers[index];
    if (buffer === undefined) throw new RangeError('a batch lacks a buffer');
    return count === 0 ? Promise.resolve(Buffer.alloc(0)) : this.within(buffer, from, count);
  }

  /** Whether a buffer holds anything: where no value is missing, there is no bitmap of those that are. */
  hasBuffer(batch: Batch, index: number): boolean {
    return (batch.buffers[index]?.[1] ?? 0) > 0;
  }

  /** The batch of a row, and the row's number in it. */
  place(row: number): { batch: Batch; at: number } | null {
    let low = 0;
    let high = this.batches.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.batches[middle]?.firstRow ?? Infinity) <= row) low = middle + 1;
      else high = middle;
    }
    const batch = this.batches[low - 1];
    return batch === undefined || row >= batch.firstRow + batch.rows ? null : { batch, at: row - batch.firstRow };
  }

  /** A text or bytes; null where there is none. Throws an ImageRefused for one beyond `limit`. */
  async value(batch: Batch, field: ArrowField, at: number, limit: number): Promise<Buffer | null> {
    if (field.type.kind !== 'binary' || !(await this.isValid(batch, field, at))) return null;
    const [from, to] = await this.range(batch, field, at, field.type.offset);
    if (to - from > limit) throw new ImageRefused('too large', `has ${to - from} bytes, over the limit`);
    const data = batch.buffers[field.buffer + 2];
    return data === undefined ? null : this.within(data, from, to - from);
  }

  /** Where a list's elements begin and end in its child; null where there is no list. */
  async elements(batch: Batch, field: ArrowField, at: number): Promise<readonly [number, number] | null> {
    if (field.type.kind !== 'list' || !(await this.isValid(batch, field, at))) return null;
    return this.range(batch, field, at, field.type.offset);
  }

  async isValid(batch: Batch, field: ArrowField, at: number): Promise<boolean> {
    const bitmap = batch.buffers[field.buffer];
    if (bitmap === undefined || bitmap[1] === 0) return true;
    const byte = (await this.within(bitmap, at >> 3, 1))[0] ?? 0;
    return ((byte >> (at & 7)) & 1) === 1;
  }

  /** All values of a column of ids in a batch, as text. Null for columns of other types. */
  async ids(batch: Batch, field: ArrowField): Promise<(string | null)[] | null> {
    const { type } = field;
    if (type.kind !== 'integer' && type.kind !== 'binary') return null;
    const whole = async (index: number): Promise<Buffer> => {
      const place = batch.buffers[field.buffer + index];
      return place === undefined ? Buffer.alloc(0) : this.within(place, 0, place[1]);
    };
    const [bitmap, values, data] = [await whole(0), await whole(1), type.kind === 'binary' ? await whole(2) : null];
    return Array.from({ length: batch.rows }, (_, at) => {
      if (bitmap.length > 0 && (((bitmap[at >> 3] ?? 0) >> (at & 7)) & 1) === 0) return null;
      if (type.kind === 'integer') return integerAt(values, at, type);
      const [from, to] = [offsetAt(values, at, type.offset), offsetAt(values, at + 1, type.offset)];
      return data?.toString('utf8', from, to) ?? null;
    });
  }

  private async range(batch: Batch, field: ArrowField, at: number, width: 4 | 8): Promise<readonly [number, number]> {
    const offsets = batch.buffers[field.buffer + 1];
    if (offsets === undefined) throw new RangeError('a batch lacks a buffer');
    const pair = await this.within(offsets, at * width, 2 * width);
    const [from, to] = [offsetAt(pair, 0, width), offsetAt(pair, 1, width)];
    if (from < 0 || to < from) throw new RangeError('offsets run backwards');
    return [from, to];
  }

  private within([start, length]: readonly [number, number], from: number, count: number): Promise<Buffer> {
    if (from + count > length) throw new RangeError('a value lies outside its buffer');
    return this.read(start + from, count);
  }

  private async read(position: number, count: number): Promise<Buffer> {
    const buffer = Buffer.allocUnsafe(count);
    let length = 0;
    while (length < count) {
      const { bytesRead } = await this.handle.read(buffer, length, count - length, position + length);
      if (bytesRead === 0) throw new RangeError('the file ends too early');
      length += bytesRead;
    }
    return buffer;
  }
}

function batchOf(header: FlatTable, body: number, end: number, firstRow: number): Batch {
  if (header.has(3)) throw new ArrowUnsupported('compressed batches');
  const buffers = header.pairs(2).map(([offset, length]) => [body + offset, length] as const);
  // Batches that shared their bytes would make a file of any length of a short one.
  if (buffers.some(([from, length]) => from < body || length < 0 || from + length > end))
    throw new RangeError('a buffer lies outside of its batch');
  return { firstRow, rows: header.int64(0), buffers };
}

/** An offset of a list or a text. */
export function offsetAt(bytes: Buffer, index: number, width: 4 | 8): number {
  return width === 4 ? bytes.readInt32LE(4 * index) : Number(bytes.readBigInt64LE(8 * index));
}

/** An integer in full, as text. */
export function integerAt(bytes: Buffer, index: number, type: IntegerType): string {
  if (type.bytes === 8) return String(type.signed ? bytes.readBigInt64LE(8 * index) : bytes.readBigUInt64LE(8 * index));
  const at = index * type.bytes;
  return String(type.signed ? bytes.readIntLE(at, type.bytes) : bytes.readUIntLE(at, type.bytes));
}
