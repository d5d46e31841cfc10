/**
 * Spearman's rank correlation (Spearman 1904): Pearson's correlation of the ranks, of which equal values share the mean.
 * @param pairs values that belong together, all finite
 * @returns −1 to 1; null of fewer than three pairs, or where all values of one side are equal
 */
export function spearman(pairs: readonly (readonly [number, number])[]): number | null {
  if (pairs.length < 3) return null;
  const [x, y] = [0, 1].map((side) => ranksOf(pairs.map((pair) => pair[side] ?? NaN)));
  const middle = (pairs.length + 1) / 2;
  let [together, ofX, ofY] = [0, 0, 0];
  for (const at of pairs.keys()) {
    const [dx, dy] = [(x?.[at] ?? NaN) - middle, (y?.[at] ?? NaN) - middle];
    together += dx * dy;
    ofX += dx * dx;
    ofY += dy * dy;
  }
  return ofX === 0 || ofY === 0 ? null : together / Math.sqrt(ofX * ofY);
}

/** Ranks from 1; equal values have the mean of theirs. */
function ranksOf(values: readonly number[]): number[] {
  const order = [...values.keys()].sort((one, other) => (values[one] ?? NaN) - (values[other] ?? NaN));
  const ranks = new Array<number>(values.length);
  for (let first = 0; first < order.length;) {
    let end = first + 1;
    while (end < order.length && values[order[end] ?? 0] === values[order[first] ?? 0]) end++;
    for (const at of order.slice(first, end)) ranks[at] = (first + 1 + end) / 2;
    first = end;
  }
  return ranks;
}
