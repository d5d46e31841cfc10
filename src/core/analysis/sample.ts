import { drawPositions, seededUint32 } from '../metrics/random.js';

/** A row of a sample: its stratum, and its position (from 0) among the rows of that, in their fixed order. */
export interface DrawnPosition {
  readonly stratum: number;
  readonly position: number;
}

/**
 * How many rows are drawn of each stratum: shares of `n` in proportion to sizes, rounded by largest remainders (of equal ones the earlier stratum's
 * first). Each stratum gets two at least, or all of its rows where it has fewer, since one row tells no interval; where `n` is too small for that, one;
 * where it is too small for that too, what its share gives it. What is so added is taken from the strata that have most beyond their share.
 * @param n rows in all; where there are fewer, all are drawn
 * @throws RangeError where a number is no count
 */
export function allocate(sizes: readonly number[], n: number): readonly number[] {
  for (const count of [...sizes, n])
    if (!Number.isSafeInteger(count) || count < 0) throw new RangeError(`${count} is no number of rows.`);
  const total = sum(sizes);
  const wanted = Math.min(n, total);
  if (wanted === 0) return sizes.map(() => 0);
  const shares = sizes.map((size) => (wanted * size) / total);
  const given = largestRemainders(shares, wanted);
  const least = [2, 1, 0]
    .map((each) => sizes.map((size) => Math.min(each, size)))
    .find((leasts) => sum(leasts) <= wanted);
  for (const [at, own] of (least ?? []).entries()) {
    while ((given[at] ?? 0) < own) {
      const from = mostBeyond(given, shares, least ?? []);
      given[from] = (given[from] ?? 0) - 1;
      given[at] = (given[at] ?? 0) + 1;
    }
  }
  return given;
}

function largestRemainders(shares: readonly number[], wanted: number): number[] {
  const given = shares.map(Math.floor);
  const byRemainder = [...shares.keys()].sort(
    (one, other) => remainder(shares[other]) - remainder(shares[one]) || one - other,
  );
  for (const at of byRemainder.slice(0, wanted - sum(given))) given[at] = (given[at] ?? 0) + 1;
  return given;
}

function remainder(share = 0): number {
  return share - Math.floor(share);
}

/** The stratum with most beyond its share, of those that have more than they must. */
function mostBeyond(given: readonly number[], shares: readonly number[], least: readonly number[]): number {
  const beyond = (at: number): number => (given[at] ?? 0) - (shares[at] ?? 0);
  return [...given.keys()]
    .filter((at) => (given[at] ?? 0) > (least[at] ?? 0))
    .reduce((best, at) => (best < 0 || beyond(at) > beyond(best) ? at : best), -1);
}

/**
 * Positions drawn at random without replacement, as many of each stratum as `allocation` says, in an order drawn at random over all strata: whoever looks
 * at the first so many has looked at a sample too. The same sizes, allocation and seed give the same.
 * @param seed a whole number from 0 to 2³² − 1
 * @throws RangeError for any other seed
 */
export function drawStrata(
  sizes: readonly number[],
  allocation: readonly number[],
  seed: number,
): readonly DrawnPosition[] {
  const next = seededUint32(seed);
  const drawn = sizes.flatMap((size, stratum) =>
    drawPositions(size, allocation[stratum] ?? 0, next).map((position) => ({ stratum, position })),
  );
  // Fisher and Yates: from the end, each changes places with one that is not yet placed.
  for (let last = drawn.length - 1; last > 0; last--) {
    const at = Math.floor((next() / 2 ** 32) * (last + 1));
    const [one, other] = [drawn[at], drawn[last]];
    if (one === undefined || other === undefined) continue;
    [drawn[at], drawn[last]] = [other, one];
  }
  return drawn;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
