import type { Chart, ChartMark } from '../../protocol/dashboardPage.js';
import { colourIn, type Colours } from './colours.js';
import {
  dodgeOf,
  heightOf,
  isLying,
  isPlaced,
  LYING,
  LYING_LINES,
  linesOf,
  placeOf,
  placesOf,
  rangeOf,
  ticksBetween,
} from './layout.js';
import type { Sheet } from './svgSheet.js';
import { markIn, numberIn } from './words.js';

/** Where a plot stands on its sheet, with its axes. */
export interface Frame {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const LINE = 14;
const CAP = 4;

/** Draws axes and marks of a chart of bars, lines or points into the frame. */
export function drawPlot(sheet: Sheet, chart: Chart, frame: Frame, colours: Colours): void {
  const axes = axesOf(chart, frame);
  drawAxes(sheet, chart, axes, colours);
  if (chart.kind === 'bars') drawBars(sheet, chart, axes, colours);
  else drawLines(sheet, chart, axes, colours);
  drawLevels(sheet, chart, axes, colours);
}

/** How high a plot is: lying bars take more the more there are. */
export function plotHeight(chart: Chart): number {
  if (chart.kind === 'rose') return 360;
  if (!isLying(chart)) return 380;
  return heightOf(chart) + 40;
}

interface Axes {
  readonly frame: Frame;
  readonly lying: boolean;
  readonly ticks: readonly number[];
  /** From a number to pixels along the axis of numbers. */
  readonly to: (value: number) => number;
  /** The middle of a category, in pixels along the axis of names. */
  readonly middle: (at: number) => number;
  /** The room of a category, in pixels. */
  readonly band: number;
  /** Pixels of a step of 1 between places. */
  readonly scale: number;
}

function axesOf(chart: Chart, frame: Frame): Axes {
  const lying = isLying(chart);
  const { min, max } = rangeOf(chart);
  const ticks = ticksBetween(min, max ?? 1);
  const [least, most] = [Math.min(min, ticks[0] ?? 0), Math.max(max ?? 1, ticks.at(-1) ?? 1)];
  const share = (value: number): number => (value - least) / (most - least);
  const length = lying ? frame.height : frame.width;
  const start = lying ? frame.y : frame.x;
  const band = length / Math.max(1, chart.categories.length);
  const places = placesOf(chart);
  return {
    frame,
    lying,
    ticks,
    band,
    scale: frame.width / (places.max - places.min),
    to: (value) => (lying ? frame.x + share(value) * frame.width : frame.y + (1 - share(value)) * frame.height),
    middle: (at) =>
      isPlaced(chart)
        ? frame.x + ((placeOf(chart, at) - places.min) / (places.max - places.min)) * frame.width
        : start + (at + 0.5) * band,
  };
}

function drawAxes(sheet: Sheet, chart: Chart, axes: Axes, { text, aside, line }: Colours): void {
  const { frame, lying, ticks, to } = axes;
  const [right, bottom] = [frame.x + frame.width, frame.y + frame.height];
  for (const tick of ticks) {
    const at = to(tick);
    const label = numberIn(tick, chart.unit).replace('.0 ', ' ');
    if (lying) {
      sheet.line([at, frame.y], [at, bottom], line);
      sheet.text([at, bottom + LINE + 2], label, { size: 11, colour: aside, anchor: 'middle' });
    } else {
      sheet.line([frame.x, at], [right, at], line);
      sheet.text([frame.x - 6, at + 4], label, { size: 11, colour: aside, anchor: 'end' });
    }
  }
  if (isPlaced(chart)) return drawPlaces(sheet, chart, axes, { text, aside });
  const room = Math.max(6, Math.floor(axes.band / 6.2));
  for (const [at, { name }] of chart.categories.entries()) {
    const lines = linesOf(name, lying ? LYING : Math.min(24, room), lying ? LYING_LINES : 4);
    const middle = axes.middle(at);
    for (const [below, part] of lines.entries()) {
      if (lying) {
        const y = middle + 4 + (below - (lines.length - 1) / 2) * LINE;
        sheet.text([frame.x - 6, y], part, { size: 11, colour: text, anchor: 'end' });
      } else sheet.text([middle, bottom + LINE + 2 + below * LINE], part, { size: 11, colour: text, anchor: 'middle' });
    }
  }
}

/** Places under a line of them: those of the categories where each has room, else round numbers. */
function drawPlaces(sheet: Sheet, chart: Chart, axes: Axes, { text, aside }: Pick<Colours, 'text' | 'aside'>): void {
  const { frame } = axes;
  const y = frame.y + frame.height + LINE + 2;
  const places = placesOf(chart);
  let last = -Infinity;
  const put = (x: number, label: string): void => {
    const half = label.length * 3.2;
    if (x - half < last) return;
    sheet.text([x, y], label, { size: 11, colour: text, anchor: 'middle' });
    last = x + half + 8;
  };
  if (chart.kind === 'lines') for (const [at, { name }] of chart.categories.entries()) put(axes.middle(at), name);
  else {
    for (const tick of ticksBetween(places.min, places.max)) {
      const x = frame.x + ((tick - places.min) / (places.max - places.min)) * frame.width;
      if (x >= frame.x && x <= frame.x + frame.width) put(x, String(tick));
    }
  }
  const called = chart.places ?? chart.categoryIs;
  sheet.text([frame.x + frame.width / 2, y + LINE + 4], called, { size: 11, colour: aside, anchor: 'middle' });
}

function drawBars(sheet: Sheet, chart: Chart, axes: Axes, colours: Colours): void {
  const { lying, to, band } = axes;
  const count = Math.max(1, chart.series.length);
  const thick = Math.min(40, (band * 0.8) / count);
  const zero = to(0);
  for (const [series, { marks }] of chart.series.entries()) {
    for (const [at, mark] of marks.entries()) {
      if (mark === null || mark.value === null) continue;
      const place = axes.middle(at) + (series - (count - 1) / 2) * thick;
      const end = to(mark.value);
      const [low, length] = [Math.min(zero, end), Math.abs(end - zero)];
      const start = place - thick * 0.45;
      sheet.rect(
        lying ? [low, start] : [start, low],
        lying ? [length, thick * 0.9] : [thick * 0.9, length],
        colourIn(chart, { series, at }, colours),
        tellMark(chart, series, at),
      );
      drawBeside(sheet, axes, { mark, place, half: thick / 2 }, colours);
    }
  }
}

function drawLines(sheet: Sheet, chart: Chart, axes: Axes, colours: Colours): void {
  for (const [series, { marks }] of chart.series.entries()) {
    const colour = colourIn(chart, { series, at: 0 }, colours);
    const beside = isPlaced(chart) ? dodgeOf(chart, series) * axes.scale : 0;
    const known = marks.flatMap((mark, at) => {
      if (mark === null || mark.value === null) return [];
      return [{ mark, at, place: [axes.middle(at) + beside, axes.to(mark.value)] as const }];
    });
    const own = { text: colour, ground: colours.ground };
    for (const { mark, place } of known) drawBeside(sheet, axes, { mark, place: place[0], half: 6 }, own);
    if (chart.kind === 'lines') {
      const points = known.map(({ place }) => place);
      sheet.path(points, colour);
    }
    for (const { at, place } of known) sheet.marker(place, series, colour, tellMark(chart, series, at));
  }
}

/** Whiskers and reference of a mark, with an edge of the ground's colour so that they are seen on a bar of any. */
function drawBeside(
  sheet: Sheet,
  { lying, to }: Axes,
  { mark, place, half }: { readonly mark: ChartMark; readonly place: number; readonly half: number },
  { text, ground }: Pick<Colours, 'text' | 'ground'>,
): void {
  const across = (value: number, reach: number, [colour, width, dash]: readonly [string, number, string]): void => {
    const at = to(value);
    const ends = [place - reach, place + reach] as const;
    if (lying) sheet.line([at, ends[0]], [at, ends[1]], colour, { width, dash });
    else sheet.line([ends[0], at], [ends[1], at], colour, { width, dash });
  };
  const { low, high, reference } = mark;
  if (low !== null && high !== null) {
    for (const [colour, width] of [
      [ground, 3],
      [text, 1],
    ] as const) {
      if (lying) sheet.line([to(low), place], [to(high), place], colour, { width });
      else sheet.line([place, to(low)], [place, to(high)], colour, { width });
      for (const end of [low, high]) across(end, CAP, [colour, width, '']);
    }
  }
  if (reference !== null) {
    across(reference, half + 2, [ground, 4, '']);
    across(reference, half + 2, [text, 2, '3 2']);
  }
}

function drawLevels(sheet: Sheet, chart: Chart, axes: Axes, { text }: Colours): void {
  for (const { values } of chart.levels) {
    const known = values.flatMap((value, at) => (value === null ? [] : [[axes.middle(at), axes.to(value)] as const]));
    for (const [at, [place, value]] of known.entries()) {
      const next = known[at + 1];
      const [from, to] = [place - axes.band / 2, place + axes.band / 2];
      const style = { width: 1.5, dash: '6 4' };
      if (chart.kind !== 'bars') {
        if (next !== undefined) sheet.line([place, value], next, text, style);
      } else if (axes.lying) sheet.line([value, from], [value, to], text, style);
      else sheet.line([from, value], [to, value], text, style);
    }
  }
}

/** What a mark says: its category, its series and all that is known of it. */
export function tellMark(chart: Chart, series: number, at: number): string {
  const mark = chart.series[series]?.marks[at] ?? null;
  const names = [chart.categories[at]?.name, chart.series[series]?.name].join(', ');
  return mark === null ? names : `${names}: ${markIn(mark, chart.unit)}`;
}

/** Draws the angles of errors as polygons around a middle: 0° is up, and angles go clockwise. */
export function drawRose(sheet: Sheet, chart: Chart, { x, y, width, height }: Frame, colours: Colours): void {
  const [middleX, middleY, radius] = [x + width / 2, y + height / 2, height / 2 - 26];
  const max = rangeOf(chart).max ?? 1;
  const pointAt = (at: number, value: number): readonly [number, number] => {
    const angle = (2 * Math.PI * at) / chart.categories.length - Math.PI / 2;
    const reach = (value / max) * radius;
    return [middleX + Math.cos(angle) * reach, middleY + Math.sin(angle) * reach];
  };
  for (const tick of ticksBetween(0, max).filter((each) => each > 0 && each <= max * 1.0001)) {
    sheet.path(
      chart.categories.map((_, at) => pointAt(at, tick)),
      colours.line,
      { closed: true, width: 1 },
    );
    const label = numberIn(tick, chart.unit).replace('.0 ', ' ');
    sheet.text([middleX + 3, pointAt(0, tick)[1] - 2], label, { size: 10, colour: colours.aside });
  }
  for (const [at, { name }] of chart.categories.entries()) {
    sheet.line([middleX, middleY], pointAt(at, max), colours.line);
    const [labelX, labelY] = pointAt(at, max * (1 + 16 / radius));
    sheet.text([labelX, labelY + 4], name, { size: 11, colour: colours.text, anchor: 'middle' });
  }
  for (const [series, { marks }] of chart.series.entries()) {
    const colour = colourIn(chart, { series, at: 0 }, colours);
    sheet.path(
      marks.map((mark, at) => pointAt(at, mark?.value ?? 0)),
      colour,
      { closed: true },
    );
    for (const [at, mark] of marks.entries())
      if (mark !== null) sheet.marker(pointAt(at, mark.value ?? 0), series, colour, tellMark(chart, series, at));
  }
}
