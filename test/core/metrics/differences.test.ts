import assert from 'node:assert/strict';
import fc from 'fast-check';
import { clusterBootstrap } from '../../../src/core/metrics/bootstrap.js';
import { mcnemarExact, pairedDifference, pairedSums } from '../../../src/core/metrics/differences.js';
import { holm } from '../../../src/core/metrics/holm.js';
import { seededUint32 } from '../../../src/core/metrics/random.js';
import { allClose, close, reference } from './reference.js';

const cluster = fc
  .record({ fixed: fc.nat(5), broken: fc.nat(5), same: fc.nat(5) })
  .map(({ fixed, broken, same }) => ({ units: fixed + broken + same, fixed, broken }));

describe('metrics/differences: paired difference', () => {
  it('agrees with the clustered OLS of statsmodels', () => {
    for (const { clusters, difference, ci95, standardError } of reference.differences) {
      const estimate = pairedDifference(pairedSums(clusters));
      close(estimate.difference, difference, clusters);
      close(estimate.standardError, standardError, clusters);
      allClose(estimate.ci95, ci95, clusters);
    }
  });

  it('is null without units, without interval for one cluster, and leaves empty clusters out', () => {
    const none = { difference: null, ci95: null, standardError: null };
    assert.deepEqual(pairedDifference(pairedSums([])), none);
    assert.deepEqual(pairedDifference(pairedSums([{ units: 4, fixed: 2, broken: 1 }])), { ...none, difference: 0.25 });
    assert.equal(pairedSums([{ units: 0, fixed: 0, broken: 0 }]).clusters, 0);
    assert.throws(() => pairedDifference({ ...pairedSums([]), units: 3, fixed: 2, broken: 2 }), /fixed \+ broken/);
    assert.throws(() => pairedDifference({ ...pairedSums([]), clusters: -1 }), RangeError);
  });

  it('has no width where every cluster changed alike', () => {
    for (const [net, parts] of [
      [1, 3],
      [3, 11],
      [5, 49],
    ] as const) {
      const alike = Array.from({ length: 400 }, (_, i) => (i % 9) + 1).map((size) => ({
        units: parts * size,
        fixed: (net + 1) * size,
        broken: size,
      }));
      assert.equal(pairedDifference(pairedSums(alike)).standardError, 0, `${net} of ${parts}`);
    }
  });

  it('changes sign when the runs are exchanged', () => {
    fc.assert(
      fc.property(fc.array(cluster, { minLength: 2, maxLength: 40 }), (clusters) => {
        const forth = pairedDifference(pairedSums(clusters));
        const back = pairedDifference(
          pairedSums(clusters.map(({ units, fixed, broken }) => ({ units, fixed: broken, broken: fixed }))),
        );
        if (forth.difference === null) return;
        assert.ok(Math.abs(forth.difference + (back.difference ?? NaN)) < 1e-12);
        if (forth.ci95 === null) return;
        assert.ok(-1 <= forth.ci95[0] && forth.ci95[0] <= forth.difference);
        assert.ok(forth.difference <= forth.ci95[1] && forth.ci95[1] <= 1);
        assert.ok(Math.abs(forth.ci95[0] + (back.ci95?.[1] ?? NaN)) < 1e-7);
      }),
    );
  });
});

describe('metrics/differences: exact McNemar test', () => {
  it('agrees with statsmodels, and with whole-number sums up to a million discordant units', () => {
    for (const { b, c, p } of reference.mcnemar) close(mcnemarExact(b, c), p, { b, c });
  });

  it('is 1 without discordant units, symmetric, and falls as the split grows uneven', () => {
    assert.equal(mcnemarExact(0, 0), 1);
    assert.throws(() => mcnemarExact(-1, 3), RangeError);
    assert.throws(() => mcnemarExact(1, 3.5), RangeError);
    fc.assert(
      fc.property(fc.nat(100_000), fc.nat(100_000), (b, c) => {
        const p = mcnemarExact(b, c);
        assert.ok(p >= 0 && p <= 1);
        assert.equal(p, mcnemarExact(c, b));
        const [less, more] = [Math.min(b, c), Math.max(b, c)];
        if (less > 0) assert.ok(mcnemarExact(less - 1, more + 1) <= p);
      }),
    );
  });
});

describe('metrics/bootstrap', () => {
  it('draws the numbers of xoshiro128** as its definition gives them', () => {
    const { seed, values } = reference.bootstrap.draws;
    const next = seededUint32(seed);
    assert.deepEqual(
      values.map(() => next()),
      values,
    );
    assert.throws(() => seededUint32(-1), RangeError);
    assert.throws(() => seededUint32(1.5), RangeError);
    assert.throws(() => seededUint32(2 ** 32), RangeError);
  });

  it('agrees with numpy quantiles over the same draws', () => {
    for (const { clusters, replicates, seed, difference, ci95 } of reference.bootstrap.cases) {
      const result = clusterBootstrap(clusters, replicates, seed);
      close(result.difference, difference, { replicates, seed });
      allClose(result.ci95, ci95, { replicates, seed });
    }
  });

  it('gives the same answer for the same seed, and another for another', () => {
    const clusters = Array.from({ length: 90 }, (_, i) => ({ sum: ((i * 7) % 5) - 2, n: (i % 4) + 1 }));
    const once = clusterBootstrap(clusters);
    assert.deepEqual(once, clusterBootstrap(clusters, 10_000, 1));
    assert.equal(once.replicates, 10_000);
    assert.notDeepEqual(once.ci95, clusterBootstrap(clusters, 10_000, 2).ci95);
  });

  it('comes near the normal interval where clusters are many', () => {
    const next = seededUint32(5);
    const clusters = Array.from({ length: 400 }, () => {
      const units = 1 + (next() % 4);
      const fixed = next() % (units + 1);
      return { units, fixed, broken: next() % (units - fixed + 1) };
    });
    const normal = pairedDifference(pairedSums(clusters));
    const drawn = clusterBootstrap(clusters.map(({ units, fixed, broken }) => ({ sum: fixed - broken, n: units })));
    close(drawn.difference, normal.difference, 'difference');
    for (const end of [0, 1] as const) {
      const gap = Math.abs((drawn.ci95?.[end] ?? NaN) - (normal.ci95?.[end] ?? NaN));
      assert.ok(gap < 0.15 * (normal.standardError ?? 0), `end ${end}: ${gap}`);
    }
  });

  it('has no interval for fewer than two clusters with units', () => {
    const empty = clusterBootstrap([], 10, 1);
    assert.deepEqual(empty, { difference: null, ci95: null, replicates: 10, seed: 1 });
    const one = clusterBootstrap(
      [
        { sum: 1, n: 2 },
        { sum: 0, n: 0 },
      ],
      10,
      1,
    );
    assert.deepEqual(one, { difference: 0.5, ci95: null, replicates: 10, seed: 1 });
    assert.throws(() => clusterBootstrap([], 0), /replicates/);
    assert.throws(() => clusterBootstrap([{ sum: NaN, n: 1 }]), /sum/);
  });
});

describe('metrics/holm', () => {
  it('agrees with statsmodels', () => {
    for (const { p, adjusted } of reference.holm) {
      const result = holm(p);
      allClose(result.adjusted, adjusted, p);
      assert.equal(result.familySize, p.length);
    }
  });

  it('takes an empty family, and refuses what is no probability', () => {
    assert.deepEqual(holm([]), { adjusted: [], familySize: 0 });
    assert.throws(() => holm([0.1, NaN]), RangeError);
  });

  it('never lowers a p-value, keeps their order, and lies between p and Bonferroni', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 30 }), (p) => {
        const { adjusted } = holm(p);
        for (const [i, value] of p.entries()) {
          const own = adjusted[i] ?? NaN;
          assert.ok(own >= value && own <= Math.min(1, value * p.length));
          for (const [j, other] of p.entries()) if (other < value) assert.ok((adjusted[j] ?? NaN) <= own);
        }
      }),
    );
  });
});
