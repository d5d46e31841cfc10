import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { Analysis, type Summary } from '../../../src/core/analysis.js';
import { jsonOf, makeWorkspace, onlyRun, skippedReason, summaryOf, type Workspace } from '../../support/cli.js';
import { fixture } from '../../support/formatSource.js';

const FOLDER = fixture('item-folders', 'v1');

describe('folders of files with one record each', function (this: Mocha.Suite) {
  this.timeout(120_000);
  let workspace: Workspace;
  let folder = '';
  beforeEach(async () => {
    workspace = makeWorkspace();
    folder = await mkdtemp(path.join(tmpdir(), 'flipside-items-'));
    await cp(FOLDER, folder, { recursive: true });
  });
  afterEach(async () => {
    workspace.remove();
    await rm(folder, { recursive: true });
  });

  const summarise = (): Promise<Summary> => summaryOf([folder], workspace.cache);

  it('are one run, in the order of the numbers in their names, and one benchmark', async () => {
    const summary = await summarise();
    const run = onlyRun(summary);
    assert.deepEqual([run.id, run.rows, run.items, run.correct, run.joined[0]?.byContent], ['toy-vlm', 4, 4, 2, 4]);
    assert.deepEqual(
      summary.datasets.map(({ id, items }) => [id, items]),
      [['questions', 4]],
    );
    const args = ['errors', folder, '--all', '--cache', workspace.cache];
    const { errors } = await jsonOf<{ errors: { item: string; row: number; file: string }[] }>(args);
    assert.deepEqual(
      errors.map(({ item, row, file }) => [item, row, path.relative(folder, file)]),
      [
        ['1', 1, 'toy-vlm/1.json'],
        ['2', 2, 'toy-vlm/2.json'],
        ['10', 3, 'toy-vlm/10.json'],
        ['11', 4, 'toy-vlm/11.json'],
      ],
    );
  });

  it('leave out scores, and what is cut off, each with its reason', async () => {
    const summary = await summarise();
    assert.match(skippedReason(summary, 'toy-vlm/12.json'), /cut off/);
    assert.match(skippedReason(summary, 'toy-vlm/summary.json'), /scores/);
  });

  it('are read anew when a file changes, comes or goes, and from the index otherwise', async () => {
    await summarise();
    assert.equal(onlyRun(await summarise()).items, 4);
    const second = JSON.parse(await readFile(path.join(folder, 'toy-vlm/2.json'), 'utf8')) as Record<string, unknown>;
    await writeFile(path.join(folder, 'toy-vlm/2.json'), JSON.stringify({ ...second, prediction: 'right' }));
    assert.equal(onlyRun(await summarise()).correct, 3);
    await writeFile(path.join(folder, 'toy-vlm/12.json'), JSON.stringify({ ...second, prediction: 'right' }));
    assert.deepEqual([onlyRun(await summarise()).items, onlyRun(await summarise()).correct], [5, 4]);
    await rm(path.join(folder, 'toy-vlm/1.json'));
    assert.deepEqual([onlyRun(await summarise()).items, onlyRun(await summarise()).correct], [4, 3]);
  });

  it('may be packed', async () => {
    for (const name of ['1', '2', '10', '11']) {
      const file = path.join(folder, 'toy-vlm', `${name}.json`);
      await writeFile(`${file}.gz`, gzipSync(await readFile(file)));
      await rm(file);
    }
    assert.deepEqual([onlyRun(await summarise()).items, onlyRun(await summarise()).correct], [4, 2]);
  });

  it('need three files of the same keys', async () => {
    await rm(path.join(folder, 'toy-vlm/1.json'));
    await writeFile(path.join(folder, 'toy-vlm/2.json'), '{"name": "a setting", "value": 1}');
    const summary = await summarise();
    assert.deepEqual(
      summary.runs.map(({ id, items }) => [id, items]),
      [
        ['toy-vlm/10.json', 1],
        ['toy-vlm/11.json', 1],
      ],
    );
  });

  it('are no run where their records are nothing that is read', async () => {
    const settings = path.join(folder, 'settings');
    await mkdir(settings);
    for (const n of [1, 2, 3])
      await writeFile(path.join(settings, `${String(n)}.json`), `{"seed": ${String(n)}, "depth": 3}`);
    const summary = await summarise();
    assert.equal(summary.runs.length, 1);
    assert.equal(summary.skipped.filter(({ file }) => file.startsWith('settings/')).length, 3);
  });

  it('are never overwritten, and their images are looked for beside them', async () => {
    await summarise();
    const analysis = await Analysis.open([folder], { cacheDir: workspace.cache });
    try {
      await assert.rejects(analysis.export('csv', path.join(folder, 'toy-vlm/1.json'), null), /1\.json/);
      const [images] = await analysis.browse().images([{ run: 'toy-vlm', row: 1 }]);
      assert.equal(path.dirname(images?.file ?? ''), path.join(folder, 'toy-vlm'));
      assert.equal(path.dirname(images?.definition ?? ''), path.join(folder, 'questions'));
    } finally {
      analysis.close();
    }
  });
});
