import assert from 'node:assert/strict';
import fc from 'fast-check';
import { meanPassAtK, passAtK } from '../../../src/core/metrics/passAtK.js';
import { close, recordClose, reference } from './reference.js';

describe('metrics/passAtK', () => {
  it('agrees with exact binomial coefficients, also for long and for nearly hopeless questions', () => {
    for (const { n, c, k, value } of reference.passAtK.values) close(passAtK(n, c, k), value, { n, c, k });
  });

  it('averages over questions and counts those left out', () => {
    for (const { k, units, passAtK: mean } of reference.passAtK.means) {
      recordClose(meanPassAtK(units, k), mean, { k, units });
    }
    assert.deepEqual(meanPassAtK([{ samples: 2, correct: 1 }], 4), { value: null, units: 0, excluded: 1 });
  });

  it('refuses more right samples than samples, and k below 1', () => {
    assert.throws(() => passAtK(3, 4, 1), /c must lie between 0 and 3; got 4/);
    assert.throws(() => passAtK(3, 1, 0), /k must lie between 1/);
  });

  it('is c / n at k = 1, rises with k and with c, and is whether any was right at n = k', () => {
    const sampled = fc
      .integer({ min: 1, max: 300 })
      .chain((n) => fc.tuple(fc.constant(n), fc.nat(n), fc.integer({ min: 1, max: n })));
    fc.assert(
      fc.property(sampled, ([n, c, k]) => {
        const value = passAtK(n, c, k) ?? NaN;
        close(passAtK(n, c, 1), c / n, { n, c });
        assert.ok(value >= 0 && value <= 1);
        assert.ok((passAtK(n, c, Math.min(n, k + 1)) ?? NaN) >= value - 1e-12);
        assert.ok((passAtK(n, Math.min(n, c + 1), k) ?? NaN) >= value - 1e-12);
        assert.equal(passAtK(n, c, n), c > 0 ? 1 : 0);
      }),
    );
  });
});
