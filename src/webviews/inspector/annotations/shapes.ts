import type { Point, Size } from '../viewport.js';

/** What can be drawn on a picture. */
export type Shape = 'box' | 'point';

/** A box in fractions of the picture; of a point without size. */
export interface Corners extends Point, Size {}

/** The box with these two corners, whichever they are. */
export function boxBetween(one: Point, other: Point): Corners {
  const [x, y] = [Math.min(one.x, other.x), Math.min(one.y, other.y)];
  return { x, y, width: Math.abs(one.x - other.x), height: Math.abs(one.y - other.y) };
}
