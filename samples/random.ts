/** A seeded source of numbers, so that the samples come out byte for byte the same everywhere. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform among 0 … n − 1. */
  below(n: number): number;
  pick<T>(values: readonly T[]): T;
  /** A new array in random order (Fisher–Yates). */
  shuffle<T>(values: readonly T[]): T[];
}

/** Mulberry32, a public-domain 32-bit generator: `seed` is any integer, the period is 2³². */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (n: number): number => Math.floor(next() * n);
  const pick = <T>(values: readonly T[]): T => {
    const value = values[below(values.length)];
    if (value === undefined) throw new RangeError('nothing to pick from');
    return value;
  };
  const shuffle = <T>(values: readonly T[]): T[] => {
    const rest = [...values];
    const result: T[] = [];
    while (rest.length > 0) result.push(...rest.splice(below(rest.length), 1));
    return result;
  };
  return { next, below, pick, shuffle };
}
