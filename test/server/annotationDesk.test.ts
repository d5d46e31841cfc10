import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import type { AnnotationsSaved, Marks } from '../../src/protocol/annotations.js';
import { ERRORS, type Row } from '../../src/protocol/rows.js';
import { AnalysisClient } from '../../src/views/analysisClient.js';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');

/** The real analysis process over a copy of a room's runs. */
describe('the desk of annotations', function () {
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

  const rows = async (): Promise<readonly Row[]> => {
    const { slice, total } = await client.ask('slice', ERRORS);
    return client.ask('rows', { slice, start: 0, end: Math.min(total, 20) });
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
      written.map((line) => (JSON.parse(line) as { order: number }).order),
      [1, 2],
    );
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
