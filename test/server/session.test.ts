import assert from 'node:assert/strict';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import type { OpenParams, Overview } from '../../src/protocol/analysis.js';
import { ERRORS, type Query } from '../../src/protocol/rows.js';
import { Session } from '../../src/server/session.js';
import { AnalysisClient } from '../../src/views/analysisClient.js';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
const RESULTS = 'results/synthetic-baseline/result_synthetic-baseline.csv';

/** The real analysis process over a copy of the samples. */
describe('the analysis process', function () {
  this.timeout(60_000);
  let folder: string;
  let client: AnalysisClient;
  let lines: string[];

  const open = (more: Partial<OpenParams> = {}): OpenParams => ({
    paths: [path.join(folder, 'samples')],
    homes: [],
    lens: 'axes',
    answers: 'default',
    cacheDir: path.join(folder, 'cache'),
    images: { roots: [], prefixes: [], allowUrls: false, maxBytes: 1e8, maxPixels: 1e8 },
    ...more,
  });
  const completed = (): Promise<Overview> => new Promise((resolve) => client.on('overview', resolve));
  const query = (more: Partial<Query>): Query => ({ ...ERRORS, ...more });

  before(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'flipside-session-'));
    for (const part of ['benchmark.json', 'results', 'scenes']) {
      cpSync(path.join(root, 'test', 'fixtures', 'room', part), path.join(folder, 'samples', part), {
        recursive: true,
      });
    }
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  beforeEach(() => {
    lines = [];
    const log = { info: (line: string) => lines.push(line), error: (line: string) => lines.push(line) };
    const script = path.join(root, 'dist', 'server.cjs');
    client = new AnalysisClient({ script, program: () => ({ node: process.execPath, env: process.env }), log });
  });
  afterEach(() => client.dispose());

  it('says what there is at once, and the numbers of the summary when they are counted', async () => {
    const complete = completed();
    const first = await client.open(open());
    assert.equal(first.complete, false);
    assert.deepEqual(
      first.runs.map(({ items, accuracy }) => [items, accuracy]),
      [1, 2, 3].map(() => [114, null]),
    );
    const { runs, fields } = await complete;
    assert.deepEqual(
      runs.map(({ correctUnits, units }) => `${correctUnits}/${units}`),
      ['48/114', '56/114', '69/114'],
    );
    assert.ok(fields.some(({ name }) => name === 'agreement'));
  });

  it('lists by position what the facets count', async () => {
    await client.open(open());
    const slice = await client.ask('slice', query({ sort: [{ field: 'class' }], group: 'class' }));
    assert.deepEqual([slice.total, slice.of], [169, 342]);
    const rows = await client.ask('rows', { slice: slice.slice, start: 0, end: slice.total });
    assert.equal(rows.length, slice.total);
    const [facet] = await client.ask('facets', { query: ERRORS, fields: ['class'], limit: 50 });
    for (const { value, count, label } of facet?.values ?? []) {
      assert.equal(rows.filter((row) => row.class === value).length, count, label);
      assert.equal(slice.groups?.find((group) => group.label === label)?.count, count, label);
    }
    const last = rows.at(-1);
    assert.ok(last !== undefined);
    assert.equal(await client.ask('position', { slice: slice.slice, key: last }), slice.total - 1);
  });

  it('answers with the first rows at once, as it would by slice and rows, begun ahead or not', async () => {
    for (const ahead of [null, ERRORS, query({ search: 'left' })]) {
      await client.open(open({ ahead }));
      for (const asked of [ERRORS, query({ search: 'left' }), query({ search: 'no such words' })]) {
        const first = await client.ask('first', asked);
        const slice = await client.ask('slice', asked);
        assert.deepEqual(first.query, asked);
        assert.deepEqual({ ...first.slice, slice: 0 }, { ...slice, slice: 0 });
        const end = Math.min(50, slice.total);
        const rows = await client.ask('rows', { slice: slice.slice, start: 0, end });
        assert.deepEqual(first.rows, rows);
        assert.deepEqual(await client.ask('rows', { slice: first.slice.slice, start: 0, end }), rows);
      }
    }
  });

  it('says who asks why what was begun ahead cannot be had', async () => {
    const odd = query({ sort: [{ field: '' }] });
    await client.open(open({ ahead: odd }));
    const why = await client.ask('slice', odd).then(() => null, String);
    assert.match(why ?? '', /is not a field name/);
    assert.equal(await client.ask('first', odd).then(() => null, String), why);
    assert.equal((await client.ask('first', ERRORS)).rows.length, 50);
  });

  it('keeps a chosen value in its facet, counts it by all other conditions, and finds pasted ids', async () => {
    await client.open(open());
    const chosen = query({ facets: { ...ERRORS.facets, class: ['vertical-flip'] }, search: 'no such words' });
    const [facet] = await client.ask('facets', { query: chosen, fields: ['class'], limit: 3 });
    assert.deepEqual(facet?.values, [{ value: 'vertical-flip', label: 'vertical-flip', count: 0 }]);
    const pasted = await client.ask('slice', query({ facets: {}, ids: ['3', '7', 'nothing'] }));
    assert.deepEqual([pasted.total, pasted.unknownIds], [6, ['nothing']]);
    const agreeing = query({ facets: { agreement: ['wrong in every run'] } });
    const { total } = await client.ask('slice', agreeing);
    assert.equal(total % 3, 0);
    assert.ok(total > 0);
  });

  it('gives an item with its reason, the other runs, its picture and its line', async () => {
    await client.open(open());
    const { slice } = await client.ask('slice', ERRORS);
    const [row] = await client.ask('rows', { slice, start: 0, end: 1 });
    assert.ok(row !== undefined);
    const item = await client.ask('item', { key: row, baseline: null });
    assert.equal(item?.record.item, row.item);
    assert.ok(item.why.length >= 2);
    assert.equal(item.others.length, 2);
    const picture = await client.ask('picture', { key: row, index: 0, size: 300, crop: null });
    assert.ok(picture.ok);
    assert.deepEqual([picture.originalWidth, picture.originalHeight], [160, 120]);
    assert.equal(picture.bytes.constructor, Uint8Array);
    assert.match(picture.file ?? '', /scenes[\\/]scene-\d+\.png$/);
    const line = await client.ask('line', row);
    const text = readFileSync(path.join(folder, 'samples', RESULTS), 'utf8').split('\n')[(line ?? 0) - 1];
    assert.ok(text?.includes(row.question ?? '?'), `line ${line}: ${text}`);
  });

  it('says that a list has ended once the data changed, and shows what was written meanwhile', async () => {
    await client.open(open());
    const { slice } = await client.ask('slice', ERRORS);
    const file = path.join(folder, 'samples', RESULTS);
    appendFileSync(file, '\n');
    await client.open(open({ lens: 'seed' }));
    await assert.rejects(client.ask('rows', { slice, start: 0, end: 1 }), /ask for it again/);
    const { total } = await client.ask('slice', ERRORS);
    assert.equal(total, 169);
  });

  it('gives the ids of all rows, or of chosen ones, in the order of the list', async () => {
    await client.open(open());
    const listed = query({ sort: [{ field: 'item', descending: true }] });
    const { slice, total } = await client.ask('slice', listed);
    const rows = await client.ask('rows', { slice, start: 0, end: total });
    const items = rows.map(({ item }) => item);
    assert.deepEqual(await client.ask('ids', { query: listed, keys: null, most: 1000 }), items);
    const chosen = [rows[40], rows[3], rows[17]].filter((row) => row !== undefined);
    const ids = await client.ask('ids', { query: listed, keys: chosen, most: 1000 });
    assert.deepEqual(ids, [items[3], items[17], items[40]]);
    const tooMany = client.ask('ids', { query: listed, keys: null, most: 100 });
    await assert.rejects(tooMany, /169 ids are more than the 100/);
  });

  it('tells a new opening, and a run whose content is another, from what was there before', async () => {
    const first = await client.open(open());
    const { slice } = await client.ask('slice', ERRORS);
    const again = await client.open(open());
    assert.equal(first.id, again.id, 'nothing changed');
    assert.equal((await client.ask('rows', { slice, start: 0, end: 1 })).length, 1, 'lists that are open go on');
    const contents = (overview: Overview): string[] => overview.runs.map(({ content }) => content);
    assert.deepEqual(contents(again), contents(first));
    appendFileSync(path.join(folder, 'samples', RESULTS), '\n');
    const changed = await client.open(open());
    assert.notEqual(changed.id, first.id);
    const isOther = contents(changed).map((content, index) => content !== contents(first)[index]);
    assert.deepEqual(isOther, [true, false, false]);
  });

  it('keeps what was counted of a run whose content is the same, under the same lens', async () => {
    const complete = completed();
    await client.open(open());
    const { runs } = await complete;
    appendFileSync(path.join(folder, 'samples', RESULTS), '\n');
    const grown = await client.open(open());
    assert.equal(grown.complete, false);
    assert.deepEqual([grown.runs[0]?.wrong, ...grown.runs.slice(1)], [null, ...runs.slice(1)]);
    const other = await client.open(open({ lens: 'seed' }));
    assert.deepEqual(
      other.runs.map(({ wrong, classes }) => [wrong, classes]),
      [1, 2, 3].map(() => [null, []]),
    );
  });

  it('finds the next error among rows that are right, and the row of an item', async () => {
    await client.open(open());
    const all = query({ facets: {} });
    const { slice, total } = await client.ask('slice', all);
    const rows = await client.ask('rows', { slice, start: 0, end: total });
    const isError = (position: number): boolean => ['wrong', 'unanswered'].includes(rows[position]?.outcome ?? '');
    const errors = rows.map((_, position) => position).filter(isError);
    const next = (position: number, by: 1 | -1) => client.ask('nextError', { slice, position, by });
    assert.equal(await next(-1, 1), errors[0]);
    assert.equal(await next(errors[5] ?? 0, 1), errors[6]);
    assert.equal(await next(errors[5] ?? 0, -1), errors[4]);
    assert.equal(await next(errors.at(-1) ?? 0, 1), null);
    assert.equal(await next(errors[0] ?? 0, -1), null);
    const some = rows[77];
    assert.equal(await client.ask('rowOf', { run: some?.run ?? '', item: some?.item ?? '' }), some?.row);
    assert.equal(await client.ask('rowOf', { run: some?.run ?? '', item: 'nothing' }), null);
    assert.equal(await client.ask('rowOf', { run: 'nothing', item: '1' }), null);
  });

  it('reads no rows that Flipside itself exported', async () => {
    const before = await client.open(open());
    const places = ['csv', 'jsonl'] as const;
    for (const to of places) {
      const out = path.join(folder, 'samples', `errors.${to}`);
      await client.ask('exportRows', { query: ERRORS, keys: null, to, out });
    }
    const after = await client.open(open());
    for (const to of places) rmSync(path.join(folder, 'samples', `errors.${to}`));
    assert.deepEqual(
      after.runs.map(({ id }) => id),
      before.runs.map(({ id }) => id),
    );
    const reasons = after.skipped.filter(({ file }) => /errors\.(csv|jsonl)$/.test(file)).map(({ reason }) => reason);
    assert.equal(reasons.length, 2);
    for (const reason of reasons) assert.match(reason, /Rows that Flipside exported/);
  });

  it('keeps what was open where a new opening is cancelled, and closes what nobody wants any more', async () => {
    const { runs } = await client.open(open());
    const cancel = new AbortController();
    const asked = client.open(open({ lens: 'seed' }), cancel.signal);
    cancel.abort();
    await assert.rejects(asked, { name: 'AbortError' });
    assert.equal((await client.ask('slice', ERRORS)).of, 114 * runs.length);
    client.stop();
    await assert.rejects(client.ask('slice', ERRORS), /Nothing is open/);
  });

  it('is started again after it died, with what was open, and says so', async () => {
    await client.open(open());
    const before = await client.ask('slice', ERRORS);
    const restarted = new Promise<Overview | null>((resolve) => (client.onRestart = (overview) => resolve(overview)));
    const asked = client.ask('agreement' as 'counts', []).catch((error: unknown) => error);
    process.kill(client.pid ?? 0, 'SIGKILL');
    const overview = await restarted;
    assert.equal(overview?.runs.length, 3);
    assert.ok((await asked) instanceof Error);
    assert.equal((await client.ask('slice', ERRORS)).total, 169);
    await assert.rejects(
      client.ask('rows', { slice: before.slice, start: 0, end: 1 }),
      /ask for it again/,
      'a list of before does not mean another one',
    );
    assert.ok(lines.some((line) => /ended: SIGKILL/.test(line)));
  });

  it('tells a death once, whether it came while something was opened or something is opened after it', async () => {
    const told: (number | null)[] = [];
    client.onRestart = (overview) => told.push(overview?.runs.length ?? null);
    await client.open(open());
    const first = client.pid;
    const opening = client.open(open({ lens: 'seed' }));
    process.kill(first ?? 0, 'SIGKILL');
    assert.equal((await opening).lens.name, 'seed');
    assert.deepEqual(told, [3]);
    const second = client.pid;
    assert.notEqual(second, first);
    process.kill(second ?? 0, 'SIGKILL');
    while (client.pid === second || client.pid === null) await new Promise((resolve) => setTimeout(resolve, 1));
    await client.open(open());
    assert.equal((await client.ask('slice', ERRORS)).total, 169);
    assert.deepEqual(told, [3, 3]);
  });

  it('is started ahead for what will be opened, and ends where nothing is', async () => {
    client.prepare(200);
    const { pid } = client;
    assert.ok(pid !== null);
    await client.open(open());
    assert.equal(client.pid, pid);
    await sleep(400);
    assert.equal(client.pid, pid);
    client.stop();
    client.prepare(200);
    assert.notEqual(client.pid, null);
    await sleep(400);
    assert.equal(client.pid, null);
    assert.equal((await client.open(open())).runs.length, 3);
  });

  it('gives way to the editor with all its threads from the start', async function () {
    // Elsewhere threads have no priority of their own to look at.
    if (process.platform !== 'linux') return this.skip();
    await client.open(open());
    const threads = readdirSync(`/proc/${client.pid ?? 0}/task`).map(Number);
    assert.ok(threads.length > 5, 'with those of the database');
    const own = os.getPriority();
    for (const thread of threads) assert.equal(os.getPriority(thread), Math.max(own, 4), String(thread));
  });

  it('is another one once another is wanted, with what was open, and what is asked meanwhile is answered', async () => {
    await client.open(open());
    const [before, list] = [client.pid, await client.ask('slice', ERRORS)];
    const told: unknown[] = [];
    const restarted = new Promise<void>((resolve) => {
      client.onRestart = (overview, reason, wanted) => (told.push([overview?.runs.length, reason, wanted]), resolve());
    });
    const late = client.ask('ids', { query: ERRORS, keys: null, most: 1000 }).then(
      () => 'answered',
      (error: Error) => error.message,
    );
    await new Promise(setImmediate);
    assert.equal(client.restart('Another program. Ask again.'), true);
    const asked = client.ask('slice', ERRORS);
    await restarted;
    assert.equal((await asked).total, list.total);
    assert.equal(await late, 'Another program. Ask again.');
    assert.notEqual(client.pid, before);
    assert.deepEqual(told, [[3, 'Another program. Ask again.', true]]);
    client.stop();
    assert.equal(client.restart('Nothing was open.'), false);
  });

  it('opens anew by itself where the index was deleted meanwhile, and answers', async () => {
    const first = await client.open(open());
    const { slice } = await client.ask('slice', ERRORS);
    const [row] = await client.ask('rows', { slice, start: 0, end: 1 });
    assert.ok(row !== undefined);
    const complete = completed();
    rmSync(path.join(folder, 'cache'), { recursive: true });
    const asked = await Promise.all([
      client.ask('item', { key: row, baseline: null }),
      client.ask('slice', query({ search: 'where' })),
      client.ask('facets', { query: ERRORS, fields: ['question'], limit: 3 }),
    ]);
    assert.equal(asked[0]?.record.item, row.item);
    assert.ok(asked[1].total > 0);
    assert.equal(asked[2][0]?.values.length, 3);
    assert.equal((await complete).id, first.id, 'what shows it takes up the counts');
    assert.equal((await client.ask('slice', ERRORS)).total, 169);
  });

  it('speaks of no command line where the index cannot be written, nor where an export cannot', async () => {
    const file = path.join(folder, 'no-folder');
    writeFileSync(file, '');
    const tells = (error: Error & { kind?: string }): boolean =>
      error.kind === 'expected' && /cannot be|does not exist/.test(error.message) && !/--/.test(error.message);
    await assert.rejects(client.open(open({ cacheDir: file })), tells);
    await client.open(open());
    const out = path.join(folder, 'absent', 'rows.csv');
    await assert.rejects(client.ask('exportRows', { query: ERRORS, keys: null, to: 'csv', out }), tells);
  });

  it('names what it cannot open, and what was deleted meanwhile', async () => {
    await assert.rejects(client.ask('slice', ERRORS), /Nothing is open/);
    await assert.rejects(client.open(open({ paths: [path.join(folder, 'absent')] })), /absent/);
    const lone = path.join(folder, 'lone.jsonl');
    writeFileSync(
      lone,
      '{"id":1,"question":"Where?","options":["left","right"],"answer":"left","prediction":"right"}\n',
    );
    const { runs } = await client.open(open({ paths: [lone] }));
    rmSync(lone);
    assert.equal(existsSync(lone), false);
    const item = await client.ask('item', { key: { run: runs[0]?.id ?? '', row: 1 }, baseline: null });
    assert.equal(item?.record.class, 'horizontal-flip');
    await assert.rejects(client.ask('line', { run: runs[0]?.id ?? '', row: 1 }), /lone\.jsonl/);
  });

  it('shows an image that lies inside the file of the questions', async () => {
    const place = path.join(folder, 'embedded');
    const png = await sharp({ create: { width: 40, height: 30, channels: 3, background: 'red' } })
      .png()
      .toBuffer();
    mkdirSync(place);
    writeFileSync(
      path.join(place, 'bench.tsv'),
      `index\timage\tquestion\n7\t${png.toString('base64')}\tWhere is it?\n`,
    );
    const prediction = {
      id: 7,
      question: 'Where is it?',
      options: ['left', 'right'],
      answer: 'left',
      prediction: 'right',
    };
    writeFileSync(path.join(place, 'run.jsonl'), `${JSON.stringify(prediction)}\n`);
    await client.open(open({ paths: [place] }));
    const { slice } = await client.ask('slice', ERRORS);
    const [row] = await client.ask('rows', { slice, start: 0, end: 1 });
    assert.ok(row !== undefined);
    assert.equal(row.images, 1, 'the page is to ask for it');
    assert.equal((await client.ask('item', { key: row, baseline: null }))?.mayBeEmbedded, true);
    const [thumbnail] = await client.ask('thumbnails', { keys: [row], size: 96 });
    assert.ok(thumbnail?.ok === true, thumbnail?.ok === false ? thumbnail.message : 'nothing');
    assert.deepEqual([thumbnail.originalWidth, thumbnail.originalHeight], [40, 30]);
    assert.equal(thumbnail.file, null, 'it has no file of its own that could be opened');
  });

  it('names the folder of the index where a file has taken its place', async () => {
    const cacheDir = path.join(folder, 'replaced');
    const counted = completed();
    await client.open(open({ cacheDir }));
    await counted;
    rmSync(path.join(cacheDir, 'shards'), { recursive: true });
    writeFileSync(path.join(cacheDir, 'shards'), '');
    await assert.rejects(client.ask('slice', query({ search: 'the' })), (error: Error & { kind?: string }) => {
      assert.equal(error.kind, 'expected');
      assert.match(
        error.message,
        /replaced.shards: the folder for the index cannot be made .*Remove the file .*refresh/,
      );
      return true;
    });
  });

  it('says of a file that is gone what to do in an editor, where its row is to be opened', async () => {
    const place = path.join(folder, 'vanishing');
    mkdirSync(place);
    const record = { id: 1, question: 'Where is it?', options: ['left', 'right'], answer: 'A', response: 'B' };
    writeFileSync(path.join(place, 'run.jsonl'), JSON.stringify(record));
    await client.open(open({ paths: [place] }));
    rmSync(path.join(place, 'run.jsonl'));
    await assert.rejects(
      client.ask('line', { run: 'run.jsonl', row: 1 }),
      /run\.jsonl: the file is gone\. Put it back, or refresh/,
    );
  });

  it('gives the id that a row states, where the item goes by the number of the row', async () => {
    const ids = { repeated: [10, 10, 2], own: [10, 11, 2] };
    for (const [name, stated] of Object.entries(ids)) {
      const place = path.join(folder, `ids-${name}`);
      mkdirSync(place);
      const lines = stated.map((id, index) =>
        JSON.stringify({
          id,
          question: `Where is cup ${index}?`,
          options: ['left', 'right'],
          answer: 'A',
          response: 'B',
        }),
      );
      writeFileSync(path.join(place, 'run.jsonl'), lines.join('\n'));
      await client.open(open({ paths: [place] }));
      const item = await client.ask('item', { key: { run: 'run.jsonl', row: 2 }, baseline: null });
      const expected = name === 'own' ? ['11', null] : ['2', '10'];
      assert.deepEqual([item?.record.item, item?.statedId], expected, name);
    }
  });

  it('looks for images in the opened folder of each run, and learns where they lie from the row itself', async () => {
    const place = path.join(folder, 'several');
    const png = await sharp({ create: { width: 40, height: 30, channels: 3, background: 'red' } })
      .png()
      .toBuffer();
    const long = `/elsewhere/${'a-long-name/'.repeat(30)}deep/1.png`;
    const stated = { one: '../../secret/s.png', two: 'stray.png', three: long };
    for (const [name, image] of Object.entries(stated)) {
      mkdirSync(path.join(place, name, 'runs'), { recursive: true });
      const row = { id: 1, question: 'Where?', options: ['left', 'right'], answer: 'left', prediction: 'right', image };
      writeFileSync(path.join(place, name, 'runs', `${name}.jsonl`), `${JSON.stringify(row)}\n`);
    }
    for (const name of ['secret/s.png', 'stray.png', 'pictures/deep/1.png']) {
      mkdirSync(path.dirname(path.join(place, name)), { recursive: true });
      writeFileSync(path.join(place, name), png);
    }
    await client.open(open({ paths: Object.keys(stated).map((name) => path.join(place, name)) }));
    const { slice } = await client.ask('slice', ERRORS);
    const rows = await client.ask('rows', { slice, start: 0, end: 3 });
    const shown = await client.ask('thumbnails', { keys: rows, size: 96 });
    assert.deepEqual(
      shown.map((picture) => picture?.ok === false && picture.reason),
      ['missing', 'missing', 'missing'],
    );
    const key = rows.find(({ run }) => run.includes('three'));
    assert.ok(key !== undefined);
    const found = path.join(place, 'pictures', 'deep', '1.png');
    const learned = await client.ask('learnPrefix', { key, index: 0, found });
    assert.deepEqual(learned, {
      from: `/elsewhere/${'a-long-name/'.repeat(30)}`,
      to: path.join(place, 'pictures') + path.sep,
    });
    await client.ask('setImages', { ...open().images, prefixes: [learned] });
    const picture = await client.ask('picture', { key, index: 0, size: 96, crop: null });
    assert.equal(picture.ok && picture.from, found);
  });

  it('tells how many images lie in the file of the questions, and that another question has the id', async () => {
    const place = path.join(folder, 'frames');
    const png = await sharp({ create: { width: 40, height: 30, channels: 3, background: 'red' } })
      .png()
      .toBuffer();
    mkdirSync(place);
    const list = JSON.stringify([png, png, png].map((each) => each.toString('base64'))).replaceAll('"', '""');
    const rows = `7\t"${list}"\tWhere is it?\n8\t"${list}"\tWho is it?\n`;
    writeFileSync(path.join(place, 'bench.tsv'), `index\timage\tquestion\n${rows}`);
    const asked = [
      { id: 7, question: 'Where is it?' },
      { id: 8, question: 'Where was it?' },
    ].map((each) => JSON.stringify({ ...each, options: ['left', 'right'], answer: 'left', prediction: 'right' }));
    writeFileSync(path.join(place, 'run.jsonl'), asked.join('\n'));
    await client.open(open({ paths: [place] }));
    const { slice } = await client.ask('slice', ERRORS);
    const keys = await client.ask('rows', { slice, start: 0, end: 2 });
    const items = await Promise.all(keys.map((key) => client.ask('item', { key, baseline: null })));
    assert.deepEqual(
      items.map((item) => [item?.record.images.length, item?.embeddedImages]),
      [
        [0, 3],
        [0, 0],
      ],
    );
    const [, other] = await client.ask('thumbnails', { keys, size: 96 });
    const methods = new Session(() => undefined).methods();
    await methods.open(open({ paths: [place] }), new AbortController().signal);
    const [key] = keys;
    assert.ok(key !== undefined);
    const given = Promise.resolve(methods.item({ key, baseline: null }, AbortSignal.abort()));
    await assert.rejects(given, { name: 'AbortError' });
    assert.match(other?.ok === false ? other.message : 'shown', /bench\.tsv holds images, and under the id 8 another/);
  });

  it('looks for no rows that nobody waits for any more', async () => {
    const methods = new Session(() => undefined).methods();
    const { signal } = new AbortController();
    await methods.open(open(), signal);
    const { slice, total } = await methods.slice(ERRORS, signal);
    const params = { slice, start: 0, end: total };
    const cancel = new AbortController();
    const given = Promise.resolve(methods.rows(params, cancel.signal));
    cancel.abort();
    await assert.rejects(given, { name: 'AbortError' });
    assert.equal((await methods.rows(params, signal)).length, total);
  });

  it('keeps what it knows of files with images while predictions beside them grow', async () => {
    const place = path.join(folder, 'growing');
    mkdirSync(place);
    const png = readFileSync(
      path.join(folder, 'samples', 'scenes', readdirSync(path.join(folder, 'samples', 'scenes'))[0] ?? ''),
    );
    const bench = (id: number): void => {
      const list = JSON.stringify([png, png].map((each) => each.toString('base64'))).replaceAll('"', '""');
      writeFileSync(path.join(place, 'bench.tsv'), `index\timage\tquestion\n${id}\t"${list}"\tWhere is it?\n`);
      utimesSync(path.join(place, 'bench.tsv'), 1e9, 1e9);
    };
    const line = JSON.stringify({ id: 7, question: 'Where is it?', options: ['a', 'b'], answer: 'a', prediction: 'b' });
    bench(7);
    writeFileSync(path.join(place, 'run.jsonl'), `${line}\n`);
    const count = async (): Promise<number | undefined> => {
      const { runs } = await client.open(open({ paths: [place] }));
      const key = { run: runs.find(({ file }) => file.endsWith('run.jsonl'))?.id ?? '', row: 1 };
      return (await client.ask('item', { key, baseline: null }))?.embeddedImages;
    };
    assert.equal(await count(), 2);
    // Whoever indexed it again would meet another id.
    bench(8);
    appendFileSync(path.join(place, 'run.jsonl'), `${line}\n`);
    writeFileSync(path.join(place, 'another.jsonl'), `${line}\n`);
    assert.equal(await count(), 2);
    rmSync(path.join(place, 'bench.tsv'));
    assert.equal(await count(), 0);
  });

  it('exports what the list shows, and only that', async () => {
    await client.open(open());
    const out = path.join(folder, 'rows.csv');
    const flips = query({ facets: { ...ERRORS.facets, class: ['horizontal-flip'] } });
    assert.equal(await client.ask('exportRows', { query: flips, keys: null, to: 'csv', out }), 56);
    const { slice } = await client.ask('slice', flips);
    const keys = await client.ask('rows', { slice, start: 0, end: 2 });
    assert.equal(await client.ask('exportRows', { query: flips, keys, to: 'csv', out }), 2);
    const agreement = query({ facets: { agreement: ['wrong in every run'] } });
    const agreeing = await client.ask('slice', agreement);
    assert.equal(await client.ask('exportRows', { query: agreement, keys: null, to: 'csv', out }), agreeing.total);
  });

  it('exports in the order of the list, chosen rows and pasted ids too, and tells how far it is', async () => {
    await client.open(open());
    const out = path.join(folder, 'rows.jsonl');
    const told: number[] = [];
    client.on('exporting', ({ rows, of }) => told.push(rows, of));
    const listed = query({ facets: {}, ids: ['3', '7', '11'], sort: [{ field: 'item', descending: true }] });
    const { slice, total } = await client.ask('slice', listed);
    const rows = await client.ask('rows', { slice, start: 0, end: total });
    const written = (): [string, string][] =>
      readFileSync(out, 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as { run: string; item: string })
        .map(({ run, item }) => [run, item]);
    const named = rows.map(({ run, item }): [string, string] => [run, item]);
    for (const to of ['jsonl', 'parquet'] as const) {
      assert.equal(await client.ask('exportRows', { query: listed, keys: null, to, out }), 9);
      if (to === 'jsonl') assert.deepEqual(written(), named);
    }
    assert.deepEqual(told.slice(0, 4), [0, 9, 9, 9]);
    const keys = [rows[7], rows[2], rows[5]].filter((row) => row !== undefined);
    assert.equal(await client.ask('exportRows', { query: listed, keys, to: 'jsonl', out }), 3);
    assert.deepEqual(written(), [named[2], named[5], named[7]]);
  });

  it('leaves no file where an export is cancelled, and answers what is asked meanwhile', async () => {
    const place = path.join(folder, 'many');
    mkdirSync(place, { recursive: true });
    const line = (id: number): string =>
      JSON.stringify({ id, question: `Where is cup ${id}?`, options: ['left', 'right'], answer: 'A', prediction: 'B' });
    writeFileSync(path.join(place, 'many.jsonl'), Array.from({ length: 20_000 }, (_, id) => `${line(id)}\n`).join(''));
    await client.open(open({ paths: [place] }));
    const out = path.join(folder, 'cancelled.csv');
    const cancel = new AbortController();
    client.on('exporting', () => cancel.abort());
    const asked = client.ask('exportRows', { query: ERRORS, keys: null, to: 'csv', out }, cancel.signal).then(
      () => 'written',
      (error: Error) => error.name,
    );
    const { total } = await client.ask('slice', ERRORS);
    assert.equal(total, 20_000);
    assert.equal(await asked, 'AbortError');
    // The process may be at it a moment longer than its asker: what is asked last is answered last.
    await client.ask('exportRows', { query: ERRORS, keys: [], to: 'csv', out: path.join(folder, 'none.csv') });
    const left = readdirSync(folder).filter((name) => name.startsWith('cancelled'));
    assert.deepEqual(left, []);
  });
});
