import assert from 'node:assert/strict';
import fc from 'fast-check';
import { FlipsideError } from '../../../src/core/model.js';
import { encodeDirection } from '../../../src/core/relations/direction.js';
import { directionOf } from '../../../src/core/relations/phrases.js';
import type { Database } from '../../../src/core/store/database.js';
import {
  compileField,
  compileFilter,
  compileSort,
  FIELDS,
  type Filter,
  type FilterValue,
} from '../../../src/core/store/filters.js';
import { requirePossible } from '../../../src/core/store/filterChecks.js';
import { flatRow, withDatabase, type FlatRow } from './support.js';

/** Names and values as hostile, or as innocent, as files may hold them. */
const NAMES = [
  ...[
    'x" OR 1=1 --',
    "it's",
    'a"b',
    'a\\b',
    '$',
    '*',
    '[0]',
    '~',
    '/',
    '~1',
    'naïve',
    '名前',
    '😀',
    'with space',
    '%',
    '_',
  ],
  ...["'; DROP TABLE runs; --", 'tab\there', 'line\nend', '0', 'meta', '?', '"'],
];

async function rowsKept(db: Database, filter: Filter): Promise<number[]> {
  const { sql, values } = compileFilter(filter);
  const rows = await db.all(`SELECT "row" FROM annotated WHERE ${sql} ORDER BY "row"`, values);
  return rows.map((row) => Number(row['row']));
}

const ROWS: readonly FlatRow[] = [
  flatRow(1, {
    ...{
      task: 'one',
      question: 'Where is the Cup?',
      response: 'ΟΔΟΣ on the left',
      confidence: 0.5,
      flags: ['frameSwap'],
    },
    ...{ correct: false, goldDirection: 4, predictedDirection: 22, images: ['a.png', 'b.png'], sample: 2 },
    meta: {
      'source.name': 'dotted',
      source: { name: 'nested', deep: { er: 7 } },
      level: 3,
      ok: true,
      none: null,
      score: 1e300,
    },
  }),
  flatRow(2, {
    ...{ task: 'two', question: "It's 100% _sure_?", response: 'İstanbul', confidence: 0.75, gold: 'on the left' },
    ...{ correct: false, goldDirection: 16, predictedDirection: 22, images: ['A.PNG'], answeredYes: true },
    meta: { source: { name: 'other' }, score: 'nan', level: 12, ok: false, list: ['left', 'up'] },
  }),
  flatRow(3, { task: null, question: null, response: null, correct: null, meta: { level: '3', '': 'empty name' } }),
];

describe('store: filters', () => {
  /** Filter, and the rows of ROWS that it keeps. */
  const TABLE: readonly (readonly [Filter, readonly number[]])[] = [
    [{ field: 'task', op: 'eq', value: 'one' }, [1]],
    [{ field: 'task', op: 'ne', value: 'one' }, [2, 3]],
    [{ field: 'task', op: 'eq', value: null }, [3]],
    [{ field: 'task', op: 'ne', value: null }, [1, 2]],
    [{ field: 'task', op: 'in', values: ['one', 'two'] }, [1, 2]],
    [{ field: 'task', op: 'in', values: [] }, []],
    [{ field: 'task', op: 'contains', value: 'W' }, [2]],
    [{ field: 'task', op: 'ge', value: 'p' }, [2]],
    [{ field: 'task', op: 'lt', value: 5 }, []],
    [{ field: 'row', op: 'eq', value: 2 }, [2]],
    [{ field: 'row', op: 'eq', value: '2' }, [2]],
    [{ field: 'row', op: 'eq', value: 'two' }, []],
    [{ field: 'row', op: 'ne', value: 'two' }, [1, 2, 3]],
    [{ field: 'row', op: 'contains', value: '3' }, [3]],
    [{ field: 'confidence', op: 'gt', value: 0.5 }, [2]],
    [{ field: 'confidence', op: 'ge', value: 0.5 }, [1, 2]],
    [{ field: 'confidence', op: 'lt', value: 0.75 }, [1]],
    [{ field: 'confidence', op: 'le', value: '0.75' }, [1, 2]],
    [{ field: 'confidence', op: 'lt', value: 'much' }, []],
    [{ field: 'confidence', op: 'lt', value: 'NaN' }, []],
    [{ field: 'score', op: 'gt', value: 0 }, [1]],
    [{ field: 'confidence', op: 'eq', value: null }, [3]],
    [{ field: 'angle', op: 'eq', value: 180 }, [1]],
    [{ field: 'correct', op: 'eq', value: false }, [1, 2]],
    [{ field: 'correct', op: 'eq', value: 'FALSE' }, [1, 2]],
    [{ field: 'correct', op: 'eq', value: null }, [3]],
    [{ field: 'correct', op: 'ne', value: false }, [3]],
    [{ field: 'drift', op: 'eq', value: 'false' }, [1]],
    [{ field: 'class', op: 'eq', value: 'horizontal-flip' }, [1]],
    [{ field: 'class', op: 'in', values: ['orthogonal', 'opposite'] }, [2]],
    [{ field: 'run', op: 'eq', value: 'run0.csv' }, [1, 2, 3]],
    [{ field: 'goldDirection', op: 'eq', value: 'left' }, [1]],
    [{ field: 'predictedDirection', op: 'eq', value: 'to the right' }, [1, 2]],
    [{ field: 'goldDirection', op: 'ne', value: 'left' }, [2, 3]],
    [{ field: 'goldDirection', op: 'eq', value: null }, [3]],
    [{ field: 'goldDirection', op: 'ne', value: null }, [1, 2]],
    [{ field: 'goldDirection', op: 'in', values: ['left', 'front'] }, [1, 2]],
    [{ field: 'goldDirection', op: 'eq', value: 4 }, [1]],
    [{ field: 'goldDirection', op: 'contains', value: 'left' }, [1]],
    [{ field: 'predictedDirection', op: 'contains', value: 'on the right' }, [1, 2]],
    [{ field: 'predictedDirection', op: 'contains', value: 'front-right' }, []],
    [{ field: 'goldDirection', op: 'contains', value: 'l' }, []],
    [{ field: 'flags', op: 'eq', value: 'frameSwap' }, [1]],
    [{ field: 'flags', op: 'ne', value: 'frameSwap' }, [2, 3]],
    [{ field: 'images', op: 'eq', value: 'b.png' }, [1]],
    [{ field: 'images', op: 'contains', value: '.PNG' }, [1, 2]],
    [{ field: 'images', op: 'contains', value: 'a.png' }, [1, 2]],
    [{ field: 'level', op: 'eq', value: 3 }, [1, 3]],
    [{ field: 'level', op: 'eq', value: '3' }, [1, 3]],
    [{ field: 'level', op: 'gt', value: 3 }, [2]],
    [{ field: 'level', op: 'ge', value: '3' }, [1, 3]],
    [{ field: 'level', op: 'contains', value: '2' }, [2]],
    [{ field: 'ok', op: 'eq', value: true }, [1]],
    [{ field: 'ok', op: 'ne', value: true }, [2, 3]],
    [{ field: 'none', op: 'eq', value: null }, [1, 2, 3]],
    [{ field: 'list', op: 'contains', value: 'left' }, [2]],
    [{ field: 'meta.level', op: 'eq', value: 12 }, [2]],
    [{ field: 'source.name', op: 'eq', value: 'dotted' }, [1]],
    [{ field: 'source.name', op: 'eq', value: 'other' }, [2]],
    [{ field: 'source.deep.er', op: 'eq', value: 7 }, [1]],
    [{ field: 'meta.task', op: 'eq', value: 'one' }, []],
    [{ field: 'level.', op: 'eq', value: 3 }, []],
    [{ field: 'nowhere', op: 'eq', value: 'x' }, []],
    [{ field: '*', op: 'eq', value: 'x' }, []],
    [{ search: 'CUP' }, [1]],
    [{ search: '100% _SURE_' }, [2]],
    [{ search: "it's" }, [2]],
    [{ search: 'ΟΔΟΣ' }, [1]],
    [{ search: 'İstanbul' }, [2]],
    [{ search: 'ON THE LEFT' }, [1, 2]],
    [{ search: '%' }, [2]],
    [{ search: 'on the left'.padEnd(100_000, '.') }, []],
    [{ search: '' }, [1, 2, 3]],
    [{ and: [] }, [1, 2, 3]],
    [{ or: [] }, []],
    [
      {
        and: [
          { field: 'row', op: 'gt', value: 1 },
          { field: 'row', op: 'lt', value: 3 },
        ],
      },
      [2],
    ],
    [{ or: [{ field: 'row', op: 'eq', value: 1 }, { search: 'istanbul' }] }, [1, 2]],
    [{ not: { field: 'task', op: 'eq', value: 'one' } }, [2, 3]],
    [{ not: { not: { field: 'task', op: 'eq', value: 'one' } } }, [1]],
    [{ not: { field: 'confidence', op: 'gt', value: 0.6 } }, [1, 3]],
  ];

  it('keep the rows they describe', async () => {
    await withDatabase([ROWS], async (db) => {
      for (const [filter, expected] of TABLE)
        assert.deepEqual(await rowsKept(db, filter), expected, JSON.stringify(filter));
      assert.deepEqual(compileFilter(null), { sql: 'TRUE', values: [] });
    });
  });

  it('work on every field with every operator, whatever the value', async () => {
    const ANY: readonly FilterValue[] = ['x', '', '1', "'", '"; --', 0, -1.5, 1e300, true, false];
    const DIRECTIONS: readonly FilterValue[] = ['left', 'in front of', 'back-right', 0, 26, -1.5, 1e300];
    await withDatabase([ROWS], async (db) => {
      /** How many rows each filter keeps, in one query. */
      const counts = async (filters: readonly Filter[]): Promise<number[]> => {
        const compiled = filters.map(compileFilter);
        const list = compiled.map(({ sql }, at) => `count(*) FILTER (WHERE ${sql}) AS "${at}"`).join(', ');
        const [row] = await db.all(
          `SELECT ${list} FROM annotated`,
          compiled.flatMap((each) => each.values),
        );
        return filters.map((_, at) => Number(row?.[at]));
      };
      for (const field of [...FIELDS.keys(), 'level', 'a.b', ...NAMES]) {
        const values = FIELDS.get(field) === 'direction' ? DIRECTIONS : ANY;
        const kept = await counts([null, ...values].map((value): Filter => ({ field, op: 'eq', value })));
        const left = await counts([null, ...values].map((value): Filter => ({ field, op: 'ne', value })));
        kept.forEach((count, at) => assert.equal(count + (left[at] ?? 0), ROWS.length, `${field} ${values[at - 1]}`));
        const comparisons = (['lt', 'le', 'gt', 'ge'] as const).flatMap((op) =>
          ['x', 1, '1'].map((value): Filter => ({ field, op, value })),
        );
        const rest: Filter[] = [
          { field, op: 'contains', value: '' },
          { field, op: 'in', values },
        ];
        for (const count of await counts([...comparisons, ...rest])) assert.ok(count <= ROWS.length);
      }
    });
  });

  it('find metadata under any name, with any value', async () => {
    const rows = NAMES.map((name, at) => flatRow(at + 1, { meta: { [name]: `value of ${name}`, other: at } }));
    await withDatabase([rows], async (db) => {
      for (const [at, name] of NAMES.entries()) {
        assert.deepEqual(await rowsKept(db, { field: name, op: 'eq', value: `value of ${name}` }), [at + 1], name);
        assert.deepEqual(await rowsKept(db, { field: `meta.${name}`, op: 'contains', value: 'VALUE' }), [at + 1], name);
        assert.deepEqual(await rowsKept(db, { field: name, op: 'ne', value: null }), [at + 1], name);
      }
      assert.equal((await db.all('SELECT * FROM runs')).length, 1, 'and nothing was dropped');
    });
  });

  it('find rows by metadata of any kind', async () => {
    // A control character cannot be part of a text that DuckDB binds; no name that a user types has one.
    const names = fc.oneof(fc.constantFrom(...NAMES), fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }));
    const cases = fc.array(
      fc.tuple(
        names.filter((name) => !FIELDS.has(name) && !name.startsWith('meta.') && !name.includes('\0')),
        // Empty texts are absent, and numbers are equal in more than one writing: mixed.test.ts.
        fc
          .oneof(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }), fc.boolean())
          .filter((value) => value !== 'null' && !/^[-+.\d]/.test(String(value))),
      ),
      { minLength: 20, maxLength: 40 },
    );
    await fc.assert(
      fc.asyncProperty(cases, async (all) => {
        const rows = all.map(([name, value], at) => flatRow(at + 1, { meta: { [name]: value } }));
        await withDatabase([rows], async (db) => {
          for (const [at, [field, value]] of all.entries()) {
            const kept = await rowsKept(db, { field, op: 'eq', value });
            assert.ok(kept.includes(at + 1), JSON.stringify([field, value]));
            for (const row of kept) assert.equal(String(all[row - 1]?.[1]), String(value));
          }
        });
      }),
      { numRuns: 5 },
    );
  });

  it('find every text by every part of it', async () => {
    const texts = fc.array(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }), {
      minLength: 10,
      maxLength: 20,
    });
    await fc.assert(
      fc.asyncProperty(texts, fc.nat(), fc.nat(), async (all, from, length) => {
        const rows = all.map((response, at) => flatRow(at + 1, { response }));
        await withDatabase([rows], async (db) => {
          for (const [at, text] of all.entries()) {
            const chars = [...text];
            const start = from % chars.length;
            const part = chars.slice(start, start + 1 + (length % chars.length)).join('');
            assert.ok((await rowsKept(db, { search: part })).includes(at + 1), JSON.stringify([text, part]));
          }
        });
      }),
      { numRuns: 5 },
    );
  });

  it('ask for one sense of a direction by ~, whatever stands beside it', async () => {
    const names = ['left', 'front-left', 'above-left', 'right', 'front'];
    const rows = names.map((name, at) => flatRow(at + 1, { goldDirection: encodeDirection(directionOf(name)) }));
    await withDatabase([rows], async (db) => {
      assert.deepEqual(await rowsKept(db, { field: 'goldDirection', op: 'contains', value: 'left' }), [1, 2, 3]);
      assert.deepEqual(await rowsKept(db, { field: 'goldDirection', op: 'contains', value: 'front' }), [2, 5]);
    });
  });

  it('refuse what a field never holds, naming field, value and what it takes', () => {
    const cases: readonly (readonly [Filter, RegExp])[] = [
      [
        { field: 'correct', op: 'eq', value: 'maybe' },
        /^"maybe" is no value of the field correct: it takes true, false/,
      ],
      [{ field: 'drift', op: 'in', values: [true, 'perhaps'] }, /"perhaps".* drift: it takes true, false/],
      [{ field: 'correct', op: 'lt', value: true }, /correct: it takes true, false or null, compared with = or !=/],
      [{ field: 'row', op: 'eq', value: 'abc' }, /"abc" .* row: it takes numbers/],
      [{ field: 'row', op: 'ne', value: '' }, /row: it takes numbers/],
      [{ field: 'confidence', op: 'gt', value: 'high' }, /"high" .* confidence: it takes numbers/],
      [{ field: 'confidence', op: 'contains', value: 'high' }, /confidence: it takes numbers/],
      [{ field: 'goldDirection', op: 'contains', value: 'l' }, /"l" .* goldDirection: it takes directions, named like/],
      [{ field: 'goldDirection', op: 'gt', value: 'left' }, /directions, which have no order/],
      [{ not: { or: [{ and: [{ field: 'row', op: 'eq', value: 'x' }] }] } }, /row/],
      [{ field: 'frame', op: 'eq', value: 'persn' }, /"persn" .* frame: it takes camera, person, object, imagined/],
      [{ field: 'status', op: 'ne', value: 'read' }, /status: it takes parsed, empty/],
      [{ field: 'kind', op: 'in', values: ['choice', 'mcq'] }, /"mcq" .* kind: it takes choice, yes-no/],
    ];
    for (const [filter, message] of cases) {
      assert.throws(
        () => requirePossible(filter),
        (error) => error instanceof FlipsideError && error.options.exitCode === 2 && message.test(error.message),
        JSON.stringify(filter),
      );
    }
  });

  it('leave alone what may be', () => {
    const fine: readonly Filter[] = [
      { field: 'correct', op: 'eq', value: 'TRUE' },
      { field: 'correct', op: 'ne', value: null },
      { field: 'row', op: 'in', values: [1, '2'] },
      { field: 'row', op: 'contains', value: '3' },
      { field: 'angle', op: 'gt', value: '-90' },
      { field: 'goldDirection', op: 'eq', value: 'left' },
      { field: 'goldDirection', op: 'eq', value: 4 },
      { field: 'task', op: 'eq', value: 'any' },
      { field: 'frame', op: 'contains', value: 'per' },
      { field: 'level', op: 'gt', value: 'high' },
      { search: 'x' },
    ];
    for (const filter of fine) requirePossible(filter);
    requirePossible(null);
  });

  it('refuse a direction that is none', () => {
    for (const value of ['x', '', 'left or right', true]) {
      assert.throws(
        () => compileFilter({ field: 'goldDirection', op: 'eq', value }),
        (error) => error instanceof FlipsideError && error.options.exitCode === 2 && /no direction/.test(error.message),
      );
    }
  });

  it('refuse a field without a name', () => {
    for (const name of ['', 'meta.', 'a\0b'])
      assert.throws(
        () => compileField(name),
        (error) => error instanceof FlipsideError && error.options.exitCode === 2,
      );
  });
});

describe('store: filters, as SQL', () => {
  const text = fc.oneof(fc.constantFrom(...NAMES), fc.string());
  const value = fc.oneof(text, fc.integer(), fc.double({ noNaN: true }), fc.boolean());
  const [directions, others] = [true, false].map((is) =>
    [...FIELDS.keys()].filter((name) => (FIELDS.get(name) === 'direction') === is),
  );
  const field = fc.oneof(text, fc.constantFrom(...(others ?? []))).filter((name) => !/^(?:meta\.)?$|\0/.test(name));
  const direction = fc.constantFrom(...(directions ?? []));
  const named = fc.oneof(
    fc.constantFrom('left', 'above-right', 'x" OR left --'),
    fc.integer(),
    fc.double({ noNaN: true }),
  );
  const { filter } = fc.letrec<{ filter: Filter }>((tie) => ({
    filter: fc.oneof(
      { maxDepth: 3 },
      fc.record({ field, op: fc.constantFrom('eq' as const, 'ne' as const), value: fc.option(value, { nil: null }) }),
      fc.record({ field, op: fc.constantFrom('lt' as const, 'le' as const, 'gt' as const, 'ge' as const), value }),
      fc.record({ field, op: fc.constant('in' as const), values: fc.array(value, { maxLength: 4 }) }),
      fc.record({
        field: direction,
        op: fc.constantFrom('eq' as const, 'ne' as const),
        value: fc.option(named, { nil: null }),
      }),
      fc.record({ field: direction, op: fc.constantFrom('lt' as const, 'ge' as const), value }),
      fc.record({ field, op: fc.constant('contains' as const), value: text }),
      fc.record({ search: text }),
      fc.record({ and: fc.array(tie('filter'), { maxLength: 3 }) }),
      fc.record({ or: fc.array(tie('filter'), { maxLength: 3 }) }),
      fc.record({ not: tie('filter') }),
    ),
  }));
  /** Everything that the compiler itself may write: column names in quotes, keywords and function names. */
  const WORDS = new Set(
    'TRUE FALSE AND OR NOT IS NULL ASC DESC NULLS LAST AS CAST TRY_CAST DOUBLE VARCHAR contains lower coalesce chr 10 13 json_extract_string array_to_string list_contains nullif list_transform lambda part regexp_extract_all regexp_full_match regexp_matches CASE WHEN THEN ELSE END lpad greatest length 20 INTEGER len list_distinct 0'.split(
      ' ',
    ),
  );
  const TEXTS = ["'NaN'", "'i'", "''", "'0'", String.raw`'\d+'`, String.raw`'\d+|\D+'`];
  /** Searched texts of characters that mean nothing in SQL stand in it, within quotes. */
  const isSought = (token: string): boolean => /^'[a-z0-9 _,;:/=@#&!%-]+'$/.test(token.replaceAll('[iİ]', 'i'));
  const isOwn = (sql: string, searches = false): boolean =>
    (sql.match(/"[^"]*"|'[^']*'|\w+|[^\s\w]/g) ?? []).every((token) =>
      token.startsWith('"')
        ? FIELDS.has(token.slice(1, -1)) || ['"meta"', '"runIndex"', '"row"'].includes(token)
        : TEXTS.includes(token) ||
          (searches && isSought(token)) ||
          WORDS.has(token) ||
          ['(', ')', ',', '?', '=', '<', '>', ':'].includes(token),
    );

  it('never hold a character that a user typed, but letters and such of a search: only columns, keywords and placeholders', () => {
    fc.assert(
      fc.property(filter, (each) => {
        const { sql, values } = compileFilter(each);
        assert.ok(isOwn(sql, JSON.stringify(each).includes('"search"')), sql);
        assert.equal(sql.split('?').length - 1, values.length);
      }),
      { numRuns: 500 },
    );
  });

  it('neither do sort orders', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ field, descending: fc.boolean() }), { maxLength: 4 }), (sort) => {
        const { sql, values } = compileSort(sort);
        assert.ok(isOwn(sql), sql);
        assert.equal(sql.split('?').length - 1, values.length);
        assert.ok(sql.endsWith('"runIndex", "row"'));
      }),
    );
  });

  it('runs in the database, whatever it is', async () => {
    await withDatabase([ROWS], async (db) => {
      await fc.assert(
        fc.asyncProperty(filter, async (each) => {
          const { sql, values } = compileFilter(each);
          const [row] = await db.all(`SELECT count(*) AS "n" FROM annotated WHERE ${sql}`, values);
          assert.ok(Number(row?.['n']) <= ROWS.length);
        }),
        { numRuns: 200 },
      );
    });
  });
});
