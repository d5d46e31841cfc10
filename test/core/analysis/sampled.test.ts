import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Analysis, Sample } from '../../../src/core/analysis.js';
import { parseSample } from '../../../src/core/analysis/sampleFile.js';
import { FlipsideError } from '../../../src/core/model.js';
import { say } from './annotating.js';
import { predictions, reopen, withAnalysis, type Record } from './support.js';

/** So many wrong answers about left and right, of tasks a, b and none by turns. */
function wrongOnes(count: number, prefix = 'q'): Record[] {
  return Array.from({ length: count }, (_, at) => ({
    ...{
      id: `${prefix}${at + 1}`,
      question: `Is cup ${prefix}${at} left or right of the box?`,
      options: ['left', 'right'],
    },
    ...{
      gold: 'left',
      response: 'right',
      task: ['a', 'a', 'b'][at % 3] ?? 'a',
      ...(at % 10 === 0 ? {} : { size: `s${at % 2}` }),
    },
  }));
}

const WRONG = { field: 'correct', op: 'eq', value: false } as const;

function drawn(analysis: Analysis, out: string, n: number, field: string | null = null, seed = 1): Promise<Sample> {
  return analysis.sample({ filter: WRONG, n, seed, field }, out);
}

describe('analysis: samples of what is open', () => {
  it('hold so many rows of each value, and stand in the file as they were returned', () =>
    withAnalysis({ 'run.jsonl': predictions(wrongOnes(60)) }, async (analysis, { folder }) => {
      const out = path.join(folder, 'sample.json');
      const sample = await drawn(analysis, out, 15, 'task');
      assert.deepEqual(sample.strata, [
        { value: 'a', size: 40, drawn: 10 },
        { value: 'b', size: 20, drawn: 5 },
      ]);
      assert.equal(sample.of, 60);
      assert.equal(new Set(sample.rows.map(({ item }) => item)).size, 15);
      for (const { row, item, stratum } of sample.rows) {
        assert.equal(item, `q${row}`);
        assert.equal(stratum, (row - 1) % 3 === 2 ? 1 : 0);
      }
      assert.deepEqual(parseSample(readFileSync(out, 'utf8'), out), sample);
    }));

  it('are the same whatever order rows stand in, and others for another seed', () =>
    withAnalysis({ 'run.jsonl': predictions(wrongOnes(60)) }, async (analysis, workspace) => {
      const out = path.join(workspace.folder, 'sample.json');
      const items = (sample: Sample): string[] => sample.rows.map(({ item }) => item);
      const first = await drawn(analysis, out, 12, 'task');
      assert.deepEqual(await drawn(analysis, out, 12, 'task'), first);
      assert.notDeepEqual(items(await drawn(analysis, out, 12, 'task', 2)), items(first));
      workspace.write('run.jsonl', predictions(wrongOnes(60).reverse()));
      await reopen(workspace, async (again) => {
        assert.deepEqual(items(await drawn(again, out, 12, 'task')), items(first));
      });
    }));

  it('take rows without a value for a stratum, and lists and directions for what they are', () =>
    withAnalysis({ 'run.jsonl': predictions(wrongOnes(60)) }, async (analysis, { folder }) => {
      const out = path.join(folder, 'sample.json');
      const valuesBy = async (field: string): Promise<(string | null)[]> =>
        (await drawn(analysis, out, 20, field)).strata.map(({ value }) => value);
      assert.deepEqual(await valuesBy('size'), ['s0', 's1', null]);
      assert.deepEqual(await valuesBy('goldDirection'), ['left']);
      assert.deepEqual(await valuesBy('options'), ['left, right']);
      assert.deepEqual(await valuesBy('flags'), [null]);
      assert.deepEqual(await valuesBy('class'), ['horizontal-flip']);
    }));

  it('of nothing, by an unknown field, or into a file that was read are refused', () =>
    withAnalysis({ 'run.jsonl': predictions(wrongOnes(6)) }, async (analysis, { folder }) => {
      const out = path.join(folder, 'sample.json');
      const right = { field: 'correct', op: 'eq', value: true } as const;
      const draw = (filter: typeof right | typeof WRONG, field: string | null, to: string): Promise<Sample> =>
        analysis.sample({ filter, n: 3, seed: 1, field }, to);
      await assert.rejects(draw(right, null, out), /No rows match: there is nothing to draw from/);
      await assert.rejects(draw(WRONG, 'tusk', out), /No row has a field "tusk"\. Did you mean "task"/);
      await assert.rejects(draw(WRONG, null, path.join(folder, 'run.jsonl')), /is one of the files that were read/);
      await assert.rejects(draw(WRONG, null, path.join(folder, 'gone', 'sample.json')), FlipsideError);
      assert.ok(!existsSync(out));
    }));

  it('tell rates among all rows, of the items that were drawn, wherever they stand now', () =>
    withAnalysis({ 'run.jsonl': predictions(wrongOnes(60)) }, async (analysis, workspace) => {
      const out = path.join(workspace.folder, 'sample.json');
      const { rows } = await drawn(analysis, out, 30, 'task');
      const labelOf = (row: number): string => (row % 2 === 0 ? 'other' : 'horizontal-flip');
      await say(
        analysis,
        rows.slice(0, 20).map(({ run, row }) => ({ by: 'ann', key: { run, row }, set: { label: labelOf(row) } })),
      );
      const { sample, lens, rule, counts, problems, stale } = await analysis.agreement(out);
      assert.deepEqual([lens, problems, stale], ['axes', [], 0]);
      assert.deepEqual([counts.answers, counts.once, rule.answers], [20, 20, 20]);
      assert.deepEqual([sample?.labelled, sample?.unlabelled, sample?.notFound, sample?.of], [20, 10, 0, 60]);
      assert.equal(
        sample?.rates.find(({ label }) => label === 'other')?.count,
        rows.slice(0, 20).filter(({ row }) => row % 2 === 0).length,
      );
      const total = sample?.rates.reduce((sum, { rate }) => sum + (rate ?? NaN), 0) ?? NaN;
      assert.ok(Math.abs(total - 1) < 1e-12);
      assert.equal((await analysis.agreement(null)).sample, null);
      const moved = async (records: readonly Record[]): Promise<(number | undefined)[]> => {
        workspace.write('run.jsonl', predictions(records));
        const found: (number | undefined)[] = [];
        await reopen(workspace, async (again) => {
          const after = (await again.agreement(out)).sample;
          found.push(after?.labelled, after?.unlabelled, after?.notFound);
        });
        return found;
      };
      // A row more at the beginning, and everything stands a row later; then half of the items are no longer there.
      assert.deepEqual(await moved([...wrongOnes(1, 'new'), ...wrongOnes(60)]), [20, 10, 0]);
      const left = rows.filter(({ row }) => row <= 30);
      const labelled = rows.slice(0, 20).filter(({ row }) => row <= 30).length;
      assert.deepEqual(await moved(wrongOnes(30)), [labelled, 30 - labelled, 30 - left.length]);
    }));

  it('are drawn by what people say, too', () =>
    withAnalysis({ 'run.jsonl': predictions(wrongOnes(12)) }, async (analysis, { folder }) => {
      const run = analysis.onlyRun();
      await say(analysis, [{ by: 'ann', key: { run, row: 1 }, set: { label: 'other' } }]);
      const sample = await drawn(analysis, path.join(folder, 'sample.json'), 6, 'annotation.label');
      assert.deepEqual(
        sample.strata.map(({ value, size }) => [value, size]),
        [
          ['other', 1],
          [null, 11],
        ],
      );
    }));
});
