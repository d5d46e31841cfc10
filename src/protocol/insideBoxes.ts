import type { Box } from '../core/model.js';
import type { GridMap } from './inference.js';

/** How much of a map lies inside a part of the image. */
export interface Inside {
  /** Of the sum of all absolute values; null where the map is 0 everywhere. */
  readonly share: number | null;
  /** Of the image's area: the share that a map would have which says nothing. */
  readonly area: number;
  /**
   * Whether the largest value is inside: the middle of its cell, or of half of the cells at least, where several have it. Null where the
   * map is 0 everywhere.
   */
  readonly hit: boolean | null;
}

export interface InsideBoxes {
  /** In the order of the boxes. */
  readonly boxes: readonly Inside[];
  /** Of all boxes together; where they overlap, it counts once. */
  readonly union: Inside;
}

/** A box in fractions of the image, cut at its edges. */
interface Part {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/**
 * The share of a map inside each box, and inside all of them. A cell that a box cuts counts by the part inside; the map may have another
 * size than the image.
 * @param image Size of the image in pixels, in which boxes are that have the unit `pixel`.
 */
export function insideBoxes(
  map: GridMap,
  boxes: readonly Box[],
  image: { readonly width: number; readonly height: number },
): InsideBoxes {
  const parts = boxes.map((box) => partOf(box, image));
  const sums = new Sums(map);
  const largest = largestCells(map);
  const inside = (those: readonly Part[], pieces: readonly Part[]): Inside => {
    const area = pieces.reduce((sum, { left, top, right, bottom }) => sum + (right - left) * (bottom - top), 0);
    if (sums.total === 0) return { share: null, area, hit: null };
    const within = pieces.reduce((sum, piece) => sum + sums.within(piece), 0);
    const share = Math.min(1, Math.max(0, within / sums.total));
    const hits = largest.filter(({ x, y }) =>
      those.some(({ left, top, right, bottom }) => x >= left && x <= right && y >= top && y <= bottom),
    );
    return { share, area, hit: hits.length * 2 >= largest.length };
  };
  return { boxes: parts.map((part) => inside([part], [part])), union: inside(parts, withoutOverlap(parts)) };
}

function partOf({ x, y, width, height, unit }: Box, image: { readonly width: number; readonly height: number }): Part {
  const [across, down] = unit === 'pixel' ? [image.width, image.height] : [1, 1];
  const cut = (value: number): number => Math.min(1, Math.max(0, value));
  const [left, top] = [cut(x / across), cut(y / down)];
  return {
    left,
    top,
    right: Math.max(left, cut((x + width) / across)),
    bottom: Math.max(top, cut((y + height) / down)),
  };
}

/** The same places without any twice: in each stripe between two edges, what the boxes there cover from left to right. */
function withoutOverlap(parts: readonly Part[]): Part[] {
  const edges = [...new Set(parts.flatMap(({ top, bottom }) => [top, bottom]))].sort((one, other) => one - other);
  return edges.slice(1).flatMap((bottom, at) => {
    const top = edges[at] ?? 0;
    const across = parts.filter((part) => part.top <= top && part.bottom >= bottom);
    const pieces: Part[] = [];
    let covered = 0;
    for (const { left, right } of across.sort((one, other) => one.left - other.left)) {
      if (right > covered) pieces.push({ left: Math.max(left, covered), top, right, bottom });
      covered = Math.max(covered, right);
    }
    return pieces;
  });
}

/** Sums of a map's absolute values above and left of every place: those within any box are then four look-ups. */
class Sums {
  private readonly table: Float64Array;

  constructor(private readonly map: GridMap) {
    const { width, height, values } = map;
    this.table = new Float64Array((width + 1) * (height + 1));
    for (let row = 0; row < height; row++) {
      let before = 0;
      for (let column = 0; column < width; column++) {
        before += Math.abs(values[row * width + column] ?? 0);
        this.table[(row + 1) * (width + 1) + column + 1] = before + this.entry(row, column + 1);
      }
    }
  }

  get total(): number {
    return this.entry(this.map.height, this.map.width);
  }

  within({ left, top, right, bottom }: Part): number {
    return this.upTo(right, bottom) - this.upTo(left, bottom) - this.upTo(right, top) + this.upTo(left, top);
  }

  /** A cell's value lies evenly in it, so that between the entries of the table straight lines are exact. */
  private upTo(x: number, y: number): number {
    const { width, height } = this.map;
    const column = Math.min(width - 1, Math.floor(x * width));
    const row = Math.min(height - 1, Math.floor(y * height));
    const [across, down] = [x * width - column, y * height - row];
    const upper = (1 - across) * this.entry(row, column) + across * this.entry(row, column + 1);
    const lower = (1 - across) * this.entry(row + 1, column) + across * this.entry(row + 1, column + 1);
    return (1 - down) * upper + down * lower;
  }

  private entry(row: number, column: number): number {
    return this.table[row * (this.map.width + 1) + column] ?? 0;
  }
}

/** The middles of the cells with the largest absolute value, in fractions of the image. */
function largestCells({ width, height, values }: GridMap): { x: number; y: number }[] {
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const cells: { x: number; y: number }[] = [];
  values.forEach((value, at) => {
    if (Math.abs(value) !== largest) return;
    cells.push({ x: ((at % width) + 0.5) / width, y: (Math.floor(at / width) + 0.5) / height });
  });
  return cells;
}
