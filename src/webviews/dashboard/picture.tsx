import { useEffect, useRef, useState } from 'preact/hooks';
import type { Chart } from '../../protocol/dashboardPage.js';
import { coloursOf } from './colours.js';
import { draw, heightOf, type Drawing, type Place } from './draw.js';
import { markIn } from './words.js';

interface Parts {
  readonly chart: Chart;
  /** Another number for other colours. */
  readonly theme: number;
  readonly open: (place: Place) => void;
  readonly canvas: { current: HTMLCanvasElement | null };
}

/** A chart as a picture. With the keyboard one goes from mark to mark; Enter opens its rows. */
export function Picture({ chart, theme, open, canvas }: Parts) {
  const drawing = useRef<Drawing | null>(null);
  const [place, setPlace] = useState<Place | null>(null);
  useEffect(() => {
    const target = canvas.current;
    if (target === null) return undefined;
    const made = draw(target, chart, { colours: coloursOf(document.body), open });
    drawing.current = made;
    return () => {
      made.destroy();
      drawing.current = null;
    };
  }, [canvas, chart, open, theme]);
  const move = (next: Place | null): void => {
    setPlace(next);
    const active = next === null ? [] : [{ datasetIndex: next.series, index: next.at }];
    drawing.current?.setActiveElements(active);
    drawing.current?.tooltip?.setActiveElements(active, { x: 0, y: 0 });
    drawing.current?.update('none');
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
    <div class="picture" style={{ height: `${heightOf(chart)}px` }}>
      <div
        class="keys"
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

/** Where an arrow key leads: along the categories, or to another series; null for other keys. */
export function nextPlace(chart: Chart, from: Place | null, key: string): Place | null {
  const step = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] }[key];
  const edge = key === 'Home' ? 0 : key === 'End' ? chart.categories.length - 1 : null;
  if (step === undefined && edge === null) return null;
  if (from === null) return firstPlace(chart);
  if (edge !== null) return { series: from.series, at: edge };
  const [bySeries = 0, byPlace = 0] = step ?? [];
  const [rows, columns] = [chart.series.length, chart.categories.length];
  let { series, at } = from;
  // Marks that are not there are passed over.
  for (let tried = 0; tried < rows * columns; tried++) {
    series = (series + bySeries + rows) % rows;
    at = (at + byPlace + columns) % columns;
    if (isThere(chart, { series, at })) return { series, at };
  }
  return from;
}

function firstPlace(chart: Chart): Place | null {
  for (const series of chart.series.keys())
    for (const at of chart.categories.keys()) if (isThere(chart, { series, at })) return { series, at };
  return null;
}

function isThere(chart: Chart, { series, at }: Place): boolean {
  return (chart.series[series]?.marks[at]?.value ?? null) !== null;
}

function tellPlace(chart: Chart, { series, at }: Place): string {
  const mark = chart.series[series]?.marks[at] ?? null;
  const name = [chart.categories[at]?.name, chart.series[series]?.name].join(', ');
  return mark === null ? `${name}: nothing` : `${name}: ${markIn(mark, chart.unit)}`;
}
