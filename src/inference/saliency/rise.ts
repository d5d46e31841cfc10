import type { GridMap } from '../../protocol/inference.js';
import { seeded } from '../random.js';
import { MaskedScores, type Mask, type MaskedImage, type MaskedMaps, type MaskingTask } from './maskedScores.js';

export interface RiseOptions {
  /** For each image. */
  readonly masks?: number;
}

const MASKS = 256;
/** Cells of a mask across and down; between their corners it fades. */
const CELLS = 7;
/** Cells of a map across and down, at most: masks are too soft to tell more. */
const MAP_SIZE = 56;
/** How probably a corner of a mask shows the image. */
const SHOWN = 0.5;

/**
 * Where a model looked, by chance: soft random masks show parts of an image and cover the others with its mean colour. The value of a place
 * is the slope of the score by how far the place is shown, over all masks: how much the score rises, on average, where it is shown rather
 * than covered; 0 where it falls. Source: Petsiuk, Das, Saenko, "RISE: randomized input sampling for explanation of black-box models", BMVC 2018,
 * whose weighted mean of the masks is this but for what the mask of each place was by chance.
 * @param seed The same seed gives the same masks.
 */
export async function rise(task: MaskingTask, seed: number, { masks = MASKS }: RiseOptions = {}): Promise<MaskedMaps> {
  const scores = await MaskedScores.of(task);
  const random = seeded(seed);
  const slopes = scores.images.map((image) => new Slopes(image));
  const total = masks * slopes.length;
  for (const [image, slope] of slopes.entries()) {
    const drawn = Array.from({ length: masks }, () => new SoftMask(image, random));
    let done = 0;
    await scores.score(drawn, (values) => {
      for (const value of values) {
        const mask = drawn[done++];
        if (mask !== undefined) slope.add(mask, value);
      }
      task.onPartial(mapsOf(slopes), scores.forwards, total);
    });
  }
  const notes = [...scores.notes];
  const maps = mapsOf(slopes);
  if (maps.every(({ values }) => values.every((value) => value === 0)))
    notes.push('No part of the images raises what is explained where it is shown.');
  return { maps, forwards: scores.forwards, notes };
}

function mapsOf(slopes: readonly Slopes[]): GridMap[] {
  return slopes.map((slope) => slope.map());
}

/** A coarse grid of ones and zeros, shifted by a part of a cell, with straight lines between its corners. */
class SoftMask implements Mask {
  /** A soft mask has no edge: it changes the whole image. */
  readonly area = null;
  private readonly corners: Float32Array;
  private readonly shift: readonly [across: number, down: number];

  constructor(
    readonly image: number,
    random: () => number,
  ) {
    this.corners = Float32Array.from({ length: (CELLS + 2) ** 2 }, () => (random() < SHOWN ? 1 : 0));
    this.shift = [random(), random()];
  }

  /** How far the middles of a row of places are shown, 0 to 1; `row` of `rows`, in fractions of the image. */
  row(row: number, rows: number, shown: Float32Array): void {
    const columns = shown.length;
    const [upper, down] = placeIn(row, rows, this.shift[1]);
    const across = Float32Array.from({ length: CELLS + 2 }, (_, column) => {
      const above = this.corners[upper * (CELLS + 2) + column] ?? 0;
      const below = this.corners[(upper + 1) * (CELLS + 2) + column] ?? 0;
      return above + down * (below - above);
    });
    for (let column = 0; column < columns; column++) {
      const [left, part] = placeIn(column, columns, this.shift[0]);
      const first = across[left] ?? 0;
      shown[column] = first + part * ((across[left + 1] ?? 0) - first);
    }
  }

  cover(pixels: Uint8Array, { width, height, mean }: MaskedImage): void {
    const shown = new Float32Array(width);
    const [red, green, blue] = mean;
    for (let row = 0; row < height; row++) {
      this.row(row, height, shown);
      for (let column = 0; column < width; column++) {
        const part = shown[column] ?? 0;
        // A half more, as what is behind the point is cut off.
        const at = (row * width + column) * 3;
        pixels[at] = 0.5 + red + part * ((pixels[at] ?? 0) - red);
        pixels[at + 1] = 0.5 + green + part * ((pixels[at + 1] ?? 0) - green);
        pixels[at + 2] = 0.5 + blue + part * ((pixels[at + 2] ?? 0) - blue);
      }
    }
  }
}

/** The corner before the middle of a place, and how far behind it that is, in cells. */
function placeIn(place: number, places: number, shift: number): readonly [corner: number, part: number] {
  const at = ((place + 0.5) / places) * CELLS + shift;
  const corner = Math.floor(at);
  return [corner, at - corner];
}

/** For each place of a map the slope of the scores by how far it was shown, by least squares. */
class Slopes {
  private readonly width: number;
  private readonly height: number;
  /** Sums over the masks. */
  private readonly places: { shown: number; squares: number; products: number }[];
  private first: number | null = null;
  private count = 0;
  private scores = 0;

  constructor({ width, height }: { readonly width: number; readonly height: number }) {
    this.width = Math.min(MAP_SIZE, width);
    this.height = Math.min(MAP_SIZE, height);
    this.places = Array.from({ length: this.width * this.height }, () => ({ shown: 0, squares: 0, products: 0 }));
  }

  add(mask: SoftMask, value: number): void {
    // Slopes are the same from any origin; from the first score, equal scores are no slope at all, to the last digit.
    const score = value - (this.first ??= value);
    this.count++;
    this.scores += score;
    const row = new Float32Array(this.width);
    for (let down = 0; down < this.height; down++) {
      mask.row(down, this.height, row);
      for (let across = 0; across < this.width; across++) {
        const shown = row[across] ?? 0;
        const place = this.places[down * this.width + across];
        if (place === undefined) continue;
        place.shown += shown;
        place.squares += shown * shown;
        place.products += shown * score;
      }
    }
  }

  map(): GridMap {
    const values = Float32Array.from(this.places, ({ shown, squares, products }) => {
      const spread = squares - (shown * shown) / this.count;
      const together = products - (shown * this.scores) / this.count;
      return spread > 1e-9 ? Math.max(0, together / spread) : 0;
    });
    return { width: this.width, height: this.height, values };
  }
}
