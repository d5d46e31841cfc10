import type { IndexedImage } from './png.js';
import { COLOURS, HEIGHT, HORIZON, WIDTH, footprint, groundOf, type Scene, type Thing } from './scene.js';

const WALL = 0;
const FLOOR = 1;
const SHADOW = 2;
const LINE = 3;
const FIRST_COLOUR = 4;

/** Wall, floor, shadow, line, then the named colours in their order. */
const PALETTE: IndexedImage['palette'] = [
  [222, 226, 230],
  [190, 178, 160],
  [150, 139, 122],
  [52, 58, 64],
  [214, 40, 40],
  [247, 127, 0],
  [255, 209, 36],
  [56, 142, 60],
  [29, 96, 196],
  [123, 44, 191],
  [255, 128, 171],
  [255, 255, 255],
];

type Point = readonly [number, number];

/** `count` points around the middle of the unit square, the first at the top; radii alternate. */
function ring(count: number, outer: number, inner: number): Point[] {
  return Array.from({ length: count }, (_, i) => {
    const angle = (2 * Math.PI * i) / count;
    const radius = i % 2 === 0 ? outer : inner;
    return [0.5 + radius * Math.sin(angle), 0.5 - radius * Math.cos(angle)] as const;
  });
}

/** Outlines in the unit square, `y` downward. The circle is a polygon too: nobody sees 32 corners in 30 pixels. */
const OUTLINES: Record<Thing['shape'], readonly Point[]> = {
  circle: ring(32, 0.49, 0.49),
  square: [
    [0.05, 0.05],
    [0.95, 0.05],
    [0.95, 0.95],
    [0.05, 0.95],
  ],
  triangle: [
    [0.5, 0.02],
    [0.98, 0.97],
    [0.02, 0.97],
  ],
  star: ring(10, 0.52, 0.21),
  diamond: [
    [0.5, 0],
    [0.9, 0.5],
    [0.5, 1],
    [0.1, 0.5],
  ],
  cross: [
    ...([
      [0.34, 0.02],
      [0.66, 0.02],
      [0.66, 0.34],
      [0.98, 0.34],
      [0.98, 0.66],
      [0.66, 0.66],
    ] as const),
    ...([
      [0.66, 0.98],
      [0.34, 0.98],
      [0.34, 0.66],
      [0.02, 0.66],
      [0.02, 0.34],
      [0.34, 0.34],
    ] as const),
  ],
  hexagon: [
    [0.25, 0.07],
    [0.75, 0.07],
    [1, 0.5],
    [0.75, 0.93],
    [0.25, 0.93],
    [0, 0.5],
  ],
};

/** Even–odd rule. */
function inside(outline: readonly Point[], x: number, y: number): boolean {
  let within = false;
  outline.forEach(([x1, y1], i) => {
    const [x2, y2] = outline[(i + 1) % outline.length] ?? [x1, y1];
    if (y1 > y !== y2 > y && x < x1 + ((y - y1) / (y2 - y1)) * (x2 - x1)) within = !within;
  });
  return within;
}

/** Calls `colour` for every pixel of a rectangle and paints what it returns; null leaves the pixel. */
function paint(
  pixels: Uint8Array,
  [left, top, right, bottom]: readonly [number, number, number, number],
  colour: (x: number, y: number) => number | null,
): void {
  for (let y = Math.max(0, Math.floor(top)); y < Math.min(HEIGHT, bottom); y++) {
    for (let x = Math.max(0, Math.floor(left)); x < Math.min(WIDTH, right); x++) {
      const value = colour(x, y);
      if (value !== null) pixels[y * WIDTH + x] = value;
    }
  }
}

function drawShadow(pixels: Uint8Array, thing: Thing): void {
  const { x: middle, y: ground, size } = groundOf(thing);
  const wide = size * 0.55;
  const high = size * 0.16;
  paint(pixels, [middle - wide, ground - high, middle + wide + 1, ground + high + 1], (x, y) =>
    ((x + 0.5 - middle) / wide) ** 2 + ((y + 0.5 - ground) / high) ** 2 <= 1 ? SHADOW : null,
  );
}

function drawThing(pixels: Uint8Array, thing: Thing): void {
  const { centreX, top, size } = footprint(thing);
  const left = centreX - size / 2;
  const fill = FIRST_COLOUR + COLOURS.indexOf(thing.colour);
  const covers = (x: number, y: number) =>
    inside(OUTLINES[thing.shape], (x + 0.5 - left) / size, (y + 0.5 - top) / size);
  // A hanging thing hangs by a thread from the ceiling, so that "above" is not mistaken for "behind".
  if (thing.y === 1) paint(pixels, [centreX, 0, centreX + 1, top + size / 2], () => LINE);
  paint(pixels, [left, top, left + size, top + size], (x, y) => {
    if (!covers(x, y)) return null;
    const edge = !covers(x - 1, y) || !covers(x + 1, y) || !covers(x, y - 1) || !covers(x, y + 1);
    return edge ? LINE : fill;
  });
}

/** The scene as the camera sees it, 160 × 120 pixels: wall, floor, shadows, then the things from far to near. */
export function render(scene: Scene): IndexedImage {
  const pixels = new Uint8Array(WIDTH * HEIGHT);
  paint(pixels, [0, 0, WIDTH, HEIGHT], (_, y) => (y < HORIZON ? WALL : y === HORIZON ? LINE : FLOOR));
  for (const thing of scene) drawShadow(pixels, thing);
  for (const thing of [...scene].sort((a, b) => b.z - a.z)) drawThing(pixels, thing);
  return { width: WIDTH, height: HEIGHT, pixels, palette: PALETTE };
}
