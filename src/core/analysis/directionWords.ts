import type { DepthConvention, Frame } from '../model.js';

/** The eight of the plane clockwise from the front, then up and down, then all others by name. */
const ORDER = [
  ...['front', 'front-right', 'right', 'back-right', 'back', 'back-left', 'left', 'front-left'],
  ...['above', 'below'],
];

/** What an answer is called whose option names no direction. */
export const NO_DIRECTION = 'no direction';

/** What "front" means, as a heading says it. */
export const FRONT_MEANS: Readonly<Record<DepthConvention, string>> = {
  'toward-viewer': 'front is nearer to the viewer',
  'away-from-viewer': 'front is away from the viewer',
  facing: 'front is where the one in the scene faces',
  unstated: 'what front means is not stated',
};

export const FRAME_NAMES: Readonly<Record<Frame, string>> = {
  camera: 'Camera’s frame',
  person: 'Person’s frame',
  object: 'Object’s frame',
  imagined: 'Imagined stand-point',
  unstated: 'No frame stated',
};

/** Names of directions, each once, in the order in which a reader looks for them; no direction last. */
export function inOrder(names: readonly string[]): string[] {
  const rank = (name: string): number => {
    if (name === NO_DIRECTION) return ORDER.length + 1;
    const at = ORDER.indexOf(name);
    return at < 0 ? ORDER.length : at;
  };
  return [...new Set(names)].sort((one, other) => rank(one) - rank(other) || (one < other ? -1 : 1));
}
