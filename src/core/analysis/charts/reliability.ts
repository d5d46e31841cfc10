import type { ChartSeries } from '../../chartModel.js';
import { reliability as reliabilityOf, type Reliability } from '../../metrics/calibration.js';
import { wilson } from '../../metrics/proportions.js';
import type { ConfidenceCount } from '../../store/detailQueries.js';
import { fixed } from '../numbers.js';
import { category, rowsOf, type ChartMaker, type ChartSource, type SeriesOf } from './chart.js';
import { pooled, spreadOf, whiskersOf, type RunValue } from './pooling.js';

const TITLE = 'Confidence';

/** A series with those of its runs that state confidences, and what these say. */
interface Own extends SeriesOf {
  readonly each: readonly Reliability[];
}

/** Stated confidence against what was right. */
export const reliability: ChartMaker = {
  kind: 'reliability',
  title: TITLE,
  make: async (source) => {
    const all = await source.facts.confidences();
    const series = source.series.flatMap(({ name, runs }): Own[] => {
      const stated = runs.map((run) => ({ run, own: reliabilityOf(all.get(run.index) ?? []) }));
      const known = stated.filter(({ own }) => own.n > 0);
      return known.length === 0 ? [] : [{ name, runs: known.map(({ run }) => run), each: known.map(({ own }) => own) }];
    });
    const bins = series[0]?.each[0]?.bins;
    if (bins === undefined) return [{ id: 'reliability', title: TITLE, missing: missingOf(source, all) }];
    return [
      {
        id: 'reliability',
        kind: 'lines',
        title: TITLE,
        about: source.about,
        unit: 'share',
        axis: 'right answers / answers of about this confidence',
        whiskers: whiskersOf(
          series.map(({ runs }) => runs.length),
          '95 % interval (Wilson)',
        ),
        reference: 'mean confidence: where the two are equal, confidence says how often answers are right',
        categoryIs: 'confidence',
        seriesIs: source.seriesIs,
        categories: bins.map(({ low, high }) =>
          category(`${fixed(low, 1)} to ${fixed(high, 1)}`, { at: (low + high) / 2 }),
        ),
        series: series.map(({ name, runs, each }): ChartSeries => ({
          name,
          marks: bins.map((bin, at) =>
            pooled(
              each.map((own) => valueOf(own.bins[at])),
              rowsOf(source, runs, { conditions: within(bin, at) }),
            ),
          ),
        })),
        levels: [{ name: 'as often right as confident', values: bins.map(({ low, high }) => (low + high) / 2) }],
        notes: series.map(noteOf),
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

function valueOf(bin: Reliability['bins'][number] | undefined): RunValue {
  if (bin === undefined || bin.n === 0) return { value: null };
  const ci = wilson(bin.correct, bin.n);
  return {
    value: bin.accuracy,
    low: ci?.[0] ?? null,
    high: ci?.[1] ?? null,
    reference: bin.confidence,
    count: bin.correct,
    of: bin.n,
  };
}

/** The calibration error of a run, or the mean of several. */
function noteOf({ name, each }: Own): string {
  const sum = (pick: (own: Reliability) => number): number => each.reduce((total, own) => total + pick(own), 0);
  const answers = `${sum(({ n }) => n)} answers`;
  const outside = sum(({ outOfRange }) => outOfRange);
  const left = outside === 0 ? '' : `; ${outside} more state a number outside 0 to 1`;
  if (each.length === 1)
    return `${name}: ${answers}, expected calibration error ${fixed(each[0]?.ece ?? null, 3)}${left}.`;
  const { mean, sd } = spreadOf(each.map(({ ece }) => ece ?? 0));
  return `${name}: ${answers} of ${each.length} runs, expected calibration error ${fixed(mean, 3)} ± ${fixed(sd, 3)}${left}.`;
}

/** Bins are (low, high]; the first one holds 0, too. */
function within({ low, high }: Reliability['bins'][number], at: number) {
  return [
    { field: 'confidence', op: at === 0 ? 'ge' : 'gt', value: low },
    { field: 'confidence', op: 'le', value: high },
  ] as const;
}
