import { Unsupported, type Rule } from '../nodeGradient.js';
import { windowOf } from '../window.js';

/** y = a·b over the last two axes, those before them broadcast: da = dy·bᵀ, db = aᵀ·dy. */
const matMul: Rule = (node) => {
  const { build, gradient, outputShape } = node;
  const [a, b] = [node.shape(0), node.shape(1)];
  if (a.length < 2 || b.length < 2) throw new Unsupported('of a vector');
  if (node.isLive(0)) {
    const product = build.node('MatMul', [gradient, build.transposed(node.input(1), b.length)]);
    node.giveSummed(0, product, [...outputShape.slice(0, -1), a.at(-1) ?? 1]);
  }
  if (node.isLive(1)) {
    const product = build.node('MatMul', [build.transposed(node.input(0), a.length), gradient]);
    node.giveSummed(1, product, [...outputShape.slice(0, -2), b.at(-2) ?? 1, b.at(-1) ?? 1]);
  }
};

/** y = α·a′·b′ + β·c, where a′ and b′ may be transposed. */
const gemm: Rule = (node) => {
  const { build, gradient } = node;
  const [a, b] = [node.input(0), node.input(1)];
  const [turnA, turnB] = [node.integer('transA', 0), node.integer('transB', 0)];
  const alpha = { float: node.float('alpha', 1) };
  const product = (one: string, other: string, transA: number, transB: number): string =>
    build.node('Gemm', [one, other], { alpha, transA, transB });
  if (node.isLive(0)) node.give(0, turnA === 1 ? product(b, gradient, turnB, 1) : product(gradient, b, 0, 1 - turnB));
  if (node.isLive(1)) node.give(1, turnB === 1 ? product(gradient, a, 1, turnA) : product(a, gradient, 1 - turnA, 0));
  if (node.isLive(2)) {
    const beta = node.float('beta', 1);
    node.giveSummed(2, beta === 1 ? gradient : build.mul(gradient, build.float(beta)));
  }
};

/** The transposed convolution with the same weights. */
const conv: Rule = (node) => {
  if (node.isLive(1)) throw new Unsupported('whose weights depend on the input');
  if (!node.isLive(0)) return;
  const kernel = node.shape(1).slice(2);
  const { strides, dilations, pads, outputPadding } = windowOf(node, kernel);
  const attributes = { strides, dilations, pads, output_padding: outputPadding, kernel_shape: kernel };
  const group = node.integer('group', 1);
  node.give(0, node.build.node('ConvTranspose', [node.gradient, node.input(1)], { ...attributes, group }));
};

/** A convolution with the same weights. */
const convTranspose: Rule = (node) => {
  if (node.isLive(1)) throw new Unsupported('whose weights depend on the input');
  if (node.integers('output_shape') !== null || (node.text('auto_pad') ?? 'NOTSET') !== 'NOTSET')
    throw new Unsupported('whose padding is computed');
  const kept = ['strides', 'dilations', 'pads', 'group', 'kernel_shape'];
  const attributes = new Map([...node.node.attributes].filter(([name]) => kept.includes(name)));
  node.give(0, node.build.node('Conv', [node.gradient, node.input(1)], attributes));
};

export const LINEAR: readonly (readonly [string, Rule])[] = [
  ['MatMul', matMul],
  ['Gemm', gemm],
  ['Conv', conv],
  ['ConvTranspose', convTranspose],
];
