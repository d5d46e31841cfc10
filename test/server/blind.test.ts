import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import type { AnalysisMethods } from '../../src/protocol/analysis.js';
import type { AnnotationsSaved, Marks } from '../../src/protocol/annotations.js';
import { ERRORS, type Query, type Row, type RowsOnLines } from '../../src/protocol/rows.js';
import { AnalysisClient } from '../../src/views/analysisClient.js';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
const CLASSES = /horizontal-flip|vertical-flip|depth-flip|orthogonal|opposite|adjacent|non-directional/;
const NOTE = 'said by somebody else';

/** The real analysis process, as whoever annotates asks it. */
describe('annotating in the analysis process', function () {
  this.timeout(60_000);
  let folder: string;
  let client: AnalysisClient;

  beforeEach(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'flipside-annotating-'));
    const samples = path.join(folder, 'samples');
    cpSync(path.join(root, 'test', 'fixtures', 'room', 'results'), path.join(samples, 'results'), { recursive: true });
    const log = { info: () => undefined, error: () => undefined };
    const script = path.join(root, 'dist', 'server.cjs');
    client = new AnalysisClient({ script, program: () => ({ node: process.execPath, env: process.env }), log });
    const images = { roots: [], prefixes: [], allowUrls: false, maxBytes: 1e8, maxPixels: 1e8 };
    const cacheDir = path.join(folder, 'cache');
    await client.open({ paths: [samples], homes: [samples], lens: 'axes', answers: 'default', cacheDir, images });
  });
  afterEach(() => {
    client.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  const rows = async (query: Query = ERRORS): Promise<readonly Row[]> => {
    const { slice, total } = await client.ask('slice', query);
    return client.ask('rows', { slice, start: 0, end: Math.min(total, 20) });
  };
  const firstRow = async (): Promise<Row> => {
    const [first] = await rows();
    assert.ok(first !== undefined);
    return first;
  };
  /** Says something of a row; resolves once lists have it too. */
  const say = async ({ run, row }: Row, set: Marks, before = ''): Promise<AnnotationsSaved> => {
    const listed = new Promise((resolve) => {
      const stop = client.on('annotated', ({ rows: changed }) => {
        if (changed?.some((key) => key.run === run && key.row === row) !== true) return;
        stop();
        resolve(null);
      });
    });
    const changes = [{ key: { run, row }, set, undoes: null }];
    const saved = await client.ask('annotate', { changes, adjudicates: false, unsaved: before });
    await listed;
    return saved;
  };
  const item = (row: Row): ReturnType<AnalysisMethods['item']> =>
    client.ask('item', { key: { run: row.run, row: row.row }, baseline: null });

  it('saves a label on the disk before it answers, and lists have it afterwards', async () => {
    await client.ask('setViewer', { name: 'one', blind: false });
    const row = await firstRow();
    const { done, problem, unsaved } = await say(row, { label: 'misread' });
    assert.deepEqual([problem, unsaved, done[0]?.before], [null, '', { label: null }]);
    const text = readFileSync(path.join(folder, 'samples', '.flipside', 'annotations', 'one.jsonl'), 'utf8');
    assert.deepEqual(
      text
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { set: unknown }).set),
      [{ label: 'misread' }],
    );
    assert.deepEqual((await firstRow()).annotation, { label: 'misread', mine: 'misread', status: 'labelled once' });
    const of = await rows({ ...ERRORS, facets: { 'annotation.mine': ['misread'] } });
    assert.ok(of.some((each) => each.run === row.run && each.row === row.row));
  });

  it('writes what could not be written as soon as it can, also where the process was started anew', async () => {
    await client.ask('setViewer', { name: 'one', blind: false });
    const [first, second] = await rows();
    assert.ok(first !== undefined && second !== undefined);
    const blocked = path.join(folder, 'samples', '.flipside');
    writeFileSync(blocked, '');
    const { problem, unsaved } = await say(first, { label: 'misread' });
    assert.match(problem ?? '', /^Not saved: /);
    assert.equal(unsaved.split('\n').length, 2);
    assert.ok(client.restart('for this test'));
    rmSync(blocked);
    await client.ask('setViewer', { name: 'one', blind: false });
    const after = await say(second, { label: 'other' }, unsaved);
    assert.deepEqual([after.problem, after.unsaved], [null, '']);
    const text = readFileSync(path.join(blocked, 'annotations', 'one.jsonl'), 'utf8');
    const written = text.trim().split('\n');
    assert.equal(written[0], unsaved.trim());
    assert.deepEqual(
      written.map((line) => (JSON.parse(line) as { set: Marks; order: number }).order),
      [1, 2],
    );
  });

  it('holds back class and what others say in blind mode, in whatever it answers of a row', async () => {
    await client.ask('setViewer', { name: 'one', blind: false });
    const row = await firstRow();
    assert.match(JSON.stringify([row, await item(row)]), CLASSES);
    await say(row, { label: 'misread', note: NOTE });
    await client.ask('setViewer', { name: 'two', blind: true });
    const fields = ['class', 'drift', 'axis', 'annotation.label', 'annotation.status'];
    const answers = [
      await rows(),
      await item(row),
      await client.ask('first', ERRORS),
      await client.ask('facets', { query: ERRORS, fields, limit: 50 }),
      await client.ask('rowsAt', { file: path.join(folder, 'samples', row.run), from: 1, to: 500 }),
    ];
    assert.notEqual((answers[4] as RowsOnLines).rows.length, 0);
    for (const answer of answers) {
      const text = JSON.stringify(answer);
      assert.doesNotMatch(text, CLASSES);
      assert.doesNotMatch(text, new RegExp(`${NOTE}|misread`));
    }
    await say(row, { label: 'other' });
    const told = await item(row);
    assert.match(JSON.stringify(told), CLASSES);
    assert.deepEqual(
      told?.annotations.others.map(({ by, marks }) => [by, marks]),
      [['one', { label: 'misread', note: NOTE }]],
    );
  });

  it('refuses in blind mode what would tell classes by which rows there are, or by their order', async () => {
    await client.ask('setViewer', { name: 'two', blind: true });
    const telling: readonly Partial<Query>[] = [
      { facets: { class: ['horizontal-flip'] } },
      { sort: [{ field: 'class', descending: false }] },
      { group: 'axis' },
      { filter: { field: 'angle', op: 'eq', value: 180 } },
      { filter: { not: { or: [{ field: 'drift', op: 'eq', value: true }] } } },
    ];
    for (const part of telling) {
      const query = { ...ERRORS, ...part };
      await assert.rejects(client.ask('slice', query), /Blind annotating is on: this list/);
      await assert.rejects(client.ask('ids', { query, keys: null, most: 10 }), /Blind annotating is on: this list/);
    }
    const out = path.join(folder, 'out.csv');
    await assert.rejects(client.ask('exportRows', { query: ERRORS, keys: null, to: 'csv', out }), /Blind annotating/);
    await assert.rejects(client.ask('agreement', { sample: null }), /Blind annotating is on: how far/);
  });

  it('tells of a sample which rows were drawn, and not of which stratum each is', async () => {
    await client.ask('setViewer', { name: 'two', blind: true });
    const out = path.join(folder, 'sample.json');
    const { rows: drawn, of } = await client.ask('sample', { query: ERRORS, n: 12, seed: 1, field: 'class', out });
    assert.equal(drawn.length, 12);
    assert.ok(of > 12);
    for (const row of drawn) assert.deepEqual(Object.keys(row).sort(), ['row', 'run']);
    assert.match(readFileSync(out, 'utf8'), /"stratum":0/);
  });
});
