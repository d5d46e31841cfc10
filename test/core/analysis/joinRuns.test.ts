import assert from 'node:assert/strict';
import fc from 'fast-check';
import { MATCHING } from '../../../src/core/analysis/joinRuns.js';
import type { JoinKeys } from '../../../src/core/store/pairTables.js';
import { RowComparison, type CompareRow } from './comparedRows.js';
import { referenceJoin } from './referenceJoin.js';

function keys(row: number, more: Partial<CompareRow> = {}): CompareRow {
  return {
    ...{ content: null, optionsGold: null, gold: null, meaning: null, images: null, id: null, row },
    ...{
      unit: null,
      sample: null,
      correct: true,
      outcome: 'correct',
      task: null,
      cluster: `#${row}`,
      goldDirection: 13,
    },
    ...more,
  };
}

const key = fc.option(fc.bigInt({ min: 0n, max: 3n }), { nil: null, freq: 4 });
const anyRows: fc.Arbitrary<CompareRow[]> = fc
  .array(
    fc.record({
      ...{ content: key, optionsGold: key, gold: key, meaning: key, images: key },
      id: fc.option(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), { nil: null }),
    }),
    { maxLength: 12 },
  )
  .map((all) => all.map((each, at) => keys(at + 1, each)));

describe('analysis: joining runs', function () {
  this.timeout(120_000);
  let comparison: RowComparison;
  before(async () => {
    comparison = await RowComparison.open();
  });
  after(() => comparison.close());
  const joinRuns = (base: readonly CompareRow[], other: readonly CompareRow[]) => comparison.pairs(base, other);

  it('by content, and among equals by place, then by image', async () => {
    const base = [keys(1, { content: 1n }), keys(2, { content: 1n, images: 7n }), keys(3, { content: 2n })];
    const other = [keys(1, { content: 2n }), keys(2, { content: 1n, images: 7n }), keys(9, { content: 1n })];
    const joined = await joinRuns(base, other);
    assert.deepEqual(joined.pairs, [
      [2, 0],
      [1, 1],
      [0, 2],
    ]);
    assert.deepEqual([joined.byContent, joined.byPosition, joined.byId, joined.refused], [3, 0, 0, 0]);
  });

  it('never two rows with different pictures', async () => {
    const base = [keys(1, { content: 1n, images: 1n, id: 'a' })];
    const other = [keys(1, { content: 1n, images: 2n, id: 'a' })];
    const joined = await joinRuns(base, other);
    assert.deepEqual(joined.pairs, []);
    assert.equal(joined.refused, 1);
    assert.deepEqual((await joinRuns(base, [keys(1, { content: 1n })])).pairs, [[0, 0]], 'one of them states none');
  });

  it('by place where questions are reworded, and nine places in ten agree', async () => {
    const rows = (from: bigint, wrong: number): CompareRow[] =>
      Array.from({ length: 10 }, (_, at) =>
        keys(at + 1, { content: from + BigInt(at), optionsGold: at < wrong ? from : BigInt(at % 3) }),
      );
    const one = await joinRuns(rows(100n, 0), rows(200n, 1));
    assert.deepEqual([one.byContent, one.byPosition, one.refused], [0, 9, 1]);
    const two = await joinRuns(rows(100n, 0), rows(200n, 2));
    assert.deepEqual([two.byPosition, two.refused], [0, 10], 'the files are not in the same order');
  });

  it('by id where nothing that both state differs, and both state the gold answer', async () => {
    const base = [keys(1, { id: 'a', gold: 1n, optionsGold: 5n })];
    const other = (more: Partial<CompareRow>): CompareRow[] => [keys(7, { id: 'a', gold: 1n, ...more })];
    assert.equal((await joinRuns(base, other({}))).byId, 1);
    assert.equal((await joinRuns(base, other({ optionsGold: 6n }))).byId, 0);
    assert.equal((await joinRuns(base, other({ gold: 2n }))).byId, 0);
    assert.equal((await joinRuns(base, other({ gold: null }))).byId, 0);
    assert.equal((await joinRuns(base, other({ id: 'b' }))).byId, 0);
    assert.equal((await joinRuns(base, other({ id: 'b' }))).refused, 0, 'it shares nothing, so nothing was refused');
    assert.equal((await joinRuns(base, other({ gold: 2n }))).refused, 1);
  });

  it('by an id that several rows share only at the same place', async () => {
    const base = [keys(1, { id: 'a', gold: 1n }), keys(2, { id: 'a', gold: 1n })];
    assert.deepEqual((await joinRuns(base, base)).pairs, [
      [0, 0],
      [1, 1],
    ]);
    assert.deepEqual((await joinRuns(base, [keys(7, { id: 'a', gold: 1n })])).pairs, []);
    assert.deepEqual((await joinRuns([keys(7, { id: 'a', gold: 1n })], base)).pairs, []);
  });

  it('by id, question, image and meaning where the options are in other words', async () => {
    const base = [keys(1, { id: 'a', content: 1n, optionsGold: 1n, gold: 1n, meaning: 5n, images: 7n })];
    const other = (more: Partial<CompareRow>): CompareRow[] => [
      keys(9, { id: 'a', content: 2n, optionsGold: 2n, gold: 2n, meaning: 5n, images: 7n, ...more }),
    ];
    assert.equal((await joinRuns(base, other({}))).byId, 1);
    const refused = [{ meaning: 6n }, { meaning: null }, { images: 8n }, { images: null }, { id: 'b' }];
    for (const more of refused) assert.equal((await joinRuns(base, other(more))).pairs.length, 0);
  });

  it('may find that two runs share every id and no question', async () => {
    const rows = (from: bigint): CompareRow[] =>
      Array.from({ length: 20 }, (_, at) =>
        keys(at + 1, { id: `${at}`, content: from + BigInt(at), gold: from, optionsGold: from }),
      );
    const joined = await joinRuns(rows(100n), rows(500n));
    assert.deepEqual([joined.pairs.length, joined.refused], [0, 20]);
  });

  it('pairs each row at most once, adds up, and never pairs what disagrees', async () => {
    await fc.assert(
      fc.asyncProperty(anyRows, anyRows, async (base, other) => {
        const { pairs, byContent, byPosition, byId, refused } = await joinRuns(base, other);
        assert.equal(pairs.length, byContent + byPosition + byId);
        assert.equal(new Set(pairs.map(([from]) => from)).size, pairs.length);
        assert.equal(new Set(pairs.map(([, to]) => to)).size, pairs.length);
        assert.ok(refused >= 0 && refused + pairs.length <= other.length);
        for (const [from, to] of pairs) {
          const [one, two] = [base[from], other[to]];
          assert.ok(one !== undefined && two !== undefined);
          assert.ok(one.images === null || two.images === null || one.images === two.images);
          const sameContent = one.content !== null && one.content === two.content;
          const sameOptions = one.optionsGold !== null && one.optionsGold === two.optionsGold;
          assert.ok(sameContent || (sameOptions && one.row === two.row) || (one.id !== null && one.id === two.id));
        }
      }),
      { numRuns: 30 },
    );
  });

  it('joins as many rows from either side', async () => {
    /** Ids and contents that are unique, as benchmarks have them: which equal row is taken then leaves no choice. */
    const unique = anyRows.map((rows) =>
      rows.map((row) => ({ ...row, id: row.id === null ? null : `${row.id}${row.row}` })),
    );
    await fc.assert(
      fc.asyncProperty(unique, fc.array(fc.nat(), { maxLength: 12 }), async (base, picks) => {
        const other = [...new Set(picks.map((pick) => pick % Math.max(1, base.length)))].flatMap(
          (at) => base[at] ?? [],
        );
        const there = await joinRuns(base, other);
        const back = await joinRuns(other, base);
        assert.equal(there.pairs.length, back.pairs.length);
        assert.equal(there.byContent, back.byContent);
      }),
      { numRuns: 20 },
    );
  });

  it('is what the same rules give in plain lists', async () => {
    await fc.assert(
      fc.asyncProperty(anyRows, anyRows, async (base, other) => {
        assert.deepEqual(await joinRuns(base, other), referenceJoin(base, other));
      }),
      { numRuns: 60 },
    );
  });

  it('looks at each row a few times, however many share a question or an id', () => {
    const size = 3000;
    let looked = 0;
    const rows = (images: (at: number) => number): JoinKeys[] =>
      Array.from({ length: size }, (_, at) => {
        const shared = { content: 1n, optionsGold: 1n, gold: 1n, meaning: null, id: 'one', taken: false };
        const look = (value: bigint): bigint => ((looked += 1), value);
        return {
          ...{ unit: at, ...shared },
          get images() {
            return look(BigInt(images(at)));
          },
          get row() {
            return Number(look(BigInt(at)));
          },
        };
      });
    const [base, other] = [rows((at) => at), rows((at) => size - 1 - at)];
    const pairs = [...MATCHING.byContent(base, other)].map(([from, to]) => from + to);
    assert.deepEqual(pairs, Array<number>(size).fill(size - 1), 'each with its own picture');
    assert.equal(
      MATCHING.byId(
        base,
        rows((at) => at),
      ).length,
      size,
    );
    assert.ok(looked < 100 * size, `${looked} looks at ${size} rows`);
  });

  it('joins a run with itself row by row', async () => {
    await fc.assert(
      fc.asyncProperty(anyRows, async (rows) => {
        for (const [from, to] of (await joinRuns(rows, rows)).pairs) assert.equal(from, to);
      }),
      { numRuns: 30 },
    );
  });
});
