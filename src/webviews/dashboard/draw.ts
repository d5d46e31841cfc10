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
import { colourIn, type Colours } from './colours.js';
import {
  dodgeOf,
  heightOf,
  isLying,
  isPlaced,
  LABEL,
  linesOf,
  LYING_LINES,
  placeOf,
  placesOf,
  rangeOf,
  SCROLLED,
  signsBeside,
  ticksBetween,
  wrapped,
} from './layout.js';
import type { Place } from './places.js';
import { marksBeside } from './whiskers.js';
import { markIn, numberIn } from './words.js';

Drawing.register(
  ...[BarController, BarElement, LineController, LineElement, PointElement, RadarController],
  ...[CategoryScale, LinearScale, RadialLinearScale, Tooltip],
);

export type { Drawing };
/** An axis says what it counts in lines of about so many characters. */
const AXIS = 34;
/** Of a tooltip: the width of a character with its share of the edges, and the most lines of a name and of the numbers. */
const TOLD = 7;
const NAME_LINES = 4;
const NUMBER_LINES = 6;
const MOST_PIXELS = 32_000;
/** More places than these are told by round numbers. */
const MOST_PLACES = 12;
const TYPES = { bars: 'bar', lines: 'line', points: 'line', rose: 'radar', matrix: 'bar' } as const;
/** Markers of lines: colour alone tells no series from another. */
const POINTS = ['circle', 'rect', 'triangle', 'rectRot', 'crossRot', 'star'] as const;

/** Draws a chart on a canvas; destroy it before the next. */
export function draw(
  canvas: HTMLCanvasElement,
  chart: Chart,
  { colours, room, open }: { readonly colours: Colours; readonly room: number; readonly open: (place: Place) => void },
): Drawing {
  const lying = isLying(chart, room);
  return new Drawing(canvas, {
    type: TYPES[chart.kind],
    data: {
      labels: chart.categories.map(({ name }) =>
        lying ? wrapped(name, signsBeside(room), LYING_LINES) : wrapped(name, LABEL),
      ),
      datasets: chart.series.map((_, at) => datasetOf(chart, at, colours)),
    },
    options: {
      animation: false,
      responsive: true,
      maintainAspectRatio: false,
      // Browsers draw nothing on a canvas that is larger.
      devicePixelRatio: Math.min(window.devicePixelRatio, MOST_PIXELS / heightOf(chart, room)),
      indexAxis: lying ? 'y' : 'x',
      interaction: { mode: 'nearest', intersect: true },
      onClick: (_event, [element]) => {
        if (element !== undefined) open({ series: element.datasetIndex, at: element.index });
      },
      onHover: (event, elements) => {
        const target = event.native?.target;
        if (target instanceof HTMLElement) target.classList.toggle('pointing', elements.length > 0);
      },
      scales: scalesOf(chart, room, colours),
      plugins: { tooltip: tooltipOf(chart, room, colours) },
    },
    plugins: [marksBeside(chart, colours)],
  });
}

function datasetOf(chart: Chart, at: number, colours: Colours): ChartDataset {
  const series = chart.series[at];
  const colour = colourIn(chart, { series: at, at: 0 }, colours);
  const values = (series?.marks ?? []).map((mark) => mark?.value ?? (chart.kind === 'rose' ? 0 : null));
  const data = isPlaced(chart)
    ? values.map((value, place) => ({ x: placeOf(chart, place) + dodgeOf(chart, at), y: value }))
    : values;
  return {
    label: series?.name ?? '',
    data,
    backgroundColor:
      chart.kind === 'bars'
        ? values.map((_, place) => colourIn(chart, { series: at, at: place }, colours))
        : 'transparent',
    borderColor: chart.kind === 'bars' ? colours.text : colour,
    borderWidth: chart.kind === 'bars' ? 0 : 2,
    hoverBorderWidth: 2,
    showLine: chart.kind !== 'points',
    spanGaps: true,
    maxBarThickness: 40,
    pointStyle: POINTS[at % POINTS.length] ?? 'circle',
    pointRadius: 4,
    pointBackgroundColor: colour,
    pointHoverRadius: 7,
  };
}

function scalesOf(chart: Chart, room: number, { text, aside, line }: Colours) {
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
  const names = isPlaced(chart)
    ? placesAxis(chart, { text, aside })
    : { ticks: { color: text, autoSkip: chart.kind !== 'bars', maxRotation: 0 }, grid: { display: false } };
  const numbers = {
    ...bounds,
    // Of a picture that is scrolled through, the end is not seen.
    ...(heightOf(chart, room) > SCROLLED ? { position: 'top' as const } : {}),
    ticks,
    grid,
    border: grid,
    title: { display: true, text: wrapped(chart.axis, AXIS), color: aside },
  };
  return isLying(chart, room) ? { x: numbers, y: names } : { x: names, y: numbers };
}

/** An axis of numbers, which says what they are; of few lines' places, these are told. */
function placesAxis(chart: Chart, { text, aside }: Pick<Colours, 'text' | 'aside'>) {
  const { min, max } = placesOf(chart);
  const isFew = chart.kind === 'lines' && chart.categories.length <= MOST_PLACES;
  const round = ticksBetween(min, max).filter((tick) => tick >= min && tick <= max);
  const places = (isFew ? chart.categories.map((_, at) => placeOf(chart, at)) : round).map((value) => ({ value }));
  return {
    ...{ type: 'linear' as const, min, max },
    ticks: { color: text, maxRotation: 0, callback: (value: string | number) => Number(value).toLocaleString('en') },
    grid: { display: false },
    title: { display: true, text: chart.places ?? chart.categoryIs, color: aside },
    afterBuildTicks: (axis: { ticks: { value: number }[] }): void => {
      axis.ticks = places;
    },
  };
}

/** What is told of a mark within the picture, which nothing on a canvas may leave: its numbers whole, names as far as there is room. */
function tooltipOf(chart: Chart, room: number, { ground, text, line }: Colours) {
  const signs = Math.floor(room / TOLD);
  const named = (name: string): string[] => linesOf(name, signs, NAME_LINES);
  return {
    backgroundColor: ground,
    borderColor: line,
    borderWidth: 1,
    titleColor: text,
    bodyColor: text,
    displayColors: chart.series.length > 1,
    callbacks: {
      title: ([item]: readonly { dataIndex: number }[]) => named(chart.categories[item?.dataIndex ?? 0]?.name ?? ''),
      label: ({ datasetIndex, dataIndex }: { datasetIndex: number; dataIndex: number }) => {
        const mark: ChartMark | null = chart.series[datasetIndex]?.marks[dataIndex] ?? null;
        const name = chart.series[datasetIndex]?.name ?? '';
        if (mark === null) return named(name);
        const numbers = markIn(mark, chart.unit);
        const whole = `${name}: ${numbers}`;
        return whole.length <= signs ? whole : [...named(`${name}:`), ...linesOf(numbers, signs, NUMBER_LINES)];
      },
    },
  };
}
