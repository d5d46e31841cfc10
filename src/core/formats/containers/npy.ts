import type { Json } from '../../model.js';
import type { Record_ } from '../format.js';
import { MAX_RECORD_BYTES, type ByteWindow, type RecordParser } from './bytes.js';

/**
 * NumPy's array files, versions 1 to 3: magic, length of the header, a Python dictionary with `descr`, `fortran_order` and
 * `shape`, then the numbers. Source: numpy/numpy, numpy/lib/format.py ("Format Version 1.0" and following).
 */
export interface NpyHeader {
  /** NumPy's name of the number type: byte order, kind and size ("<f4"). */
  readonly descr: string;
  /** True where the first index runs fastest. */
  readonly fortran: boolean;
  readonly shape: readonly number[];
  /** Offset of the first number. */
  readonly start: number;
}

const MAGIC = '\u0093NUMPY';
const LONGEST_HEADER = 1 << 16;
/** A row of more numbers than this is no set of scores. */
const MOST_NUMBERS = 1 << 16;

/** True for the first bytes of an array file. */
export function isNpy(bytes: Buffer): boolean {
  return bytes.toString('latin1', 0, MAGIC.length) === MAGIC;
}

/** The header of an array file from its first bytes; null where it is none, or is not all there. */
export function readNpyHeader(bytes: Buffer): NpyHeader | null {
  if (!isNpy(bytes) || bytes.length < 12) return null;
  const isFirst = bytes[6] === 1;
  const length = isFirst ? bytes.readUInt16LE(8) : bytes.readUInt32LE(8);
  const start = (isFirst ? 10 : 12) + length;
  if (length > LONGEST_HEADER || start > bytes.length) return null;
  const text = bytes.toString('latin1', isFirst ? 10 : 12, start);
  const descr = /'descr'\s*:\s*'([^']*)'/.exec(text)?.[1];
  const shape = /'shape'\s*:\s*\(([\d,\sL]*)\)/.exec(text)?.[1];
  const fortran = /'fortran_order'\s*:\s*(True|False)/.exec(text)?.[1];
  if (shape === undefined || fortran === undefined) return null;
  const sizes = shape.split(',').filter((part) => part.trim() !== '');
  return {
    descr: descr ?? 'object',
    fortran: fortran === 'True',
    shape: sizes.map((part) => Number.parseInt(part, 10)),
    start,
  };
}

interface NumberType {
  readonly bytes: number;
  /** The number at a byte; null for what JSON has no number for. Integers that a double would round are texts. */
  read(buffer: Buffer, at: number): string | number | boolean | null;
}

/** How the numbers of an entry of the first axis are read, and how many there are. */
interface Rows {
  readonly type: NumberType;
  readonly count: number;
}

/** Null for arrays that are not read as rows. */
function rowType({ descr, shape }: NpyHeader): Rows | null {
  const type = numberType(descr);
  const count = shape.slice(1).reduce((product, size) => product * size, 1);
  return type === null || shape.length < 1 || count < 1 || count > MOST_NUMBERS ? null : { type, count };
}

/** True where the array can be read row by row. */
export function hasRows(header: NpyHeader): boolean {
  return rowType(header) !== null;
}

function numberType(descr: string): NumberType | null {
  const [, order, kind, size] = /^([<>|=])([fiub])(\d{1,2})$/.exec(descr) ?? [];
  const bytes = Number(size);
  const little = order !== '>';
  const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);
  const exact = (value: bigint): string | number =>
    Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (kind === 'b' && bytes === 1) return { bytes, read: (buffer, at) => buffer[at] !== 0 };
  if (kind === 'f' && bytes === 2)
    return { bytes, read: (b, at) => finite(half(little ? b.readUInt16LE(at) : b.readUInt16BE(at))) };
  if (kind === 'f' && bytes === 4)
    return { bytes, read: (b, at) => finite(little ? b.readFloatLE(at) : b.readFloatBE(at)) };
  if (kind === 'f' && bytes === 8)
    return { bytes, read: (b, at) => finite(little ? b.readDoubleLE(at) : b.readDoubleBE(at)) };
  if (kind === 'i' && [1, 2, 4].includes(bytes))
    return { bytes, read: (b, at) => (little ? b.readIntLE(at, bytes) : b.readIntBE(at, bytes)) };
  if (kind === 'u' && [1, 2, 4].includes(bytes))
    return { bytes, read: (b, at) => (little ? b.readUIntLE(at, bytes) : b.readUIntBE(at, bytes)) };
  if (kind === 'i' && bytes === 8)
    return { bytes, read: (b, at) => exact(little ? b.readBigInt64LE(at) : b.readBigInt64BE(at)) };
  if (kind === 'u' && bytes === 8)
    return { bytes, read: (b, at) => exact(little ? b.readBigUInt64LE(at) : b.readBigUInt64BE(at)) };
  return null;
}

/** A number of IEEE 754's binary16, which models on graphics cards write. */
function half(bits: number): number {
  const sign = (bits & 0x8000) === 0 ? 1 : -1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/**
 * Reads an array along its first axis: each entry is a record `{values}`, nested as the array is. Of an array whose first
 * index runs fastest the whole is needed before the first record.
 */
export class NpyRecordParser implements RecordParser {
  private header: NpyHeader | null = null;
  private row = 0;

  constructor(private readonly file: string) {}

  take(window: ByteWindow, last: boolean, out: Record_[]): void {
    const header = this.begin(window);
    const rows = header === null ? null : rowType(header);
    if (header === null || rows === null) {
      if (last) window.start = window.end;
      return;
    }
    const total = header.shape[0] ?? 0;
    const bytes = rows.type.bytes * rows.count;
    if (header.fortran) this.takeWhole(window, header, rows, last, out);
    else
      for (; this.row < total && window.length >= bytes; window.start += bytes) {
        this.emit(window, header, rows, (at) => at, out);
      }
    if (last) this.finish(window, total, out);
  }

  /** Only a whole array of this order has its numbers where its shape says. */
  private takeWhole(window: ByteWindow, header: NpyHeader, rows: Rows, last: boolean, out: Record_[]): void {
    const [total = 0, ...sizes] = header.shape;
    const bytes = total * rows.count * rows.type.bytes;
    if (bytes > MAX_RECORD_BYTES) {
      // It is let go as it comes, and dropped at the end.
      window.start = window.end;
      return;
    }
    if (!last || window.length < bytes) return;
    for (let row = 0; row < total; row++) {
      this.emit(window, header, rows, (at) => row + total * fortranPlace(at, sizes), out);
    }
    window.start += bytes;
  }

  private begin(window: ByteWindow): NpyHeader | null {
    if (this.header !== null) return this.header;
    this.header = readNpyHeader(window.buffer.subarray(window.start, window.end));
    if (this.header !== null) window.start += this.header.start;
    return this.header;
  }

  /** `placeOf` says where the n-th number of the entry stands, counted in numbers. */
  private emit(
    window: ByteWindow,
    { shape }: NpyHeader,
    { type, count }: Rows,
    placeOf: (at: number) => number,
    out: Record_[],
  ): void {
    const numbers = Array.from({ length: count }, (_, at) =>
      type.read(window.buffer, window.start + placeOf(at) * type.bytes),
    );
    const flags = numbers.includes(null) ? (['nonStandardNumber'] as const) : [];
    out.push({ row: ++this.row, value: { values: nest(numbers, shape.slice(1)) }, flags });
  }

  private finish(window: ByteWindow, total: number, out: Record_[]): void {
    const missing = total - this.row;
    if (missing > 0)
      this.drop(
        out,
        'truncated array',
        `${String(missing)} of the ${String(total)} rows that it announces are not there, or the array is too large`,
      );
    else if (window.length > 0)
      this.drop(out, 'bytes after the array', 'more follows the array that its header announces, perhaps a second one');
    window.start = window.end;
  }

  private drop(out: Record_[], reason: string, why: string): void {
    const row = ++this.row;
    out.push({ row, reason, detail: `${this.file}, row ${String(row)}: ${reason}: ${why}. Save the array again.` });
  }
}

/** The place, in an array whose first index runs fastest, of the number that is the `at`-th where the last index does. */
function fortranPlace(at: number, sizes: readonly number[]): number {
  let rest = at;
  let place = 0;
  let stride = sizes.reduce((product, size) => product * size, 1);
  for (let axis = sizes.length - 1; axis >= 0; axis--) {
    const size = sizes[axis] ?? 1;
    stride /= size;
    place += (rest % size) * stride;
    rest = Math.floor(rest / size);
  }
  return place;
}

function nest(numbers: readonly Json[], sizes: readonly number[]): Json {
  const [size, ...inner] = sizes;
  if (size === undefined) return numbers[0] ?? null;
  if (inner.length === 0) return [...numbers];
  const step = numbers.length / size;
  return Array.from({ length: size }, (_, at) => nest(numbers.slice(at * step, (at + 1) * step), inner));
}
