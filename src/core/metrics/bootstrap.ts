import { requireCount, requireWithin } from './checks.js';
import type { Interval } from './interval.js';
import { quantile } from './quantile.js';
import { seededUint32 } from './random.js';

/** One cluster: the sum of its units' differences (fixed − broken) and its number of units. */
export interface BootstrapCluster {
  readonly sum: number;
  readonly n: number;
}

export interface BootstrapResult {
  /** Σ sum / Σ n of the data; null without units. */
  readonly difference: number | null;
  /** 2.5 % and 97.5 % points of the replicates; null without units and with fewer than two clusters. */
  readonly ci95: Interval | null;
  readonly replicates: number;
  readonly seed: number;
}

/**
 * Percentile interval of a paired difference by resampling whole clusters (Efron & Tibshirani 1993, ch. 13): each
 * replicate draws as many clusters as there are, with replacement, and takes Σ sum / Σ n. The order of the clusters
 * matters to the draws: pass them in a stable order to get the same answer for the same seed.
 * Quantiles interpolate linearly between order statistics (type 7 of Hyndman & Fan 1996, the default of R and numpy).
 * @param clusters each with n ≥ 1 units; those with n = 0 are left out
 * @param replicates at least 1
 * @throws RangeError where n, replicates or seed is out of range or a sum is not finite
 */
export function clusterBootstrap(
  clusters: readonly BootstrapCluster[],
  replicates = 10_000,
  seed = 1,
): BootstrapResult {
  requireCount('replicates', replicates);
  requireWithin('replicates', replicates, 1, Infinity);
  for (const { sum, n } of clusters) {
    requireCount('n', n);
    requireWithin('sum', sum, -Number.MAX_VALUE, Number.MAX_VALUE);
  }
  const present = clusters.filter((cluster) => cluster.n > 0);
  const sums = Float64Array.from(present, (cluster) => cluster.sum);
  const sizes = Float64Array.from(present, (cluster) => cluster.n);
  const next = seededUint32(seed);
  if (present.length === 0) return { difference: null, ci95: null, replicates, seed };
  const difference = total(sums) / total(sizes);
  if (present.length < 2) return { difference, ci95: null, replicates, seed };
  const means = new Float64Array(replicates);
  for (let r = 0; r < replicates; r++) means[r] = resampledMean(sums, sizes, next);
  means.sort();
  return { difference, ci95: [quantile(means, 0.025), quantile(means, 0.975)], replicates, seed };
}

function resampledMean(sums: Float64Array, sizes: Float64Array, next: () => number): number {
  const count = sums.length;
  let sum = 0;
  let size = 0;
  for (let i = 0; i < count; i++) {
    const drawn = Math.floor((next() / 0x1_0000_0000) * count);
    sum += sums[drawn] ?? 0;
    size += sizes[drawn] ?? 0;
  }
  return sum / size;
}

function total(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}
