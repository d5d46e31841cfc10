import { requireWithin } from './checks.js';

export interface HolmResult {
  /** Adjusted p-values, in the order given; reject at level α where adjusted ≤ α. */
  readonly adjusted: readonly number[];
  /** Number of tests in the family, to be printed with them. */
  readonly familySize: number;
}

/**
 * Holm's step-down adjustment (Holm 1979) of the p-values of one family of tests, i.e. those shown in one table:
 * with p sorted ascending, adjusted_(i) = max over j ≤ i of min(1, (m − j + 1) p_(j)). Controls the family-wise error
 * rate whatever the dependence.
 * @param pValues every test that was run; a test that could not be run is no member of the family
 * @throws RangeError where a p-value is outside [0, 1]
 */
export function holm(pValues: readonly number[]): HolmResult {
  for (const p of pValues) requireWithin('p', p, 0, 1);
  const familySize = pValues.length;
  const ascending = pValues.map((p, index) => ({ p, index })).sort((a, b) => a.p - b.p);
  const adjusted = new Array<number>(familySize).fill(1);
  let running = 0;
  for (const [rank, { p, index }] of ascending.entries()) {
    running = Math.max(running, Math.min(1, (familySize - rank) * p));
    adjusted[index] = running;
  }
  return { adjusted, familySize };
}
