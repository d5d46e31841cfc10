import assert from 'node:assert/strict';
import fc from 'fast-check';
import { mirrorOrRotation } from '../../../src/core/metrics/mirrorOrRotation.js';
import { expectedShares, ratioSums, ratioWithCi, SHARE_PARTS } from '../../../src/core/metrics/opportunity.js';
import { allClose, close, reference } from './reference.js';

const cluster = fc.record({ observed: fc.nat(9), expected: fc.double({ min: 0.05, max: 9, noNaN: true }) });

describe('metrics/opportunity: expected shares', () => {
  it('weighs each wrong option alike, duplicates included', () => {
    const shares = expectedShares(['adjacent', 'horizontal-flip', 'adjacent', 'orthogonal']);
    assert.deepEqual(
      [...shares],
      [
        ['adjacent', 0.5],
        ['horizontal-flip', 0.25],
        ['orthogonal', 0.25],
      ],
    );
    assert.deepEqual([...expectedShares(['depth-flip'])], [['depth-flip', 1]]);
    assert.equal(expectedShares([]).size, 0);
  });

  it('sums to 1', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 30 }), (classes) => {
        const sum = [...expectedShares(classes).values()].reduce((total, share) => total + share, 0);
        close(sum, 1, classes);
      }),
    );
  });
});

describe('metrics/opportunity: parts of shares', () => {
  it('are whole for every number of options, so that their sum is exact', () => {
    for (let options = 1; options <= 36; options += 1) assert.equal(SHARE_PARTS % options, 0);
    for (let options = 1; options <= 36; options += 1)
      for (let hits = 1; hits <= options; hits += 1)
        assert.equal(Math.round((hits / options) * SHARE_PARTS), (SHARE_PARTS / options) * hits);
  });

  it('add up alike clusters as the same clusters one by one', () => {
    const one = { observed: 2, expected: 1.5 };
    assert.deepEqual(ratioSums([{ ...one, clusters: 3 }]), ratioSums([one, one, one]));
  });
});

describe('metrics/opportunity: ratio with interval', () => {
  it('agrees with a Poisson regression with offset and clustered errors', () => {
    for (const { clusters, ratio, ci95, logStandardError } of reference.ratios) {
      const estimate = ratioWithCi(ratioSums(clusters));
      close(estimate.ratio, ratio, clusters);
      close(estimate.logStandardError, logStandardError, clusters);
      allClose(estimate.ci95, ci95, clusters);
    }
  });

  it('has no ratio without observed or expected errors, and no interval with one cluster', () => {
    const none = { ratio: null, ci95: null, logStandardError: null };
    assert.deepEqual(ratioWithCi(ratioSums([])), none);
    assert.deepEqual(ratioWithCi(ratioSums([{ observed: 0, expected: 2 }])), none);
    assert.deepEqual(ratioWithCi(ratioSums([{ observed: 3, expected: 2 }])), { ...none, ratio: 1.5 });
    assert.throws(() => ratioWithCi({ ...ratioSums([]), sumE2: -1 }), /sumE2/);
  });

  it('counts only clusters that offer the class', () => {
    const offering = [
      { observed: 1, expected: 0.5 },
      { observed: 2, expected: 2.5 },
    ];
    assert.deepEqual(ratioSums([...offering, { observed: 0, expected: 0 }]), ratioSums(offering));
  });

  it('has an interval of no width where every error was forced', () => {
    const forced = Array.from({ length: 40 }, (_, i) => ({ observed: (i % 3) + 1, expected: (i % 3) + 1 }));
    assert.deepEqual(ratioWithCi(ratioSums(forced)).ci95, [1, 1]);
    for (const share of [1 / 3, 0.1, 1 / 7, 0.7]) {
      const even = Array.from({ length: 400 }, (_, i) => ({ observed: (i % 5) + 1, expected: ((i % 5) + 1) * share }));
      assert.equal(ratioWithCi(ratioSums(even)).logStandardError, 0, `share ${share}`);
    }
  });

  it('holds the ratio, and doubling what is expected halves ratio and interval', () => {
    fc.assert(
      fc.property(fc.array(cluster, { minLength: 2, maxLength: 60 }), (clusters) => {
        const one = ratioWithCi(ratioSums(clusters));
        if (one.ratio === null || one.ci95 === null) return;
        assert.ok(one.ci95[0] <= one.ratio && one.ratio <= one.ci95[1]);
        const two = ratioWithCi(ratioSums(clusters.map((c) => ({ ...c, expected: 2 * c.expected }))));
        assert.ok(Math.abs(2 * (two.ratio ?? NaN) - one.ratio) < 1e-9 * one.ratio);
        assert.ok(Math.abs((two.logStandardError ?? NaN) - (one.logStandardError ?? NaN)) < 1e-6);
      }),
    );
  });
});

describe('metrics/mirrorOrRotation', () => {
  it('agrees with the exact binomial test of scipy', () => {
    for (const { mirror, rotation, p } of reference.mirrorOrRotation) {
      close(mirrorOrRotation({ mirror, rotation }).p, p, { mirror, rotation });
    }
  });

  it('gives both ratios and the expected share', () => {
    const result = mirrorOrRotation({
      mirror: { observed: 30, expected: 15 },
      rotation: { observed: 0, expected: 45 },
    });
    assert.equal(result.mirrorRatio, 2);
    assert.equal(result.rotationRatio, null);
    assert.equal(result.expectedMirrorShare, 0.25);
    assert.ok((result.p ?? 1) < 1e-15);
  });

  it('is null where nothing was expected or observed', () => {
    const zero = { observed: 0, expected: 0 };
    assert.deepEqual(mirrorOrRotation({ mirror: zero, rotation: zero }), {
      mirrorRatio: null,
      rotationRatio: null,
      expectedMirrorShare: null,
      p: null,
    });
    assert.throws(() => mirrorOrRotation({ mirror: { observed: 0.5, expected: 1 }, rotation: zero }), RangeError);
  });
});
