import type { ChartSeries } from '../../chartModel.js';
import { DISPUTED } from '../annotationViews.js';
import { category, mark, type ChartMaker, type ChartSource } from './chart.js';

const ID = 'labels';
const TITLE = 'Labels by people';

/** How often people gave each label, of the rows of a series that have one. They are not drawn at random: no interval is told. */
export const labels: ChartMaker = {
  kind: 'labels',
  title: TITLE,
  make: async (source) => {
    const counts = await source.facts.labels();
    const names = namesOf(source, counts);
    if (names.length === 0) {
      return [
        {
          id: ID,
          title: TITLE,
          missing: 'Nobody has labelled any of these rows: press the key of a label in the list.',
        },
      ];
    }
    const series = source.series.map(({ name, runs }): ChartSeries => {
      const own = runs.map(({ index }) => counts.get(index) ?? new Map<string, number>());
      const of = own.flatMap((each) => [...each.values()]).reduce((sum, count) => sum + count, 0);
      const ids = runs.map(({ run }) => run.id);
      return {
        name,
        marks: names.map((label) => {
          const count = own.reduce((sum, each) => sum + (each.get(label) ?? 0), 0);
          if (of === 0) return null;
          const facets = { run: ids, 'annotation.label': [label] };
          const query = { facets, search: '', ids: null, filter: source.filter, sort: [], group: null };
          return mark(count / of, { count, of, query: count === 0 ? null : query });
        }),
      };
    });
    return [
      {
        id: ID,
        kind: 'bars',
        title: TITLE,
        about: source.about,
        unit: 'share',
        axis: 'rows with the label / rows with any',
        ...{ whiskers: null, reference: null, categoryIs: 'label', seriesIs: source.seriesIs },
        categories: names.map((label) => category(label === DISPUTED ? 'disputed' : label.replaceAll('-', ' '))),
        series,
        levels: [],
        notes: [
          'Of the rows that somebody labelled, which nobody drew at random: a sample tells rates among all rows, with intervals (Agreement).',
        ],
      },
    ];
  },
};

/** Labels that are given most often first, disputed rows last. */
function namesOf({ series }: ChartSource, counts: ReadonlyMap<number, ReadonlyMap<string, number>>): string[] {
  const all = new Map<string, number>();
  for (const { index } of series.flatMap(({ runs }) => runs)) {
    for (const [label, count] of counts.get(index) ?? []) all.set(label, (all.get(label) ?? 0) + count);
  }
  const last = (label: string): number => Number(label === DISPUTED);
  return [...all]
    .sort(([one, a], [other, b]) => last(one) - last(other) || b - a || (one < other ? -1 : 1))
    .map(([label]) => label);
}
