import type { Random } from './random.js';

export const COLOURS = ['red', 'orange', 'yellow', 'green', 'blue', 'purple', 'pink', 'white'] as const;
export const SHAPES = ['circle', 'square', 'triangle', 'star', 'diamond', 'cross', 'hexagon'] as const;

/** A flat shape standing on the floor (`y` = 0) or hanging above its place (`y` = 1). */
export interface Thing {
  readonly colour: (typeof COLOURS)[number];
  readonly shape: (typeof SHAPES)[number];
  /** −1 left, 0 middle, 1 right, as the camera sees it. */
  readonly x: -1 | 0 | 1;
  /** Distance from the camera: 0 near, 1, 2 far. */
  readonly z: 0 | 1 | 2;
  readonly y: 0 | 1;
}

export type Scene = readonly [Thing, Thing, Thing];

/** A square around a thing on the screen, in pixels; `y` grows downward. */
export interface Footprint {
  readonly centreX: number;
  readonly top: number;
  readonly size: number;
}

/** Nearer means bigger and lower: size and ground line in pixels, and pixels per step to the side, by distance. */
const DEPTHS = [
  { size: 30, ground: 114, step: 52 },
  { size: 22, ground: 82, step: 40 },
  { size: 16, ground: 58, step: 30 },
] as const;
/** A hanging thing's lower edge is this many times its size above the ground. */
const LIFT = 1.3;
export const WIDTH = 160;
export const HEIGHT = 120;
export const HORIZON = 46;

/** Where the shadow of a thing lies: the middle of its ground line. */
export function groundOf({ x, z }: Thing): { readonly x: number; readonly y: number; readonly size: number } {
  const depth = DEPTHS[z];
  return { x: WIDTH / 2 + x * depth.step, y: depth.ground, size: depth.size };
}

export function footprint(thing: Thing): Footprint {
  const ground = groundOf(thing);
  const lift = thing.y === 1 ? Math.round(LIFT * ground.size) : 0;
  return { centreX: ground.x, top: ground.y - lift - ground.size, size: ground.size };
}

function overlap(one: Thing, other: Thing): boolean {
  const a = footprint(one);
  const b = footprint(other);
  const reach = (a.size + b.size) / 2;
  return Math.abs(a.centreX - b.centreX) < reach && a.top < b.top + b.size && b.top < a.top + a.size;
}

/** "the red circle" */
export function nameOf(thing: Thing): string {
  return `the ${thing.colour} ${thing.shape}`;
}

/**
 * Three things of different colours and shapes, none hiding another. In a `stacked` scene the second hangs straight above
 * the first; otherwise all stand on the floor, in different columns or rows.
 */
export function makeScene(random: Random, stacked: boolean): Scene {
  for (;;) {
    const [c0, c1, c2] = random.shuffle(COLOURS);
    const [s0, s1, s2] = random.shuffle(SHAPES);
    if (c0 === undefined || c1 === undefined || c2 === undefined) continue;
    if (s0 === undefined || s1 === undefined || s2 === undefined) continue;
    const place = () => ({ x: random.pick([-1, 0, 1] as const), z: random.pick([0, 1, 2] as const) });
    const first: Thing = { colour: c0, shape: s0, ...place(), y: 0 };
    const second: Thing = stacked
      ? { ...first, colour: c1, shape: s1, y: 1 }
      : { colour: c1, shape: s1, ...place(), y: 0 };
    const third: Thing = { colour: c2, shape: s2, ...place(), y: 0 };
    if (!overlap(first, second) && !overlap(first, third) && !overlap(second, third)) return [first, second, third];
  }
}
