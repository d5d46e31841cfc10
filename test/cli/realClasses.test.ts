import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import type { ClassSummary, RunSummary } from '../../src/core/analysis.js';
import { makeWorkspace, onlyRun, summaryOf, type Workspace } from '../support/cli.js';
import { describeReal, realData } from '../support/realData.js';

const PATIENCE_MS = 300_000;

/** What this test counts by itself for one class. */
interface OwnCounts {
  count: number;
  drift: number;
  /** Wrong options of eligible errors that would give the class, each weighing one over the wrong options of its item. */
  expected: number;
  offered: number;
}

type Vector = readonly [lateral: number, depth: number, vertical: number];

/** Own reading of a direction: the option's words, one by one. */
const WORDS: Readonly<Record<string, readonly [axis: 0 | 1 | 2, sign: number]>> = {
  left: [0, -1],
  right: [0, 1],
  back: [1, -1],
  front: [1, 1],
  down: [2, -1],
  below: [2, -1],
  up: [2, 1],
  above: [2, 1],
};

function vectorOf(text: string): Vector {
  const vector: [number, number, number] = [0, 0, 0];
  for (const word of text.split('-')) {
    const known = WORDS[word];
    assert.ok(known !== undefined, `unknown word ${word}`);
    vector[known[0]] = known[1];
  }
  return vector;
}

/** Own class of a pair of directions, with drift. */
function classOf(gold: Vector, other: Vector): { name: string; drift: boolean } {
  const axes = [0, 1, 2] as const;
  const reversed = axes.filter((axis) => gold[axis] * other[axis] < 0);
  const shared = axes.some((axis) => gold[axis] * other[axis] > 0);
  const [only] = reversed;
  if (gold.join() === other.join()) return { name: 'same-direction', drift: false };
  if (reversed.length > 1) return { name: 'opposite', drift: false };
  if (only === undefined) return { name: shared ? 'adjacent' : 'orthogonal', drift: false };
  const drift = axes.some((axis) => axis !== only && gold[axis] !== other[axis]);
  return { name: ['horizontal-flip', 'depth-flip', 'vertical-flip'][only] ?? '', drift };
}

/** Everything the class table says, counted from the file alone. */
function countClasses(file: string): { eligible: number; classes: Map<string, OwnCounts> } {
  const rows = parse(readFileSync(file), { columns: true });
  const classes = new Map<string, OwnCounts>();
  const of = (name: string): OwnCounts => {
    const counts = classes.get(name) ?? { count: 0, drift: 0, expected: 0, offered: 0 };
    classes.set(name, counts);
    return counts;
  };
  let eligible = 0;
  for (const row of rows as Record<string, string>[]) {
    const options = new Map<string, Vector>();
    for (const [, letter = '', text = ''] of (row['Question'] ?? '').matchAll(/([A-D])\. ([a-z-]+)(?=\r?\n|$)/g)) {
      options.set(letter, vectorOf(text));
    }
    const goldLetter = (row['Correct Answer'] ?? '').charAt(0);
    const letter = (row['Predicted Answer'] ?? '').charAt(0);
    const gold = options.get(goldLetter);
    const predicted = options.get(letter);
    assert.ok(gold !== undefined && predicted !== undefined, `row ${row['ID']}`);
    const wrong = [...options].filter(([each]) => each !== goldLetter).map(([, vector]) => classOf(gold, vector).name);
    for (const name of new Set(wrong)) of(name).offered += 1;
    if (letter === goldLetter) continue;
    eligible += 1;
    for (const name of wrong) of(name).expected += 1 / wrong.length;
    const { name, drift } = classOf(gold, predicted);
    of(name).count += 1;
    if (drift) of(name).drift += 1;
  }
  return { eligible, classes };
}

/** One class of the tool against the own counts. */
function compareClass(name: string, each: ClassSummary, own: OwnCounts): void {
  assert.deepEqual([name, each.count, each.drift], [name, own.count, own.drift]);
  // Depth flips of several conventions are not pooled: their parts add up instead.
  const parts: readonly ClassSummary[] = Object.values(each.byConvention ?? {});
  const whole = parts.length > 1 ? parts : [each];
  const sum = (pick: (part: ClassSummary) => number | null): number =>
    whole.reduce((total, part) => total + (pick(part) ?? NaN), 0);
  const offered = sum((part) => part.offered);
  assert.equal(offered, own.offered, `${name}: offered`);
  const eligible = sum((part) => part.eligible);
  assert.equal(eligible, own.count, `${name}: eligible`);
  const expected = sum((part) => part.expected);
  assert.ok(Math.abs(expected - own.expected) < 1e-9, `${name}: expected ${expected}, not ${own.expected}`);
  if (parts.length > 1) return;
  assert.ok(Math.abs((each.rate ?? NaN) - own.count / own.offered) < 1e-12, `${name}: rate ${each.rate}`);
  if (own.count === 0) assert.equal(each.ratio, null);
  else assert.ok(Math.abs((each.ratio ?? NaN) - own.count / own.expected) < 1e-9, `${name}: ratio ${each.ratio}`);
}

describeReal('classes of a real run, counted a second time', function (this: Mocha.Suite) {
  this.timeout(PATIENCE_MS);
  const RUNS = ['Qwen2.5-VL-3B-Instruct', 'mvsm_merged_bf16', 'mvsm_aug_flip_v1_merged'];
  let workspace: Workspace;
  const summaries = new Map<string, RunSummary>();
  const fileOf = (model: string): string => realData('wurf2026', 'result', model, `result_${model}.csv`);

  before(async () => {
    workspace = makeWorkspace();
    for (const model of RUNS) summaries.set(model, onlyRun(await summaryOf([fileOf(model)], workspace.cache)));
  });
  after(() => workspace.remove());

  for (const model of RUNS) {
    it(`${model}: every count, drift, offer and expectation`, () => {
      const run = summaries.get(model);
      assert.ok(run !== undefined);
      const own = countClasses(fileOf(model));
      assert.equal(run.eligible, own.eligible);
      assert.deepEqual(Object.keys(run.classes).sort(), [...own.classes.keys()].sort());
      for (const [name, counts] of own.classes) {
        const each: ClassSummary | undefined = run.classes[name];
        assert.ok(each !== undefined);
        compareClass(name, each, counts);
      }
    });
  }

  it('horizontal flips of Qwen2.5-VL-3B-Instruct are 180, 80 of them with drift, 1.357 times what is expected', () => {
    const run = summaries.get('Qwen2.5-VL-3B-Instruct');
    const flips = run?.classes['horizontal-flip'];
    assert.ok(run !== undefined && flips !== undefined);
    assert.deepEqual([flips.count, flips.drift, run.eligible, flips.offered], [180, 80, 559, 455]);
    assert.equal((flips.expected ?? 0).toFixed(2), '132.67');
    assert.equal((flips.ratio ?? 0).toFixed(3), '1.357');
    assert.equal((flips.rate ?? 0).toFixed(3), '0.396');
  });

  it('depth flips of different conventions are told apart', () => {
    const flips = summaries.get('Qwen2.5-VL-3B-Instruct')?.classes['depth-flip'];
    assert.ok(flips !== undefined);
    assert.deepEqual([flips.expected, flips.ratio, flips.rate], [null, null, null]);
    const parts = Object.values(flips.byConvention ?? {});
    assert.ok(parts.length > 1);
    assert.equal(
      parts.reduce((total, part) => total + part.count, 0),
      flips.count,
    );
    for (const part of parts) assert.ok(part.expected !== null);
  });
});
