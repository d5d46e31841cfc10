import type { Chart } from '../../protocol/dashboardPage.js';
import type { Colours } from './colours.js';
import { linesOf } from './layout.js';
import { paintOf } from './paint.js';
import type { Sheet } from './svgSheet.js';
import { markIn, numberIn } from './words.js';

/** Names beside and above cells, in characters; a character, and a cell, in pixels. */
const NAME = 32;
const SIGN = 6.4;
const CELL = { width: 40, height: 26 };
/** Of the hue where all of a row is in one cell: its number is still read. */
const DARKEST = 0.65;

/** Where a matrix begins, and how much width there is for it. */
interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

/** Draws a table of counts, each cell the darker the greater its share of the row; returns where it ends. */
export function drawMatrix(sheet: Sheet, chart: Chart, { x, y, width }: Place, colours: Colours): number {
  const named = (name: string): string => linesOf(name, NAME, 1)[0] ?? '';
  const longest = (names: readonly string[]): number => Math.max(0, ...names.map((name) => name.length)) * SIGN;
  const corner = `${chart.seriesIs} ↓ ${chart.categoryIs} →`;
  const left = x + longest([corner, ...chart.series.map(({ name }) => named(name))]) + 10;
  const top = y + longest(chart.categories.map(({ name }) => named(name))) + 12;
  const cell = Math.min(CELL.width, (x + width - left) / Math.max(1, chart.categories.length));
  sheet.text([left - 8, top - 6], corner, { size: 11, colour: colours.aside, anchor: 'end' });
  for (const [at, { name }] of chart.categories.entries()) {
    const middle = left + (at + 0.5) * cell + 4;
    sheet.text([middle, top - 6], named(name), { size: 11, colour: colours.text, turned: -90 });
  }
  const hue = paintOf(colours.class('depth-flip')).colour;
  for (const [series, { name, marks }] of chart.series.entries()) {
    const line = top + series * CELL.height;
    sheet.text([left - 8, line + 17], named(name), { size: 11, colour: colours.text, anchor: 'end' });
    for (const [at, mark] of marks.entries()) {
      const column = chart.categories[at]?.name ?? '';
      const place = left + at * cell;
      const share = (mark?.count ?? 0) / Math.max(1, mark?.of ?? 1);
      const told = mark === null ? '' : `${name} taken for ${column}: ${markIn(mark, chart.unit)}`;
      sheet.rect([place, line], [cell, CELL.height], withOpacity(hue, DARKEST * share), told);
      outline(sheet, [place, line, cell], colours.line, 1);
      if (name === column) outline(sheet, [place + 2, line + 2, cell - 4], colours.text, 1, CELL.height - 4);
      if (mark === null) continue;
      const number = numberIn(mark.value, chart.unit);
      sheet.text([place + cell / 2, line + 17], number, { size: 11, colour: colours.text, anchor: 'middle' });
    }
  }
  return top + chart.series.length * CELL.height;
}

function outline(
  sheet: Sheet,
  [x, y, width]: readonly [number, number, number],
  colour: string,
  thick: number,
  height = CELL.height,
): void {
  const corners = [
    [x, y],
    [x + width, y],
    [x + width, y + height],
    [x, y + height],
  ] as const;
  sheet.path(corners, colour, { closed: true, width: thick });
}

/** A colour of "#rrggbb" with so much of it to be seen, 0 to 1. */
function withOpacity(colour: string, opacity: number): string {
  return `${colour}${Math.round(255 * opacity)
    .toString(16)
    .padStart(2, '0')}`;
}
