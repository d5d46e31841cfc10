import type { GridMap } from '../../protocol/inference.js';
import type { Area } from '../backend.js';
import { MaskedScores, type Mask, type MaskedImage, type MaskedMaps, type MaskingTask } from './maskedScores.js';

export interface OcclusionOptions {
  /** Cells across and down, of the first look. */
  readonly grid?: number;
  /** How often cells are cut in four and looked at again. */
  readonly levels?: number;
  /** How many cells of an image are cut each time, at most: those that moved the score most. */
  readonly refined?: number;
}

/** At most 113 forwards for an image, in batches of 16. Finer cells hide too little: with a further level less of a map was in the right place. */
const [GRID, LEVELS, REFINED] = [8, 1, 12];

/** What moves the score by less than this part of the most is not looked at again. */
const WORTH_REFINING = 0.05;

/**
 * Where a model looked, by what it loses: cells of a coarse grid are covered with the image's mean colour, one at a time, and those that
 * moved the score most are cut in four and covered again, part by part. The value of a cell is how far the score falls when it is covered,
 * 0 where it rises. Of a cell that was cut, the part that moved the score most has the cell's value, and each other part as much of it as
 * it moved the score itself: small patches hide less, and would seem to matter less than the whole. Source of the method: Zeiler, Fergus,
 * "Visualizing and understanding convolutional networks", ECCV 2014.
 */
export async function occlusion(task: MaskingTask, options: OcclusionOptions = {}): Promise<MaskedMaps> {
  const scores = await MaskedScores.of(task);
  const { grid = GRID, levels = LEVELS, refined = REFINED } = options;
  const grids = scores.images.map((image, at) => new CellGrid(image, at, { size: grid, levels }));
  const deepest = Math.max(...grids.map((each) => each.levels));
  const most = refined * grids.length;
  const mapsNow = (): GridMap[] => grids.map((each) => each.map());
  const base = await scores.base();
  let cells = grids.flatMap((each) => each.cells());
  for (let level = 0; cells.length > 0; level++) {
    const total = scores.forwards + cells.length + (deepest - level) * 4 * most;
    const siblings = level === 0 ? 1 : 4;
    const drops: number[] = [];
    let settled = 0;
    await scores.score(cells, (values) => {
      drops.push(...values.map((value) => Math.max(0, base - value)));
      for (; settled + siblings <= drops.length; settled += siblings) {
        settle(cells.slice(settled, settled + siblings), drops.slice(settled, settled + siblings));
      }
      task.onPartial(mapsNow(), scores.forwards, total);
    });
    cells = worthRefining(cells, most).flatMap((cell) => cell.parts());
  }
  const notes = [...scores.notes];
  if (grids.every((each) => each.isEmpty))
    notes.push('No part of the images lowers what is explained when it alone is covered.');
  return { maps: mapsNow(), forwards: scores.forwards, notes };
}

/** Gives cells their values: one of the first look its drop, four parts of one what it had, as far as each of them moved the score. */
function settle(cells: readonly Cell[], drops: readonly number[]): void {
  if (cells.length === 1) return cells.forEach((cell, at) => cell.setValue(drops[at] ?? 0));
  const whole = cells[0]?.value ?? 0;
  const largest = Math.max(...drops);
  // Where no part moves the score alone, nothing is known of them but what the whole does.
  if (largest > 0) cells.forEach((cell, at) => cell.setValue((whole * (drops[at] ?? 0)) / largest));
}

/** The cells with the largest values that can be cut, the most important first. */
function worthRefining(cells: readonly Cell[], most: number): readonly Cell[] {
  const largest = Math.max(...cells.map(({ value }) => value));
  return cells
    .filter((cell) => cell.canBeCut && cell.value > 0 && cell.value >= WORTH_REFINING * largest)
    .sort((one, other) => other.value - one.value)
    .slice(0, most);
}

/** The map of an image, cell by cell. Cells of the deepest level are its places. */
class CellGrid {
  readonly levels: number;
  private readonly columns: number;
  private readonly rows: number;
  private readonly values: Float32Array;

  /** An image of few pixels has fewer cells, and fewer levels: none is without a pixel. */
  constructor(
    readonly image: { readonly width: number; readonly height: number },
    readonly place: number,
    { size, levels }: { readonly size: number; readonly levels: number },
  ) {
    this.columns = Math.min(size, image.width);
    this.rows = Math.min(size, image.height);
    let deepest = 0;
    const fits = (level: number): boolean => this.columns << level <= image.width && this.rows << level <= image.height;
    while (deepest < levels && fits(deepest + 1)) deepest++;
    this.levels = deepest;
    this.values = new Float32Array(this.width * this.height);
  }

  get width(): number {
    return this.columns << this.levels;
  }

  get height(): number {
    return this.rows << this.levels;
  }

  get isEmpty(): boolean {
    return this.values.every((value) => value === 0);
  }

  /** Those of the first look. */
  cells(): Cell[] {
    return Array.from(
      { length: this.columns * this.rows },
      (_, at) => new Cell(this, { level: 0, column: at % this.columns, row: Math.floor(at / this.columns) }),
    );
  }

  /** The column of the image's pixels that an edge of the map's places lies before. */
  across(edge: number): number {
    return Math.round((edge * this.image.width) / this.width);
  }

  /** The row that an edge lies above. */
  down(edge: number): number {
    return Math.round((edge * this.image.height) / this.height);
  }

  /** As it is now. */
  map(): GridMap {
    return { width: this.width, height: this.height, values: this.values.slice() };
  }

  valueAt(column: number, row: number): number {
    return this.values[row * this.width + column] ?? 0;
  }

  fill(value: number, [left, top, right, bottom]: Edges): void {
    for (let row = top; row < bottom; row++) this.values.fill(value, row * this.width + left, row * this.width + right);
  }
}

/** Left, top, right and bottom; the last two are the first that are outside. */
type Edges = readonly [left: number, top: number, right: number, bottom: number];

interface CellPlace {
  readonly level: number;
  /** Counted in cells of that level. */
  readonly column: number;
  readonly row: number;
}

/** A part of an image that is covered. */
class Cell implements Mask {
  readonly image: number;
  readonly area: Area;

  constructor(
    private readonly grid: CellGrid,
    private readonly place: CellPlace,
  ) {
    const [left, top, right, bottom] = this.edges;
    this.image = grid.place;
    this.area = { left: grid.across(left), top: grid.down(top), right: grid.across(right), bottom: grid.down(bottom) };
  }

  get canBeCut(): boolean {
    return this.place.level < this.grid.levels;
  }

  get value(): number {
    const [left, top] = this.edges;
    return this.grid.valueAt(left, top);
  }

  setValue(value: number): void {
    this.grid.fill(value, this.edges);
  }

  parts(): Cell[] {
    const { level, column, row } = this.place;
    const offsets = [0, 1].flatMap((down) => [0, 1].map((across) => [across, down] as const));
    return offsets.map(
      ([across, down]) => new Cell(this.grid, { level: level + 1, column: 2 * column + across, row: 2 * row + down }),
    );
  }

  cover(pixels: Uint8Array, { width, mean }: MaskedImage): void {
    const { left, top, right, bottom } = this.area;
    const [red, green, blue] = mean;
    for (let row = top; row < bottom; row++) {
      const end = (row * width + right) * 3;
      for (let at = (row * width + left) * 3; at < end; at += 3) {
        pixels[at] = red;
        pixels[at + 1] = green;
        pixels[at + 2] = blue;
      }
    }
  }

  /** In places of the map. */
  private get edges(): Edges {
    const { level, column, row } = this.place;
    const size = 1 << (this.grid.levels - level);
    return [column * size, row * size, (column + 1) * size, (row + 1) * size];
  }
}
