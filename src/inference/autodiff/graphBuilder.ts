import { attribute, type Attribute, type Node } from '../onnx/model.js';
import { FLOAT, tensorOf, type Tensor } from '../onnx/tensor.js';

export type AttributeValue = Parameters<typeof attribute>[1];
export type Attributes = Readonly<Record<string, AttributeValue>> | ReadonlyMap<string, Attribute>;

/** Up to this operator set axes are attributes of Unsqueeze and ReduceSum, from it on inputs. */
const AXES_ARE_INPUTS = 13;
/** The same of the other reductions. */
const ALL_AXES_ARE_INPUTS = 18;

/** Appends nodes and constants to a graph, under names that no other tensor has. */
export class GraphBuilder {
  readonly nodes: Node[] = [];
  readonly constants: Tensor[] = [];
  private count = 0;

  /** `opset`: the version of ONNX's own operators in the graph. `taken`: names that tensors of the graph have. */
  constructor(
    readonly opset: number,
    private readonly taken: ReadonlySet<string>,
  ) {}

  /** Adds an operation, and returns the name of its (first) output. */
  node(op: string, inputs: readonly string[], attributes: Attributes = {}): string {
    return this.nodeOf(op, inputs, attributes, 1)[0] ?? '';
  }

  /** The same with several outputs. */
  nodeOf(op: string, inputs: readonly string[], attributes: Attributes, outputs: number): string[] {
    const names = Array.from({ length: outputs }, () => this.newName(op));
    const all = attributes instanceof Map ? attributes : madeOf(attributes as Readonly<Record<string, AttributeValue>>);
    this.nodes.push({ op, domain: '', name: names[0] ?? '', inputs, outputs: names, attributes: all });
    return names;
  }

  /** Gives a tensor a further name. */
  rename(tensor: string, name: string): void {
    this.nodes.push({ op: 'Identity', domain: '', name, inputs: [tensor], outputs: [name], attributes: new Map() });
  }

  private newName(what: string): string {
    for (;;) {
      const name = `gradient/${what}_${this.count++}`;
      if (!this.taken.has(name)) return name;
    }
  }

  /** A constant: a number, or as many as the shape has places. */
  float(values: number | readonly number[], dims?: readonly number[]): string {
    const list = typeof values === 'number' ? [values] : values;
    const shape = dims ?? (typeof values === 'number' ? [] : [values.length]);
    return this.constant(tensorOf(this.newName('constant'), shape, Float32Array.from(list)));
  }

  integers(values: readonly number[]): string {
    const data = BigInt64Array.from(values.map(BigInt));
    return this.constant(tensorOf(this.newName('constant'), [values.length], data));
  }

  private constant(tensor: Tensor): string {
    this.constants.push(tensor);
    return tensor.name;
  }

  add(one: string, other: string): string {
    return this.node('Add', [one, other]);
  }

  sub(one: string, other: string): string {
    return this.node('Sub', [one, other]);
  }

  mul(one: string, other: string): string {
    return this.node('Mul', [one, other]);
  }

  div(one: string, other: string): string {
    return this.node('Div', [one, other]);
  }

  neg(tensor: string): string {
    return this.node('Neg', [tensor]);
  }

  /** 1 where a condition holds, else 0. */
  asFloat(condition: string): string {
    return this.node('Cast', [condition], { to: FLOAT });
  }

  /** `values` where the condition holds, else 0. */
  where(condition: string, values: string): string {
    return this.node('Where', [condition, values, this.float(0)]);
  }

  /** A tensor in the shape of another. */
  inShapeOf(tensor: string, other: string): string {
    return this.node('Reshape', [tensor, this.node('Shape', [other])]);
  }

  /** A tensor repeated to the shape of another. */
  expandTo(tensor: string, other: string): string {
    return this.node('Expand', [tensor, this.node('Shape', [other])]);
  }

  unsqueeze(tensor: string, axes: readonly number[]): string {
    return this.opset >= AXES_ARE_INPUTS
      ? this.node('Unsqueeze', [tensor, this.integers(axes)])
      : this.node('Unsqueeze', [tensor], { axes });
  }

  /** Sums over axes, which stay with one place each. */
  sum(tensor: string, axes: readonly number[]): string {
    return this.opset >= AXES_ARE_INPUTS
      ? this.node('ReduceSum', [tensor, this.integers(axes)], { keepdims: 1 })
      : this.node('ReduceSum', [tensor], { axes, keepdims: 1 });
  }

  mean(tensor: string, axes: readonly number[]): string {
    return this.opset >= ALL_AXES_ARE_INPUTS
      ? this.node('ReduceMean', [tensor, this.integers(axes)], { keepdims: 1 })
      : this.node('ReduceMean', [tensor], { axes, keepdims: 1 });
  }

  /** The last two axes exchanged, of a tensor of that rank. */
  transposed(tensor: string, rank: number): string {
    const perm = [...Array(Math.max(0, rank - 2)).keys(), rank - 1, rank - 2];
    return this.node('Transpose', [tensor], { perm });
  }
}

function madeOf(attributes: Readonly<Record<string, AttributeValue>>): Map<string, Attribute> {
  return new Map(Object.entries(attributes).map(([name, value]) => [name, attribute(name, value)]));
}
