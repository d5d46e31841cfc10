import { requireCount, requireWithin } from './checks.js';

const HALF_LOG_2PI = 0.5 * Math.log(2 * Math.PI);
/** From here on the five-term Stirling series is exact to the last digits of a double. */
const STIRLING_FROM = 16;

/**
 * The error of Stirling's formula: log Γ(x + 1) − [(x + ½) log x − x + ½ log 2π].
 * Series of Loader (2000), "Fast and Accurate Computation of Binomial Probabilities"; below 16, where it would need
 * more terms, log n! of a whole number is taken directly.
 */
function stirlingError(n: number): number {
  if (n < STIRLING_FROM) {
    let factorial = 1;
    for (let i = 2; i <= n; i++) factorial *= i;
    return Math.log(factorial) - (n + 0.5) * Math.log(n) + n - HALF_LOG_2PI;
  }
  return stirlingSeries(n);
}

function stirlingSeries(x: number): number {
  const inverse = 1 / (x * x);
  return (1 / 12 - (1 / 360 - (1 / 1260 - (1 / 1680 - inverse / 1188) * inverse) * inverse) * inverse) / x;
}

/**
 * Natural logarithm of Γ(x) for x > 0; NaN elsewhere, Infinity at 0.
 * Stirling's series (Abramowitz & Stegun 6.1.41) after shifting x up with Γ(x + 1) = x Γ(x).
 */
export function logGamma(x: number): number {
  if (x === 0) return Infinity;
  if (!(x > 0)) return NaN;
  if (x === Infinity) return Infinity;
  let shifted = x;
  let product = 1;
  while (shifted < STIRLING_FROM) {
    product *= shifted;
    shifted += 1;
  }
  return (shifted - 0.5) * Math.log(shifted) - shifted + HALF_LOG_2PI + stirlingSeries(shifted) - Math.log(product);
}

/** Natural logarithm of the binomial coefficient C(n, k); −Infinity where k is outside 0…n. */
export function logChoose(n: number, k: number): number {
  requireCount('n', n);
  if (k < 0 || k > n) return -Infinity;
  if (k === 0 || k === n) return 0;
  return logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);
}

/** erfc(x) for x ≥ 0: the all-positive series of erf near 0 (A&S 7.1.6), the continued fraction beyond (A&S 7.1.14). */
function erfcPositive(x: number): number {
  if (x < 2.5) {
    let term = x;
    let sum = x;
    for (let n = 1; term > sum * 1e-17; n++) {
      term *= (2 * x * x) / (2 * n + 1);
      sum += term;
    }
    return 1 - (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
  }
  let fraction = x;
  for (let k = 120; k >= 1; k--) fraction = x + k / 2 / fraction;
  return Math.exp(-x * x) / (Math.sqrt(Math.PI) * fraction);
}

/** Φ(z), the standard normal distribution function, with full relative accuracy in the lower tail. */
export function normalCdf(z: number): number {
  if (Number.isNaN(z)) return NaN;
  if (z === -Infinity) return 0;
  if (z === Infinity) return 1;
  return z < 0 ? 0.5 * erfcPositive(-z / Math.SQRT2) : 1 - 0.5 * erfcPositive(z / Math.SQRT2);
}

/**
 * Φ⁻¹(p): the standard normal quantile; −Infinity at 0, Infinity at 1, NaN outside [0, 1].
 * Start: Abramowitz & Stegun 26.2.23 (error below 4.5e-4), then Halley steps on Φ, each of which triples the digits.
 */
export function normalQuantile(p: number): number {
  if (!(p >= 0 && p <= 1)) return NaN;
  if (p === 0) return -Infinity;
  if (p === 0.5) return 0;
  // 1 − p is exact for p ≥ ½, so working in the lower tail loses nothing.
  if (p > 0.5) return -normalQuantile(1 - p);
  const logP = Math.log(p);
  const t = Math.sqrt(-2 * logP);
  const numerator = 2.515517 + t * (0.802853 + t * 0.010328);
  const denominator = 1 + t * (1.432788 + t * (0.189269 + t * 0.001308));
  let z = numerator / denominator - t;
  for (let step = 0; step < 3; step++) {
    // (Φ(z) − p) / φ(z), kept as a ratio because 1 / φ overflows far out.
    const error = (normalCdf(z) / p - 1) * Math.exp(logP + 0.5 * z * z + HALF_LOG_2PI);
    z -= error / (1 + 0.5 * z * error);
  }
  return z;
}

/** Loader's deviance x log(x / m) + m − x, without the cancellation that the formula has near x = m. */
function deviance(x: number, m: number): number {
  if (Math.abs(x - m) >= 0.1 * (x + m)) return x * Math.log(x / m) + m - x;
  const v = (x - m) / (x + m);
  let sum = (x - m) * v;
  let power = 2 * x * v;
  for (let j = 1; j < 1000; j++) {
    power *= v * v;
    const next = sum + power / (2 * j + 1);
    if (next === sum) break;
    sum = next;
  }
  return sum;
}

/**
 * P(X = k) for X ~ Binomial(n, p), accurate to about 1e-13 up to n in the millions (a sum of log-gammas is not).
 * Saddle-point form of Loader (2000), as in R's `dbinom`.
 * @throws RangeError where n is no count or p is outside [0, 1]
 */
export function binomialPmf(k: number, n: number, p: number): number {
  requireCount('n', n);
  requireWithin('p', p, 0, 1);
  if (!Number.isInteger(k) || k < 0 || k > n) return 0;
  if (p === 0) return k === 0 ? 1 : 0;
  if (p === 1) return k === n ? 1 : 0;
  if (k === 0) return Math.exp(n * Math.log1p(-p));
  if (k === n) return Math.exp(n * Math.log(p));
  const logRatio =
    stirlingError(n) - stirlingError(k) - stirlingError(n - k) - deviance(k, n * p) - deviance(n - k, n * (1 - p));
  return Math.sqrt(n / (2 * Math.PI * k * (n - k))) * Math.exp(logRatio);
}

/** Sums P(X = k), P(X = k ± 1), … away from the mode; the terms only fall, so it stops when they no longer count. */
function tailSum(k: number, n: number, p: number, step: -1 | 1): number {
  let term = binomialPmf(k, n, p);
  let sum = term;
  const odds = p / (1 - p);
  for (let j = k; j + step >= 0 && j + step <= n && term > sum * 1e-18; j += step) {
    term *= step < 0 ? j / (n - j + 1) / odds : ((n - j) / (j + 1)) * odds;
    sum += term;
  }
  return sum;
}

/**
 * P(X ≤ k) for X ~ Binomial(n, p), with full relative accuracy in the lower tail.
 * @throws RangeError where n is no count or p is outside [0, 1]
 */
export function binomialCdf(k: number, n: number, p: number): number {
  requireCount('n', n);
  requireWithin('p', p, 0, 1);
  const last = Math.floor(k);
  if (last < 0) return 0;
  if (last >= n || p === 0) return 1;
  if (p === 1) return 0;
  return last <= n * p ? Math.min(1, tailSum(last, n, p, -1)) : Math.max(0, 1 - tailSum(last + 1, n, p, 1));
}

/**
 * P(X ≥ k) for X ~ Binomial(n, p), with full relative accuracy in the upper tail.
 * @throws RangeError where n is no count or p is outside [0, 1]
 */
export function binomialUpperTail(k: number, n: number, p: number): number {
  requireCount('n', n);
  requireWithin('p', p, 0, 1);
  const first = Math.ceil(k);
  if (first <= 0) return 1;
  if (first > n || p === 0) return 0;
  if (p === 1) return 1;
  return first >= n * p ? Math.min(1, tailSum(first, n, p, 1)) : Math.max(0, 1 - tailSum(first - 1, n, p, -1));
}

/**
 * Exact two-sided binomial test: the probability, under p, of all outcomes no likelier than k ("minimum likelihood",
 * as `binom.test` in R and `scipy.stats.binomtest`). 1 where n = 0.
 * @throws RangeError where k or n is no count, k > n, or p is outside [0, 1]
 */
export function binomialTest(k: number, n: number, p: number): number {
  requireCount('k', k);
  requireWithin('k', k, 0, n);
  const density = binomialPmf(k, n, p);
  // The tolerance keeps outcomes that tie with k in exact arithmetic on the same side, as both packages do.
  const limit = density * (1 + 1e-7);
  const mean = n * p;
  if (k === mean) return 1;
  if (k < mean) {
    const first = firstWhere(Math.ceil(mean), n + 1, (i) => binomialPmf(i, n, p) <= limit);
    return Math.min(1, binomialCdf(k, n, p) + binomialUpperTail(first, n, p));
  }
  const above = firstWhere(0, Math.floor(mean) + 1, (i) => binomialPmf(i, n, p) > limit);
  return Math.min(1, binomialUpperTail(k, n, p) + binomialCdf(above - 1, n, p));
}

/** The least whole number in [low, high) for which a monotone condition holds; `high` where it never does. */
function firstWhere(low: number, high: number, holds: (i: number) => boolean): number {
  let from = low;
  let to = high;
  while (from < to) {
    const middle = Math.floor((from + to) / 2);
    if (holds(middle)) to = middle;
    else from = middle + 1;
  }
  return from;
}
