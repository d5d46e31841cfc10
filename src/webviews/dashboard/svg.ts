import type { Chart } from '../../protocol/dashboardPage.js';
import { colourIn, type Colours } from './colours.js';
import { isLying, isPlaced, LYING, LYING_LINES, linesOf } from './layout.js';
import { drawMatrix } from './svgMatrix.js';
import { drawPlot, drawRose, plotHeight, type Frame } from './svgPlot.js';
import { Sheet } from './svgSheet.js';

const WIDTH = 920;
const EDGE = 24;
const LINE = 16;
/** About how many characters of a size stand in the width. */
const SIGNS = { title: 100, small: 140 };
/** Of a letter of 12 pixels, on average. */
const SIGN = 6.6;
const MOST_LINES = 12;

/**
 * A chart as an SVG file that says all by itself: title, what it is of and out of, legend, marks with whiskers and references, and notes.
 * Texts are texts, so that they can be selected and changed.
 */
export function toSvg(chart: Chart, colours: Colours): string {
  const sheet = new Sheet();
  let y = EDGE + 4;
  const lines = (text: string, { width, size, colour, bold = false }: TextBlock): void => {
    for (const line of linesOf(text, width, MOST_LINES)) {
      sheet.text([EDGE, y + size * 0.75], line, { size, colour, bold });
      y += size + 4;
    }
  };
  lines(chart.title, { width: SIGNS.title, size: 16, colour: colours.text, bold: true });
  y += 2;
  for (const text of [chart.about, `${numbersAre(chart)}: ${chart.axis}`])
    lines(text, { width: SIGNS.small, size: 12, colour: colours.aside });
  if (chart.kind === 'matrix') {
    y = drawMatrix(sheet, chart, { x: EDGE, y: y + 10, width: WIDTH - 2 * EDGE }, colours) + 12;
  } else {
    y = drawLegend(sheet, chart, y + 6, colours);
    for (const text of explained(chart)) lines(text, { width: SIGNS.small, size: 11, colour: colours.aside });
    const frame = frameOf(chart, y + 10);
    if (chart.kind === 'rose') drawRose(sheet, chart, frame, colours);
    else drawPlot(sheet, chart, frame, colours);
    y = frame.y + frame.height + below(chart);
  }
  for (const note of chart.notes) lines(note, { width: SIGNS.small, size: 11, colour: colours.aside });
  const { title } = chart;
  return sheet.toSvg({ width: WIDTH, height: y + EDGE, ground: colours.ground, title: `${title}. ${chart.about}` });
}

interface TextBlock {
  readonly width: number;
  readonly size: number;
  readonly colour: string;
  readonly bold?: boolean;
}

function numbersAre({ unit }: Chart): string {
  return { share: 'Percent', count: 'Counts', number: 'Numbers' }[unit];
}

/** What whiskers, references and levels are; those that no mark has are not spoken of. */
function explained(chart: Chart): string[] {
  const parts = [
    chart.whiskers === null ? null : `Whiskers: ${chart.whiskers}.`,
    chart.reference === null || chart.kind === 'rose' ? null : `Dotted ticks: ${chart.reference}.`,
    chart.levels.length === 0 ? null : `Dashed: ${chart.levels.map(({ name }) => name).join(', ')}.`,
  ].filter((part) => part !== null);
  return parts.length === 0 ? [] : [parts.join(' ')];
}

/** Which colour is which series, as many beside one another as there is room for; where it ends. */
function drawLegend(sheet: Sheet, chart: Chart, top: number, colours: Colours): number {
  let [x, y] = [EDGE, top];
  const isByClass = chart.series.length === 1 && chart.categories.some((each) => each.class !== null);
  for (const [series, { name }] of chart.series.entries()) {
    const [line = ''] = linesOf(name, 60, 1);
    const width = 18 + line.length * SIGN + 18;
    if (x > EDGE && x + width > WIDTH - EDGE) [x, y] = [EDGE, y + LINE + 2];
    const colour = colourIn(chart, { series, at: 0 }, colours);
    if (!isByClass && chart.kind === 'bars') sheet.rect([x, y + 2], [10, 10], colour);
    else if (!isByClass) sheet.marker([x + 5, y + 7], series, colour);
    sheet.text([isByClass ? x : x + 16, y + 11], line, { colour: colours.text });
    x += width;
  }
  return y + LINE + 6;
}

function frameOf(chart: Chart, y: number): Frame {
  const height = plotHeight(chart);
  if (chart.kind === 'rose') return { x: EDGE, y, width: WIDTH - 2 * EDGE, height };
  const names = chart.categories.flatMap(({ name }) => linesOf(name, LYING, LYING_LINES)).map(({ length }) => length);
  const left = isLying(chart) ? EDGE + 12 + Math.max(0, ...names) * 6 : EDGE + 52;
  return { x: left, y: y + 8, width: WIDTH - EDGE - 12 - left, height: height - (isLying(chart) ? 50 : 60) };
}

/** The room under a plot that names, places and numbers take. */
function below(chart: Chart): number {
  if (chart.kind === 'rose') return 12;
  return isLying(chart) ? 34 : isPlaced(chart) ? 54 : 80;
}
