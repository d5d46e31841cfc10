import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Summary } from '../../src/core/analysis.js';
import {
  jsonLines,
  onlyRun,
  runCli,
  startCli,
  summaryOf,
  withWorkspace,
  type CliResult,
  type Workspace,
} from '../support/cli.js';

const PATIENCE_MS = 180_000;
/** Enough for indexing to take seconds, so that it can be stopped on the way. */
const MANY_ROWS = 40_000;

function record(id: number, prediction: string): object {
  return { id: `q${id}`, question: `Where is bowl ${id}?`, options: ['left', 'right'], answer: 'left', prediction };
}

function small(): string {
  return jsonLines([record(1, 'left'), record(2, 'right'), record(3, 'left')]);
}

function large(): string {
  const sides = ['to the left', 'to the right'];
  return jsonLines(
    Array.from({ length: MANY_ROWS }, (_, id) =>
      record(id, `Seen from door ${id}, it is ${sides[id % 2] ?? ''} of it.`),
    ),
  );
}

/** Every file under the cache, relative to it. */
function cached(workspace: Workspace): string[] {
  if (!existsSync(workspace.cache)) return [];
  return readdirSync(workspace.cache, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(workspace.cache, path.join(entry.parentPath, entry.name)))
    .sort();
}

const shards = (workspace: Workspace): string[] => cached(workspace).filter((name) => name.endsWith('.parquet'));
const leftovers = (workspace: Workspace): string[] => cached(workspace).filter((name) => name.endsWith('.tmp'));

/** What a shard file is, so that a rewritten one shows. */
function stamps(workspace: Workspace): string[] {
  return shards(workspace).map((name) => {
    const { mtimeMs, ino, size } = statSync(path.join(workspace.cache, name));
    return `${name} ${mtimeMs} ${ino} ${size}`;
  });
}

async function open(workspace: Workspace, ...more: string[]): Promise<{ result: CliResult; summary: Summary }> {
  const result = await runCli(['summary', workspace.folder, '--cache', workspace.cache, '--format', 'json', ...more]);
  assert.equal(result.code, 0, result.stderr);
  return { result, summary: result.json<Summary>() };
}

function assertRead(result: CliResult, file: string | null): void {
  if (file === null) assert.doesNotMatch(result.stderr, /^reading /m);
  else assert.match(result.stderr, new RegExp(`^reading .*${file}$`, 'm'));
}

describe('the cache, through the command line', function () {
  this.timeout(PATIENCE_MS);

  describe('unchanged files', () => {
    it('are not read again, and their shards stay as they are', () =>
      withWorkspace(async (workspace) => {
        workspace.write('a.jsonl', small());
        const first = await open(workspace);
        assertRead(first.result, 'a.jsonl');
        const before = stamps(workspace);
        assert.equal(before.length, 1);
        const again = await open(workspace);
        assertRead(again.result, null);
        assert.deepEqual(again.summary, first.summary);
        assert.deepEqual(stamps(workspace), before);
      }));

    it('a touched file is looked at, and found to be the same', () =>
      withWorkspace(async (workspace) => {
        const file = workspace.write('a.jsonl', small());
        const first = await open(workspace);
        const before = stamps(workspace);
        const known = (): string =>
          cached(workspace)
            .filter((name) => name.startsWith('files'))
            .map((name) => readFileSync(path.join(workspace.cache, name), 'utf8'))
            .join('');
        const remembered = known();
        const later = new Date(Math.ceil(Date.now() / 1000) * 1000 + 60_000);
        utimesSync(file, later, later);
        const again = await open(workspace);
        assert.notEqual(known(), remembered);
        assert.match(known(), new RegExp(String(later.getTime())));
        assertRead(again.result, null);
        assert.deepEqual(again.summary, first.summary);
        assert.deepEqual(stamps(workspace), before);
      }));

    it('one changed byte is noticed, even where size and time are the same', () =>
      withWorkspace(async (workspace) => {
        const file = workspace.write('a.jsonl', jsonLines([record(1, 'A'), record(2, 'B')]));
        const when = new Date(Date.now() - 3_600_000);
        utimesSync(file, when, when);
        assert.equal(onlyRun((await open(workspace)).summary).correct, 1);
        const text = readFileSync(file, 'utf8');
        writeFileSync(file, text.replace('"B"', '"A"'));
        utimesSync(file, when, when);
        assert.equal(readFileSync(file, 'utf8').length, text.length);
        const again = await open(workspace);
        assertRead(again.result, 'a.jsonl');
        assert.equal(onlyRun(again.summary).correct, 2);
      }));

    it('a moved file is known by its content', () =>
      withWorkspace(async (workspace) => {
        const file = workspace.write('a.jsonl', small());
        await open(workspace);
        renameSync(file, path.join(workspace.folder, 'b.jsonl'));
        const again = await open(workspace);
        assertRead(again.result, null);
        assert.equal(onlyRun(again.summary).id, 'b.jsonl');
      }));
  });

  it('a changed gold file gives the runs new shards', () =>
    withWorkspace(async (workspace) => {
      const gold = (answer: string): string =>
        jsonLines(
          [1, 2, 3].map((id) => ({
            id: `q${id}`,
            question: `Where is bowl ${id}?`,
            options: ['left', 'right'],
            answer,
          })),
        );
      workspace.write('gold.jsonl', gold('left'));
      workspace.write(
        'answers.jsonl',
        jsonLines(
          [1, 2, 3].map((id) => ({
            id: `q${id}`,
            question: `Where is bowl ${id}?`,
            response: id === 3 ? 'right' : 'left',
          })),
        ),
      );
      const first = await open(workspace);
      assert.equal(onlyRun(first.summary).correct, 2);
      assertRead((await open(workspace)).result, null);
      workspace.write('gold.jsonl', gold('right'));
      const again = await open(workspace);
      assertRead(again.result, 'answers.jsonl');
      assert.equal(onlyRun(again.summary).correct, 1);
    }));

  describe('what is broken is made anew', () => {
    const BREAK: readonly (readonly [what: string, kind: RegExp, damage: (file: string) => void])[] = [
      ['garbage in the list of files', /^files.*\.json$/, (file) => writeFileSync(file, '{"a": \u0000garbage')],
      ['an empty list of files', /^files.*\.json$/, (file) => truncateSync(file, 0)],
      ['garbage in a manifest', /^shards.*\.json$/, (file) => writeFileSync(file, 'garbage')],
      ['a manifest of another kind', /^shards.*\.json$/, (file) => writeFileSync(file, '{}')],
      ['a truncated shard', /\.parquet$/, (file) => truncateSync(file, 500)],
      ['an empty shard', /\.parquet$/, (file) => truncateSync(file, 0)],
    ];
    for (const [what, kind, damage] of BREAK) {
      it(what, () =>
        withWorkspace(async (workspace) => {
          workspace.write('a.jsonl', small());
          const first = await open(workspace);
          const found = cached(workspace).filter((name) => kind.test(name));
          assert.ok(found.length > 0);
          for (const name of found) damage(path.join(workspace.cache, name));
          assert.deepEqual((await open(workspace)).summary, first.summary);
          assertRead((await open(workspace)).result, null);
        }),
      );
    }

    it('a deleted cache', () =>
      withWorkspace(async (workspace) => {
        workspace.write('a.jsonl', small());
        const first = await open(workspace);
        renameSync(workspace.cache, `${workspace.cache}-gone`);
        assert.deepEqual((await open(workspace)).summary, first.summary);
      }));
  });

  it('a cache that cannot be written is said so, with what to do', () =>
    withWorkspace(async (workspace) => {
      workspace.write('a.jsonl', small());
      writeFileSync(workspace.cache, 'a file where the folder should be');
      const result = await runCli(['summary', workspace.folder, '--cache', workspace.cache]);
      assert.deepEqual([result.code, result.stdout], [1, '']);
      assert.match(result.stderr, /--cache/);
      assert.doesNotMatch(result.stderr, /unexpectedly/);
    }));

  it('nothing is written beside the data', () =>
    withWorkspace(async (workspace) => {
      workspace.write('a.jsonl', small());
      await open(workspace);
      assert.deepEqual(readdirSync(workspace.folder), ['a.jsonl']);
    }));

  describe('stopping', () => {
    /** Indexes a small file well, then starts on a large one and returns once that is being read. */
    async function startOnLarge(workspace: Workspace) {
      workspace.write('small.jsonl', small());
      const before = await open(workspace);
      workspace.write('zz-large.jsonl', large());
      const running = await startCli(['summary', workspace.folder, '--cache', workspace.cache, '--format', 'json']);
      await running.said('zz-large.jsonl');
      return { before, running };
    }

    /** The next command goes through, and the one without the large file has nothing to read. */
    async function assertUsable(workspace: Workspace, before: Summary): Promise<void> {
      const small = await runCli([
        ...['summary', path.join(workspace.folder, 'small.jsonl'), '--cache', workspace.cache, '--format', 'json'],
      ]);
      assert.equal(small.code, 0, small.stderr);
      assertRead(small, null);
      assert.deepEqual(small.json<Summary>().runs, before.runs);
      const { runs } = await summaryOf([workspace.folder], workspace.cache);
      assert.deepEqual(
        runs.map((run) => [run.id, run.items]),
        [
          ['small.jsonl', 3],
          ['zz-large.jsonl', MANY_ROWS],
        ],
      );
    }

    it('Ctrl-C while a file is read: 130, nothing on stdout, nothing half-written', () =>
      withWorkspace(async (workspace) => {
        const { before, running } = await startOnLarge(workspace);
        running.child.kill('SIGINT');
        const result = await running.done;
        assert.deepEqual([result.code, result.stdout], [130, '']);
        assert.deepEqual(leftovers(workspace), []);
        assert.equal(shards(workspace).length, 1);
        await assertUsable(workspace, before.summary);
      }));

    it('Ctrl-C while a shard is written leaves no half of it', () =>
      withWorkspace(async (workspace) => {
        const { running } = await startOnLarge(workspace);
        let over = false;
        void running.done.then(() => (over = true));
        while (!over && leftovers(workspace).length === 0) await wait(1);
        running.child.kill('SIGINT');
        const result = await running.done;
        assert.deepEqual(leftovers(workspace), []);
        // A shard may have been finished in the moment of the signal; the command says 130 all the same.
        assert.deepEqual([result.code, result.stdout], [130, '']);
      }));

    it('a killed run: what was good before still opens', () =>
      withWorkspace(async (workspace) => {
        const { before, running } = await startOnLarge(workspace);
        running.child.kill('SIGKILL');
        const result = await running.done;
        assert.deepEqual([result.code, result.signal], [null, 'SIGKILL']);
        await assertUsable(workspace, before.summary);
      }));
  });

  it('two commands at once give the same result', () =>
    withWorkspace(async (workspace) => {
      mkdirSync(workspace.cache);
      for (const name of ['a', 'b', 'c']) workspace.write(`${name}.jsonl`, jsonLines([{ ...record(1, 'left'), name }]));
      const [one, other] = await Promise.all([open(workspace), open(workspace)]);
      assert.deepEqual(one.summary, other.summary);
      assert.deepEqual(leftovers(workspace), []);
      assert.equal(one.summary.runs.length, 3);
    }));
});
