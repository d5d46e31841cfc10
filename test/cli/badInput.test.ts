import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import type { ItemRecord, Summary } from '../../src/core/analysis.js';
import {
  csvText,
  jsonLines,
  jsonOf,
  onlyRun,
  runCli,
  runEnding,
  skippedReason,
  summaryOf,
  withWorkspace,
  type Workspace,
} from '../support/cli.js';

const PATIENCE_MS = 180_000;

/** A record whose columns explain themselves; odd numbers are right. */
function record(id: number, more: object = {}): object {
  const prediction = id % 2 === 1 ? 'left' : 'right';
  return {
    id: `q${id}`,
    question: `Where is bowl ${id}?`,
    options: ['left', 'right'],
    answer: 'left',
    prediction,
    ...more,
  };
}

const COLUMNS = ['id', 'question', 'options', 'answer', 'prediction'];

function row(id: number, question = `Where is bowl ${id}?`): string[] {
  return [`q${id}`, question, "['left', 'right']", 'left', id % 2 === 1 ? 'left' : 'right'];
}

/** Bytes of one-byte Latin text, where an accented letter is no UTF-8. */
function latin1(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

describe('bad input, through the command line', function () {
  this.timeout(PATIENCE_MS);

  /** Reads a folder of bad files beside a good one, which must go through. */
  async function beside(workspace: Workspace): Promise<Summary> {
    workspace.write('good.jsonl', jsonLines([record(1), record(2), record(3), record(4, { note: 'good' })]));
    const summary = await summaryOf([workspace.folder], workspace.cache);
    const good = runEnding(summary, 'good.jsonl');
    assert.deepEqual([good.rows, good.items, good.correct, good.dropped.total], [4, 4, 2, 0]);
    return summary;
  }

  /** `rows = items + dropped`, how many were right, and why the rest was dropped. */
  function assertRun(summary: Summary, end: string, items: number, correct: number, dropped: object): void {
    const run = runEnding(summary, end);
    assert.deepEqual([end, run.items, run.correct, run.dropped.byReason], [end, items, correct, dropped]);
  }

  it('records that are broken or cut off are dropped and counted; the others are read', () =>
    withWorkspace(async (workspace) => {
      const three = [record(1), record(2), record(3)];
      workspace.write('list.json', JSON.stringify(three, null, 1).slice(0, -30));
      workspace.write('cut.jsonl', jsonLines(three).slice(0, -20));
      workspace.write('between.jsonl', `${jsonLines([record(1)])}{"id": oops}\n${jsonLines([record(2)])}`);
      const deep = `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}\n`;
      workspace.write('deep.jsonl', jsonLines([record(1)]) + deep + jsonLines([record(3)]));
      const cells = csvText([COLUMNS, row(1), ['q2', 'too few'], row(3), [...row(4), 'too many']]);
      workspace.write('cells.csv', `${cells}"q5","never closed\n${csvText([row(6)])}`);
      const summary = await beside(workspace);
      assertRun(summary, 'list.json', 2, 1, { 'truncated JSON': 1 });
      assertRun(summary, 'cut.jsonl', 2, 1, { 'truncated JSON': 1 });
      assertRun(summary, 'between.jsonl', 2, 1, { 'invalid JSON': 1 });
      assertRun(summary, 'deep.jsonl', 2, 2, { 'nested too deeply': 1 });
      assertRun(summary, 'cells.csv', 3, 2, { 'wrong number of cells': 2, 'unclosed quote': 1 });
      for (const end of ['list.json', 'cut.jsonl', 'between.jsonl', 'deep.jsonl', 'cells.csv']) {
        assert.match(runEnding(summary, end).warnings.join('\n'), /rows? (was|were) dropped/);
      }
      assert.equal(summary.runs.length, 6);
    }));

  it('ids beyond 2^53 stay apart with all their digits, and names of prototypes are names like any other', () =>
    withWorkspace(async (workspace) => {
      const ids = [
        '9007199254740992',
        '9007199254740993',
        '18446744073709551614',
        '18446744073709551615',
        '4294967297',
      ];
      const numbered = ids.map((id) => JSON.stringify(record(1, { id: 0 })).replace('"id":0', `"id":${id}`));
      workspace.write('ids.jsonl', numbered.map((line) => `${line}\n`).join(''));
      const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'toJSON'];
      const named = names.map((name, at) => {
        const more = { options: names, answer: name, prediction: name, task: name, model: name };
        return JSON.stringify(record(at, more)).replace(/}$/, `,"__proto__":"own","constructor":"${name}"}`);
      });
      workspace.write('names.jsonl', named.map((line) => `${line}\n`).join(''));
      const summary = await beside(workspace);
      assertRun(summary, 'ids.jsonl', 5, 5, {});
      const of = (run: string): string[] => [
        'errors',
        workspace.folder,
        '--cache',
        workspace.cache,
        '--all',
        '--run',
        run,
      ];
      const { errors } = await jsonOf<{ errors: ItemRecord[] }>(of('ids.jsonl'));
      assert.deepEqual(errors.map((each) => each.item).sort(), [...ids].sort());
      for (const name of names) {
        assertRun(summary, `names.jsonl#${name}`, 1, 1, {});
        const [row] = (await jsonOf<{ errors: ItemRecord[] }>(of(`names.jsonl#${name}`))).errors;
        assert.deepEqual([row?.gold, row?.predicted, row?.task], [name, name, name]);
      }
    }));

  it('a table of one kind of record with others in between', () =>
    withWorkspace(async (workspace) => {
      const mixed = [
        record(1),
        { event: 'checkpoint', level: 3 },
        7,
        null,
        [1],
        'text',
        record(2, { prediction: undefined }),
      ];
      workspace.write(
        'mixed.jsonl',
        mixed.map((each) => `${JSON.stringify(each)}\n`).join('') + jsonLines([record(3)]),
      );
      const summary = await beside(workspace);
      const run = runEnding(summary, 'mixed.jsonl');
      assert.deepEqual([run.rows, run.items, run.correct], [8, 3, 2]);
      assert.deepEqual(run.dropped.byReason, { 'empty record': 1, 'not an object': 4 });
      assert.deepEqual(run.unparsedByReason, { empty: 1 });
    }));

  it('bytes that are no UTF-8 are shown as such and flagged', () =>
    withWorkspace(async (workspace) => {
      workspace.write('table.csv', latin1(csvText([COLUMNS, row(1, 'Where is the caf\u00e9?'), row(2)])));
      workspace.write(
        'lines.jsonl',
        latin1(jsonLines([record(1), record(2, { question: 'Where is the caf\u00e9?' })])),
      );
      const summary = await beside(workspace);
      for (const end of ['table.csv', 'lines.jsonl']) {
        assertRun(summary, end, 2, 1, {});
        assert.deepEqual(runEnding(summary, end).flags, { invalidUtf8: 1 });
        assert.match(runEnding(summary, end).warnings.join('\n'), /not valid UTF-8.*Save the file as UTF-8/);
      }
      const item = await jsonOf<ItemRecord>([
        ...['item', workspace.folder, '--cache', workspace.cache],
        ...['--run', 'lines.jsonl', '--item', 'q2'],
      ]);
      assert.equal(item.question, 'Where is the caf\uFFFD?');
    }));

  it('a byte order mark, CRLF inside and outside quotes, NaN and Infinity', () =>
    withWorkspace(async (workspace) => {
      workspace.write('marked.csv', `\uFEFF${csvText([COLUMNS, row(1, 'One,\r\ntwo?'), row(2)], '\r\n')}`);
      const strange =
        '{"id":"q9","question":"Where?","options":["left","right"],"answer":"left","prediction":"left","score":';
      workspace.write('nan.jsonl', `\uFEFF${strange}NaN}\r\n${strange.replace('q9', 'q8')}-Infinity}\r\n`);
      const summary = await beside(workspace);
      assertRun(summary, 'marked.csv', 2, 1, {});
      assertRun(summary, 'nan.jsonl', 2, 2, {});
      assert.deepEqual(runEnding(summary, 'nan.jsonl').flags, { nonStandardNumber: 2 });
      const item = await jsonOf<ItemRecord>([
        ...['item', workspace.folder, '--cache', workspace.cache, '--run', 'marked.csv', '--item', 'q1'],
      ]);
      assert.match(item.question ?? '', /^One,\r?\ntwo\?$/);
    }));

  it('files that hold no items are skipped, each with its reason', () =>
    withWorkspace(async (workspace) => {
      workspace.write('empty.json', '');
      workspace.write('blank.jsonl', ' \n\n\t');
      workspace.write('zeros.csv', Buffer.alloc(4096));
      workspace.write('brackets.json', '['.repeat(100_000));
      workspace.write('broken.xlsx', Buffer.concat([latin1('PK\x03\x04'), Buffer.alloc(300, 7)]));
      workspace.write('notes.txt', 'Nothing to see here.\n');
      workspace.write(
        'pointer.jsonl',
        `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 9\n`,
      );
      workspace.write('page.json', '<!DOCTYPE html><html><body>404</body></html>');
      workspace.write('wide.csv', `${Array.from({ length: 20_000 }, (_, i) => `c${String(i)}`).join(',')}\n`);
      workspace.write('wider.csv', `${Array.from({ length: 200_000 }, (_, i) => `column${String(i)}`).join(',')}\n`);
      workspace.write('deepObject.json', `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`);
      workspace.write('nothing.json', '{}');
      workspace.write('object.json', JSON.stringify({ model: 'toy', results: [record(1), record(2)] }).slice(0, -40));
      mkdirSync(path.join(workspace.folder, 'folder.csv'));
      const summary = await beside(workspace);
      assert.match(skippedReason(summary, 'empty.json'), /the file is empty/);
      assert.match(skippedReason(summary, 'blank.jsonl'), /the file is empty/);
      assert.match(skippedReason(summary, 'zeros.csv'), /binary/);
      assert.match(skippedReason(summary, 'brackets.json'), /no JSON/);
      assert.match(skippedReason(summary, 'broken.xlsx'), /not a whole zip archive.*copy it again/);
      assert.match(skippedReason(summary, 'notes.txt'), /no table, no JSON/);
      assert.match(skippedReason(summary, 'object.json'), /cut off/);
      assert.match(skippedReason(summary, 'pointer.jsonl'), /Git LFS pointer.*git lfs pull/);
      assert.match(skippedReason(summary, 'page.json'), /web page.*download the file again/);
      assert.match(skippedReason(summary, 'wide.csv'), /20,000 columns, at most 16,384 are read/);
      assert.match(skippedReason(summary, 'wider.csv'), /first line is no JSON, and longer than the header of a table/);
      assert.match(skippedReason(summary, 'deepObject.json'), /record 1 .*nested more than 500 deep/);
      assert.match(skippedReason(summary, 'nothing.json'), /object with nothing in it/);
      assert.deepEqual([summary.runs.length, summary.skipped.length], [1, 13]);
    }));

  it('a header without rows is an empty run with a warning', () =>
    withWorkspace(async (workspace) => {
      const columns = ['ID', 'Question', 'Question_Type', 'Predicted Answer', 'Correct Answer', 'IsCorrect'];
      workspace.write('result_toy.csv', csvText([columns]));
      const run = onlyRun(await summaryOf([workspace.folder], workspace.cache));
      assert.deepEqual([run.rows, run.items, run.accuracy], [0, 0, null]);
      assert.match(run.warnings.join('\n'), /header but no rows/);
    }));

  it('links in circles, links to nothing and pipes neither hang nor crash', () =>
    withWorkspace(async (workspace) => {
      const at = (name: string): string => path.join(workspace.folder, name);
      mkdirSync(at('a/b'), { recursive: true });
      symlinkSync('../..', at('a/b/up'));
      symlinkSync('two.jsonl', at('one.jsonl'));
      symlinkSync('one.jsonl', at('two.jsonl'));
      symlinkSync('nowhere', at('dangling.jsonl'));
      const hasPipe = process.platform !== 'win32' && spawnSync('mkfifo', [at('pipe.jsonl')]).status === 0;
      const summary = await beside(workspace);
      assert.match(skippedReason(summary, 'a/b/up'), /already read/);
      assert.match(skippedReason(summary, 'one.jsonl'), /leads back to itself/);
      assert.match(skippedReason(summary, 'two.jsonl'), /leads back to itself/);
      assert.match(skippedReason(summary, 'dangling.jsonl'), /link to nothing/);
      if (hasPipe) assert.match(skippedReason(summary, 'pipe.jsonl'), /not a regular file/);
      assert.equal(summary.runs.length, 1);
    }));

  it('a file that may not be read is skipped with the reason', function () {
    // The superuser reads everything.
    if (process.getuid === undefined || process.getuid() === 0) this.skip();
    return withWorkspace(async (workspace) => {
      chmodSync(workspace.write('secret.jsonl', jsonLines([record(1)])), 0);
      const locked = path.join(workspace.folder, 'locked');
      mkdirSync(locked, { mode: 0 });
      try {
        const summary = await beside(workspace);
        assert.match(skippedReason(summary, 'secret.jsonl'), /EACCES|permission/);
        assert.match(skippedReason(summary, 'locked'), /EACCES|permission/);
      } finally {
        chmodSync(locked, 0o700);
      }
    });
  });

  describe('exit codes', () => {
    it('1 for a folder without predictions, with the reason for every file', () =>
      withWorkspace(async (workspace) => {
        const empty = await runCli(['summary', workspace.folder, '--cache', workspace.cache]);
        assert.deepEqual([empty.code, empty.stdout], [1, '']);
        assert.match(empty.stderr, /No prediction files were found/);
        workspace.write('notes.txt', 'Nothing.\n');
        const notes = await runCli(['summary', workspace.folder, '--cache', workspace.cache]);
        assert.deepEqual([notes.code, notes.stdout], [1, '']);
        assert.match(notes.stderr, /skipped notes\.txt: /);
      }));

    const folder = 'test/fixtures/room';
    const WRONG: readonly (readonly [what: string, args: readonly string[], says: RegExp])[] = [
      ['no command', [], /^$/],
      ['an unknown command', ['sumary'], /no command "sumary"/],
      ['an unknown option', ['summary', folder, '--colour'], /--colour/],
      ['a missing value', ['summary', folder, '--lens'], /--lens/],
      ['no path', ['summary'], /No PATH given/],
      ['a path that does not exist', ['summary', 'no/such/folder'], /no.such.folder does not exist/],
      ['an unknown format', ['summary', folder, '--format', 'yaml'], /--format takes json, table, csv, md/],
      ['a number that is none', ['errors', folder, '--limit', 'many'], /--limit takes a whole number/],
      ['a condition that is none', ['errors', folder, '--where', 'frame'], /--where takes FIELD=VALUE/],
      ['item without an item', ['item', folder, '--run', 'synthetic-baseline.csv'], /--item is missing/],
      [
        'compare without runs',
        ['compare', folder, '--base', 'synthetic-baseline.csv'],
        /needs --base RUN and --new RUN/,
      ],
      ['export without a file', ['export', folder, '--to', 'csv'], /--out is missing/],
      ['an unknown export', ['export', folder, '--to', 'docx', '--out', 'x'], /--to takes csv/],
      ['a shard that is none', ['index', folder, '--out', 'x', '--shard', '4/4'], /--shard takes I\/N/],
    ];
    for (const [what, args, says] of WRONG) {
      it(`2 for ${what}`, () =>
        withWorkspace(async (workspace) => {
          const result = await runCli([...args], { env: { FLIPSIDE_CACHE: workspace.cache } });
          assert.equal(result.code, 2, result.stderr);
          assert.match(result.stderr.trim(), says);
          assert.doesNotMatch(result.stderr, /unexpectedly/);
        }));
    }

    it('2 for names that mean nothing, with the ones that do', () =>
      withWorkspace(async (workspace) => {
        workspace.write('good.jsonl', jsonLines([record(1), record(2)]));
        const cases: readonly (readonly [args: readonly string[], says: RegExp])[] = [
          [['summary', '--lens', 'mirror'], /mirror[\s\S]*axes/],
          [['summary', '--answers', 'guess'], /guess[\s\S]*viewspatial/],
          [['summary', '--run', 'bad.jsonl'], /No run has "bad\.jsonl" in its id or file[\s\S]*good\.jsonl/],
          [['summary', '--gold', 'no/such/gold.json'], /gold\.json does not exist/],
          [['compare', '--base', 'good.jsonl', '--new', 'bad.jsonl'], /No run has "bad\.jsonl"/],
        ];
        for (const [[command = '', ...rest], says] of cases) {
          const result = await runCli([command, workspace.folder, '--cache', workspace.cache, ...rest]);
          assert.equal(result.code, 2, `${rest.join(' ')}: ${result.stderr}`);
          assert.match(result.stderr, says);
          assert.equal(result.stdout, '');
        }
      }));

    it('1 for an item that the run does not have', () =>
      withWorkspace(async (workspace) => {
        workspace.write('good.jsonl', jsonLines([record(1)]));
        const result = await runCli(['item', workspace.folder, '--cache', workspace.cache, '--item', 'q77']);
        assert.deepEqual([result.code, result.stdout], [1, '']);
        assert.match(result.stderr, /has no item "q77"/);
      }));
  });

  it('terminal sequences in a file reach neither stdout nor stderr', function () {
    this.timeout(2 * PATIENCE_MS);
    return withWorkspace(async (workspace) => {
      const evil = '\u001b[31mred\u001b]0;title\u0007 \u009b2J \u0085\u202e end';
      const bad = (id: number): object =>
        record(id, {
          question: `Where is it? ${evil}`,
          options: [`left ${evil}`, 'right'],
          answer: 'right',
          prediction: `A. left ${evil}`,
          task: `side ${evil}`,
          [`extra ${evil}`]: evil,
        });
      workspace.write('evil\u001b[1m.jsonl', jsonLines([bad(1), bad(2)]));
      workspace.write('other.jsonl', jsonLines([bad(1), bad(3)]));
      workspace.write('skipped\u001b[1m.txt', evil);
      const run = ['--run', 'other.jsonl'];
      const commands: readonly (readonly string[])[] = [
        ['summary', workspace.folder, '--by', 'task'],
        ['errors', workspace.folder],
        ['item', workspace.folder, ...run, '--item', 'q1'],
        ['compare', workspace.folder, '--base', 'other.jsonl', '--new', '1m.jsonl'],
      ];
      for (const command of commands) {
        for (const format of ['table', 'csv', 'md', 'json']) {
          const result = await runCli([...command, '--cache', workspace.cache, '--format', format]);
          assert.equal(result.code, 0, result.stderr);
          assert.ok(result.stdout.length > 0);
          const controls = /[^\P{Cc}\t\n\r]/u;
          assert.doesNotMatch(result.stdout, controls, `${command[0]} --format ${format}`);
          assert.doesNotMatch(result.stderr, controls, `${command[0]} --format ${format}: stderr`);
          if (format === 'json') assert.doesNotThrow(() => result.json());
        }
      }
      const { errors } = await jsonOf<{ errors: ItemRecord[] }>([
        ...['errors', workspace.folder, '--cache', workspace.cache, ...run],
      ]);
      assert.equal(errors[0]?.question, `Where is it? ${evil}`);
    });
  });
});
