import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  binomialCdf,
  binomialPmf,
  binomialTest,
  binomialUpperTail,
  logChoose,
  logGamma,
  normalCdf,
  normalQuantile,
} from '../../../src/core/metrics/distributions.js';
import { close, reference } from './reference.js';

const trials = fc
  .record({ n: fc.integer({ min: 0, max: 2000 }), share: fc.double({ min: 0, max: 1, noNaN: true }) })
  .chain(({ n, share }) => fc.record({ n: fc.constant(n), k: fc.integer({ min: 0, max: n }), p: fc.constant(share) }));

describe('metrics/distributions', () => {
  it('agrees with the normal distribution of scipy, tails included', () => {
    for (const { z, value } of reference.distributions.normalCdf) close(normalCdf(z), value, { z });
    for (const { p, value } of reference.distributions.normalQuantile) close(normalQuantile(p), value, { p });
  });

  it('agrees with log-gamma of scipy and exact binomial coefficients', () => {
    for (const { x, value } of reference.distributions.logGamma) {
      assert.ok(Math.abs(logGamma(x) - value) <= 1e-10 * Math.max(1e-4, Math.abs(value)), `logGamma(${x})`);
    }
    for (const { n, k, value } of reference.distributions.logChoose) close(logChoose(n, k), value, { n, k });
    assert.equal(logChoose(5, 6), -Infinity);
    assert.equal(logChoose(5, -1), -Infinity);
  });

  it('agrees with exact binomial probabilities, tails and two-sided tests', () => {
    for (const { k, n, p, pmf, cdf, upper, test } of reference.distributions.binomial) {
      close(binomialPmf(k, n, p), pmf, { pmf: [k, n, p] });
      close(binomialCdf(k, n, p), cdf, { cdf: [k, n, p] });
      close(binomialUpperTail(k, n, p), upper, { upper: [k, n, p] });
      close(binomialTest(k, n, p), test, { test: [k, n, p] });
    }
  });

  it('has the limits of the functions at the ends of their domains', () => {
    assert.deepEqual([normalQuantile(0), normalQuantile(0.5), normalQuantile(1)], [-Infinity, 0, Infinity]);
    assert.ok(Number.isNaN(normalQuantile(1.1)) && Number.isNaN(normalQuantile(NaN)) && Number.isNaN(normalCdf(NaN)));
    assert.ok(normalQuantile(Number.MIN_VALUE) < -38 && Number.isFinite(normalQuantile(Number.MIN_VALUE)));
    assert.deepEqual([normalCdf(-Infinity), normalCdf(Infinity)], [0, 1]);
    assert.deepEqual([logGamma(0), logGamma(Infinity), logGamma(-1)], [Infinity, Infinity, NaN]);
    assert.deepEqual([binomialPmf(0, 0, 0.3), binomialPmf(0, 5, 0), binomialPmf(5, 5, 1)], [1, 1, 1]);
    assert.deepEqual([binomialPmf(1.5, 5, 0.3), binomialPmf(6, 5, 0.3), binomialPmf(4, 5, 1)], [0, 0, 0]);
    assert.deepEqual([binomialCdf(-1, 5, 0.3), binomialCdf(5, 5, 0.3), binomialCdf(4, 5, 1)], [0, 1, 0]);
    assert.deepEqual(
      [
        binomialUpperTail(0, 5, 0.3),
        binomialUpperTail(6, 5, 0.3),
        binomialUpperTail(1, 5, 0),
        binomialUpperTail(2, 5, 1),
      ],
      [1, 0, 0, 1],
    );
    assert.deepEqual([binomialTest(0, 0, 0.5), binomialTest(3, 5, 0), binomialTest(5, 5, 1)], [1, 0, 1]);
  });

  it('refuses arguments that no data can have', () => {
    assert.throws(() => binomialPmf(1, -1, 0.5), /n must be a whole number of at least 0; got -1/);
    assert.throws(() => binomialCdf(1, 2.5, 0.5), RangeError);
    assert.throws(() => binomialUpperTail(1, 2, NaN), /p must lie between 0 and 1; got NaN/);
    assert.throws(() => binomialTest(3, 2, 0.5), RangeError);
  });

  it('inverts: Φ(Φ⁻¹(p)) = p', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-300, max: 1, maxExcluded: true, noNaN: true }), (p) => {
        close(normalCdf(normalQuantile(p)), p, { p });
      }),
    );
  });

  it('splits: P(X ≤ k) + P(X ≥ k + 1) = 1, and p-values stay within [0, 1]', () => {
    fc.assert(
      fc.property(trials, ({ n, k, p }) => {
        assert.ok(Math.abs(binomialCdf(k, n, p) + binomialUpperTail(k + 1, n, p) - 1) < 1e-12);
        const test = binomialTest(k, n, p);
        assert.ok(test >= 0 && test <= 1);
        assert.ok(test >= binomialPmf(k, n, p) * (1 - 1e-9));
      }),
    );
  });
});
