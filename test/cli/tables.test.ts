import assert from 'node:assert/strict';
import type { ShareSearch, Treatment } from '../../src/core/analysis.js';
import { FIELDS } from '../../src/core/store/filters.js';
import { jsonLines, jsonOf, runCli, withWorkspace, type Workspace } from '../support/cli.js';
import { PATIENCE_MS } from './trapSupport.js';

const SIDES = ['left', 'right', 'above', 'below'];

/** Question n of which the answer is "left", with the model's answer and what else its record states. */
function asked(n: number, answer: string, more: object = {}): object {
  const question = `In the picture that the camera took, where is cup ${n} as seen from the blue box?`;
  return { id: `q${n}`, question, options: SIDES, answer: 'left', prediction: answer, ...more };
}

const answers = (...given: string[]): string => jsonLines(given.map((each, at) => asked(at + 1, each)));

/** stdout of a command in a workspace, as a table of 120 columns, without its line ends' blanks. */
async function tableOf(workspace: Workspace, command: string, ...more: string[]): Promise<string> {
  const args = [command, workspace.folder, '--cache', workspace.cache, '--format', 'table', ...more];
  const result = await runCli(args);
  assert.equal(result.code, 0, result.stderr);
  return result.stdout;
}

/** A table's text without the ends of its lines. */
const flat = (table: string): string => table.replaceAll(/\s+/g, ' ');

describe('tables, through the command line', function () {
  this.timeout(PATIENCE_MS);

  it('summary lays runs and classes side by side, each rate with its denominator', () =>
    withWorkspace(async (workspace) => {
      workspace.write('a.jsonl', answers('right', 'right', 'above', 'left'));
      workspace.write('b.jsonl', answers('left', 'right', 'left', 'left', ''));
      const table = await tableOf(workspace, 'summary');
      const [, part = ''] = table.split('Errors by class and run, lens axes v1\n');
      const lines = part.split('\n').slice(0, 3);
      assert.deepEqual(
        lines.map((line) => line.trim().split(/ {2,}/)),
        [
          ['run', 'horizontal-flip', 'orthogonal', 'unread'],
          ['a.jsonl', '2, 50.0 % of 4', '1, 25.0 % of 4', '0'],
          ['b.jsonl', '1, 20.0 % of 5', '0, 0.0 % of 5', '1'],
        ],
      );
      assert.match(part, /their rate: eligible errors of the class out of the items, right or wrong, that offer it/);
      assert.match(flat(table), /3 eligible errors had picked blindly among the wrong options; each had two or more/);
      assert.match(flat(table), /if the 1 eligible error had/);
      for (const line of table.split('\n')) assert.ok(line.length <= 120, line);
      const alone = await tableOf(workspace, 'summary', '--run', 'a.jsonl');
      assert.doesNotMatch(alone, /Errors by class and run/, 'one run is in its own table');
    }));

  it('summary names the flips that drift, and errors that had no choice', () =>
    withWorkspace(async (workspace) => {
      const two = { options: ['front-left', 'front-right'], answer: 'front-left' };
      const many = { options: ['front-left', 'right', 'front-right', 'back'], answer: 'front-left' };
      workspace.write('a.jsonl', jsonLines([asked(1, 'front-right', two), asked(2, 'right', many)]));
      const table = await tableOf(workspace, 'summary');
      assert.match(table, /class +errors +pure \/ drift +expected/);
      assert.match(table, /horizontal-flip +2 +1 \/ 1 /);
      assert.match(flat(table), /; 1 of them had a single wrong option/);
    }));

  it('errors show the fields that were asked for, and no run where there is one', () =>
    withWorkspace(async (workspace) => {
      const more = (level: number): object => ({ confidence: level / 10, note: { level } });
      workspace.write('a.jsonl', jsonLines([asked(1, 'right', more(3)), asked(2, 'above', more(7))]));
      const table = await tableOf(workspace, 'errors', '--where', 'note.level>1', '--sort=-confidence');
      const [title, header, first = ''] = table.split('\n');
      assert.equal(title, 'Rows 1 to 2 of 2 in a.jsonl, lens axes v1');
      assert.match(header ?? '', /^item +class +note\.level +confidence +gold +predicted +task +question$/);
      assert.deepEqual(first.split(/ {2,}/).slice(0, 6), ['q2', 'orthogonal', '7', '0.7', 'left', 'above']);
      assert.match(first, /In the picture .* blue box\?$/);
      const csv = await runCli(['errors', workspace.folder, '--cache', workspace.cache, '--format', 'csv']);
      assert.match(csv.stdout, /^run,item,class,gold,predicted,task,question\r\na\.jsonl,q1,/);
      workspace.write('b.jsonl', answers('right', 'below'));
      const both = await tableOf(workspace, 'errors');
      assert.match(both, /^run +item +class/m);
      assert.match(both, /^b\.jsonl +q2 +orthogonal/m);
      assert.match(await tableOf(workspace, 'errors', '--run', 'b.jsonl'), /in b\.jsonl, lens[^\n]*\nitem/);
    }));

  it('errors show every field of a row that --where or --sort can name', () =>
    withWorkspace(async (workspace) => {
      workspace.write('a.jsonl', jsonLines([asked(1, 'right', { sample: 1 }), asked(2, 'gone', { sample: 2 })]));
      const shown = async (...args: string[]): Promise<string[]> => {
        const { stdout } = await runCli([...['errors', workspace.folder, '--cache', workspace.cache, ...args]]);
        return stdout.trim().split('\r\n');
      };
      const csv = ['--format', 'csv'];
      const [header, first] = await shown('--where', 'axis=lateral', '--where', 'outcome=wrong', ...csv);
      assert.equal(header, 'run,item,class,axis,outcome,gold,predicted,task,question');
      assert.match(first ?? '', /^a\.jsonl,q1#1,horizontal-flip,lateral,wrong,left,right,/);
      const { errors } = await jsonOf<{ errors: Record<string, unknown>[] }>([
        ...['errors', workspace.folder, '--cache', workspace.cache, '--where', 'outcome=unanswered'],
      ]);
      assert.deepEqual(
        errors.map(({ item, outcome }) => [item, outcome]),
        [['q2#2', 'unanswered']],
      );
      const every = await shown('--sort=row', ...[...FIELDS.keys()].map((field) => `--sort=${field}`), ...csv);
      assert.equal(every.length, 3, every.join('\n'));
      const columns = (every[0] ?? '').split(',');
      for (const field of FIELDS.keys()) assert.ok(columns.includes(field), field);
      const valueOf = (name: string): string => (every[1] ?? '').split(',')[columns.indexOf(name)] ?? '';
      assert.deepEqual([valueOf('row'), valueOf('sample'), valueOf('axis')], ['1', '1', 'lateral']);
    }));

  it('an empty page of errors says why it is empty', () =>
    withWorkspace(async (workspace) => {
      workspace.write('a.jsonl', answers('right', 'left'));
      assert.match(await tableOf(workspace, 'errors', '--search', 'dragon'), /\nNo wrong answers match\.\n/);
      assert.match(await tableOf(workspace, 'errors', '--all', '--search', 'dragon'), /\nNo rows match\.\n/);
      assert.match(await tableOf(workspace, 'errors', '--offset', '5'), /\n--offset 5 passes over all 1 of them\.\n/);
    }));

  it('compare takes each run once, and none against itself', () =>
    withWorkspace(async (workspace) => {
      workspace.write('a.jsonl', answers('left', 'right', 'above', 'left', 'left', 'right'));
      workspace.write('b.jsonl', answers('left', 'left', 'left', 'left', 'left', 'left'));
      const twice = await tableOf(workspace, 'compare', '--base', 'a.jsonl', '--new', 'b.jsonl', 'b.jsonl');
      assert.match(twice, /Holm of 1\n/);
      const args = ['compare', workspace.folder, '--cache', workspace.cache, '--base', 'a.jsonl'];
      const itself = await runCli([...args, '--new', 'b.jsonl', 'a.jsonl']);
      assert.equal(itself.code, 2);
      assert.match(itself.stderr, /--new a\.jsonl is the base itself/);
    }));

  it('compare says what became of a target, and that runs share nothing', () =>
    withWorkspace(async (workspace) => {
      const task = (...given: string[]): string =>
        jsonLines(given.map((each, at) => asked(at + 1, each, { task: ['aimed', 'other'][at % 2] })));
      workspace.write('a.jsonl', task('right', 'right', 'left', 'right'));
      workspace.write('b.jsonl', task('left', 'right', 'left', 'right'));
      workspace.write('foreign.jsonl', jsonLines([asked(9, 'left', { id: 'other', answer: 'above' })]));
      const rose = ['--base', 'a.jsonl', '--new', 'b.jsonl', '--target', 'aimed'];
      assert.match(
        flat(await tableOf(workspace, 'compare', ...rose)),
        /While aimed rose by 50\.0 points \(no more than chance may do\), no other task fell\./,
      );
      const fell = ['--base', 'b.jsonl', '--new', 'a.jsonl', 'foreign.jsonl', '--target', 'aimed'];
      const told = flat(await tableOf(workspace, 'compare', ...fell));
      assert.match(told, /aimed did not rise \(−50\.0 points\): nothing counts as given up for it\./);
      assert.match(told, /aimed is no task of the joined items/);
      assert.match(told, /No item is in both runs \(base 4, new 1\): there is nothing to compare\./);
      assert.match(told, /Holm of 1 /, 'what shares nothing is no test');
    }));

  it('compare counts every class on the joined items, and says how many rows there were', () =>
    withWorkspace(async (workspace) => {
      workspace.write('a.jsonl', answers('right', 'right', 'above', 'left', 'right'));
      workspace.write('b.jsonl', answers('left', 'right', 'above', 'below'));
      const runs = ['--base', 'a.jsonl', '--new', 'b.jsonl'];
      const { treatments } = await jsonOf<{ treatments: Treatment[] }>([
        ...['compare', workspace.folder, '--cache', workspace.cache, ...runs],
      ]);
      const [found] = treatments;
      assert.deepEqual([found?.joined.total, found?.baseRows, found?.newRows], [4, 5, 4]);
      assert.deepEqual(Object.entries(found?.classes ?? {}), [
        [
          'horizontal-flip',
          { base: 2, new: 1, difference: -1, of: 4, baseRate: 0.5, newRate: 0.25, rateDifference: -0.25 },
        ],
        ['orthogonal', { base: 1, new: 2, difference: 1, of: 4, baseRate: 0.25, newRate: 0.5, rateDifference: 0.25 }],
      ]);
      const table = await tableOf(workspace, 'compare', ...runs);
      assert.match(table, /joined +base rows +new rows/);
      assert.match(table, /horizontal-flip +2 \(50\.0 %\) +1 \(25\.0 %\) +−1 +−25\.0 points/);
      assert.match(table, /Rates are out of the 4 joined items with gold on both sides\./);
      assert.match(table, /difference +rate difference$/m);
      assert.doesNotMatch(table, /by task/, 'no heading over nothing');
      const tasks = answers('left').replaceAll('"id"', '"task":"side","id"');
      workspace.write('a.jsonl', tasks);
      workspace.write('b.jsonl', `${tasks} \n`);
      assert.match(await tableOf(workspace, 'compare', ...runs), /b\.jsonl: by task\ntask/);
    }));

  it('find-share lists the items on which lenses differ in the order of the file', () =>
    withWorkspace(async (workspace) => {
      const corners = { options: ['front-left', 'back-right', 'front-right', 'back'], answer: 'front-left' };
      const flips = Array.from({ length: 3000 }, (_, at) =>
        asked(at + 1, corners.options[1 + (at % 2)] ?? '', corners),
      );
      workspace.write('a.jsonl', jsonLines(flips));
      const found = await jsonOf<ShareSearch>([
        ...['summary', workspace.folder, '--cache', workspace.cache],
        ...['--find-share', '1', '--class', 'horizontal-flip'],
      ]);
      const listed = found.differences.flatMap((each) => [each.onlyNearest, each.onlyOther]);
      const inOrder = flips.map((_, at) => `q${at + 1}`);
      assert.ok(
        listed.some((items) => items.length > 1),
        'the lenses differ',
      );
      for (const items of listed)
        assert.deepEqual(
          items,
          inOrder.filter((id) => items.includes(id)),
        );
    }));

  it('skipped files keep the whole reason', () =>
    withWorkspace(async (workspace) => {
      workspace.write('a.jsonl', answers('right'));
      workspace.write('some/rather/long/folder/for/a/broken/workbook/of/a/model/results.xlsx', 'PK\u0003\u0004broken');
      const table = await tableOf(workspace, 'summary');
      const { skipped } = await jsonOf<{ skipped: { file: string; reason: string }[] }>([
        ...['summary', workspace.folder, '--cache', workspace.cache],
      ]);
      const flat = table.replaceAll(/\s+/g, '');
      assert.equal(skipped.length, 1);
      for (const { file, reason } of skipped) {
        assert.ok(flat.includes(reason.replaceAll(/\s+/g, '')), `${reason}\n${table}`);
        assert.ok(flat.includes(file), file);
      }
    }));

  it('index warns of a part without files, and of shards that are out of date', () =>
    withWorkspace(async (workspace) => {
      const out = `${workspace.cache}-out`;
      const index = async (...more: string[]) => {
        const args = ['index', workspace.folder, '--cache', workspace.cache, '--out', out, ...more];
        const result = await runCli([...args, '--format', 'json']);
        assert.equal(result.code, 0, result.stderr);
        return { said: result.stderr, ...result.json<{ shards: object[]; stale: object[]; warnings: string[] }>() };
      };
      workspace.write('a.jsonl', answers('right'));
      const parts = [await index('--shard', '0/2'), await index('--shard', '1/2')];
      const empty = parts.find((part) => part.shards.length === 0) ?? assert.fail('one file, two parts');
      assert.match(empty.said, /falls in shard [01]\/2: this task writes nothing/);
      assert.equal(parts.filter((part) => part.warnings.length > 0).length, 1);
      workspace.write('a.jsonl', answers('right', 'above'));
      const again = await index();
      assert.deepEqual([again.shards.length, again.stale.length], [1, 1]);
      assert.match(again.said, /1 shard in the folder is out of date \(1 row\)/);
    }));

  it('index says of what it wrote nothing, and why', () =>
    withWorkspace(async (workspace) => {
      workspace.write('a.jsonl', answers('right'));
      const file = workspace.write('notes.txt', 'Nothing.\n');
      const args = ['index', workspace.folder, '--cache', workspace.cache, '--out', `${workspace.cache}-out`];
      const found = await jsonOf<{ shards: object[]; skipped: { file: string; reason: string }[] }>(args);
      assert.deepEqual([found.shards.length, found.skipped.map((each) => each.file)], [1, [file]]);
      const shown = flat((await runCli([...args, '--format', 'table'])).stdout);
      assert.match(shown, /Skipped .*notes\.txt text without records/);
    }));

  it('mapping says who reads the file already', () =>
    withWorkspace(async (workspace) => {
      const said = async (file: string): Promise<string> => {
        const result = await runCli(['mapping', file, '--format', 'json']);
        assert.equal(result.code, 0, result.stderr);
        assert.ok(!result.stdout.includes('read already'));
        return result.stderr;
      };
      const file = workspace.write('a.jsonl', answers('right'));
      assert.match(await said(file), /read already, with these roles/);
      const shown = await runCli(['mapping', file, '--format', 'table']);
      assert.match(
        flat(shown.stdout),
        /mkdir -p \.flipside\/formats && flipside mapping \S+ --format json > \.flipside\/formats\/a\.json/,
      );
      const pope = { question_id: 1, image: 'a.jpg', text: 'Is there a cup in the image?', label: 'yes' };
      assert.match(
        await said(workspace.write('p.json', jsonLines([pope, { ...pope, question_id: 2 }]))),
        /read already as "POPE questions" \(pope\)/,
      );
    }));
});
