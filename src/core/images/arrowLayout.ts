import type { FlatTable } from './flatbuffer.js';

/** How a column's values are kept, as far as anything here reads them. */
export type ArrowType =
  | IntegerType
  /** Texts and bytes: offsets of 4 or 8 bytes into the data. */
  | { readonly kind: 'binary'; readonly offset: 4 | 8; readonly text: boolean }
  | { readonly kind: 'list'; readonly offset: 4 | 8 }
  | { readonly kind: 'fixed-list'; readonly size: number }
  | { readonly kind: 'struct' }
  | { readonly kind: 'null' }
  | { readonly kind: 'bool' }
  | { readonly kind: 'float'; readonly bytes: 2 | 4 | 8 }
  /** A number of units since 1970. */
  | { readonly kind: 'time'; readonly bytes: 4 | 8; readonly perSecond: number }
  /** Codes that stand for the values of a dictionary. */
  | { readonly kind: 'coded'; readonly dictionary: number; readonly index: IntegerType; readonly values: ArrowField }
  | { readonly kind: 'other' };

export interface IntegerType {
  readonly kind: 'integer';
  readonly bytes: 1 | 2 | 4 | 8;
  readonly signed: boolean;
}

/** A column, with the numbers of its first node and buffer in every batch. */
export interface ArrowField {
  readonly name: string;
  readonly type: ArrowType;
  readonly buffer: number;
  readonly children: readonly ArrowField[];
}

/** The file is Arrow, in a form that is not read. */
export class ArrowUnsupported extends Error {
  constructor(what: string) {
    super(`holds ${what}, which is not read`);
    this.name = 'ArrowUnsupported';
  }
}

/** The file is Arrow, and holds far more than its size. */
export class ArrowTooLarge extends Error {}

// Numbers of Arrow's Schema.fbs.
const NULL = 1;
const INT = 2;
const FLOAT = 3;
const BOOL = 6;
const DATE = 8;
const TIMESTAMP = 10;
const UNION = 14;
const MAP = 17;
const OFFSETS: ReadonlyMap<number, 4 | 8> = new Map([
  [4, 4],
  [5, 4],
  [19, 8],
  [20, 8],
]);
const TEXTS: ReadonlySet<number> = new Set([5, 20]);
const LISTS: ReadonlyMap<number, 4 | 8> = new Map([
  [12, 4],
  [21, 8],
]);
const STRUCT = 13;
const FIXED_SIZE_LIST = 16;
const RUN_END_ENCODED = 22;
/** From here on (views), batches have buffers whose number is not in the schema. */
const FIRST_VIEW = 23;
const DENSE = 1;

/** The columns of a schema message. Throws an ArrowUnsupported. */
export function readSchema(schema: FlatTable): ArrowField[] {
  if (schema.int16(0) !== 0) throw new ArrowUnsupported('big-endian numbers');
  const counter = { buffer: 0 };
  return schema.tables(1).map((field) => readField(field, counter));
}

function readField(field: FlatTable, counter: { buffer: number }): ArrowField {
  const name = field.text(0);
  const code = field.uint8(2);
  if (code >= FIRST_VIEW) throw new ArrowUnsupported(`the column "${name}" as views`);
  const buffer = counter.buffer;
  // A column of dictionary codes has the buffers of its codes, whatever the values are.
  const coding = field.table(4);
  counter.buffer += coding === null ? bufferCount(code, field.table(3)) : 2;
  const children = coding === null ? field.tables(5).map((child) => readField(child, counter)) : [];
  const type = coding === null ? typeOf(code, field.table(3)) : codedType(field, coding, code);
  return { name, type, buffer, children };
}

/** Dictionary codes are 32-bit integers where the schema does not say otherwise. */
function codedType(field: FlatTable, coding: FlatTable, code: number): ArrowType {
  const index = integerType(coding.table(1)) ?? { kind: 'integer', bytes: 4, signed: true };
  const counter = { buffer: bufferCount(code, field.table(3)) };
  const children = field.tables(5).map((child) => readField(child, counter));
  const values: ArrowField = { name: field.text(0), type: typeOf(code, field.table(3)), buffer: 0, children };
  return { kind: 'coded', dictionary: coding.int64(0), index, values };
}

function bufferCount(code: number, type: FlatTable | null): number {
  if (code === NULL || code === RUN_END_ENCODED) return 0;
  if (code === UNION) return type?.int16(0) === DENSE ? 2 : 1;
  if (code === STRUCT || code === FIXED_SIZE_LIST) return 1;
  return OFFSETS.has(code) ? 3 : 2;
}

function typeOf(code: number, type: FlatTable | null): ArrowType {
  const offset = OFFSETS.get(code);
  if (offset !== undefined) return { kind: 'binary', offset, text: TEXTS.has(code) };
  const list = LISTS.get(code);
  if (list !== undefined) return { kind: 'list', offset: list };
  switch (code) {
    case STRUCT:
      return { kind: 'struct' };
    case NULL:
      return { kind: 'null' };
    case BOOL:
      return { kind: 'bool' };
    // A map is a list of its keys and values.
    case MAP:
      return { kind: 'list', offset: 4 };
    case FIXED_SIZE_LIST:
      return { kind: 'fixed-list', size: type?.int32(0) ?? 0 };
    case FLOAT:
      return { kind: 'float', bytes: FLOAT_BYTES[type?.int16(0) ?? 0] ?? 8 };
    case DATE:
      return type?.has(0) === true && type.int16(0) === 0
        ? { kind: 'time', bytes: 4, perSecond: 1 / SECONDS_PER_DAY }
        : { kind: 'time', bytes: 8, perSecond: 1000 };
    case TIMESTAMP:
      return { kind: 'time', bytes: 8, perSecond: 1000 ** (type?.int16(0) ?? 0) };
    default:
      return (code === INT ? integerType(type) : null) ?? { kind: 'other' };
  }
}

const FLOAT_BYTES = [2, 4, 8] as const;
const SECONDS_PER_DAY = 86_400;

function integerType(type: FlatTable | null): IntegerType | null {
  const bytes = type === null ? 0 : type.int32(0) / 8;
  if (bytes !== 1 && bytes !== 2 && bytes !== 4 && bytes !== 8) return null;
  return { kind: 'integer', bytes, signed: (type?.uint8(1) ?? 0) !== 0 };
}
