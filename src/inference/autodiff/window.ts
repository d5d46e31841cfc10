import { Unsupported, type NodeGradient } from './nodeGradient.js';

/** Where the window of a convolution or a pool stands: one number for each axis behind batch and channel, two of pads. */
export interface Window {
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Those before the first element of each axis, then those behind the last. */
  readonly pads: readonly number[];
  /** Elements behind the last window of each axis, which no window reaches. */
  readonly outputPadding: readonly number[];
}

/** The window of a node with a kernel of that size. Throws Unsupported where windows reach beyond what is padded. */
export function windowOf(node: NodeGradient, kernel: readonly number[]): Window {
  const [input, output] = [node.shape(0).slice(2), node.outputShape.slice(2)];
  const ones = kernel.map(() => 1);
  const strides = node.integers('strides') ?? ones;
  const dilations = node.integers('dilations') ?? ones;
  /** How far all windows of an axis reach together. */
  const reach = kernel.map(
    (size, axis) => ((output[axis] ?? 1) - 1) * (strides[axis] ?? 1) + (size - 1) * (dilations[axis] ?? 1) + 1,
  );
  const missing = reach.map((length, axis) => Math.max(0, length - (input[axis] ?? 0)));
  const pads = padsOf(node, missing);
  const outputPadding = reach.map(
    (length, axis) => (input[axis] ?? 0) - length + (pads[axis] ?? 0) + (pads[axis + kernel.length] ?? 0),
  );
  if (outputPadding.some((each) => each < 0)) throw new Unsupported('with windows beyond the padding (ceil_mode)');
  return { strides, dilations, pads, outputPadding };
}

function padsOf(node: NodeGradient, missing: readonly number[]): readonly number[] {
  const auto = node.text('auto_pad') ?? 'NOTSET';
  if (auto === 'SAME_UPPER')
    return [...missing.map((each) => Math.floor(each / 2)), ...missing.map((each) => Math.ceil(each / 2))];
  if (auto === 'SAME_LOWER')
    return [...missing.map((each) => Math.ceil(each / 2)), ...missing.map((each) => Math.floor(each / 2))];
  const none = Array<number>(2 * missing.length).fill(0);
  return auto === 'VALID' ? none : (node.integers('pads') ?? none);
}
