import type { Random } from './random.js';

/** Lengths of scenes are in units of which the picture is this many wide and high; y counts downwards. */
export const EXTENT = 96;

export const COLOURS = {
  ...{ red: [214, 39, 40], orange: [250, 130, 20], yellow: [240, 205, 30], pink: [245, 140, 190] },
  ...{ green: [44, 160, 44], cyan: [40, 190, 210], blue: [31, 90, 200], purple: [130, 60, 180] },
} as const satisfies Record<string, readonly [number, number, number]>;

export type Colour = keyof typeof COLOURS;

type Point = readonly [number, number];

const ARM = 0.42;

/** Outlines of radius 1 about the origin; null is the circle. The same as those that the models were trained on (scripts/train/scenes.py). */
const OUTLINES = {
  circle: null,
  square: [
    [-0.85, -0.85],
    [0.85, -0.85],
    [0.85, 0.85],
    [-0.85, 0.85],
  ],
  triangle: [
    [0, -1],
    [1, 0.85],
    [-1, 0.85],
  ],
  diamond: [
    [0, -1.1],
    [0.85, 0],
    [0, 1.1],
    [-0.85, 0],
  ],
  cross: [
    ...([
      [-ARM, -1],
      [ARM, -1],
      [ARM, -ARM],
      [1, -ARM],
      [1, ARM],
      [ARM, ARM],
    ] as const),
    ...([
      [ARM, 1],
      [-ARM, 1],
      [-ARM, ARM],
      [-1, ARM],
      [-1, -ARM],
      [-ARM, -ARM],
    ] as const),
  ],
  star: Array.from({ length: 10 }, (_, at): Point => {
    const [length, angle] = [at % 2 === 0 ? 1.15 : 0.55, (at * Math.PI) / 5];
    return [length * Math.sin(angle), -length * Math.cos(angle)];
  }),
} as const satisfies Record<string, readonly Point[] | null>;

export type ShapeName = keyof typeof OUTLINES;

const CIRCLE = 0.95;

/** A coloured shape: its centre and its radius. */
export interface Thing {
  readonly colour: Colour;
  readonly shape: ShapeName;
  readonly x: number;
  readonly y: number;
  readonly r: number;
}

/** Things in the order in which they are drawn; where `overlap`, the second covers a part of the first. */
export interface Scene {
  readonly things: readonly Thing[];
  readonly overlap: boolean;
}

/** "red circle" */
export function nameOf(thing: Thing): string {
  return `${thing.colour} ${thing.shape}`;
}

/** Whether a point lies in a shape of radius 1 about the origin: the even–odd rule. */
export function inside(shape: ShapeName, u: number, v: number): boolean {
  const outline = OUTLINES[shape];
  if (outline === null) return u * u + v * v <= CIRCLE ** 2;
  let within = false;
  outline.forEach(([ax, ay], at) => {
    const [bx, by] = outline[(at + 1) % outline.length] ?? [ax, ay];
    if (ay > v !== by > v && u < ((bx - ax) * (v - ay)) / (by - ay) + ax) within = !within;
  });
  return within;
}

/** What a thing takes up, as fractions of its radius from its centre: left, top, right, bottom. */
export function boundsOf(shape: ShapeName): readonly [number, number, number, number] {
  const points: readonly Point[] = OUTLINES[shape] ?? [
    [-CIRCLE, -CIRCLE],
    [CIRCLE, CIRCLE],
  ];
  const [across, down] = [points.map(([x]) => x), points.map(([, y]) => y)];
  return [Math.min(...across), Math.min(...down), Math.max(...across), Math.max(...down)];
}

const RADII = [10, 17] as const;
const MARGIN = 2;
/** How much of the smaller of two overlapping shapes the other covers, at least and at most. */
const COVERED = [0.12, 0.5] as const;
/** Centres of others are at least this many times the sum of their radii apart. */
const APART = 1.12;
const OVERLAPPING = 0.6;
const TRIES = 200;

/** Two to four things that stand anywhere in any colours: the scenes of scripts/train/scenes.py, without the lean of those trained on. */
export function makeScene(random: Random): Scene {
  for (;;) {
    const overlap = random.next() < OVERLAPPING;
    const things = placed(random, 2 + random.below(3), overlap);
    if (things !== null) return { things, overlap };
  }
}

function placed(random: Random, count: number, overlap: boolean): readonly Thing[] | null {
  const things: Thing[] = [];
  for (let tried = 0; tried < TRIES && things.length < count; tried++) {
    const thing = drawn(random, overlap && things.length === 1 ? things[0] : undefined);
    if (things.some((other) => nameOf(other) === nameOf(thing))) continue;
    const [first] = things;
    const free =
      overlap && first !== undefined && things.length === 1
        ? first.colour !== thing.colour && isWithin(thing) && isCovered(first, thing)
        : things.every((other) => Math.hypot(other.x - thing.x, other.y - thing.y) > APART * (other.r + thing.r));
    if (free) things.push(thing);
  }
  return things.length === count ? things : null;
}

/** A thing anywhere, or one near another. */
function drawn(random: Random, near: Thing | undefined): Thing {
  const between = (low: number, high: number): number => low + (high - low) * random.next();
  const r = between(...RADII);
  const colour = random.pick(Object.keys(COLOURS) as Colour[]);
  const shape = random.pick(Object.keys(OUTLINES) as ShapeName[]);
  if (near === undefined) {
    const place = (): number => between(r + MARGIN, EXTENT - r - MARGIN);
    return { colour, shape, r, x: place(), y: place() };
  }
  const [angle, distance] = [between(0, 2 * Math.PI), between(0.4, 1) * (near.r + r)];
  return { colour, shape, r, x: near.x + distance * Math.cos(angle), y: near.y + distance * Math.sin(angle) };
}

function isWithin({ x, y, r }: Thing): boolean {
  return [x, y].every((place) => place > r + MARGIN && place < EXTENT - r - MARGIN);
}

/** Whether enough of the smaller of two things, and not too much, lies where the other one is. */
function isCovered(one: Thing, other: Thing): boolean {
  const holds = (thing: Thing, x: number, y: number): boolean =>
    inside(thing.shape, (x - thing.x) / thing.r, (y - thing.y) / thing.r);
  const reach = 1.2 * Math.max(one.r, other.r);
  const counts = { one: 0, other: 0, both: 0 };
  for (let y = Math.floor(Math.min(one.y, other.y) - reach); y < Math.max(one.y, other.y) + reach; y++) {
    for (let x = Math.floor(Math.min(one.x, other.x) - reach); x < Math.max(one.x, other.x) + reach; x++) {
      const [first, second] = [holds(one, x, y), holds(other, x, y)];
      if (first) counts.one++;
      if (second) counts.other++;
      if (first && second) counts.both++;
    }
  }
  const share = counts.both / Math.min(counts.one, counts.other);
  return share >= COVERED[0] && share <= COVERED[1];
}
