/** Lines from one to another, both included. */
export interface Lines {
  readonly from: number;
  readonly to: number;
}

/** The lines around what is seen, so many above and below, in order; what overlaps or touches is one. */
export function around(seen: readonly Lines[], margin: number): Lines[] {
  const wide = seen
    .map(({ from, to }) => ({ from: Math.max(1, from - margin), to: to + margin }))
    .sort((one, other) => one.from - other.from);
  const merged: Lines[] = [];
  for (const each of wide) {
    const before = merged.at(-1);
    if (before === undefined || before.to + 1 < each.from) merged.push(each);
    else merged[merged.length - 1] = { from: before.from, to: Math.max(before.to, each.to) };
  }
  return merged;
}

/** Whether all that is seen lies within what is known. */
export function covers(known: readonly Lines[], seen: readonly Lines[]): boolean {
  return seen.every(({ from, to }) => known.some((each) => each.from <= from && to <= each.to));
}
