import assert from 'node:assert/strict';
import fc from 'fast-check';
import { compareRuns } from '../../../src/core/analysis/compare.js';
import { lensNamed } from '../../../src/core/relations/lenses/index.js';
import type { CompareRow } from '../../../src/core/store/joinQueries.js';

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
      item: `${n}`,
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

function compareOne(base: readonly CompareRow[], other: readonly CompareRow[]) {
  const [treatment] = compareRuns(base, [{ id: 'new', rows: other }], PLAIN);
  return treatment ?? assert.fail('no treatment');
}

const anyRun = fc.array(fc.constantFrom('r', 'w', '-'), { maxLength: 30 }).map((marks) => run(marks.join('')));

describe('analysis: comparing runs', () => {
  it('counts what stayed, what was fixed and what broke', () => {
    const found = compareOne(run('rrrwwww-r'), run('rrwwrrwr'));
    const { bothRight, bothWrong, fixed, broken, noGold, onlyBase, onlyNew } = found;
    assert.deepEqual({ bothRight, bothWrong, fixed, broken }, { bothRight: 2, bothWrong: 2, fixed: 2, broken: 1 });
    assert.deepEqual([noGold, onlyBase, onlyNew], [1, 1, 0]);
    assert.equal(found.difference, 1 / 7);
    assert.equal(found.mcnemarP, 1);
    assert.equal(found.clusters, 7);
  });

  it('adds up, whatever the runs, and turns its sign with the sides', () => {
    fc.assert(
      fc.property(anyRun, anyRun, (base, other) => {
        const there = compareOne(base, other);
        const back = compareOne(other, base);
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
    );
  });

  it('finds no difference between a run and itself', () => {
    fc.assert(
      fc.property(anyRun, (rows) => {
        const { fixed, broken, difference, mcnemarP } = compareOne(rows, rows);
        assert.deepEqual([fixed, broken, mcnemarP], [0, 0, 1]);
        assert.ok(difference === 0 || difference === null);
      }),
    );
  });

  it('says which outcome became which, whatever a class is called', () => {
    const base = [row(1, { correct: false, outcome: 'constructor' }), row(2, { correct: false, outcome: '__proto__' })];
    const other = [row(1), row(2, { correct: false, outcome: 'toString' })];
    const { transitions } = compareOne(base, other);
    assert.deepEqual(Object.entries(transitions), [
      ['constructor', { correct: 1 }],
      ['__proto__', { toString: 1 }],
    ]);
  });

  it('counts each class over the joined rows, with rates out of them', () => {
    const outcomes = (...names: string[]): CompareRow[] =>
      names.map((outcome, at) => row(at + 1, { outcome, correct: outcome === 'correct' }));
    const base = [...outcomes('opposite', 'opposite', 'depth-flip', 'empty', 'correct'), row(6, { correct: null })];
    const found = compareOne(
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

  it('gives no rate for what a lens calls a depth flip', () => {
    const rows = [row(1, { outcome: 'vertical', correct: false })];
    const [own] = compareRuns(rows, [{ id: 'new', rows }], { ...PLAIN, lens: lensNamed('wurf2026', []) });
    assert.equal(own?.classes['vertical']?.baseRate, null);
    assert.equal(compareOne(rows, rows).classes['vertical']?.baseRate, 1, 'under axes it is no depth flip');
  });

  it('tests each task, with Holm’s correction over the tasks', () => {
    const task = (at: number): Partial<CompareRow> => ({ task: at < 10 ? 'steady' : at < 20 ? 'better' : null });
    const found = compareOne(run('r'.repeat(10) + 'w'.repeat(10) + 'r', task), run('r'.repeat(21), task));
    assert.deepEqual(Object.keys(found.byTask), ['better', 'steady']);
    assert.equal(found.byTaskFamilySize, 2);
    const better = found.byTask['better'] ?? assert.fail('no such task');
    assert.deepEqual([better.joined, better.baseCorrect, better.newCorrect, better.difference], [10, 0, 10, 1]);
    assert.equal(better.mcnemarP, 2 / 2 ** 10);
    assert.equal(better.mcnemarPHolm, 4 / 2 ** 10);
  });

  it('holds the treatments for one family of tests', () => {
    const better = { id: 'better', rows: run('r'.repeat(10)) };
    const found = compareRuns(run('w'.repeat(10)), [better, { id: 'same', rows: run('w'.repeat(10)) }], PLAIN);
    assert.deepEqual(
      found.map((each) => [each.new, each.familySize, each.mcnemarP, each.mcnemarPHolm]),
      [
        ['better', 2, 2 / 2 ** 10, 4 / 2 ** 10],
        ['same', 2, 1, 1],
      ],
    );
  });

  it('takes rows of one scene together, and resamples scenes when asked to', () => {
    const scenes = (at: number): Partial<CompareRow> => ({ cluster: `scene:${at % 3}` });
    const options = { bootstrap: { replicates: 200, seed: 7 } };
    const rows = run('rwrwrwrww', scenes);
    const [one] = compareRuns(rows, [{ id: 'new', rows: run('rrrrwrrww', scenes) }], options);
    const [again] = compareRuns(rows, [{ id: 'new', rows: run('rrrrwrrww', scenes) }], options);
    assert.equal(one?.clusters, 3);
    assert.equal(one?.bootstrap?.replicates, 200);
    assert.deepEqual(one?.bootstrap, again?.bootstrap, 'the same seed, the same interval');
    const [low, high] = one?.bootstrap?.ci95 ?? assert.fail('no interval');
    assert.ok(low <= (one?.difference ?? NaN) && (one?.difference ?? NaN) <= high);
  });

  it('warns where accuracy rises while one direction collapses', () => {
    const LEFT = 4;
    const side = (at: number): Partial<CompareRow> => ({ goldDirection: at < 20 ? LEFT : 22 });
    const base = run('r'.repeat(20) + 'w'.repeat(60), side);
    const found = compareOne(base, run('w'.repeat(15) + 'r'.repeat(65), side));
    assert.deepEqual(found.warnings, [
      'Accuracy rises overall, but on items whose answer is "left" it falls from 20/20 to 5/20.',
    ]);
    assert.deepEqual(
      compareOne(base, run('w'.repeat(1) + 'r'.repeat(79), side)).warnings,
      [],
      'one row is no collapse',
    );
    assert.deepEqual(compareOne(base, run('w'.repeat(80), side)).warnings, [], 'accuracy does not rise');
  });
});
