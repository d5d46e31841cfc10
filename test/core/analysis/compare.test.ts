import assert from 'node:assert/strict';
import fc from 'fast-check';
import { lensNamed } from '../../../src/core/relations/lenses/index.js';
import { RowComparison, type CompareRow } from './comparedRows.js';

const PLAIN = { bootstrap: null };

function row(n: number, more: Partial<CompareRow> = {}): CompareRow {
  const correct = more.correct === undefined ? true : more.correct;
  return {
    ...{
      content: BigInt(n),
      optionsGold: null,
      gold: 1n,
      meaning: null,
      images: null,
      id: `${n}`,
      row: n,
      unit: null,
      sample: null,
      correct,
    },
    ...{ outcome: correct === true ? 'correct' : 'horizontal-flip', task: null, cluster: `#${n}`, goldDirection: 13 },
    ...more,
  };
}

/** A run of right (r), wrong (w) and unjudged (-) rows. */
function run(marks: string, more: (at: number) => Partial<CompareRow> = () => ({})): CompareRow[] {
  return [...marks].map((mark, at) => row(at + 1, { correct: mark === '-' ? null : mark === 'r', ...more(at) }));
}

const anyRun = fc.array(fc.constantFrom('r', 'w', '-'), { maxLength: 30 }).map((marks) => run(marks.join('')));

describe('analysis: comparing runs', function () {
  this.timeout(120_000);
  let comparison: RowComparison;
  before(async () => {
    comparison = await RowComparison.open();
  });
  after(() => comparison.close());
  const compareRuns: RowComparison['compare'] = (...given) => comparison.compare(...given);
  const compareOne = async (base: readonly CompareRow[], other: readonly CompareRow[]) => {
    const [treatment] = await compareRuns(base, [{ id: 'new', rows: other }], PLAIN);
    return treatment ?? assert.fail('no treatment');
  };

  it('counts what stayed, what was fixed and what broke', async () => {
    const found = await compareOne(run('rrrwwww-r'), run('rrwwrrwr'));
    const { bothRight, bothWrong, fixed, broken, noGold, onlyBase, onlyNew } = found;
    assert.deepEqual({ bothRight, bothWrong, fixed, broken }, { bothRight: 2, bothWrong: 2, fixed: 2, broken: 1 });
    assert.deepEqual([noGold, onlyBase, onlyNew], [1, 1, 0]);
    assert.equal(found.difference, 1 / 7);
    assert.equal(found.mcnemarP, 1);
    assert.equal(found.clusters, 7);
  });

  it('adds up, whatever the runs, and turns its sign with the sides', async () => {
    await fc.assert(
      fc.asyncProperty(anyRun, anyRun, async (base, other) => {
        const there = await compareOne(base, other);
        const back = await compareOne(other, base);
        const joined = there.bothRight + there.bothWrong + there.fixed + there.broken;
        assert.equal(joined, there.joined.total - there.noGold);
        assert.equal(there.joined.total + there.onlyBase, base.length);
        assert.equal(there.joined.total + there.onlyNew, other.length);
        const moves = Object.values(there.transitions).flatMap((to) => Object.values(to));
        assert.equal(
          moves.reduce((sum, count) => sum + count, 0),
          joined,
        );
        assert.deepEqual([there.fixed, there.broken], [back.broken, back.fixed]);
        assert.equal(there.mcnemarP, back.mcnemarP);
        if (there.difference === null) return assert.equal(joined, 0);
        assert.ok(Math.abs(there.difference + (back.difference ?? NaN)) < 1e-12);
        assert.ok(Math.abs(there.difference - (there.fixed - there.broken) / joined) < 1e-12);
      }),
      { numRuns: 30 },
    );
  });

  it('finds no difference between a run and itself', async () => {
    await fc.assert(
      fc.asyncProperty(anyRun, async (rows) => {
        const { fixed, broken, difference, mcnemarP } = await compareOne(rows, rows);
        assert.ok(difference === 0 || difference === null);
        // Where no row has a right answer there is nothing to test.
        assert.deepEqual([fixed, broken, mcnemarP], [0, 0, difference === null ? null : 1]);
      }),
      { numRuns: 30 },
    );
  });

  it('says which outcome became which, whatever a class is called', async () => {
    const base = [row(1, { correct: false, outcome: 'constructor' }), row(2, { correct: false, outcome: '__proto__' })];
    const other = [row(1), row(2, { correct: false, outcome: 'toString' })];
    const { transitions } = await compareOne(base, other);
    assert.deepEqual(Object.entries(transitions), [
      ['constructor', { correct: 1 }],
      ['__proto__', { toString: 1 }],
    ]);
  });

  it('counts each class over the joined rows, with rates out of them', async () => {
    const outcomes = (...names: string[]): CompareRow[] =>
      names.map((outcome, at) => row(at + 1, { outcome, correct: outcome === 'correct' }));
    const base = [...outcomes('opposite', 'opposite', 'depth-flip', 'empty', 'correct'), row(6, { correct: null })];
    const found = await compareOne(
      base,
      outcomes('opposite', 'correct', 'constructor', 'constructor', 'refusal', 'opposite'),
    );
    assert.deepEqual([found.baseRows, found.newRows, found.joined.total, found.noGold], [6, 6, 6, 1]);
    const rates = (baseRate: number, newRate: number) => ({ baseRate, newRate });
    const none = { baseRate: null, newRate: null, rateDifference: null };
    assert.deepEqual(Object.entries(found.classes), [
      ['opposite', { base: 2, new: 1, difference: -1, of: 5, ...rates(0.4, 0.2), rateDifference: -0.2 }],
      ['constructor', { base: 0, new: 2, difference: 2, of: 5, ...rates(0, 0.4), rateDifference: 0.4 }],
      ['depth-flip', { base: 1, new: 0, difference: -1, of: 5, ...none }],
    ]);
  });

  it('gives no rate for what a lens calls a depth flip', async () => {
    const rows = [row(1, { outcome: 'vertical', correct: false })];
    const [own] = await compareRuns(rows, [{ id: 'new', rows }], { ...PLAIN, lens: lensNamed('wurf2026', []) });
    assert.equal(own?.classes['vertical']?.baseRate, null);
    assert.equal((await compareOne(rows, rows)).classes['vertical']?.baseRate, 1, 'under axes it is no depth flip');
  });

  it('tests each task, with Holm’s correction over the tasks', async () => {
    const task = (at: number): Partial<CompareRow> => ({ task: at < 10 ? 'steady' : at < 20 ? 'better' : null });
    const found = await compareOne(run('r'.repeat(10) + 'w'.repeat(10) + 'r', task), run('r'.repeat(21), task));
    assert.deepEqual(Object.keys(found.byTask), ['better', 'steady']);
    assert.equal(found.byTaskFamilySize, 2);
    const better = found.byTask['better'] ?? assert.fail('no such task');
    assert.deepEqual([better.joined, better.baseCorrect, better.newCorrect, better.difference], [10, 0, 10, 1]);
    assert.equal(better.mcnemarP, 2 / 2 ** 10);
    assert.equal(better.mcnemarPHolm, 4 / 2 ** 10);
  });

  it('tells what fell in order: what is sure first, then what fell most', async () => {
    const tasks = ['a', 'b', 'c', 'target'];
    const of = (rights: readonly number[]): CompareRow[] =>
      tasks.flatMap((task, at) =>
        Array.from({ length: 40 }, (_, n) => row(40 * at + n + 1, { task, correct: n < (rights[at] ?? 0) })),
      );
    const [found] = await compareRuns(of([20, 30, 40, 0]), [{ id: 'new', rows: of([19, 28, 20, 40]) }], PLAIN);
    assert.deepEqual(
      found?.forgetting.fell.map(({ task, significant }) => `${task} ${significant}`),
      ['c true', 'b false', 'a false'],
    );
  });

  it('holds the treatments for one family of tests', async () => {
    const better = { id: 'better', rows: run('r'.repeat(10)) };
    const found = await compareRuns(run('w'.repeat(10)), [better, { id: 'same', rows: run('w'.repeat(10)) }], PLAIN);
    assert.deepEqual(
      found.map((each) => [each.new, each.familySize, each.mcnemarP, each.mcnemarPHolm]),
      [
        ['better', 2, 2 / 2 ** 10, 4 / 2 ** 10],
        ['same', 2, 1, 1],
      ],
    );
  });

  it('makes no test where nothing was joined, and counts none in the family', async () => {
    const [tested, foreign, unjudged] = await compareRuns(
      run('rrrrrrwr'),
      [
        { id: 'tested', rows: run('rwwwwwww') },
        { id: 'foreign', rows: run('rrr', (at) => ({ content: BigInt(100 + at), id: null, row: 100 + at })) },
        { id: 'unjudged', rows: run('---') },
      ],
      PLAIN,
    );
    assert.deepEqual([foreign?.mcnemarP, foreign?.mcnemarPHolm], [null, null]);
    assert.deepEqual([unjudged?.joined.total, unjudged?.noGold, unjudged?.mcnemarP], [3, 3, null]);
    assert.equal(tested?.familySize, 1);
    assert.equal(tested?.mcnemarPHolm, tested?.mcnemarP);
  });

  it('takes rows of one scene together, and resamples scenes when asked to', async () => {
    const scenes = (at: number): Partial<CompareRow> => ({ cluster: `scene:${at % 3}` });
    const options = { bootstrap: { replicates: 200, seed: 7 } };
    const rows = run('rwrwrwrww', scenes);
    const [one] = await compareRuns(rows, [{ id: 'new', rows: run('rrrrwrrww', scenes) }], options);
    const [again] = await compareRuns(rows, [{ id: 'new', rows: run('rrrrwrrww', scenes) }], options);
    assert.equal(one?.clusters, 3);
    assert.equal(one?.bootstrap?.replicates, 200);
    assert.deepEqual(one?.bootstrap, again?.bootstrap, 'the same seed, the same interval');
    const [low, high] = one?.bootstrap?.ci95 ?? assert.fail('no interval');
    assert.ok(low <= (one?.difference ?? NaN) && (one?.difference ?? NaN) <= high);
  });

  it('warns where accuracy rises while one direction collapses', async () => {
    const LEFT = 4;
    const side = (at: number): Partial<CompareRow> => ({ goldDirection: at < 20 ? LEFT : 22 });
    const base = run('r'.repeat(20) + 'w'.repeat(60), side);
    const found = await compareOne(base, run('w'.repeat(15) + 'r'.repeat(65), side));
    assert.deepEqual(found.warnings, [
      'Accuracy rises overall, but on items whose answer is "left" it falls from 20/20 to 5/20.',
    ]);
    assert.deepEqual(
      (await compareOne(base, run('w'.repeat(1) + 'r'.repeat(79), side))).warnings,
      [],
      'one row is no collapse',
    );
    assert.deepEqual((await compareOne(base, run('w'.repeat(80), side))).warnings, [], 'accuracy does not rise');
  });

  /** Samples of questions, each question's as marks: "rw" is right once in two. */
  function samples(...questions: string[]): CompareRow[] {
    const rows = questions.flatMap((marks, question) =>
      [...marks].map((mark, at) => ({ question, mark, sample: at + 1 })),
    );
    return rows.map(({ question, mark, sample }, at) => {
      const correct = mark === '-' ? null : mark === 'r';
      const same = { unit: `q${question + 1}`, cluster: `item:q${question + 1}`, task: 'one' };
      return row(question + 1, { correct, sample, row: at + 1, ...same });
    });
  }

  it('compares questions by the share of their samples that is right', async () => {
    const found = await compareOne(
      samples('rrww', 'rrrr', 'wwww'),
      run('rrr', () => ({ task: 'one' })),
    );
    assert.deepEqual(
      [found.joined.total, found.baseRows, found.newRows, found.onlyBase, found.onlyNew],
      [3, 3, 3, 0, 0],
    );
    assert.deepEqual(found.sampled, { baseRows: 12, newRows: 3, partly: 1 });
    // Whole on both sides: the second question stays right, the third is fixed. Changes: 1/2, 0 and 1.
    assert.deepEqual([found.bothRight, found.bothWrong, found.fixed, found.broken], [1, 0, 1, 0]);
    assert.equal(found.difference, 1 / 2);
    // Var = 3/2 · (0² + (1/2)² + (1/2)²) / 3² = 1/12.
    assert.ok(Math.abs((found.differenceCi95?.[0] ?? NaN) - (0.5 - 1.959963984540054 / Math.sqrt(12))) < 1e-12);
    assert.deepEqual([found.mcnemarP, found.mcnemarPHolm, found.familySize], [null, null, 0]);
    const task = found.byTask['one'] ?? assert.fail('no such task');
    assert.deepEqual([task.baseCorrect, task.newCorrect, task.difference, task.mcnemarP], [1.5, 3, 1 / 2, null]);
    assert.deepEqual(found.warnings, [
      'The base has 12 samples of 3 questions: each question counts with the share of its samples that is right. 1 joined question is right in some samples only and neither fixed nor broken, so McNemar’s test is not made.',
    ]);
    assert.deepEqual(Object.keys(found.transitions), ['samples differ', 'correct', 'horizontal-flip']);
    assert.deepEqual(Object.keys(found.classes), ['horizontal-flip'], 'and differing samples are no class');
  });

  it('tests questions that are wholly right or wrong, whatever the number of samples', async () => {
    const found = await compareOne(samples('rr', 'ww', 'ww'), samples('rrr', 'rrr', 'w-'));
    assert.deepEqual([found.bothRight, found.bothWrong, found.fixed, found.broken], [1, 1, 1, 0]);
    assert.deepEqual([found.difference, found.mcnemarP, found.familySize], [1 / 3, 1, 1]);
    assert.deepEqual(found.sampled, { baseRows: 6, newRows: 8, partly: 0 });
    assert.equal(found.warnings.length, 1);
    assert.equal((await compareOne(run('rw'), run('rw'))).sampled, undefined);
  });

  it('keeps thirds exact', async () => {
    const found = await compareOne(samples('rww', 'rrw', 'rww'), samples('rrr', 'rww', 'r'));
    assert.equal(found.difference, 1 / 3);
    assert.equal((await compareOne(samples('rww', 'rrw'), samples('rrw', 'rww'))).difference, 0);
  });
});
