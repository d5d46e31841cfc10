import { requireCount, requireWithin } from './checks.js';
import { binomialCdf } from './distributions.js';
import { type Interval, Z95 } from './interval.js';

/** The units of one cluster that both runs answered. */
export interface PairedCluster {
  readonly units: number;
  /** Wrong in the base, right in the new run. */
  readonly fixed: number;
  /** Right in the base, wrong in the new run. */
  readonly broken: number;
}

/** Sufficient statistics of a paired difference; D_c = fixed − broken and n_c = units of cluster c. */
export interface PairedSums {
  /** Units joined (n). */
  readonly units: number;
  readonly fixed: number;
  readonly broken: number;
  /** Σ D_c² */
  readonly sumD2: number;
  /** Σ D_c n_c */
  readonly sumDN: number;
  /** Σ n_c² */
  readonly sumN2: number;
  /** G, the number of clusters. */
  readonly clusters: number;
}

export interface PairedDifference {
  /** New accuracy − base accuracy over the joined units, a fraction; null where there are none. */
  readonly difference: number | null;
  /** null without units and with fewer than two clusters. */
  readonly ci95: Interval | null;
  readonly standardError: number | null;
}

/** Gathers the sums from clusters; clusters without units are left out. */
export function pairedSums(clusters: Iterable<PairedCluster>): PairedSums {
  const sums = { units: 0, fixed: 0, broken: 0, sumD2: 0, sumDN: 0, sumN2: 0, clusters: 0 };
  for (const { units, fixed, broken } of clusters) {
    if (units === 0) continue;
    const difference = fixed - broken;
    sums.units += units;
    sums.fixed += fixed;
    sums.broken += broken;
    sums.sumD2 += difference * difference;
    sums.sumDN += difference * units;
    sums.sumN2 += units * units;
    sums.clusters++;
  }
  return sums;
}

/**
 * Difference of two runs' accuracies over the same units, d̄ = (fixed − broken) / n, with a cluster-robust normal 95 %
 * interval, cut to [−1, 1]: Var = G/(G−1) · Σ_c (D_c − d̄ n_c)² / n² (Liang & Zeger 1986; the variance of the intercept
 * of an OLS of d_i on 1 with clustered errors, whose further factor (N−1)/(N−K) is 1 at K = 1).
 * The interval has no width where no unit changed: nothing was seen to vary, which is no proof that nothing does.
 * @throws RangeError where a count is negative or fixed + broken > units
 */
export function pairedDifference(sums: PairedSums, z: number = Z95): PairedDifference {
  for (const name of ['units', 'fixed', 'broken', 'clusters'] as const) requireCount(name, sums[name]);
  const { units, fixed, broken, sumD2, sumDN, sumN2, clusters } = sums;
  requireWithin('fixed + broken', fixed + broken, 0, units);
  if (units === 0) return { difference: null, ci95: null, standardError: null };
  const difference = (fixed - broken) / units;
  if (clusters < 2) return { difference, ci95: null, standardError: null };
  const squares = sumD2 + difference * difference * sumN2;
  const raw = squares - 2 * difference * sumDN;
  // What cancellation leaves of a sum that is truly 0; its square root would look like a small real width.
  const residual = raw <= squares * 1e-12 ? 0 : raw;
  const standardError = Math.sqrt((clusters / (clusters - 1)) * residual) / units;
  const low = Math.max(-1, difference - z * standardError);
  const high = Math.min(1, difference + z * standardError);
  return { difference, ci95: [low, high], standardError };
}

/**
 * Exact McNemar test of two paired runs: two-sided binomial of the discordant units against ½,
 * p = min(1, 2 P(X ≤ min(b, c))), X ~ Binomial(b + c, ½). Treats units as independent.
 * @param b units right in one run only
 * @param c units right in the other run only
 * @returns p; 1 where b + c = 0
 * @throws RangeError where b or c is no count
 */
export function mcnemarExact(b: number, c: number): number {
  requireCount('b', b);
  requireCount('c', c);
  if (b === c) return 1;
  return Math.min(1, 2 * binomialCdf(Math.min(b, c), b + c, 0.5));
}
