import assert from 'node:assert/strict';
import path from 'node:path';
import fc from 'fast-check';
import { lensNamed } from '../../../src/core/relations/lenses/index.js';
import { copyToParquet } from '../../../src/core/store/copy.js';
import { Database } from '../../../src/core/store/database.js';
import type { Filter, Sort } from '../../../src/core/store/filters.js';
import { listRows, pageOf } from '../../../src/core/store/pageQueries.js';
import { anyRows, flatRow, withDatabase, withFolder } from './support.js';

const fileOf = (run: number): string => `/files/${run}.csv`;

const SORTS: readonly (readonly Sort[])[] = [
  [],
  [{ field: 'confidence', descending: true }],
  [{ field: 'task' }, { field: 'correct', descending: true }],
  [{ field: 'object', descending: true }],
  [{ field: 'images' }],
  [{ field: 'class' }, { field: 'row', descending: true }],
];

describe('store: pages', () => {
  it('put together are every row once, in the same order, whatever the sort and the size of a page', async () => {
    await fc.assert(
      fc.asyncProperty(anyRows(), anyRows(), fc.integer({ min: 1, max: 9 }), async (one, other, limit) => {
        await withDatabase([one, other], async (db) => {
          for (const sort of SORTS) {
            const whole = await pageOf(db, { sort, limit: 1000, offset: 0 }, fileOf);
            assert.equal(whole.total, one.length + other.length);
            const keys: string[] = [];
            for (let offset = 0; offset < whole.total; offset += limit) {
              const page = await pageOf(db, { sort, limit, offset }, fileOf);
              assert.equal(page.total, whole.total);
              keys.push(...page.records.map(({ record }) => `${record.run} ${record.row}`));
            }
            assert.deepEqual(
              keys,
              whole.records.map(({ record }) => `${record.run} ${record.row}`),
            );
            assert.equal(new Set(keys).size, whole.total);
          }
        });
      }),
      { numRuns: 3 },
    );
  });

  it('are sorted, what has no value last, ties in the order of runs and rows', async () => {
    const rows = [0.5, null, 0.9, 0.5, 0.1].map((confidence, at) => flatRow(at + 1, { confidence }));
    await withDatabase([rows], async (db) => {
      const order = async (sort: readonly Sort[]): Promise<number[]> =>
        (await pageOf(db, { sort, limit: 9, offset: 0 }, fileOf)).records.map(({ record }) => record.row);
      assert.deepEqual(await order([]), [1, 2, 3, 4, 5]);
      assert.deepEqual(await order([{ field: 'confidence' }]), [5, 1, 4, 3, 2]);
      assert.deepEqual(await order([{ field: 'confidence', descending: true }]), [3, 1, 4, 5, 2]);
    });
  });

  it('hold what a filter keeps, and count all that it keeps', async () => {
    const rows = Array.from({ length: 20 }, (_, at) => flatRow(at + 1, { task: at % 2 === 0 ? 'even' : 'odd' }));
    const filter: Filter = { field: 'task', op: 'eq', value: 'odd' };
    await withDatabase([rows], async (db) => {
      const page = await pageOf(db, { filter, limit: 3, offset: 8 }, fileOf);
      assert.equal(page.total, 10);
      assert.deepEqual(
        page.records.map(({ record }) => record.row),
        [18, 20],
      );
      assert.deepEqual(await pageOf(db, { filter, limit: 3, offset: 99 }, fileOf), { total: 10, records: [] });
      assert.deepEqual(await pageOf(db, { filter, limit: 0, offset: 0 }, fileOf), { total: 10, records: [] });
    });
  });

  it('give back a row as it went in, and the trace of its answer and class', async () => {
    const row = flatRow(7, {
      ...{ question: 'Where is\nthe “cup”? 😀', gold: 'left', predicted: 'right', correct: false, goldOption: 0 },
      ...{
        options: [
          { label: 'A', text: 'left' },
          { label: null, text: 'a, "b"; [c]' },
        ],
        goldDirection: 4,
      },
      ...{ predictedDirection: 22, frame: 'person', convention: 'facing', images: ['a b.png', "it's.png"] },
      ...{ flags: ['frameSwap'], frameSwapOf: '{"frame":"camera","question":"Q?"}', confidence: 0.1 },
      meta: { 'a.b': [1, null, { c: '"' }], text: 'line\nend', yes: true },
    });
    await withDatabase([[row]], async (db) => {
      const { records } = await pageOf(db, { limit: 1, offset: 0 }, fileOf);
      const { record, trace } = records[0] ?? assert.fail('no record');
      assert.equal(record.question, row.question);
      assert.deepEqual(record.options, row.options);
      assert.deepEqual(record.images, row.images);
      assert.deepEqual(record.meta, row.meta);
      assert.deepEqual(record.flags, row.flags);
      assert.equal(record.file, '/files/0.csv');
      assert.deepEqual(
        [record.goldDirection, record.predictedDirection, record.angle, record.class, record.drift],
        ['left', 'right', 180, 'horizontal-flip', false],
      );
      assert.deepEqual(trace.answer, { rule: 'test', source: 'response', start: 0, end: 4, text: 'left' });
      assert.match(trace.lensRule ?? '', /the lateral axis alone is reversed": reversed on lateral/);
      assert.deepEqual(trace.frameSwapOf, { frame: 'camera', question: 'Q?' });
    });
  });

  it('take texts with half a surrogate pair for what they are', async () => {
    const options = [
      { label: null, text: 'cut \ud83d' },
      { label: null, text: '\\ud83d written out' },
    ];
    const row = flatRow(1, { question: 'cut \ud83d', options, meta: { 'key \udc00': 'x\ud83d', path: 'a\\ud83d' } });
    await withDatabase([[row]], async (db) => {
      const { records } = await pageOf(
        db,
        { filter: { field: 'path', op: 'contains', value: 'a' }, limit: 1, offset: 0 },
        fileOf,
      );
      const { record } = records[0] ?? assert.fail('no record');
      assert.equal(record.question, 'cut \ufffd');
      assert.deepEqual(
        record.options.map((option) => option.text),
        ['cut \ufffd', '\\ud83d written out'],
      );
      assert.deepEqual(record.meta, { 'key \ufffd': 'x\ufffd', path: 'a\\ud83d' });
    });
  });

  it('change their classes with the lens, and nothing else', async () => {
    const rows = [flatRow(1, { correct: false, goldDirection: 16, predictedDirection: 10 })];
    await withDatabase([rows], async (db) => {
      const before = (await pageOf(db, { limit: 9, offset: 0 }, fileOf)).records[0]?.record;
      await db.setLens(lensNamed('wurf2026'));
      const after = (await pageOf(db, { limit: 9, offset: 0 }, fileOf)).records[0]?.record;
      assert.equal(before?.class, 'depth-flip');
      assert.deepEqual({ ...before, class: 'vertical' }, after);
    });
  });
});

describe('store: several runs in one shard', () => {
  it('are told apart by their split, null among them', async () => {
    const rows = ['a', 'b', null, 'a'].map((split, at) => flatRow(at + 1, { split }));
    await withDatabase([rows], async (_, [parquet = '']) => {
      const db = await Database.open([
        { id: 'x#a', parquet, split: 'a' },
        { id: 'x#b', parquet, split: 'b' },
        { id: 'x#', parquet, split: null },
      ]);
      try {
        await db.setLens(lensNamed('axes'));
        const { records } = await pageOf(db, { limit: 9, offset: 0 }, fileOf);
        assert.deepEqual(
          records.map(({ record }) => `${record.run} ${record.row}`),
          ['x#a 1', 'x#a 4', 'x#b 2', 'x# 3'],
        );
      } finally {
        db.close();
      }
    });
  });
});

describe('store: rows as Parquet', () => {
  it('hold what the filter keeps, with the lens in every row', async () => {
    const rows = [1, 2, 3].map((n) =>
      flatRow(n, { correct: n === 2 ? true : false, goldDirection: 4, predictedDirection: 22 }),
    );
    await withDatabase([rows], async (db) => {
      await withFolder(async (folder) => {
        const file = path.join(folder, "it's.parquet");
        const filter: Filter = { field: 'correct', op: 'eq', value: false };
        assert.equal(await copyToParquet(db, await listRows(db, filter), lensNamed('axes'), file), 2);
        const found = await db.all(
          `SELECT "run", "row", "class", "lens", "lensVersion" FROM read_parquet(?) ORDER BY "row"`,
          [file],
        );
        const same = { run: 'run0.csv', class: 'horizontal-flip', lens: 'axes', lensVersion: '1' };
        assert.deepEqual(
          found.map((row) => ({ ...row })),
          [
            { ...same, row: 1 },
            { ...same, row: 3 },
          ],
        );
      });
    });
  });
});
