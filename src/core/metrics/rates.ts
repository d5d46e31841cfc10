import { requireCount, requireWithin } from './checks.js';

/** Right units out of all units of one sub-task or source. */
export interface Tally {
  /** Right units; may be a sum of shares where one unit has several samples. */
  readonly correct: number;
  readonly units: number;
}

/**
 * correct / units, a fraction; null where there are no units.
 * @throws RangeError where units is no count or correct lies outside [0, units]
 */
export function rate({ correct, units }: Tally): number | null {
  requireCount('units', units);
  requireWithin('correct', correct, 0, units);
  return units === 0 ? null : correct / units;
}

/**
 * Accuracy among the units whose answer could be read; stands beside accuracy, in which an unparsed answer is wrong.
 * @param correct right units
 * @param parsed units with gold and a parsed answer
 * @returns a fraction; null where nothing was parsed
 * @throws RangeError as `rate`
 */
export function parsedAccuracy(correct: number, parsed: number): number | null {
  return rate({ correct, units: parsed });
}

/**
 * Unweighted mean of the accuracies of sub-tasks (BLINK) or sources (CV-Bench). Sub-tasks without units have no
 * accuracy and are left out of the mean.
 * @returns a fraction; null where no sub-task has units
 * @throws RangeError as `rate`
 */
export function macroAccuracy(subTasks: Iterable<Tally>): number | null {
  let sum = 0;
  let count = 0;
  for (const subTask of subTasks) {
    const accuracy = rate(subTask);
    if (accuracy === null) continue;
    sum += accuracy;
    count++;
  }
  return count === 0 ? null : sum / count;
}

/**
 * The unweighted mean of the accuracies of strata, of which those whose names agree up to their last slash make one mean first:
 * CV-Bench's (("2D/ADE20K" + "2D/COCO") / 2 + "3D/Omni3D") / 2 (Tong et al. 2024, "Cambrian-1").
 * @returns a fraction; null where no stratum has units
 * @throws RangeError as `rate`
 */
export function stratifiedAccuracy(strata: Readonly<Record<string, Tally>>): number | null {
  const outer = new Map<string, Tally[]>();
  for (const [name, tally] of Object.entries(strata)) {
    const part = name.includes('/') ? name.slice(0, name.lastIndexOf('/')) : `/${name}`;
    outer.set(part, [...(outer.get(part) ?? []), tally]);
  }
  const means = [...outer.values()].flatMap((tallies) => macroAccuracy(tallies) ?? []);
  return means.length === 0 ? null : means.reduce((sum, mean) => sum + mean, 0) / means.length;
}

/**
 * SITE's chance-adjusted accuracy (ΣX − Σ1/n) / (N − Σ1/n): 0 at guessing, 1 when all is right, negative below chance.
 * @param correct ΣX, right units
 * @param units N
 * @param chanceSum Σ1/n, the sum over units of the chance of each
 * @returns null where there are no units or guessing is always right
 * @throws RangeError where a number lies outside [0, units]
 */
export function chanceAdjustedAccuracy(correct: number, units: number, chanceSum: number): number | null {
  requireCount('units', units);
  requireWithin('correct', correct, 0, units);
  requireWithin('chanceSum', chanceSum, 0, units);
  return units === chanceSum ? null : (correct - chanceSum) / (units - chanceSum);
}
