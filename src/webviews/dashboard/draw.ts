import {
  BarController,
  BarElement,
  CategoryScale,
  Chart as Drawing,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  RadarController,
  RadialLinearScale,
  Tooltip,
  type ChartDataset,
} from 'chart.js';
import type { Chart, ChartMark } from '../../protocol/dashboardPage.js';
import type { Colours } from './colours.js';
import type { Place } from './places.js';
import { marksBeside } from './whiskers.js';
import { markIn, numberIn } from './words.js';

Drawing.register(
  ...[BarController, BarElement, LineController, LineElement, PointElement, RadarController],
  ...[CategoryScale, LinearScale, RadialLinearScale, Tooltip],
);

export type { Drawing };
const LABEL = 14;
/** An axis says what it counts in lines of about so many characters. */
const AXIS = 34;
const LINES = 4;
const MOST_BESIDE = 60;
/** Markers of lines: colour alone tells no series from another. */
const POINTS = ['circle', 'rect', 'triangle', 'rectRot', 'crossRot', 'star'] as const;

/** Bars lie where there are many: their names stay readable, and the picture grows instead of the bars shrinking. */
export function isLying(chart: Chart): boolean {
  return (
    chart.kind === 'bars' &&
    (chart.categories.length > 8 || chart.categories.length * chart.series.length > MOST_BESIDE)
  );
}

/** The height of a chart's picture, in pixels. */
export function heightOf(chart: Chart): number {
  if (chart.kind === 'rose') return 320;
  if (!isLying(chart)) return 280;
  return 40 + chart.categories.length * Math.max(22, 10 + 9 * chart.series.length);
}

/** Draws a chart on a canvas; destroy it before the next. */
export function draw(
  canvas: HTMLCanvasElement,
  chart: Chart,
  { colours, open }: { readonly colours: Colours; readonly open: (place: Place) => void },
): Drawing {
  return new Drawing(canvas, {
    type: chart.kind === 'lines' ? 'line' : chart.kind === 'rose' ? 'radar' : 'bar',
    data: {
      labels: chart.categories.map(({ name }) => wrapped(name, isLying(chart) ? 2 * LABEL : LABEL)),
      datasets: chart.series.map((_, at) => datasetOf(chart, at, colours)),
    },
    options: {
      animation: false,
      responsive: true,
      maintainAspectRatio: false,
      indexAxis: isLying(chart) ? 'y' : 'x',
      interaction: { mode: 'nearest', intersect: true },
      onClick: (_event, [element]) => {
        if (element !== undefined) open({ series: element.datasetIndex, at: element.index });
      },
      onHover: (event, elements) => {
        const target = event.native?.target;
        if (target instanceof HTMLElement) target.classList.toggle('pointing', elements.length > 0);
      },
      scales: scalesOf(chart, colours),
      plugins: { tooltip: tooltipOf(chart, colours) },
    },
    plugins: [marksBeside(chart, colours)],
  });
}

function datasetOf(chart: Chart, at: number, colours: Colours): ChartDataset {
  const series = chart.series[at];
  const colour = colours.series(series?.name ?? '');
  // Of one run, bars have the colours of their classes.
  const isOne = chart.series.length === 1;
  const colourOf = (place: number): string => {
    const own = chart.categories[place]?.class ?? null;
    return isOne && own !== null ? colours.class(own) : colour;
  };
  const data = (series?.marks ?? []).map((mark) => mark?.value ?? (chart.kind === 'rose' ? 0 : null));
  return {
    label: series?.name ?? '',
    data,
    backgroundColor: chart.kind === 'bars' ? data.map((_, place) => colourOf(place)) : 'transparent',
    borderColor: chart.kind === 'bars' ? colours.text : colour,
    borderWidth: chart.kind === 'bars' ? 0 : 2,
    hoverBorderWidth: 2,
    spanGaps: true,
    maxBarThickness: 40,
    pointStyle: POINTS[at % POINTS.length] ?? 'circle',
    pointRadius: 4,
    pointBackgroundColor: colour,
    pointHoverRadius: 7,
  };
}

/** The numbers' axis begins at 0 and holds all whiskers; shares do not go beyond 100 %. */
function scalesOf(chart: Chart, { text, aside, line }: Colours) {
  const { unit } = chart;
  const ticks = {
    color: aside,
    callback: (value: string | number) => numberIn(Number(value), unit).replace('.0 ', ' '),
  };
  const grid = { color: line };
  const { min, max } = rangeOf(chart);
  // Of plain numbers the axis finds an end by itself.
  const bounds = chart.unit === 'number' ? { min, suggestedMax: max } : { min, max };
  if (chart.kind === 'rose') {
    return {
      r: {
        ...bounds,
        ticks: { ...ticks, backdropColor: 'transparent' },
        grid,
        angleLines: grid,
        pointLabels: { color: text },
      },
    };
  }
  const names = { ticks: { color: text, autoSkip: chart.kind !== 'bars', maxRotation: 0 }, grid: { display: false } };
  const numbers = {
    ...bounds,
    ticks,
    grid,
    border: grid,
    title: { display: true, text: wrapped(chart.axis, AXIS), color: aside },
  };
  return isLying(chart) ? { x: numbers, y: names } : { x: names, y: numbers };
}

function rangeOf(chart: Chart): { min: number; max: number | undefined } {
  const all = chart.series.flatMap(({ marks }) =>
    marks.flatMap((mark) => (mark === null ? [] : [mark.value, mark.low, mark.high, mark.reference])),
  );
  const known = [...all, ...chart.levels.flatMap(({ values }) => values)].filter((value) => value !== null);
  const [least, most] = [Math.min(0, ...known), Math.max(0, ...known)];
  const room = most * 1.05;
  const max =
    chart.unit !== 'share'
      ? room
      : chart.kind === 'rose'
        ? Math.ceil(room * 20) / 20
        : Math.min(1, Math.ceil(room * 10) / 10);
  return { min: least, max: max === 0 ? undefined : max };
}

function tooltipOf(chart: Chart, { ground, text, line }: Colours) {
  return {
    backgroundColor: ground,
    borderColor: line,
    borderWidth: 1,
    titleColor: text,
    bodyColor: text,
    displayColors: chart.series.length > 1,
    callbacks: {
      title: ([item]: readonly { dataIndex: number }[]) => chart.categories[item?.dataIndex ?? 0]?.name ?? '',
      label: ({ datasetIndex, dataIndex }: { datasetIndex: number; dataIndex: number }) => {
        const mark: ChartMark | null = chart.series[datasetIndex]?.marks[dataIndex] ?? null;
        const name = chart.series[datasetIndex]?.name ?? '';
        return mark === null ? name : `${name}: ${markIn(mark, chart.unit)}`;
      },
    },
  };
}

/** A name in lines of about so many characters; what does not fit ends in an ellipsis, and stands whole in the table and the tooltip. */
export function wrapped(name: string, width: number): string | string[] {
  const lines: string[] = [];
  for (const word of name.split(/(?<=[\s/_-])/)) {
    const last = lines.at(-1);
    if (last !== undefined && (last + word).trim().length <= width) lines[lines.length - 1] = last + word;
    else lines.push(word);
  }
  const shown = lines
    .slice(0, LINES)
    .map((each) => (each.trim().length > width ? `${each.trim().slice(0, width - 1)}…` : each.trim()));
  if (lines.length > LINES) shown[LINES - 1] = `${shown[LINES - 1] ?? ''}…`;
  return shown.length === 1 ? (shown[0] ?? '') : shown;
}
