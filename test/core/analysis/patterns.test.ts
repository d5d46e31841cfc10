import assert from 'node:assert/strict';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { openFile } from '../../../src/core/analysis/openFile.js';
import { firstPatterns, PatternReading } from '../../../src/core/analysis/patterns.js';
import type { IngestPlan } from '../../../src/core/analysis/plan.js';
import { Tally } from '../../../src/core/analysis/tally.js';
import { toRow } from '../../../src/core/analysis/toRow.js';
import { FRAME_WORDS, frameOf, OFTEN_CAMERA } from '../../../src/core/relations/frames.js';
import { sceneIn } from '../../../src/core/images/scenes.js';
import { frameIn } from '../../../src/core/store/recordTable.js';
import { ShardWriter } from '../../../src/core/store/shardWriter.js';
import { FRAMES, planOf, record } from '../../support/patterns.js';
import { withFolder } from '../store/support.js';

type Rows = Record<string, unknown>[];

async function ask(sql: string): Promise<Rows> {
  const instance = await DuckDBInstance.create(':memory:');
  try {
    const connection = await instance.connect();
    return (await connection.runAndReadAll(sql)).getRowObjectsJS();
  } finally {
    instance.closeSync();
  }
}

const shardOf = (file: string): Promise<Rows> => ask(`SELECT * FROM read_parquet('${file}') ORDER BY file_row_number`);

/** Both ways to read one file: a pattern at a time, null where that is declined, and record by record. */
async function bothWays(file: string, folder: string): Promise<{ byPattern: unknown; byRecord: unknown }> {
  const plan = await planOf(file);
  return { byPattern: await byPattern(plan, folder), byRecord: await byRecord(plan, folder) };
}

/** Fewer than most files here have: patterns that first occur later are read as such. */
const FIRST = 200;

async function byPattern(plan: IngestPlan, folder: string, bytes = 1): Promise<unknown> {
  const tally = new Tally();
  const source = await openFile(plan.file);
  const first = await firstPatterns(source, plan.format, { bytes, folder, records: FIRST });
  if (first === null) return null;
  try {
    const rows = await new PatternReading(plan, first).rows(tally);
    if (rows === null) return null;
    const file = path.join(folder, 'patterns.parquet');
    const facts = await first.shard.finish(file, rows);
    return { facts, tally, rows: await shardOf(file) };
  } finally {
    await first.end();
  }
}

async function byRecord(plan: IngestPlan, folder: string): Promise<unknown> {
  const tally = new Tally();
  const writer = await ShardWriter.open(folder);
  const found = [];
  for await (const record of plan.format.read(await openFile(plan.file))) found.push(record);
  writer.append(tally.count(found).map((item) => toRow(item, plan)));
  const file = path.join(folder, 'records.parquet');
  const facts = await writer.finish(file);
  return { facts, tally, rows: await shardOf(file) };
}

/** Text of JSON lines read both ways: what reading by pattern gives, null where it is declined, is what reading by record gives. */
async function read(text: string, name = 'run.jsonl'): Promise<{ rows: Rows; tally: Tally } | null> {
  return withFolder(async (folder) => {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
    const { byPattern: found, byRecord: expected } = await bothWays(file, folder);
    if (found !== null) assert.deepEqual(found, expected);
    return found as { rows: Rows; tally: Tally } | null;
  });
}

const many = (count: number, more: (n: number) => Record<string, unknown> = () => ({})): Record<string, unknown>[] =>
  Array.from({ length: count }, (_, n) => record(n, more(n)));

/** Records of which nothing is carried but ids. */
const named = (count: number): Record<string, unknown>[] =>
  many(count).map(({ id, answer, prediction, task }) => ({ id, answer, prediction, task }));

const jsonLines = (records: readonly unknown[]): string => records.map((each) => `${JSON.stringify(each)}\n`).join('');

function csv(records: readonly Record<string, unknown>[], delimiter = ','): string {
  const cell = (value: unknown): string => {
    const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
    return /["\n\r\t,;]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const names = Object.keys(records[0] ?? {});
  const rows = records.map((each) => names.map((name) => cell(each[name])).join(delimiter));
  return [names.join(delimiter), ...rows, ''].join('\n');
}

describe('analysis: files read a pattern at a time', () => {
  it('give the shard that reading record by record gives: JSON lines, CSV, TSV, Parquet', async () => {
    const records = many(300);
    for (const found of [
      await read(jsonLines(records)),
      await read(csv(records), 'run.csv'),
      await read(csv(records, '\t'), 'run.tsv'),
    ]) {
      assert.ok(found !== null, 'it is not declined');
      assert.equal(found.rows.length, 300);
      assert.equal(found.tally.items, 300);
      assert.equal(new Set(found.rows.map((row) => row['frame'])).size, 5);
    }
    await withFolder(async (folder) => {
      const lines = path.join(folder, 'lines.jsonl');
      await writeFile(lines, jsonLines(records));
      const file = path.join(folder, 'run.parquet');
      await ask(`COPY (SELECT * FROM read_json('${lines}')) TO '${file}' (FORMAT parquet)`);
      const { byPattern: found, byRecord: expected } = await bothWays(file, folder);
      assert.ok(found !== null, 'it is not declined');
      assert.deepEqual(found, expected);
    });
  });

  it('keep what some records say otherwise: blanks, nulls, other types, long and odd texts, scenes', async () => {
    const odd: Record<string, unknown>[] = [
      { id: 'q 1', response: '' },
      { id: ' q2 ', response: null },
      { id: 2 ** 53 + 2, response: 'None' },
      { id: 1.5, confidence: '0.5' },
      { id: 'nan', confidence: 7 },
      { id: -3, image: ['a.png', 'b.png'] },
      { image: null, question: 'Wo ist die Tasse, vom Blickpunkt der Kamera aus „gesehen“?' },
      { image: 'scene0011_00/frame 7.jpg', question: 'Where  is it?\nFrom the viewer?' },
      { image: 'data/scene0011_00/7.jpg', question: '' },
      { answer: null },
      { answer: '', prediction: 'B' },
      { prediction: 'front-left', answer: 'A' },
      { prediction: 3 },
      { response: '["A", "B"]' },
      { response: 'None                ' },
      { response: { text: 'It is A.' }, question: ['Where is it?', 'Really?'] },
      { options: ['yes', 'no'], answer: 'A' },
      { task: 'a \u001f b', response: 'a \u001d b \u001f c and a tail' },
      { task: 'emoji 😀', response: 'Schön, die Tasse steht links – oder?' },
    ];
    const found = await read(jsonLines(many(700, (n) => odd[(n - 220) / 20] ?? {})));
    assert.ok(found !== null, 'it is not declined');
    assert.ok(found.rows.some((row) => row['cluster'] === 'scene:scene0011_00'));
    assert.ok(found.rows.some((row) => row['response'] === 'None                ' || row['response'] === ''));
  });

  it('keep images that are named again and again, alone and among others, and the scenes that some stand for', async () => {
    const places = [
      'a/b.png',
      'A/B.PNG',
      'data/scene0011_00/7.jpg',
      'Scene0011_00/7.jpg',
      'x/Scene_3/1.jpg',
      '1234.5',
      'k(1).png',
    ];
    const again = (n: number): Record<string, unknown> => ({ image: places[n % places.length] });
    const clusters = ['image:', 'scene:scene0011_00', 'scene:Scene_3'];
    for (const later of [
      {},
      { image: 'later/one.png' },
      { image: 1234.5 },
      { image: null },
      { image: '' },
      { image: ['a/b.png'] },
      { image: 'a/b.png ' },
      { image: 'é/ü.png' },
      { image: 'a\u007fb.png' },
      { answer: null },
    ]) {
      const records = many(500, (n) => ({ ...again(n), ...(n > 300 && n % 50 === 0 ? later : {}) }));
      const found = await read(jsonLines(records));
      assert.ok(found !== null, JSON.stringify(later));
      const named = new Set(found.rows.map((row) => String(row['cluster'])));
      assert.ok(
        clusters.every((each) => [...named].some((name) => name.startsWith(each))),
        [...named].join(),
      );
      if (typeof later.image !== 'object')
        assert.ok((await read(csv(records), 'run.csv')) !== null, JSON.stringify(later));
    }
    const found = await read(jsonLines(many(500, (n) => ({ ...again(n), scene_id: n % 2 === 0 ? 'kitchen' : '' }))));
    assert.equal(found?.rows[0]?.['cluster'], 'scene:kitchen');
  });

  it('are held in a file beside the index where they are large, which is gone afterwards', () =>
    withFolder(async (folder) => {
      const file = path.join(folder, 'run.jsonl');
      await writeFile(file, jsonLines(many(300)));
      const plan = await planOf(file);
      assert.deepEqual(await byPattern(plan, folder, 1e12), await byRecord(plan, folder));
      assert.deepEqual((await readdir(folder)).sort(), ['patterns.parquet', 'records.parquet', 'run.jsonl']);
    }));

  it('keep columns without a role, and scenes and models that records name', async () => {
    const found = await read(
      jsonLines(
        many(300, (n) => ({
          scene_id: n % 3 === 0 ? 'kitchen' : `scene ${n % 7}`,
          level: n % 2 === 0 ? 'easy' : 'hard',
          tags: ['a', { b: n % 2 }],
        })),
      ),
    );
    assert.ok(found !== null, 'it is not declined');
    assert.ok(
      found.rows.every((row) => String(row['cluster']).startsWith('scene:') && String(row['meta']).includes('level')),
    );
  });

  it('tell several runs of one file apart, by split and by model', async () => {
    for (const more of [
      (n: number) => ({ split: n % 2 === 0 ? 'val' : 'test' }),
      (n: number) => ({ id: n >> 1, model: n % 2 === 0 ? 'llava' : 'qwen' }),
    ]) {
      const found = await read(jsonLines(many(300, more)));
      assert.ok(found !== null, 'it is not declined');
    }
  });

  it('are declined where a record is no item, or where its text is read', async () => {
    const lines = (more: Record<string, unknown>): string => jsonLines([...many(300), record(300, more), ...many(20)]);
    const declined: Readonly<Record<string, string>> = {
      'no JSON': `${jsonLines(many(300))}{"id": 7\n`,
      'a key of its own': lines({ more: 1 }),
      'a key that repeats': `${jsonLines(many(300))}${JSON.stringify(record(1)).replace('"id"', '"id":0,"id"')}\n`,
      'no number': `${jsonLines(many(300))}${JSON.stringify(record(1)).replace('"confidence":0.001', '"confidence":NaN')}\n`,
      'a list of samples': lines({ prediction: ['A', 'B'] }),
      'an empty record': lines(Object.fromEntries(Object.keys(record(1)).map((name) => [name, null]))),
      'a letter that the response may count': jsonLines(
        many(300, () => ({ answer: 'front-left', prediction: 'back-left' })),
      ),
      'an order that the question asks for': jsonLines(
        many(300, () => ({ options: ['the cup', 'the table'], answer: 'A', prediction: 'B' })),
      ),
      'a value that is nested too deeply within its record': lines({
        task: JSON.parse('['.repeat(501) + ']'.repeat(501)),
      }),
      'a record that may say nothing but its task': `${jsonLines(named(300))}{"task":"task 1"}\n`,
      'a null beside the roles': jsonLines(many(300, (n) => ({ note: n === 7 ? null : 'x' }))),
    };
    for (const [what, text] of Object.entries(declined)) assert.equal(await read(text), null, what);
    const rows = csv(many(300));
    const [, row = ''] = rows.split('\n');
    assert.equal(await read(`${rows}1,2\n`, 'run.csv'), null, 'a row of other width');
    assert.equal(await read(`${rows}${row},\n`, 'run.csv'), null, 'an empty cell too many');
    const padded = ['  "task 1"', '"task 1"  ', ' "task 1, 2" ', ' ""', ' "task ""1""\n"', ' task 1 ', ' "task 1"'];
    const more = padded.map((cell) => `${row.replace('task 0', cell)}\n`).join('');
    assert.equal((await read(`${rows}${more}`, 'run.csv'))?.rows.length, 307, 'blanks around quotes');
    assert.equal(await read(`${rows}${row.replace('task 0', ' "task" 1')}\n`, 'run.csv'), null, 'text behind quotes');
    assert.equal(await read(rows.replace('Where is cup 7 ', 'Where is cup \0 '), 'run.csv'), null, 'a byte of value 0');
    assert.equal(await read(`# written today\n${rows}`, 'run.csv'), null, 'a comment before the header');
  });

  it('are read whatever the folders above them are called', async () => {
    const records = many(300);
    for (const found of [
      await read(jsonLines(records), 'task=foo/run.jsonl'),
      await read(jsonLines(named(300)), 'id=5/run.jsonl'),
      await read(csv(records), 'c7=foo/run.csv'),
    ]) {
      assert.equal(new Set(found?.rows.map((row) => row['task'])).size, 2);
      assert.equal(found?.rows[7]?.['id'], '7');
    }
  });

  it('have the metadata of all records in one order', async () => {
    const records = many(300, (n) => (n === 250 ? { tags: 'y', level: 'easy' } : { level: 'easy', tags: 'x' }));
    const found = await read(jsonLines(records));
    assert.equal(found?.rows[250]?.['meta'], '{"level":"easy","tags":"y"}');
  });

  it('read white space of any kind between records, as all readers do', async () => {
    const found = await read(jsonLines(many(300)).replaceAll('}\n', '}\f\n\v'));
    assert.equal(found?.rows.length, 300);
  });

  it('read what hand-edited lines may end with, as all readers do', async () => {
    const found = await read(jsonLines(many(300)).replaceAll('}\n', ', }\n'));
    assert.ok(found?.rows.length === 300, 'commas after the last value');
  });

  it('give the same for any values in any place, in JSON lines and CSV', async function () {
    this.timeout(240_000);
    const text = fc.oneof(
      fc.constantFrom(
        '',
        ' ',
        'nan',
        'None',
        'A',
        '(B)',
        'front-left',
        'x'.repeat(12),
        'N/A        ',
        '[1, 2]',
        '{"a": 1}',
        'a  b c d e f g h',
        'é'.repeat(9),
      ),
      fc.string({ unit: 'binary', maxLength: 14 }),
      fc.constantFrom(...FRAMES.map((frame) => `Where is it ${frame}?`)),
    );
    const value = fc.oneof(
      text,
      fc.constantFrom<unknown>(null, true, 0, 1, -1, 0.5, 1e-7, 1e21, 2 ** 53 + 2, [], ['a', 'b'], {}, { text: 'A' }),
    );
    const field = fc.constantFrom(...Object.keys(record(0)));
    const changes = fc.array(fc.tuple(fc.nat(299), field, value), { maxLength: 6 });
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(changes, fc.boolean(), async (changed, isRepeated) => {
        const records = many(300, (n) => (isRepeated ? { image: `scenes/${n % 40}/frame_00.png` } : {}));
        for (const [at, name, instead] of changed) (records[at] as Record<string, unknown>)[name] = instead;
        const lone = JSON.stringify(records).includes('\\ud');
        if (!lone && (await read(jsonLines(records))) !== null) accepted += 1;
        if (!lone && (await read(csv(records), 'run.csv')) !== null) accepted += 1;
      }),
      { numRuns: 60 },
    );
    // About 65 of the 120 are read so. The bound only says that something was compared: which files are drawn is chance.
    assert.ok(accepted > 20, `many are read so: ${accepted}`);
  });
});

describe('analysis: what the database decides in place of the readers', () => {
  const words = [
    'imagine',
    'you',
    'are',
    'the',
    'camera',
    "camera's",
    'viewer',
    'perspective',
    'of',
    'from',
    'standing',
    'at',
    'man',
    "man's",
    'facing',
    'if',
    'a',
    'driver',
    'view',
    'point',
    'table',
    'in',
    'position',
    'to',
    'be',
    'towards',
    'suppose',
    'where',
    'is',
    'it?',
  ];

  it('is the frame that a question names', async () => {
    const question = fc.array(fc.constantFrom(...words), { minLength: 3, maxLength: 12 }).map((list) => list.join(' '));
    const questions = [
      ...fc.sample(question, { numRuns: 3000, seed: 7 }),
      ...FRAMES,
      ...FRAMES.map((text) => text.toUpperCase()),
    ];
    const list = questions.map((text) => `('${text.replaceAll("'", "''")}')`).join(', ');
    const found = await ask(`SELECT q, ${frameIn('q')} AS "frame" FROM (VALUES ${list}) AS t(q)`);
    const names = found.map(({ q, frame }) => [q, FRAME_WORDS[Number(frame)]?.[0] ?? 'unstated']);
    assert.deepEqual(
      names,
      questions.map((text) => [text, frameOf(text)]),
    );
    assert.equal(new Set(names.map(([, frame]) => frame)).size, 5, 'every frame is among them');
  });

  it('takes for the camera only what the expression does', () => {
    for (const text of OFTEN_CAMERA) assert.equal(frameOf(`where is it from the ${text}`), 'camera');
  });

  it('names scenes by folders that hold a number', () => {
    assert.equal(sceneIn('data/Scene0011_00/7.jpg'), 'Scene0011_00');
    for (const none of ['scenes/00011/7.jpg', 'scene0011.jpg', 'obscene1/7.jpg']) assert.equal(sceneIn(none), null);
  });
});
