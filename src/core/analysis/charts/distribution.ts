import type { ChartMark } from '../../chartModel.js';
import { Z95 } from '../../metrics/interval.js';
import type { GroupUnits } from '../../store/countQueries.js';
import { summariseUnits } from '../unitRates.js';
import { category, mark, rowsOf, type ChartMaker, type ChartRun, type ChartSource, type SeriesOf } from './chart.js';
import { pooled, spreadOf, whiskersOf } from './pooling.js';
import { rateOf } from './tasks.js';

const TITLE = 'In and out of distribution';
const FACTOR = 'distribution';

interface Sides {
  readonly in: ChartRun[];
  readonly out: ChartRun[];
}

type Units = ReadonlyMap<number, readonly GroupUnits[]>;

/** Accuracy on what a model was trained for, on what it was not, and the gap between the two. */
export const distribution: ChartMaker = {
  kind: 'distribution',
  title: TITLE,
  make: async (source) => {
    const both = [...sidesOf(source)].filter(([, own]) => own.in.length > 0 && own.out.length > 0);
    const notes = leftOut(source, both);
    if (both.length === 0) {
      const missing =
        'No model has a run marked in and one marked out of distribution: give its runs the factor “distribution”, in or out.';
      return [{ id: 'distribution', title: TITLE, missing: [missing, ...notes].join(' ') }];
    }
    const units = await source.facts.units('task');
    const accuracy = (runs: readonly ChartRun[]): ChartMark | null =>
      pooled(
        runs.map(({ index }) => rateOf(units.get(index) ?? [])),
        rowsOf(source, runs),
      );
    const counts = both.flatMap(([, own]) => [own.in.length, own.out.length]);
    return [
      {
        id: 'distribution',
        kind: 'bars',
        title: TITLE,
        about: source.about,
        unit: 'share',
        axis: 'accuracy, and the difference of the two',
        whiskers: `${whiskersOf(counts, '95 % interval (Wilson)')}; of the gap ${gapIs(counts)}`,
        reference: 'by guessing among the options',
        categoryIs: 'distribution',
        seriesIs: 'model',
        categories: ['in', 'out', 'gap: in − out'].map((name) => category(name)),
        series: both.map(([name, own]) => ({
          name,
          marks: [accuracy(own.in), accuracy(own.out), gapOf(source, own, units)],
        })),
        levels: [],
        notes,
      },
    ];
  },
};

function sidesOf({ series, seriesIs }: ChartSource): Map<string, Sides> {
  const sides = new Map<string, Sides>();
  for (const run of series.flatMap(({ runs }) => runs)) {
    const side = sideOf(run.factors);
    if (side !== 'in' && side !== 'out') continue;
    const name = nameOf(run, series, seriesIs);
    const own = sides.get(name) ?? { in: [], out: [] };
    own[side].push(run);
    sides.set(name, own);
  }
  return sides;
}

/** The difference of what the two bars show: of means where there are several runs. */
function gapOf(source: ChartSource, own: Sides, units: Units): ChartMark | null {
  const sides = [own.in, own.out].map((runs) => valuesOf(runs, units));
  const [inside, outside] = sides;
  if (!inside?.length || !outside?.length) return null;
  const gap = meanOf(inside) - meanOf(outside);
  const errors = sides.map((values) => errorOf(values));
  const reach =
    errors.every((each) => each !== null) && inside.length > 1 === outside.length > 1 ? Math.hypot(...errors) : null;
  const ends = reach === null ? {} : { low: gap - reach, high: gap + reach };
  return mark(gap, { ...ends, query: rowsOf(source, [...own.in, ...own.out]) });
}

interface Share {
  readonly value: number;
  readonly of: number;
}

function valuesOf(runs: readonly ChartRun[], units: Units): Share[] {
  return runs.flatMap(({ index }) => {
    const { accuracy, units: of } = summariseUnits(units.get(index) ?? []);
    return accuracy === null ? [] : [{ value: accuracy, of }];
  });
}

function meanOf(shares: readonly Share[]): number {
  return shares.reduce((sum, { value }) => sum + value, 0) / shares.length;
}

/** Half of a single share's normal interval; of several their standard deviation. */
function errorOf(shares: readonly Share[]): number | null {
  const [first, ...others] = shares;
  if (first === undefined) return null;
  if (others.length > 0) return spreadOf(shares.map(({ value }) => value)).sd;
  return Z95 * Math.sqrt((first.value * (1 - first.value)) / first.of);
}

/** What whiskers of a gap are, by how many runs stand on either side. */
function gapIs(counts: readonly number[]): string {
  const single = 'the normal interval of two independent shares';
  if (counts.every((count) => count === 1)) return single;
  return `${single}, with several runs on both sides 1 standard deviation of the difference, else none`;
}

/** Runs whose mark is none of the two, and models that have one side alone. */
function leftOut(source: ChartSource, both: readonly (readonly [string, Sides])[]): string[] {
  const runs = source.series.flatMap((each) => each.runs);
  const others = runs.filter(({ factors }) => {
    const side = sideOf(factors);
    return side !== undefined && side !== 'in' && side !== 'out';
  });
  const lone = [...sidesOf(source).keys()].filter((name) => !both.some(([each]) => each === name));
  return [
    ...others.map((run) => `${run.name} is marked “${run.factors[FACTOR] ?? ''}”, which is neither in nor out.`),
    ...(lone.length === 0 ? [] : [`On one side alone, and without a gap: ${lone.join(', ')}.`]),
  ];
}

/** “In” and “ out” are meant as well. */
function sideOf(factors: ChartRun['factors']): string | undefined {
  return factors[FACTOR]?.trim().toLowerCase();
}

/** Which runs belong together: those of a series where a factor makes them, else those of a model. */
function nameOf(run: ChartRun, series: readonly SeriesOf[], seriesIs: string): string {
  if (seriesIs === 'run' || seriesIs === FACTOR) return run.run.model ?? run.name;
  return series.find(({ runs }) => runs.includes(run))?.name ?? run.name;
}
