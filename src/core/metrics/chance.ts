import { requireCount, requireWithin } from './checks.js';
import { binomialCdf, normalCdf } from './distributions.js';

/** Units that share one chance of being right by guessing. */
export interface ChanceGroup {
  /** Chance of one unit, a fraction. */
  readonly chance: number;
  readonly units: number;
}

/** How a below-chance p-value was computed. */
export type BelowChanceMethod = 'binomial' | 'poisson-binomial' | 'normal';

export interface BelowChance {
  /** P(at most this many right by guessing). */
  readonly p: number;
  readonly method: BelowChanceMethod;
}

/** Up to here the exact distribution for unequal chances takes milliseconds. */
const EXACT_UNITS = 5000;

/**
 * Chance of at least one right answer in k independent guesses among m options: 1 − (1 − 1/m)^k.
 * @returns a fraction; null where m is no whole number of at least 1 (options unknown: chance unknown)
 * @throws RangeError where k is no whole number of at least 1
 */
export function chanceOf(m: number, k = 1): number | null {
  requireCount('k', k);
  requireWithin('k', k, 1, Infinity);
  if (!Number.isSafeInteger(m) || m < 1) return null;
  return k === 1 ? 1 / m : -Math.expm1(k * Math.log1p(-1 / m));
}

/**
 * Mean chance over units, a fraction; null where there are none.
 * @throws RangeError where a chance is outside [0, 1] or a number of units is no count
 */
export function meanChance(groups: readonly ChanceGroup[]): number | null {
  const units = checkedUnits(groups);
  if (units === 0) return null;
  return groups.reduce((sum, group) => sum + group.chance * group.units, 0) / units;
}

/**
 * Is accuracy below chance? One-sided test of `successes` right units against guessing.
 *
 * Units of equal chance: the exact binomial. Unequal chances, up to 5,000 units: the exact Poisson-binomial (number
 * right when unit i is right with its own chance), by convolution. Beyond: its normal approximation with continuity
 * correction, mean Σp and variance Σp(1 − p). The mean chance alone would overstate the variance.
 *
 * @param successes right units, a whole number
 * @returns null where there are no units
 * @throws RangeError where successes is no count or exceeds the units, or a group is malformed
 */
export function belowChance(successes: number, groups: readonly ChanceGroup[]): BelowChance | null {
  const units = checkedUnits(groups);
  requireCount('successes', successes);
  requireWithin('successes', successes, 0, units);
  const present = groups.filter((group) => group.units > 0);
  const first = present[0];
  if (first === undefined) return null;
  if (present.every((group) => group.chance === first.chance)) {
    return { p: binomialCdf(successes, units, first.chance), method: 'binomial' };
  }
  if (units <= EXACT_UNITS) return { p: poissonBinomialCdf(successes, present), method: 'poisson-binomial' };
  const mean = present.reduce((sum, { chance, units: n }) => sum + n * chance, 0);
  const variance = present.reduce((sum, { chance, units: n }) => sum + n * chance * (1 - chance), 0);
  // Chances of only 0 and 1 leave nothing random; the continuity correction then decides on the right side of the step.
  const z = (successes + 0.5 - mean) / Math.sqrt(variance);
  return { p: normalCdf(z), method: 'normal' };
}

/** P(X ≤ successes), adding one unit at a time; entry j holds P(j right so far), and higher counts never come back. */
function poissonBinomialCdf(successes: number, groups: readonly ChanceGroup[]): number {
  const mass = new Float64Array(successes + 1);
  mass[0] = 1;
  let seen = 0;
  for (const { chance, units } of groups) {
    for (let unit = 0; unit < units; unit++) {
      seen++;
      for (let j = Math.min(seen, successes); j >= 1; j--) {
        mass[j] = (mass[j] ?? 0) * (1 - chance) + (mass[j - 1] ?? 0) * chance;
      }
      mass[0] = (mass[0] ?? 0) * (1 - chance);
    }
  }
  return Math.min(
    1,
    mass.reduce((sum, value) => sum + value, 0),
  );
}

function checkedUnits(groups: readonly ChanceGroup[]): number {
  let units = 0;
  for (const group of groups) {
    requireWithin('chance', group.chance, 0, 1);
    requireCount('units', group.units);
    units += group.units;
  }
  return units;
}
