import type { Node } from '../onnx/model.js';
import { INT64, integersOf, type Tensor } from '../onnx/tensor.js';
import type { GraphBuilder } from './graphBuilder.js';

/** Thrown by a rule that cannot say what a node's gradient is; the message is short: "with a step". */
export class Unsupported extends Error {}

/** What is known of all tensors while a gradient is built. */
export interface Known {
  readonly builder: GraphBuilder;
  /** As measured by a run. Throws Unsupported where a tensor was not there. */
  shapeOf(tensor: string): readonly number[];
  /** The tensor, where it is constant: of the graph, or measured whole numbers that shapes are made of. */
  constant(tensor: string): Tensor | null;
  /** Whether a tensor lies between what the gradient is by and what it is of. */
  isLive(tensor: string): boolean;
  /** Adds to the gradient by a tensor. */
  give(tensor: string, gradient: string): void;
  /** The gradient by an output of a later node, null where nothing depends on it. */
  gradientBy(tensor: string): string | null;
}

/** One node, seen from its rule: the gradient by its output is known, that by its inputs is to be given. */
export class NodeGradient {
  constructor(
    readonly node: Node,
    private readonly known: Known,
  ) {}

  get build(): GraphBuilder {
    return this.known.builder;
  }

  get output(): string {
    return this.node.outputs[0] ?? '';
  }

  /** The gradient by the first output. */
  get gradient(): string {
    const gradient = this.gradientBy(this.output);
    if (gradient === null) throw new Unsupported('with a second output alone');
    return gradient;
  }

  gradientBy(output: string): string | null {
    return this.known.gradientBy(output);
  }

  /** An input's name; '' where it is left out. */
  input(at: number): string {
    return this.node.inputs[at] ?? '';
  }

  has(at: number): boolean {
    return this.input(at) !== '';
  }

  isLive(at: number): boolean {
    return this.has(at) && this.known.isLive(this.input(at));
  }

  shape(at: number): readonly number[] {
    return this.known.shapeOf(this.input(at));
  }

  rank(at: number): number {
    return this.shape(at).length;
  }

  get outputShape(): readonly number[] {
    return this.known.shapeOf(this.output);
  }

  /** Adds to the gradient by an input, which has the input's shape. */
  give(at: number, gradient: string): void {
    this.known.give(this.input(at), gradient);
  }

  /**
   * The same of a gradient in the shape of what the input was broadcast to (numpy's rules), by default the output's: the places that one
   * value went to are added up.
   */
  giveSummed(at: number, gradient: string, from: readonly number[] = this.outputShape): void {
    const to = this.shape(at);
    const missing = from.length - to.length;
    const axes = [...from.keys()].filter((axis) => axis < missing || (to[axis - missing] === 1 && from[axis] !== 1));
    if (axes.length === 0) return this.give(at, gradient);
    const summed = this.build.sum(gradient, axes);
    this.give(at, missing > 0 ? this.build.inShapeOf(summed, this.input(at)) : summed);
  }

  integer(name: string, otherwise: number): number {
    return this.node.attributes.get(name)?.integer ?? otherwise;
  }

  float(name: string, otherwise: number): number {
    return this.node.attributes.get(name)?.float ?? otherwise;
  }

  text(name: string): string | null {
    return this.node.attributes.get(name)?.text ?? null;
  }

  integers(name: string): readonly number[] | null {
    return this.node.attributes.get(name)?.integers ?? null;
  }

  /** The whole numbers of a constant input; null where it is left out. Throws Unsupported where it is computed. */
  constantIntegers(at: number): readonly number[] | null {
    if (!this.has(at)) return null;
    const tensor = this.known.constant(this.input(at));
    if (tensor === null || tensor.type !== INT64) throw new Unsupported(`whose input ${at + 1} is computed`);
    return integersOf(tensor);
  }

  /** An axis counted from the front, of a tensor of this rank. */
  axis(rank: number, otherwise: number): number {
    const axis = this.integer('axis', otherwise);
    return axis < 0 ? axis + rank : axis;
  }
}

/** Gives the gradients by a node's inputs. Throws Unsupported where it cannot. */
export type Rule = (node: NodeGradient) => void;
