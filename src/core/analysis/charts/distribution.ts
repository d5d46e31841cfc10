import type { ChartMark } from '../../chartModel.js';
import { Z95 } from '../../metrics/interval.js';
import type { GroupUnits } from '../../store/countQueries.js';
import { summariseUnits } from '../unitRates.js';
import { category, mark, rowsOf, type ChartMaker, type ChartRun, type ChartSource, type SeriesOf } from './chart.js';
import { pooled, whiskersOf } from './pooling.js';
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
    if (both.length === 0) {
      const missing =
        'No model has a run marked in and one marked out of distribution: give its runs the factor “distribution”, in or out.';
      return [{ id: 'distribution', title: TITLE, missing }];
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
        whiskers: `${whiskersOf(counts, '95 % interval (Wilson)')}; of the gap the normal interval of two independent shares`,
        reference: 'by guessing among the options',
        categoryIs: 'distribution',
        seriesIs: 'model',
        categories: ['in', 'out', 'gap: in − out'].map((name) => category(name)),
        series: both.map(([name, own]) => ({
          name,
          marks: [accuracy(own.in), accuracy(own.out), gapOf(source, own, units)],
        })),
        levels: [],
        notes: [],
      },
    ];
  },
};

function sidesOf({ series, seriesIs }: ChartSource): Map<string, Sides> {
  const sides = new Map<string, Sides>();
  for (const run of series.flatMap(({ runs }) => runs)) {
    const side = run.factors[FACTOR];
    if (side !== 'in' && side !== 'out') continue;
    const name = nameOf(run, series, seriesIs);
    const own = sides.get(name) ?? { in: [], out: [] };
    own[side].push(run);
    sides.set(name, own);
  }
  return sides;
}

function gapOf(source: ChartSource, own: Sides, units: Units): ChartMark | null {
  const [inside, outside] = [own.in, own.out].map((runs) =>
    summariseUnits(runs.flatMap(({ index }) => units.get(index) ?? [])),
  );
  if (!inside?.units || !outside?.units) return null;
  const [p, q] = [inside.accuracy ?? 0, outside.accuracy ?? 0];
  const error = Z95 * Math.sqrt((p * (1 - p)) / inside.units + (q * (1 - q)) / outside.units);
  return mark(p - q, { low: p - q - error, high: p - q + error, query: rowsOf(source, [...own.in, ...own.out]) });
}

/** Which runs belong together: those of a series where a factor makes them, else those of a model. */
function nameOf(run: ChartRun, series: readonly SeriesOf[], seriesIs: string): string {
  if (seriesIs === 'run' || seriesIs === FACTOR) return run.run.model ?? run.name;
  return series.find(({ runs }) => runs.includes(run))?.name ?? run.name;
}
