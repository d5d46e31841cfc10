import type { Chart, ChartAnswer } from '../../chartModel.js';
import type { Filter } from '../../model.js';
import { wilson } from '../../metrics/proportions.js';
import { yesNoMetrics, type YesNoMetrics } from '../../metrics/yesNo.js';
import type { YesNoTally } from '../../store/detailQueries.js';
import { category, rowsOf, type ChartMaker, type ChartSource } from './chart.js';
import { pooled, SPREAD, whiskersOf, type RunValue } from './pooling.js';

const TITLE = 'Yes/no questions';
const BOTH: Filter = { field: 'kind', op: 'eq', value: 'yes-no' };
const SAID_YES: Filter = { field: 'answeredYes', op: 'eq', value: true };
const IS_YES: Filter = { field: 'goldYes', op: 'eq', value: true };

/** One measure: of which rows, and out of how many. */
interface Measure {
  readonly name: string;
  readonly conditions: readonly Filter[];
  readonly value: (tally: YesNoTally) => RunValue;
}

const share = (count: number, of: number): RunValue => {
  const ci = wilson(count, of);
  return { value: of === 0 ? null : count / of, low: ci?.[0] ?? null, high: ci?.[1] ?? null, count, of };
};

const itemsOf = ({ tp, fp, tn, fn, unparsedYes, unparsedNo }: YesNoTally): number =>
  tp + fp + tn + fn + unparsedYes + unparsedNo;

const SHARES: readonly Measure[] = [
  { name: 'share of yes', conditions: [SAID_YES], value: (own) => share(own.tp + own.fp, itemsOf(own)) },
  {
    name: 'yes is right',
    conditions: [IS_YES],
    value: (own) => share(own.tp + own.fn + own.unparsedYes, itemsOf(own)),
  },
  { name: 'accuracy', conditions: [], value: (own) => share(own.tp + own.tn, itemsOf(own)) },
  { name: 'precision', conditions: [SAID_YES], value: (own) => share(own.tp, own.tp + own.fp) },
  { name: 'recall', conditions: [IS_YES], value: (own) => share(own.tp, own.tp + own.fn + own.unparsedYes) },
  { name: 'F1', conditions: [], value: (own) => ({ value: yesNoMetrics(own).f1 }) },
];

const DETECTION: readonly (readonly [string, (metrics: YesNoMetrics) => number | null])[] = [
  ['d′', ({ dPrime }) => dPrime],
  ['criterion c', ({ criterion }) => criterion],
];

/** Runs of yes/no questions: what is said against what is, and how readily yes is said. */
export const yesNo: ChartMaker = {
  kind: 'yes-no',
  title: TITLE,
  make: async (source) => {
    const tallies = await source.facts.yesNo();
    const own = source.series.filter(({ runs }) => runs.some(({ index }) => tallies.has(index)));
    if (own.length === 0) {
      return [
        {
          id: 'yes-no',
          title: TITLE,
          missing: 'No yes/no question or statement with a right answer is among the items.',
        },
      ];
    }
    const shown = { ...source, series: own };
    return [sharesOf(shown, tallies), detectionOf(shown, tallies)];
  },
};

function sharesOf(source: ChartSource, tallies: ReadonlyMap<number, YesNoTally>): Chart {
  return {
    ...commonOf(source),
    id: 'yes-no',
    title: TITLE,
    unit: 'share',
    axis: 'as each measure says',
    whiskers: whiskersOf(
      source.series.map(({ runs }) => runs.length),
      '95 % interval (Wilson), none for F1',
    ),
    categories: SHARES.map(({ name }) => category(name)),
    series: source.series.map(({ name, runs }) => ({
      name,
      marks: SHARES.map(({ value, conditions }) =>
        pooled(valuesOf(runs, tallies, value), rowsOf(source, runs, { conditions: [BOTH, ...conditions] })),
      ),
    })),
    notes: [
      'Share of yes: out of all items with a right answer; “yes is right” beside it is what it would be without a bias. An answer that could not be read is a miss in recall, and never a yes.',
    ],
  };
}

function detectionOf(source: ChartSource, tallies: ReadonlyMap<number, YesNoTally>): ChartAnswer {
  return {
    ...commonOf(source),
    id: 'yes-no-detection',
    title: 'Yes/no questions: sensitivity and bias',
    unit: 'number',
    axis: 'in standard deviations',
    whiskers: source.series.some(({ runs }) => runs.length > 1) ? SPREAD : null,
    categories: DETECTION.map(([name]) => category(name)),
    series: source.series.map(({ name, runs }) => ({
      name,
      marks: DETECTION.map(([, pick]) =>
        pooled(
          valuesOf(runs, tallies, (own) => ({ value: pick(yesNoMetrics(own)) })),
          rowsOf(source, runs, { conditions: [BOTH] }),
        ),
      ),
    })),
    notes: [
      'd′: how well yes and no are told apart. Criterion c below 0: inclined to say yes. With the log-linear correction (Hautus 1995).',
    ],
  };
}

function commonOf({ about, seriesIs }: ChartSource) {
  return { kind: 'bars', about, seriesIs, reference: null, categoryIs: 'measure', levels: [] } as const;
}

function valuesOf(
  runs: ChartSource['series'][number]['runs'],
  tallies: ReadonlyMap<number, YesNoTally>,
  value: (tally: YesNoTally) => RunValue,
): RunValue[] {
  return runs.flatMap(({ index }) => {
    const own = tallies.get(index);
    return own === undefined ? [] : [value(own)];
  });
}
