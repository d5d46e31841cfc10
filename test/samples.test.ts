import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse/sync';
import { makeScenes, RUNS, writeSamples } from '../samples/generate.js';
import { dominantSide, mirrored, sidesOf } from '../samples/questions.js';
import type { Thing } from '../samples/scene.js';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const SAMPLES = path.join(ROOT, 'samples');
const MODELS = path.join(ROOT, 'models');
const MAXIMUM_BYTES = 2_500_000;

type Row = Readonly<Record<string, string>>;

function rowsOf(run: string): Row[] {
  return parse(readFileSync(path.join(SAMPLES, 'results', run, `result_${run}.csv`)), { columns: true });
}

function wordOf(answer: string | undefined): string {
  return answer?.replace(/^[A-D]\. /, '') ?? '';
}

function thing(x: number, y: number): Thing {
  return { colour: 'red', shape: 'star', x, y, r: 10 };
}

describe('the sample workspace', function () {
  this.timeout(120_000);

  it('is byte for byte what samples/generate.ts writes with the models that ship', async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'flipside-samples-'));
    try {
      const written = await writeSamples(folder, MODELS);
      for (const name of written) {
        const committed = readFileSync(path.join(SAMPLES, name));
        assert.ok(committed.equals(readFileSync(path.join(folder, name))), `${name} differs: run npm run samples`);
      }
      const present = ['scenes', 'results'].flatMap((name) =>
        readdirSync(path.join(SAMPLES, name), { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile())
          .map((entry) => path.relative(SAMPLES, path.join(entry.parentPath, entry.name)).split(path.sep).join('/')),
      );
      assert.deepEqual([...present, 'benchmark.json'].sort(), [...written].sort());
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('asks each question once, in the layout of a benchmark, with boxes in the picture', () => {
    const records = JSON.parse(readFileSync(path.join(SAMPLES, 'benchmark.json'), 'utf8')) as {
      readonly question: string;
      readonly source: string;
      readonly boxes: readonly { readonly x: number; readonly y: number; readonly width: number }[];
    }[];
    const questions = makeScenes().flatMap((scene) => scene.questions);
    assert.equal(records.length, questions.length);
    assert.equal(new Set(records.map(({ question }) => question)).size, records.length);
    assert.equal(new Set(questions.map(({ reworded }) => reworded)).size, records.length);
    assert.ok(records.every(({ source, boxes }) => source === 'synthetic' && boxes.length >= 2));
    for (const { x, y, width } of records.flatMap(({ boxes }) => boxes)) {
      assert.ok(x >= 0 && y >= 0 && width > 0 && x + width <= 192);
    }
  });

  it('is small', () => {
    const bytes = readdirSync(SAMPLES, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .reduce((sum, entry) => sum + statSync(path.join(entry.parentPath, entry.name)).size, 0);
    assert.ok(bytes < MAXIMUM_BYTES, `${bytes} bytes`);
  });

  it('leans to no side: warm colours stand left of cool ones about as often as right', () => {
    const warm = new Set(['red', 'orange', 'yellow', 'pink']);
    const mixed = makeScenes().flatMap(({ questions }) =>
      questions.filter(({ subject, reference }) => warm.has(subject.colour) !== warm.has(reference.colour)),
    );
    const left = mixed.filter(
      ({ subject, reference }) => warm.has(subject.colour) === (sidesOf(subject, reference).across === 'left'),
    );
    assert.ok(Math.abs(left.length / mixed.length - 0.5) < 0.12, `${left.length} of ${mixed.length}`);
  });
});

describe('the sample answers', () => {
  for (const { name, model } of RUNS) {
    it(`of ${name}: say which weights gave them, and IsCorrect follows the letter`, () => {
      const { sha256 } = JSON.parse(readFileSync(path.join(MODELS, `${model}.json`), 'utf8')) as { sha256: string };
      for (const row of rowsOf(name)) {
        assert.equal(row['Weights_SHA256'], sha256);
        assert.equal(row['Script'], 'samples/generate.ts');
        assert.equal(row['IsCorrect'], row['Predicted Answer'] === row['Correct Answer'] ? 'True' : 'False');
        assert.ok((row['Question'] ?? '').includes(row['Predicted Answer'] ?? '-'));
      }
    });
  }

  it('are counted right in README.md', () => {
    const readme = readFileSync(path.join(SAMPLES, 'README.md'), 'utf8').replaceAll(/ +/g, ' ');
    for (const { name } of RUNS) {
      const rows = rowsOf(name);
      const right = rows.filter((row) => row['IsCorrect'] === 'True').length;
      const flips = rows.filter(
        (row) => mirrored(wordOf(row['Correct Answer']) as 'left') === wordOf(row['Predicted Answer']),
      ).length;
      const cells = `| \`${name}\` | ${right} | ${rows.length} | ${flips} |`;
      assert.ok(readme.includes(cells), `samples/README.md should have: ${cells}`);
    }
  });

  it('show the study: the baseline flips sides, the augmented model hardly does', () => {
    const flips = (run: string): number =>
      rowsOf(run).filter((row) => mirrored(wordOf(row['Correct Answer']) as 'left') === wordOf(row['Predicted Answer']))
        .length;
    assert.ok(flips('baseline') >= 10);
    assert.ok(flips('augmented') <= 2);
  });
});

describe('the right answers of the samples', () => {
  it('are the direction along whose axis things are clearly farther apart', () => {
    assert.equal(dominantSide(thing(20, 50), thing(60, 55)), 'left');
    assert.equal(dominantSide(thing(50, 80), thing(45, 20)), 'below');
    assert.equal(dominantSide(thing(20, 20), thing(50, 45)), null);
  });

  it('have a mirror image exactly where they have a side', () => {
    assert.equal(mirrored('right'), 'left');
    assert.equal(mirrored('front'), null);
    assert.equal(mirrored('above'), null);
  });
});
