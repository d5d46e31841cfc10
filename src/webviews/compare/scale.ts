/** Ends of the scale, as fractions: the first that holds all intervals of a table. */
const ENDS = [0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 1] as const;

/** What is drawn on a scale. */
export interface Differing {
  readonly difference: number | null;
  readonly differenceCi95: readonly [number, number] | null;
}

/** The end of the scale on which all these differences are drawn, a fraction: it goes from minus to plus this. */
export function scaleOf(all: readonly Differing[]): number {
  const far = all.flatMap(({ difference, differenceCi95 }) => [difference ?? 0, ...(differenceCi95 ?? [])]);
  const most = far.reduce((before, each) => Math.max(before, Math.abs(each)), 0);
  return ENDS.find((end) => end >= most) ?? most;
}
