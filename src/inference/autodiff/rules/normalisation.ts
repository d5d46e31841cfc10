import { Unsupported, type NodeGradient, type Rule } from '../nodeGradient.js';

/** From this operator set on Softmax is over one axis; before, over all axes from the one that is stated. */
const ONE_AXIS = 13;

function axesOfSoftmax(node: NodeGradient): number[] {
  const rank = node.outputShape.length;
  const isOne = node.build.opset >= ONE_AXIS;
  const axis = node.axis(rank, isOne ? -1 : 1);
  return isOne ? [axis] : Array.from({ length: rank - axis }, (_, at) => axis + at);
}

/** dx = y·(dy − Σ dy·y) */
const softmax: Rule = (node) => {
  const { build, output } = node;
  const weighted = build.mul(node.gradient, output);
  node.give(0, build.sub(weighted, build.mul(output, build.sum(weighted, axesOfSoftmax(node)))));
};

/** dx = dy − eʸ·Σ dy */
const logSoftmax: Rule = (node) => {
  const { build, gradient } = node;
  const sum = build.sum(gradient, axesOfSoftmax(node));
  node.give(0, build.sub(gradient, build.mul(build.node('Exp', [node.output]), sum)));
};

/** Values by channel, in a shape that goes with (batch, channel, …). */
function byChannel({ build }: NodeGradient, values: string, rank: number): string {
  return build.unsqueeze(values, [0, ...Array.from({ length: rank - 2 }, (_, at) => at + 2)]);
}

/** While inferring, mean and variance are constants. */
const batchNormalisation: Rule = (node) => {
  if (node.integer('training_mode', 0) !== 0) throw new Unsupported('while training');
  if ([1, 2, 3, 4].some((at) => node.isLive(at))) throw new Unsupported('whose statistics depend on the input');
  const { build } = node;
  const deviation = build.node('Sqrt', [build.add(node.input(4), build.float(node.float('epsilon', 1e-5)))]);
  const slope = byChannel(node, build.div(node.input(1), deviation), node.rank(0));
  node.give(0, build.mul(node.gradient, slope));
};

/** dx = (g − mean g − x̂·mean(g·x̂)) / σ, with g = dy·scale and x̂ = (x − mean x) / σ, means over the axes. */
function normalised(node: NodeGradient, axes: readonly number[], scale: string): void {
  if (node.isLive(1)) throw new Unsupported('whose scale depends on the input');
  const { build } = node;
  const x = node.input(0);
  const centred = build.sub(x, build.mean(x, axes));
  const variance = build.add(build.mean(build.mul(centred, centred), axes), build.float(node.float('epsilon', 1e-5)));
  const inverse = build.node('Reciprocal', [build.node('Sqrt', [variance])]);
  const unit = build.mul(centred, inverse);
  const scaled = build.mul(node.gradient, scale);
  const along = build.mul(unit, build.mean(build.mul(scaled, unit), axes));
  node.give(0, build.mul(inverse, build.sub(build.sub(scaled, build.mean(scaled, axes)), along)));
}

const layerNormalisation: Rule = (node) => {
  const rank = node.rank(0);
  const first = node.axis(rank, -1);
  normalised(
    node,
    Array.from({ length: rank - first }, (_, at) => first + at),
    node.input(1),
  );
};

const instanceNormalisation: Rule = (node) => {
  const rank = node.rank(0);
  const axes = Array.from({ length: rank - 2 }, (_, at) => at + 2);
  normalised(node, axes, byChannel(node, node.input(1), rank));
};

export const NORMALISATION: readonly (readonly [string, Rule])[] = [
  ['Softmax', softmax],
  ['LogSoftmax', logSoftmax],
  ['BatchNormalization', batchNormalisation],
  ['LayerNormalization', layerNormalisation],
  ['InstanceNormalization', instanceNormalisation],
];
