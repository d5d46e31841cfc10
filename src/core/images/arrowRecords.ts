import type { Json, JsonObject } from '../model.js';
import { ArrowFile, integerAt, offsetAt, type Batch } from './arrowFile.js';
import { ArrowTooLarge, type ArrowField } from './arrowLayout.js';

/** Rows that are read at a time: what is held of the largest batch. */
const SLICE_ROWS = 2048;

/** What of a file's values is refused that its bytes do not account for: lists of nothing, codes for long texts. */
export interface ArrowLimits {
  /** Values of one column that are read at a time; more where the file is longer. */
  readonly values: number;
  /** Characters that codes stand for, of the whole file; more where the file is longer. */
  readonly coded: number;
  /** And how often longer they may be than the file is then. */
  readonly ratio: number;
}

/** The limits in use: those of what is packed, and of the values of one record. */
const LIMITS: ArrowLimits = { values: 10_000_000, coded: 100 << 20, ratio: 200 };
/** A file of bits has so many values for a byte. */
const BITS = 8;

/** Some rows of an Arrow file, in order. */
export interface ArrowRows {
  readonly records: readonly JsonObject[];
  /** Numbers of the records in `records` that held NaN or an infinity, read as null. */
  readonly nonStandard: ReadonlySet<number>;
}

/**
 * The rows of an Arrow IPC file as records. Columns of bytes are left out, of `{bytes, path}` (an image) the path remains; other types
 * that are not read (`unreadColumns`) are left out as well. Integers that a double would round are texts, times ISO texts.
 * Throws as `ArrowFile.open`, and an ArrowTooLarge for a file that holds far more than its size.
 */
export async function* arrowRows(file: string, limits: ArrowLimits = LIMITS): AsyncGenerator<ArrowRows> {
  const arrow = await ArrowFile.open(file);
  try {
    const columns = arrow.fields.filter((field) => isRead(field));
    const bounds = new Bounds(await arrow.size(), limits);
    const dictionaries = await dictionariesOf(arrow, columns, bounds);
    const reader = new ValueReader(arrow, dictionaries, bounds);
    for (const batch of arrow.batches) {
      for (let from = 0; from < batch.rows; from += SLICE_ROWS) {
        yield await sliceOf(reader, batch, columns, from, Math.min(batch.rows, from + SLICE_ROWS));
      }
    }
  } finally {
    await arrow.close();
  }
}

/** The names of an Arrow file's columns, the number of its rows, and what its writer says of it. Throws as `ArrowFile.open`. */
export async function arrowTable(file: string): Promise<{
  readonly columns: readonly string[];
  readonly unread: readonly string[];
  readonly metadata: ReadonlyMap<string, string>;
}> {
  const arrow = await ArrowFile.open(file);
  try {
    const named = (fields: readonly ArrowField[]): string[] => fields.map(({ name }) => name);
    return {
      columns: named(arrow.fields.filter((field) => isRead(field))),
      unread: named(arrow.fields.filter((field) => !isRead(field) && !isBytes(field))),
      metadata: arrow.metadata,
    };
  } finally {
    await arrow.close();
  }
}

function isBytes({ type }: ArrowField): boolean {
  return type.kind === 'binary' && !type.text;
}

/** `{bytes, path}`: what Hugging Face's datasets make of a picture. */
function isPicture({ type, children }: ArrowField): boolean {
  return (
    type.kind === 'struct' &&
    children.length === 2 &&
    children.some((child) => isBytes(child) && child.name === 'bytes')
  );
}

function isRead(field: ArrowField): boolean {
  const { type, children } = field;
  if (type.kind === 'other' || isBytes(field)) return false;
  if (type.kind === 'coded') return isRead(type.values);
  return isPicture(field) || children.every((child) => isRead(child));
}

async function sliceOf(
  reader: ValueReader,
  batch: Batch,
  columns: readonly ArrowField[],
  from: number,
  to: number,
): Promise<ArrowRows> {
  const records = Array.from({ length: to - from }, (): JsonObject => ({}));
  const nonStandard = new Set<number>();
  for (const field of columns) {
    const values = await reader.values(batch, field, from, to);
    const floats = withChildren(field).some(({ type }) => type.kind === 'float');
    records.forEach((record, at) => {
      const value = values[at] ?? null;
      if (floats && !allFinite(value)) nonStandard.add(at);
      setMember(record, field.name, floats ? finite(value) : value);
    });
  }
  return { records, nonStandard };
}

/** A plain assignment would give a column called "__proto__" to nobody. */
function setMember(record: JsonObject, name: string, value: Json): void {
  Object.defineProperty(record, name, { value, enumerable: true, configurable: true, writable: true });
}

/** The value with null for NaN and the infinities, which no JSON number is. */
function finite(value: Json): Json {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (Array.isArray(value)) return value.map(finite);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, finite(member)]));
}

function allFinite(value: Json): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  return typeof value !== 'object' || value === null || Object.values(value).every(allFinite);
}

/** The values of the dictionaries in use, all at once: they are few. */
async function dictionariesOf(
  arrow: ArrowFile,
  columns: readonly ArrowField[],
  bounds: Bounds,
): Promise<ReadonlyMap<number, readonly Json[]>> {
  const values = new Map<number, readonly Json[]>();
  const reader = new ValueReader(arrow, values, bounds);
  for (const { type } of columns.flatMap((column) => withChildren(column))) {
    if (type.kind !== 'coded' || values.has(type.dictionary)) continue;
    const parts: Json[] = [];
    for (const batch of arrow.dictionaries.get(type.dictionary) ?? [])
      parts.push(...(await reader.values(batch, type.values, 0, batch.rows)));
    values.set(type.dictionary, parts);
  }
  return values;
}

function withChildren(field: ArrowField): ArrowField[] {
  return [field, ...field.children.flatMap((child) => withChildren(child))];
}

/** Keeps what is made of a file in some proportion to its size. */
class Bounds {
  private codedLength = 0;

  constructor(
    private readonly size: number,
    private readonly limits: ArrowLimits,
  ) {}

  checkCount(count: number): void {
    if (count > Math.max(this.limits.values, BITS * this.size))
      throw new ArrowTooLarge(`${count.toLocaleString('en')} values of a column are to be read at a time`);
  }

  addCoded(length: number): void {
    this.codedLength += length;
    const { coded, ratio } = this.limits;
    if (this.codedLength > Math.max(coded, ratio * this.size))
      throw new ArrowTooLarge(`its codes stand for texts of more than ${ratio} times its size`);
  }
}

/** Reads ranges of columns into values. */
class ValueReader {
  constructor(
    private readonly arrow: ArrowFile,
    private readonly dictionaries: ReadonlyMap<number, readonly Json[]>,
    private readonly bounds: Bounds,
  ) {}

  /** The values `from` to `to` of a column in a batch. */
  async values(batch: Batch, field: ArrowField, from: number, to: number): Promise<Json[]> {
    const { type } = field;
    const count = to - from;
    this.bounds.checkCount(count);
    if (type.kind === 'null' || type.kind === 'other' || count === 0) return Array.from({ length: count }, () => null);
    const isValid = await this.bits(batch, field.buffer, from, to);
    const values = await this.present(batch, field, from, to);
    return values.map((value, at) => (isValid === null || isValid(at) ? value : null));
  }

  /** The values as if none were missing. */
  private present(batch: Batch, field: ArrowField, from: number, to: number): Promise<Json[]> {
    const { type } = field;
    switch (type.kind) {
      case 'integer':
      case 'float':
      case 'time':
        return this.numbers(batch, field, from, to);
      case 'coded':
        return this.coded(batch, field, from, to);
      case 'bool':
        return this.booleans(batch, field, from, to);
      case 'binary':
        return this.texts(batch, field, type, from, to);
      case 'list':
        return this.lists(batch, field, type.offset, from, to);
      case 'fixed-list':
        return this.fixedLists(batch, field, type.size, from, to);
      default:
        return this.structs(batch, field, from, to);
    }
  }

  /** Tells which of a range are set; null where no bits are kept because all are. */
  private async bits(batch: Batch, index: number, from: number, to: number): Promise<((at: number) => boolean) | null> {
    if (!this.arrow.hasBuffer(batch, index)) return null;
    const first = from >> 3;
    const bytes = await this.arrow.part(batch, index, first, ((to + 7) >> 3) - first);
    return (at) => (((bytes[((from + at) >> 3) - first] ?? 0) >> ((from + at) & 7)) & 1) === 1;
  }

  private async numbers(batch: Batch, field: ArrowField, from: number, to: number): Promise<Json[]> {
    const { type } = field;
    if (type.kind !== 'integer' && type.kind !== 'float' && type.kind !== 'time') return [];
    const bytes = await this.arrow.part(batch, field.buffer + 1, from * type.bytes, (to - from) * type.bytes);
    return Array.from({ length: to - from }, (_, at): Json => {
      if (type.kind === 'time') return timeOf(bytes, at, type);
      return type.kind === 'integer' ? exact(integerAt(bytes, at, type)) : floatAt(bytes, at, type.bytes);
    });
  }

  private async coded(batch: Batch, field: ArrowField, from: number, to: number): Promise<Json[]> {
    const { type } = field;
    if (type.kind !== 'coded') return [];
    const { index, dictionary } = type;
    const bytes = await this.arrow.part(batch, field.buffer + 1, from * index.bytes, (to - from) * index.bytes);
    const values = this.dictionaries.get(dictionary) ?? [];
    return Array.from({ length: to - from }, (_, at) => {
      const value = values[Number(integerAt(bytes, at, index))] ?? null;
      if (typeof value === 'string') this.bounds.addCoded(value.length);
      return value;
    });
  }

  private async booleans(batch: Batch, field: ArrowField, from: number, to: number): Promise<Json[]> {
    const isSet = await this.bits(batch, field.buffer + 1, from, to);
    return Array.from({ length: to - from }, (_, at) => isSet?.(at) ?? false);
  }

  private async texts(
    batch: Batch,
    field: ArrowField,
    { offset, text }: { readonly offset: 4 | 8; readonly text: boolean },
    from: number,
    to: number,
  ): Promise<Json[]> {
    if (!text) return Array.from({ length: to - from }, () => null);
    const ends = await this.offsets(batch, field, offset, from, to);
    const [first = 0] = ends;
    const bytes = await this.arrow.part(batch, field.buffer + 2, first, (ends.at(-1) ?? first) - first);
    return Array.from({ length: to - from }, (_, at) =>
      bytes.toString('utf8', (ends[at] ?? first) - first, (ends[at + 1] ?? first) - first),
    );
  }

  /** Where the values of a range begin, and the last of them ends. */
  private async offsets(batch: Batch, field: ArrowField, width: 4 | 8, from: number, to: number): Promise<number[]> {
    const bytes = await this.arrow.part(batch, field.buffer + 1, from * width, (to - from + 1) * width);
    const offsets = Array.from({ length: to - from + 1 }, (_, at) => offsetAt(bytes, at, width));
    if (offsets.some((offset, at) => offset < 0 || offset < (offsets[at - 1] ?? 0)))
      throw new RangeError('offsets run backwards');
    return offsets;
  }

  private async lists(batch: Batch, field: ArrowField, width: 4 | 8, from: number, to: number): Promise<Json[]> {
    const [child] = field.children;
    const ends = await this.offsets(batch, field, width, from, to);
    const [first = 0] = ends;
    const elements = child === undefined ? [] : await this.values(batch, child, first, ends.at(-1) ?? first);
    return Array.from({ length: to - from }, (_, at) =>
      elements.slice((ends[at] ?? first) - first, (ends[at + 1] ?? first) - first),
    );
  }

  private async fixedLists(batch: Batch, field: ArrowField, size: number, from: number, to: number): Promise<Json[]> {
    const [child] = field.children;
    const elements = child === undefined ? [] : await this.values(batch, child, from * size, to * size);
    return Array.from({ length: to - from }, (_, at) => elements.slice(at * size, (at + 1) * size));
  }

  private async structs(batch: Batch, field: ArrowField, from: number, to: number): Promise<Json[]> {
    const picture = isPicture(field);
    const members = field.children.filter((child) => !isBytes(child));
    const columns: (readonly Json[])[] = [];
    // Before anything is made of them: there may be fewer than the lists say.
    for (const member of members) columns.push(await this.values(batch, member, from, to));
    if (picture) return Array.from({ length: to - from }, (_, at) => columns[0]?.[at] ?? null);
    return Array.from({ length: to - from }, (_, at) => {
      const object: JsonObject = {};
      members.forEach((member, index) => setMember(object, member.name, columns[index]?.[at] ?? null));
      return object;
    });
  }
}

function exact(digits: string): string | number {
  return Number.isSafeInteger(Number(digits)) ? Number(digits) : digits;
}

function floatAt(bytes: Buffer, at: number, size: 2 | 4 | 8): number {
  if (size === 8) return bytes.readDoubleLE(8 * at);
  if (size === 4) return bytes.readFloatLE(4 * at);
  const bits = bytes.readUInt16LE(2 * at);
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  const sign = (bits & 0x8000) === 0 ? 1 : -1;
  if (exponent === 0x1f) return Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/** An ISO text; the digits where the time lies beyond what a date can say. */
function timeOf(bytes: Buffer, at: number, type: { readonly bytes: 4 | 8; readonly perSecond: number }): string {
  const digits = integerAt(bytes, at, { kind: 'integer', bytes: type.bytes, signed: true });
  const date = new Date((Number(digits) / type.perSecond) * 1000);
  return Number.isNaN(date.getTime()) ? digits : date.toISOString();
}
