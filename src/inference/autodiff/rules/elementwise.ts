import { FLOAT } from '../../onnx/tensor.js';
import { Unsupported, type NodeGradient, type Rule } from '../nodeGradient.js';

/** Rules of operations on one element at a time: y = f(x), and dx = dy·f′(x). */

const same: Rule = (node) => {
  node.give(0, node.gradient);
};

/** A function of one input. `derivative` says f′ from x and y, as a tensor. */
function unary(derivative: (node: NodeGradient, x: string, y: string) => string): Rule {
  return (node) => {
    node.give(0, node.build.mul(node.gradient, derivative(node, node.input(0), node.output)));
  };
}

/** One whose slope is 1 where a condition holds, else 0. Where the sides meet, the slope is that of PyTorch. */
function passing(condition: (node: NodeGradient) => string | null): Rule {
  return (node) => {
    const where = condition(node);
    node.give(0, where === null ? node.gradient : node.build.where(where, node.gradient));
  };
}

const cast: Rule = (node) => {
  const to = node.integer('to', FLOAT);
  // Whole numbers, texts and truth values change in steps: no gradient comes through them.
  if (to === FLOAT) same(node);
  else if (OTHER_FLOATS.has(to)) throw new Unsupported('to another precision');
};

/** Half, double and bfloat16, as ONNX numbers types. */
const OTHER_FLOATS = new Set([10, 11, 16]);

const add: Rule = (node) => {
  node.giveSummed(0, node.gradient);
  node.giveSummed(1, node.gradient);
};

const sub: Rule = (node) => {
  node.giveSummed(0, node.gradient);
  if (node.isLive(1)) node.giveSummed(1, node.build.neg(node.gradient));
};

const mul: Rule = (node) => {
  const { build, gradient } = node;
  if (node.isLive(0)) node.giveSummed(0, build.mul(gradient, node.input(1)));
  if (node.isLive(1)) node.giveSummed(1, build.mul(gradient, node.input(0)));
};

const div: Rule = (node) => {
  const { build, gradient, output } = node;
  const divisor = node.input(1);
  if (node.isLive(0)) node.giveSummed(0, build.div(gradient, divisor));
  if (node.isLive(1)) node.giveSummed(1, build.neg(build.mul(gradient, build.div(output, divisor))));
};

const pow: Rule = (node) => {
  if (node.isLive(1)) throw new Unsupported('with an exponent that depends on the input');
  const { build } = node;
  const exponent = node.input(1);
  const lower = build.node('Pow', [node.input(0), build.sub(exponent, build.float(1))]);
  node.giveSummed(0, build.mul(node.gradient, build.mul(exponent, lower)));
};

/** Max and Min of any number of inputs; where several are equal, each has its part. */
const extreme: Rule = (node) => {
  const { build, output } = node;
  const chosen = node.node.inputs.map((input) => build.asFloat(build.node('Equal', [input, output])));
  const ties = chosen.reduce((sum, each) => build.add(sum, each));
  const part = build.div(node.gradient, ties);
  chosen.forEach((each, at) => {
    if (node.isLive(at)) node.giveSummed(at, build.mul(part, each));
  });
};

const where: Rule = (node) => {
  const { build, gradient } = node;
  const zero = build.float(0);
  if (node.isLive(1)) node.giveSummed(1, build.node('Where', [node.input(0), gradient, zero]));
  if (node.isLive(2)) node.giveSummed(2, build.node('Where', [node.input(0), zero, gradient]));
};

/** Bounds are inputs, or in old graphs attributes. */
function withinBounds(node: NodeGradient): string | null {
  const { build } = node;
  const bound = (at: number, name: string): string | null => {
    if (node.has(at)) return node.input(at);
    const stated = node.node.attributes.get(name)?.float;
    return stated === undefined ? null : build.float(stated);
  };
  const [low, high] = [bound(1, 'min'), bound(2, 'max')];
  // Old operator sets have no "or equal".
  const above = low === null ? null : build.node('Not', [build.node('Less', [node.input(0), low])]);
  const below = high === null ? null : build.node('Not', [build.node('Greater', [node.input(0), high])]);
  return above !== null && below !== null ? build.node('And', [above, below]) : (above ?? below);
}

function greater(node: NodeGradient, tensor: string, than: number): string {
  return node.build.node('Greater', [tensor, node.build.float(than)]);
}

/** x·Φ(x), exactly or by its usual approximation with tanh. */
const gelu = unary((node, x) => (node.text('approximate') === 'tanh' ? geluByTanh(node, x) : geluExactly(node, x)));

function geluExactly({ build }: NodeGradient, x: string): string {
  const erf = build.node('Erf', [build.mul(x, build.float(Math.SQRT1_2))]);
  const distribution = build.mul(build.float(0.5), build.add(build.float(1), erf));
  const bell = build.node('Exp', [build.mul(build.float(-0.5), build.mul(x, x))]);
  return build.add(distribution, build.mul(x, build.mul(build.float(1 / Math.sqrt(2 * Math.PI)), bell)));
}

const [TANH_SCALE, TANH_CUBIC] = [Math.sqrt(2 / Math.PI), 0.044715];

function geluByTanh({ build }: NodeGradient, x: string): string {
  const square = build.mul(x, x);
  const grown = build.add(build.float(1), build.mul(build.float(TANH_CUBIC), square));
  const tanh = build.node('Tanh', [build.mul(build.float(TANH_SCALE), build.mul(x, grown))]);
  const slope = build.sub(build.float(1), build.mul(tanh, tanh));
  const inner = build.add(build.float(TANH_SCALE), build.mul(build.float(3 * TANH_SCALE * TANH_CUBIC), square));
  const half = build.float(0.5);
  return build.add(
    build.mul(half, build.add(build.float(1), tanh)),
    build.mul(half, build.mul(x, build.mul(slope, inner))),
  );
}

export const ELEMENTWISE: readonly (readonly [string, Rule])[] = [
  ['Identity', same],
  // While inferring nothing is dropped.
  ['Dropout', same],
  ['Cast', cast],
  ['Add', add],
  ['Sub', sub],
  ['Mul', mul],
  ['Div', div],
  ['Pow', pow],
  ['Max', extreme],
  ['Min', extreme],
  ['Where', where],
  ['Neg', (node) => node.give(0, node.build.neg(node.gradient))],
  ['Reciprocal', unary(({ build }, _, y) => build.neg(build.mul(y, y)))],
  ['Exp', unary((_, __, y) => y)],
  ['Log', unary(({ build }, x) => build.node('Reciprocal', [x]))],
  ['Sqrt', unary(({ build }, _, y) => build.div(build.float(0.5), y))],
  ['Sin', unary(({ build }, x) => build.node('Cos', [x]))],
  ['Cos', unary(({ build }, x) => build.neg(build.node('Sin', [x])))],
  ['Abs', unary(({ build }, x) => build.node('Sign', [x]))],
  ['Tanh', unary(({ build }, _, y) => build.sub(build.float(1), build.mul(y, y)))],
  ['Sigmoid', unary(({ build }, _, y) => build.mul(y, build.sub(build.float(1), y)))],
  ['Softplus', unary(({ build }, x) => build.node('Sigmoid', [x]))],
  [
    'Erf',
    unary(({ build }, x) =>
      build.mul(build.float(2 / Math.sqrt(Math.PI)), build.node('Exp', [build.neg(build.mul(x, x))])),
    ),
  ],
  ['Gelu', gelu],
  ['Relu', passing((node) => greater(node, node.output, 0))],
  ['Clip', passing(withinBounds)],
  [
    'LeakyRelu',
    unary((node, x) => {
      const { build } = node;
      return build.node('Where', [greater(node, x, 0), build.float(1), build.float(node.float('alpha', 0.01))]);
    }),
  ],
  [
    'Elu',
    unary((node, x, y) => {
      const { build } = node;
      return build.node('Where', [
        greater(node, x, 0),
        build.float(1),
        build.add(y, build.float(node.float('alpha', 1))),
      ]);
    }),
  ],
  [
    'HardSigmoid',
    unary((node, _, y) => {
      const { build } = node;
      const within = build.node('And', [greater(node, y, 0), build.node('Less', [y, build.float(1)])]);
      return build.where(within, build.float(node.float('alpha', 0.2)));
    }),
  ],
  [
    'HardSwish',
    unary((node, x) => {
      const { build } = node;
      const within = build.node('Less', [build.node('Abs', [x]), build.float(3)]);
      const sloping = build.add(build.mul(x, build.float(1 / 3)), build.float(0.5));
      return build.node('Where', [within, sloping, build.asFloat(greater(node, x, 0))]);
    }),
  ],
];
