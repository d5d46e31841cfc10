import type { IndexedImage } from './png.js';
import { boundsOf, COLOURS, EXTENT, inside, nameOf, type Scene, type Thing } from './scene.js';

/** Pixels along each side of a picture. */
export const SIDE = 192;
const SCALE = SIDE / EXTENT;
/** Width of an outline, in units of the scene: a dark tone of the shape's own colour, which shows whose edge it is where two meet. */
const OUTLINE = 2;
const DARK = 0.4;
const GROUND = [226, 228, 230] as const;
const BOX = [255, 0, 0] as const;
const [GROUND_AT, BOX_AT, FIRST] = [0, 1, 2];
/** How far a red box stands from what it is round, and how wide its line is, in units of the scene. */
const BOX_DISTANCE = 2;
const BOX_WIDTH = 1;

/** A box in pixels, with the name of what is in it. */
export interface PixelBox {
  readonly label: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** What a thing takes up in the picture. */
export function boxOf(thing: Thing): PixelBox {
  const [left, top, right, bottom] = boundsOf(thing.shape);
  const x = Math.floor((thing.x + left * thing.r) * SCALE);
  const y = Math.floor((thing.y + top * thing.r) * SCALE);
  const width = Math.ceil((thing.x + right * thing.r) * SCALE) - x;
  return { label: nameOf(thing), x, y, width, height: Math.ceil((thing.y + bottom * thing.r) * SCALE) - y };
}

/** The picture of a scene, with red boxes round some of its things. */
export function render(scene: Scene, boxed: readonly Thing[] = []): IndexedImage {
  const pixels = new Uint8Array(SIDE * SIDE).fill(GROUND_AT);
  scene.things.forEach((thing, at) => {
    drawThing(pixels, thing, thing.r, FIRST + 2 * at);
    drawThing(pixels, thing, thing.r - OUTLINE, FIRST + 2 * at + 1);
  });
  for (const thing of boxed) drawBox(pixels, thing);
  const tones = scene.things.flatMap(({ colour }) => {
    const [red, green, blue] = COLOURS[colour];
    const dark = (tone: number): number => Math.round(tone * DARK);
    return [[dark(red), dark(green), dark(blue)] as const, [red, green, blue] as const];
  });
  return { width: SIDE, height: SIDE, pixels, palette: [GROUND, BOX, ...tones] };
}

function drawThing(pixels: Uint8Array, thing: Thing, r: number, tone: number): void {
  const { x, y, width, height } = boxOf(thing);
  for (let row = y; row < y + height; row++) {
    for (let column = x; column < x + width; column++) {
      const [across, down] = [(column + 0.5) / SCALE, (row + 0.5) / SCALE];
      if (inside(thing.shape, (across - thing.x) / r, (down - thing.y) / r)) pixels[row * SIDE + column] = tone;
    }
  }
}

function drawBox(pixels: Uint8Array, { x, y, r }: Thing): void {
  const line = BOX_WIDTH * SCALE;
  // Whole units of the scene, as in training: the box stays one pixel wide where the picture is made smaller.
  const edge = (place: number): number => Math.min(EXTENT - 1, Math.max(0, Math.round(place))) * SCALE;
  const [left, top, right, bottom] = [x - r, y - r, x + r, y + r].map((place, at) =>
    edge(at < 2 ? place - BOX_DISTANCE : place + BOX_DISTANCE),
  ) as [number, number, number, number];
  for (let row = top; row < bottom + line; row++) {
    for (let column = left; column < right + line; column++) {
      const isInner = row >= top + line && row < bottom && column >= left + line && column < right;
      if (!isInner) pixels[row * SIDE + column] = BOX_AT;
    }
  }
}
