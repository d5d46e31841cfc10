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
  /** Units left out: fewer samples than pass@k needs. */
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
  let sum = 0;
  let entered = 0;
  let excluded = 0;
  for (const { samples, correct } of units) {
    const value = passAtK(samples, correct, k);
    if (value === null) {
      excluded++;
    } else {
      sum += value;
      entered++;
    }
  }
  return { value: entered === 0 ? null : sum / entered, units: entered, excluded };
}
