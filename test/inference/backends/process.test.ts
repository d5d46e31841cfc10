import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { FlipsideError } from '../../../src/core/model.js';
import type { InferenceBackend, Question, RgbImage } from '../../../src/inference/backend.js';
import { processModelsWith } from '../../../src/inference/backends/process.js';
import { questionMessage } from '../../../src/inference/backends/process/messages.js';
import { Lines } from '../../../src/inference/backends/process/lines.js';
import { chatPrompt } from '../../../src/inference/prompts.js';
import type { ModelPlaces } from '../../../src/protocol/inference.js';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');
const ECHO = path.join(root, 'test/fixtures/process/echo_backend.py');
const STAND_IN = path.join(root, 'test/fixtures/process/stand_in_backend.py');
const HF = path.join(root, 'python/hf_backend.py');
const PYTHONS = ['python3', '/usr/bin/python3', 'python'];
const python = PYTHONS.find((name) => runs(name, 'import json'));
const withTorch = PYTHONS.find((name) => runs(name, 'import torch'));
const withoutTorch = PYTHONS.find((name) => runs(name, 'import json') && !runs(name, 'import torch'));
const which =
  withTorch === undefined ? 'without torch: a script of the standard library alone' : `torch of ${withTorch}`;

const never = new AbortController().signal;
const SAMPLED = { n: 3, temperature: 0.8, seed: 11, maxTokens: 6 };

describe(`models that a program runs (${which})`, () => {
  const open: InferenceBackend[] = [];
  const said: string[] = [];
  const backend = processModelsWith({ startMs: 60_000, requestMs: 60_000, graceMs: 300 }, (name, line) =>
    said.push(`${name}: ${line}`),
  );

  function places(...command: string[]): ModelPlaces {
    return { bundled: '', folders: [], endpoints: [], processes: [{ name: 'mine', command, cwd: null }] };
  }

  async function opened(...command: string[]): Promise<InferenceBackend> {
    const at = places(...command);
    const [found] = await backend.find(at, never);
    assert.ok(found);
    assert.equal(found.missing, null);
    const model = await backend.open(found, at, never);
    open.push(model);
    return model;
  }

  before(function () {
    if (python === undefined) this.skip();
  });

  afterEach(async () => {
    await Promise.all(open.splice(0).map((model) => model.dispose()));
    said.length = 0;
  });

  describe('hf_backend.py with the model tiny-test', () => {
    let model: InferenceBackend;

    before(async function () {
      if (withTorch === undefined) this.skip();
      model = await opened(withTorch, HF, '--model', 'tiny-test', '--device', 'cpu');
      open.length = 0;
    });

    after(() => (withTorch === undefined ? undefined : model.dispose()));

    it('says what it can do', async () => {
      const info = await model.probe(never);
      const gradients = ['inputGradient', 'tokenGradient'];
      assert.deepEqual(info.capabilities, ['optionProbs', 'generate', 'seed', ...gradients, 'attention']);
      assert.deepEqual([info.id, info.name, info.device], ['process:mine', 'tiny-test (mine)', 'cpu']);
      assert.deepEqual(info.inputSize, { width: 32, height: 32 });
    });

    it('scores, each picture differently, the same one alike', async () => {
      const [first, again, other] = await model.score([asked(noise(1)), asked(noise(1)), asked(noise(2))], never);
      assert.deepEqual(first, again);
      assert.notDeepEqual(first?.probabilities, other?.probabilities);
      const sum = (first?.probabilities ?? []).reduce<number>((total, each) => total + (each ?? 0), 0);
      assert.ok(Math.abs(sum - 1) < 1e-12);
      assert.equal(first?.source, 'logits');
    });

    it('gives the same samples for the same seeds, and one answer at temperature 0', async () => {
      const sampled = async (seed: number) => model.generate?.(asked(noise(1)), { ...SAMPLED, seed }, never) ?? [];
      const [first, again, other] = [await sampled(11), await sampled(11), await sampled(12)];
      assert.deepEqual(first, again);
      assert.deepEqual(
        first.map(({ seed }) => seed),
        [11, 12, 13],
      );
      assert.match(first[0]?.text ?? '', /^[A-Z]{6}$/);
      assert.deepEqual(other[0], first[1]);
      const greedy = (await model.generate?.(asked(noise(1)), { ...SAMPLED, temperature: 0 }, never)) ?? [];
      assert.deepEqual(new Set(greedy.map(({ text }) => text)).size, 1);
      assert.equal(greedy.length, 3);
      assert.equal(greedy[0]?.seed, null);
    });

    it('gives the gradient that central differences of its scores have', async () => {
      const question = asked(noise(3));
      const maps = await model.gradient?.(question, [1, -1], never);
      const map = maps?.maps[0];
      assert.deepEqual([map?.width, map?.height], [32, 32]);
      // ∂/∂x of the difference of two outputs is that of the logarithm of the ratio of their probabilities.
      const difference = async (at: number, channel: number): Promise<number> => {
        const sides = [6, -6].map((step) => asked(changed(noise(3), at * 3 + channel, step)));
        const [up, down] = (await model.score(sides, never)).map(({ probabilities: [a, b] }) =>
          Math.log((a ?? 0) / (b ?? 0)),
        );
        return Math.abs((up ?? 0) - (down ?? 0)) / (12 / 255);
      };
      for (const at of [0, 5 * 32 + 9, 16 * 32 + 16, 31 * 32 + 30]) {
        const channels = [await difference(at, 0), await difference(at, 1), await difference(at, 2)];
        const expected = channels.reduce((total, each) => total + each, 0);
        const actual = map?.values[at] ?? 0;
        assert.ok(Math.abs(actual - expected) < 0.02 * expected + 1e-4, `${actual} against ${expected}`);
      }
    });

    it('tells of each character of the prompt the length of the gradient by its vectors, as central differences have it', async () => {
      const question = { ...asked(noise(3)), prompt: 'Where is the cup, à gauche?' };
      const { tokens = null } = (await model.gradient?.(question, [1, -1], never)) ?? {};
      assert.equal(tokens?.map(({ text }) => text).join(''), question.prompt);
      const checked = spawnSync(withTorch ?? '', [path.join(root, 'test/fixtures/process/token_gradient.py')], {
        input: JSON.stringify(await questionMessage(question)),
        encoding: 'utf8',
      });
      assert.equal(checked.status, 0, checked.stderr);
      const expected = JSON.parse(checked.stdout) as number[];
      assert.equal(expected.length, tokens?.length);
      for (const [at, { text, weight }] of (tokens ?? []).entries()) {
        const own = expected[at] ?? NaN;
        assert.ok(own > 0 && Math.abs(weight - own) < 0.01 * own, `${text}: ${weight} against ${own}`);
      }
    });

    it('tells how much it looked at each part', async () => {
      const maps = await model.attention?.(asked(noise(1)), never);
      const map = maps?.maps[0];
      assert.deepEqual([map?.width, map?.height], [4, 4]);
      const sum = (map?.values ?? new Float32Array()).reduce((total, each) => total + each, 0);
      assert.ok(Math.abs(sum - 1) < 1e-5);
    });

    it('fails with a reason, and answers the next question', async () => {
      const blind = { ...asked(noise(1)), images: [] };
      await assert.rejects(
        model.gradient?.(blind, [1, -1], never) ?? Promise.resolve(),
        new FlipsideError('The program of mine could not find a gradient: the question has no image.'),
      );
      assert.equal((await model.score([blind], never)).length, 1);
      assert.equal('detect' in model && typeof model.detect, 'undefined');
    });

    it('stops writing when nobody waits any more, and keeps its model', async () => {
      const stop = new AbortController();
      setTimeout(() => stop.abort(), 100);
      const long = { n: 1, temperature: 1, seed: 1, maxTokens: 1_000_000 };
      await assert.rejects(model.generate?.(asked(noise(1)), long, stop.signal) ?? Promise.resolve(), {
        name: 'AbortError',
      });
      assert.equal((await model.score([asked(noise(1))], never)).length, 1);
    });
  });

  describe('hf_backend.py over a stand-in for Transformers', () => {
    const PLACES = Array.from({ length: 16 }, (_, at) => at + 1);

    before(function () {
      if (withTorch === undefined) this.skip();
    });

    const over = (layout: string): Promise<InferenceBackend> =>
      opened(withTorch ?? '', STAND_IN, HF, '--model', `layout-${layout}`, '--device', 'cpu');

    it('scores, writes, and finds gradients and attention', async () => {
      const model = await over('image');
      const info = await model.probe(never);
      assert.deepEqual(
        [info.name, info.device, info.notes],
        ['layout-image (Model) (mine)', 'cpu', ['Numbers of the type float32.']],
      );
      // 3 channels of Σ (1 … 16) / 100, all of them red: the output for A, against 0 for B.
      const [score] = await model.score([asked(flat(255))], never);
      const expected = 1 / (1 + Math.exp(-3 * 1.36));
      assert.ok(Math.abs((score?.probabilities[0] ?? 0) - expected) < 1e-6);
      const maps = await model.gradient?.(asked(flat(255)), [1, -1], never);
      assert.deepEqual(hundredths(maps?.maps[0]?.values, 3), PLACES);
      // Behind 16 places of the image; what the template adds behind the prompt is left out.
      const letters = [...chatPrompt(asked(flat(255))).trim()];
      const places = letters.map((text, at) => ({ text, weight: Math.round((16 + at) * Math.SQRT2 * 1000) }));
      assert.deepEqual(
        maps?.tokens?.map(({ text, weight }) => ({ text, weight: Math.round(weight * 1000) })),
        places,
      );
      const looked = (await model.attention?.(asked(flat(255)), never))?.maps[0];
      assert.deepEqual(
        [looked?.width, looked?.height, [...(looked?.values ?? [])]],
        [4, 4, PLACES.map((at) => at - 1)],
      );
      const sampled = async (seed: number) => model.generate?.(asked(flat(0)), { ...SAMPLED, seed }, never) ?? [];
      const [first, again] = [await sampled(3), await sampled(3)];
      assert.deepEqual(first, again);
      assert.match(first[0]?.text ?? '', /^[A-Z]{6}$/);
      assert.notEqual(first[0]?.text, first[1]?.text);
    });

    it('puts the patches of Qwen’s layout back in their places', async () => {
      const model = await over('patches');
      const two = { ...asked(flat(255)), images: [flat(255), flat(9)] };
      assert.ok(!(await model.probe(never)).capabilities.includes('tokenGradient'));
      const maps = await model.gradient?.(two, [1, 0], never);
      assert.equal(maps?.tokens, null, 'it does not say where it looks words up');
      assert.deepEqual(
        maps?.maps.map(({ width, height, values }) => [width, height, hundredths(values, 6)]),
        [
          [4, 4, PLACES],
          [4, 4, PLACES],
        ],
      );
      const looked = (await model.attention?.(two, never))?.maps;
      assert.deepEqual(
        looked?.map(({ values }) => [...values]),
        [
          [0, 1, 2, 3],
          [4, 5, 6, 7],
        ],
      );
    });

    it('says what it cannot do, and goes on', async () => {
      const tiles = await over('tiles');
      const gradient = tiles.gradient?.(asked(flat(1)), [1, -1], never) ?? Promise.resolve();
      await assert.rejects(gradient, /cuts an image into tiles \(pixels of the shape 1×2×3×4×4\)/);
      const model = await over('image');
      const nan = { ...asked(flat(1)), prompt: '! A or B', images: [] };
      await assert.rejects(model.score([nan], never), /no numbers \(NaN or infinite\).*--dtype bfloat16 or float32/);
      const same = { ...asked(flat(1)), options: ['A', 'A'].map((label) => ({ label, text: label })) };
      await assert.rejects(model.score([same], never), /no words that tell these options apart/);
      assert.equal((await model.score([asked(flat(1))], never)).length, 1);
      await assert.rejects(
        opened(withTorch ?? '', STAND_IN, HF, '--model', 'somewhere/else', '--device', 'cpu'),
        /the model somewhere\/else cannot be loaded: somewhere\/else is not a local folder/,
      );
    });

    function hundredths(values: Float32Array | undefined, times: number): number[] {
      return [...(values ?? [])].map((value) => Math.round((value * 100) / times));
    }

    function flat(red: number): RgbImage {
      const data = Uint8Array.from({ length: 4 * 4 * 3 }, (_, at) => (at % 3 === 0 ? red : 0));
      return { width: 4, height: 4, data, encoded: null };
    }
  });

  describe('hf_backend.py that cannot load', () => {
    it('says what is to be installed, without a traceback', async function () {
      if (withoutTorch === undefined) this.skip();
      await assert.rejects(opened(withoutTorch, HF, '--model', 'tiny-test'), (error: Error) => {
        assert.ok(error instanceof FlipsideError);
        assert.match(
          error.message,
          /could not load its model: this Python \(.*\) has no torch\. Install it: .* -m pip/,
        );
        return !error.message.includes('Traceback');
      });
      assert.deepEqual(said, []);
    });

    it('says which device is not there', async function () {
      if (withTorch === undefined) this.skip();
      await assert.rejects(opened(withTorch, HF, '--model', 'tiny-test', '--device', 'cuda:9'), (error: Error) =>
        /sees no device cuda:9\. It has cpu: say --device cpu|CUDA/.test(error.message),
      );
    });
  });

  describe('a script of the standard library', () => {
    const echo = (...wrong: string[]): Promise<InferenceBackend> => opened(python ?? '', ECHO, ...wrong);

    it('is asked everything that the protocol has', async () => {
      const model = await echo();
      const info = await model.probe(never);
      assert.deepEqual([info.name, info.memory, info.prompt], ['echo (mine)', 1000, 'chat']);
      assert.deepEqual(info.notes, ['made up', 'The program names a capability that Flipside does not know: “flies”.']);
      const question = asked(noise(1));
      assert.deepEqual(rounded((await model.score([question, question], never))[1]?.probabilities), [0.9, 0.1]);
      assert.deepEqual(await model.generate?.(question, { ...SAMPLED, n: 2 }, never), [
        { text: 'Which? 11', seed: 11 },
        { text: 'Which? 12', seed: 12 },
      ]);
      const maps = await model.attention?.(question, never);
      assert.deepEqual(maps?.maps, [{ width: 2, height: 1, values: new Float32Array([0.25, 0.75]) }]);
      assert.deepEqual(maps?.tokens, [{ text: 'cup', weight: 0.5 }]);
      assert.deepEqual(await model.detect?.(noise(1), ['the cup'], never), [
        { phrase: 'the cup', x: 0.1, y: 0.2, width: 0.3, height: 0.4, score: 0.9 },
      ]);
      assert.deepEqual(said, ['mine: ready']);
    });

    const cases: [string, string, RegExp][] = [
      [
        'prints what is no line of the protocol',
        'garbage',
        /wrote “Loading checkpoint shards: 100%” to its standard output/,
      ],
      [
        'ends',
        'die',
        /ended with exit code 3 while it was to score a question\. Its last words: .*ValueError: no such layer/,
      ],
      ['is killed', 'killed', /ended by SIGKILL while it was to score a question\. It ran out of memory, as it seems/],
      [
        'is out of memory',
        'memory',
        /could not score a question: CUDA out of memory\. Tried to allocate 2 GiB\. It ran out of memory/,
      ],
      ['answers NaN', 'nan', /wrote “.*NaN.*” to its standard output/],
      ['answers nothing', 'mute', /neither a result nor the message of an error: “\{"id": \d\}”/],
      [
        'gives probabilities that are none',
        'sum',
        /should have answered with probabilities with sum 1, and answered “.*0\.9/,
      ],
    ];
    for (const [what, wrong, message] of cases) {
      it(`is complained about where it ${what}, and can be asked again`, async () => {
        const model = await echo(wrong);
        const asking = (): Promise<unknown> => model.score([asked(noise(1))], never);
        for (let times = 0; times < 2; times += 1) {
          await assert.rejects(asking(), (error: Error) => {
            assert.ok(error instanceof FlipsideError, String(error));
            assert.match(error.message, message);
            return true;
          });
        }
      });
    }

    it('of another version of the protocol is not used', async () => {
      await assert.rejects(echo('version'), /speaks version 2 of the protocol, and Flipside version 1/);
    });

    it('may send lines of megabytes', async () => {
      const model = await echo('large');
      assert.equal((await model.score([asked(noise(1))], never)).length, 1);
      assert.ok(said.some((line) => line.length < 600 && line.endsWith('x…')));
    });

    it('is not waited for for ever', async () => {
      const impatient = processModelsWith({ startMs: 60_000, requestMs: 200, graceMs: 100 }, () => undefined);
      const at = places(python ?? '', ECHO, 'silent');
      const [found] = await impatient.find(at, never);
      assert.ok(found);
      const model = await impatient.open(found, at, never);
      open.push(model);
      await assert.rejects(
        model.score([asked(noise(1))], never),
        /did not score a question within 0\.2 seconds, and was ended\. Its last words: ready/,
      );
    });

    it('is ended where it does not stop, and started again', async () => {
      const model = await echo('silent');
      const starts = (): number => said.filter((line) => line === 'mine: ready').length;
      for (let times = 0; starts() < 2; times += 1) {
        assert.ok(times < 20, 'it was not started again');
        const stop = new AbortController();
        const stopped = assert.rejects(model.score([asked(noise(1))], stop.signal), { name: 'AbortError' });
        await sleep(200);
        stop.abort();
        await stopped;
        // Longer than it is waited for.
        await sleep(400);
      }
    });
  });

  it('lists a program that is not there with the reason', async () => {
    const missing = async (...command: string[]): Promise<string> =>
      (await backend.find(places(...command), never))[0]?.missing ?? '';
    assert.match(await missing('no-such-program'), /There is no program no-such-program on the PATH\. Install it/);
    assert.match(await missing('./no/such/program'), /There is no program \.\/no\/such\/program\. Install it/);
    assert.match(await missing(), /has no command/);
    const nowhere = places(python ?? '');
    const [found] = await backend.find(
      { ...nowhere, processes: nowhere.processes.map((each) => ({ ...each, cwd: '/no/such/folder' })) },
      never,
    );
    assert.match(found?.missing ?? '', /There is no folder \/no\/such\/folder/);
    const model = {
      ...found,
      id: 'process:mine',
      kind: 'process',
      name: '',
      where: '',
      bytes: null,
      missing: null,
    } as const;
    await assert.rejects(
      backend.open(model, places('no-such-program'), never),
      /cannot be started \(no-such-program\): there is no such program/,
    );
    await assert.rejects(backend.open({ ...model, id: 'process:other' }, places('x'), never), /None of the programs/);
  });
});

describe('lines of bytes', () => {
  it('are put together of any pieces', () => {
    const lines: string[] = [];
    let tooLong = 0;
    const cut = new Lines(
      10,
      (line) => lines.push(line),
      () => (tooLong += 1),
    );
    const bytes = Buffer.from('ab\r\n\nç\nend');
    for (const byte of bytes) cut.push(Buffer.from([byte]));
    cut.flush();
    assert.deepEqual([lines, tooLong], [['ab', 'ç', 'end'], 0]);
    cut.push(Buffer.from('12345678901'));
    assert.equal(tooLong, 1);
  });
});

function runs(program: string, code: string): boolean {
  return spawnSync(program, ['-c', code], { stdio: 'ignore' }).status === 0;
}

function asked(image: RgbImage): Question {
  const options = ['left', 'right'].map((text) => ({ label: null, text }));
  return { question: 'Which?', options, images: [image], prompt: null };
}

/** A picture of the size that the tiny model sees, so that each of its bytes is one input. */
function noise(seed: number): RgbImage {
  const data = Uint8Array.from(
    { length: 32 * 32 * 3 },
    (_, at) => 40 + ((at * 37 + seed * 101 + ((at * at) % 61)) % 160),
  );
  return { width: 32, height: 32, data, encoded: null };
}

function changed(image: RgbImage, at: number, step: number): RgbImage {
  const data = Uint8Array.from(image.data);
  data[at] = (data[at] ?? 0) + step;
  return { ...image, data };
}

function rounded(values: readonly (number | null)[] | undefined): number[] {
  return (values ?? []).map((value) => Math.round((value ?? 0) * 1e4) / 1e4);
}
