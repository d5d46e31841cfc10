import type { GridMap } from './inference.js';

/** A map as it is drawn. */
export interface ShownMap {
  readonly width: number;
  readonly height: number;
  /** 0 to 1. */
  readonly values: Float32Array;
  /** The value that 1 stands for; 0 where the map is 0 everywhere. */
  readonly scale: number;
}

/** The largest absolute value of maps; 0 for none. */
export function largestValue(maps: readonly GridMap[]): number {
  let largest = 0;
  for (const { values } of maps) {
    for (const value of values) largest = Math.max(largest, Math.abs(value));
  }
  return largest;
}

/**
 * Absolute values as fractions of the largest one.
 * @param scale What becomes 1: that of several maps where they are to be compared (`largestValue`); what lies above is drawn as 1.
 */
export function normalise({ width, height, values }: GridMap, scale?: number): ShownMap {
  const by = scale ?? largestValue([{ width, height, values }]);
  return { width, height, values: values.map((value) => (by > 0 ? Math.min(1, Math.abs(value) / by) : 0)), scale: by };
}

/** The map's own value at a place of the image, in fractions of its width and height; null beside the image. */
export function valueAt({ width, height, values }: GridMap, x: number, y: number): number | null {
  if (!(x >= 0 && x <= 1 && y >= 0 && y <= 1)) return null;
  // The right and the lower edge belong to the last cell.
  const column = Math.min(width - 1, Math.floor(x * width));
  const row = Math.min(height - 1, Math.floor(y * height));
  return values[row * width + column] ?? null;
}
