import { requireCount, requireWithin } from './checks.js';

/** One question asked several times. */
export interface SampledUnit {
  /** Samples drawn (n); an unparsed sample is one, and wrong. */
  readonly samples: number;
  /** Right samples (c). */
  readonly correct: number;
}

/** A mean over units, with the units that could not enter it. */
export interface UnitMean {
  /** A fraction; null where no unit entered. */
  readonly value: number | null;
  readonly units: number;
  /** Units left out: fewer samples than pass@k needs, or another number of samples than any-of-k means. */
  readonly excluded: number;
}

/**
 * Unbiased pass@k of one question: 1 − C(n−c, k) / C(n, k) (Chen et al. 2021, "Evaluating Large Language Models Trained
 * on Code"), as a product in logarithms, so that neither large n nor values near 0 lose digits.
 * @param n samples drawn
 * @param c right samples
 * @param k samples allowed, at least 1
 * @returns a fraction; null where n < k
 * @throws RangeError where an argument is no count, c > n or k < 1
 */
export function passAtK(n: number, c: number, k: number): number | null {
  requireCount('n', n);
  requireCount('c', c);
  requireCount('k', k);
  requireWithin('c', c, 0, n);
  requireWithin('k', k, 1, Infinity);
  if (n < k) return null;
  if (n - c < k) return 1;
  // C(n−c, k) / C(n, k) = C(n−k, c) / C(n, c): either product is right, so the shorter one is taken.
  const factors = Math.min(c, k);
  const gap = Math.max(c, k);
  let logMiss = 0;
  for (let i = 0; i < factors; i++) logMiss += Math.log1p(-gap / (n - i));
  return logMiss === 0 ? 0 : -Math.expm1(logMiss);
}

/**
 * Mean of pass@k over questions; those with fewer than k samples are counted as excluded.
 * @throws RangeError as `passAtK`
 */
export function meanPassAtK(units: Iterable<SampledUnit>, k: number): UnitMean {
  return meanOver(units, (unit) => passAtK(unit.samples, unit.correct, k));
}

/**
 * Any-of-k: the share of questions of exactly k samples with at least one right. Not pass@k unless every question has k
 * samples; questions with another number of samples are counted as excluded, since the source's number says nothing of them.
 * @throws RangeError where k < 1 or a unit is malformed
 */
export function anyOfK(units: Iterable<SampledUnit>, k: number): UnitMean {
  requireCount('k', k);
  requireWithin('k', k, 1, Infinity);
  return meanOver(units, ({ samples, correct }) => {
    requireCount('samples', samples);
    requireCount('correct', correct);
    requireWithin('correct', correct, 0, samples);
    if (samples !== k) return null;
    return correct > 0 ? 1 : 0;
  });
}

function meanOver(units: Iterable<SampledUnit>, valueOf: (unit: SampledUnit) => number | null): UnitMean {
  let sum = 0;
  let entered = 0;
  let excluded = 0;
  for (const unit of units) {
    const value = valueOf(unit);
    if (value === null) {
      excluded++;
    } else {
      sum += value;
      entered++;
    }
  }
  return { value: entered === 0 ? null : sum / entered, units: entered, excluded };
}
