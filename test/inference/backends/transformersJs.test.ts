import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { FlipsideError } from '../../../src/core/model.js';
import type { InferenceBackend, Question } from '../../../src/inference/backend.js';
import { transformersJs } from '../../../src/inference/backends/transformersJs.js';
import { precisions } from '../../../src/inference/backends/transformersJs/folders.js';
import type { FoundModel, ModelPlaces, Score } from '../../../src/protocol/inference.js';

const FIXTURE = path.join(path.dirname(fileURLToPath(import.meta.url)), '../../fixtures/tiny-vlm');
const TINY = path.join(FIXTURE, 'tiny-llava');
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
    assert.deepEqual(info.capabilities, ['optionProbs', 'generate', 'seed']);
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
});

function asked([red, green, blue]: readonly [number, number, number], question = 'Where is the red cup ?'): Question {
  const data = Uint8Array.from({ length: 48 * 40 * 3 }, (_, at) => [red, green, blue][at % 3] ?? 0);
  const options = ['left', 'right'].map((text, index) => ({ label: 'AB'[index] ?? null, text }));
  return { question, options, images: [{ width: 48, height: 40, data, encoded: null }], prompt: null };
}
