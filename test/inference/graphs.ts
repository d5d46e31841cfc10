import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import {
  gradientName,
  TARGET,
  withEveryTensor,
  withInputGradient,
  type Measured,
} from '../../src/inference/autodiff/inputGradient.js';
import {
  attribute,
  decodeModel,
  encodeModel,
  valueInfo,
  type Node,
  type OnnxModel,
} from '../../src/inference/onnx/model.js';
import { FLOAT, tensorOf, type Tensor } from '../../src/inference/onnx/tensor.js';
import { seeded } from '../../samples/random.js';

/** A step of a graph: operation, inputs, output(s), attributes. */
export type Step = readonly [
  op: string,
  inputs: readonly string[],
  outputs: string | readonly string[],
  attributes?: Readonly<Record<string, Parameters<typeof attribute>[1]>>,
];

export interface GraphText {
  readonly opset?: number;
  readonly input: readonly number[];
  readonly steps: readonly Step[];
  readonly constants?: Readonly<Record<string, Values>>;
}

/** Floats in a shape, or 64-bit whole numbers (in one axis, or none where it is one number alone). */
export type Values =
  | { readonly dims: readonly number[]; readonly floats: readonly number[] }
  | { readonly integers: readonly number[] | number };

/** Floats that look like weights: about normal, the same for every run. */
export function weights(dims: readonly number[], seed: number, scale = 1): Values {
  const random = seeded(seed);
  const count = dims.reduce((product, size) => product * size, 1);
  const each = (): number => scale * (random.next() + random.next() + random.next() - 1.5) * 2;
  return { dims, floats: Array.from({ length: count }, each) };
}

/** The model of a graph from the input `x` to the output `y`. */
export function modelOf({ opset = 17, input, steps, constants = {} }: GraphText): OnnxModel {
  const nodes = steps.map(([op, inputs, outputs, attributes = {}], at): Node => ({
    ...{ op, domain: '', name: `${op}_${at}`, inputs, outputs: typeof outputs === 'string' ? [outputs] : outputs },
    attributes: new Map(Object.entries(attributes).map(([name, value]) => [name, attribute(name, value)])),
  }));
  const graph = {
    ...{ name: 'test', nodes, others: [] },
    constants: Object.entries(constants).map(([name, values]) => constantOf(name, values)),
    inputs: [valueInfo('x', FLOAT, input)],
    outputs: [valueInfo('y', FLOAT, null)],
  };
  // Version 8 of the format, which all operator sets used here go with.
  return { opsets: new Map([['', opset]]), graph, others: [Uint8Array.from([8, 8])] };
}

function constantOf(name: string, values: Values): Tensor {
  if ('floats' in values) return tensorOf(name, values.dims, Float32Array.from(values.floats));
  const { integers } = values;
  const list = typeof integers === 'number' ? [integers] : integers;
  return tensorOf(name, typeof integers === 'number' ? [] : [list.length], BigInt64Array.from(list.map(BigInt)));
}

export type Feeds = Readonly<Record<string, OrtTensor>>;

export function feed(dims: readonly number[], values: readonly number[] | Float32Array): OrtTensor {
  return new OrtTensor('float32', Float32Array.from(values), dims);
}

export async function sessionOf(model: OnnxModel): Promise<InferenceSession> {
  return InferenceSession.create(encodeModel(model), { logSeverityLevel: 3, graphOptimizationLevel: 'disabled' });
}

/** One run of the forward graph, with every tensor. */
export async function measured(model: OnnxModel, feeds: Feeds): Promise<Measured> {
  const session = await sessionOf(withEveryTensor(model));
  const shapes = new Map<string, readonly number[]>();
  const integers = new Map<string, { dims: readonly number[]; values: BigInt64Array }>();
  const found = { ...(await session.run(feeds)), ...feeds };
  await session.release();
  for (const [name, { dims, data, type }] of Object.entries(found)) {
    shapes.set(name, dims);
    if (type === 'int64') integers.set(name, { dims, values: data as BigInt64Array });
  }
  return { shapes, integers };
}

/** What the graph gives as the gradient of Σ target·y by x, and what central differences give. */
export async function gradients(
  text: GraphText,
  { x, eps = 1e-2 }: { readonly x: readonly number[]; readonly eps?: number },
): Promise<{ automatic: number[]; differences: number[] }> {
  const model = modelOf(text);
  const forward = await sessionOf(model);
  const run = async (values: readonly number[]): Promise<OrtTensor> => {
    const { y } = await forward.run({ x: feed(text.input, values) });
    if (y === undefined) throw new Error('There is no output y.');
    return y;
  };
  const y = await run(x);
  const random = seeded(5);
  const target = Array.from(y.data as Float32Array, () => random.next() * 2 - 1);
  const made = withInputGradient(model, {
    inputs: ['x'],
    output: 'y',
    measured: await measured(model, { x: feed(text.input, x) }),
  });
  if (!made.ok) throw new Error(`not supported: ${made.unsupported.join(', ')}`);
  const backward = await sessionOf(decodeModel(encodeModel(made.model)));
  const results = await backward.run({ x: feed(text.input, x), [TARGET]: feed(y.dims, target) });
  const automatic = Array.from(results[gradientName('x')]?.data as Float32Array);
  const weighted = async (values: readonly number[]): Promise<number> =>
    Array.from((await run(values)).data as Float32Array).reduce((sum, each, at) => sum + each * (target[at] ?? 0), 0);
  const differences: number[] = [];
  for (const at of x.keys()) {
    const moved = (by: number): number[] => x.map((value, each) => (each === at ? value + by : value));
    differences.push(((await weighted(moved(eps))) - (await weighted(moved(-eps)))) / (2 * eps));
  }
  await Promise.all([forward.release(), backward.release()]);
  return { automatic, differences };
}

/** The cosine of the angle between two gradients; 1 where both are nothing but zeros. */
export function cosine(one: readonly number[], other: readonly number[]): number {
  const dot = (a: readonly number[], b: readonly number[]): number =>
    a.reduce((sum, each, at) => sum + each * (b[at] ?? 0), 0);
  const norm = Math.sqrt(dot(one, one) * dot(other, other));
  return norm === 0 ? (dot(one, one) === dot(other, other) ? 1 : 0) : dot(one, other) / norm;
}

/** Numbers between −2 and 2, no two of them nearer than `apart`, and none nearer to 0: where functions bend, differences mean little. */
export function inputFor(dims: readonly number[], apart = 0.03): number[] {
  const count = dims.reduce((product, size) => product * size, 1);
  const step = Math.max(apart, 4 / (count + 1));
  const values = Array.from({ length: count }, (_, at) => (at - count / 2 + 0.5) * step);
  const random = seeded(11);
  for (let at = count - 1; at > 0; at--) {
    const other = random.below(at + 1);
    [values[at], values[other]] = [values[other] ?? 0, values[at] ?? 0];
  }
  return values;
}
