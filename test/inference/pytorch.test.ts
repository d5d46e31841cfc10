import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { InferenceSession } from 'onnxruntime-node';
import { gradientName, TARGET, withInputGradient } from '../../src/inference/autodiff/inputGradient.js';
import { decodeModel, valueInfo, type OnnxModel } from '../../src/inference/onnx/model.js';
import { feed, measured, sessionOf, type Feeds } from './graphs.js';

/** What test/fixtures/gradients/make_fixtures.py wrote: tensors of float32, little endian, in base64. */
interface Packed {
  readonly dims: readonly number[];
  readonly float32: string;
}

interface Fixture {
  readonly inputs: Readonly<Record<string, Packed>>;
  readonly target: Packed;
  readonly logits: Packed;
  /** By input, from PyTorch's autograd in float64. */
  readonly gradients: Readonly<Record<string, Packed>>;
}

const FOLDER = new URL('../fixtures/gradients/', import.meta.url);

function valuesOf({ float32 }: Packed): Float32Array {
  const bytes = Buffer.from(float32, 'base64');
  return Float32Array.from({ length: bytes.length / 4 }, (_, at) => bytes.readFloatLE(at * 4));
}

function fixtureOf(name: string): { model: OnnxModel; fixture: Fixture; feeds: Feeds } {
  const model = decodeModel(readFileSync(new URL(`${name}.onnx`, FOLDER)));
  const fixture = JSON.parse(readFileSync(new URL(`${name}.json`, FOLDER), 'utf8')) as Fixture;
  const feeds = Object.entries(fixture.inputs).map(([input, packed]) => [input, feed(packed.dims, valuesOf(packed))]);
  return { model, fixture, feeds: Object.fromEntries(feeds) as Feeds };
}

async function gradientModel(model: OnnxModel, feeds: Feeds): Promise<OnnxModel> {
  const request = { inputs: Object.keys(feeds), output: 'logits', measured: await measured(model, feeds) };
  const made = withInputGradient(model, request);
  if (!made.ok) throw new Error(`not supported: ${made.unsupported.join(', ')}`);
  return made.model;
}

/** The largest difference, as a part of the largest value of what was expected. */
function difference(actual: Float32Array, expected: Float32Array): number {
  assert.equal(actual.length, expected.length);
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return actual.reduce((most, value, at) => Math.max(most, Math.abs(value - (expected[at] ?? 0))), 0) / largest;
}

function floats(results: InferenceSession.OnnxValueMapType, name: string): Float32Array {
  return results[name]?.data as Float32Array;
}

describe("gradients of graphs against PyTorch's autograd", () => {
  for (const name of ['convolutions', 'transformer', 'two-towers', 'resnet', 'vgg', 'ties']) {
    it(`are the same within 1e-4 of the largest: ${name}`, async () => {
      const { model, fixture, feeds } = fixtureOf(name);
      const session = await sessionOf(await gradientModel(model, feeds));
      const results = await session.run({ ...feeds, [TARGET]: feed(fixture.target.dims, valuesOf(fixture.target)) });
      await session.release();
      assert.ok(difference(floats(results, 'logits'), valuesOf(fixture.logits)) < 1e-5);
      for (const [input, packed] of Object.entries(fixture.gradients)) {
        const off = difference(floats(results, gradientName(input)), valuesOf(packed));
        assert.ok(off < 1e-4, `by ${input}: ${off}`);
      }
    });
  }
});

/** What one run of a network with ReLUs shows. */
interface Run {
  readonly logits: Float32Array;
  readonly gradient: Float32Array;
  /** By unit of every Relu: whether it lets anything through. */
  readonly open: readonly boolean[];
}

/** Runs a network of one input, with its gradient and the outputs of all its Relus. */
async function observed(
  name: string,
): Promise<{ run: (x: Float32Array) => Promise<Run>; x: Float32Array; close: () => Promise<void> }> {
  const { model, fixture, feeds } = fixtureOf(name);
  const differentiated = await gradientModel(model, feeds);
  const relus = model.graph.nodes.filter(({ op }) => op === 'Relu').map(({ outputs }) => outputs[0] ?? '');
  const outputs = [...differentiated.graph.outputs, ...relus.map((relu) => valueInfo(relu, null, null))];
  const session = await sessionOf({ ...differentiated, graph: { ...differentiated.graph, outputs } });
  const image = fixture.inputs['image'] ?? assert.fail();
  const target = feed(fixture.target.dims, valuesOf(fixture.target));
  const run = async (x: Float32Array): Promise<Run> => {
    const results = await session.run({ image: feed(image.dims, x), [TARGET]: target });
    const open = relus.flatMap((relu) => Array.from(floats(results, relu), (value) => value > 0));
    return { logits: floats(results, 'logits'), gradient: floats(results, gradientName('image')), open };
  };
  return { run, x: valuesOf(image), close: () => session.release() };
}

describe('gradients of networks with ReLU', () => {
  it('jump where a single unit turns on or off, by which the answer does not change, and nowhere near', async () => {
    const { run, x, close } = await observed('resnet');
    const changed = (one: Run, other: Run): number => one.open.filter((open, at) => open !== other.open[at]).length;
    const at = (part: number): Float32Array => x.map((value, pixel) => value + part * Math.sin(pixel));
    // Two inputs between which a unit turns, brought as near to each other as float32 allows.
    let [from, to] = [0, 0.1];
    const first = await run(at(from));
    assert.ok(changed(first, await run(at(to))) > 0);
    for (let step = 0; step < 40; step++) {
      const middle = (from + to) / 2;
      if (changed(first, await run(at(middle))) > 0) to = middle;
      else from = middle;
    }
    const [before, after] = [await run(at(from)), await run(at(to))];
    // As near, on the same side each.
    const [further, beyond] = [await run(at(from - 1e-6)), await run(at(to + 1e-6))];
    await close();
    assert.ok(difference(at(to), at(from)) < 1e-6);
    assert.ok(difference(after.logits, before.logits) < 1e-5, 'the answer is the same');
    const turned = changed(before, after);
    assert.ok(turned > 0 && turned <= 4, `${turned} of ${before.open.length} units turned`);
    const jump = difference(after.gradient, before.gradient);
    assert.ok(jump > 1e-3, `the gradient changes by ${jump}`);
    for (const [one, other] of [[before, further] as const, [after, beyond] as const]) {
      assert.equal(changed(one, other), 0);
      assert.ok(difference(other.gradient, one.gradient) < 1e-5, 'with the same units the gradient is the same');
    }
  });
});

/** A folder that test/fixtures/gradients/make_large.py wrote. */
const LARGE = process.env['GRADIENTS'];
const describeLarge = LARGE === undefined ? describe.skip : describe;

/** By ReLU and MaxPool of a graph, in its order: which units are on, or at which place of its plane each maximum is. */
type Choices = readonly (readonly number[])[];

/** A network in its full size: what we have for an input, beside what PyTorch has. */
class LargeNetwork {
  private constructor(
    private readonly name: string,
    private readonly session: InferenceSession,
    /** Outputs that tell choices; `plane` is null for a ReLU, for a MaxPool the number of places of a plane. */
    private readonly telling: readonly { readonly output: string; readonly plane: number | null }[],
  ) {}

  static async open(name: string): Promise<LargeNetwork> {
    const model = decodeModel(readFileSync(path.join(LARGE ?? '', `${name}.onnx`)));
    const feeds = { image: feed([2, 3, 224, 224], floatsIn(`${name}-0-image`)) };
    const found = await measured(model, feeds);
    const made = withInputGradient(model, { inputs: ['image'], output: 'logits', measured: found });
    if (!made.ok) throw new Error(made.unsupported.join());
    const places = made.model.graph.nodes.filter(({ op, outputs }) => op === 'MaxPool' && outputs.length === 2);
    const telling = model.graph.nodes
      .filter(({ op }) => op === 'Relu' || op === 'MaxPool')
      .map(({ op, inputs: [input = ''], outputs: [output = ''] }) => {
        if (op === 'Relu') return { output, plane: null };
        const [, height = 0, width = 0] = found.shapes.get(input)?.slice(1) ?? [];
        return { output: places.find((each) => each.inputs[0] === input)?.outputs[1] ?? '', plane: height * width };
      });
    const outputs = [...made.model.graph.outputs, ...telling.map(({ output }) => valueInfo(output, null, null))];
    const session = await sessionOf({ ...made.model, graph: { ...made.model.graph, outputs } });
    return new LargeNetwork(name, session, telling);
  }

  async run(at: number): Promise<{ gradient: Float32Array; choices: Choices }> {
    const image = feed([2, 3, 224, 224], floatsIn(`${this.name}-${at}-image`));
    const target = feed([2, 10], floatsIn(`${this.name}-${at}-target`));
    const results = await this.session.run({ image, [TARGET]: target });
    const choices = this.telling.map(({ output, plane }) => {
      if (plane === null) return Array.from(floats(results, output), (value) => Number(value > 0));
      return Array.from(results[output]?.data as BigInt64Array, (place) => Number(place) % plane);
    });
    return { gradient: floats(results, gradientName('image')), choices };
  }

  /** PyTorch's, in float32. */
  choices(at: number): Choices {
    return this.telling.map(({ plane }, place) => {
      const bytes = readFileSync(path.join(LARGE ?? '', `${this.name}-${at}-choice-${place}`));
      if (plane === null) return [...bytes];
      return Array.from({ length: bytes.length / 4 }, (_, each) => bytes.readInt32LE(each * 4));
    });
  }

  close(): Promise<void> {
    return this.session.release();
  }
}

function floatsIn(name: string): Float32Array {
  const bytes = readFileSync(path.join(LARGE ?? '', `${name}.f32`));
  return Float32Array.from({ length: bytes.length / 4 }, (_, at) => bytes.readFloatLE(at * 4));
}

describeLarge(`networks in their full size (GRADIENTS: ${LARGE ?? 'no folder of them'})`, function () {
  this.timeout(600_000);
  for (const name of ['resnet18', 'vgg11']) {
    it(`differ from PyTorch only where a choice of ReLU or MaxPool does: ${name}`, async () => {
      const { inputs } = JSON.parse(readFileSync(path.join(LARGE ?? '', 'made.json'), 'utf8')) as { inputs: number };
      const network = await LargeNetwork.open(name);
      for (let at = 0; at < inputs; at++) {
        const { gradient, choices } = await network.run(at);
        const theirs = network.choices(at);
        const total = choices.reduce((sum, each) => sum + each.length, 0);
        const differing = choices.reduce(
          (sum, each, place) => sum + each.filter((choice, unit) => choice !== theirs[place]?.[unit]).length,
          0,
        );
        const off = difference(gradient, floatsIn(`${name}-${at}-float32`));
        const said = `input ${at}: ${off.toExponential(1)}, ${differing} of ${total} choices differ`;
        if (differing === 0) assert.ok(off < 1e-5, said);
        else assert.ok(differing < 100, said);
      }
      await network.close();
    });
  }
});
