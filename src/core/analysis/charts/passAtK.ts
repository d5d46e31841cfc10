import { passAtKs } from '../unitRates.js';
import { ungrouped } from '../../store/countQueries.js';
import { category, rowsOf, type ChartMaker } from './chart.js';
import { pooled, SPREAD } from './pooling.js';

const TITLE = 'pass@k';

/** Questions that were answered several times: how often one of k samples is right. */
export const passAtK: ChartMaker = {
  kind: 'pass-at-k',
  title: TITLE,
  make: async (source) => {
    const units = await source.facts.units('task');
    const of = (index: number) => passAtKs(ungrouped(units.get(index) ?? []));
    const series = source.series
      .map((each) => ({ ...each, runs: each.runs.flatMap((run) => ({ run, own: of(run.index) })) }))
      .filter(({ runs }) => runs.some(({ own }) => own !== null));
    const ks = [...new Set(series.flatMap(({ runs }) => runs.flatMap(({ own }) => Object.keys(own?.values ?? {}))))]
      .map(Number)
      .sort((one, other) => one - other);
    if (ks.length === 0) {
      return [{ id: 'pass-at-k', title: TITLE, missing: 'No question was answered more than once.' }];
    }
    return [
      {
        id: 'pass-at-k',
        kind: 'lines',
        title: TITLE,
        about: source.about,
        unit: 'share',
        axis: 'questions of which at least one of k samples is right',
        whiskers: source.series.some(({ runs }) => runs.length > 1) ? SPREAD : null,
        reference: 'by guessing among the options',
        categoryIs: 'k',
        seriesIs: source.seriesIs,
        categories: ks.map((k) => category(String(k), { at: k })),
        series: series.map(({ name, runs }) => ({
          name,
          marks: ks.map((k) =>
            pooled(
              runs.map(({ own }) => ({ value: own?.values[k] ?? null, reference: own?.chance[k] ?? null })),
              rowsOf(
                source,
                runs.map(({ run }) => run),
                { conditions: [{ field: 'sample', op: 'ne', value: null }] },
              ),
            ),
          ),
        })),
        levels: [],
        notes: [
          'The mean over questions with at least k samples of 1 − C(n−c, k)/C(n, k) (Chen et al. 2021). A mark opens all samples.',
        ],
      },
    ];
  },
};
