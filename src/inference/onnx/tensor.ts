import {
  fieldsOf,
  floatsIn,
  integersIn,
  bytesIn,
  textIn,
  integerIn,
  MessageWriter,
  ProtobufError,
} from './protobuf.js';

/** Types of elements as ONNX numbers them (TensorProto.DataType); those that graphs are built of here. */
export const FLOAT = 1;
export const INT64 = 7;

/** A constant of a graph. */
export interface Tensor {
  readonly name: string;
  readonly dims: readonly number[];
  readonly type: number;
  /** The elements, little-endian; empty where they lie in a file of their own. */
  readonly data: Uint8Array;
  /** The message, as it is written. */
  readonly encoded: Uint8Array;
}

/** Reads a TensorProto. Throws a ProtobufError where it is none. */
export function readTensor(encoded: Uint8Array): Tensor {
  const dims: number[] = [];
  const floats: number[] = [];
  const integers: bigint[] = [];
  let [name, type, raw] = ['', 0, new Uint8Array()];
  for (const field of fieldsOf(encoded)) {
    if (field.number === 1) dims.push(...integersIn(field).map(Number));
    else if (field.number === 2) type = Number(integerIn(field));
    else if (field.number === 4) floats.push(...floatsIn(field));
    else if (field.number === 7) integers.push(...integersIn(field));
    else if (field.number === 8) name = textIn(field);
    else if (field.number === 9) raw = Uint8Array.from(bytesIn(field));
  }
  const listed = floats.length > 0 ? Float32Array.from(floats) : BigInt64Array.from(integers);
  const data = raw.length > 0 ? raw : new Uint8Array(listed.buffer);
  return { name, dims, type, data, encoded };
}

/** A tensor of these numbers: floats, or whole numbers of 64 bits. */
export function tensorOf(name: string, dims: readonly number[], values: Float32Array | BigInt64Array): Tensor {
  const data = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const type = values instanceof Float32Array ? FLOAT : INT64;
  const writer = new MessageWriter();
  for (const dim of dims) writer.integer(1, dim);
  return { name, dims, type, data, encoded: writer.integer(2, type).text(8, name).bytes(9, data).finish() };
}

/** The whole numbers that a tensor of 64-bit ones holds. */
export function integersOf(tensor: Tensor): number[] {
  if (tensor.type !== INT64) throw new ProtobufError(`${tensor.name} holds no 64-bit whole numbers`);
  return Array.from(new BigInt64Array(tensor.data.slice().buffer), Number);
}

export function floatsOf(tensor: Tensor): number[] {
  if (tensor.type !== FLOAT) throw new ProtobufError(`${tensor.name} holds no 32-bit floats`);
  return Array.from(new Float32Array(tensor.data.slice().buffer));
}
