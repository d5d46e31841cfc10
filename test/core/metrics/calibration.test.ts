import assert from 'node:assert/strict';
import fc from 'fast-check';
import { reliability, riskCoverage } from '../../../src/core/metrics/calibration.js';
import { allClose, close, reference } from './reference.js';

const point = fc.record({
  confidence: fc.oneof(fc.constantFrom(0, 0.1, 0.3, 0.7, 1), fc.double({ min: 0, max: 1, noNaN: true })),
  correct: fc.boolean(),
});
const points = fc.array(point, { minLength: 1, maxLength: 80 });

describe('metrics/calibration: reliability', () => {
  it('agrees with bins and ECE taken over single rows', () => {
    for (const { points: given, reliability: expected } of reference.calibration) {
      const { bins, ece, n, absent, outOfRange } = reliability(given);
      assert.deepEqual(
        { n, absent, outOfRange },
        { n: expected.n, absent: expected.absent, outOfRange: expected.outOfRange },
      );
      close(ece, expected.ece, given);
      for (const [index, row] of expected.bins.entries()) {
        const bin = bins[index];
        assert.ok(bin !== undefined);
        allClose([bin.n, bin.correct, bin.accuracy, bin.confidence], row, { index, given });
      }
    }
  });

  it('puts an edge into the bin below it, however many bins', () => {
    for (const count of [1, 3, 7, 10, 15, 49, 100]) {
      for (let edge = 1; edge <= count; edge++) {
        const { bins } = reliability([{ confidence: edge / count, correct: true }], count);
        assert.equal(bins[edge - 1]?.n, 1, `${edge}/${count}`);
      }
    }
    assert.equal(reliability([{ confidence: 0, correct: true }]).bins[0]?.n, 1);
    assert.throws(() => reliability([], 0), /binCount/);
  });

  it('counts what it cannot use: absent, NaN, percent, negative', () => {
    const given = [null, NaN, 87, -0.1, Infinity, 0.5].map((confidence) => ({ confidence, correct: true }));
    const { n, absent, outOfRange, ece } = reliability(given);
    assert.deepEqual({ n, absent, outOfRange, ece }, { n: 1, absent: 2, outOfRange: 3, ece: 0.5 });
    assert.equal(reliability([]).ece, null);
    assert.deepEqual(riskCoverage([]), { n: 0, absent: 0, outOfRange: 0, curve: [], aurc: null });
  });

  it('holds every answer in one bin, with ECE between |accuracy − mean confidence| and 1', () => {
    fc.assert(
      fc.property(points, fc.integer({ min: 1, max: 30 }), (given, count) => {
        const { bins, ece, n } = reliability(given, count);
        assert.equal(
          bins.reduce((sum, bin) => sum + bin.n, 0),
          n,
        );
        const gap = given.reduce((sum, { confidence, correct }) => sum + (correct ? 1 : 0) - confidence, 0) / n;
        assert.ok(ece !== null && ece >= Math.abs(gap) - 1e-12 && ece <= 1);
      }),
    );
  });
});

describe('metrics/calibration: risk and coverage', () => {
  it('agrees with thresholds over single rows, and with the mean over all orders of ties', () => {
    for (const { points: given, riskCoverage: expected } of reference.calibration) {
      const { curve, aurc } = riskCoverage(given);
      close(aurc, expected.aurc, given);
      assert.equal(curve.length, expected.curve.length);
      for (const [index, row] of expected.curve.entries()) {
        const at = curve[index];
        assert.ok(at !== undefined);
        allClose([at.threshold, at.coverage, at.risk], row, { index, given });
      }
    }
  });

  it('does not depend on the order of the file, and ends at full coverage with the error rate', () => {
    const shuffled = points.chain((given) =>
      fc.tuple(fc.constant(given), fc.shuffledSubarray(given, { minLength: given.length })),
    );
    fc.assert(
      fc.property(shuffled, ([given, reordered]) => {
        const { curve, aurc } = riskCoverage(given);
        close(riskCoverage(reordered).aurc, aurc, given);
        const last = curve.at(-1);
        assert.equal(last?.coverage, 1);
        close(last?.risk, given.filter(({ correct }) => !correct).length / given.length, given);
      }),
    );
  });

  it('is the error rate where confidence says nothing', () => {
    const flat = [true, false, false, true, true].map((correct) => ({ confidence: 0.6, correct }));
    close(riskCoverage(flat).aurc, 0.4, flat);
  });
});
