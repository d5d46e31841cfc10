import assert from 'node:assert/strict';
import { Browse } from '../../../src/core/store/browse.js';
import type { Query } from '../../../src/core/model.js';
import { withWorkspace } from '../../support/cli.js';
import { flatRow, withDatabase } from '../store/support.js';
import { predictions, reopen, type Record } from './support.js';

const ALL: Query = { facets: {}, search: '', ids: null, filter: null, sort: [], group: null };

/** Question n, answered wrongly, with whatever else its record holds. */
function asked(n: number, more: Partial<Record> = {}): Record {
  return {
    id: `q${n}`,
    question: `Where is cup ${n}?`,
    options: ['left', 'right'],
    answer: 'A',
    response: 'B',
    ...more,
  };
}

type Browsing = Parameters<Parameters<typeof reopen>[1]>[0] extends { browse(): infer B } ? B : never;

function browsing(records: readonly Record[], use: (browsing: Browsing) => Promise<void>): Promise<void> {
  return withWorkspace(async (workspace) => {
    workspace.write('a.jsonl', predictions(records));
    return reopen(workspace, (analysis) => use(analysis.browse()));
  });
}

describe('browsing: many questions at once', () => {
  const records = Array.from({ length: 60 }, (_, n) => asked(n, { colour: `c${n % 7}` }));

  it('is answered however many there are, each as if it were alone', () =>
    browsing(records, async (list) => {
      const searches = records.map(({ question }) => question ?? '');
      const counts = await Promise.all(searches.map((search) => list.counts([{ ...ALL, search }])));
      assert.deepEqual(
        counts.flat(),
        searches.map(() => 1),
      );
      const slices = await Promise.all(searches.map((search) => list.slice({ ...ALL, search })));
      assert.deepEqual(
        slices.map(({ total }) => total),
        searches.map(() => 1),
      );
    }));

  it('is answered with more conditions than are remembered', () =>
    browsing(records, async (list) => {
      const none = Array.from({ length: 40 }, (_, n): [string, [null]] => [`meta.absent${n}`, [null]]);
      assert.equal((await list.slice({ ...ALL, facets: Object.fromEntries(none) })).total, records.length);
    }));

  it('stops for the one that was given up, and for no other that waits for the same', () =>
    browsing(records, async (list) => {
      const query = { ...ALL, search: 'cup 1' };
      const cancel = new AbortController();
      const given = list.slice(query, cancel.signal).then(
        () => 'answered',
        (error: Error) => error.name,
      );
      const kept = list.slice(query);
      cancel.abort();
      assert.equal(await given, 'AbortError');
      assert.equal((await kept).total, 11);
      await assert.rejects(list.facets(query, ['class'], 5, cancel.signal), { name: 'AbortError' });
      assert.equal((await list.slice(query)).total, 11);
    }));
});

describe('store: a connection of its own', () => {
  it('is interrupted when its question is given up, while others go on', () =>
    withDatabase([[flatRow(1)]], async (db) => {
      const cancel = new AbortController();
      const [stopped, other] = [await db.another(cancel.signal), await db.another()];
      // Would take hours.
      const endless = stopped.all(
        'SELECT count(*) FROM range(10000000) a, range(10000000) b WHERE (a.range * b.range) % 7 = 3',
      );
      const counted = other.all(
        'SELECT count(*)::INTEGER AS "n" FROM range(20000) a, range(1000) b WHERE (a.range + b.range) % 2 = 0',
      );
      setTimeout(() => cancel.abort(), 50);
      await assert.rejects(endless, { name: 'AbortError' });
      assert.equal((await counted)[0]?.['n'], 10_000_000);
      await assert.rejects(stopped.all('SELECT 1'), { name: 'AbortError' });
      stopped.close();
      other.close();
    }));
});

describe('browsing: fields of many values', () => {
  const records = Array.from({ length: 300 }, (_, n) => asked(n, { shade: `u${n % 200}` }));

  it('gives the most frequent and the chosen ones, and says how many others there are', () =>
    browsing(records, async (list) => {
      const query = { ...ALL, facets: { shade: ['u150', 'u0', 'nothing'] } };
      const [facet] = await list.facets(query, ['shade'], 3);
      assert.deepEqual(
        facet?.values.map(({ value, count }) => [value, count]),
        [
          ['u0', 2],
          ['u1', 2],
          ['u10', 2],
          ['u150', 1],
          ['nothing', 0],
        ],
      );
      assert.equal(facet?.more, 196);
      assert.equal((await list.slice(query)).total, 3);
    }));

  it('reads no more of them than are shown', () =>
    withDatabase([records.map((_, n) => flatRow(n + 1, { meta: { shade: `u${n}` } }))], async (db) => {
      const { values, more } = await new Browse(db).values('shade', { conditions: [], ids: null }, ['u299'], 4);
      assert.deepEqual([values.length, more], [5, 295]);
    }));

  it('finds by a value, by several, by none and by not having one what counting by hand finds', () =>
    browsing([...records, asked(300), asked(301, { shade: '' })], async (list) => {
      const total = async (query: Partial<Query>): Promise<number> => (await list.slice({ ...ALL, ...query })).total;
      assert.equal(await total({ facets: { shade: [null] } }), 2);
      assert.equal(await total({ facets: { shade: [null, 'u3'] } }), 4);
      assert.equal(await total({ filter: { field: 'shade', op: 'ne', value: 'u3' } }), 300);
      assert.equal(await total({ filter: { not: { field: 'shade', op: 'contains', value: 'u' } } }), 2);
      assert.equal(await total({ filter: { field: 'shade', op: 'in', values: ['u3', 'u199'] } }), 3);
    }));

  it('refuses to group by more than can be shown', () =>
    withDatabase([Array.from({ length: 5002 }, (_, n) => flatRow(n + 1, { meta: { shade: `u${n}` } }))], async (db) => {
      const browse = new Browse(db);
      const request = { conditions: [], ids: null, sort: [], group: 'shade' };
      await assert.rejects(browse.slice(request), /"shade" has more than 5000 values/);
      const few = { ...request, conditions: [{ field: 'row', op: 'le' as const, value: 5000 }] };
      assert.equal((await browse.slice(few)).groups?.length, 5000);
    }));
});

describe('browsing: fields that are called like what every object has', () => {
  it('are facets like others', () =>
    browsing(
      [0, 1, 2].map((n) => asked(n, { constructor: `c${n % 2}`, toString: 't', ['__proto__']: 'p' })),
      async (list) => {
        const fields = ['constructor', 'toString', '__proto__', 'hasOwnProperty'];
        const facets = await list.facets(ALL, fields, 8);
        assert.deepEqual(
          facets.map(({ values }) => values.map(({ label, count }) => `${label} ${count}`)),
          [['c0 2', 'c1 1'], ['t 3'], ['p 3'], ['(no value) 3']],
        );
        const chosen = { ...ALL, facets: { constructor: ['c1'] } } as unknown as Query;
        assert.equal((await list.slice(chosen)).total, 1);
      },
    ));
});

describe('browsing: lists', () => {
  const rows = [
    flatRow(1, { flags: ['goldConflict', 'imageAmbiguous'] }),
    flatRow(2, { options: ['a', 'b', 'c'].map((text) => ({ label: null, text })) }),
    flatRow(3, { flags: ['goldConflict'], images: ['x.png', 'x.png'] }),
    flatRow(4),
  ];

  it('count rows, and have none as a value that can be chosen', () =>
    withDatabase([rows], async (db) => {
      const browse = new Browse(db);
      const all = { conditions: [], ids: null };
      const of = async (field: string): Promise<unknown[]> =>
        (await browse.values(field, all, [], 9)).values.map(({ value, count }) => [value, count]);
      assert.deepEqual(await of('flags'), [
        ['goldConflict', 2],
        [null, 2],
        ['imageAmbiguous', 1],
      ]);
      assert.deepEqual(await of('images'), [
        [null, 3],
        ['x.png', 1],
      ]);
      assert.deepEqual(await of('optionLabels'), [[null, 4]]);
      for (const [field, count] of [
        ['flags', 2],
        ['images', 3],
        ['optionLabels', 4],
      ] as const) {
        assert.equal(await browse.count([{ field, op: 'eq', value: null }], null), count, field);
        assert.equal(await browse.count([{ field, op: 'ne', value: null }], null), 4 - count, field);
      }
    }));

  it('are grouped by all that they hold, and an empty one is no value', () =>
    withDatabase([rows], async (db) => {
      const browse = new Browse(db);
      const group = async (field: string): Promise<unknown[] | undefined> =>
        (await browse.slice({ conditions: [], ids: null, sort: [], group: field })).groups?.map(({ value, count }) => [
          value,
          count,
        ]);
      const flags = [
        ['goldConflict', 1],
        ['goldConflict, imageAmbiguous', 1],
        [null, 2],
      ];
      assert.deepEqual(await group('flags'), flags);
      assert.deepEqual(await group('images'), [
        ['x.png, x.png', 1],
        [null, 3],
      ]);
      await browse.warm();
      assert.deepEqual(await group('flags'), flags);
    }));
});

describe('browsing: from row to row', () => {
  const right = new Set([1, 2, 5]);
  const records = Array.from({ length: 8 }, (_, n) => asked(n, right.has(n) ? { response: 'A' } : {}));

  it('finds the nearest error either way, and a row by its item', () =>
    withWorkspace(async (workspace) => {
      workspace.write('a.jsonl', predictions(records));
      await reopen(workspace, async (analysis) => {
        const list = analysis.browse();
        const { slice, total } = await list.slice(ALL);
        assert.equal(total, records.length);
        const next = (from: number, by: 1 | -1) => list.nearest(slice, from, by, ['wrong', 'unanswered']);
        assert.deepEqual(await Promise.all([next(-1, 1), next(0, 1), next(4, 1), next(7, 1)]), [0, 3, 6, null]);
        assert.deepEqual(await Promise.all([next(3, -1), next(6, -1), next(0, -1)]), [0, 4, null]);
        await assert.rejects(list.nearest(slice + 1, 0, 1, ['wrong']), /ask for it again/);
        const [row] = await list.rows(slice, 3, 4);
        assert.equal(row?.item, 'q3');
        assert.equal(await analysis.rowOf(row.run, 'q3'), row.row);
        assert.equal(await analysis.rowOf(row.run, 'q99'), null);
        assert.equal(await analysis.rowOf('no run', 'q3'), null);
        assert.deepEqual(await list.ids(ALL, [row], 10), ['q3']);
        await assert.rejects(list.ids(ALL, null, 3), /8 ids are more than the 3/);
        const [found] = await list.images([row]);
        assert.deepEqual([found?.id, found?.images], ['q3', []]);
      });
    }));
});
