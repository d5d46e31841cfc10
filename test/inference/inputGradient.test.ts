import assert from 'node:assert/strict';
import { withInputGradient } from '../../src/inference/autodiff/inputGradient.js';
import { RULES } from '../../src/inference/autodiff/rules/index.js';
import { cosine, gradients, inputFor, measured, feed, modelOf, weights, type GraphText, type Step } from './graphs.js';

const VECTOR = [2, 6];
const PICTURE = [2, 3, 5, 4];

/** Graphs whose gradient is held to central differences, by name. Where it says "of", the graph is that operation in another form. */
const GRAPHS: Readonly<Record<string, GraphText>> = {
  ...Object.fromEntries(
    [
      'Identity',
      'Neg',
      'Exp',
      'Sin',
      'Cos',
      'Abs',
      'Tanh',
      'Sigmoid',
      'Softplus',
      'Erf',
      'Relu',
      'HardSigmoid',
      'HardSwish',
      'Reciprocal',
    ].map((op) => [op, unary(op)]),
  ),
  Dropout: unary('Dropout'),
  Cast: unary('Cast', { to: 1 }),
  LeakyRelu: unary('LeakyRelu', { alpha: { float: 0.3 } }),
  Elu: unary('Elu', { alpha: { float: 0.7 } }),
  Gelu: { ...unary('Gelu'), opset: 20 },
  'Gelu of tanh': { ...unary('Gelu', { approximate: 'tanh' }), opset: 20 },
  Log: positive('Log'),
  Sqrt: positive('Sqrt'),
  Add: binary('Add', [6]),
  'Add of one number': binary('Add', []),
  Sub: binary('Sub', [2, 1]),
  'Sub from a constant': { input: VECTOR, steps: [['Sub', ['c', 'x'], 'y']], constants: { c: weights([3, 2, 6], 1) } },
  Mul: binary('Mul', [1, 6]),
  'Mul by itself': { input: VECTOR, steps: [['Mul', ['x', 'x'], 'y']] },
  Div: binary('Div', [6]),
  'Div by the input': {
    input: VECTOR,
    steps: [
      ['Exp', ['x'], 'e'],
      ['Div', ['c', 'e'], 'y'],
    ],
    constants: { c: weights([4, 2, 6], 2) },
  },
  Pow: { input: VECTOR, steps: [['Pow', ['x', 'c'], 'y']], constants: { c: { dims: [], floats: [3] } } },
  Max: binary('Max', [6]),
  Min: binary('Min', [2, 6]),
  Clip: {
    input: VECTOR,
    steps: [['Clip', ['x', 'low', 'high'], 'y']],
    constants: { low: { dims: [], floats: [-0.6] }, high: { dims: [], floats: [0.9] } },
  },
  'Clip of an old graph': { ...unary('Clip', { min: { float: -0.6 }, max: { float: 0.9 } }), opset: 9 },
  Where: {
    input: VECTOR,
    steps: [
      ['Greater', ['x', 'zero'], 'positive'],
      ['Mul', ['x', 'c'], 'scaled'],
      ['Where', ['positive', 'x', 'scaled'], 'y'],
    ],
    constants: { zero: { dims: [], floats: [0] }, c: weights([1, 6], 3) },
  },
  Softmax: unary('Softmax', { axis: -1 }),
  'Softmax of an old graph': { input: PICTURE, opset: 11, steps: [['Softmax', ['x'], 'y', { axis: 2 }]] },
  LogSoftmax: unary('LogSoftmax', { axis: 0 }),
  BatchNormalization: {
    input: PICTURE,
    steps: [['BatchNormalization', ['x', 'scale', 'bias', 'mean', 'variance'], 'y', { epsilon: { float: 0.1 } }]],
    constants: {
      ...{ scale: weights([3], 4), bias: weights([3], 5), mean: weights([3], 6) },
      variance: { dims: [3], floats: [0.5, 1, 2] },
    },
  },
  LayerNormalization: {
    input: [2, 3, 5],
    steps: [['LayerNormalization', ['x', 'scale', 'bias'], 'y', { axis: -1 }]],
    constants: { scale: weights([5], 7), bias: weights([5], 8) },
  },
  InstanceNormalization: {
    input: PICTURE,
    steps: [['InstanceNormalization', ['x', 'scale', 'bias'], 'y']],
    constants: { scale: weights([3], 7), bias: weights([3], 8) },
  },
  MatMul: { input: [2, 3, 4], steps: [['MatMul', ['x', 'w'], 'y']], constants: { w: weights([4, 5], 9) } },
  'MatMul from the left': {
    input: [4, 3],
    steps: [['MatMul', ['w', 'x'], 'y']],
    constants: { w: weights([2, 5, 4], 9) },
  },
  'MatMul by itself': {
    input: [2, 3, 4],
    steps: [
      ['Transpose', ['x'], 't', { perm: [0, 2, 1] }],
      ['MatMul', ['x', 't'], 'y'],
    ],
  },
  ...Object.fromEntries([0, 1].flatMap((a) => [0, 1].map((b) => [`Gemm of ${a}${b}`, gemm(a, b)]))),
  Conv: {
    input: PICTURE,
    steps: [['Conv', ['x', 'w', 'b'], 'y', { strides: [2, 1], pads: [1, 0, 1, 2], dilations: [1, 2] }]],
    constants: { w: weights([4, 3, 3, 2], 10), b: weights([4], 11) },
  },
  'Conv of groups': {
    input: [1, 4, 5, 5],
    steps: [['Conv', ['x', 'w'], 'y', { group: 2, auto_pad: 'SAME_UPPER', strides: [2, 2] }]],
    constants: { w: weights([6, 2, 3, 3], 12) },
  },
  'Conv of one axis': {
    input: [2, 3, 7],
    steps: [['Conv', ['x', 'w'], 'y', { pads: [2, 2], kernel_shape: [5] }]],
    constants: { w: weights([4, 3, 5], 12) },
  },
  ConvTranspose: {
    input: [1, 3, 4, 4],
    steps: [['ConvTranspose', ['x', 'w'], 'y', { strides: [2, 2], pads: [1, 1, 0, 0], output_padding: [1, 0] }]],
    constants: { w: weights([3, 2, 3, 3], 13) },
  },
  GlobalAveragePool: { input: PICTURE, steps: [['GlobalAveragePool', ['x'], 'y']] },
  AveragePool: pool('AveragePool', { pads: [1, 0, 0, 1], strides: [2, 1] }),
  'AveragePool of padding': pool('AveragePool', { pads: [1, 1, 1, 1], strides: [2, 2], count_include_pad: 1 }),
  MaxPool: pool('MaxPool', { pads: [1, 1, 0, 0], strides: [1, 1] }),
  'MaxPool of an older set': { ...pool('MaxPool', { strides: [2, 2] }), opset: 13 },
  ReduceSum: reduction('ReduceSum', { axes: [1], opset: 13 }),
  'ReduceSum of an old graph': reduction('ReduceSum', { axes: [-1], opset: 11, keepdims: 0 }),
  ReduceMean: reduction('ReduceMean', { axes: [2, 3], opset: 18, keepdims: 0 }),
  'ReduceMean of everything': { input: PICTURE, steps: [['ReduceMean', ['x'], 'y', { keepdims: 0 }]] },
  ReduceMax: reduction('ReduceMax', { axes: [3], opset: 17, keepdims: 0 }),
  ReduceMin: reduction('ReduceMin', { axes: [1, 2], opset: 17 }),
  ReduceL2: reduction('ReduceL2', { axes: [-1], opset: 17 }),
  ReduceSumSquare: reduction('ReduceSumSquare', { axes: [0], opset: 17, keepdims: 0 }),
  Reshape: { input: VECTOR, steps: [['Reshape', ['x', 'to'], 'y']], constants: { to: { integers: [3, 4] } } },
  Flatten: { input: PICTURE, steps: [['Flatten', ['x'], 'y', { axis: 2 }]] },
  Squeeze: { input: [2, 1, 3], steps: [['Squeeze', ['x', 'axes'], 'y']], constants: { axes: { integers: [1] } } },
  Unsqueeze: { input: VECTOR, steps: [['Unsqueeze', ['x', 'axes'], 'y']], constants: { axes: { integers: [0, 2] } } },
  Expand: { input: [2, 1, 3], steps: [['Expand', ['x', 'to'], 'y']], constants: { to: { integers: [4, 2, 5, 3] } } },
  Transpose: { input: PICTURE, steps: [['Transpose', ['x'], 'y', { perm: [2, 0, 3, 1] }]] },
  'Transpose of all axes': { input: [2, 3, 4], steps: [['Transpose', ['x'], 'y']] },
  Concat: {
    input: VECTOR,
    steps: [
      ['Exp', ['x'], 'e'],
      ['Concat', ['x', 'c', 'e'], 'y', { axis: 1 }],
    ],
    constants: { c: weights([2, 3], 14) },
  },
  Split: {
    input: VECTOR,
    steps: [
      ['Split', ['x', 'sizes'], ['a', 'unused', 'b'], { axis: 1 }],
      ['Mul', ['a', 'b'], 'y'],
    ],
    constants: { sizes: { integers: [2, 2, 2] } },
  },
  Slice: slice([1, -3], [4, 9], [2, 3]),
  Pad: {
    input: VECTOR,
    steps: [['Pad', ['x', 'pads'], 'y']],
    constants: { pads: { integers: [1, 0, 2, 3] } },
  },
  Gather: {
    input: PICTURE,
    steps: [['Gather', ['x', 'at'], 'y', { axis: 2 }]],
    constants: { at: { integers: [4, 0, -1, 0] } },
  },
  'Gather of one place': {
    input: PICTURE,
    steps: [['Gather', ['x', 'at'], 'y', { axis: 1 }]],
    constants: { at: { integers: 2 } },
  },
};

function unary(op: string, attributes: Step[3] = {}): GraphText {
  return { input: VECTOR, steps: [[op, ['x'], 'y', attributes]] };
}

/** Of a function that is of positive numbers alone. */
function positive(op: string): GraphText {
  return {
    input: VECTOR,
    steps: [
      ['Exp', ['x'], 'e'],
      [op, ['e'], 'y'],
    ],
  };
}

function binary(op: string, dims: readonly number[]): GraphText {
  return { input: VECTOR, steps: [[op, ['x', 'c'], 'y']], constants: { c: weights(dims, 21) } };
}

/** x is a factor and, times a matrix, what is added. */
function gemm(transA: number, transB: number): GraphText {
  return {
    input: [3, 3],
    steps: [
      ['Gemm', ['x', 'w', 'x'], 'a', { transA, transB, alpha: { float: 0.5 }, beta: { float: 2 } }],
      ['Gemm', ['w', 'a'], 'y', { transA: transB, transB: transA }],
    ],
    constants: { w: weights([3, 3], 22) },
  };
}

function pool(op: string, attributes: NonNullable<Step[3]>): GraphText {
  return { input: [2, 2, 6, 5], steps: [[op, ['x'], 'y', { kernel_shape: [3, 2], ...attributes }]] };
}

interface Reduction {
  readonly axes: readonly number[];
  readonly opset: number;
  readonly keepdims?: number;
}

/** From operator set 18 on (ReduceSum: 13), axes are an input. */
function reduction(op: string, { axes, opset, keepdims = 1 }: Reduction): GraphText {
  const isInput = opset >= (op === 'ReduceSum' ? 13 : 18);
  return isInput
    ? {
        input: PICTURE,
        opset,
        steps: [[op, ['x', 'axes'], 'y', { keepdims }]],
        constants: { axes: { integers: axes } },
      }
    : { input: PICTURE, opset, steps: [[op, ['x'], 'y', { keepdims, axes }]] };
}

function slice(starts: readonly number[], ends: readonly number[], axes: readonly number[]): GraphText {
  return {
    input: PICTURE,
    steps: [['Slice', ['x', 'starts', 'ends', 'axes'], 'y']],
    constants: { starts: { integers: starts }, ends: { integers: ends }, axes: { integers: axes } },
  };
}

/** The least cosine of the angle to central differences. */
const LEAST_COSINE = 0.999;

describe('gradients of graphs, against central differences', () => {
  for (const [name, text] of Object.entries(GRAPHS)) {
    it(name, async () => {
      const x = inputFor(text.input);
      const { automatic, differences } = await gradients(text, { x, eps: 5e-3 });
      assert.equal(automatic.length, x.length);
      assert.ok(
        differences.some((each) => Math.abs(each) > 1e-3),
        'nothing is held against anything',
      );
      const found = cosine(automatic, differences);
      assert.ok(
        found >= LEAST_COSINE,
        `cosine ${found}: ${automatic.slice(0, 8).join(' ')} | ${differences.slice(0, 8).join(' ')}`,
      );
      const [largest, worst] = [
        Math.max(...differences.map(Math.abs)),
        Math.max(...automatic.map((each, at) => Math.abs(each - (differences[at] ?? 0)))),
      ];
      assert.ok(worst <= 0.05 * largest, `off by ${worst} of ${largest}`);
    });
  }

  it('covers every operation that has a rule', () => {
    const used = new Set(Object.values(GRAPHS).flatMap(({ steps }) => steps.map(([op]) => op)));
    assert.deepEqual(
      [...RULES.keys()].filter((op) => !used.has(op)),
      [],
    );
  });

  it('a small network of convolutions, attention and normalisation', async () => {
    const text: GraphText = {
      input: [1, 3, 8, 8],
      steps: [
        ['Conv', ['x', 'w1', 'b1'], 'c', { strides: [2, 2], pads: [1, 1, 1, 1] }],
        ['Tanh', ['c'], 't'],
        ['Reshape', ['t', 'flat'], 'f'],
        ['Transpose', ['f'], 'tokens', { perm: [0, 2, 1] }],
        ['LayerNormalization', ['tokens', 'scale', 'bias'], 'n', { axis: -1 }],
        ['MatMul', ['n', 'q'], 'query'],
        ['MatMul', ['n', 'k'], 'key'],
        ['Transpose', ['key'], 'keyT', { perm: [0, 2, 1] }],
        ['MatMul', ['query', 'keyT'], 'scores'],
        ['Softmax', ['scores'], 'weights', { axis: -1 }],
        ['MatMul', ['weights', 'n'], 'mixed'],
        ['Add', ['mixed', 'tokens'], 'sum'],
        ['ReduceMean', ['sum'], 'pooled', { axes: [1], keepdims: 0 }],
        ['Gemm', ['pooled', 'head'], 'logits'],
        ['LogSoftmax', ['logits'], 'y'],
      ],
      constants: {
        ...{ w1: weights([4, 3, 3, 3], 31, 0.4), b1: weights([4], 32), flat: { integers: [0, 4, -1] } },
        ...{ scale: weights([4], 33), bias: weights([4], 34), q: weights([4, 4], 35), k: weights([4, 4], 36) },
        head: weights([4, 5], 37),
      },
    };
    const { automatic, differences } = await gradients(text, { x: inputFor(text.input, 0.02), eps: 1e-2 });
    assert.ok(cosine(automatic, differences) >= LEAST_COSINE, String(cosine(automatic, differences)));
  });
});

describe('gradients of graphs that have none here', () => {
  const unsupported = async (text: GraphText): Promise<readonly string[]> => {
    const model = modelOf(text);
    const x = inputFor(text.input);
    const made = withInputGradient(model, {
      inputs: ['x'],
      output: 'y',
      measured: await measured(model, { x: feed(text.input, x) }),
    });
    return made.ok ? [] : made.unsupported;
  };

  it('say which operations, each once', async () => {
    const steps: Step[] = [
      ['CumSum', ['x', 'axis'], 'a'],
      ['Resize', ['a', '', 'scales'], 'b', { mode: 'linear' }],
      ['CumSum', ['b', 'axis'], 'y'],
    ];
    const constants = { axis: { integers: 1 }, scales: { dims: [2], floats: [1, 2] } };
    assert.deepEqual(await unsupported({ input: VECTOR, steps, constants }), ['CumSum', 'Resize']);
  });

  it('say in which form', async () => {
    const steps: Step[] = [['Slice', ['x', 'from', 'to', 'axes', 'steps'], 'y']];
    const constants = {
      ...{ from: { integers: [0] }, to: { integers: [6] }, axes: { integers: [1] }, steps: { integers: [2] } },
    };
    assert.deepEqual(await unsupported({ input: VECTOR, steps, constants }), ['Slice with a step']);
    assert.deepEqual(
      await unsupported({
        input: VECTOR,
        steps: [['Pow', ['c', 'x'], 'y']],
        constants: { c: { dims: [], floats: [2] } },
      }),
      ['Pow with an exponent that depends on the input'],
    );
  });

  it('are refused where the output does not depend on the input', async () => {
    const steps: Step[] = [
      ['Shape', ['x'], 's'],
      ['Cast', ['s'], 'y', { to: 1 }],
    ];
    await assert.rejects(unsupported({ input: VECTOR, steps }), /does not depend on the input x/);
  });
});
