import { Unsupported, type NodeGradient, type Rule } from '../nodeGradient.js';
import { windowOf, type Window } from '../window.js';

const globalAveragePool: Rule = (node) => {
  const { build } = node;
  const places = node
    .shape(0)
    .slice(2)
    .reduce((product, size) => product * size, 1);
  node.give(0, build.expandTo(build.mul(node.gradient, build.float(1 / places)), node.input(0)));
};

/** Each output's gradient goes in equal parts to the places of its window: a transposed convolution with ones, channel by channel. */
const averagePool: Rule = (node) => {
  const { build } = node;
  const kernel = node.integers('kernel_shape') ?? [];
  const window = windowOf(node, kernel);
  if (window.dilations.some((each) => each !== 1)) throw new Unsupported('with dilations');
  const channels = node.shape(0)[1] ?? 1;
  const weights = kernel.reduce((product, size) => product * size, channels);
  const ones = build.float(Array<number>(weights).fill(1), [channels, 1, ...kernel]);
  const parts = build.mul(node.gradient, partsOf(node, kernel, window));
  const attributes = {
    ...{ strides: window.strides, pads: window.pads, output_padding: window.outputPadding },
    ...{ group: channels, kernel_shape: kernel },
  };
  node.give(0, build.node('ConvTranspose', [parts, ones], attributes));
};

/** By place of the output, the reciprocal of how many values its mean is of; padding counts only where the node says so. */
function partsOf(node: NodeGradient, kernel: readonly number[], { strides, pads }: Window): string {
  const [input, output] = [node.shape(0).slice(2), node.outputShape.slice(2)];
  const counted = node.integer('count_include_pad', 0) === 1;
  const byAxis = kernel.map((size, axis) =>
    Array.from({ length: output[axis] ?? 0 }, (_, at) => {
      if (counted) return size;
      const from = at * (strides[axis] ?? 1) - (pads[axis] ?? 0);
      return Math.min(from + size, input[axis] ?? 0) - Math.max(from, 0);
    }),
  );
  const counts = byAxis.reduce<number[]>((all, axis) => all.flatMap((one) => axis.map((other) => one * other)), [1]);
  const parts = counts.map((count) => 1 / count);
  return node.build.float(parts, [1, 1, ...output]);
}

/** The pool once more, with the place that each maximum was found at; there the gradient goes. Of equal ones the first is found. */
const maxPool: Rule = (node) => {
  const { build } = node;
  if (node.integer('storage_order', 0) !== 0) throw new Unsupported('in column order');
  const [, places = ''] = build.nodeOf('MaxPool', [node.input(0)], node.node.attributes, 2);
  const flat = (tensor: string): string => build.node('Reshape', [tensor, build.integers([-1])]);
  const size = build.node('Reshape', [build.node('Size', [node.input(0)]), build.integers([1])]);
  const zeros = build.node('ConstantOfShape', [size]);
  const scattered = build.node('ScatterElements', [zeros, flat(places), flat(node.gradient)], {
    axis: 0,
    reduction: 'add',
  });
  node.give(0, build.inShapeOf(scattered, node.input(0)));
};

export const POOLING: readonly (readonly [string, Rule])[] = [
  ['GlobalAveragePool', globalAveragePool],
  ['AveragePool', averagePool],
  ['MaxPool', maxPool],
];
