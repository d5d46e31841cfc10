import assert from 'node:assert/strict';
import fc from 'fast-check';
import { spearman } from '../../../src/core/metrics/rankCorrelation.js';
import { close } from './reference.js';

describe('metrics/rankCorrelation', () => {
  it('agrees with scipy.stats.spearmanr, with ties and without', () => {
    // scipy 1.17.1
    const values: readonly (readonly [readonly [number, number][], number])[] = [
      [[[1, 0.2], [2, 0.5], [3, 0.4], [4, 0.9], [5, 0.7]], 0.8],
      [[[1, 3], [1, 2], [2, 2], [5, 0], [9, 1]], -0.8157894736842107],
      [[[3.1, 0.25], [4.7, 0.25], [2.2, 0.75], [6, 0], [6, 1], [0.5, 0.5]], -0.20588235294117652],
    ]; // prettier-ignore
    for (const [pairs, rho] of values) close(spearman(pairs), rho, { pairs });
  });

  it('is null of fewer than three pairs, and where one side is the same everywhere', () => {
    assert.equal(
      spearman([
        [1, 2],
        [2, 3],
      ]),
      null,
    );
    assert.equal(
      spearman([
        [1, 2],
        [2, 2],
        [3, 2],
      ]),
      null,
    );
  });

  it('knows order alone: any growing function of either side gives the same, and turning one round its negative', () => {
    const pairs = fc.array(fc.tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: -50, max: 50 })), {
      minLength: 3,
      maxLength: 40,
    });
    fc.assert(
      fc.property(pairs, (given) => {
        const rho = spearman(given);
        const grown = spearman(given.map(([x, y]) => [Math.exp(x / 10), y ** 3]));
        const turned = spearman(given.map(([x, y]) => [-x, y]));
        if (rho === null) return assert.deepEqual([grown, turned], [null, null]);
        assert.ok(Math.abs(rho) <= 1 + 1e-12);
        close(grown, rho, { given });
        close(turned, -rho, { given });
      }),
    );
  });
});
