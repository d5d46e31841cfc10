import assert from 'node:assert/strict';
import fc from 'fast-check';
import { AXES } from '../../../src/core/model.js';
import { decodeDirection } from '../../../src/core/relations/direction.js';
import { classify, type Lens } from '../../../src/core/relations/lens.js';
import { LENSES, lensNamed } from '../../../src/core/relations/lenses/index.js';
import { AlikeRows } from '../../../src/core/store/alikeRows.js';
import { countClasses, countDiagonals, countOpportunities } from '../../../src/core/store/classQueries.js';
import { countRuns, countUnits, ungrouped, type UnitGroup } from '../../../src/core/store/countQueries.js';
import * as details from '../../../src/core/store/detailQueries.js';
import type { Database } from '../../../src/core/store/database.js';
import { sameContent } from '../../../src/core/store/joinQueries.js';
import { makeUnits, unitSourceOf } from '../../../src/core/store/unitTables.js';
import { anyRows, type FlatRow, flatRow, withDatabase } from './support.js';

// A run of a property writes shards and opens a database, so few runs of many rows are tried.
const RUNS = { numRuns: 8 };
/** Rows that count as an error with a class. */
const classed = (row: FlatRow): boolean => row.correct === false && row.status === 'parsed';
const directional = (row: FlatRow): boolean =>
  row.wrongDirections !== '' && row.goldDirection !== 13 && row.kind !== 'yes-no' && row.correct !== null;
const eligible = (row: FlatRow): boolean => directional(row) && classed(row);

function verdictOf(lens: Lens, row: FlatRow, predicted = row.predictedDirection) {
  return classify(lens, {
    ...row,
    gold: decodeDirection(row.goldDirection),
    predicted: decodeDirection(predicted),
    countError: row.countError,
  });
}

function groupBy<T>(rows: readonly T[], keyOf: (row: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) groups.set(keyOf(row), [...(groups.get(keyOf(row)) ?? []), row]);
  return groups;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
const near = (one: number, other: number, what: string): void =>
  assert.ok(Math.abs(one - other) < 1e-9, `${what}: ${one} and ${other}`);

describe('store: counts, against counting by hand', () => {
  it('items, flags and reading failures of every run', async () => {
    await fc.assert(
      fc.asyncProperty(anyRows(), anyRows(10), async (...runs) => {
        await withDatabase(runs, async (db) => {
          const counts = await countRuns(await AlikeRows.of(db));
          runs.forEach((rows, index) => {
            const count = (test: (row: FlatRow) => boolean): number => rows.filter(test).length;
            const tally = (names: readonly string[]): Record<string, number> =>
              Object.fromEntries([...groupBy(names, (name) => name)].map(([name, own]) => [name, own.length]));
            if (rows.length === 0) return assert.equal(counts.get(index), undefined);
            assert.deepEqual(counts.get(index), {
              items: rows.length,
              noGold: count((row) => row.correct === null),
              correct: count((row) => row.correct === true),
              parsed: count((row) => row.status === 'parsed'),
              storedKnown: count((row) => row.storedCorrect !== null),
              storedCorrect: count((row) => row.storedCorrect === true),
              storedDiffers: count(
                (row) => row.storedCorrect !== null && row.correct !== null && row.storedCorrect !== row.correct,
              ),
              unparsedByReason: tally(rows.flatMap((row) => (row.status === 'parsed' ? [] : [row.status]))),
              flags: tally(rows.flatMap((row) => [...row.flags])),
            });
          });
        });
      }),
      RUNS,
    );
  });

  it('units: every item with gold in exactly one, in groups of like ones', async () => {
    await fc.assert(
      fc.asyncProperty(anyRows(), async (rows) => {
        await withDatabase([rows], async (db) => {
          const groups = (await countUnits(db, null)).get(0) ?? [];
          const overall = ungrouped((await countUnits(db, 'task')).get(0) ?? []);
          const units = [
            ...groupBy(
              rows.filter((row) => row.correct !== null),
              (row) => row.unit ?? `#${row.row}`,
            ),
          ];
          const expected = units.map(([, own]) => {
            const options = new Set(own.map((row) => (row.kind === 'yes-no' ? 2 : row.options.length)));
            const [only] = options;
            return JSON.stringify([
              own.length,
              own.filter((row) => row.correct).length,
              own.filter((row) => row.status === 'parsed').length,
              own.some((row) => row.sample !== null),
              options.size === 1 && only !== 0 ? only : null,
            ]);
          });
          const found = groups.flatMap(({ units: n, size, correct, parsed, sampled, options }) =>
            Array<string>(n).fill(JSON.stringify([size, correct, parsed, sampled, options])),
          );
          assert.deepEqual(found.sort(), expected.sort());
          const kinds = (all: readonly UnitGroup[]): Set<string> =>
            new Set(
              all.map(({ units: n, size, correct, parsed, sampled, options }) =>
                JSON.stringify([n, size, correct, parsed, sampled, options]),
              ),
            );
          assert.deepEqual(kinds(overall), kinds(groups));
          const perTask = (await countUnits(db, 'task', { field: 'task', op: 'ne', value: null })).get(0) ?? [];
          assert.equal(
            sum(perTask.map((group) => group.units * group.size)),
            rows.filter((row) => row.task !== null && row.correct !== null).length,
          );
        });
      }),
      RUNS,
    );
  });

  for (const lens of LENSES) {
    it(`classes, drift, eligible and forced errors under ${lens.name}; together they are all wrong parsed answers`, async () => {
      await fc.assert(
        fc.asyncProperty(anyRows(60), async (rows) => {
          await withDatabase([rows], async (db) => {
            await db.setLens(lens);
            const found = (await countClasses(await AlikeRows.of(db))).get(0) ?? [];
            assert.equal(sum(found.map((each) => each.count)), rows.filter(classed).length);
            const expected = groupBy(rows.filter(classed), (row) => `${verdictOf(lens, row).class}|${row.convention}`);
            assert.equal(found.length, expected.size);
            for (const each of found) {
              const own = expected.get(`${each.class}|${each.convention}`) ?? [];
              assert.equal(each.count, own.length);
              assert.equal(each.drift, own.filter((row) => verdictOf(lens, row).drift === true).length);
              assert.equal(each.eligible, own.filter(eligible).length);
              assert.equal(each.forced, own.filter((row) => eligible(row) && row.wrongDirections.length === 1).length);
            }
          });
        }),
        { numRuns: 4 },
      );
    });
  }

  it('opportunities: each wrong option weighs its share, summed over clusters', async () => {
    const axes = lensNamed('axes');
    await fc.assert(
      fc.asyncProperty(anyRows(60), fc.boolean(), async (rows, split) => {
        await withDatabase([rows], async (db) => {
          const nameOf = (row: FlatRow, code?: number): string =>
            verdictOf(axes, { ...row, answeredYes: null, countError: null }, code).class +
            (split ? `|${row.convention}` : '');
          const { byClass: plain, byConvention } = await countOpportunities(await AlikeRows.of(db), axes);
          const found = (split ? byConvention : plain).get(0) ?? [];
          const offers = rows
            .filter(directional)
            .flatMap((row) =>
              [...groupBy([...row.wrongDirections], (letter) => nameOf(row, letter.charCodeAt(0) - 97))].map(
                ([name, letters]) => ({ row, name, weight: letters.length / row.wrongDirections.length }),
              ),
            );
          const byClass = groupBy(offers, (offer) => offer.name);
          assert.deepEqual(found.map((each) => each.class).sort(), [...byClass.keys()].sort());
          for (const each of found) {
            const own = byClass.get(each.class) ?? [];
            const ownName = (row: FlatRow): string => verdictOf(axes, row).class + (split ? `|${row.convention}` : '');
            const clusters = [...groupBy(own, ({ row }) => row.cluster ?? `#${row.row}`).values()].map((all) => ({
              o: all.filter(({ row }) => eligible(row) && ownName(row) === each.class).length,
              e: sum(all.map(({ row, weight }) => (eligible(row) ? weight : 0))),
              errors: all.filter(({ row }) => eligible(row)).length,
            }));
            assert.equal(each.offered, own.length);
            assert.equal(each.observed, sum(clusters.map(({ o }) => o)));
            near(each.expected, sum(clusters.map(({ e }) => e)), 'expected');
            near(each.sumO2, sum(clusters.map(({ o }) => o * o)), 'sumO2');
            near(each.sumOE, sum(clusters.map(({ o, e }) => o * e)), 'sumOE');
            near(each.sumE2, sum(clusters.map(({ e }) => e * e)), 'sumE2');
            assert.equal(each.clusters, clusters.filter(({ errors }) => errors > 0).length);
          }
          near(sum(found.map((each) => each.expected)), rows.filter(eligible).length, 'weights of an error');
        });
      }),
      RUNS,
    );
  });

  it('sums of shares are the same bit for bit, however many threads deliver them', async () => {
    const axes = lensNamed('axes');
    const rows = Array.from({ length: 20_000 }, (_, at) => {
      const options = [3, 5, 7][at % 3] ?? 3;
      const wrong = Array.from({ length: options - 1 }, (_, index) => 'oqtbc'.charAt((at + index) % 5));
      return flatRow(at + 1, {
        ...{ goldDirection: 4, predictedDirection: 22, correct: at % 4 === 0, wrongDirections: wrong.sort().join('') },
        ...{ cluster: `scene:${(at * 7919) % 1700}`, frameSwapExpected: at % 5 === 0 ? 1 / (options - 1) : null },
      });
    });
    await withDatabase([rows], async (db) => {
      const found = new Set<string>();
      for (const threads of [1, 2, 1, 2, 2, 2]) {
        await db.all(`SET threads = ${threads}`);
        const { byClass } = await countOpportunities(await AlikeRows.of(db), axes);
        const all = [byClass, await details.countFrameSwaps(db)];
        found.add(JSON.stringify(all.map((each) => [...each])));
      }
      assert.equal(found.size, 1, [...found].join('\n'));
      const [, classes] = (JSON.parse([...found][0] ?? '') as [number, { expected: number }[]][][])[0]?.[0] ?? [];
      assert.equal(sum((classes ?? []).map((each) => each.expected)), rows.filter(eligible).length);
    });
  }).timeout(60_000);

  it('yes/no answers, confidences, clusters, frame swaps, contrast sets and objects', async () => {
    await fc.assert(
      fc.asyncProperty(anyRows(60), async (rows) => {
        await withDatabase([rows], async (db) => {
          const asked = rows.filter((row) => row.kind === 'yes-no' && row.goldYes !== null && row.correct !== null);
          const cell = (gold: boolean, answer: boolean | null): number =>
            asked.filter((row) => row.goldYes === gold && row.answeredYes === answer).length;
          const yesNo = (await details.countYesNo(db)).get(0);
          assert.deepEqual(
            yesNo,
            asked.length === 0
              ? undefined
              : {
                  ...{ tp: cell(true, true), fp: cell(false, true), tn: cell(false, false), fn: cell(true, false) },
                  ...{ unparsedYes: cell(true, null), unparsedNo: cell(false, null) },
                },
          );
          const sure = rows.filter((row) => row.confidence !== null && row.correct !== null);
          const told = [
            ...groupBy(sure, (row) => `${Object.is(row.confidence, -0) ? 0 : row.confidence}|${row.correct}`).values(),
          ]
            .map((own) => ({ confidence: own[0]?.confidence ?? 0, correct: own[0]?.correct, count: own.length }))
            .sort((a, b) => b.confidence - a.confidence || Number(a.correct) - Number(b.correct));
          const stated = rows.some((row) => row.confidence !== null);
          assert.deepEqual((await details.confidences(db)).get(0), stated ? told : undefined);
          const kinds = groupBy(
            [...new Set(rows.map((row) => row.cluster ?? `row:${row.row}`))],
            (cluster) => cluster.split(':')[0] ?? '',
          );
          assert.deepEqual(
            (await details.countClusters(db)).get(0) ?? {},
            Object.fromEntries([...kinds].map(([kind, all]) => [kind, all.length])),
          );
          const swaps = rows.filter((row) => row.frameSwapExpected !== null);
          const tally = (await details.countFrameSwaps(db)).get(0);
          assert.equal(tally?.candidates ?? 0, swaps.length);
          assert.equal(tally?.observed ?? 0, swaps.filter((row) => row.flags.includes('frameSwap')).length);
          near(tally?.expected ?? 0, sum(swaps.map((row) => row.frameSwapExpected ?? 0)), 'expected swaps');
          const contrasts = rows.filter((row) => row.contrastSet !== null && row.correct !== null);
          assert.deepEqual(
            (await details.contrastRows(db)).get(0) ?? [],
            contrasts.map((row) => {
              const gold = decodeDirection(row.goldDirection);
              const named = AXES.filter((axis) => gold !== null && gold[axis] !== 0);
              const axis = named.length === 1 ? (named[0] ?? null) : null;
              const sign = axis === null ? 0 : gold?.[axis];
              return { set: row.contrastSet, axis, sign, correct: row.correct };
            }),
          );
          const objects = rows.filter(
            (row) =>
              row.kind === 'yes-no' &&
              row.goldYes !== null &&
              row.images.length > 0 &&
              typeof row.meta['object'] === 'string',
          );
          assert.deepEqual(
            (await details.objectRows(db)).get(0) ?? [],
            objects.map((row) => ({
              image: row.images[0],
              ...namesOf(row.meta['object']),
              goldYes: row.goldYes,
              answeredYes: row.answeredYes === true,
            })),
          );
        });
      }),
      RUNS,
    );
  });

  function namesOf(object: unknown): { object: string; written: string } {
    const written = typeof object === 'string' ? object : '';
    return { object: written.toLowerCase(), written };
  }

  it('diagonal golds: mirror image or quarter turn the other way, observed and expected', async () => {
    const isDiagonal = (row: FlatRow): boolean => {
      const gold = decodeDirection(row.goldDirection);
      return eligible(row) && gold !== null && gold.lateral !== 0 && gold.depth !== 0;
    };
    const kindOf = (row: FlatRow, code: number): string => {
      const [gold, other] = [decodeDirection(row.goldDirection), decodeDirection(code)];
      if (gold === null || other === null || gold.vertical !== other.vertical) return 'neither';
      if (gold.depth === other.depth && gold.lateral + other.lateral === 0) return 'mirror';
      return gold.lateral === other.lateral && gold.depth + other.depth === 0 ? 'rotation' : 'neither';
    };
    const diagonal = anyRows(60).map((rows) =>
      rows.map((row) => flatRow(row.row, { ...row, goldDirection: row.row % 2 === 0 ? 7 : 1, kind: 'choice' })),
    );
    await fc.assert(
      fc.asyncProperty(diagonal, async (rows) => {
        await withDatabase([rows], async (db) => {
          const found = (await countDiagonals(await AlikeRows.of(db))).get(0);
          const own = rows.filter(isDiagonal);
          assert.equal(found?.errors ?? 0, own.length);
          for (const kind of ['mirror', 'rotation'] as const) {
            const observed = own.filter((row) => kindOf(row, row.predictedDirection) === kind).length;
            const expected = own.map((row) => {
              const wrong = [...row.wrongDirections].map((letter) => kindOf(row, letter.charCodeAt(0) - 97));
              return wrong.filter((each) => each === kind).length / wrong.length;
            });
            assert.equal(found?.[kind].observed ?? 0, observed);
            near(found?.[kind].expected ?? 0, sum(expected), kind);
          }
        });
      }),
      RUNS,
    );
  });

  it('answers every question about no runs at all', async () => {
    await withDatabase([], async (db) => {
      assert.equal((await countRuns(await AlikeRows.of(db))).size, 0);
      assert.equal((await countUnits(db, 'task')).size, 0);
      assert.equal((await countClasses(await AlikeRows.of(db))).size, 0);
      assert.equal((await countOpportunities(await AlikeRows.of(db), lensNamed('axes'))).byClass.size, 0);
      assert.equal((await details.countYesNo(db)).size, 0);
      assert.deepEqual(await joinFacts(db, 'content'), []);
    });
  });
});

/** What rows of the first run are joined by, or counted as, in file order. */
async function joinFacts(db: Database, what: 'content' | 'images' | 'outcome'): Promise<unknown[]> {
  const { units, keys, outcomes } = await makeUnits(
    db,
    { name: 'test', kind: 'TEMP TABLE' },
    await unitSourceOf(db, 0),
    true,
  );
  const fact = { content: 'u."content"', images: 'k."images"', outcome: 'o."name"' }[what];
  const rows = await db.all(
    `SELECT ${fact} AS "fact" FROM "${units}" u JOIN (${keys}) k USING ("unit") JOIN (${outcomes}) o ON o."code" = u."outcome" ORDER BY u."row"`,
  );
  return rows.map(({ fact: found }) => found);
}

describe('store: what identifies a row', () => {
  const options = [
    { label: 'A', text: 'left' },
    { label: 'B', text: 'right' },
  ];
  const row = (n: number, more: Partial<FlatRow>): FlatRow =>
    flatRow(n, { question: 'Where is it?', options, ...more });

  it('is its question, options and gold, whatever case, white space and Unicode form', async () => {
    const rows = [
      row(1, { question: 'Where is the café?' }),
      row(2, { question: '  where IS the\n cafe\u0301? ' }),
      row(3, { question: 'Where is the café?', gold: 'right' }),
      row(4, { question: 'Where is the café?', options: [...options].reverse() }),
      row(5, { question: 'Where is the cafe?' }),
      row(6, { question: null }),
    ];
    await withDatabase([rows], async (db) => {
      const keys = await joinFacts(db, 'content');
      assert.equal(keys[0], keys[1]);
      assert.equal(new Set(keys).size, 5);
      assert.equal(keys[5], null);
    });
  });

  it('compares images by file name, and says nothing where there are none', async () => {
    const rows = [
      row(1, { images: ['/data/a.png', 'b.png'] }),
      row(2, { images: ['C:\\images\\a.png', 'other/b.png'] }),
      row(3, { images: ['b.png', 'a.png'] }),
      row(4, {}),
    ];
    await withDatabase([rows], async (db) => {
      const [one, two, three, four] = await joinFacts(db, 'images');
      assert.equal(one, two);
      assert.notEqual(one, three);
      assert.equal(four, null);
    });
  });

  it('has an outcome: its class, why it could not be read, or correct', async () => {
    const rows = [
      row(1, { correct: true }),
      row(2, { correct: false, goldDirection: 4, predictedDirection: 22 }),
      row(3, { correct: false, status: 'refusal' }),
      row(4, { correct: null }),
    ];
    await withDatabase([rows], async (db) => {
      const outcomes = await joinFacts(db, 'outcome');
      assert.deepEqual(outcomes, ['correct', 'horizontal-flip', 'refusal', 'parsed']);
    });
  });

  it('finds the same item elsewhere, and not itself', async () => {
    const base = [row(1, {}), row(2, { question: 'Another?' })];
    const other = [row(1, { question: 'More?' }), row(2, { response: 'B' }), row(3, { question: null })];
    await withDatabase([base, other], async (db) => {
      assert.deepEqual(await sameContent(db, 0, 1), [{ runIndex: 1, row: 2 }]);
      assert.deepEqual(await sameContent(db, 0, 2), []);
      assert.deepEqual(await sameContent(db, 1, 3), []);
    });
  });
});
