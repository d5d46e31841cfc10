import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Sample } from '../../src/core/analysis.js';
import { jsonOf, runCli, withWorkspace } from '../support/cli.js';
import { PATIENCE_MS } from './trapSupport.js';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const ROOM = path.join(ROOT, 'test', 'fixtures', 'room');

describe('samples, through the command line', function () {
  this.timeout(PATIENCE_MS);

  it('are drawn among the wrong answers that the conditions keep, and written', () =>
    withWorkspace(async ({ folder, cache }) => {
      const out = path.join(folder, 'sample.json');
      const args = ['sample', ROOM, '--cache', cache, '--out', out, '--n', '20', '--seed', '7', '--by', 'class'];
      const { file, ...sample } = await jsonOf<Sample & { file: string }>(args);
      assert.equal(file, out);
      assert.deepEqual(JSON.parse(readFileSync(out, 'utf8')), { flipsideSample: 1, ...sample });
      const errors = await jsonOf<{ total: number }>(['errors', ROOM, '--cache', cache, '--limit', '1']);
      assert.equal(sample.of, errors.total);
      assert.deepEqual([sample.rows.length, sample.seed, sample.field], [20, 7, 'class']);
      const one = sample.strata[0]?.value ?? '';
      const few = await jsonOf<Sample>([...args, '--class', one]);
      assert.deepEqual(few.strata, [{ value: one, size: sample.strata[0]?.size, drawn: Math.min(20, few.of) }]);
      assert.ok((await jsonOf<Sample>([...args, '--all'])).of > sample.of);
    }));

  it('tell as a table what each row stands for, and what they are too small for', () =>
    withWorkspace(async ({ folder, cache }) => {
      const out = path.join(folder, 'sample.json');
      const args = ['sample', ROOM, '--cache', cache, '--out', out, '--format', 'table'];
      const all = await runCli([...args, '--n', '100000']);
      assert.equal(all.code, 0, all.stderr);
      assert.match(all.stdout, /^(\d+) rows of \1, drawn with seed 1\n/);
      assert.match(all.stdout, /There are no more rows than these: 100000 were asked for\./);
      assert.match(all.stdout, /Wrote .*sample\.json\.\n$/);
      const few = await runCli([...args, '--n', '1', '--by', 'class']);
      assert.match(few.stdout, /no row was drawn: no rate among all can be estimated\. Draw at least \d+\./);
    }));

  it('are refused without a file to write, with a seed that is none, and by a field that is none', () =>
    withWorkspace(async ({ folder, cache }) => {
      const args = ['sample', ROOM, '--cache', cache];
      const out = ['--out', path.join(folder, 'sample.json')];
      const refused = async (more: readonly string[], message: RegExp): Promise<void> => {
        const { code, stderr } = await runCli([...args, ...more]);
        assert.equal(code, 2, stderr);
        assert.match(stderr, message);
      };
      await refused([], /--out is missing/);
      await refused([...out, '--seed', '4294967296'], /--seed takes a whole number up to 4294967295/);
      await refused([...out, '--n', '0'], /--n takes a whole number of at least 1/);
      await refused([...out, '--by', 'nosuch'], /No row has a field "nosuch"/);
    }));

  it('are no predictions where they lie among these', () =>
    withWorkspace(async (workspace) => {
      const { folder, cache } = workspace;
      workspace.write(
        'run.csv',
        readFileSync(path.join(ROOM, 'results/synthetic-boxes/result_synthetic-boxes.csv'), 'utf8'),
      );
      const out = path.join(folder, 'sample.json');
      await jsonOf<Sample>(['sample', folder, '--cache', cache, '--out', out]);
      const { runs, skipped } = await jsonOf<{ runs: unknown[]; skipped: { file: string; reason: string }[] }>([
        ...['summary', folder, '--cache', cache],
      ]);
      assert.equal(runs.length, 1);
      assert.deepEqual(
        skipped.map(({ file }) => file),
        ['sample.json'],
      );
      assert.match(skipped[0]?.reason ?? '', /A sample that Flipside drew/);
    }));
});
