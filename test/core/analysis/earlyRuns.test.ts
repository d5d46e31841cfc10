import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Analysis} from '../../../src/core/analysis.js';
import { type AnalysisOptions } from '../../../src/core/analysis.js';
import { rareFirst } from '../../../src/core/analysis/earlyRuns.js';
import { QuickFiles } from '../../../src/core/analysis/quickFiles.js';
import { jsonLines, withWorkspace, type Workspace } from '../../support/cli.js';
import { reopen } from './support.js';

const IDS = [1, 2, 3, 4];
const OPTIONS = ['left', 'right'];
const question = (id: number): string => `Where is bowl ${id}, seen from the door?`;

/** A run that states neither gold nor options: both come from the definition. */
function bare(said: string): string {
  return jsonLines(IDS.map((id) => ({ id: `q${id}`, question: question(id), response: `It is to the ${said}.` })));
}

/** A run that states all. */
function whole(said: string, cup = 'cup'): string {
  return jsonLines(
    IDS.map((id) => ({
      ...{ id: `c${id}`, question: `Where is ${cup} ${id}?`, options: OPTIONS, gold: 'left' },
      response: `It is to the ${said}.`,
    })),
  );
}

const DEFINITION = jsonLines(
  IDS.map((id) => ({ id: `q${id}`, question: question(id), options: OPTIONS, gold: 'left' })),
);

/** What was read, by file, and whether as a file that nothing was known of. */
function reading(): { readonly names: string[]; readonly progress: (message: string) => void } {
  const names: string[] = [];
  return {
    names,
    progress: (message) => {
      if (message.startsWith('reading ')) names.push(path.basename(message));
    },
  };
}

const shardsIn = (folder: string): string[] => readdirSync(folder).filter((name) => name.endsWith('.parquet'));

/** All that is told of the runs, but for where they lie and what their definition is called. */
async function told(analysis: Analysis): Promise<string> {
  const [first] = analysis.runs;
  const runs = analysis.runs.map(({ id, manifest: { joined, coverage, rows, lensKeys, splits } }) => {
    return [id, rows, joined, coverage, lensKeys, splits];
  });
  const items = await Promise.all(IDS.map((row) => analysis.itemAt(first?.id ?? '', row)));
  const all = JSON.stringify([runs, items.map((each) => each?.item.record)], null, 1);
  return all.replaceAll(first?.root ?? '', '').replaceAll(AMONG, ALONE);
}

/** A name like those of the runs, in the middle of them; and one that is looked at before all of them. */
const AMONG = 'run-19.jsonl';
const ALONE = 'benchmark.jsonl';
const RUNS = 24;

/** Runs of names alike, and a definition whose name decides when it is looked at. */
function writeAll(workspace: Workspace, definition: string): void {
  for (let run = 1; run <= RUNS + 1; run++) {
    const name = `run-${run}.jsonl`;
    if (name !== AMONG)
      workspace.write(name, bare(run % 3 === 1 ? 'right' : 'left').replaceAll('It', `I, ${run}, say it`));
  }
  workspace.write(definition, DEFINITION);
}

describe('small runs that are read while the files after them are looked at', function () {
  this.timeout(60_000);

  it('are the same rows, joined alike, whether their definition is found among them or before them', () =>
    withWorkspace(async (workspace) => {
      writeAll(workspace, AMONG);
      const read = reading();
      const late = await reopen(workspace, told, { progress: read.progress });
      assert.ok(read.names.length > RUNS, 'none was read without it');
      await withWorkspace(async (other) => {
        writeAll(other, ALONE);
        const again = reading();
        assert.equal(await reopen(other, told, { progress: again.progress }), late);
        assert.equal(again.names.length, RUNS, `read: ${again.names.join()}`);
      });
      assert.match(late, /"byContent": 4/);
      assert.match(late, /"class": "horizontal-flip"/);
    }));

  it('leave no shard that was made in vain in a folder of the user, and there alone', () =>
    withWorkspace(async (workspace) => {
      writeAll(workspace, AMONG);
      const own = path.join(workspace.folder, '..', `${path.basename(workspace.folder)}-shards`);
      mkdirSync(own);
      const open = (more: AnalysisOptions): Promise<string[]> =>
        reopen(
          workspace,
          (analysis) => Promise.resolve([...new Set(analysis.runs.map(({ manifest }) => `${manifest.key}.parquet`))]),
          more,
        );
      const led = await open({ shardDir: own });
      assert.deepEqual(shardsIn(own).sort(), led.sort());
      assert.equal(readdirSync(own).length, 2 * led.length, 'a manifest for each, and nothing else');
      await withWorkspace(async (cached) => {
        writeAll(cached, AMONG);
        const keys = await reopen(cached, (analysis) =>
          Promise.resolve(new Set(analysis.runs.map(({ manifest }) => manifest.key))),
        );
        // Another program may have found them meanwhile: in the cache they stay.
        assert.ok(shardsIn(path.join(cached.cache, 'shards')).length > keys.size);
      });
    }));

  it('of equal content share one shard, which is made once', () =>
    withWorkspace(async (workspace) => {
      for (const name of ['a/one.jsonl', 'b/two.jsonl', 'c/three.jsonl']) workspace.write(name, whole('right'));
      workspace.write('d/other.jsonl', whole('right', 'pan'));
      const read = reading();
      await reopen(
        workspace,
        (analysis) => {
          assert.deepEqual(
            analysis.runs.map(({ id, aliases }) => [id, aliases]),
            [
              ['a/one.jsonl', ['b/two.jsonl', 'c/three.jsonl']],
              ['d/other.jsonl', []],
            ],
          );
          return Promise.resolve();
        },
        { progress: read.progress },
      );
      assert.equal(read.names.length, 2, `read: ${read.names.join()}`);
      assert.equal(shardsIn(path.join(workspace.cache, 'shards')).length, 2);
    }));

  it('are kept where the opening is given up, and not read again', () =>
    withWorkspace(async (workspace) => {
      for (let run = 1; run <= 60; run++) workspace.write(`run-${run}.jsonl`, whole('right', `cup ${run}`));
      const cancel = new AbortController();
      const read = reading();
      const progress = (message: string): void => {
        read.progress(message);
        if (read.names.length === 20) cancel.abort();
      };
      await assert.rejects(
        reopen(workspace, () => Promise.resolve(), { progress, signal: cancel.signal }),
        { name: 'AbortError' },
      );
      const kept = shardsIn(path.join(workspace.cache, 'shards')).length;
      assert.ok(kept >= 20 && kept < 60, `${kept} were kept`);
      const again = reading();
      await reopen(workspace, (analysis) => Promise.resolve(assert.equal(analysis.runs.length, 60)), {
        progress: again.progress,
      });
      assert.equal(again.names.length, 60 - kept);
    }));

  it('are looked at after files with names like few others, each group in its order', () => {
    const files = ['/r/a/run-1.csv', '/r/a/run-22.csv', '/r/gold.csv', '/r/b/run-3.csv', '/r/x.csv', '/r/b/x.csv'];
    assert.deepEqual(rareFirst(files), [
      '/r/gold.csv',
      ...['/r/x.csv', '/r/b/x.csv'],
      ...['/r/a/run-1.csv', '/r/a/run-22.csv', '/r/b/run-3.csv'],
    ]);
    assert.deepEqual(rareFirst([]), []);
  });
});

describe('many small files', () => {
  it('are told as the file system tells them, one by one and many at a time', () =>
    withWorkspace(async (workspace) => {
      const names = Array.from({ length: 300 }, (_, at) => workspace.write(`f-${at}`, 'x'.repeat(at)));
      const quick = new QuickFiles();
      const first = names[7] ?? '';
      const { size, ino, mtimeMs, ctimeMs } = await quick.stat(first);
      assert.equal(size, 7);
      assert.ok(ino > 0 && mtimeMs > 0 && ctimeMs > 0);
      const read = await Promise.all(names.map((name) => quick.read(name)));
      assert.deepEqual(
        read.map(({ length }) => length),
        names.map((_, at) => at),
      );
      assert.deepEqual(read[299], readFileSync(names[299] ?? ''));
    }));

  it('fail as the file system fails', () =>
    withWorkspace(async (workspace) => {
      const gone = path.join(workspace.folder, 'gone');
      const quick = new QuickFiles();
      // More than are answered from memory before others have a turn.
      for (let times = 0; times < 3; times++) {
        await assert.rejects(quick.stat(gone), { code: 'ENOENT', syscall: 'stat', path: gone });
        await assert.rejects(quick.read(gone), { code: 'ENOENT', syscall: 'open', path: gone });
        await assert.rejects(quick.read(workspace.folder), { code: 'EISDIR', syscall: 'read' });
      }
    }));
});
