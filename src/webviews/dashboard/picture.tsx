import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Chart } from '../../protocol/dashboardPage.js';
import { coloursOf } from './colours.js';
import { draw, type Drawing } from './draw.js';
import { heightOf, ROOM, SCROLLED } from './layout.js';
import { nextPlace, type Place } from './places.js';
import { markIn } from './words.js';

interface Parts {
  readonly chart: Chart;
  /** Another number for other colours. */
  readonly theme: number;
  readonly open: (place: Place) => void;
}

/** What a canvas has beside the names: the axis of numbers. */
const AXIS = 60;
/** Room is told in steps: not every pixel of a resized window draws everything anew. */
const STEP = 30;

/** How many pixels the names under bars have in a picture, as `layout.ts` asks for it. */
function useRoom(): readonly [RefObject<HTMLDivElement | null>, number] {
  const place = useRef<HTMLDivElement | null>(null);
  const [room, setRoom] = useState(ROOM);
  useLayoutEffect(() => {
    if (place.current === null) return undefined;
    const measured = (width: number): number =>
      Math.min(ROOM, Math.max(STEP, Math.floor((width - AXIS) / STEP) * STEP));
    setRoom(measured(place.current.clientWidth));
    const watcher = new ResizeObserver(([own]) => {
      if (own !== undefined && own.contentRect.width > 0) setRoom(measured(own.contentRect.width));
    });
    watcher.observe(place.current);
    return () => watcher.disconnect();
  }, []);
  return [place, room];
}

/** A canvas on which the chart is drawn, anew where chart or colours are others. */
function useDrawing({ chart, theme, open, room }: Parts & { readonly room: number }) {
  const canvas = useRef<HTMLCanvasElement | null>(null);
  const drawing = useRef<Drawing | null>(null);
  useEffect(() => {
    const target = canvas.current;
    if (target === null) return undefined;
    const made = draw(target, chart, { colours: coloursOf(document.body), room, open });
    drawing.current = made;
    return () => {
      made.destroy();
      drawing.current = null;
    };
  }, [chart, open, theme, room]);
  return { canvas, drawing };
}

/** A chart as a picture. With the keyboard one goes from mark to mark; Enter opens its rows. */
export function Picture({ chart, theme, open }: Parts) {
  const [scroller, room] = useRoom();
  const { canvas, drawing } = useDrawing({ chart, theme, open, room });
  const height = heightOf(chart, room);
  const [place, setPlace] = useState<Place | null>(null);
  const move = (next: Place | null): void => {
    setPlace(next);
    const active = next === null ? [] : [{ datasetIndex: next.series, index: next.at }];
    drawing.current?.setActiveElements(active);
    drawing.current?.tooltip?.setActiveElements(active, { x: 0, y: 0 });
    drawing.current?.update('none');
    if (next !== null) bringIntoView(scroller.current, drawing.current, next);
  };
  const key = (event: KeyboardEvent): void => {
    const next = nextPlace(chart, place, event.key);
    if (next !== null) move(next);
    else if (event.key === 'Enter' && place !== null) open(place);
    else if (event.key === 'Escape' && place !== null) move(null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const told = place === null ? '' : tellPlace(chart, place);
  return (
    <div ref={scroller} class={height > SCROLLED ? 'picture scrolled' : 'picture'}>
      <div
        class="keys"
        style={{ height: `${height}px` }}
        role="application"
        aria-roledescription="chart"
        aria-label={`${chart.title}. Arrow keys go from mark to mark, Enter opens its rows.`}
        tabIndex={0}
        onKeyDown={key}
        onBlur={() => move(null)}
      >
        <canvas ref={canvas} aria-hidden="true" />
      </div>
      <span class="sr-only" role="status">
        {told}
      </span>
    </div>
  );
}

/** Scrolls within the card to a mark that stands outside of what is seen of it. */
function bringIntoView(within: HTMLElement | null, drawing: Drawing | null, { series, at }: Place): void {
  const y = drawing?.getDatasetMeta(series).data[at]?.y;
  if (within === null || y === undefined) return;
  const { scrollTop, clientHeight } = within;
  if (y < scrollTop || y > scrollTop + clientHeight) within.scrollTop = y - clientHeight / 2;
}

function tellPlace(chart: Chart, { series, at }: Place): string {
  const mark = chart.series[series]?.marks[at] ?? null;
  const name = [chart.categories[at]?.name, chart.series[series]?.name].join(', ');
  return mark === null ? `${name}: nothing` : `${name}: ${markIn(mark, chart.unit)}`;
}
