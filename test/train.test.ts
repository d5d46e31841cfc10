import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Tensor as OrtTensor } from 'onnxruntime-node';
import { gradientName, TARGET, withInputGradient } from '../src/inference/autodiff/inputGradient.js';
import { decodeModel, type OnnxModel } from '../src/inference/onnx/model.js';
import { feed, measured, sessionOf, type Feeds } from './inference/graphs.js';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const PYTHON = '/usr/bin/python3';
const NAMES = ['baseline', 'augmented'];
const SIDE = 96;
const MAX_BYTES = 1_000_000;

interface Manifest {
  readonly graph: string;
  readonly sha256: string;
  readonly text: { readonly length: number; readonly vocabulary: readonly string[]; readonly embedding: string };
  readonly output: { readonly classes: readonly { readonly name: string; readonly words: readonly string[] }[] };
  readonly training: { readonly script: string; readonly seed: number; readonly steps: number };
}

function manifestOf(folder: string, name: string): Manifest {
  return JSON.parse(readFileSync(path.join(folder, `${name}.json`), 'utf8')) as Manifest;
}

function graphOf(folder: string, name: string): OnnxModel {
  return decodeModel(readFileSync(path.join(folder, `${name}.onnx`)));
}

function python(args: readonly string[]): { status: number | null; stdout: string; stderr: string } {
  const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1' };
  return spawnSync(PYTHON, args, { cwd: root, encoding: 'utf8', env, maxBuffer: 1 << 26 });
}

/** Training is no part of set-up: where Debian's PyTorch is missing, what needs it is skipped, and the title says so. */
const hasTorch = python(['-c', 'import torch, onnx, numpy']).status === 0;
const withTorch = hasTorch ? describe : describe.skip;

/** "where is the red circle ?" as numbers, by the words of a manifest. */
function tokensOf({ text }: Manifest, question: string): number[] {
  const words = question.toLowerCase().match(/[a-z0-9']+|[?.,;:!]/g) ?? [];
  const known = words.map((word) => Math.max(text.vocabulary.indexOf(word), 0) || 1).slice(0, text.length);
  return [...known, ...Array<number>(text.length - known.length).fill(0)];
}

function tokenTensor(rows: readonly (readonly number[])[]): OrtTensor {
  return new OrtTensor('int64', BigInt64Array.from(rows.flat().map(BigInt)), [rows.length, rows[0]?.length ?? 0]);
}

/** The largest difference, as a share of the largest value. */
function difference(one: Float32Array, other: Float32Array): number {
  assert.equal(one.length, other.length);
  const largest = other.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return one.reduce((most, value, at) => Math.max(most, Math.abs(value - (other[at] ?? NaN))), 0) / largest;
}

describe('models/', () => {
  for (const name of NAMES) {
    it(`${name}: the manifest is of this graph, which is small and answers in its classes`, async () => {
      const models = path.join(root, 'models');
      const manifest = manifestOf(models, name);
      const file = path.join(models, manifest.graph);
      assert.equal(createHash('sha256').update(readFileSync(file)).digest('hex'), manifest.sha256);
      assert.ok(statSync(file).size <= MAX_BYTES, `${file} has ${statSync(file).size} bytes`);
      assert.equal(new Set(manifest.text.vocabulary).size, manifest.text.vocabulary.length);
      const session = await sessionOf(graphOf(models, name));
      const row = tokensOf(manifest, 'Where is the red circle relative to the blue square?');
      assert.ok(!row.slice(0, 10).includes(1), 'an unknown word');
      const image = feed([3, 3, SIDE, SIDE], new Float32Array(9 * SIDE * SIDE).fill(0.5));
      const { logits, pointers, boxes } = await session.run({ image, tokens: tokenTensor([row, row, row]) });
      assert.deepEqual(logits?.dims, [3, manifest.output.classes.length]);
      assert.deepEqual(pointers?.dims, [3, 2, 24, 24]);
      assert.deepEqual(boxes?.dims, [3, 2, 3]);
      await session.release();
    });
  }
});

interface Reference {
  readonly question: string;
  readonly tokens: readonly number[];
  readonly image: string;
  readonly logits: string;
  readonly boxes: string;
  readonly byImage: string;
  readonly byWords: string;
}

function floats(base64: string): Float32Array {
  return new Float32Array(Uint8Array.from(Buffer.from(base64, 'base64')).buffer);
}

/** Holds a graph's logits, boxes and gradients by picture and by embedded words to what PyTorch gives. */
async function holdToPytorch(folder: string, name: string): Promise<void> {
  const made = python(['scripts/train/reference.py', path.join(folder, `${name}.onnx`)]);
  assert.equal(made.status, 0, made.stderr);
  const reference = JSON.parse(made.stdout) as Reference;
  const manifest = manifestOf(folder, name);
  assert.deepEqual(tokensOf(manifest, reference.question), reference.tokens);
  const model = graphOf(folder, name);
  const [pixels, logits] = [floats(reference.image), floats(reference.logits)];
  const two: Feeds = {
    image: feed([2, 3, SIDE, SIDE], [...pixels, ...pixels]),
    tokens: tokenTensor([reference.tokens, reference.tokens]),
  };
  const inputs = ['image', manifest.text.embedding];
  const gradient = withInputGradient(model, { inputs, output: 'logits', measured: await measured(model, two) });
  assert.ok(gradient.ok, JSON.stringify(gradient));
  const session = await sessionOf(gradient.model);
  const target = logits.map((value) => (value === Math.max(...logits) ? 1 : 0));
  const given = await session.run({
    image: feed([1, 3, SIDE, SIDE], pixels),
    tokens: tokenTensor([reference.tokens]),
    [TARGET]: feed([1, logits.length], target),
  });
  const expected = {
    ...{ logits, boxes: floats(reference.boxes) },
    ...{ [gradientName('image')]: floats(reference.byImage), [gradientName('embedded')]: floats(reference.byWords) },
  };
  for (const [output, values] of Object.entries(expected)) {
    const off = difference(given[output]?.data as Float32Array, values);
    assert.ok(off < 1e-4, `${name}, ${output}: ${off} of the largest value apart`);
  }
  await session.release();
}

withTorch(`scripts/train${hasTorch ? '' : ` (skipped: ${PYTHON} has no torch, onnx and numpy)`}`, () => {
  it('shipped graphs give what PyTorch gives, gradients by picture and words included', async () => {
    for (const name of NAMES) await holdToPytorch(path.join(root, 'models'), name);
  });

  it('trains both models in a few steps, the same ones from the same seed, and measures them', () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'flipside-train-'));
    try {
      const runs = ['one', 'other'].map((part) => {
        const out = path.join(folder, part);
        const tiny = ['--steps', '3', '--scenes', '40', '--held-out', '8', '--out', out];
        const run = python(['scripts/train/main.py', ...tiny]);
        assert.equal(run.status, 0, run.stderr);
        assert.match(run.stdout, /Questions worded as trained[^]+\| accuracy \| 24 \|[^]+Questions in other words/);
        return NAMES.map((name) => manifestOf(out, name));
      });
      assert.deepEqual(runs[0], runs[1]);
      assert.deepEqual(
        runs[0]?.map(({ training }) => training.steps),
        [3, 3],
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
