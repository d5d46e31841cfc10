import { useCallback, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { useTools } from './context.js';
import type { Keeper } from './kept.js';
import type { Loaded } from './pictures.js';
import {
  closerScale,
  FIT,
  fitted,
  largestScale,
  panned,
  settled,
  zoomed,
  type Point,
  type Size,
  type View,
} from './viewport.js';

/** One press of a zoom key or button. */
const ZOOM_STEP = 1.4;

interface Now {
  readonly view: View;
  readonly box: Size;
  readonly fit: Size;
  readonly original: Size;
}

type Change = (to: (now: Now) => View) => void;

/** The view onto a picture, and the ways to change it. `id` names the picture: another one starts where it fits. */
export function useView(id: string, picture: Loaded | null, box: Size, keeper: Keeper) {
  const [state, setState] = useState<{ readonly id: string; readonly view: View }>({
    id,
    view: `${keeper.now.item}\n${keeper.now.index}` === id ? (keeper.now.view ?? FIT) : FIT,
  });
  const original = useMemo<Size>(
    () => ({ width: picture?.originalWidth ?? 1, height: picture?.originalHeight ?? 1 }),
    [picture?.originalWidth, picture?.originalHeight],
  );
  const ready = picture !== null && box.width > 0 && box.height > 0;
  const fit = ready ? fitted(box, original) : box;
  const view = ready && state.id === id ? settled(state.view, box, fit) : FIT;

  // What the handlers below see: they are made once and act on the latest state.
  const latest = useRef({ view, box, fit, original, ready, id });
  latest.current = { view, box, fit, original, ready, id };

  const change = useCallback(
    (to: (now: Now) => View) => {
      const now = latest.current;
      if (!now.ready) return;
      const next = to(now);
      latest.current = { ...now, view: next };
      setState({ id: now.id, view: next });
      keeper.change({ view: next.scale === 1 ? null : next });
    },
    [keeper],
  );
  const moves = useMoves(change);
  return { view, fit, ready, original, ...moves, step: ZOOM_STEP };
}

/** What the view can be put to, by buttons, keys and gestures. */
function useMoves(change: Change) {
  const { host } = useTools();
  const zoom = useCallback(
    (factor: number, at?: Point) =>
      change((now) => {
        const most = largestScale(now.fit, now.original, window.devicePixelRatio);
        const scale = Math.min(Math.max(now.view.scale * factor, 1), most);
        return zoomed(now.view, scale, at ?? { x: now.box.width / 2, y: now.box.height / 2 }, now.box, now.fit);
      }),
    [change],
  );
  const pan = useCallback((by: Point) => change((now) => panned(now.view, by, now.box, now.fit)), [change]);
  const fitAll = useCallback(() => change(() => FIT), [change]);
  const look = useCallback(
    (at: Point) =>
      change((now) => {
        if (now.view.scale > 1) return FIT;
        return zoomed(now.view, closerScale(now.fit, now.original, window.devicePixelRatio), at, now.box, now.fit);
      }),
    [change],
  );
  useLayoutEffect(
    () =>
      host.on('do', ({ what }) => {
        if (what === 'zoomIn') zoom(ZOOM_STEP);
        if (what === 'zoomOut') zoom(1 / ZOOM_STEP);
        if (what === 'fit') fitAll();
      }),
    [host, zoom, fitAll],
  );
  return { zoom, pan, fitAll, look };
}

export type ViewControl = ReturnType<typeof useView>;
