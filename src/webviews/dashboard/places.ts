import type { Chart } from '../../protocol/dashboardPage.js';

/** Where a mark stands: its series, and its category. */
export interface Place {
  readonly series: number;
  readonly at: number;
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
