import { requireCount, requireWithin } from './checks.js';
import { type Interval, Z95 } from './interval.js';

/** The values of one cluster: their sum, and how many there are. */
export interface ClusterSum {
  readonly sum: number;
  readonly n: number;
}

/** With fewer clusters, say so beside the interval. */
export const FEW_CLUSTERS = 10;

export interface ClusteredMean {
  /** Σ sum / Σ n; null where there are none. */
  readonly mean: number | null;
  /** null without values and with fewer than two clusters. */
  readonly ci95: Interval | null;
  /** How many values, in how many clusters. */
  readonly n: number;
  readonly clusters: number;
}

/**
 * Mean of shares (values from 0 to 1), x̄ = Σ S_c / n over clusters c with sums S_c of n_c values, with a cluster-robust normal 95 % interval,
 * cut to [0, 1]: Var = G/(G−1) · Σ_c (S_c − x̄ n_c)² / n² for G clusters (Liang & Zeger 1986). It is the interval of `pairedDifference`, for
 * values that are no whole numbers. Of few clusters it is too narrow, as all intervals of this kind are (Cameron & Miller 2015): of simulated shares
 * (uniform, Beta(2, 5), Beta(19, 1)) it held the true mean in 91 to 93 % of samples of 20 clusters, 88 to 92 % of 10, and 74 to 79 % of 3.
 * The interval has no width where all clusters have the same mean: nothing was seen to vary, which is no proof that nothing does.
 * @param sums clusters without values are left out; their order changes no more than the last digits
 * @throws RangeError where n is no count or a sum lies outside [0, n]
 */
export function clusteredMean(sums: Iterable<ClusterSum>, z: number = Z95): ClusteredMean {
  const present: ClusterSum[] = [];
  for (const each of sums) {
    requireCount('n', each.n);
    // A sum of ones may be off by its rounding.
    requireWithin('sum', each.sum, 0, each.n * (1 + 1e-9));
    if (each.n > 0) present.push(each);
  }
  const n = present.reduce((total, each) => total + each.n, 0);
  const clusters = present.length;
  if (n === 0) return { mean: null, ci95: null, n, clusters };
  const mean = present.reduce((total, { sum }) => total + sum, 0) / n;
  if (clusters < 2) return { mean, ci95: null, n, clusters };
  const squares = present.reduce((total, own) => total + (own.sum - mean * own.n) ** 2, 0);
  const reach = (z * Math.sqrt((clusters / (clusters - 1)) * squares)) / n;
  return { mean, ci95: [Math.max(0, mean - reach), Math.min(1, mean + reach)], n, clusters };
}
