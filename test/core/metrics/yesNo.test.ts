import assert from 'node:assert/strict';
import fc from 'fast-check';
import { yesNoMetrics } from '../../../src/core/metrics/yesNo.js';
import { recordClose, reference } from './reference.js';

const count = fc.nat(5000);
const anyCounts = fc.record({ tp: count, fp: count, tn: count, fn: count, unparsedYes: count, unparsedNo: count });

describe('metrics/yesNo', () => {
  it('agrees with rates taken over single rows', () => {
    for (const { counts, metrics } of reference.yesNo) recordClose(yesNoMetrics(counts), metrics, counts);
  });

  it('has exactly the fields of the contract', () => {
    const metrics = yesNoMetrics({ tp: 1, fp: 1, tn: 1, fn: 1, unparsedYes: 0, unparsedNo: 0 });
    assert.deepEqual(Object.keys(metrics).sort(), [
      ...['accuracy', 'criterion', 'dPrime', 'f1', 'fn', 'fp'],
      ...['precision', 'recall', 'tn', 'tp', 'yesRatio'],
    ]);
  });

  it('counts an unparsed answer as wrong, as a miss, and never as a yes', () => {
    const parsed = yesNoMetrics({ tp: 6, fp: 2, tn: 8, fn: 4, unparsedYes: 0, unparsedNo: 0 });
    const unparsed = yesNoMetrics({ tp: 6, fp: 2, tn: 5, fn: 1, unparsedYes: 3, unparsedNo: 3 });
    assert.equal(parsed.accuracy, 0.7);
    assert.equal(unparsed.accuracy, 0.55);
    assert.equal(unparsed.yesRatio, 0.4);
    for (const name of ['precision', 'recall', 'f1', 'yesRatio', 'dPrime', 'criterion'] as const) {
      assert.equal(unparsed[name], parsed[name], name);
    }
  });

  it('refuses negative counts by name', () => {
    assert.throws(() => yesNoMetrics({ tp: 1, fp: 1, tn: -1, fn: 1, unparsedYes: 0, unparsedNo: 0 }), /tn must be/);
  });

  it('keeps rates in [0, 1], and exchanging yes and no flips the criterion but not d′', () => {
    fc.assert(
      fc.property(anyCounts, (counts) => {
        const metrics = yesNoMetrics(counts);
        for (const name of ['accuracy', 'precision', 'recall', 'f1', 'yesRatio'] as const) {
          const value = metrics[name];
          assert.ok(value === null || (value >= 0 && value <= 1), name);
        }
        const { tp, fp, tn, fn } = counts;
        const plain = yesNoMetrics({ tp, fp, tn, fn, unparsedYes: 0, unparsedNo: 0 });
        const swapped = yesNoMetrics({ tp: tn, fp: fn, tn: tp, fn: fp, unparsedYes: 0, unparsedNo: 0 });
        assert.equal(plain.dPrime === null, swapped.dPrime === null);
        assert.ok(Math.abs((plain.dPrime ?? 0) - (swapped.dPrime ?? 0)) < 1e-9);
        assert.ok(Math.abs((plain.criterion ?? 0) + (swapped.criterion ?? 0)) < 1e-9);
      }),
    );
  });
});
