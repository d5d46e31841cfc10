import { requireWithin } from './checks.js';

/** One splitmix32 step: spreads consecutive seeds over unrelated states. Returns an unsigned 32-bit number. */
function splitmix32(state: number): number {
  let z = state | 0;
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return (z ^ (z >>> 15)) >>> 0;
}

function rotateLeft(x: number, bits: number): number {
  return (x << bits) | (x >>> (32 - bits));
}

/**
 * A seeded generator of unsigned 32-bit numbers: xoshiro128** (Blackman & Vigna 2021), its state filled by splitmix32.
 * The same seed gives the same numbers on every machine. Not for secrets.
 * @param seed a whole number from 0 to 2³² − 1
 * @throws RangeError for any other seed
 */
export function seededUint32(seed: number): () => number {
  requireWithin('seed', seed, 0, 0xffffffff);
  if (!Number.isInteger(seed)) throw new RangeError(`seed must be a whole number; got ${seed}.`);
  // A typed array keeps the state in raw 32 bits; captured variables would be boxed anew at every draw.
  const state = Int32Array.from([1, 2, 3, 4], (step) => splitmix32(seed + step * 0x9e3779b9));
  return () => {
    let [s0, s1, s2, s3] = [state[0] ?? 0, state[1] ?? 0, state[2] ?? 0, state[3] ?? 0];
    const result = Math.imul(rotateLeft(Math.imul(s1, 5), 7), 9) >>> 0;
    const shifted = s1 << 9;
    s2 ^= s0;
    s3 ^= s1;
    s1 ^= s2;
    s0 ^= s3;
    s2 ^= shifted;
    s3 = rotateLeft(s3, 11);
    state[0] = s0;
    state[1] = s1;
    state[2] = s2;
    state[3] = s3;
    return result;
  };
}

/** So many different positions below `total`, in ascending order: Floyd's sampling without replacement. */
export function drawPositions(total: number, wanted: number, next: () => number): number[] {
  const chosen = new Set<number>();
  for (let top = Math.max(0, total - wanted); top < total; top++) {
    const at = Math.floor((next() / 2 ** 32) * (top + 1));
    chosen.add(chosen.has(at) ? top : at);
  }
  return [...chosen].sort((one, other) => one - other);
}
