import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import type { BackendType } from '../../src/inference/backend.js';
import { InferenceClient } from '../../src/inference/client.js';
import { ModelCache } from '../../src/inference/modelCache.js';
import { Queue } from '../../src/inference/queue.js';
import type { AskedItem, AskParams, InferenceStatus, ModelPlaces } from '../../src/protocol/inference.js';
import { RpcError } from '../../src/protocol/rpc.js';
import { buildIfStale } from '../support/cli.js';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
const PLACES: ModelPlaces = {
  ...{ bundled: path.join(ROOT, 'models'), folders: [], endpoints: [], processes: [] },
  device: 'cpu',
};
const IMAGE = new Uint8Array(readFileSync(path.join(ROOT, 'samples', 'scenes', 'scene-05.png')));
const ITEM: AskedItem = {
  question: 'Is the cyan cross to the right or to the left of the pink star?',
  options: ['below', 'above', 'right', 'left'].map((text, index) => ({ label: 'ABCD'[index] ?? '', text })),
  ...{ images: [IMAGE], prompt: null },
};

function asking(item: AskedItem = ITEM, model = 'bundled:augmented'): AskParams {
  return { places: PLACES, model, item, options: { n: 1, temperature: 0, seed: null, maxTokens: 8 } };
}

/** A question about where the model looked. */
function explaining(item: AskedItem, method: 'occlusion' | 'rise' | 'gradient') {
  return {
    ...{ places: PLACES, model: 'bundled:augmented', item, method, seed: 1, task: 7 },
    target: { option: 3, against: null },
  };
}

describe('the inference process', function () {
  this.timeout(120_000);
  let client: InferenceClient;
  let lines: string[] = [];

  before(buildIfStale);

  beforeEach(() => {
    lines = [];
    client = new InferenceClient({
      script: path.join(ROOT, 'dist', 'inference.cjs'),
      program: () => ({ node: process.execPath, env: process.env }),
      log: { info: () => undefined, error: (line) => lines.push(line) },
    });
  });

  afterEach(() => client.dispose());

  it('starts when it is first asked, and answers with probabilities and what was sent', async () => {
    assert.equal(client.pid, null);
    const { info, prompt, answers, score, images } = await client.ask('ask', asking());
    assert.ok(client.pid !== null);
    assert.deepEqual([info.id, info.device, prompt], ['bundled:augmented', 'CPU', ITEM.question]);
    assert.deepEqual(answers, [{ text: 'D. left', seed: null }]);
    assert.ok((score?.probabilities[3] ?? 0) > 0.9);
    assert.deepEqual([images[0]?.width, images[0]?.height], [192, 192]);
    assert.match(images[0]?.sha256 ?? '', /^[0-9a-f]{64}$/);
  });

  it('tells what it holds and does', async () => {
    const told: InferenceStatus[] = [];
    client.on('status', (status) => told.push(status));
    await Promise.all([client.ask('ask', asking()), client.ask('ask', asking()), client.ask('ask', asking())]);
    assert.ok(told.some(({ running, waiting }) => running === 'ask bundled:augmented' && waiting === 2));
    await wait(50);
    assert.deepEqual(
      told.at(-1)?.loaded.map(({ id }) => id),
      ['bundled:augmented'],
    );
    assert.equal(told.at(-1)?.running, null);
  });

  it('fails what was asked when it dies, in words, and is started again by the next question', async () => {
    await client.ask('ask', asking());
    const first = client.pid ?? 0;
    const told: InferenceStatus[] = [];
    client.on('status', (status) => told.push(status));
    const asked = client.ask('saliency', explaining(ITEM, 'rise'));
    await wait(20);
    process.kill(first, 'SIGKILL');
    await assert.rejects(asked, (error: unknown) => {
      assert.ok(error instanceof RpcError && error.kind === 'expected');
      assert.match(error.message, /The model process ended \(SIGKILL; the model may need more memory .*\)\. Ask again/);
      return true;
    });
    assert.match(lines.join('\n'), /SIGKILL/);
    const { ended, ...rest } = told.at(-1) ?? assert.fail('no status was told');
    assert.deepEqual(rest, { loaded: [], running: null, waiting: 0 });
    assert.match(ended ?? '', /The model process ended \(SIGKILL/);
    const { answers } = await client.ask('ask', asking());
    assert.equal(answers[0]?.text, 'D. left');
    assert.notEqual(client.pid, first);
    assert.equal(told.at(-1)?.ended, undefined);
  });

  it('lets go of what is given up, and answers what others have asked', async () => {
    await client.ask('ask', asking());
    const giveUp = new AbortController();
    const partial: number[] = [];
    client.on('partial', ({ done }) => {
      partial.push(done);
      giveUp.abort();
    });
    const given = client.ask('saliency', explaining(ITEM, 'rise'), giveUp.signal);
    const other = client.ask('ask', asking());
    await assert.rejects(given, (error: unknown) => error instanceof RpcError && error.kind === 'cancelled');
    assert.equal((await other).answers[0]?.text, 'D. left');
    assert.ok(partial.length > 0 && partial.length < 5, String(partial));
  });

  it('is ended where it is stuck in native code, and what others asked is asked of the next one', async () => {
    await client.ask('ask', asking());
    const first = client.pid ?? 0;
    const giveUp = new AbortController();
    // Stopped, it answers nothing, as in a run that takes minutes.
    process.kill(first, 'SIGSTOP');
    const given = client.ask('ask', asking(), giveUp.signal);
    const other = client.ask('ask', asking());
    giveUp.abort();
    await assert.rejects(given, (error: unknown) => error instanceof RpcError && error.kind === 'cancelled');
    assert.equal((await other).answers[0]?.text, 'D. left');
    assert.notEqual(client.pid, first);
  });

  it('explains by gradient and by occlusion, with the words of the question where the model can', async () => {
    const gradient = await client.ask('saliency', explaining(ITEM, 'gradient'));
    assert.equal(gradient.method, 'gradient');
    assert.ok(gradient.tokens?.some(({ text, weight }) => text === 'cross' && weight > 0));
    const occluded = await client.ask('saliency', explaining(ITEM, 'occlusion'));
    assert.ok(occluded.forwards > 60 && occluded.tokens === null);
  });

  it('lists models without loading one', async () => {
    const models = await client.ask('models', { places: PLACES });
    assert.deepEqual(
      models.map(({ id, missing }) => [id, missing]),
      [
        ['bundled:augmented', null],
        ['bundled:baseline', null],
      ],
    );
    assert.ok(models.every(({ bytes }) => (bytes ?? 0) > 100_000));
  });

  it('names the models there are where one is not there', async () => {
    await assert.rejects(
      client.ask('ask', asking(ITEM, 'bundled:nonsense')),
      /There is no model "bundled:nonsense"\. There are: bundled:augmented, bundled:baseline\./,
    );
  });

  it('refuses images that are too large, broken or too many, in words', async () => {
    const huge = await sharp({ create: { width: 12_000, height: 9_000, channels: 3, background: 'white' } })
      .png()
      .toBuffer();
    const asked = (images: readonly Uint8Array[]) => client.ask('ask', asking({ ...ITEM, images }));
    await assert.rejects(asked([new Uint8Array(huge)]), /has 12000 × 9000 pixels, and a model is given 100 megapixels/);
    await assert.rejects(asked([IMAGE.slice(0, 300)]), /The image cannot be decoded/);
    await assert.rejects(asked([IMAGE, IMAGE]), /The model takes one image, and the item has 2/);
    await assert.rejects(asked([]), /The model takes one image, and the item has none/);
  });

  it('notes words and options that the model does not know', async () => {
    const options = [...ITEM.options, { label: 'E', text: 'back-left' }];
    const item = { ...ITEM, options, question: 'Is the cyan armadillo to the right of the pink star?' };
    const { score } = await client.ask('ask', asking(item));
    assert.equal(score?.probabilities[4], null);
    assert.deepEqual(score.notes, ['The model does not know: armadillo.', 'The model has no word for "back-left".']);
  });
});

describe('the queue of the inference process', () => {
  it('runs one after another, and never what was given up before it began', async () => {
    const queue = new Queue(() => undefined);
    const order: string[] = [];
    const giveUp = new AbortController();
    const { signal } = new AbortController();
    const first = queue.run('first', signal, async () => {
      await wait(20);
      order.push('first');
    });
    const given = queue.run('given up', giveUp.signal, () => Promise.resolve(order.push('given up')));
    const failing = queue.run('failing', signal, () => Promise.reject(new Error('no')));
    const last = queue.run('last', signal, () => Promise.resolve(order.push('last')));
    assert.deepEqual([queue.running, queue.waiting], ['first', 3]);
    giveUp.abort();
    await assert.rejects(given, { name: 'AbortError' });
    await assert.rejects(failing, /no/);
    await Promise.all([first, last]);
    assert.deepEqual(order, ['first', 'last']);
    assert.deepEqual([queue.running, queue.waiting], [null, 0]);
  });
});

describe('loaded models', () => {
  it('make room for others by when they were last used, and are loaded anew for other settings', async () => {
    const events: string[] = [];
    const type: BackendType = {
      kind: 'bundled',
      find: () =>
        Promise.resolve(
          ['a', 'b', 'c'].map((name) => ({
            ...{ id: `bundled:${name}`, kind: 'bundled' as const, name, where: name, bytes: 40, missing: null },
          })),
        ),
      open: ({ id, name }) => {
        events.push(`load ${name}`);
        const info = { id, kind: 'bundled' as const, name, device: 'CPU', tried: [], capabilities: [] };
        const more = { prompt: 'question' as const, inputSize: null, weights: null, memory: 40, notes: [] };
        return Promise.resolve({
          probe: () => Promise.resolve({ ...info, ...more }),
          score: () => Promise.resolve([]),
          dispose: () => Promise.resolve(void events.push(`unload ${name}`)),
        });
      },
    };
    const cache = new ModelCache([type], 100);
    const { signal } = new AbortController();
    for (const name of ['a', 'b', 'a', 'c']) await cache.open(`bundled:${name}`, PLACES, signal);
    assert.deepEqual(events, ['load a', 'load b', 'unload b', 'load c']);
    await cache.open('bundled:a', { ...PLACES, device: 'webgpu' }, signal);
    assert.deepEqual(events.slice(4), ['unload a', 'load a']);
    await cache.dispose();
    assert.deepEqual(cache.infos, []);
  });
});
