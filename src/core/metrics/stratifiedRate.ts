import { requireCount } from './checks.js';
import { type Interval, Z95 } from './interval.js';

/** A part of all items, of which some were drawn at random without replacement and looked at. */
export interface Stratum {
  /** Items in it. */
  readonly size: number;
  /** How many of them were looked at. */
  readonly drawn: number;
  /** How many of those have what is counted. */
  readonly hits: number;
}

export interface EstimatedRate {
  /** Of all items; null where some stratum has items and none of them was looked at. */
  readonly rate: number | null;
  /** null where the rate is, and where a stratum of several items has but one that was looked at. */
  readonly ci95: Interval | null;
  readonly size: number;
  readonly drawn: number;
}

/**
 * The rate of something among all items, of which samples were looked at: p = Σ W_h p_h with W_h = N_h/N, and the normal 95 % interval by
 * Var = Σ W_h² (1 − n_h/N_h) p_h (1 − p_h)/(n_h − 1), cut to [0, 1] (Cochran 1977, Sampling Techniques, §5.6 and 3.8: what was drawn of a finite number
 * of items is known). With one stratum it is the simple random sample. Where all that was drawn is alike, or none is, the interval of a stratum is
 * taken at p̃ = (hits + 2)/(drawn + 4) (Agresti & Coull 1998): no sample proves that none of the others differs.
 * @throws RangeError where a number is no count, or more were drawn than there are
 */
export function stratifiedRate(strata: readonly Stratum[]): EstimatedRate {
  for (const { size, drawn, hits } of strata) {
    requireCount('size', size);
    requireCount('drawn', drawn);
    requireCount('hits', hits);
    if (drawn > size || hits > drawn)
      throw new RangeError(`${hits} of ${drawn} of ${size}: each must hold the one before.`);
  }
  const present = strata.filter(({ size }) => size > 0);
  const size = present.reduce((sum, each) => sum + each.size, 0);
  const drawn = present.reduce((sum, each) => sum + each.drawn, 0);
  if (size === 0 || present.some((each) => each.drawn === 0)) return { rate: null, ci95: null, size, drawn };
  const rate = present.reduce((sum, each) => sum + (each.size / size) * (each.hits / each.drawn), 0);
  if (present.some((each) => each.drawn === 1 && each.size > 1)) return { rate, ci95: null, size, drawn };
  const variance = present.reduce((sum, each) => sum + (each.size / size) ** 2 * varianceOf(each), 0);
  const reach = Z95 * Math.sqrt(variance);
  return { rate, ci95: [Math.max(0, rate - reach), Math.min(1, rate + reach)], size, drawn };
}

function varianceOf({ size, drawn, hits }: Stratum): number {
  if (drawn === size) return 0;
  const isAlike = hits === 0 || hits === drawn;
  const share = isAlike ? (hits + 2) / (drawn + 4) : hits / drawn;
  return ((1 - drawn / size) * share * (1 - share)) / (drawn - 1);
}
