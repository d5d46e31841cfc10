import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { FlipsideError } from '../../../src/core/model.js';
import type { InferenceBackend, Question } from '../../../src/inference/backend.js';
import { transformersJs } from '../../../src/inference/backends/transformersJs.js';
import { attentionLayers, attentionMaps } from '../../../src/inference/backends/transformersJs/attention.js';
import { precisions } from '../../../src/inference/backends/transformersJs/folders.js';
import { decodeModel, encodeModel, valueInfo } from '../../../src/inference/onnx/model.js';
import { loadLibrary, type Tensor } from '../../../src/inference/backends/transformersJs/library.js';
import type { FoundModel, ModelPlaces, Score } from '../../../src/protocol/inference.js';

const FIXTURE = path.join(path.dirname(fileURLToPath(import.meta.url)), '../../fixtures/tiny-vlm');
const TINY = path.join(FIXTURE, 'tiny-llava');
/** What the library's own tensors are made by. */
interface TensorMaker {
  readonly Tensor: new (type: string, data: readonly (number | bigint)[], dims: readonly number[]) => Tensor;
}

const never = new AbortController().signal;
const SAMPLED = { n: 3, temperature: 1.5, seed: 4, maxTokens: 6 };

function places(...folders: string[]): ModelPlaces {
  return { bundled: '', folders, endpoints: [], processes: [] };
}

describe('models of Transformers.js', () => {
  let model: InferenceBackend;
  let found: FoundModel;
  let scratch: string;

  before(async () => {
    scratch = await mkdtemp(path.join(tmpdir(), 'flipside-vlm-'));
    [found = assert.fail()] = await transformersJs.find(places(FIXTURE), never);
    model = await transformersJs.open(found, places(FIXTURE), never);
  });

  after(async () => {
    await model.dispose();
    await rm(scratch, { recursive: true, force: true });
  });

  it('are found in a folder of models, or as one themselves', async () => {
    assert.deepEqual(
      { ...found, bytes: (found.bytes ?? 0) > 40_000 },
      {
        id: 'transformersjs:tiny-llava',
        kind: 'transformersjs',
        name: 'tiny-llava',
        where: TINY,
        bytes: true,
        missing: null,
      },
    );
    const both = await transformersJs.find(places(TINY, FIXTURE, '/no/such/folder'), never);
    assert.deepEqual(
      both.map(({ id }) => id),
      ['transformersjs:tiny-llava', `transformersjs:${TINY}`],
    );
  });

  it('say what runs them, and which devices do not', async () => {
    const info = await model.probe(never);
    assert.deepEqual(info.capabilities, ['optionProbs', 'generate', 'seed', 'inputGradient', 'tokenGradient']);
    assert.deepEqual(info.notes, ['Weights as fp32.']);
    const answered = info.tried.at(-1);
    assert.deepEqual(answered, { provider: info.device, reason: null });
    for (const { provider, reason } of info.tried.slice(0, -1)) assert.ok((reason ?? '').length > 0, provider);
  });

  it('give probabilities over the options, which the picture and the words change', async () => {
    const [red, again, blue, other] = await model.score(
      [asked([250, 10, 10]), asked([250, 10, 10]), asked([10, 10, 250]), asked([250, 10, 10], 'left right cup')],
      never,
    );
    assert.deepEqual(red, again);
    const sum = (red?.probabilities ?? []).reduce<number>((total, each) => total + (each ?? 0), 0);
    assert.ok(Math.abs(sum - 1) < 1e-9);
    assert.equal(red?.source, 'logits');
    const distance = (score: Score | undefined): number =>
      Math.abs((score?.probabilities[0] ?? 0) - (red?.probabilities[0] ?? 0));
    assert.ok(distance(blue) > 1e-4, `${distance(blue)}`);
    assert.ok(distance(other) > 1e-4, `${distance(other)}`);
  });

  it('are asked without a picture, too', async () => {
    const [score] = await model.score([{ ...asked([0, 0, 0]), images: [] }], never);
    assert.equal(score?.probabilities.length, 2);
  });

  it('have no probability for an option that they have no token for', async () => {
    const options = ['A', 'B', 'Z'].map((label) => ({ label, text: label }));
    const [score] = await model.score([{ ...asked([9, 9, 9]), options }], never);
    const unknown = score?.probabilities[2];
    // Words that the tokenizer does not know are all one token, which Z alone has here.
    assert.ok(unknown !== null && unknown !== undefined);
    const two = ['A', 'Y', 'Z'].map((label) => ({ label, text: label }));
    const [shared] = await model.score([{ ...asked([9, 9, 9]), options: two }], never);
    assert.deepEqual(shared?.probabilities, [1, null, null]);
    assert.deepEqual(shared?.notes, ['The model has no token of its own for: Y, Z.']);
  });

  it('write the same samples for the same seeds', async () => {
    const sampled = async (seed: number) => model.generate?.(asked([9, 99, 199]), { ...SAMPLED, seed }, never) ?? [];
    const [first, again, next] = [await sampled(4), await sampled(4), await sampled(5)];
    assert.deepEqual(first, again);
    assert.deepEqual(
      first.map(({ seed }) => seed),
      [4, 5, 6],
    );
    assert.deepEqual(next.slice(0, 2), first.slice(1));
    assert.ok(new Set(first.map(({ text }) => text)).size > 1);
    const greedy = (await model.generate?.(asked([9, 99, 199]), { ...SAMPLED, temperature: 0 }, never)) ?? [];
    assert.deepEqual([greedy.length, new Set(greedy.map(({ text }) => text)).size, greedy[0]?.seed], [3, 1, null]);
  });

  it('stop between two tokens', async () => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 60);
    const long = { n: 1, temperature: 2, seed: 1, maxTokens: 100_000 };
    const began = performance.now();
    // One that ends by itself would not show anything: the next seed is taken then.
    await assert.rejects(
      (async () => {
        for (let seed = 1; ; seed += 1) await model.generate?.(asked([1, 2, 3]), { ...long, seed }, stop.signal);
      })(),
      { name: 'AbortError' },
    );
    assert.ok(performance.now() - began < 5_000);
  });

  describe('whose graph tells attention', () => {
    /** The same model, with what its layers looked at as outputs, as exports with `output_attentions` have it. */
    async function looking(name: string): Promise<InferenceBackend> {
      const folder = path.join(scratch, name);
      await cp(TINY, folder, { recursive: true });
      const file = path.join(folder, 'onnx/decoder_model_merged.onnx');
      const decoder = decodeModel(await readFile(file));
      const looks = decoder.graph.nodes.filter(({ op }) => op === 'Softmax').flatMap(({ outputs }) => outputs);
      assert.equal(looks.length, 2);
      const called = (output: string): string => {
        const layer = looks.indexOf(output);
        return layer < 0 ? output : `attentions.${layer}`;
      };
      const nodes = decoder.graph.nodes.map((node) => ({
        ...node,
        ...{ inputs: node.inputs.map(called), outputs: node.outputs.map(called) },
      }));
      const outputs = [...decoder.graph.outputs, ...looks.map((output) => valueInfo(called(output), 1, null))];
      await writeFile(file, encodeModel({ ...decoder, graph: { ...decoder.graph, nodes, outputs } }));
      const [listed = assert.fail()] = await transformersJs.find(places(folder), never);
      return transformersJs.open(listed, places(folder), never);
    }

    it('say where the answer looked, the mean of heads and layers, for each picture', async () => {
      const backend = await looking('looking');
      try {
        assert.ok((await backend.probe(never)).capabilities.includes('attention'));
        const question = asked([250, 10, 10]);
        const [one, again] = [await backend.attention?.(question, never), await backend.attention?.(question, never)];
        assert.deepEqual(one, again);
        const [map = assert.fail()] = one?.maps ?? [];
        assert.deepEqual([map.width, map.height, one?.tokens], [4, 4, null]);
        const sum = map.values.reduce((total, each) => total + each, 0);
        assert.ok(sum > 0 && sum < 1, `a part of all that is looked at: ${sum}`);
        const other = (await backend.attention?.(asked([10, 10, 250]), never))?.maps[0];
        assert.notDeepEqual(other?.values, map.values);
        assert.deepEqual(await backend.score([question], never), await model.score([question], never));
        await assert.rejects(
          backend.attention?.({ ...question, images: [] }, never) ?? Promise.resolve(),
          /looking has no image to look at/,
        );
      } finally {
        await backend.dispose();
      }
    });

    it('is averaged over the heads and layers of the last position, and laid out as the tokens of each image lie', async () => {
      const { Tensor } = (await loadLibrary()) as unknown as TensorMaker;
      const numbers = (type: string, dims: number[], value: (at: number) => number) => {
        const data = Array.from({ length: dims.reduce((product, size) => product * size, 1) }, (_, at) => value(at));
        return new Tensor(type, type === 'int64' ? data.map(BigInt) : data, dims);
      };
      const layer = (times: number) =>
        numbers('float32', [1, 2, 3, 6], (at) => (at % 18 < 12 ? 99 : times * (at < 18 ? 1 : 3) * (at % 6)));
      const outputs = {
        ...{ logits: layer(0), 'attentions.10': layer(3), 'attentions.9': layer(1) },
        ...{ 'cross_attentions.0': layer(7), 'present.0.key': layer(7) },
      };
      const layers = attentionLayers(outputs);
      assert.deepEqual(layers, [outputs['attentions.9'], outputs['attentions.10']]);
      const words = (...ids: number[]) => ({ input_ids: numbers('int64', [1, ids.length], (at) => ids[at] ?? 0) });
      const square = { token: 4, merge: 2 };
      // Factors 1, 3, 3 and 9: their mean is 4.
      const [map] = attentionMaps(layers, words(9, 4, 4, 4, 4, 7), square, 1);
      assert.deepEqual(map, { width: 2, height: 2, values: new Float32Array([4, 8, 12, 16]) });
      const grid = numbers('int64', [2, 3], (at) => [1, 4, 2, 1, 2, 4][at] ?? 0);
      const two = { ...words(4, 4, 9, 4, 4, 9), image_grid_thw: grid };
      assert.deepEqual(attentionMaps(layers, two, square, 2), [
        { width: 1, height: 2, values: new Float32Array([0, 4]) },
        { width: 2, height: 1, values: new Float32Array([12, 16]) },
      ]);
      const wrong =
        (ids: readonly number[], tokens = square) =>
        () =>
          attentionMaps(layers, words(...ids), tokens, 1);
      assert.throws(wrong([9, 4, 4, 4, 7, 7]), /make no grid: 3 for 1/);
      assert.throws(wrong([4, 4, 4, 4, 7]), /over 6 positions, and the question has 5/);
      assert.throws(wrong([4], { token: null as never, merge: 2 }), /does not say which token stands for an image/);
    });
  });

  describe('that cannot be used', () => {
    async function broken(name: string, change: (folder: string) => Promise<void>): Promise<FoundModel> {
      const folder = path.join(scratch, name);
      await cp(TINY, folder, { recursive: true });
      await change(folder);
      const [listed] = await transformersJs.find(places(folder), never);
      return listed ?? assert.fail('it is not listed');
    }

    const opened = (listed: FoundModel): Promise<InferenceBackend> =>
      transformersJs.open(listed, places(listed.where), never);

    it('are listed with the reason', async () => {
      const bare = await broken('bare', (folder) => rm(path.join(folder, 'onnx'), { recursive: true }));
      assert.match(bare.missing ?? '', /has no ONNX graphs in onnx\//);
      const mute = await broken('mute', (folder) => rm(path.join(folder, 'tokenizer.json')));
      assert.match(mute.missing ?? '', /\(llava\) has no tokenizer\.json/);
      const cut = await broken('cut', (folder) => writeFile(path.join(folder, 'config.json'), '{"model_type": "ll'));
      assert.match(cut.missing ?? '', /no JSON object with a “model_type”/);
      await assert.rejects(opened(cut), /no JSON object with a “model_type”/);
    });

    it('are said to have the tokenizer of another model', async () => {
      const mixed = await broken('mixed', async (folder) => {
        const file = path.join(folder, 'tokenizer.json');
        const tokenizer = JSON.parse(await readFile(file, 'utf8')) as { model: { vocab: Record<string, number> } };
        tokenizer.model.vocab['more'] = 5_000;
        await writeFile(file, JSON.stringify(tokenizer));
      });
      await assert.rejects(opened(mixed), (error: Error) => {
        assert.ok(error instanceof FlipsideError);
        return /tokens up to the number 5000, and the model outputs for \d+ only: they are not of the same model/.test(
          error.message,
        );
      });
    });

    it('are of a kind that the library does not know', async () => {
      const strange = await broken('strange', (folder) =>
        writeFile(path.join(folder, 'config.json'), '{"model_type": "bert"}'),
      );
      await assert.rejects(
        opened(strange),
        /does not know as one that sees and writes \(Unsupported model type: bert\)/,
      );
    });

    it('are tried on each device, with its reason', async () => {
      const torn = await broken('torn', (folder) =>
        writeFile(path.join(folder, 'onnx/decoder_model_merged.onnx'), 'no graph'),
      );
      await assert.rejects(opened(torn), /torn cannot be run\. .*CPU: /);
    });

    it('are not opened from a folder that is not the user’s', async () => {
      await assert.rejects(
        transformersJs.open(found, places(), never),
        /No model transformersjs:tiny-llava is in the folders/,
      );
    });
  });

  it('are loaded in the best precision that is there', async () => {
    const folder = path.join(scratch, 'precisions');
    await mkdir(path.join(folder, 'onnx'), { recursive: true });
    const files = [
      'vision_encoder.onnx',
      'vision_encoder_q4.onnx',
      'decoder_model_merged_q4.onnx',
      'decoder_model_merged_fp16.onnx',
      'embed_tokens_quantized.onnx',
    ];
    for (const file of files) await writeFile(path.join(folder, 'onnx', file), '');
    assert.deepEqual(await precisions(folder), {
      vision_encoder: 'fp32',
      decoder_model_merged: 'fp16',
      embed_tokens: 'q8',
    });
  });

  it('give the gradient through their chained graphs, as central differences of their answers have it', async () => {
    const data = Uint8Array.from({ length: 32 * 32 * 3 }, (_, at) => 60 + ((at * 37) % 131));
    const question = asked([0, 0, 0], 'Where is the cup ?');
    const image = { width: 32, height: 32, data, encoded: null };
    const { maps, tokens } =
      (await model.gradient?.({ ...question, images: [image] }, [1, -1], never)) ?? assert.fail();
    // Of two options log p(A) − log p(B) is the difference of their outputs, whatever else the model might say.
    const f = async (pixels: Uint8Array): Promise<number> => {
      const [score] = await model.score([{ ...question, images: [{ ...image, data: pixels }] }], never);
      const [a, b] = score?.probabilities ?? [];
      return Math.log((a ?? 0) / (b ?? 1));
    };
    const STEP = 16;
    const [ours, differences]: [number[], number[]] = [[], []];
    for (let pixel = 5; pixel < 32 * 32; pixel += 41) {
      let steepest = 0;
      for (const colour of [0, 1, 2]) {
        const moved = async (by: number): Promise<number> => {
          const pixels = data.slice();
          pixels[pixel * 3 + colour] = (pixels[pixel * 3 + colour] ?? 0) + by;
          return f(pixels);
        };
        steepest = Math.max(steepest, Math.abs(((await moved(STEP)) - (await moved(-STEP))) / (2 * STEP)) * 255);
      }
      differences.push(steepest);
      ours.push(maps[0]?.values[pixel] ?? 0);
    }
    const dot = (one: number[], other: number[]): number =>
      one.reduce((sum, each, at) => sum + each * (other[at] ?? 0), 0);
    const cosine = dot(ours, differences) / Math.sqrt(dot(ours, ours) * dot(differences, differences));
    assert.ok(cosine > 0.999, `cosine ${cosine}`);
    const ratio = Math.sqrt(dot(ours, ours) / dot(differences, differences));
    assert.ok(Math.abs(ratio - 1) < 0.02, `ours are ${ratio} of the differences`);
    const words = tokens?.map(({ text }) => text) ?? [];
    assert.ok(words.includes('cup') && !words.includes('<image>'), words.join(' '));
    assert.ok(tokens?.every(({ weight }) => weight > 0));
  });

  it('have no gradient, and say why, where the weights are not whole or pictures are cut in a way of their own', async () => {
    const copy = async (name: string, change: (folder: string) => Promise<void>): Promise<readonly string[]> => {
      const folder = path.join(scratch, name);
      await cp(TINY, folder, { recursive: true });
      await change(folder);
      const [other = assert.fail()] = await transformersJs.find(places(folder), never);
      const opened = await transformersJs.open(other, places(folder), never);
      const { notes, capabilities } = await opened.probe(never);
      assert.ok(!capabilities.includes('inputGradient'));
      await opened.dispose();
      return notes;
    };
    const cut = await copy('cut', async (folder) => {
      const file = path.join(folder, 'preprocessor_config.json');
      const config = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
      // With edges of another length it is not known of what the crop is the middle.
      const other = { size: { shortest_edge: 40 }, do_center_crop: true, crop_size: { width: 32, height: 32 } };
      await writeFile(file, JSON.stringify({ ...config, ...other }));
    });
    assert.match(cut.join(' '), /No gradient comes through: pictures as CLIPImageProcessor cuts them\./);
    const halves = await copy('halves', async (folder) => {
      const graphs = path.join(folder, 'onnx');
      await rename(path.join(graphs, 'vision_encoder.onnx'), path.join(graphs, 'vision_encoder_fp16.onnx'));
    });
    assert.match(halves.join(' '), /No gradient comes through: weights as fp16 \(vision_encoder\)\./);
  });
});

function asked([red, green, blue]: readonly [number, number, number], question = 'Where is the red cup ?'): Question {
  const data = Uint8Array.from({ length: 48 * 40 * 3 }, (_, at) => [red, green, blue][at % 3] ?? 0);
  const options = ['left', 'right'].map((text, index) => ({ label: 'AB'[index] ?? null, text }));
  return { question, options, images: [{ width: 48, height: 40, data, encoded: null }], prompt: null };
}
