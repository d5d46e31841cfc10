import assert from 'node:assert/strict';
import fc from 'fast-check';
import { clusteredMean } from '../../../src/core/metrics/clusteredMean.js';
import { close, reference } from './reference.js';

const cluster = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 6 });
const sumOf = (values: readonly number[]): { sum: number; n: number } => ({
  sum: values.reduce((sum, value) => sum + value, 0),
  n: values.length,
});

describe('metrics/clusteredMean', () => {
  it('agrees with the clustered OLS of statsmodels', () => {
    for (const { clusters, difference, ci95 } of reference.differences) {
      // Differences of −1, 0 and 1 as shares of 0, ½ and 1.
      const sums = clusters.map(({ units, fixed, broken }) => ({ sum: (fixed - broken + units) / 2, n: units }));
      const estimate = clusteredMean(sums);
      close(estimate.mean, difference === null ? null : (difference + 1) / 2, clusters);
      for (const end of [0, 1] as const)
        close(estimate.ci95?.[end] ?? null, ci95 === null ? null : ((ci95[end] ?? NaN) + 1) / 2, clusters);
    }
  });

  it('is null without values, without interval for one cluster, and leaves empty clusters out', () => {
    assert.deepEqual(clusteredMean([]), { mean: null, ci95: null, n: 0, clusters: 0 });
    const alone = [sumOf([0.5, 0.25]), { sum: 0, n: 0 }];
    assert.deepEqual(clusteredMean(alone), { mean: 0.375, ci95: null, n: 2, clusters: 1 });
    assert.throws(() => clusteredMean([{ sum: 2.1, n: 2 }]), RangeError);
    assert.throws(() => clusteredMean([{ sum: -0.1, n: 2 }]), RangeError);
    assert.throws(() => clusteredMean([{ sum: 0.5, n: 1.5 }]), RangeError);
  });

  it('has the mean of all values inside of an interval inside of 0 to 1', () => {
    fc.assert(
      fc.property(fc.array(cluster, { maxLength: 30 }), (clusters) => {
        const { mean, ci95, n } = clusteredMean(clusters.map(sumOf));
        const all = sumOf(clusters.flat());
        assert.equal(n, all.n);
        if (mean === null) return assert.equal(n, 0);
        assert.ok(Math.abs(mean - all.sum / all.n) < 1e-12);
        if (ci95 !== null)
          assert.ok(0 <= ci95[0] && ci95[0] <= mean + 1e-12 && mean <= ci95[1] + 1e-12 && ci95[1] <= 1);
      }),
    );
  });

  it('is wider where values of a cluster agree than where each is a cluster of its own', () => {
    const pairs = [0.1, 0.4, 0.7, 0.9].map((value) => [value, value]);
    const [together, apart] = [pairs, pairs.flat().map((value) => [value])].map((each) =>
      clusteredMean(each.map(sumOf)),
    );
    const width = (ends: readonly [number, number] | null | undefined): number =>
      (ends?.[1] ?? NaN) - (ends?.[0] ?? NaN);
    assert.equal(together?.mean, apart?.mean);
    assert.ok(width(together?.ci95) > 1.4 * width(apart?.ci95));
  });
});
