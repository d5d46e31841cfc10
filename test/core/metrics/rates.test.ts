import assert from 'node:assert/strict';
import fc from 'fast-check';
import { belowChance, chanceOf, meanChance } from '../../../src/core/metrics/chance.js';
import { wilson } from '../../../src/core/metrics/proportions.js';
import {
  chanceAdjustedAccuracy,
  macroAccuracy,
  parsedAccuracy,
  rate,
  stratifiedAccuracy,
} from '../../../src/core/metrics/rates.js';
import { allClose, close, reference } from './reference.js';

describe('metrics/proportions: Wilson interval', () => {
  it('agrees with statsmodels', () => {
    for (const { successes, n, z, ci } of reference.wilson) allClose(wilson(successes, n, z), ci, { successes, n, z });
  });

  it('is null without units, exact at the ends, and 95 % by default', () => {
    assert.equal(wilson(0, 0), null);
    assert.equal(wilson(0, 50)?.[0], 0);
    assert.equal(wilson(50, 50)?.[1], 1);
    assert.deepEqual(wilson(299, 858), wilson(299, 858, 1.959963984540054));
    assert.throws(() => wilson(5, 3), /successes must lie between 0 and 3; got 5/);
    assert.throws(() => wilson(-1, 3), RangeError);
    assert.throws(() => wilson(0, 2.5), RangeError);
  });

  it('holds the share, stays in [0, 1], and mirrors when right and wrong are exchanged', () => {
    const counts = fc
      .integer({ min: 1, max: 1e6 })
      .chain((n) => fc.tuple(fc.integer({ min: 0, max: n }), fc.constant(n)));
    fc.assert(
      fc.property(counts, ([k, n]) => {
        const interval = wilson(k, n);
        const mirrored = wilson(n - k, n);
        assert.ok(interval !== null && mirrored !== null);
        assert.ok(0 <= interval[0] && interval[0] <= k / n && k / n <= interval[1] && interval[1] <= 1);
        assert.ok(Math.abs(interval[0] - (1 - mirrored[1])) < 1e-12);
      }),
    );
  });
});

describe('metrics/chance', () => {
  it('agrees with exact fractions', () => {
    for (const { m, k, value } of reference.chance.of) close(chanceOf(m, k), value, { m, k });
    assert.equal(chanceOf(4), 0.25);
  });

  it('is unknown where the options are', () => {
    assert.equal(chanceOf(0), null);
    assert.equal(chanceOf(-1), null);
    assert.equal(chanceOf(2.5), null);
    assert.throws(() => chanceOf(4, 0), RangeError);
  });

  it('tests below-chance accuracy exactly for equal and unequal chances, and by the normal beyond 5,000 units', () => {
    for (const { successes, groups, mean, p, method } of reference.chance.below) {
      close(meanChance(groups), mean, { successes, groups });
      const result = belowChance(successes, groups);
      assert.equal(result?.method, method);
      close(result?.p, p, { successes, groups });
    }
    assert.equal(belowChance(0, []), null);
    assert.equal(meanChance([]), null);
    assert.throws(() => belowChance(11, [{ chance: 0.5, units: 10 }]), RangeError);
    assert.throws(() => meanChance([{ chance: 1.5, units: 10 }]), /chance must lie between 0 and 1; got 1.5/);
  });

  it('gives the exact and the normal p-value alike to two digits just below and above the switch', () => {
    const groups = (scale: number) => [
      { chance: 0.25, units: 2000 * scale },
      { chance: 0.5, units: 500 * scale },
    ];
    const exact = belowChance(1440, groups(2));
    const normal = belowChance(1440, [...groups(2), { chance: 0, units: 1 }]);
    assert.deepEqual([exact?.method, normal?.method], ['poisson-binomial', 'normal']);
    assert.ok(Math.abs((exact?.p ?? 0) / (normal?.p ?? 1) - 1) < 0.05);
  });

  it('does not depend on how units are grouped, and is certain at or above all units', () => {
    const units = fc.array(fc.constantFrom(1, 2, 3, 4, 8), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(units, fc.nat(40), (options, drawn) => {
        const singles = options.map((m) => ({ chance: 1 / m, units: 1 }));
        const grouped = [1, 2, 3, 4, 8].map((m) => ({ chance: 1 / m, units: options.filter((o) => o === m).length }));
        const successes = Math.min(drawn, options.length);
        close(belowChance(successes, grouped)?.p, belowChance(successes, singles)?.p ?? null, { options, successes });
        close(belowChance(options.length, singles)?.p, 1, { options });
      }),
    );
  });
});

describe('metrics/rates', () => {
  it('is null where there is nothing to divide by', () => {
    assert.equal(rate({ correct: 0, units: 0 }), null);
    assert.equal(parsedAccuracy(0, 0), null);
    assert.equal(parsedAccuracy(3, 4), 0.75);
    assert.throws(() => parsedAccuracy(5, 4), RangeError);
    assert.equal(macroAccuracy([]), null);
    assert.equal(chanceAdjustedAccuracy(0, 0, 0), null);
  });

  it('averages sub-tasks without weights and leaves out those without units', () => {
    for (const { tallies, value } of reference.rates.macro) close(macroAccuracy(tallies), value, tallies);
  });

  it('agrees with row-wise chance-adjusted accuracy; 1 when all is right', () => {
    for (const { correct, units, chanceSum, value } of reference.rates.adjusted) {
      close(chanceAdjustedAccuracy(correct, units, chanceSum), value, { correct, units, chanceSum });
    }
    assert.equal(chanceAdjustedAccuracy(40, 40, 10), 1);
    assert.equal(chanceAdjustedAccuracy(10, 40, 10), 0);
  });
});

describe('metrics/rates: strata', () => {
  it('means the strata of one part first, whatever their sizes', () => {
    const strata = {
      '2D/ADE20K': { correct: 1, units: 1 },
      '2D/COCO': { correct: 1, units: 2 },
      '3D/Omni3D': { correct: 30, units: 60 },
    };
    assert.equal(stratifiedAccuracy(strata), ((1 + 1 / 2) / 2 + 1 / 2) / 2);
    assert.equal(stratifiedAccuracy({ ADE20K: strata['2D/ADE20K'], COCO: strata['2D/COCO'] }), 3 / 4);
  });

  it('leaves out strata without units, and is null without any', () => {
    const none = { correct: 0, units: 0 };
    assert.equal(stratifiedAccuracy({ '2D/COCO': { correct: 1, units: 2 }, '3D/Omni3D': none }), 1 / 2);
    assert.equal(stratifiedAccuracy({ '3D/Omni3D': none }), null);
    assert.equal(stratifiedAccuracy({}), null);
  });
});
