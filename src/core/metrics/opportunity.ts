import { requireCount, requireWithin } from './checks.js';
import { type Interval, Z95 } from './interval.js';

/**
 * What one eligible error would contribute to each class if a wrong option were picked at random: each wrong option
 * weighs 1 / (number of wrong options), duplicates included.
 * @param classes the class that each wrong option would give, one entry per wrong option
 * @returns class → weight, in order of first appearance; the weights sum to 1 (empty for no wrong options)
 */
export function expectedShares<C extends string>(classes: readonly C[]): Map<C, number> {
  const counts = new Map<C, number>();
  for (const name of classes) counts.set(name, (counts.get(name) ?? 0) + 1);
  const shares = new Map<C, number>();
  for (const [name, count] of counts) shares.set(name, count / classes.length);
  return shares;
}

/**
 * What shares are counted in where many are added up: whole parts, whose sum is the same in every order. The least common
 * multiple of 1 to 36, so that the share of every option is a whole number up to 36 wrong options, and off by less than
 * 1e-14 beyond.
 */
export const SHARE_PARTS = 144_403_552_893_600;

/** One cluster's observed and expected errors of a class, over its eligible errors that offer the class. */
export interface RatioCluster {
  readonly observed: number;
  readonly expected: number;
  /** How many such clusters there are; 1 where absent. */
  readonly clusters?: number;
}

/** Sufficient statistics of the ratio: sums over the clusters c that have eligible errors offering the class. */
export interface RatioSums {
  /** O = Σ o_c */
  readonly observed: number;
  /** E = Σ e_c */
  readonly expected: number;
  /** Σ o_c² */
  readonly sumO2: number;
  /** Σ o_c e_c */
  readonly sumOE: number;
  /** Σ e_c² */
  readonly sumE2: number;
  /** G, the number of those clusters. */
  readonly clusters: number;
}

export interface RatioEstimate {
  /** O / E; null where nothing was observed or nothing expected. */
  readonly ratio: number | null;
  /** null as the ratio, and with fewer than two clusters. */
  readonly ci95: Interval | null;
  /** Standard error of log(ratio); null as the interval. */
  readonly logStandardError: number | null;
}

/** Gathers the sums from clusters; those that do not offer the class (expected 0) are left out. */
export function ratioSums(clusters: Iterable<RatioCluster>): RatioSums {
  const sums = { observed: 0, expected: 0, sumO2: 0, sumOE: 0, sumE2: 0, clusters: 0 };
  for (const { observed, expected, clusters: times = 1 } of clusters) {
    if (expected === 0) continue;
    sums.observed += times * observed;
    sums.expected += times * expected;
    sums.sumO2 += times * observed * observed;
    sums.sumOE += times * observed * expected;
    sums.sumE2 += times * expected * expected;
    sums.clusters += times;
  }
  return sums;
}

/**
 * Observed over expected errors of a class, R = O / E, with a 95 % interval by the delta method on the log, robust to
 * clusters: Var(log R) = G/(G−1) · Σ_c (o_c − R e_c)² / O², interval R · exp(±z √Var).
 * This is the cluster-robust sandwich of an intercept-only Poisson regression with offset log e (Liang & Zeger 1986),
 * with the small-sample factor G/(G−1).
 *
 * The interval has no width where every error was forced (o_c = R e_c in every cluster): the options then fix the
 * ratio, whatever the model does. Read the share of forced errors beside it.
 *
 * @param sums as `ratioSums` gathers them; only clusters with eligible errors that offer the class
 * @throws RangeError where a sum is negative or not finite
 */
export function ratioWithCi(sums: RatioSums, z: number = Z95): RatioEstimate {
  requireCount('clusters', sums.clusters);
  for (const name of ['observed', 'expected', 'sumO2', 'sumOE', 'sumE2'] as const) {
    requireWithin(name, sums[name], 0, Number.MAX_VALUE);
  }
  const { observed, expected, sumO2, sumOE, sumE2, clusters } = sums;
  if (observed === 0 || expected === 0) return { ratio: null, ci95: null, logStandardError: null };
  const ratio = observed / expected;
  if (clusters < 2) return { ratio, ci95: null, logStandardError: null };
  const squares = sumO2 + ratio * ratio * sumE2;
  const difference = squares - 2 * ratio * sumOE;
  // What cancellation leaves of a sum that is truly 0; its square root would look like a small real width.
  const residual = difference <= squares * 1e-12 ? 0 : difference;
  const logStandardError = Math.sqrt((clusters / (clusters - 1)) * residual) / observed;
  const factor = Math.exp(z * logStandardError);
  return { ratio, ci95: [ratio / factor, ratio * factor], logStandardError };
}
