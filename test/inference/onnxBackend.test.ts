import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { InferenceBackend, Question, RgbImage } from '../../src/inference/backend.js';
import { bundled } from '../../src/inference/backends/bundled.js';
import { onnx } from '../../src/inference/backends/onnx.js';
import { decodeImage } from '../../src/inference/images.js';
import { encodeModel, valueInfo } from '../../src/inference/onnx/model.js';
import { FLOAT } from '../../src/inference/onnx/tensor.js';
import { explain } from '../../src/inference/saliency/explain.js';
import type { FoundModel, ModelPlaces } from '../../src/protocol/inference.js';
import { modelOf, type GraphText, type Step } from './graphs.js';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
const MODELS = path.join(ROOT, 'models');
const { signal } = new AbortController();

function placesOf(folder: string): ModelPlaces {
  return { bundled: MODELS, folders: [folder], endpoints: [], processes: [], device: 'cpu' };
}

function picture(width: number, height: number, tone: (x: number, y: number) => number): RgbImage {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) data.fill(tone(x, y), (y * width + x) * 3, (y * width + x) * 3 + 3);
  }
  return { width, height, data, encoded: null };
}

function asked(image: RgbImage, options: readonly string[], question = 'where is it ?'): Question {
  return { question, options: options.map((text) => ({ label: null, text })), images: [image], prompt: null };
}

/** A graph that answers with the mean of the left half of a grey picture against that of the right one. */
const SIDES: readonly Step[] = [
  ['Flatten', ['x'], 'flat', { axis: 1 }],
  ['MatMul', ['flat', 'sides'], 'y'],
];
const SIDES_WEIGHTS = {
  dims: [3 * 4 * 4, 2],
  floats: Array.from({ length: 3 * 4 * 4 * 2 }, (_, at) => {
    const isLeft = Math.floor(at / 2) % 4 < 2;
    return (at % 2 === 0) === isLeft ? 1 / 24 : 0;
  }),
};
const GRAPH: GraphText = { input: [2, 3, 4, 4], steps: SIDES, constants: { sides: SIDES_WEIGHTS } };

/** The file of a graph: its first axis is open, or holds so many images. */
function bytesOf(text: GraphText, images: number | string = 'N'): Uint8Array {
  const model = modelOf(text);
  const inputs = [valueInfo('x', FLOAT, [images, ...text.input.slice(1)])];
  return encodeModel({ ...model, graph: { ...model.graph, inputs } });
}

const MANIFEST = {
  flipside: 1,
  name: 'Sides',
  graph: 'graph.onnx',
  image: { input: 'x', width: 4, height: 4 },
  output: { logits: 'y', classes: [{ name: 'left' }, { name: 'right', words: ['right', 'to the right'] }] },
};

describe('ONNX graphs as models', function () {
  this.timeout(60_000);
  let folder = '';
  const opened: InferenceBackend[] = [];

  beforeEach(() => (folder = mkdtempSync(path.join(os.tmpdir(), 'flipside-onnx-'))));
  afterEach(async () => {
    for (const backend of opened.splice(0)) await backend.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Writes a graph, of any batch, with its manifest. */
  function put(manifest: object, graph: GraphText | Uint8Array = GRAPH): string {
    const file = path.join(folder, 'model.json');
    writeFileSync(file, JSON.stringify({ ...MANIFEST, ...manifest }));
    if (graph instanceof Uint8Array) writeFileSync(path.join(folder, 'graph.onnx'), graph);
    else writeFileSync(path.join(folder, 'graph.onnx'), bytesOf(graph));
    return file;
  }

  async function found(): Promise<FoundModel> {
    const [model] = await onnx.find(placesOf(folder), signal);
    assert.ok(model !== undefined);
    return model;
  }

  async function open(): Promise<InferenceBackend> {
    const model = await found();
    assert.equal(model.missing, null);
    const backend = await onnx.open(model, placesOf(folder), signal);
    opened.push(backend);
    return backend;
  }

  const lightLeft = picture(4, 4, (x) => (x < 2 ? 200 : 50));

  it('answer as their manifest says, with a gradient where every operation has a rule', async () => {
    put({});
    const backend = await open();
    const info = await backend.probe(signal);
    assert.deepEqual(info.capabilities, ['optionProbs', 'batch', 'inputGradient']);
    const [score] = await backend.score([asked(lightLeft, ['Left.', 'to the right', 'above'])], signal);
    assert.ok((score?.probabilities[0] ?? 0) > (score?.probabilities[1] ?? 1));
    assert.equal(score?.probabilities[2], null);
    assert.ok(Math.abs((score?.probabilities[0] ?? 0) + (score?.probabilities[1] ?? 0) - 1) < 1e-9);
    const maps = await backend.gradient?.(asked(lightLeft, ['left', 'right']), [1, 0], signal);
    const values = [...(maps?.maps[0]?.values ?? [])];
    assert.deepEqual(
      values.map((value) => value > 0),
      values.map((_, at) => at % 4 < 2),
    );
    assert.ok(values.every((value, at) => Math.abs(value - (at % 4 < 2 ? 1 / 24 : 0)) < 1e-7));
  });

  it('may take one image at a time, and no other fixed number', async () => {
    put({}, bytesOf(GRAPH, 1));
    const backend = await open();
    assert.deepEqual((await backend.probe(signal)).capabilities, ['optionProbs', 'inputGradient']);
    const both = [
      asked(lightLeft, ['left', 'right']),
      asked(
        picture(4, 4, () => 90),
        ['left', 'right'],
      ),
    ];
    const scores = await backend.score(both, signal);
    assert.ok((scores[0]?.probabilities[0] ?? 0) > 0.5 && Math.abs((scores[1]?.probabilities[0] ?? 0) - 0.5) < 1e-6);
    const maps = await backend.gradient?.(asked(lightLeft, ['left', 'right']), [1, 0], signal);
    assert.ok(Math.abs((maps?.maps[0]?.values[0] ?? 0) - 1 / 24) < 1e-7);
    put({}, bytesOf(GRAPH, 3));
    await assert.rejects(open(), /takes exactly 3 images at a time\. Export it with an open first axis/);
  });

  it('take pictures normalised, cut or framed, and give maps of the picture itself', async () => {
    for (const fit of ['contain', 'cover']) {
      put({ image: { ...MANIFEST.image, fit, mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] } });
      const backend = await open();
      const wide = picture(8, 4, (x) => (x < 4 ? 200 : 50));
      const [score] = await backend.score([asked(wide, ['left', 'right'])], signal);
      assert.ok((score?.probabilities[0] ?? 0) > 0.5, fit);
      const { maps = [] } = (await backend.gradient?.(asked(wide, ['left', 'right']), [1, 0], signal)) ?? {};
      const size = fit === 'contain' ? [4, 2] : [8, 4];
      assert.deepEqual([maps[0]?.width, maps[0]?.height], size);
      // By the picture's own values, of which the graph sees the fourfold.
      assert.ok(Math.abs(Math.max(...(maps[0]?.values ?? [])) - 4 / 24) < 1e-6);
      assert.equal((await backend.probe(signal)).inputSize, null);
    }
  });

  it('score batches of any sizes one after the other, also at once, as they score one question', async () => {
    for (const fit of ['fill', 'contain']) {
      put({ image: { ...MANIFEST.image, fit, mean: [0.5, 0.5, 0.5] } });
      const backend = await open();
      const questions = Array.from({ length: 40 }, (_, at) =>
        asked(
          picture(at % 3 === 0 ? 7 : 4, 4, (x, y) => (x * 60 + y * 9 + at * 5) % 256),
          at % 2 === 0 ? ['left', 'right'] : ['right', 'left', 'up'],
        ),
      );
      const alone = [];
      for (const question of questions) alone.push(...(await backend.score([question], signal)));
      for (const size of [3, 40, 1, 17]) {
        const each = await Promise.all([0, 1, 2].map(() => backend.score(questions.slice(0, size), signal)));
        for (const scores of each) assert.deepEqual(scores, alone.slice(0, size));
      }
    }
  });

  it('compare an image with a text for each option', async () => {
    const texts: GraphText = {
      input: [2, 3, 4, 4],
      steps: [
        ...SIDES.slice(0, 1),
        ['MatMul', ['flat', 'sides'], 'image'],
        ['Gather', ['words', 'tokens'], 'vectors'],
        ['ReduceMax', ['vectors'], 'text', { axes: [1], keepdims: 0 }],
        ['Transpose', ['text'], 'turned', { perm: [1, 0] }],
        ['MatMul', ['image', 'turned'], 'y'],
      ],
      constants: { sides: SIDES_WEIGHTS, words: { dims: [4, 2], floats: [0, 0, 0, 0, 9, 0, 0, 9] } },
    };
    const model = modelOf(texts);
    const inputs = [valueInfo('x', 1, ['N', 3, 4, 4]), valueInfo('tokens', 7, ['T', 3])];
    const outputs = [valueInfo('y', 1, ['N', 'T'])];
    const bytes = encodeModel({ ...model, graph: { ...model.graph, inputs, outputs } });
    const text = {
      input: 'tokens',
      length: 3,
      vocabulary: ['<pad>', '<unk>', 'left', 'right'],
      template: 'a thing {option}',
    };
    put({ text, output: { kind: 'similarity', logits: 'y' } }, bytes);
    const backend = await open();
    const [score] = await backend.score([asked(lightLeft, ['right', 'left'])], signal);
    assert.ok((score?.probabilities[1] ?? 0) > (score?.probabilities[0] ?? 1));
    assert.match(score?.notes.join() ?? '', /does not know: a, thing/);
    const maps = await backend.gradient?.(asked(lightLeft, ['right', 'left']), [0, 1], signal);
    assert.ok((maps?.maps[0]?.values[0] ?? 0) > (maps?.maps[0]?.values[3] ?? 1));
  });

  it('say which operation has no rule, and are explained by occlusion then', async () => {
    const steps: readonly Step[] = [SIDES[0] as Step, ['Mish', ['flat'], 'bent'], ['MatMul', ['bent', 'sides'], 'y']];
    put({}, { ...GRAPH, opset: 18, steps });
    const backend = await open();
    const { capabilities, notes } = await backend.probe(signal);
    assert.ok(!capabilities.includes('inputGradient') && backend.gradient === undefined);
    assert.deepEqual(notes, ['No gradient: Mish.']);
    const request = { method: 'gradient' as const, target: { option: 0, against: null }, seed: 1 };
    const explained = await explain(backend, asked(lightLeft, ['left', 'right']), request, () => undefined, signal);
    assert.equal(explained.method, 'occlusion');
    assert.match(explained.notes.join(), /gives no gradients\. Occlusion was used instead/);
  });

  const broken: readonly [string, object, GraphText | Uint8Array | undefined, RegExp][] = [
    ['a wrong version', { flipside: 2 }, undefined, /model\.json: "flipside" is 2; 1 was expected/],
    [
      'an image without size',
      { image: { input: 'x', width: 4 } },
      undefined,
      /"image\.height" is missing; a whole number above 0/,
    ],
    [
      'an unknown fit',
      { image: { ...MANIFEST.image, fit: 'crop' } },
      undefined,
      /"image\.fit" is "crop"; "fill" or "contain" or "cover" was expected/,
    ],
    [
      'no classes',
      { output: { logits: 'y', classes: [] } },
      undefined,
      /"output\.classes" is \[\]; a list with something in it/,
    ],
    [
      'a colour of two numbers',
      { image: { ...MANIFEST.image, mean: [1, 2] } },
      undefined,
      /"image\.mean" is \[1,2\]; three numbers/,
    ],
    [
      'a division by zero',
      { image: { ...MANIFEST.image, std: [1, 0, 1] } },
      undefined,
      /"image\.std" is \[1,0,1\]; three numbers above 0/,
    ],
    ['a folder for a graph', { graph: '.' }, undefined, /The model file .* is no file; .*model\.json names it/],
    [
      'a graph that is not there',
      { graph: 'other.onnx' },
      undefined,
      /The model file .*other\.onnx is missing; .*model\.json names it/,
    ],
    [
      'a precision that is not there',
      { graph: { fp32: 'graph.onnx' }, precision: 'fp16' },
      undefined,
      /"precision" is "fp16", and "graph" has fp32/,
    ],
  ];
  for (const [what, manifest, graph, message] of broken) {
    it(`are listed with what is wrong: ${what}`, async () => {
      put(manifest, graph);
      assert.match((await found()).missing ?? '', message);
    });
  }

  it('are listed with what is wrong: a manifest that is no JSON', async () => {
    writeFileSync(path.join(folder, 'model.json'), '{"flipside": 1, "graph": "graph.onnx",');
    assert.match((await found()).missing ?? '', /model\.json cannot be read as JSON/);
    writeFileSync(path.join(folder, 'other.json'), '{"a": 1}');
    assert.equal((await onnx.find(placesOf(folder), signal)).length, 1, 'other JSON is no model');
  });

  const unusable: readonly [string, object, GraphText | Uint8Array, RegExp][] = [
    ['bytes that are no graph', {}, new TextEncoder().encode('not an ONNX file'), /runs nowhere here\. CPU: .*/],
    [
      'fewer classes than the graph has outputs',
      { output: { logits: 'y', classes: [{ name: 'left' }] } },
      GRAPH,
      /"output\.classes" has 1 entries, and the graph's output "y" has 2 values/,
    ],
    [
      'boxes that the graph does not give',
      { boxes: { output: 'z' } },
      GRAPH,
      /"boxes\.output" is "z", and the graph gives y/,
    ],
    [
      'an input that the graph has not',
      { image: { ...MANIFEST.image, input: 'pixels' } },
      GRAPH,
      /names the input "pixels", and the graph takes x/,
    ],
    [
      'an output that the graph has not',
      { output: { ...MANIFEST.output, logits: 'z' } },
      GRAPH,
      /"output\.logits" is "z", and the graph gives y/,
    ],
    [
      'another file than was described',
      { sha256: 'ab'.repeat(32) },
      GRAPH,
      /SHA-256 (ab){32} was expected, and it is [0-9a-f]{64}/,
    ],
    ['another size of pictures', { image: { ...MANIFEST.image, width: 5 } }, GRAPH, /runs nowhere here\. CPU: .*/],
  ];
  for (const [what, manifest, graph, message] of unusable) {
    it(`fail to load, in words: ${what}`, async () => {
      put(manifest, graph);
      await assert.rejects(open(), (error: Error) => {
        assert.equal(error.name, 'FlipsideError');
        assert.match(error.message, message);
        return true;
      });
    });
  }

  it('fail to load where the tokenizer has more words than the graph', async () => {
    const text = JSON.parse(readFileSync(path.join(MODELS, 'augmented.json'), 'utf8')) as {
      text: { vocabulary: string[] };
    };
    mkdirSync(path.join(folder, 'sub'));
    copyFileSync(path.join(MODELS, 'augmented.onnx'), path.join(folder, 'sub', 'augmented.onnx'));
    text.text.vocabulary.push('one', 'more');
    writeFileSync(path.join(folder, 'sub', 'model.json'), JSON.stringify(text));
    await assert.rejects(
      open(),
      /The tokenizer of .*model\.json does not belong to its graph: "text\.vocabulary" has \d+ words, and the graph knows \d+\./,
    );
  });

  it('say so where an output is no number', async () => {
    const steps: readonly Step[] = [SIDES[0] as Step, ['MatMul', ['flat', 'sides'], 'm'], ['Mul', ['m', 'bad'], 'y']];
    put({}, { ...GRAPH, steps, constants: { sides: SIDES_WEIGHTS, bad: { dims: [2], floats: [NaN, 1] } } });
    const backend = await open();
    await assert.rejects(
      backend.score([asked(lightLeft, ['left', 'right'])], signal),
      /The model's output for "left" is NaN, which is no number\. The weights are damaged, or the graph overflows/,
    );
  });

  it('say so where a question is longer than they take', async () => {
    const places = placesOf(MODELS);
    const model = (await bundled.find(places, signal)).find(({ id }) => id === 'bundled:augmented');
    assert.ok(model !== undefined);
    const backend = await bundled.open(model, places, signal);
    opened.push(backend);
    const long = asked(
      picture(9, 9, () => 99),
      ['left', 'right'],
      `is it left ${'of the red circle '.repeat(8)}?`,
    );
    const [score] = await backend.score([long], signal);
    assert.deepEqual(score?.notes, ['The question is too long for the model: its last 12 words were cut.']);
  });

  it('say which words they know where they know none of the options', async () => {
    put({});
    const backend = await open();
    await assert.rejects(
      backend.score([asked(lightLeft, ['three', 'four'])], signal),
      /The model answers with left, right, and the options are three, four\. Choose another model/,
    );
  });
});

describe('the bundled models', function () {
  this.timeout(60_000);

  it('find the two things asked about, and know which words matter', async () => {
    const places = placesOf(MODELS);
    const model = (await bundled.find(places, signal)).find(({ id }) => id === 'bundled:augmented');
    assert.ok(model !== undefined);
    const backend = await bundled.open(model, places, signal);
    const image = await decodeImage(new Uint8Array(readFileSync(path.join(ROOT, 'samples', 'scenes', 'scene-05.png'))));
    const question = asked(image, ['left', 'right'], 'where is the cyan cross relative to the pink star ?');
    const boxes = (await backend.detect?.(image, ['the cyan cross', 'the pink star'], signal)) ?? [];
    assert.deepEqual(
      boxes.map(({ phrase }) => phrase),
      ['the cyan cross', 'the pink star'],
    );
    assert.ok(
      boxes.every(({ x, y, width, height }) => x >= 0 && y >= 0 && x + width <= 1 && y + height <= 1 && width > 0.05),
    );
    const { tokens = [] } = (await backend.gradient?.(question, [1, -1], signal)) ?? {};
    const heaviest = [...(tokens ?? [])].sort((one, other) => other.weight - one.weight).slice(0, 6);
    assert.ok(
      heaviest.some(({ text }) => ['cyan', 'cross', 'pink', 'star'].includes(text)),
      JSON.stringify(heaviest),
    );
    await backend.dispose();
  });
});
