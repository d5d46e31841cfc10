import assert from 'node:assert/strict';
import { cpSync, existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Analysis, type AppliedPatch, type PatchItem, type Summary } from '../../src/core/analysis.js';
import { AnnotationStore } from '../../src/core/annotations/annotationStore.js';
import type { Marks } from '../../src/core/annotations/events.js';
import type { Json, JsonObject } from '../../src/core/model.js';
import { jsonOf, runCli, runEnding, skippedReason, withWorkspace, type Workspace } from '../support/cli.js';
import { PATIENCE_MS } from './trapSupport.js';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const HEAD = 'id,image,question,options,answer,prediction';
const OPTIONS = '"[""left"", ""right"", ""front"", ""behind""]"';

interface RelabelJson {
  readonly counts: Readonly<Record<string, number>>;
  readonly relabels: readonly {
    readonly item: string;
    readonly from: string | null;
    readonly to: string | null;
    readonly state: string;
    readonly leftOut: string | null;
    readonly by: readonly string[];
    readonly notes: readonly string[];
    readonly predictions: readonly { readonly run: string; readonly count: number }[];
  }[];
  readonly patch: { readonly file: string; readonly items: number } | null;
  readonly corrected: { readonly predictions: number; readonly problems: readonly unknown[] };
  readonly without: Summary;
  readonly with: Summary;
  readonly problems: readonly { readonly line: number | null; readonly reason: string }[];
}

/** A run of a file: predictions of items by their ids. The right answer is left. */
function run(predictions: Readonly<Record<string, string>>): string {
  const rows = Object.entries(predictions).map(
    ([id, prediction]) => `${id},${id}.png,Where is the ${id}?,${OPTIONS},left,${prediction}`,
  );
  return `${[HEAD, ...rows].join('\n')}\n`;
}

/** What somebody says of a row, or judges between those who said something: [who, the run's file, the row, what]. */
type Said = readonly [by: string, run: string, row: number, set: Marks, judges?: true];

/** Says things as the editor would: into the folder's annotations. */
async function say(workspace: Workspace, all: readonly Said[]): Promise<void> {
  const store = new AnnotationStore([workspace.folder]);
  const options = { cacheDir: workspace.cache, homes: [workspace.folder], annotations: store };
  const analysis = await Analysis.open([workspace.folder], options);
  try {
    await analysis.annotate();
    for (const [at, [by, file, row, set, judges]] of all.entries()) {
      const [judged] = await analysis.annotated.judged([{ run: analysis.runId(file), row }], () => null);
      assert.ok(judged);
      const adjudicates = judges === true ? ['e1'] : null;
      const event = {
        id: `e${at + 1}`,
        at: '2026-11-30T08:00:00.000Z',
        order: at + 1,
        by,
        scheme: 1,
        set,
        undoes: null,
      };
      await store.add([{ ...event, item: judged.item, content: judged.content, adjudicates }]);
    }
  } finally {
    analysis.close();
    await store.close();
  }
}

/** Two runs, of which annotators hold five right answers to be wrong. */
async function annotated(workspace: Workspace): Promise<void> {
  workspace.write('one.csv', run({ cup: 'right', dog: 'right', jar: 'front', ant: 'behind', pot: 'left' }));
  workspace.write('two.csv', run({ dog: 'left', cup: 'left', ant: 'right' }));
  workspace.write('gone.csv', run({ bee: 'right' }));
  await say(workspace, [
    ['ada', 'one.csv', 1, { gold: 'right', note: 'it is on the other side' }],
    ['ada', 'one.csv', 2, { gold: 'behind' }],
    ['ada', 'one.csv', 3, { label: 'gold-wrong' }],
    ['bob', 'one.csv', 4, { gold: 'behind' }],
    ['bob', 'gone.csv', 1, { gold: 'right' }],
    ['cyn', 'one.csv', 1, { gold: 'right' }, true],
    ['cyn', 'one.csv', 2, { label: 'horizontal-flip' }, true],
  ]);
  rmSync(path.join(workspace.folder, 'gone.csv'));
}

function relabelled(workspace: Workspace, ...more: string[]): Promise<RelabelJson> {
  return jsonOf<RelabelJson>(['relabel', workspace.folder, '--cache', workspace.cache, ...more]);
}

/** A check against a JSON Schema of the few keywords that the schema of patches uses; the first fault, or null. */
function faultOf(value: Json | undefined, schema: JsonObject, place = ''): string | null {
  if ('const' in schema) return value === schema['const'] ? null : `${place}: const`;
  const types = [schema['type'] ?? []].flat() as string[];
  const type = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
  if (!types.includes(type)) return `${place}: ${type} is not ${types.join(' or ')}`;
  if (typeof value === 'string' && value.length < Number(schema['minLength'] ?? 0)) return `${place}: minLength`;
  if (Array.isArray(value)) {
    const faults = value.map((each, at) => faultOf(each, schema['items'] as JsonObject, `${place}/${at}`));
    return faults.find((each) => each !== null) ?? null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const properties = schema['properties'] as JsonObject;
  const missing = (schema['required'] as string[]).find((key) => !(key in value));
  if (missing !== undefined) return `${place}: ${missing} is missing`;
  for (const [key, each] of Object.entries(value)) {
    if (!(key in properties)) return `${place}: ${key} is unknown`;
    const fault = faultOf(each, properties[key] as JsonObject, `${place}/${key}`);
    if (fault !== null) return fault;
  }
  return null;
}

const SCHEMA = JSON.parse(readFileSync(path.join(ROOT, 'schemas/patch.schema.json'), 'utf8')) as JsonObject;

function patchIn(file: string): JsonObject[] {
  return readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as JsonObject);
}

/** A line of a patch for the synthetic room. */
function line(item: string, from: string, to: string, more: object = {}): string {
  return JSON.stringify({ v: 1, dataset: 'ViewSpatial-Bench', item, from, to, ...more });
}

describe('flipside relabel', function () {
  this.timeout(PATIENCE_MS);

  it('lists what is held to be wrong, with who says so and what became of it, and counts it', () =>
    withWorkspace(async (workspace) => {
      await annotated(workspace);
      const found = await relabelled(workspace);
      const { relabels, accepted = 0, rejected = 0, pending = 0, ...others } = found.counts;
      assert.deepEqual([relabels, accepted, rejected, pending], [5, 1, 1, 3]);
      assert.equal(relabels, accepted + rejected + pending);
      assert.deepEqual(others, { withoutCorrection: 1, notOpen: 1, counted: 1 });
      const byItem = Object.fromEntries(found.relabels.map((each) => [each.item, each]));
      const { cup, dog, jar, ant, bee } = byItem;
      assert.deepEqual([cup?.from, cup?.to, cup?.state, cup?.leftOut], ['left', 'right', 'accepted', null]);
      assert.deepEqual([cup?.by, cup?.notes], [['ada'], ['it is on the other side']]);
      assert.deepEqual(cup?.predictions, [
        { run: 'one.csv', count: 1 },
        { run: 'two.csv', count: 1 },
      ]);
      assert.deepEqual([dog?.state, dog?.leftOut], ['rejected', 'rejected']);
      assert.deepEqual([jar?.state, jar?.leftOut], ['not reviewed', 'names no correction']);
      assert.deepEqual([ant?.state, ant?.leftOut], ['not reviewed', 'not reviewed']);
      assert.deepEqual([bee?.from, bee?.leftOut], [null, 'none of its predictions is open']);
      const told = await runCli(['relabel', workspace.folder, '--cache', workspace.cache, '--format', 'md']);
      assert.match(told.stdout, /5 relabels: 1 accepted, 1 rejected, 3 not reviewed; 1 of them counts\./);
      assert.match(told.stdout, /1 of them names no correction: jar\./);
      assert.match(told.stdout, /1 of them has no prediction that is open: bee\./);
      assert.match(told.stdout, /\| right \| 1\/5 \| 2\/5 \| yes \|/);
    }));

  it('gives every number without and with the accepted corrections, and with those not reviewed where they are asked for', () =>
    withWorkspace(async (workspace) => {
      await annotated(workspace);
      const accepted = await relabelled(workspace);
      const right = (summary: Summary): number[] =>
        ['one.csv', 'two.csv'].map((end) => runEnding(summary, end).correct);
      assert.deepEqual(
        [right(accepted.without), right(accepted.with)],
        [
          [1, 2],
          [2, 1],
        ],
      );
      const all = await relabelled(workspace, '--pending');
      assert.deepEqual(
        [right(all.without), right(all.with)],
        [
          [1, 2],
          [3, 1],
        ],
      );
      assert.deepEqual([all.counts['counted'], all.corrected.predictions, all.corrected.problems], [2, 4, []]);
    }));

  it('writes a patch that gives the same numbers again, and says under what they were counted', () =>
    withWorkspace(async (workspace) => {
      await annotated(workspace);
      const out = path.join(workspace.folder, '..', 'patch.jsonl');
      const found = await relabelled(workspace, '--out', out, '--pending');
      assert.deepEqual(found.patch, { file: path.resolve(out), items: 2 });
      const items = patchIn(out);
      for (const item of items) assert.equal(faultOf(item, SCHEMA), null);
      const { content, ...cup } = items.find(({ item }) => item === 'cup') ?? {};
      const notes = ['it is on the other side'];
      assert.deepEqual(cup, {
        v: 1,
        dataset: null,
        item: 'cup',
        from: 'left',
        to: 'right',
        by: ['ada'],
        notes,
        accepted: true,
      });
      assert.match((content as { text: string }).text, /^[0-9a-f]{32}$/);
      const patched = await jsonOf<Summary & { patch: AppliedPatch }>([
        ...['summary', workspace.folder, '--cache', workspace.cache, '--patch', out],
      ]);
      const { patch, ...summary } = patched;
      assert.deepEqual([patch.items, patch.predictions, patch.problems], [2, 4, []]);
      assert.deepEqual(summary, found.with);
      const said = ['--all', '--where', 'annotation.gold=right', '--patch', out];
      const shown = await jsonOf<{ total: number }>(['errors', workspace.folder, '--cache', workspace.cache, ...said]);
      assert.equal(shown.total, 2, 'what people say stays with the items that they said it of');
      const again = await runCli(['relabel', workspace.folder, '--cache', workspace.cache, '--out', out]);
      assert.equal(again.code, 0, again.stderr);
      assert.equal(patchIn(out).length, 1, 'a patch may be written again');
    }));

  it('writes a patch that is not taken for predictions where it lies among them', () =>
    withWorkspace(async (workspace) => {
      await annotated(workspace);
      for (const more of [[], ['--pending']]) {
        await relabelled(workspace, '--out', path.join(workspace.folder, 'patch.jsonl'), ...more);
        const summary = await jsonOf<Summary>(['summary', workspace.folder, '--cache', workspace.cache]);
        assert.match(skippedReason(summary, 'patch.jsonl'), /^A patch: it corrects right answers where it is named/);
      }
    }));

  it('never writes over what was read, nor over annotations', () =>
    withWorkspace(async (workspace) => {
      await annotated(workspace);
      for (const name of ['one.csv', '.flipside/annotations/ada.jsonl']) {
        const file = path.join(workspace.folder, name);
        const before = readFileSync(file, 'utf8');
        const result = await runCli(['relabel', workspace.folder, '--cache', workspace.cache, '--out', file]);
        assert.equal(result.code, 2, name);
        assert.match(result.stderr, /never overwritten/);
        assert.equal(readFileSync(file, 'utf8'), before);
      }
    }));

  it('tells a correction that is none of the options, and counts it nowhere', () =>
    withWorkspace(async (workspace) => {
      workspace.write('one.csv', run({ cup: 'right', dog: 'left' }));
      await say(workspace, [
        ['ada', 'one.csv', 1, { gold: 'above' }],
        ['cyn', 'one.csv', 1, { gold: 'above' }, true],
        ['ada', 'one.csv', 2, { gold: 'right' }],
      ]);
      const out = path.join(workspace.folder, '..', 'patch.jsonl');
      const args = ['relabel', workspace.folder, '--cache', workspace.cache, '--pending', '--out', out];
      const result = await runCli([...args, '--format', 'json']);
      const found = result.json<RelabelJson>();
      assert.equal(found.counts['counted'], 1);
      assert.deepEqual(found.relabels.map(({ item, leftOut }) => [item, leftOut]).sort(), [
        ['cup', '"above" is none of its options: "left", "right", "front", "behind"'],
        ['dog', null],
      ]);
      assert.match(result.stderr, /one\.csv, row 1: not corrected, as "above" is none of its options/);
      assert.deepEqual(
        patchIn(out).map(({ item }) => item),
        ['dog'],
      );
    }));

  it('has nothing to say where nobody has annotated anything', () =>
    withWorkspace(async (workspace) => {
      workspace.write('one.csv', run({ cup: 'right' }));
      const out = path.join(workspace.folder, '..', 'patch.jsonl');
      const found = await relabelled(workspace, '--out', out);
      assert.deepEqual([found.counts['relabels'], found.patch?.items], [0, 0]);
      assert.deepEqual(found.with, found.without);
      assert.ok(existsSync(out));
    }));
});

describe('a patch, on the command line', function () {
  this.timeout(PATIENCE_MS);

  const room = (workspace: Workspace): string => {
    const folder = path.join(workspace.folder, 'room');
    for (const name of ['benchmark.json', 'results'])
      cpSync(path.join(ROOT, 'test/fixtures/room', name), path.join(folder, name), { recursive: true });
    return folder;
  };

  it('is under what every command counts', () =>
    withWorkspace(async (workspace) => {
      const [folder, cache] = [room(workspace), ['--cache', workspace.cache]];
      const patch = workspace.write(
        '../patch.jsonl',
        `${line('1', 'front-left', 'front-right')}\n${line('4', 'right', 'below')}\n`,
      );
      const more = [folder, ...cache, '--patch', patch];
      const baseline = 'synthetic-baseline.csv';
      const summary = await jsonOf<Summary & { patch: AppliedPatch }>(['summary', ...more]);
      assert.deepEqual([summary.patch.items, summary.patch.predictions, summary.patch.problems], [2, 6, []]);
      const before = runEnding(await jsonOf<Summary>(['summary', folder, ...cache]), baseline);
      assert.equal(runEnding(summary, baseline).correct, before.correct + 2);
      const said = await runCli(['summary', ...more, '--format', 'md']);
      assert.match(said.stdout, /Gold of 2 items corrected by .*patch\\?\.jsonl \(6 predictions\)\./);
      const item = await jsonOf<{ gold: string; correct: boolean; otherRuns: readonly unknown[] }>([
        ...['item', ...more, '--run', baseline, '--item', '1'],
      ]);
      assert.deepEqual([item.gold, item.correct, item.otherRuns.length], ['front-right', true, 2]);
      const errors = await jsonOf<{ total: number; patch: AppliedPatch }>(['errors', ...more, '--run', baseline]);
      assert.equal(errors.total, before.wrong - 2);
      const compared = await jsonOf<{ treatments: readonly { joined: { total: number } }[]; patch: AppliedPatch }>([
        ...['compare', ...more, '--base', baseline, '--new', 'synthetic-boxes.csv'],
      ]);
      assert.equal(compared.treatments[0]?.joined.total, 114);
      const out = path.join(workspace.folder, 'rows.jsonl');
      await jsonOf(['export', ...more, '--to', 'jsonl', '--out', out, '--where', 'item=4']);
      assert.deepEqual(
        patchIn(out).map(({ gold }) => gold),
        ['below', 'below', 'below'],
      );
      const page = path.join(workspace.folder, 'report.html');
      await jsonOf(['export', ...more, '--to', 'html', '--out', page]);
      assert.match(readFileSync(page, 'utf8'), /corrected right answers of 2 items, by which 6 predictions are judged/);
    }));

  it('tells each line that does not count, and counts the others', () =>
    withWorkspace(async (workspace) => {
      const folder = room(workspace);
      const lines = [
        'no JSON',
        line('1', 'front-left', 'front-right'),
        line('999', 'left', 'right'),
        line('2', 'left', 'right'),
        line('0', 'right', 'somewhere'),
        line('5', 'front-right', 'above'),
        line('5', 'front-right', 'front'),
        line('4', 'right', 'below', { accepted: false }),
        JSON.stringify({ v: 2, item: '3', from: 'left', to: 'right' }),
        JSON.stringify({ v: 1, item: '3', from: 'left', to: 'right' }),
        line('1', 'front-left', 'Front-right.'),
      ];
      const patch = workspace.write('../patch.jsonl', `${lines.join('\n')}\n`);
      const found = await jsonOf<{ patch: AppliedPatch }>([
        'summary',
        folder,
        '--cache',
        workspace.cache,
        '--patch',
        patch,
      ]);
      assert.deepEqual([found.patch.items, found.patch.predictions], [1, 3]);
      const reasons = new Map(found.patch.problems.map(({ line: at, reason }) => [at, reason]));
      const expected: readonly (readonly [number, RegExp])[] = [
        [1, /^no JSON/],
        [3, /^no prediction here is of item "999" of ViewSpatial-Bench$/],
        [4, /^the data state "front" as the right answer of item "2" .*, not "left": not applied$/],
        [5, /^"somewhere" is none of its options: "left", "right", "back-left", "above"$/],
        [7, /^item "5" is corrected to "front" here and to "above" in line 6: neither counts$/],
        [8, /rejected/],
        [9, /^"v" is 2/],
        [10, /^no prediction here is of item "3" of a benchmark without a name$/],
      ];
      assert.deepEqual(
        [...reasons.keys()],
        expected.map(([at]) => at),
      );
      for (const [at, reason] of expected) assert.match(reasons.get(at) ?? '', reason);
      const told = await runCli(['summary', folder, '--cache', workspace.cache, '--patch', patch]);
      for (const [at] of expected) assert.ok(told.stderr.includes(`patch.jsonl, line ${at}: `), `line ${at}`);
      const missing = await runCli(['summary', folder, '--cache', workspace.cache, '--patch', `${patch}l`]);
      assert.equal(missing.code, 2);
      assert.match(missing.stderr, /The patch .*patch\.jsonll cannot be read \(ENOENT\)\./);
    }));

  it('tells files of no benchmark apart by what they ask, where ids are their own', () =>
    withWorkspace(async (workspace) => {
      workspace.write('one.csv', run({ 1: 'right' }));
      workspace.write('two.csv', run({ 1: 'right' }).replace('Where is the 1', 'Where does the arrow point'));
      await say(workspace, [
        ['ada', 'one.csv', 1, { gold: 'right' }],
        ['ada', 'two.csv', 1, { gold: 'behind' }],
      ]);
      const out = path.join(workspace.folder, '..', 'patch.jsonl');
      const found = await relabelled(workspace, '--pending', '--out', out);
      const items = patchIn(out) as unknown as PatchItem[];
      assert.deepEqual(items.map(({ item, to }) => [item, to]).sort(), [
        ['1', 'behind'],
        ['1', 'right'],
      ]);
      const patched = await jsonOf<Summary & { patch: AppliedPatch }>([
        ...['summary', workspace.folder, '--cache', workspace.cache, '--patch', out],
      ]);
      assert.deepEqual(patched.patch.problems, []);
      assert.deepEqual(patched.runs, found.with.runs);
    }));
});
