import { Unsupported, type NodeGradient, type Rule } from '../nodeGradient.js';

/** Operations that move elements: their gradient moves them back, and adds up what one element went to. */

const reshape: Rule = (node) => {
  node.give(0, node.build.inShapeOf(node.gradient, node.input(0)));
};

const transpose: Rule = (node) => {
  const rank = node.rank(0);
  const perm = node.integers('perm') ?? [...Array(rank).keys()].reverse();
  const back = [...perm.keys()].map((axis) => perm.indexOf(axis));
  node.give(0, node.build.node('Transpose', [node.gradient], { perm: back }));
};

const concat: Rule = (node) => {
  const { build } = node;
  const axis = node.axis(node.outputShape.length, 0);
  let from = 0;
  for (const [at] of node.node.inputs.entries()) {
    const to = from + (node.shape(at)[axis] ?? 0);
    const bounds = [build.integers([from]), build.integers([to]), build.integers([axis])];
    if (node.isLive(at)) node.give(at, build.node('Slice', [node.gradient, ...bounds]));
    from = to;
  }
};

const split: Rule = (node) => {
  const { build } = node;
  const parts = node.node.outputs.map((output) => node.gradientBy(output) ?? build.expandTo(build.float(0), output));
  node.give(0, build.node('Concat', parts, { axis: node.axis(node.rank(0), 0) }));
};

/** Begins, ends, axes and steps are inputs, or in old graphs attributes. */
const slice: Rule = (node) => {
  const shape = node.shape(0);
  const starts = node.integers('starts') ?? node.constantIntegers(1) ?? [];
  const ends = node.integers('ends') ?? node.constantIntegers(2) ?? [];
  const axes = node.integers('axes') ?? node.constantIntegers(3) ?? [...starts.keys()];
  const steps = node.constantIntegers(4) ?? starts.map(() => 1);
  if (steps.some((step) => step !== 1)) throw new Unsupported('with a step');
  const pads = Array<number>(2 * shape.length).fill(0);
  axes.forEach((each, at) => {
    const axis = each < 0 ? each + shape.length : each;
    const size = shape[axis] ?? 0;
    const place = (position: number): number => Math.min(size, Math.max(0, position < 0 ? position + size : position));
    pads[axis] = place(starts[at] ?? 0);
    pads[axis + shape.length] = size - place(ends[at] ?? size);
  });
  node.give(0, node.build.node('Pad', [node.gradient, node.build.integers(pads)]));
};

const pad: Rule = (node) => {
  const rank = node.rank(0);
  if ((node.text('mode') ?? 'constant') !== 'constant') throw new Unsupported('with what it repeats');
  if (node.has(3)) throw new Unsupported('of some axes');
  const pads = node.integers('pads') ?? node.constantIntegers(1) ?? [];
  if (pads.some((each) => each < 0)) throw new Unsupported('that takes away');
  const { build } = node;
  const starts = pads.slice(0, rank);
  const ends = node.shape(0).map((size, axis) => (starts[axis] ?? 0) + size);
  const axes = [...starts.keys()];
  const bounds = [starts, ends, axes].map((each) => build.integers(each));
  node.give(0, build.node('Slice', [node.gradient, ...bounds]));
};

/** With constant indexes: each element's gradient goes to the place that it was taken from, by a product with ones and zeros. */
const gather: Rule = (node) => {
  if (!node.isLive(0)) return;
  const { build } = node;
  const rank = node.rank(0);
  const axis = node.axis(rank, 0);
  const size = node.shape(0)[axis] ?? 0;
  const indexes = node.shape(1);
  if (indexes.length > 1) throw new Unsupported('with indexes of several axes');
  const places = (node.constantIntegers(1) ?? []).map((place) => (place < 0 ? place + size : place));
  // From (taken) to (places): the axis is brought to the end, multiplied, and brought back.
  const gradient = indexes.length === 0 ? build.unsqueeze(node.gradient, [axis]) : node.gradient;
  const last = exchanged(rank, axis);
  const chosen = places.flatMap((place) => Array.from({ length: size }, (_, at) => (at === place ? 1 : 0)));
  const moved = build.node('Transpose', [gradient], { perm: last });
  const product = build.node('MatMul', [moved, build.float(chosen, [places.length, size])]);
  node.give(0, build.node('Transpose', [product], { perm: last }));
};

/** The axes in order, with one and the last exchanged; doing so twice changes nothing. */
function exchanged(rank: number, axis: number): number[] {
  const axes = [...Array(rank).keys()];
  [axes[axis], axes[rank - 1]] = [rank - 1, axis];
  return axes;
}

const expand: Rule = (node: NodeGradient) => {
  node.giveSummed(0, node.gradient);
};

export const SHAPES: readonly (readonly [string, Rule])[] = [
  ['Reshape', reshape],
  ['Flatten', reshape],
  ['Squeeze', reshape],
  ['Unsqueeze', reshape],
  ['Expand', expand],
  ['Transpose', transpose],
  ['Concat', concat],
  ['Split', split],
  ['Slice', slice],
  ['Pad', pad],
  ['Gather', gather],
];
