import type { Chart } from '../../protocol/dashboardPage.js';
import type { Table } from '../shared/copyTable.js';

const NUMBERS = ['value', 'low', 'high', 'reference', 'count', 'of'] as const;

/** All marks of a chart with what they count. Fractions stay fractions. */
export function tableOf(chart: Chart): Table {
  const rows = chart.categories.flatMap(({ name }, at) =>
    chart.series.flatMap((series) => {
      const mark = series.marks[at] ?? null;
      return mark === null
        ? []
        : [[name, series.name, ...NUMBERS.map((key) => mark[key]), ...(mark.note === null ? [null] : [mark.note])]];
    }),
  );
  const levels = chart.levels.flatMap((level) =>
    level.values.flatMap((value, at) =>
      value === null ? [] : [[chart.categories[at]?.name ?? '', level.name, value, null, null, null, null, null, null]],
    ),
  );
  return {
    caption: [chart.title, chart.about, chart.axis, chart.whiskers, chart.reference]
      .filter((part) => part !== null)
      .join('. '),
    captionIs: 'chart',
    columns: [chart.categoryIs, chart.seriesIs, ...NUMBERS, 'note'],
    texts: [0, 1, 2 + NUMBERS.length],
    rows: [...rows, ...levels],
  };
}
