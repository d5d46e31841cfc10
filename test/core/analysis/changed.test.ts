import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { appendFileSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Analysis } from '../../../src/core/analysis.js';
import { Catalog, SMALL_BYTES } from '../../../src/core/analysis/catalog.js';
import { jsonLines, withWorkspace, type Workspace } from '../../support/cli.js';
import { reopen } from './support.js';

const CHANGED = /: it changed while it was read, .*refresh, or run the command again\.$/;

function record(id: number): object {
  const response = `Seen from door ${id}, it is to the ${id % 2 === 0 ? 'left' : 'right'} of the bowl, as far as I see.`;
  return { id: `q${id}`, question: `Where is bowl ${id}?`, options: ['left', 'right'], answer: 'left', response };
}

const records = (rows: number): string => jsonLines(Array.from({ length: rows }, (_, id) => record(id)));
const SMALL_ROWS = 20;
const LARGE_ROWS = 3000;

/** Does something whenever a file begins to be read: its content was hashed before. */
function atReading(name: string, act: (time: number) => void): { readonly progress: (message: string) => void } {
  let times = 0;
  return {
    progress: (message) => {
      if (message.startsWith('reading ') && message.endsWith(name)) act((times += 1));
    },
  };
}

const hashOf = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex');

/** What the runs were made of, as they are stored. */
function stored(analysis: Analysis): unknown[] {
  return analysis.runs.map(({ id, manifest }) => [id, manifest.rows, manifest.sourceSha256]);
}

function skipped(analysis: Analysis): Record<string, string> {
  return Object.fromEntries(analysis.found().skipped.map(({ file, reason }) => [path.basename(file), reason]));
}

function shardFiles({ cache }: Workspace): string[] {
  return readdirSync(path.join(cache, 'shards'));
}

/** Opens a workspace in which a file changes as `act` does; then once more, when it rests. */
async function openTwice(
  workspace: Workspace,
  { progress }: { readonly progress: (message: string) => void },
  first: (analysis: Analysis) => void,
  then: (analysis: Analysis) => void,
): Promise<void> {
  await reopen(workspace, (analysis) => Promise.resolve(first(analysis)), { progress });
  await reopen(workspace, (analysis) => Promise.resolve(then(analysis)));
}

describe('a file that changes while it is read', function () {
  this.timeout(120_000);

  for (const [what, rows] of [
    ['large', LARGE_ROWS],
    ['small', SMALL_ROWS],
  ] as const) {
    it(`is read once more, and stored under the hash of what was read: a ${what} one`, () =>
      withWorkspace(async (workspace) => {
        const file = workspace.write('run.jsonl', records(rows));
        assert.equal(readFileSync(file).length > SMALL_BYTES, what === 'large');
        const grows = atReading('run.jsonl', (time) => {
          if (time === 1) appendFileSync(file, jsonLines([record(rows)]));
        });
        const isWhole = (analysis: Analysis): void => {
          assert.deepEqual(stored(analysis), [['run.jsonl', rows + 1, hashOf(file)]]);
          assert.deepEqual(skipped(analysis), {});
        };
        await openTwice(workspace, grows, isWhole, isWhole);
        assert.equal(shardFiles(workspace).length, 2);
        await reopen(
          workspace,
          () => Promise.resolve(),
          atReading('', () => assert.fail('read again')),
        );
      }));
  }

  it('and never rests is told, and nothing of it is stored until it does', () =>
    withWorkspace(async (workspace) => {
      const file = workspace.write('run.jsonl', records(LARGE_ROWS));
      workspace.write('other.jsonl', jsonLines([record(1)]));
      let times = 0;
      const grows = atReading('run.jsonl', (time) => {
        times = time;
        appendFileSync(file, jsonLines([record(LARGE_ROWS + time)]));
      });
      await openTwice(
        workspace,
        grows,
        (analysis) => {
          assert.deepEqual(
            analysis.runs.map(({ id }) => id),
            ['other.jsonl'],
          );
          assert.match(skipped(analysis)['run.jsonl'] ?? '', CHANGED);
          assert.equal(shardFiles(workspace).length, 2);
        },
        (analysis) => {
          assert.deepEqual(stored(analysis)[1], ['run.jsonl', LARGE_ROWS + times, hashOf(file)]);
          assert.deepEqual(skipped(analysis), {});
        },
      );
      assert.ok(times > 1);
    }));

  it('and whose copies do not is told with them', () =>
    withWorkspace(async (workspace) => {
      const file = workspace.write('a.jsonl', records(LARGE_ROWS));
      workspace.write('b.jsonl', records(LARGE_ROWS));
      const grows = atReading('a.jsonl', () => appendFileSync(file, jsonLines([record(LARGE_ROWS)])));
      await openTwice(
        workspace,
        grows,
        (analysis) => {
          assert.deepEqual(analysis.runs, []);
          assert.deepEqual(Object.keys(skipped(analysis)), ['a.jsonl', 'b.jsonl']);
        },
        (analysis) => assert.deepEqual(skipped(analysis), {}),
      );
    }));

  it('and cannot be read for that reason is told to have changed', () =>
    withWorkspace(async (workspace) => {
      const packed = gzipSync(records(LARGE_ROWS), { level: 1 });
      const file = workspace.write('run.jsonl.gz', packed);
      const cut = atReading('run.jsonl.gz', (time) =>
        writeFileSync(file, packed.subarray(0, packed.length / 2 - time)),
      );
      await openTwice(
        workspace,
        cut,
        (analysis) => assert.match(skipped(analysis)['run.jsonl.gz'] ?? '', CHANGED),
        (analysis) => assert.match(skipped(analysis)['run.jsonl.gz'] ?? '', /cannot be unpacked/),
      );
    }));

  it('is another file, under the same name', () =>
    withWorkspace(async (workspace) => {
      const file = workspace.write('run.jsonl', records(LARGE_ROWS));
      const replaced = atReading('run.jsonl', (time) => {
        if (time > 1) return;
        writeFileSync(`${file}.tmp`, records(LARGE_ROWS).replaceAll('left of', 'right of'));
        renameSync(`${file}.tmp`, file);
      });
      const isNew = (analysis: Analysis): void =>
        assert.deepEqual(stored(analysis), [['run.jsonl', LARGE_ROWS, hashOf(file)]]);
      await openTwice(workspace, replaced, isNew, isNew);
    }));

  it('is gone: it is told so', () =>
    withWorkspace(async (workspace) => {
      const file = workspace.write('run.jsonl', records(LARGE_ROWS));
      const vanishes = atReading('run.jsonl', () => rmSync(file));
      await reopen(
        workspace,
        (analysis) =>
          Promise.resolve(assert.match(skipped(analysis)['run.jsonl'] ?? '', /run\.jsonl: the file is gone/)),
        vanishes,
      );
    }));

  it('is one of a folder of items', () =>
    withWorkspace(async (workspace) => {
      for (const id of [1, 2, 3]) workspace.write(`items/${id}.json`, JSON.stringify(record(id)));
      const changes = atReading('items', () => workspace.write('items/2.json', JSON.stringify(record(22))));
      await openTwice(
        workspace,
        changes,
        (analysis) => assert.match(skipped(analysis)['items'] ?? '', /2\.json: it changed while it was read/),
        (analysis) => assert.deepEqual([analysis.runs.length, skipped(analysis)], [1, {}]),
      );
    }));

  it('holds the gold of others: these are not joined with it', () =>
    withWorkspace(async (workspace) => {
      const gold = (answer: string): string =>
        jsonLines([1, 2, 3].map((id) => ({ ...record(id), answer, response: undefined })));
      const file = workspace.write('gold.jsonl', gold('left'));
      workspace.write('run.jsonl', jsonLines([1, 2, 3].map((id) => ({ ...record(id), answer: undefined }))));
      const changes = atReading('run.jsonl', () => writeFileSync(file, gold('right')));
      await openTwice(
        workspace,
        changes,
        (analysis) => {
          assert.deepEqual(analysis.runs, []);
          for (const name of ['run.jsonl', 'gold.jsonl'])
            assert.match(skipped(analysis)[name] ?? '', /gold\.jsonl: it changed while it was read/);
        },
        (analysis) => assert.deepEqual([analysis.runs.length, skipped(analysis)], [1, {}]),
      );
    }));

  it('holds the verdicts on others: they are read as they are at last', () =>
    withWorkspace(async (workspace) => {
      const table = (more: string, cells: (id: number) => string): string =>
        [
          `index\tquestion\tA\tB\tanswer\tprediction${more}`,
          ...[1, 2, 3].map((id) => `${id}\tWhere is bowl ${id}?\tleft\tright\tA\tIt is left.${cells(id)}`),
        ].join('\n');
      const verdicts = (hit: number): string => table('\thit\tlog', () => `\t${hit}\tread`);
      workspace.write(
        'Tiny_Doors.tsv',
        table('', () => ''),
      );
      const file = workspace.write('Tiny_Doors_judge_result.tsv', verdicts(0));
      const changes = atReading('Tiny_Doors.tsv', (time) => {
        if (time === 1) writeFileSync(file, verdicts(1));
      });
      await reopen(
        workspace,
        async (analysis) => {
          const [run] = (await analysis.summary()).runs;
          assert.deepEqual([run?.items, run?.storedCorrect], [3, 3]);
          assert.deepEqual(skipped(analysis), {});
        },
        changes,
      );
    }));

  it('is told to have changed where it looks damaged while it is looked at', () =>
    withWorkspace(async (workspace) => {
      const long = workspace.write('long.jsonl', records(LARGE_ROWS).repeat(100));
      const file = workspace.write('run.jsonl.gz', Buffer.concat([gzipSync(''), Buffer.alloc(SMALL_BYTES, 1)]));
      const catalog = await Catalog.open(workspace.cache, workspace.folder, []);
      assert.match((await catalog.lookUp(file)).reason, /cannot be unpacked/);
      // Large files wait for one another once it is known how large they are.
      const first = catalog.lookUp(long);
      const second = catalog.lookUp(file);
      await stat(file);
      appendFileSync(file, 'more');
      assert.notEqual((await first).format, null);
      const { format, reason } = await second;
      assert.deepEqual([format, CHANGED.test(reason)], [null, true], reason);
    }));
});
