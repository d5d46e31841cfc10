import type { Chart } from '../../protocol/dashboardPage.js';

/** What pictures on the page and those that are saved have in common: sizes, ranges, and names in lines. */

export const LABEL = 14;
const LINES = 4;
const MOST_BESIDE = 60;
/** Names beside lying bars, in lines of so many characters. */
export const LYING = 28;
export const LYING_LINES = 2;
/** The height of a line of names, and the width of a character, in pixels. */
const LINE = 14;
const SIGN = 6.2;
/** So many pixels have the names under bars in the narrowest card of a usual window, and in a file; in a narrower window, fewer. */
export const ROOM = 450;
const TICKS = 5;
/** A picture that is higher is scrolled through no more, and browsers draw nothing on a canvas of twice that. */
const HIGHEST = 15_000;
/** Higher ones are scrolled through in their card. */
export const SCROLLED = 640;

/** Bars lie where there are many: their names stay readable, and the picture grows instead of the bars shrinking. */
export function isLying(chart: Chart, room = ROOM): boolean {
  if (chart.kind !== 'bars') return false;
  const { categories, series } = chart;
  const signs = Math.max(0, ...categories.map(({ name }) => longest(linesOf(name, LABEL, LINES))));
  return (
    categories.length > 8 ||
    categories.length * series.length > MOST_BESIDE ||
    (categories.length > 1 && categories.length * (signs + 1) * SIGN > room)
  );
}

/** How long a line of a name beside lying bars is, in characters: names take at most about half of the picture. */
export function signsBeside(room: number): number {
  return Math.min(LYING, Math.floor(room / 2 / SIGN));
}

/** The height of a chart's picture, in pixels. */
export function heightOf(chart: Chart, room = ROOM): number {
  if (chart.kind === 'rose') return 320;
  if (!isLying(chart, room)) return 280;
  const signs = signsBeside(room);
  const lines = Math.max(1, ...chart.categories.map(({ name }) => linesOf(name, signs, LYING_LINES).length));
  return Math.min(HIGHEST, 48 + chart.categories.length * Math.max(8 + LINE * lines, 10 + 12 * chart.series.length));
}

/** Whether marks stand where their categories say, and not one beside the other. */
export function isPlaced(chart: Chart): boolean {
  if (chart.kind !== 'lines' && chart.kind !== 'points') return false;
  return chart.categories.length > 0 && chart.categories.every(({ at }) => at !== null);
}

/** How far a series' marks stand beside their places, in parts of the axis: on one place they would cover each other. */
export function dodgeOf(chart: Chart, series: number): number {
  const { min, max } = placesOf(chart);
  return (series - (chart.series.length - 1) / 2) * Math.min(0.012, 0.06 / chart.series.length) * (max - min);
}

/** Where a category stands on an axis of places, or of names. */
export function placeOf(chart: Chart, at: number): number {
  return isPlaced(chart) ? (chart.categories[at]?.at ?? at) : at;
}

/** The numbers' axis begins at 0 and holds all whiskers; of shares, only those of a spread go beyond 100 %. `max` is undefined where all are 0. */
export function rangeOf(chart: Chart): { readonly min: number; readonly max: number | undefined } {
  const all = chart.series.flatMap(({ marks }) =>
    marks.flatMap((mark) => (mark === null ? [] : [mark.value, mark.low, mark.high, mark.reference])),
  );
  const known = [...all, ...chart.levels.flatMap(({ values }) => values)].filter((value) => value !== null);
  const least = known.reduce((found, value) => Math.min(found, value), 0);
  const most = known.reduce((found, value) => Math.max(found, value), 0);
  const room = most * 1.05;
  const max =
    chart.unit !== 'share' || most > 1
      ? room
      : chart.kind === 'rose'
        ? Math.ceil(room * 20) / 20
        : Math.min(1, Math.ceil(room * 10) / 10);
  return { min: least, max: max === 0 ? undefined : max };
}

/** The places of the categories on their axis, with as much room on either side as markers take. */
export function placesOf(chart: Chart): { readonly min: number; readonly max: number } {
  const places = chart.categories.map((_, at) => placeOf(chart, at));
  const least = places.reduce((found, place) => Math.min(found, place), Infinity);
  const most = places.reduce((found, place) => Math.max(found, place), -Infinity);
  const room = most > least ? (most - least) * 0.04 : 0.5;
  return { min: least - room, max: most + room };
}

/** Round numbers, about five, that hold the range. */
export function ticksBetween(min: number, max: number): number[] {
  const raw = (max - min) / TICKS;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * ([1, 2, 2.5, 5, 10].find((each) => each * power >= raw * 0.999) ?? 10);
  const first = Math.floor(min / step + 1e-9);
  const last = Math.ceil(max / step - 1e-9);
  return Array.from({ length: last - first + 1 }, (_, at) => Number(((first + at) * step).toPrecision(12)));
}

function longest(lines: readonly string[]): number {
  return lines.reduce((most, { length }) => Math.max(most, length), 0);
}

/** A name in lines of about so many characters; what does not fit ends in an ellipsis, and stands whole in the table. */
export function wrapped(name: string, width: number, most = LINES): string | string[] {
  const shown = linesOf(name, width, most);
  return shown.length === 1 ? (shown[0] ?? '') : shown;
}

/** The same, always as lines, and at most so many. */
export function linesOf(name: string, width: number, most: number): string[] {
  const lines: string[] = [];
  for (const word of name.split(/(?<=[\s/_-])/)) {
    const last = lines.at(-1);
    if (last !== undefined && (last + word).trim().length <= width) lines[lines.length - 1] = last + word;
    else lines.push(word);
  }
  const shown = lines
    .slice(0, most)
    .map((each) => (each.trim().length > width ? `${cut(each.trim(), width - 1)}…` : each.trim()));
  if (lines.length > most) shown[most - 1] = `${shown[most - 1] ?? ''}…`;
  return shown;
}

/** The beginning of a text; a character of two halves is not cut in two. */
function cut(text: string, length: number): string {
  return text.slice(0, length).replace(/[\uD800-\uDBFF]$/, '');
}
