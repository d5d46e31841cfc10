import type { NodeGradient, Rule } from '../nodeGradient.js';

/** The axes that are reduced, from the front; and the gradient with these axes, one place each. */
function opened(node: NodeGradient): { axes: number[]; gradient: string; output: string } {
  const rank = node.rank(0);
  const stated = node.integers('axes') ?? node.constantIntegers(1);
  const all = stated === null || stated.length === 0;
  const isNothing = all && node.integer('noop_with_empty_axes', 0) === 1;
  const axes = all ? [...Array(isNothing ? 0 : rank).keys()] : stated.map((axis) => (axis < 0 ? axis + rank : axis));
  axes.sort((one, other) => one - other);
  const keeps = node.integer('keepdims', 1) === 1 || axes.length === 0;
  const open = (tensor: string): string => (keeps ? tensor : node.build.unsqueeze(tensor, axes));
  return { axes, gradient: open(node.gradient), output: open(node.output) };
}

const reduceSum: Rule = (node) => {
  node.give(0, node.build.expandTo(opened(node).gradient, node.input(0)));
};

const reduceMean: Rule = (node) => {
  const { axes, gradient } = opened(node);
  const places = axes.reduce((product, axis) => product * (node.shape(0)[axis] ?? 1), 1);
  node.give(0, node.build.expandTo(node.build.mul(gradient, node.build.float(1 / places)), node.input(0)));
};

/** To the largest (smallest) value; where several are equal, each has its part. */
const reduceExtreme: Rule = (node) => {
  const { build } = node;
  const { axes, gradient, output } = opened(node);
  const chosen = build.asFloat(build.node('Equal', [node.input(0), output]));
  const ties = axes.length === 0 ? chosen : build.sum(chosen, axes);
  node.give(0, build.mul(gradient, build.div(chosen, ties)));
};

/** y = √Σx², so dx = dy·x/y. */
const reduceL2: Rule = (node) => {
  const { gradient, output } = opened(node);
  node.give(0, node.build.mul(node.input(0), node.build.div(gradient, output)));
};

const reduceSumSquare: Rule = (node) => {
  const { build } = node;
  node.give(0, build.mul(build.mul(build.float(2), node.input(0)), opened(node).gradient));
};

export const REDUCTIONS: readonly (readonly [string, Rule])[] = [
  ['ReduceSum', reduceSum],
  ['ReduceMean', reduceMean],
  ['ReduceMax', reduceExtreme],
  ['ReduceMin', reduceExtreme],
  ['ReduceL2', reduceL2],
  ['ReduceSumSquare', reduceSumSquare],
];
