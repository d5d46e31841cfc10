import { bytesIn, fieldsOf, floatsIn, integerIn, integersIn, MessageWriter, textIn, type Field } from './protobuf.js';
import { readTensor, type Tensor } from './tensor.js';

/** An attribute of a node. Of its values the one that its type says is there; what is not named here stays in `encoded`. */
export interface Attribute {
  readonly name: string;
  readonly float?: number;
  readonly integer?: number;
  readonly text?: string;
  readonly tensor?: Tensor;
  readonly floats?: readonly number[];
  readonly integers?: readonly number[];
  readonly encoded: Uint8Array;
}

/** One operation. Inputs and outputs are names of tensors, '' where an optional one is left out. */
export interface Node {
  readonly op: string;
  /** '' is ONNX's own. */
  readonly domain: string;
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, Attribute>;
}

/** An input or output of the graph. */
export interface ValueInfo {
  readonly name: string;
  /** As in tensor.ts; 0 where it is not stated. */
  readonly type: number;
  /** Numbers, or names of dimensions that are open. Null where the shape is not stated. */
  readonly dims: readonly (number | string)[] | null;
  readonly encoded: Uint8Array;
}

export interface Graph {
  readonly name: string;
  readonly nodes: readonly Node[];
  readonly constants: readonly Tensor[];
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  /** Fields that nothing here reads, as they stood. */
  readonly others: readonly Uint8Array[];
}

/** An ONNX model (onnx.proto, ModelProto). Decoded and encoded again it means the same. */
export interface OnnxModel {
  /** Versions of operator sets by domain, '' for ONNX's own. */
  readonly opsets: ReadonlyMap<string, number>;
  readonly graph: Graph;
  readonly others: readonly Uint8Array[];
}

/** Reads an ONNX file. Throws a ProtobufError where the bytes are none. */
export function decodeModel(bytes: Uint8Array): OnnxModel {
  const opsets = new Map<string, number>();
  const others: Uint8Array[] = [];
  let graph: Graph | null = null;
  for (const field of fieldsOf(bytes)) {
    if (field.number === 7) graph = readGraph(bytesIn(field));
    else if (field.number === 8) readOpset(bytesIn(field), opsets);
    else others.push(field.whole);
  }
  return { opsets, graph: graph ?? readGraph(new Uint8Array()), others };
}

function readOpset(bytes: Uint8Array, opsets: Map<string, number>): void {
  let [domain, version] = ['', 1];
  for (const field of fieldsOf(bytes)) {
    if (field.number === 1) domain = textIn(field);
    else if (field.number === 2) version = Number(integerIn(field));
  }
  opsets.set(domain === 'ai.onnx' ? '' : domain, version);
}

/** Fields of a graph that say what shapes tensors have: measured ones are used instead, and nodes are added. */
const STATED_SHAPES = 13;

function readGraph(bytes: Uint8Array): Graph {
  const nodes: Node[] = [];
  const constants: Tensor[] = [];
  const inputs: ValueInfo[] = [];
  const outputs: ValueInfo[] = [];
  const others: Uint8Array[] = [];
  let name = 'graph';
  for (const field of fieldsOf(bytes)) {
    if (field.number === 1) nodes.push(readNode(bytesIn(field)));
    else if (field.number === 2) name = textIn(field);
    else if (field.number === 5) constants.push(readTensor(bytesIn(field)));
    else if (field.number === 11) inputs.push(readValueInfo(bytesIn(field)));
    else if (field.number === 12) outputs.push(readValueInfo(bytesIn(field)));
    else if (field.number !== STATED_SHAPES) others.push(field.whole);
  }
  return { name, nodes, constants, inputs, outputs, others };
}

function readNode(bytes: Uint8Array): Node {
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes = new Map<string, Attribute>();
  let [name, op, domain] = ['', '', ''];
  for (const field of fieldsOf(bytes)) {
    if (field.number === 1) inputs.push(textIn(field));
    else if (field.number === 2) outputs.push(textIn(field));
    else if (field.number === 3) name = textIn(field);
    else if (field.number === 4) op = textIn(field);
    else if (field.number === 7) domain = textIn(field);
    else if (field.number === 5) {
      const attribute = readAttribute(bytesIn(field));
      attributes.set(attribute.name, attribute);
    }
  }
  return { op, domain, name, inputs, outputs, attributes };
}

function readAttribute(encoded: Uint8Array): Attribute {
  const floats: number[] = [];
  const integers: number[] = [];
  let found: Omit<Attribute, 'encoded'> = { name: '' };
  for (const field of fieldsOf(encoded)) {
    if (field.number === 7) floats.push(...floatsIn(field));
    else if (field.number === 8) integers.push(...integersIn(field).map(Number));
    else found = { ...found, ...singleValue(field) };
  }
  return {
    ...found,
    ...(floats.length > 0 && { floats }),
    ...(integers.length > 0 && { integers }),
    encoded,
  };
}

function singleValue(field: Field): Partial<Attribute> {
  if (field.number === 1) return { name: textIn(field) };
  if (field.number === 2) return { float: Number(field.value) };
  if (field.number === 3) return { integer: Number(integerIn(field)) };
  if (field.number === 4) return { text: textIn(field) };
  if (field.number === 5) return { tensor: readTensor(bytesIn(field)) };
  return {};
}

function readValueInfo(encoded: Uint8Array): ValueInfo {
  let [name, type] = ['', 0];
  let dims: (number | string)[] | null = null;
  for (const field of fieldsOf(encoded)) {
    if (field.number === 1) name = textIn(field);
    if (field.number !== 2) continue;
    // TypeProto, of which a tensor's type is the first field: its elements, and its shape.
    for (const tensor of fieldsOf(bytesIn(field))) {
      if (tensor.number !== 1) continue;
      for (const part of fieldsOf(bytesIn(tensor))) {
        if (part.number === 1) type = Number(integerIn(part));
        else if (part.number === 2) dims = readShape(bytesIn(part));
      }
    }
  }
  return { name, type, dims, encoded };
}

function readShape(bytes: Uint8Array): (number | string)[] {
  return [...fieldsOf(bytes)].map((dim) => {
    const [field] = fieldsOf(bytesIn(dim));
    if (field === undefined) return '';
    return field.number === 1 ? Number(integerIn(field)) : textIn(field);
  });
}

/** Writes a model as an ONNX file. */
export function encodeModel({ opsets, graph, others }: OnnxModel): Uint8Array {
  const writer = new MessageWriter();
  for (const each of others) writer.whole(each);
  writer.bytes(7, encodeGraph(graph));
  for (const [domain, version] of opsets) {
    const opset = new MessageWriter();
    if (domain !== '') opset.text(1, domain);
    writer.bytes(8, opset.integer(2, version).finish());
  }
  return writer.finish();
}

function encodeGraph({ name, nodes, constants, inputs, outputs, others }: Graph): Uint8Array {
  const writer = new MessageWriter();
  for (const node of nodes) writer.bytes(1, encodeNode(node));
  writer.text(2, name);
  for (const { encoded } of constants) writer.bytes(5, encoded);
  for (const { encoded } of inputs) writer.bytes(11, encoded);
  for (const { encoded } of outputs) writer.bytes(12, encoded);
  for (const each of others) writer.whole(each);
  return writer.finish();
}

function encodeNode({ op, domain, name, inputs, outputs, attributes }: Node): Uint8Array {
  const writer = new MessageWriter();
  for (const input of inputs) writer.text(1, input);
  for (const output of outputs) writer.text(2, output);
  writer.text(3, name).text(4, op);
  for (const { encoded } of attributes.values()) writer.bytes(5, encoded);
  if (domain !== '') writer.text(7, domain);
  return writer.finish();
}

/** AttributeProto.AttributeType. */
const KIND = { float: 1, integer: 2, text: 3, integers: 7 } as const;

/** An attribute of this value: a whole number, several of them, a text, or (`{ float }`) a number with a fraction. */
export function attribute(
  name: string,
  value: number | string | readonly number[] | { readonly float: number },
): Attribute {
  const writer = new MessageWriter().text(1, name);
  if (typeof value === 'number') {
    return { name, integer: value, encoded: writer.integer(3, value).integer(20, KIND.integer).finish() };
  }
  if (typeof value === 'string') {
    return { name, text: value, encoded: writer.text(4, value).integer(20, KIND.text).finish() };
  }
  if ('float' in value) {
    return { name, float: value.float, encoded: writer.float(2, value.float).integer(20, KIND.float).finish() };
  }
  for (const each of value) writer.integer(8, each);
  return { name, integers: value, encoded: writer.integer(20, KIND.integers).finish() };
}

/** An input or output of this type and shape; of a type that is found by the runtime where it is null. */
export function valueInfo(name: string, type: number | null, dims: ValueInfo['dims']): ValueInfo {
  const writer = new MessageWriter().text(1, name);
  if (type === null) return { name, type: 0, dims: null, encoded: writer.finish() };
  const tensor = new MessageWriter().integer(1, type);
  if (dims !== null) {
    const shape = new MessageWriter();
    for (const dim of dims) {
      const each = new MessageWriter();
      if (typeof dim === 'number') each.integer(1, dim);
      else if (dim !== '') each.text(2, dim);
      shape.bytes(1, each.finish());
    }
    tensor.bytes(2, shape.finish());
  }
  const encoded = writer.bytes(2, new MessageWriter().bytes(1, tensor.finish()).finish()).finish();
  return { name, type, dims, encoded };
}
