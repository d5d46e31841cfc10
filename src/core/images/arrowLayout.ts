import type { FlatTable } from './flatbuffer.js';

/** How a column's values are kept, as far as anything here reads them. */
export type ArrowType =
  | { readonly kind: 'integer'; readonly bytes: 1 | 2 | 4 | 8; readonly signed: boolean }
  /** Texts and bytes: offsets of 4 or 8 bytes into the data. */
  | { readonly kind: 'binary'; readonly offset: 4 | 8; readonly text: boolean }
  | { readonly kind: 'list'; readonly offset: 4 | 8 }
  | { readonly kind: 'struct' }
  | { readonly kind: 'other' };

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

// Numbers of Arrow's Schema.fbs.
const NULL = 1;
const INT = 2;
const UNION = 14;
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
  const isCoded = field.has(4);
  counter.buffer += isCoded ? 2 : bufferCount(code, field.table(3));
  const children = isCoded ? [] : field.tables(5).map((child) => readField(child, counter));
  return { name, type: isCoded ? { kind: 'other' } : typeOf(code, field.table(3)), buffer, children };
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
  if (code === STRUCT) return { kind: 'struct' };
  const bytes = code === INT && type !== null ? type.int32(0) / 8 : 0;
  if (bytes === 1 || bytes === 2 || bytes === 4 || bytes === 8) {
    return { kind: 'integer', bytes, signed: (type?.uint8(1) ?? 0) !== 0 };
  }
  return { kind: 'other' };
}
