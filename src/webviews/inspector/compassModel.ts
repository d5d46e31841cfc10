import type { ItemRecord, Sign } from '../../core/model.js';
import type { Point } from './viewport.js';

export interface Components {
  readonly lateral: Sign;
  readonly depth: Sign;
  readonly vertical: Sign;
}

/** A direction's name ("front-left") as components; null where there is none. */
export function componentsOf(direction: string | null): Components | null {
  if (direction === null) return null;
  const words = new Set(direction.split('-'));
  const sign = (plus: string, minus: string): Sign => (words.has(plus) ? 1 : words.has(minus) ? -1 : 0);
  const all = { lateral: sign('right', 'left'), depth: sign('front', 'back'), vertical: sign('above', 'below') };
  return all.lateral === 0 && all.depth === 0 && all.vertical === 0 ? null : all;
}

/** One arrow of the compass: what it is, and in which words. */
export interface Needle {
  readonly role: 'gold' | 'predicted' | 'both';
  /** `open`: without gold, nothing is right or wrong. */
  readonly look: 'gold' | 'wrong' | 'open';
  readonly direction: string;
  readonly components: Components;
}

/** The icon that goes with a needle's colour. */
export const LOOK_ICONS = { gold: 'check', wrong: 'close', open: 'dash' } as const;
export const ROLE_WORDS = { gold: 'gold', predicted: 'predicted', both: 'gold and predicted' } as const;

export interface Compass {
  readonly needles: readonly Needle[];
  /** `image`: what the camera sees, drawn over the picture; `plan`: seen from above, in a round inset. */
  readonly kind: 'image' | 'plan';
  /** "as seen by the person". */
  readonly seenBy: string;
  /** What front means, where a depth is drawn and the convention is known; or what is not known of the frame. */
  readonly note: string | null;
}

const SEEN_BY: Readonly<Record<ItemRecord['frame'], string>> = {
  camera: 'as seen by the camera',
  person: 'as seen by the person',
  object: 'as seen by the object',
  imagined: 'from the imagined stand-point',
  unstated: 'frame not stated',
};

const NOTES: Readonly<Record<string, string>> = {
  'toward-viewer': 'front: nearer to the viewer',
  'away-from-viewer': 'front: away from the viewer',
  facing: 'front: where it faces',
};

/** The compass of an item; null where neither its gold nor its answer is a direction. */
export function compassOf(record: ItemRecord): Compass | null {
  const gold = componentsOf(record.goldDirection);
  const predicted = componentsOf(record.predictedDirection);
  const needles: Needle[] = [];
  if (gold !== null && record.goldDirection !== null) {
    const role = record.goldDirection === record.predictedDirection ? 'both' : 'gold';
    needles.push({ role, look: 'gold', direction: record.goldDirection, components: gold });
  }
  if (predicted !== null && record.predictedDirection !== null && record.goldDirection !== record.predictedDirection) {
    const look = record.correct === null ? 'open' : record.correct ? 'gold' : 'wrong';
    needles.push({ role: 'predicted', look, direction: record.predictedDirection, components: predicted });
  }
  if (needles.length === 0) return null;
  const depth = needles.some(({ components }) => components.depth !== 0);
  const camera = record.frame === 'camera' || record.frame === 'unstated';
  const kind = camera && !depth ? 'image' : 'plan';
  return { needles, kind, seenBy: SEEN_BY[record.frame], note: noteOn(record, kind, depth) };
}

function noteOn({ frame, convention }: ItemRecord, kind: Compass['kind'], depth: boolean): string | null {
  if (kind === 'image' && frame === 'unstated') return 'drawn as the camera sees it';
  return depth ? (NOTES[convention] ?? null) : null;
}

export function compassWords({ needles, seenBy, note }: Compass): string {
  const arrows = needles.map(({ role, direction }) => `${ROLE_WORDS[role]} ${direction}`).join(', ');
  return `Compass, ${seenBy}: ${arrows}${note === null ? '' : ` (${note})`}.`;
}

/** Unit vector on the screen (y down) of two signs, the second up; null where both are 0. */
export function arrowTo(right: Sign, up: Sign): Point | null {
  const length = Math.hypot(right, up);
  return length === 0 ? null : { x: right / length, y: -up / length };
}
