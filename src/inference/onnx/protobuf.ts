/**
 * The wire format of protocol buffers (protobuf.dev/programming-guides/encoding), as far as ONNX files use it: fields of varints,
 * of four or eight bytes, and of bytes with their length ahead.
 */

/** Thrown where bytes are no protocol buffer: a file that is cut off, or another kind of file. */
export class ProtobufError extends Error {}

/** One field of a message. `value`: a varint, the number that four or eight bytes are, or the bytes themselves. */
export interface Field {
  readonly number: number;
  readonly value: bigint | number | Uint8Array;
  /** The field with its tag, as it stands in the message. */
  readonly whole: Uint8Array;
}

const [VARINT, EIGHT_BYTES, LENGTH_AHEAD, FOUR_BYTES] = [0, 1, 2, 5];
const MOST_VARINT_BYTES = 10;
const text = new TextDecoder('utf-8', { fatal: false });

/** The fields of a message in their order. Throws a ProtobufError where the bytes are none. */
export function* fieldsOf(message: Uint8Array): Generator<Field> {
  const reader = new Reader(message);
  while (!reader.atEnd) {
    const from = reader.at;
    const tag = Number(reader.varint());
    const value = reader.value(tag % 8);
    yield { number: Math.floor(tag / 8), value, whole: message.subarray(from, reader.at) };
  }
}

class Reader {
  at = 0;
  private readonly view: DataView;

  constructor(private readonly bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get atEnd(): boolean {
    return this.at >= this.bytes.length;
  }

  varint(): bigint {
    let value = 0n;
    for (let read = 0; read < MOST_VARINT_BYTES; read++) {
      const byte = this.bytes[this.at];
      if (byte === undefined) throw new ProtobufError('it ends within a number');
      this.at++;
      value |= BigInt(byte & 0x7f) << BigInt(7 * read);
      if (byte < 0x80) return value;
    }
    throw new ProtobufError(`a number of more than ${MOST_VARINT_BYTES} bytes`);
  }

  value(type: number): Field['value'] {
    if (type === VARINT) return this.varint();
    if (type === LENGTH_AHEAD) return this.take(Number(this.varint()));
    if (type === FOUR_BYTES) return this.number(4);
    if (type === EIGHT_BYTES) return this.number(8);
    throw new ProtobufError(`a field of the unknown type ${type}`);
  }

  private number(size: 4 | 8): number {
    const { at } = this;
    this.take(size);
    return size === 4 ? this.view.getFloat32(at, true) : this.view.getFloat64(at, true);
  }

  private take(count: number): Uint8Array {
    if (count > this.bytes.length - this.at)
      throw new ProtobufError(`it ends ${count} bytes too early, or within them`);
    this.at += count;
    return this.bytes.subarray(this.at - count, this.at);
  }
}

/** The bytes of a field that holds bytes, a text or a message. */
export function bytesIn({ value }: Field): Uint8Array {
  if (value instanceof Uint8Array) return value;
  throw new ProtobufError('a number where bytes were expected');
}

export function textIn(field: Field): string {
  return text.decode(bytesIn(field));
}

/** A signed whole number of up to 64 bits. */
export function integerIn({ value }: Field): bigint {
  if (typeof value === 'bigint') return BigInt.asIntN(64, value);
  throw new ProtobufError('bytes where a whole number was expected');
}

/** A field that may hold many whole numbers at once ("packed") or one. */
export function integersIn(field: Field): bigint[] {
  if (!(field.value instanceof Uint8Array)) return [integerIn(field)];
  const reader = new Reader(field.value);
  const found: bigint[] = [];
  while (!reader.atEnd) found.push(BigInt.asIntN(64, reader.varint()));
  return found;
}

/** The same for numbers of four bytes. */
export function floatsIn({ value }: Field): number[] {
  if (typeof value === 'number') return [value];
  if (typeof value === 'bigint' || value.length % 4 !== 0) throw new ProtobufError('no numbers of four bytes');
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
  return Array.from({ length: value.length / 4 }, (_, at) => view.getFloat32(4 * at, true));
}

/** Writes a message, field by field. */
export class MessageWriter {
  private readonly parts: Uint8Array[] = [];

  integer(field: number, value: bigint | number): this {
    this.parts.push(varint(BigInt(field * 8 + VARINT)), varint(BigInt(value)));
    return this;
  }

  float(field: number, value: number): this {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value, true);
    this.parts.push(varint(BigInt(field * 8 + FOUR_BYTES)), bytes);
    return this;
  }

  bytes(field: number, value: Uint8Array): this {
    this.parts.push(varint(BigInt(field * 8 + LENGTH_AHEAD)), varint(BigInt(value.length)), value);
    return this;
  }

  text(field: number, value: string): this {
    return this.bytes(field, new TextEncoder().encode(value));
  }

  /** Fields as they stood in another message. */
  whole(fields: Uint8Array): this {
    this.parts.push(fields);
    return this;
  }

  finish(): Uint8Array {
    const bytes = new Uint8Array(this.parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of this.parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return bytes;
  }
}

function varint(value: bigint): Uint8Array {
  let rest = BigInt.asUintN(64, value);
  const bytes: number[] = [];
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    bytes.push(rest === 0n ? low : low | 0x80);
  } while (rest !== 0n);
  return Uint8Array.from(bytes);
}
