import type { Chart } from '../../protocol/dashboardPage.js';

/** What pictures on the page and those that are saved have in common: sizes, ranges, and names in lines. */

export const LABEL = 14;
const LINES = 4;
const MOST_BESIDE = 60;
/** A picture that is higher is scrolled through no more, and browsers draw nothing on a canvas of twice that. */
const HIGHEST = 15_000;

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
  return Math.min(HIGHEST, 40 + chart.categories.length * Math.max(22, 10 + 9 * chart.series.length));
}

/** Whether marks stand where their categories say, and not one beside the other. */
export function isPlaced(chart: Chart): boolean {
  if (chart.kind !== 'lines' && chart.kind !== 'points') return false;
  return chart.categories.length > 0 && chart.categories.every(({ at }) => at !== null);
}

/** Where a category stands on an axis of places, or of names. */
export function placeOf(chart: Chart, at: number): number {
  return isPlaced(chart) ? (chart.categories[at]?.at ?? at) : at;
}

/** The numbers' axis begins at 0 and holds all whiskers; shares do not go beyond 100 %. `max` is undefined where all are 0. */
export function rangeOf(chart: Chart): { readonly min: number; readonly max: number | undefined } {
  const all = chart.series.flatMap(({ marks }) =>
    marks.flatMap((mark) => (mark === null ? [] : [mark.value, mark.low, mark.high, mark.reference])),
  );
  const known = [...all, ...chart.levels.flatMap(({ values }) => values)].filter((value) => value !== null);
  const least = known.reduce((found, value) => Math.min(found, value), 0);
  const most = known.reduce((found, value) => Math.max(found, value), 0);
  const room = most * 1.05;
  const max =
    chart.unit !== 'share'
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

/** A name in lines of about so many characters; what does not fit ends in an ellipsis, and stands whole in the table and the tooltip. */
export function wrapped(name: string, width: number): string | string[] {
  const shown = linesOf(name, width, LINES);
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
    .map((each) => (each.trim().length > width ? `${each.trim().slice(0, width - 1)}…` : each.trim()));
  if (lines.length > most) shown[most - 1] = `${shown[most - 1] ?? ''}…`;
  return shown;
}
