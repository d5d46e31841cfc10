import { AXES, type Axis, type Direction, type Sign } from '../model.js';

/** The direction with no component; used for codes, never as the direction of a phrase. */
export const NO_DIRECTION_CODE = 13;

/**
 * A direction as one small integer, 0 to 26: (lateral + 1)·9 + (depth + 1)·3 + (vertical + 1). Null becomes 13, the
 * code of the empty direction, so that columns of codes hold no nulls.
 */
export function encodeDirection(direction: Direction | null): number {
  if (direction === null) return NO_DIRECTION_CODE;
  return (direction.lateral + 1) * 9 + (direction.depth + 1) * 3 + (direction.vertical + 1);
}

/** The inverse of {@link encodeDirection}; code 13 is null. Throws a RangeError outside 0 to 26. */
export function decodeDirection(code: number): Direction | null {
  if (!Number.isInteger(code) || code < 0 || code > 26) throw new RangeError(`not a direction code: ${code}`);
  if (code === NO_DIRECTION_CODE) return null;
  return {
    lateral: (Math.floor(code / 9) - 1) as Sign,
    depth: (Math.floor((code % 9) / 3) - 1) as Sign,
    vertical: ((code % 3) - 1) as Sign,
  };
}

/** The same direction seen in a mirror along one axis. Mirroring twice is the identity. */
export function mirrorDirection(direction: Direction, axis: Axis): Direction {
  return { ...direction, [axis]: -direction[axis] || 0 };
}

/** Keeps only the components on the given axes; null when nothing is left. */
export function projectDirection(direction: Direction | null, axes: readonly Axis[]): Direction | null {
  if (direction === null) return null;
  const kept: Direction = {
    lateral: axes.includes('lateral') ? direction.lateral : 0,
    depth: axes.includes('depth') ? direction.depth : 0,
    vertical: axes.includes('vertical') ? direction.vertical : 0,
  };
  return AXES.some((axis) => kept[axis] !== 0) ? kept : null;
}

/** How two directions stand to each other, axis by axis. */
export interface DirectionPair {
  /** Axes on which the signs are opposite. */
  readonly reversed: readonly Axis[];
  /** Axes on which both have the same sign. */
  readonly shared: readonly Axis[];
  /** True where all three components are the same. */
  readonly same: boolean;
  /** True where they differ, in presence or sign, on an axis that is not reversed. */
  readonly drift: boolean;
}

/** Compares gold and predicted direction component by component. */
export function compareDirections(gold: Direction, predicted: Direction): DirectionPair {
  const reversed = AXES.filter((axis) => gold[axis] * predicted[axis] === -1);
  const shared = AXES.filter((axis) => gold[axis] * predicted[axis] === 1);
  const differing = AXES.filter((axis) => gold[axis] !== predicted[axis]);
  return {
    reversed,
    shared,
    same: differing.length === 0,
    drift: differing.some((axis) => !reversed.includes(axis)),
  };
}

/** Bearing in the horizontal plane in degrees: front 0, right 90, back 180, left 270. Null for a purely vertical direction. */
export function bearingOf(direction: Direction | null): number | null {
  if (direction === null || (direction.lateral === 0 && direction.depth === 0)) return null;
  const degrees = Math.round((Math.atan2(direction.lateral, direction.depth) * 180) / Math.PI);
  return (degrees + 360) % 360;
}

/**
 * Signed angle in the horizontal plane from gold to predicted, in degrees: a multiple of 45 in (−180, 180], positive
 * clockwise seen from above. Null where either has no horizontal component.
 */
export function angleBetween(gold: Direction | null, predicted: Direction | null): number | null {
  const from = bearingOf(gold);
  const to = bearingOf(predicted);
  if (from === null || to === null) return null;
  const turn = (((to - from) % 360) + 360) % 360;
  return turn > 180 ? turn - 360 : turn;
}

/** A direction in words, in the order depth, vertical, lateral: "front-left", "above-right"; null stays null. */
export function nameDirection(direction: Direction | null): string | null {
  if (direction === null) return null;
  const words = [
    direction.depth === 0 ? '' : direction.depth > 0 ? 'front' : 'back',
    direction.vertical === 0 ? '' : direction.vertical > 0 ? 'above' : 'below',
    direction.lateral === 0 ? '' : direction.lateral > 0 ? 'right' : 'left',
  ];
  return words.filter((word) => word !== '').join('-');
}
