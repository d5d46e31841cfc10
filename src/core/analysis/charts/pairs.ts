import type { PairAccuracy } from '../../metrics/pairs.js';
import { pairAndSetAccuracy } from '../../metrics/pairs.js';
import { wilson } from '../../metrics/proportions.js';
import { category, rowsOf, type ChartMaker } from './chart.js';
import { pooled, whiskersOf, type RunValue } from './pooling.js';

const TITLE = 'Pairs and sets';
const MEASURES: readonly (readonly [string, (own: PairAccuracy) => number | null, number])[] = [
  ['pairs', ({ pairAccuracy }) => pairAccuracy, 2],
  ['sets', ({ setAccuracy }) => setAccuracy, 4],
];

/** Items that show the same objects in other relations, right as a whole. */
export const pairs: ChartMaker = {
  kind: 'pairs',
  title: TITLE,
  make: async (source) => {
    const contrasts = await source.facts.contrasts();
    const series = source.series.filter(({ runs }) => runs.some(({ index }) => contrasts.has(index)));
    if (series.length === 0) {
      return [{ id: 'pairs', title: TITLE, missing: 'No items belong to contrast sets (as What’sUp’s do).' }];
    }
    const valueOf = (index: number, [, pick, size]: (typeof MEASURES)[number]): RunValue[] => {
      const items = contrasts.get(index);
      if (items === undefined) return [];
      const [value, of] = [pick(pairAndSetAccuracy(items)), items.length / size];
      const count = value === null ? null : Math.round(value * of);
      // Where N is not divisible, its half or quarter is no number of trials.
      const ci = count !== null && Number.isInteger(of) ? wilson(count, of) : null;
      return [{ value, low: ci?.[0] ?? null, high: ci?.[1] ?? null, count, of }];
    };
    return [
      {
        id: 'pairs',
        kind: 'bars',
        title: TITLE,
        about: source.about,
        unit: 'share',
        axis: 'right as a whole / (N / 2) pairs, (N / 4) sets',
        whiskers: whiskersOf(
          series.map(({ runs }) => runs.length),
          '95 % interval (Wilson)',
        ),
        reference: null,
        categoryIs: 'measure',
        seriesIs: source.seriesIs,
        categories: MEASURES.map(([name]) => category(name)),
        series: series.map(({ name, runs }) => ({
          name,
          marks: MEASURES.map((measure) =>
            pooled(
              runs.flatMap(({ index }) => valueOf(index, measure)),
              rowsOf(source, runs, { conditions: [{ field: 'contrastSet', op: 'ne', value: null }] }),
            ),
          ),
        })),
        levels: [],
        notes: [
          'As What’sUp has it (Kamath et al. 2023): N items with a right answer in contrast sets; an incomplete pair or set stays in the denominator.',
        ],
      },
    ];
  },
};
