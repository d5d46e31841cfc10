import type { ChartAnswer, ChartCategory, ChartSeries } from '../../chartModel.js';
import { hasMarks, type ChartSource, type SeriesOf } from './chart.js';
import { classMark, classNames, RATES } from './classes.js';
import type { ErrorCounts } from './facts.js';
import { whiskersOf } from './pooling.js';
import { compares } from './spread.js';

const TITLE = 'Rates of errors over training';
/** More lines are told apart no more. */
const MOST = 8;

/** Over which steps: the categories of the chart of accuracy, and which runs of a line stand at one. */
export interface Steps {
  readonly categories: readonly ChartCategory[];
  readonly lines: readonly SeriesOf[];
  readonly runsAt: (line: SeriesOf, step: string) => SeriesOf['runs'];
}

/** Conditional rates of errors over training steps, one line for each class; a chart for each line of the chart of accuracy. */
export async function stepRates(source: ChartSource, steps: Steps): Promise<ChartAnswer[]> {
  const errors = await source.facts.errors();
  const charts = steps.lines.flatMap((line) => rateChart({ source, steps, errors }, line));
  if (charts.length > 0) return charts;
  const missing =
    'No class of errors has rates at two steps: directions of right answers, or the options, are not known, or all questions are yes/no.';
  return [{ id: 'step-rates', title: TITLE, missing }];
}

interface Parts {
  readonly source: ChartSource;
  readonly steps: Steps;
  readonly errors: ReadonlyMap<number, ErrorCounts>;
}

function rateChart({ source, steps, errors }: Parts, line: SeriesOf): ChartAnswer[] {
  const { categories, lines, runsAt } = steps;
  const all = classNames({ ...source, series: [line] }, errors).map((name): ChartSeries => ({
    name,
    marks: categories.map((step) =>
      classMark(RATES, source, { name, runs: runsAt(line, step.name) }, { errors, name }),
    ),
  }));
  const known = all.filter(({ marks }) => hasMarks(marks));
  if (!compares(known)) return [];
  const isOne = lines.length === 1;
  return [
    {
      id: isOne ? 'step-rates' : `step-rates ${line.name}`,
      kind: 'lines',
      title: isOne ? TITLE : `${TITLE}: ${line.name}`,
      about: source.about,
      unit: 'share',
      axis: RATES.axis,
      whiskers: whiskersOf(
        categories.map(({ name }) => runsAt(line, name).length).filter((count) => count > 0),
        RATES.interval,
      ),
      reference: null,
      categoryIs: 'step',
      seriesIs: 'class',
      categories,
      series: known.slice(0, MOST),
      levels: [],
      notes: [
        'A rate opens the errors that it counts; the items that offer the class are more.',
        ...(known.length > MOST ? [`${known.length - MOST} classes with fewer errors are not shown.`] : []),
      ],
    },
  ];
}
