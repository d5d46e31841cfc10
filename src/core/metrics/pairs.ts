import type { Axis, Sign } from '../model.js';

/** One item of a contrast-set benchmark (What'sUp). */
export interface ContrastItem {
  /** Images of the same objects share a set; null for an item outside any set, which counts in N only. */
  readonly set: string | null;
  /** Axis of the gold relation; null where it has none. */
  readonly axis: Axis | null;
  /** Side of the gold relation on that axis: left −1, right +1; under −1, on +1; behind −1, in front +1. */
  readonly sign: Sign;
  /** False for an unparsed answer. */
  readonly correct: boolean;
}

export interface PairAccuracy {
  /** Pairs with both right / (N / 2), a fraction; null at N = 0. */
  readonly pairAccuracy: number | null;
  /** Sets with all four right / (N / 4), a fraction; null at N = 0. */
  readonly setAccuracy: number | null;
  /** Complete pairs in the data. */
  readonly pairs: number;
  /** Complete sets in the data. */
  readonly sets: number;
}

/** The items of one set on one side of one axis; more than one only where a file repeats an image. */
interface Side {
  right: boolean;
}

/**
 * Pair and set accuracy of What'sUp (Kamath et al. 2023) with the source's denominators N/2 and N/4, N the number of
 * items, also where N is not divisible: an incomplete pair or set can never be right but stays in the denominator. The
 * numbers of complete pairs and sets stand beside them.
 *
 * A pair is two items of one set with opposite gold relations on one axis; a set is complete when it holds two pairs,
 * i.e. four items. A repeated item must be right every time (the source would keep the last).
 *
 * @param items every item with gold; N is their number
 */
export function pairAndSetAccuracy(items: readonly ContrastItem[]): PairAccuracy {
  let pairs = 0;
  let pairsRight = 0;
  let sets = 0;
  let setsRight = 0;
  for (const sides of sidesBySet(items).values()) {
    const inSet = pairsOf(sides);
    const right = inSet.filter(Boolean).length;
    pairs += inSet.length;
    pairsRight += right;
    if (inSet.length >= 2) {
      sets++;
      if (right === inSet.length) setsRight++;
    }
  }
  const n = items.length;
  return {
    pairAccuracy: n === 0 ? null : pairsRight / (n / 2),
    setAccuracy: n === 0 ? null : setsRight / (n / 4),
    pairs,
    sets,
  };
}

function sidesBySet(items: readonly ContrastItem[]): Map<string, Map<string, Side>> {
  const bySet = new Map<string, Map<string, Side>>();
  for (const { set, axis, sign, correct } of items) {
    if (set === null || axis === null || sign === 0) continue;
    const sides = bySet.get(set) ?? new Map<string, Side>();
    bySet.set(set, sides);
    const key = `${axis} ${sign}`;
    sides.set(key, { right: correct && (sides.get(key)?.right ?? true) });
  }
  return bySet;
}

/** One entry per complete pair of a set: whether both sides are right. */
function pairsOf(sides: ReadonlyMap<string, Side>): boolean[] {
  const found: boolean[] = [];
  for (const axis of ['lateral', 'depth', 'vertical'] satisfies Axis[]) {
    const minus = sides.get(`${axis} -1`);
    const plus = sides.get(`${axis} 1`);
    if (minus !== undefined && plus !== undefined) found.push(minus.right && plus.right);
  }
  return found;
}
