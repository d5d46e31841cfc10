import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { RunOverview } from '../../src/protocol/analysis.js';
import { readNotes, writeFactor } from '../../src/views/factors.js';

describe('factors of runs, and what people reach', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'flipside-factors-'));
    await mkdir(path.join(folder, '.flipside'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const fileOf = (where = folder): string => path.join(where, '.flipside', 'runs.json');
  const runOf = (name: string, where = folder): RunOverview =>
    ({ id: name, file: path.join(where, name), part: null }) as RunOverview;
  const problemOf = async (value: unknown): Promise<string> => {
    await writeFile(fileOf(), typeof value === 'string' ? value : JSON.stringify(value));
    return (await readNotes([folder], [runOf('a.jsonl')])).problem ?? '';
  };

  it('are none where no folder has any, and then nothing is wrong', async () => {
    assert.deepEqual(await readNotes([folder, path.join(folder, 'nowhere')], [runOf('a.jsonl')]), {
      ...{ factors: {}, human: {}, problem: null },
    });
  });

  it('are read where some of the file cannot be meant, which is told with the file', async () => {
    const file = {
      factors: { 'a.jsonl': { seed: 3, data: 'x', step: { at: 1 } }, 'b.jsonl': 'seed 4' },
      human: { '': 0.9, left: 95, right: '0.9' },
    };
    const problem = await problemOf(file);
    const { factors, human } = await readNotes([folder], [runOf('a.jsonl'), runOf('b.jsonl')]);
    assert.deepEqual([factors, human], [{ 'a.jsonl': { seed: '3', data: 'x' }, 'b.jsonl': {} }, { '': 0.9 }]);
    assert.ok(problem.startsWith(fileOf()), problem);
    assert.match(problem, /“step” of “a\.jsonl” to be a text or a number, not \{"at":1\}/);
    assert.match(problem, /the factors of “b\.jsonl” to be an object, not "seed 4"/);
    assert.match(problem, /“left” as a fraction from 0 to 1, not 95/);
    assert.match(problem, /1 more are like these/);
  });

  it('of one folder are read where the file of another is broken', async () => {
    const other = await mkdtemp(path.join(os.tmpdir(), 'flipside-factors-'));
    await mkdir(path.join(other, '.flipside'));
    try {
      await writeFile(fileOf(other), JSON.stringify({ factors: { 'a.jsonl': { seed: '1' } } }));
      await writeFile(fileOf(), '{"factors": {');
      const { factors, problem } = await readNotes([folder, other], [runOf('a.jsonl', other)]);
      assert.deepEqual(factors, { 'a.jsonl': { seed: '1' } });
      assert.match(problem ?? '', /runs\.json is no JSON/);
    } finally {
      await rm(other, { recursive: true, force: true });
    }
    assert.match(await problemOf('[1]'), /expected an object, not \[1\]/);
    assert.match(await problemOf({ human: [0.5] }), /expected “human” to be an object, not \[0\.5\]/);
  });

  it('are all kept where several are given at once, and what else the file says', async () => {
    await writeFile(fileOf(), JSON.stringify({ baselines: { toy: 'a.jsonl' } }));
    const names = ['encoder', 'data', 'template', 'seed', 'step'];
    await Promise.all(names.map((name) => writeFactor([folder], runOf('a.jsonl'), { name, value: `${name} 1` })));
    const file = JSON.parse(await readFile(fileOf(), 'utf8')) as Record<string, unknown>;
    assert.deepEqual(file['baselines'], { toy: 'a.jsonl' });
    assert.deepEqual(file['factors'], { 'a.jsonl': Object.fromEntries(names.map((name) => [name, `${name} 1`])) });
    await writeFactor([folder], runOf('a.jsonl'), { name: 'seed', value: '' });
    const { factors } = await readNotes([folder], [runOf('a.jsonl')]);
    assert.ok(!('seed' in (factors['a.jsonl'] ?? {})));
  });
});
