import { valueInfo, type Graph, type Node, type OnnxModel, type ValueInfo } from '../onnx/model.js';
import { FLOAT, tensorOf, type Tensor } from '../onnx/tensor.js';
import { GraphBuilder } from './graphBuilder.js';
import { NodeGradient, Unsupported, type Known } from './nodeGradient.js';
import { RULES } from './rules/index.js';

/** What a run of the forward graph showed. */
export interface Measured {
  /** By tensor. Of a batch of two at least, so that the batch's axis is not taken for one that is broadcast. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  /** Small tensors of whole numbers, of which graphs make shapes; they are taken for constants. */
  readonly integers: ReadonlyMap<string, { readonly dims: readonly number[]; readonly values: BigInt64Array }>;
}

export interface GradientRequest {
  /** The inputs of the graph that the gradient is by. */
  readonly inputs: readonly string[];
  /** The output that it is of: of the sum of its values, each times the weight that the new input TARGET gives it. */
  readonly output: string;
  readonly measured: Measured;
}

/** The further input: weights in the shape of the output. */
export const TARGET = 'gradient_target';

/** The output that is the gradient by an input. */
export function gradientName(input: string): string {
  return `gradient_by_${input}`;
}

export type GradientGraph =
  | { readonly ok: true; readonly model: OnnxModel; readonly added: number }
  /** Operations without a rule, or as they stand in the graph: "Slice with a step". */
  | { readonly ok: false; readonly unsupported: readonly string[] };

/** The first operator set with ScatterElements that adds, which the gradient of MaxPool needs. */
const SCATTER_ADDS = 16;
const COMPATIBLE_FROM = 13;

/**
 * The same graph with outputs that are d(Σ target·output)/d(input), by reverse-mode automatic differentiation: the nodes are gone through
 * from the last to the first, and each one's rule (rules/index.ts) turns the gradient by its output into those by its inputs. So a runtime
 * that only infers gives gradients, in the same run. Throws an Error where the output does not depend on the inputs.
 */
export function withInputGradient(model: OnnxModel, request: GradientRequest): GradientGraph {
  const { graph } = model;
  const opsets = raised(model);
  const builder = new GraphBuilder(opsets.get('') ?? 1, namesIn(graph));
  const live = liveTensors(graph, request);
  const pass = new BackwardPass(graph, { builder, live, request });
  // All of them at once: behind the first one no gradient comes through.
  const unsupported = new Set(withoutRule(graph, live));
  if (unsupported.size > 0) return { ok: false, unsupported: [...unsupported].sort() };
  for (const node of [...graph.nodes].reverse()) {
    const reason = pass.through(node);
    if (reason !== null) unsupported.add(reason);
  }
  if (unsupported.size > 0) return { ok: false, unsupported: [...unsupported].sort() };
  for (const input of request.inputs) {
    const gradient = pass.gradientBy(input);
    if (gradient === null) throw new Error(`The output ${request.output} does not depend on the input ${input}.`);
    builder.rename(gradient, gradientName(input));
  }
  const stated = graph.outputs.find(({ name }) => name === request.output)?.dims ?? null;
  const byName = new Map(graph.inputs.map((input) => [input.name, input]));
  const gradients = request.inputs.map((input): ValueInfo =>
    valueInfo(gradientName(input), FLOAT, byName.get(input)?.dims ?? null),
  );
  const extended: Graph = {
    ...graph,
    nodes: [...graph.nodes, ...builder.nodes],
    constants: [...graph.constants, ...builder.constants],
    inputs: [...graph.inputs, valueInfo(TARGET, FLOAT, stated)],
    outputs: [...graph.outputs, ...gradients],
  };
  return { ok: true, model: { ...model, opsets, graph: extended }, added: builder.nodes.length };
}

/** Operator sets 13 to 16 mean the same by all operators that MaxPool's graphs use; the latest has what its gradient needs. */
function raised({ opsets, graph }: OnnxModel): ReadonlyMap<string, number> {
  const version = opsets.get('') ?? 1;
  const pools = graph.nodes.some(({ op }) => op === 'MaxPool');
  if (!pools || version < COMPATIBLE_FROM || version >= SCATTER_ADDS) return opsets;
  return new Map(opsets).set('', SCATTER_ADDS);
}

function namesIn({ nodes, constants, inputs }: Graph): ReadonlySet<string> {
  return new Set([
    ...nodes.flatMap(({ outputs }) => outputs),
    ...constants.map(({ name }) => name),
    ...inputs.map(({ name }) => name),
  ]);
}

/** ONNX's own operators; runtimes have further ones of their own. */
const OWN_DOMAINS = new Set(['', 'ai.onnx']);

function nameOf({ op, domain }: Node): string {
  return OWN_DOMAINS.has(domain) ? op : `${domain}.${op}`;
}

function withoutRule({ nodes }: Graph, live: ReadonlySet<string>): string[] {
  const isOnTheWay = ({ inputs, outputs }: Node): boolean =>
    inputs.some((name) => live.has(name)) && outputs.some((name) => live.has(name));
  return nodes
    .filter(isOnTheWay)
    .map(nameOf)
    .filter((name) => !RULES.has(name));
}

/**
 * Operations between inputs and output that no rule is there for, by name. Without any, a gradient can still fail on the form in which an
 * operation stands, which only a measured graph shows.
 */
export function operatorsWithoutRule(model: OnnxModel, request: Omit<GradientRequest, 'measured'>): readonly string[] {
  return [...new Set(withoutRule(model.graph, liveTensors(model.graph, request)))].sort();
}

/** Nothing flows back through what only asks how large a tensor is, nor through what changes in steps: its slope is 0. */
const STEPS = new Set([
  ...['Shape', 'Size', 'Greater', 'GreaterOrEqual', 'Less', 'LessOrEqual', 'Equal', 'And', 'Or', 'Xor', 'Not'],
  ...['IsNaN', 'IsInf', 'ArgMax', 'ArgMin', 'Sign', 'Floor', 'Ceil', 'Round', 'NonZero', 'OneHot'],
]);

/** The tensors that depend on the inputs and that the output depends on. */
function liveTensors({ nodes }: Graph, { inputs, output }: Omit<GradientRequest, 'measured'>): ReadonlySet<string> {
  const dependent = new Set(inputs);
  for (const node of nodes) {
    if (STEPS.has(node.op) || !node.inputs.some((name) => dependent.has(name))) continue;
    for (const name of node.outputs) dependent.add(name);
  }
  const needed = new Set([output]);
  for (const node of [...nodes].reverse()) {
    if (!node.outputs.some((name) => needed.has(name))) continue;
    for (const name of node.inputs) needed.add(name);
  }
  return new Set([...dependent].filter((name) => name !== '' && needed.has(name)));
}

interface Pass {
  readonly builder: GraphBuilder;
  readonly live: ReadonlySet<string>;
  readonly request: GradientRequest;
}

/** The gradients by tensors, as far as they are known. */
class BackwardPass implements Known {
  readonly builder: GraphBuilder;
  private readonly gradients = new Map<string, string>();
  private readonly constants: ReadonlyMap<string, Tensor>;

  constructor(
    graph: Graph,
    private readonly pass: Pass,
  ) {
    this.builder = pass.builder;
    this.constants = constantsOf(graph, pass.request.measured);
    this.gradients.set(pass.request.output, TARGET);
  }

  /** Goes through one node. Returns what is not supported of it, or null. */
  through(node: Node): string | null {
    if (!node.outputs.some((name) => this.gradients.has(name)) || !node.inputs.some((name) => this.isLive(name)))
      return null;
    const name = nameOf(node);
    try {
      RULES.get(name)?.(new NodeGradient(node, this));
      return null;
    } catch (error) {
      if (error instanceof Unsupported) return `${name} ${error.message}`;
      throw error;
    }
  }

  shapeOf(tensor: string): readonly number[] {
    const shape = this.pass.request.measured.shapes.get(tensor) ?? this.constants.get(tensor)?.dims;
    if (shape === undefined) throw new Unsupported(`of whose tensor ${tensor} no shape is known`);
    return shape;
  }

  constant(tensor: string): Tensor | null {
    return this.constants.get(tensor) ?? null;
  }

  isLive(tensor: string): boolean {
    return this.pass.live.has(tensor);
  }

  give(tensor: string, gradient: string): void {
    if (!this.isLive(tensor)) return;
    const before = this.gradients.get(tensor);
    this.gradients.set(tensor, before === undefined ? gradient : this.builder.add(before, gradient));
  }

  gradientBy(tensor: string): string | null {
    return this.gradients.get(tensor) ?? null;
  }
}

function constantsOf(graph: Graph, { integers }: Measured): ReadonlyMap<string, Tensor> {
  const constants = new Map<string, Tensor>();
  for (const [name, { dims, values }] of integers) constants.set(name, tensorOf(name, dims, values));
  for (const { op, outputs, attributes } of graph.nodes) {
    const value = op === 'Constant' ? attributes.get('value')?.tensor : undefined;
    if (value !== undefined) constants.set(outputs[0] ?? '', value);
  }
  for (const tensor of graph.constants) constants.set(tensor.name, tensor);
  return constants;
}

/** The forward graph with every tensor as an output, from one run of which shapes are measured. */
export function withEveryTensor(model: OnnxModel): OnnxModel {
  const { graph } = model;
  const known = new Set(graph.outputs.map(({ name }) => name));
  const names = graph.nodes.flatMap(({ outputs }) => outputs).filter((name) => name !== '' && !known.has(name));
  const outputs = [...new Set(names)].map((name) => valueInfo(name, null, null));
  return { ...model, graph: { ...graph, outputs: [...graph.outputs, ...outputs] } };
}
