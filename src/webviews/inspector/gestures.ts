import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Point } from './viewport.js';
import type { ViewControl } from './useView.js';

/** Pixels that an arrow key moves the picture by. */
const ARROW = 60;

type Control = Pick<ViewControl, 'zoom' | 'pan' | 'look'>;

/** Where an event is in its box, in CSS pixels. */
function within(element: Element, { clientX, clientY }: { clientX: number; clientY: number }): Point {
  const { left, top } = element.getBoundingClientRect();
  return { x: clientX - left, y: clientY - top };
}

const middle = (a: Point, b: Point): Point => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });

/** The wheel with Ctrl (which is what a pinch on a touchpad arrives as), a drag, two fingers, a double click. */
export function useGestures(ref: RefObject<HTMLElement | null>, { zoom, pan, look }: Control): void {
  const fingers = useRef(new Map<number, Point>());
  useEffect(() => {
    const element = ref.current;
    if (element === null) return undefined;
    const ends = new AbortController();
    const on = <K extends keyof HTMLElementEventMap>(
      type: K,
      listener: (event: HTMLElementEventMap[K]) => void,
    ): void => element.addEventListener(type, listener, { signal: ends.signal, passive: false });

    on('wheel', (event) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      // Wheels count in lines or pages on some systems.
      const delta = event.deltaY * (event.deltaMode === 0 ? 1 : 20);
      zoom(Math.exp(-Math.max(Math.min(delta, 120), -120) / 240), within(element, event));
    });
    on('pointerdown', (event) => {
      if (event.button !== 0) return;
      element.setPointerCapture(event.pointerId);
      fingers.current.set(event.pointerId, within(element, event));
    });
    on('pointermove', (event) => {
      const before = fingers.current.get(event.pointerId);
      if (before === undefined) return;
      const now = within(element, event);
      const other = [...fingers.current].find(([id]) => id !== event.pointerId)?.[1];
      fingers.current.set(event.pointerId, now);
      if (other === undefined) return pan({ x: now.x - before.x, y: now.y - before.y });
      const apart = (point: Point): number => Math.max(Math.hypot(point.x - other.x, point.y - other.y), 1);
      zoom(apart(now) / apart(before), middle(now, other));
    });
    for (const type of ['pointerup', 'pointercancel'] as const) {
      on(type, (event) => fingers.current.delete(event.pointerId));
    }
    on('dblclick', (event) => look(within(element, event)));
    return () => ends.abort();
  }, [ref, zoom, pan, look]);
}

/** Arrow keys, in the picture that has the focus. True where the key was one of them and there is something to pan. */
export function panByKey(event: KeyboardEvent, { view, pan }: ViewControl): void {
  const by = {
    ArrowLeft: { x: ARROW, y: 0 },
    ArrowRight: { x: -ARROW, y: 0 },
    ArrowUp: { x: 0, y: ARROW },
    ArrowDown: { x: 0, y: -ARROW },
  }[event.key];
  // A picture that fits leaves the keys to the page, which scrolls.
  if (by === undefined || view.scale <= 1 || event.ctrlKey || event.altKey || event.metaKey) return;
  event.preventDefault();
  pan(by);
}
