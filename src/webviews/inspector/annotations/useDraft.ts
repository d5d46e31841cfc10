import { useCallback, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Point, Size } from '../viewport.js';
import { boxBetween, type Shape } from './shapes.js';
import type { Drawing } from './useDrawing.js';

/** Pixels of the screen that a box has at least on each side: less is a slip of the hand. */
const LEAST = 4;

/** What is being drawn and not yet said, in fractions of the picture. */
export interface Open {
  /** Where the crosshair is. */
  readonly at: Point;
  /** The corner that a box began with; null before it did. */
  readonly anchor: Point | null;
  /** The crosshair is moved by keys: then it is seen, and where it is is told in words. */
  readonly byKeys: boolean;
}

const START: Open = { at: { x: 0.5, y: 0.5 }, anchor: null, byKeys: false };

/** A box or a point while it is drawn. It changes with every move of the pointer, so that it stands apart from the rest of the page. */
export function useDraft({ shape, stop, add }: Drawing) {
  const [open, setOpen] = useState<Open>(START);
  const now = useRef(open);
  now.current = open;
  // Before a key that comes at once moves it.
  useLayoutEffect(() => setOpen(START), [shape]);
  const change = useCallback((part: Partial<Open>) => setOpen((before) => ({ ...before, ...part })), []);
  /** Ends at `at` what was begun. `seen`: the picture's size on the screen, by which a box may be too small to be meant. */
  const finish = useCallback(
    (at: Point, seen: Size) => {
      const { anchor } = now.current;
      if (shape === 'point') add({ ...at, width: 0, height: 0 });
      else if (anchor !== null) {
        const box = boxBetween(anchor, at);
        if (box.width * seen.width >= LEAST && box.height * seen.height >= LEAST) add(box);
      }
      change({ at, anchor: null });
    },
    [shape, add, change],
  );
  return shape === null ? null : { ...open, shape, change, finish, stop };
}

export type Draft = NonNullable<ReturnType<typeof useDraft>>;

/** What to do next, in a few words. */
export function hintOf({ shape, anchor, byKeys }: Open & { readonly shape: Shape }): string {
  if (shape === 'point') return 'Click a point';
  if (anchor === null) return 'Drag a box';
  return byKeys ? 'Enter: 2nd corner' : 'Let go to set it';
}
