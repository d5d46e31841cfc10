import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { outcomeOf, type Analysis } from '../../src/core/analysis.js';
import type { ItemRecord } from '../../src/core/model.js';
import type { MappingDraft, MappingPlace, MappingPreview, MappingSubject } from '../../src/protocol/mapping.js';
import { mappingPreview, mappingSubject } from '../../src/server/mapping.js';
import { Session } from '../../src/server/session.js';
import { ROLE_NAMES } from '../../src/core/formats/roles.js';
import { ALL_ROLES } from '../../src/webviews/mapping/roles.js';
import { reopen } from '../core/analysis/support.js';
import { csvText, jsonLines, withWorkspace, type Workspace } from '../support/cli.js';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
const HEADER = ['question', 'answer', 'first_output', 'second_output'];
const UNDECIDED = csvText([
  HEADER,
  ['Where is the cup?', 'left', 'left', 'right'],
  ['Where is the pan?', 'right', 'left', 'right'],
  ['Where is the lid?', 'left', 'right', 'left'],
]);

function placeOf(workspace: Workspace, file: string): MappingPlace {
  return { file, folder: workspace.folder, paths: [workspace.folder], homes: [] };
}

function previewOf(place: MappingPlace, draft: MappingDraft, signal = new AbortController().signal) {
  return mappingPreview({ ...place, draft, lens: 'axes', answers: 'default' }, signal);
}

function withRoles(draft: MappingDraft, roles: Readonly<Record<string, readonly string[]>>): MappingDraft {
  return { ...draft, roles: { ...draft.roles, ...roles } };
}

function columnsOf({ columns }: MappingSubject): string[] {
  return columns.map(({ name }) => name);
}

describe('the first rows of a file, and what is inferred of them', () => {
  it('are there for a file that could not be decided, with what is open in words', async () => {
    await withWorkspace(async (workspace) => {
      const subject = await mappingSubject(placeOf(workspace, workspace.write('runs/a.csv', UNDECIDED)));
      assert.deepEqual(columnsOf(subject), HEADER);
      assert.deepEqual(subject.columns[1]?.cells, ['left', 'right', 'left']);
      assert.ok(subject.isWhole && subject.rows === 3);
      assert.equal(subject.isDecided, false);
      assert.equal(subject.alreadyRead, null);
      assert.ok(subject.undecided.length > 0);
      assert.equal(subject.draft.match, 'runs/a.csv');
      assert.deepEqual(subject.draft.roles['question'], ['question']);
      assert.ok(subject.inferred.every(({ confidence, reason }) => confidence <= 1 && reason !== ''));
    });
  });

  it('say how a file is read already, and take the mapping that holds for it', async () => {
    await withWorkspace(async (workspace) => {
      const file = workspace.write('a.csv', UNDECIDED);
      const roles = { question: 'question', gold: 'answer', prediction: 'second_output' };
      const stated = workspace.write('.flipside/formats/b.json', JSON.stringify({ version: 1, match: '*.csv', roles }));
      const subject = await mappingSubject(placeOf(workspace, file));
      assert.equal(subject.stated?.file, stated);
      assert.equal(subject.draft.match, '*.csv');
      assert.deepEqual(subject.draft.roles['prediction'], ['second_output']);
      const known = path.join(workspace.folder, 'known.csv');
      copyFileSync(path.join(root, 'test/fixtures/room/results/synthetic-boxes/result_synthetic-boxes.csv'), known);
      const read = await mappingSubject({ ...placeOf(workspace, known), paths: [] });
      assert.match(read.alreadyRead ?? '', /^known\.csv is read already as/);
    });
  });

  it('reach into objects, cut long cells, and keep wide tables small', async () => {
    await withWorkspace(async (workspace) => {
      const nested = path.join(root, 'test/fixtures/plain/v1/nested.jsonl');
      const { columns } = await mappingSubject({ file: nested, folder: root, paths: [], homes: [] });
      assert.ok(
        columns.some(({ name }) => name === 'doc.question'),
        columns.map(({ name }) => name).join(),
      );
      const long = jsonLines([1, 2].map((id) => ({ id, question: `Where ${'x'.repeat(1 << 20)}?`, gold: 'A' })));
      const cut = await mappingSubject(placeOf(workspace, workspace.write('long.jsonl', long)));
      assert.ok(JSON.stringify(cut).length < 10_000);
      const names = Array.from({ length: 5000 }, (_, index) => `feature ${index} ${'n'.repeat(20)}`);
      const rows = Array.from({ length: 30 }, (_, row) => names.map((_name, at) => row * at));
      const wide = await mappingSubject(placeOf(workspace, workspace.write('wide.csv', csvText([names, ...rows]))));
      assert.equal(wide.columns.length, 5000);
      assert.equal(wide.rows, 5);
    });
  });

  it('fail with a sentence for what has none', async () => {
    await withWorkspace(async (workspace) => {
      const fails = (file: string, words: RegExp): Promise<void> =>
        assert.rejects(mappingSubject(placeOf(workspace, file)), { name: 'FlipsideError', message: words });
      await fails(workspace.write('empty.csv', ''), /^empty\.csv is empty/);
      await fails(workspace.write('notes.txt', 'Nothing to see\nhere.\n'), /no columns to map/);
      await fails(path.join(workspace.folder, 'gone.csv'), /gone\.csv/);
      mkdirSync(path.join(workspace.folder, 'folder.csv'));
      await fails(path.join(workspace.folder, 'folder.csv'), /folder\.csv/);
    });
  });
});

/** The items of a file as indexing with the mapping makes them. */
async function indexed(
  workspace: Workspace,
  file: string,
  { text, read, left }: MappingPreview,
): Promise<ItemRecord[]> {
  workspace.write('.flipside/formats/mine.json', text);
  const records: ItemRecord[] = [];
  await reopen(workspace, async (analysis: Analysis) => {
    const run = analysis.runs.find((each) => path.resolve(each.file) === file);
    assert.ok(run !== undefined, `not read: ${JSON.stringify(analysis.found().skipped)}`);
    for (let row = 1; row <= read + left + 1; row++) {
      const found = await analysis.itemAt(run.id, row);
      if (found !== null) records.push(found.item.record);
    }
  });
  return records;
}

/** That a preview shows, row by row, what indexing with its text really gives. */
async function assertIsWhatIndexingGives(workspace: Workspace, file: string, preview: MappingPreview): Promise<void> {
  const records = await indexed(workspace, file, preview);
  assert.equal(preview.read, records.length);
  const shown = preview.rows.map(({ row, question, options, gold, predicted, outcome, class: name, images }) => {
    return { row, question, options, gold, predicted, outcome, name, images };
  });
  const given = records.slice(0, preview.rows.length).map((record) => ({
    ...{ row: record.row, question: record.question, gold: record.gold, predicted: record.predicted },
    options: record.options.map(({ label, text }) => (label === null ? text : `${label}. ${text}`)),
    ...{ outcome: outcomeOf(record), name: record.class, images: record.images },
  }));
  assert.deepEqual(shown, given);
}

describe('the first records under a mapping', () => {
  it('are what indexing with that mapping gives: a table that could not be decided', async () => {
    await withWorkspace(async (workspace) => {
      const file = workspace.write('a.csv', UNDECIDED);
      const place = placeOf(workspace, file);
      const { draft } = await mappingSubject(place);
      const first = await previewOf(place, withRoles(draft, { gold: ['answer'], prediction: ['first_output'] }));
      assert.deepEqual(first.outcomes, { right: 1, wrong: 2, unanswered: 0, 'no gold': 0 });
      const second = await previewOf(place, withRoles(draft, { gold: ['answer'], prediction: ['second_output'] }));
      assert.deepEqual(second.outcomes, { right: 2, wrong: 1, unanswered: 0, 'no gold': 0 });
      assert.ok(second.isRun && second.isWhole && second.left === 0);
      await assertIsWhatIndexingGives(workspace, file, second);
    });
  });

  it('the same for nested records, positions of options, images and names that are odd', async () => {
    await withWorkspace(async (workspace) => {
      const records = [0, 1, 2, 3].map((index) => ({
        ...{
          'a.b': `item ${index}`,
          שאלה: `Where is cup ${index}?`,
          doc: { list: ['left', 'right'], right: index % 2 },
        },
        ...{
          said: index === 3 ? 'nothing' : index === 0 ? '1' : '0',
          left_view: `l${index}.png`,
          right_view: `r${index}.png`,
        },
      }));
      const file = workspace.write('deep/er/odd.jsonl', jsonLines(records));
      const place = placeOf(workspace, file);
      const draft: MappingDraft = {
        ...{ match: 'er/odd.jsonl', kind: null, base: 0, convention: 'toward-viewer', model: ' m ', dataset: '' },
        roles: {
          ...{ id: ['a.b'], question: ['שאלה'], options: ['doc.list'], gold: ['doc.right'], prediction: ['said'] },
          ...{ image: ['left_view', 'right_view'], task: [] },
        },
      };
      const preview = await previewOf(place, draft);
      assert.deepEqual(preview.rows[0]?.images, ['l0.png', 'r0.png']);
      assert.equal(preview.rows[0]?.id, 'item 0');
      assert.equal(preview.rows[0]?.class, 'horizontal-flip');
      assert.ok(
        preview.rows[3]?.problems.some((each) => /answer/.test(each)),
        JSON.stringify(preview.rows[3]),
      );
      assert.deepEqual(Object.keys(JSON.parse(preview.text) as object), [
        ...['$schema', 'version', 'match', 'roles', 'base', 'convention', 'model'],
      ]);
      await assertIsWhatIndexingGives(workspace, file, preview);
    });
  });

  it('the same for Parquet, for one JSON object of records, and for a table with options in columns', async () => {
    const files: readonly (readonly [string, Readonly<Record<string, readonly string[]>>])[] = [
      ['tables/v1/predictions.parquet', {}],
      ['plain/v1/wrapped.json', {}],
      ['plain/v1/letter-columns.csv', {}],
      ['plain/v1/semicolon-options.csv', {}],
      ['plain/v1/raw-and-parsed.tsv', {}],
    ];
    for (const [fixture, roles] of files) {
      await withWorkspace(async (workspace) => {
        const file = path.join(workspace.folder, path.basename(fixture));
        copyFileSync(path.join(root, 'test/fixtures', fixture), file);
        const place = placeOf(workspace, file);
        const { draft } = await mappingSubject(place);
        const preview = await previewOf(place, withRoles(draft, roles));
        assert.ok(preview.read > 0, fixture);
        if (preview.isRun) await assertIsWhatIndexingGives(workspace, file, preview);
      });
    }
  });

  it('count records that are left out, with the reason, and stop early in a large file', async () => {
    await withWorkspace(async (workspace) => {
      const good = jsonLines([{ q: 'Where is it?', right: 'left', said: 'left' }]);
      const file = workspace.write('broken.jsonl', `${good}{"q": \n${good}`);
      const draft: MappingDraft = {
        ...{ match: '*.jsonl', kind: null, base: null, convention: null, model: null, dataset: null },
        roles: { question: ['q'], gold: ['right'], prediction: ['said'] },
      };
      const broken = await previewOf(placeOf(workspace, file), draft);
      assert.deepEqual([broken.read, broken.left], [2, 1]);
      assert.equal(broken.dropped[0]?.row, 2);
      const long = workspace.write('long.jsonl', good.repeat(200_000));
      const head = await previewOf(placeOf(workspace, long), draft);
      assert.equal(head.read, 200);
      assert.equal(head.isWhole, false);
    });
  });

  it('fail with a sentence where the mapping is none, does not fit, or is not for the file', async () => {
    await withWorkspace(async (workspace) => {
      const place = placeOf(workspace, workspace.write('a.csv', UNDECIDED));
      const { draft } = await mappingSubject(place);
      const roles = { question: ['question'], gold: ['answer'], prediction: ['first_output'] };
      const fails = (change: Partial<MappingDraft>, words: RegExp): Promise<void> =>
        assert.rejects(previewOf(place, { ...draft, roles, ...change }), { name: 'FlipsideError', message: words });
      await fails({ roles: { question: ['question'] } }, /names no answers/);
      await fails({ roles: { gold: ['answer'], prediction: ['answer'] } }, /'answer' for two of/);
      await fails({ roles: { ...roles, prediction: ['no such'] } }, /'no such'.*columns are 'question'/);
      await fails({ match: '*.json' }, /"\*\.json" does not match a\.csv/);
      await fails({ match: ' ' }, /'match' must be a text/);
      const gone = { ...place, file: path.join(workspace.folder, 'b.csv') };
      await assert.rejects(previewOf(gone, { ...draft, roles, match: '*.csv' }), { name: 'FlipsideError' });
      const aborted = AbortSignal.abort();
      await assert.rejects(previewOf(place, { ...draft, roles }, aborted), { name: 'AbortError' });
    });
  });

  it('say that a file without answers holds questions', async () => {
    await withWorkspace(async (workspace) => {
      const place = placeOf(workspace, workspace.write('a.csv', UNDECIDED));
      const { draft } = await mappingSubject(place);
      const preview = await previewOf(place, { ...draft, roles: { question: ['question'], gold: ['answer'] } });
      assert.equal(preview.isRun, false);
      assert.ok(preview.rows.every(({ outcome, class: name }) => outcome === null && name === null));
    });
  });
});

it('the analysis process answers both with nothing open', async () => {
  await withWorkspace(async (workspace) => {
    const place = placeOf(workspace, workspace.write('a.csv', UNDECIDED));
    const session = new Session(() => undefined).methods();
    const { draft } = await session.mapping(place);
    const given = { ...place, draft, lens: 'axes', answers: 'default' };
    assert.equal((await session.previewMapping(given, new AbortController().signal)).read, 3);
  });
});

it('the page has words for every role that a mapping knows', () => {
  assert.deepEqual(ALL_ROLES.map(({ role }) => role).sort(), [...ROLE_NAMES].sort());
});
