import assert from 'node:assert/strict';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Marks } from '../../src/protocol/annotations.js';
import type { OpenParams } from '../../src/protocol/analysis.js';
import { ERRORS, type ItemView, type Query, type Row, type RowKey } from '../../src/protocol/rows.js';
import { AnalysisClient } from '../../src/views/analysisClient.js';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');

/** Annotating in the real analysis process, over a copy of a room's runs. */
describe('annotating in the analysis process', function () {
  this.timeout(60_000);
  let folder: string;
  const clients: AnalysisClient[] = [];

  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'flipside-annotating-'));
    for (const part of ['benchmark.json', 'results', 'scenes']) {
      cpSync(path.join(root, 'test', 'fixtures', 'room', part), path.join(folder, part), { recursive: true });
    }
  });
  afterEach(() => {
    for (const client of clients.splice(0)) client.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  /** A window's process, in which this annotator works. */
  async function opened(name: string, blind = false): Promise<AnalysisClient> {
    const silent = { info: () => undefined, error: (line: string) => process.stderr.write(`${line}\n`) };
    const script = path.join(root, 'dist', 'server.cjs');
    const client = new AnalysisClient({
      ...{ script, program: () => ({ node: process.execPath, env: process.env }), log: silent },
    });
    clients.push(client);
    const params: OpenParams = {
      ...{ paths: [folder], homes: [folder], lens: 'axes', answers: 'default', cacheDir: path.join(folder, 'cache') },
      images: { roots: [], prefixes: [], allowUrls: false, maxBytes: 1e8, maxPixels: 1e8 },
      viewer: { name, blind },
    };
    const ready = told(client);
    await client.open(params);
    await ready;
    return client;
  }
  const told = (client: AnalysisClient): Promise<readonly RowKey[] | null> =>
    new Promise((resolve) => {
      const stop = client.on('annotated', ({ rows }) => {
        stop();
        resolve(rows);
      });
    });
  async function rowsOf(client: AnalysisClient, query: Query = ERRORS, most = 20): Promise<readonly Row[]> {
    const { slice, total } = await client.ask('slice', query);
    return client.ask('rows', { slice, start: 0, end: Math.min(most, total) });
  }
  async function say(client: AnalysisClient, key: RowKey, set: Marks, undoes: string | null = null) {
    const heard = told(client);
    const { run, row } = key;
    const saved = await client.ask('annotate', { changes: [{ key: { run, row }, set, undoes }], adjudicates: false });
    await heard;
    return saved;
  }
  async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
    for (const end = performance.now() + 30_000; !(await holds()); await sleep(50)) {
      assert.ok(performance.now() < end, `waited in vain: ${what}`);
    }
  }
  const linesOf = (name: string): Record<string, unknown>[] =>
    readFileSync(path.join(folder, '.flipside', 'annotations', `${name}.jsonl`), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  async function item(client: AnalysisClient, { run, row }: RowKey): Promise<ItemView> {
    const found = await client.ask('item', { key: { run, row }, baseline: null });
    assert.ok(found);
    return found;
  }

  it('is on the disk when it is answered, with digests of text and image, and is undone by an event of its own', async () => {
    const client = await opened('ada');
    const [row] = await rowsOf(client);
    assert.ok(row);
    const { done, problem } = await say(client, row, { label: 'misread', note: 'look' });
    assert.equal(problem, null);
    const [line] = linesOf('ada');
    assert.equal(line?.['id'], done[0]?.id);
    const { text, images } = line?.['content'] as { text: string; images: string[] };
    assert.match(text, /^[0-9a-f]{32}$/);
    assert.match(images[0] ?? '', /^[0-9a-f]{32}$/);
    assert.deepEqual((await item(client, row)).annotations.mine?.marks, { label: 'misread', note: 'look' });
    assert.deepEqual((await rowsOf(client))[0]?.annotation, {
      label: 'misread',
      mine: 'misread',
      status: 'labelled once',
    });
    assert.deepEqual(done[0]?.before, { label: null, note: null });
    await say(client, row, done[0]?.before ?? {}, done[0]?.id ?? null);
    assert.equal((await item(client, row)).annotations.mine, null);
    assert.deepEqual(
      linesOf('ada').map(({ undoes }) => undoes),
      [undefined, done[0]?.id],
    );
  });

  it('is stale in lists too where an image was changed meanwhile, without anybody opening its item', async () => {
    const first = await opened('ada');
    const [row] = await rowsOf(first);
    assert.ok(row);
    await say(first, row, { label: 'misread' });
    const image = (await item(first, row)).record.images[0] ?? '';
    const scene = [path.join(folder, image), path.join(folder, 'scenes', path.basename(image))].find(existsSync) ?? '';
    first.dispose();
    appendFileSync(scene, 'another image');
    const client = await opened('ada');
    await told(client);
    const same = (await rowsOf(client)).find((each) => each.run === row.run && each.row === row.row);
    assert.equal(same?.annotation?.status, 'stale');
    assert.equal((await item(client, row)).annotations.stale[0]?.changed, 'image');
  });

  it('goes where its file is taken away or replaced, as git does, and what comes then lies in the new one', async () => {
    const client = await opened('ada');
    const [row, next, third] = await rowsOf(client);
    assert.ok(row && next && third);
    await say(client, row, { label: 'misread' });
    rmSync(path.join(folder, '.flipside'), { recursive: true });
    const gone = told(client);
    await client.ask('refreshAnnotations', null);
    await gone;
    assert.equal((await rowsOf(client))[0]?.annotation, undefined);
    assert.equal((await item(client, row)).annotations.mine, null);
    await say(client, next, { label: 'other' });
    assert.deepEqual(
      linesOf('ada').map(({ set }) => set),
      [{ label: 'other' }],
    );
    const file = path.join(folder, '.flipside', 'annotations', 'ada.jsonl');
    writeFileSync(`${file}.new`, readFileSync(file));
    renameSync(`${file}.new`, file);
    await say(client, third, { label: 'misread' });
    assert.equal(linesOf('ada').length, 2);
  });

  it('takes up by itself what others write, though nobody tells it, in a folder that was taken away and made again', async () => {
    const client = await opened('ada');
    const [row] = await rowsOf(client);
    assert.ok(row);
    await say(client, row, { label: 'misread' });
    const before = readFileSync(path.join(folder, '.flipside', 'annotations', 'ada.jsonl'), 'utf8');
    rmSync(path.join(folder, '.flipside'), { recursive: true });
    await until('it is gone', async () => (await item(client, row)).annotations.mine === null);
    mkdirSync(path.join(folder, '.flipside', 'annotations'), { recursive: true });
    writeFileSync(
      path.join(folder, '.flipside', 'annotations', 'bo.jsonl'),
      before.replaceAll('"by":"ada"', '"by":"bo"').replaceAll('"misread"', '"other"'),
    );
    await until('it is back', async () => {
      const { others } = (await item(client, row)).annotations;
      return others.length === 1 && others[0]?.by === 'bo' && others[0].marks.label === 'other';
    });
    await until('lists say it', async () => (await rowsOf(client))[0]?.annotation?.label === 'other');
  });

  it('goes on in what is open where something else could not be opened', async () => {
    const client = await opened('ada');
    const [row] = await rowsOf(client);
    assert.ok(row);
    const elsewhere = path.join(folder, 'elsewhere');
    mkdirSync(elsewhere);
    await assert.rejects(
      client.open({
        ...{ paths: [elsewhere], homes: [elsewhere], lens: 'no-such-lens', answers: 'default' },
        ...{ cacheDir: path.join(folder, 'cache'), viewer: { name: 'ada', blind: false } },
        images: { roots: [], prefixes: [], allowUrls: false, maxBytes: 1e8, maxPixels: 1e8 },
      }),
    );
    await say(client, row, { label: 'misread' });
    assert.equal((await item(client, row)).annotations.mine?.marks.label, 'misread');
    assert.equal((await rowsOf(client))[0]?.annotation?.label, 'misread');
    assert.equal(linesOf('ada').length, 1);
    assert.equal(existsSync(path.join(elsewhere, '.flipside')), false);
  });

  it('counts progress in a list, and finds the next row without a label, from the beginning where none follows', async () => {
    const client = await opened('ada');
    const { slice, total } = await client.ask('slice', ERRORS);
    const rows = await client.ask('rows', { slice, start: 0, end: total });
    const before = await client.ask('labelled', { slice });
    const last = rows.at(-1);
    assert.ok(last !== undefined && before === 0);
    await say(client, last, { label: 'other' });
    assert.ok((await client.ask('labelled', { slice })) >= 1);
    assert.equal(await client.ask('nextUnlabelled', { slice, position: total - 2 }), 0);
    assert.equal(await client.ask('nextUnlabelled', { slice, position: 3 }), 4);
  });

  it('of two windows loses nothing, and each learns what the other said', async () => {
    const [one, two] = [await opened('ada'), await opened('bo')];
    const rows = await rowsOf(one);
    await Promise.all(
      rows
        .slice(0, 10)
        .map((row, at) => say(at % 2 === 0 ? one : two, row, { label: at % 3 === 0 ? 'misread' : 'other' })),
    );
    assert.deepEqual([linesOf('ada').length, linesOf('bo').length], [5, 5]);
    const heard = told(one);
    await one.ask('refreshAnnotations', null);
    await heard;
    const [, second] = rows;
    assert.ok(second);
    assert.equal((await item(one, second)).annotations.others[0]?.by, 'bo');
    // Of one's own lines nothing is news.
    const silent = one.on('annotated', () => assert.fail('nothing changed'));
    await one.ask('refreshAnnotations', null);
    silent();
  });

  it('that cannot be written says so, counts all the same, and is written with the next', async () => {
    mkdirSync(path.join(folder, '.flipside'));
    const place = path.join(folder, '.flipside', 'annotations');
    writeFileSync(place, 'a file in the folder’s place');
    const client = await opened('ada');
    assert.match((await client.ask('annotations', null)).readOnly ?? '', /cannot be written/);
    const [row, next] = await rowsOf(client);
    assert.ok(row && next);
    const failed = await say(client, row, { label: 'misread' });
    assert.match(failed.problem ?? '', /^Not saved: /);
    assert.equal(failed.unsaved.trimEnd().split('\n').length, 1);
    assert.equal((await item(client, row)).annotations.mine?.marks.label, 'misread');
    rmSync(place);
    const saved = await say(client, next, { label: 'other' });
    assert.deepEqual([saved.problem, saved.unsaved], [null, '']);
    assert.equal(linesOf('ada').length, 2);
  });

  it('keeps lines that are no events, and tells them by their numbers', async () => {
    const place = path.join(folder, '.flipside', 'annotations');
    mkdirSync(place, { recursive: true });
    const text = '<<<<<<< HEAD\n{"v":1}\nno json\n';
    writeFileSync(path.join(place, 'bo.jsonl'), text);
    const client = await opened('ada');
    const { problems } = await client.ask('annotations', null);
    assert.deepEqual(
      problems.map(({ line }) => line),
      [1, 2, 3],
    );
    const [row] = await rowsOf(client);
    assert.ok(row);
    await say(client, row, { label: 'misread' });
    assert.equal(readFileSync(path.join(place, 'bo.jsonl'), 'utf8'), text);
  });

  it('keeps the scheme that was there while somebody writes another that is none', async () => {
    const client = await opened('ada');
    const scheme = path.join(folder, '.flipside', 'scheme.json');
    mkdirSync(path.dirname(scheme), { recursive: true });
    const labels = [{ id: 'mine', title: 'my own', key: 'h' }];
    writeFileSync(scheme, JSON.stringify({ version: 2, labels }));
    await client.ask('refreshAnnotations', null);
    assert.deepEqual(
      (await client.ask('annotations', null)).scheme.labels.map(({ id }) => id),
      ['mine'],
    );
    appendFileSync(scheme, ',');
    await client.ask('refreshAnnotations', null);
    const { scheme: kept, problems } = await client.ask('annotations', null);
    assert.deepEqual([kept.version, problems.length], [2, 1]);
    assert.match(problems[0]?.reason ?? '', /no JSON/);
  });

  it('tells in blind mode neither class nor others’ labels before one’s own, in any answer', async () => {
    const other = await opened('bo');
    const rows = await rowsOf(other);
    const [row] = rows;
    assert.ok(row !== undefined && row.class !== null);
    await say(other, row, { label: 'wrong-frame', note: 'SECRET-NOTE' });
    const client = await opened('ada', true);
    const asked = async (): Promise<string> => {
      const list = await rowsOf(client);
      const file = path.join(folder, 'results', 'synthetic-baseline', 'result_synthetic-baseline.csv');
      const lines = await client.ask('rowsAt', { file, from: 1, to: 400 });
      const facets = await client.ask('facets', {
        ...{ query: ERRORS, limit: 50 },
        fields: ['class', 'drift', 'axis', 'angle', 'annotation.label', 'annotation.note', 'annotation.by'],
      });
      const first = await client.ask('first', ERRORS);
      return JSON.stringify([await item(client, row), list, lines, facets, first]);
    };
    const before = await asked();
    assert.doesNotMatch(before, /SECRET-NOTE|wrong-frame|"class":"|"drift":(?:true|false)|"lensRule":"|Class \w/);
    const asking: readonly Query[] = [
      { ...ERRORS, facets: { ...ERRORS.facets, class: ['horizontal-flip'] } },
      { ...ERRORS, sort: [{ field: 'angle' }] },
      { ...ERRORS, group: 'class' },
      { ...ERRORS, facets: { ...ERRORS.facets, flags: ['frameSwap'] } },
      { ...ERRORS, group: 'flags' },
      { ...ERRORS, filter: { not: { field: 'axis', op: 'eq', value: 'lateral' } } },
    ];
    for (const query of asking) {
      await assert.rejects(client.ask('slice', query), /Blind annotating is on/);
      await assert.rejects(client.ask('counts', [query]), /Blind annotating is on/);
    }
    await assert.rejects(client.ask('agreement', { sample: null }), /Blind annotating is on/);
    const out = path.join(folder, 'rows.csv');
    await assert.rejects(
      client.ask('exportRows', { query: ERRORS, keys: null, to: 'csv', out }),
      /Blind annotating is on/,
    );
    await say(client, row, { label: 'misread' });
    const after = JSON.stringify([await item(client, row), (await rowsOf(client))[0]]);
    assert.match(after, /SECRET-NOTE/);
    assert.match(after, new RegExp(`"class":"${row.class}"`));
  });
});
