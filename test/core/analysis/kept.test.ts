import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { AnalysisOptions } from '../../../src/core/analysis.js';
import { FlipsideError } from '../../../src/core/model.js';
import { withWorkspace } from '../../support/cli.js';
import { predictions, reopen, type Record } from './support.js';

const SIDES = ['left', 'right', 'front', 'back'];

/** Question n with its gold letter and the model's answer. */
function asked(n: number, gold: string, response: string, more: Partial<Record> = {}): Record {
  return { id: `q${n}`, question: `Where is cup ${n}?`, options: SIDES, answer: gold, response, ...more };
}

const RUN = predictions([
  asked(1, 'A', 'A', { task: 'one' }),
  asked(2, 'A', 'B', { task: 'one' }),
  asked(3, 'C', 'D', { task: 'two' }),
  asked(4, 'C', 'A', { task: 'two' }),
  asked(5, 'B', "I'm sorry, I cannot help with that.", { task: 'two' }),
]);

describe('analysis: what is kept between commands', () => {
  /** The files that opening reads anew, by name: small ones are read side by side, and told of as they are done. */
  async function readAnew(workspace: Parameters<typeof reopen>[0]): Promise<string[]> {
    const read: string[] = [];
    await reopen(workspace, () => Promise.resolve(), { progress: (message) => read.push(path.basename(message)) });
    return read.sort();
  }

  it('tells of definitions where they lie now, also where a copy elsewhere was read before', async () => {
    const definition = [1, 2, 3, 4, 5].map((n) => ({
      id: `q${n}`,
      question: `Where is cup ${n}?`,
      options: SIDES,
      answer: 'A',
    }));
    const fill = (workspace: Parameters<typeof reopen>[0]): void => {
      workspace.write('run.jsonl', predictions([1, 2, 3, 4, 5].map((n) => asked(n, '', 'A'))));
      workspace.write('questions/benchmark.json', JSON.stringify(definition));
    };
    await withWorkspace(async (first) => {
      fill(first);
      const told = await reopen(first, (analysis) => analysis.summary());
      assert.equal(told.runs[0]?.coverage?.file, 'questions/benchmark.json');
      await withWorkspace(async (second) => {
        fill(second);
        const again = await reopen(second, (analysis) => analysis.summary(), { cacheDir: first.cache });
        assert.deepEqual(again.runs[0]?.coverage, told.runs[0]?.coverage);
        assert.deepEqual(again.runs[0]?.joined, told.runs[0]?.joined);
      });
    });
  });

  it('is everything about unchanged files; a changed one alone is read again', () =>
    withWorkspace(async (workspace) => {
      workspace.write('a.jsonl', RUN);
      const file = workspace.write('b.jsonl', `${RUN}\n`);
      workspace.write('notes.txt', 'nothing to see');
      assert.deepEqual(await readAnew(workspace), ['a.jsonl', 'b.jsonl']);
      assert.deepEqual(await readAnew(workspace), []);
      workspace.write('b.jsonl', RUN.replace('"B"', '"C"'));
      assert.deepEqual(await readAnew(workspace), ['b.jsonl']);
      utimesSync(file, new Date(), new Date(Date.now() + 5000));
      assert.deepEqual(await readAnew(workspace), [], 'touched: looked at again, the same bytes, the same shard');
      rmSync(file);
      assert.deepEqual(await readAnew(workspace), []);
      const { runs } = await reopen(workspace, (analysis) => analysis.summary());
      assert.deepEqual(
        runs.map((run) => run.id),
        ['a.jsonl'],
      );
    }));

  it('may be deleted, or damaged, at any time', () =>
    withWorkspace(async (workspace) => {
      workspace.write('a.jsonl', RUN);
      await readAnew(workspace);
      rmSync(workspace.cache, { recursive: true });
      assert.deepEqual(await readAnew(workspace), ['a.jsonl']);
      const shards = path.join(workspace.cache, 'shards');
      for (const name of readdirSync(shards)) if (name.endsWith('.json')) rmSync(path.join(shards, name));
      assert.deepEqual(await readAnew(workspace), ['a.jsonl']);
    }));

  it('is made anew where a shard is damaged in its middle, at once or when told so', () =>
    withWorkspace(async (workspace) => {
      workspace.write('a.jsonl', RUN.replaceAll('Where is', `Where in this picture, ${'so to say, '.repeat(40)} is`));
      await readAnew(workspace);
      const folder = path.join(workspace.cache, 'shards');
      const shard = path.join(folder, readdirSync(folder).find((name) => name.endsWith('.parquet')) ?? '');
      const whole = readFileSync(shard);
      // The columns come first in the file, what describes them last.
      writeFileSync(shard, Buffer.from(whole).fill(0xff, 4, Math.floor(whole.length / 2)));
      const [run] = (await reopen(workspace, (analysis) => analysis.summary())).runs;
      assert.equal(run?.items, 5);
      assert.deepEqual(readFileSync(shard).length, whole.length, 'the shard is whole again');
      await reopen(workspace, async (analysis) => {
        writeFileSync(shard, Buffer.from(whole).fill(0xff, 4, Math.floor(whole.length / 2)));
        await assert.rejects(analysis.page({ limit: 9, offset: 0 }), (error) => {
          assert.ok(error instanceof FlipsideError, String(error));
          assert.match(error.message, /index of .*a\.jsonl is damaged and was removed.*Run the command again/);
          return true;
        });
      });
      assert.deepEqual(await readAnew(workspace), ['a.jsonl']);
    }));

  it('tells shards that no file leads to any more', () =>
    withWorkspace(async (workspace) => {
      const shardDir = path.join(workspace.folder, '..', 'shards');
      const stale = (options: AnalysisOptions = {}): Promise<string[][]> =>
        reopen(
          workspace,
          async (analysis) =>
            (await analysis.staleShards()).map(({ source, reason }) => [path.basename(source), reason]).sort(),
          { shardDir, ...options },
        );
      for (const name of ['a', 'b', 'c']) workspace.write(`${name}.jsonl`, RUN.replaceAll('cup', name));
      assert.deepEqual(await stale(), []);
      assert.deepEqual(await stale({ shard: { index: 0, of: 2 } }), [], 'the other part is another task’s');
      assert.deepEqual(await stale({ answers: 'blink' }), [], 'another rule is no mistake');
      workspace.write('b.jsonl', RUN.replaceAll('cup', 'jug'));
      rmSync(path.join(workspace.folder, 'a.jsonl'));
      const gone = ['a.jsonl', 'gone'];
      assert.deepEqual(await stale(), [gone, gone, ['b.jsonl', 'changed'], ['b.jsonl', 'changed']]);
      const items = [{ question: 'Where is c 1?', options: SIDES, answer: 'A', image: '1.png' }];
      workspace.write('benchmark.json', JSON.stringify(items));
      assert.ok((await stale()).some(([name, reason]) => name === 'c.jsonl' && reason === 'superseded'));
    }));

  it('belongs to the definitions beside a file as much as to the file', () =>
    withWorkspace(async (workspace) => {
      workspace.write('run.jsonl', RUN);
      await readAnew(workspace);
      const items = [1, 2, 3, 4, 5].map((n) => ({
        question: `Where is cup ${n}?`,
        options: SIDES,
        answer: 'AACCB'[n - 1],
        image: `${n}.png`,
      }));
      workspace.write('benchmark.json', JSON.stringify(items));
      assert.deepEqual(await readAnew(workspace), ['run.jsonl']);
      const { runs, datasets } = await reopen(workspace, (analysis) => analysis.summary());
      assert.deepEqual(runs[0]?.coverage, { rows: 5, of: 5, file: 'benchmark.json' });
      assert.deepEqual(
        datasets.map(({ id, items: count, dropped }) => ({ id, count, dropped })),
        [{ id: 'benchmark.json', count: 5, dropped: 0 }],
      );
      assert.deepEqual(runs[0]?.clusters, { image: 5 });
    }));

  it('is divided among the tasks of a job array: every file in one part, whole together', () =>
    withWorkspace(async (workspace) => {
      const names = Array.from({ length: 9 }, (_, at) => `run${at}.jsonl`);
      for (const [at, name] of names.entries()) workspace.write(name, RUN.replaceAll('cup', `cup${at}`));
      const parts: string[][] = [];
      for (const index of [0, 1, 2]) {
        const shardDir = path.join(workspace.folder, '..', 'shards');
        const found = await reopen(workspace, (analysis) => Promise.resolve(analysis.shards()), {
          shard: { index, of: 3 },
          shardDir,
        });
        for (const shard of found)
          assert.ok(shard.parquet.startsWith(path.resolve(shardDir)) && existsSync(shard.parquet));
        parts.push(found.map((shard) => path.basename(shard.source)));
      }
      assert.deepEqual(parts.flat().sort(), names);
    }));
});
