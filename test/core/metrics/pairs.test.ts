import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Sign } from '../../../src/core/model.js';
import { type ContrastItem, pairAndSetAccuracy } from '../../../src/core/metrics/pairs.js';
import { recordClose, reference } from './reference.js';

const SIDES: readonly (readonly ['lateral' | 'vertical', Sign])[] = [
  ['lateral', -1],
  ['lateral', 1],
  ['vertical', -1],
  ['vertical', 1],
];

function fullSet(set: string, correct: readonly boolean[]): ContrastItem[] {
  return SIDES.map(([axis, sign], index) => ({ set, axis, sign, correct: correct[index] ?? false }));
}

describe('metrics/pairs', () => {
  it('agrees with the rule of the source on complete and incomplete data', () => {
    for (const { items, expected } of reference.pairs) recordClose(pairAndSetAccuracy(items), expected, expected);
  });

  it('counts a pair only when both sides are right, a set only when all four are', () => {
    const items = [...fullSet('one', [true, true, true, false]), ...fullSet('two', [true, true, true, true])];
    assert.deepEqual(pairAndSetAccuracy(items), { pairAccuracy: 0.75, setAccuracy: 0.5, pairs: 4, sets: 2 });
  });

  it('keeps N/2 and N/4 where a set is incomplete', () => {
    const items = [
      ...fullSet('one', [true, true, true, true]),
      ...fullSet('two', [true, true, true, true]).slice(0, 2),
    ];
    const result = pairAndSetAccuracy(items);
    assert.deepEqual(result, { pairAccuracy: 1, setAccuracy: 1 / 1.5, pairs: 3, sets: 1 });
  });

  it('never pairs two items of one side, and asks a repeated item to be right every time', () => {
    const left: ContrastItem = { set: 'one', axis: 'lateral', sign: -1, correct: true };
    assert.equal(pairAndSetAccuracy([left, left]).pairs, 0);
    const repeated = [...fullSet('one', [true, true, true, true]), { ...left, correct: false }];
    for (const items of [repeated, [...repeated].reverse()]) {
      assert.deepEqual(pairAndSetAccuracy(items), { pairAccuracy: 1 / 2.5, setAccuracy: 0, pairs: 2, sets: 1 });
    }
  });

  it('counts items without set or axis in N only', () => {
    const loose: ContrastItem[] = [
      { set: null, axis: 'lateral', sign: 1, correct: true },
      { set: 'one', axis: null, sign: 0, correct: true },
      { set: 'one', axis: 'lateral', sign: 0, correct: true },
      { set: null, axis: null, sign: 0, correct: true },
    ];
    const items = [...fullSet('one', [true, true, true, true]), ...loose];
    assert.deepEqual(pairAndSetAccuracy(items), { pairAccuracy: 0.5, setAccuracy: 0.5, pairs: 2, sets: 1 });
    assert.deepEqual(pairAndSetAccuracy([]), { pairAccuracy: null, setAccuracy: null, pairs: 0, sets: 0 });
  });

  it('orders accuracy ≥ pair accuracy ≥ set accuracy on complete sets, in any order', () => {
    const sets = fc.array(fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(sets, (answers) => {
        const items = answers.flatMap((correct, index) => fullSet(`s${index}`, correct));
        const { pairAccuracy, setAccuracy } = pairAndSetAccuracy(items);
        assert.ok(pairAccuracy !== null && setAccuracy !== null);
        assert.ok(items.filter(({ correct }) => correct).length / items.length >= pairAccuracy);
        assert.ok(pairAccuracy >= setAccuracy);
        assert.deepEqual(pairAndSetAccuracy([...items].reverse()), pairAndSetAccuracy(items));
      }),
    );
  });
});
