import { requireCount, requireWithin } from './checks.js';
import { type Interval, Z95 } from './interval.js';

/**
 * Wilson's score interval for a proportion (Wilson 1927).
 * @param successes right units; may be a sum of shares (several samples of one question), which makes the interval cautious
 * @param n units
 * @param z normal deviate of the wanted level; 95 % by default
 * @returns fractions [low, high] within [0, 1], or null at n = 0
 * @throws RangeError where n is no count or successes lie outside [0, n]
 */
export function wilson(successes: number, n: number, z: number = Z95): Interval | null {
  requireCount('n', n);
  requireWithin('successes', successes, 0, n);
  if (n === 0) return null;
  const p = successes / n;
  const z2 = z * z;
  const centre = (p + z2 / (2 * n)) / (1 + z2 / n);
  const half = (z * Math.sqrt((p * (1 - p)) / n + z2 / (4 * n * n))) / (1 + z2 / n);
  // At the ends the formula gives 0 and 1 up to rounding; a bound of 1.0000000000000002 would be shown as it is.
  const low = successes === 0 ? 0 : Math.max(0, centre - half);
  const high = successes === n ? 1 : Math.min(1, centre + half);
  return [low, high];
}
