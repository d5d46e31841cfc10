import type { ChartSeries } from '../../chartModel.js';
import { reliability as reliabilityOf, type Reliability } from '../../metrics/calibration.js';
import { wilson } from '../../metrics/proportions.js';
import type { ConfidenceCount } from '../../store/detailQueries.js';
import { fixed } from '../numbers.js';
import { category, mark, rowsOf, type ChartMaker, type ChartSource } from './chart.js';

const TITLE = 'Confidence';

/** Stated confidence against what was right. */
export const reliability: ChartMaker = {
  kind: 'reliability',
  title: TITLE,
  make: async (source) => {
    const all = await source.facts.confidences();
    const series = source.series.flatMap(({ name, runs }) => {
      const points = runs.flatMap(({ index }) => all.get(index) ?? []);
      const own = reliabilityOf(points);
      return own.n === 0 ? [] : [{ name, runs, own }];
    });
    const [first] = series;
    if (first === undefined) return [{ id: 'reliability', title: TITLE, missing: missingOf(source, all) }];
    const bins = first.own.bins;
    return [
      {
        id: 'reliability',
        kind: 'lines',
        title: TITLE,
        about: source.about,
        unit: 'share',
        axis: 'right answers / answers of about this confidence',
        whiskers: '95 % interval (Wilson)',
        reference: 'mean confidence: where the two are equal, confidence says how often answers are right',
        categoryIs: 'confidence',
        seriesIs: source.seriesIs,
        categories: bins.map(({ low, high }) =>
          category(`${fixed(low, 1)} to ${fixed(high, 1)}`, { at: (low + high) / 2 }),
        ),
        series: series.map(({ name, runs, own }): ChartSeries => ({
          name,
          marks: own.bins.map((bin, at) => markOf(bin, rowsOf(source, runs, { conditions: within(bin, at) }))),
        })),
        levels: [{ name: 'as often right as confident', values: bins.map(({ low, high }) => (low + high) / 2) }],
        notes: series.map(
          ({ name, own }) =>
            `${name}: ${own.n} answers, expected calibration error ${fixed(own.ece, 3)}${leftOut(own)}.`,
        ),
      },
    ];
  },
};

function missingOf({ series }: ChartSource, all: ReadonlyMap<number, readonly ConfidenceCount[]>): string {
  const { outOfRange } = reliabilityOf(series.flatMap(({ runs }) => runs.flatMap(({ index }) => all.get(index) ?? [])));
  const others =
    outOfRange === 0
      ? ''
      : ` ${outOfRange} state a number outside of that: percent, for one, have to be divided by 100.`;
  return `No item with a right answer states a confidence from 0 to 1.${others}`;
}

function markOf(bin: Reliability['bins'][number], query: ReturnType<typeof rowsOf>): ChartSeries['marks'][number] {
  if (bin.n === 0) return null;
  const ci = wilson(bin.correct, bin.n);
  return mark(bin.accuracy, {
    low: ci?.[0] ?? null,
    high: ci?.[1] ?? null,
    reference: bin.confidence,
    count: bin.correct,
    of: bin.n,
    query,
  });
}

/** Bins are (low, high]; the first one holds 0, too. */
function within({ low, high }: Reliability['bins'][number], at: number) {
  return [
    { field: 'confidence', op: at === 0 ? 'ge' : 'gt', value: low },
    { field: 'confidence', op: 'le', value: high },
  ] as const;
}

function leftOut({ outOfRange }: Reliability): string {
  return outOfRange === 0 ? '' : `; ${outOfRange} more state a number outside 0 to 1`;
}
