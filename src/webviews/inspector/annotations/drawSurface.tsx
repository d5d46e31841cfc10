import { useLayoutEffect, useRef } from 'preact/hooks';
import { Icon } from '../../shared/icon.js';
import { isTyping } from '../../shared/typing.js';
import type { ViewControl } from '../useView.js';
import type { placeOf, Point, Size } from '../viewport.js';
import { boxBetween } from './shapes.js';
import { hintOf, type Draft } from './useDraft.js';

/** Pixels that an arrow key moves the crosshair by, and with Shift. */
const STEP = 5;
const LARGE_STEP = 25;

interface Parts {
  readonly draft: Draft;
  readonly control: ViewControl;
  readonly box: Size;
  readonly place: ReturnType<typeof placeOf>;
  /** It takes the focus when drawing starts; of two pictures side by side the first does. */
  readonly isFirst: boolean;
}

const clamp = (value: number): number => Math.min(Math.max(value, 0), 1);
const px = (length: number): string => `${length}px`;

/** Lies over the picture while something is drawn on it: takes the pointer and the arrow keys, and shows crosshair and open box. */
export function DrawSurface(parts: Parts) {
  const { draft, place, isFirst } = parts;
  const ref = useRef<HTMLDivElement>(null);
  useFocus(ref, isFirst, draft.shape);
  useEscape(draft, isFirst);
  const pointer = usePointer(draft, place);
  const x = place.left + draft.at.x * place.width;
  const y = place.top + draft.at.y * place.height;
  const words =
    draft.shape === 'box'
      ? 'Draw a box: drag, or move the crosshair by arrow keys and set two corners by Enter'
      : 'Draw points: click, or move the crosshair by arrow keys and set it by Enter';
  return (
    <div
      ref={ref}
      class="draw-surface"
      role="application"
      aria-label={words}
      tabIndex={isFirst ? 0 : -1}
      onKeyDown={(event) => drawByKey(event, parts)}
      onDblClick={(event) => event.stopPropagation()}
      {...pointer}
    >
      {draft.anchor !== null && <OpenBox anchor={draft.anchor} at={draft.at} place={place} />}
      {draft.byKeys && <span class="hair across" style={{ top: px(y) }} />}
      {draft.byKeys && <span class="hair down" style={{ left: px(x) }} />}
    </div>
  );
}

function OpenBox({
  anchor,
  at,
  place,
}: {
  readonly anchor: Point;
  readonly at: Point;
  readonly place: Parts['place'];
}) {
  const { x, y, width, height } = boxBetween(anchor, at);
  const style = {
    left: px(place.left + x * place.width),
    top: px(place.top + y * place.height),
    width: px(width * place.width),
    height: px(height * place.height),
  };
  return <div class="mark-box open" style={style} />;
}

/** The focus is here while something is drawn, from its first moment, and goes back to where it was. */
function useFocus(ref: { readonly current: HTMLElement | null }, isFirst: boolean, shape: string): void {
  const before = useRef<Element | null>(null);
  useLayoutEffect(() => {
    if (!isFirst) return undefined;
    before.current = document.activeElement;
    return () => {
      const { current } = before;
      // Once what had the focus is gone from the page.
      requestAnimationFrame(() => {
        if (current instanceof HTMLElement && document.activeElement === document.body) current.focus();
      });
    };
  }, [isFirst]);
  useLayoutEffect(() => {
    if (isFirst) ref.current?.focus({ preventScroll: true });
  }, [ref, isFirst, shape]);
}

/** Escape gives up the open box, and then the drawing, wherever the focus is. */
function useEscape({ anchor, change, stop }: Draft, isFirst: boolean): void {
  const hasBegun = anchor !== null;
  useLayoutEffect(() => {
    if (!isFirst) return undefined;
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape' || isTyping(event)) return;
      event.preventDefault();
      if (hasBegun) change({ anchor: null });
      else stop();
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, [isFirst, hasBegun, change, stop]);
}

function usePointer({ shape, anchor, change, finish }: Draft, place: Parts['place']) {
  const held = useRef<number | null>(null);
  const atOf = (event: PointerEvent): Point => {
    const { left, top } = (event.currentTarget as HTMLElement).getBoundingClientRect();
    return {
      x: clamp((event.clientX - left - place.left) / place.width),
      y: clamp((event.clientY - top - place.top) / place.height),
    };
  };
  return {
    onPointerDown: (event: PointerEvent): void => {
      if (event.button !== 0) return;
      // Else the picture would be dragged along.
      event.stopPropagation();
      if (held.current !== null) return;
      held.current = event.pointerId;
      (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
      const at = atOf(event);
      change({ at, byKeys: false, ...(shape === 'box' ? { anchor: at } : {}) });
    },
    onPointerMove: (event: PointerEvent): void => {
      // After Escape the drag goes on for nothing.
      if (held.current === event.pointerId && anchor !== null) change({ at: atOf(event) });
    },
    onPointerUp: (event: PointerEvent): void => {
      if (held.current !== event.pointerId) return;
      held.current = null;
      finish(atOf(event), place);
    },
    onPointerCancel: (): void => {
      held.current = null;
      change({ anchor: null });
    },
  };
}

const ARROWS: Readonly<Record<string, Point>> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};

function drawByKey(event: KeyboardEvent, { draft, control, box, place }: Parts): void {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  const way = ARROWS[event.key];
  if (way !== undefined) {
    const step = event.shiftKey ? LARGE_STEP : STEP;
    const at = {
      x: clamp(draft.at.x + (way.x * step) / place.width),
      y: clamp(draft.at.y + (way.y * step) / place.height),
    };
    draft.change({ at, byKeys: true });
    follow(at, control, box, place);
  } else if (event.key === 'Enter' || event.key === ' ') {
    if (event.repeat) return event.preventDefault();
    const isFirstCorner = draft.shape === 'box' && draft.anchor === null;
    if (isFirstCorner) draft.change({ anchor: draft.at, byKeys: true });
    else draft.finish(draft.at, place);
  } else return;
  event.preventDefault();
  event.stopPropagation();
}

/** Moves a zoomed picture so that the crosshair stays in sight. */
function follow(at: Point, { pan }: ViewControl, box: Size, place: Parts['place']): void {
  const beyond = (seen: number, length: number): number => (seen < 0 ? -seen : Math.min(length - seen, 0));
  const by = {
    x: beyond(place.left + at.x * place.width, box.width),
    y: beyond(place.top + at.y * place.height, box.height),
  };
  if (by.x !== 0 || by.y !== 0) pan(by);
}

/** In the place of the layers' buttons: how to draw, and where the crosshair is when keys move it. */
export function DrawHint({ draft }: { readonly draft: Draft }) {
  const { at, byKeys, stop } = draft;
  const percent = (part: number): string => `${Math.round(part * 100)} %`;
  return (
    <div class="draw-hint">
      <button type="button" class="layer" onClick={stop} title="Ends drawing (Escape)">
        <Icon name="check" /> Done <kbd aria-hidden="true">Esc</kbd>
      </button>
      <span class="words">{hintOf(draft)}</span>
      <span class="keys">
        <kbd>←↑↓→</kbd> <kbd>Enter</kbd>
      </span>
      {byKeys && (
        <span class="where" aria-hidden="true">
          {percent(at.x)}, {percent(at.y)}
        </span>
      )}
      <span class="hidden-text" role="status">
        {byKeys ? `${percent(at.x)} from left, ${percent(at.y)} from top` : ''}
      </span>
    </div>
  );
}
