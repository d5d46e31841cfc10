import type { Chart, ChartKindName, ChartMissing, ChartSeries } from '../../chartModel.js';
import { ungrouped } from '../../store/countQueries.js';
import { category, rowsOf, type ChartMaker, type ChartRun, type ChartSource, type SeriesOf } from './chart.js';
import { pooled, whiskersOf } from './pooling.js';
import { compares, spreadsOf } from './spread.js';
import { rateOf } from './tasks.js';

const HOW = 'Give runs the factor in the panel “Runs and factors” (it is kept in .flipside/runs.json)';

/** A chart whose categories are the values of one factor, over runs that agree in all others. */
interface ByFactor {
  readonly kind: ChartKindName;
  readonly title: string;
  readonly factor: string;
  readonly drawn: 'bars' | 'lines';
  readonly notes: (series: readonly ChartSeries[], chart: Pick<Chart, 'categories'>) => readonly string[];
}

const BY_FACTOR: readonly ByFactor[] = [
  {
    kind: 'templates',
    title: 'Accuracy by prompt template',
    factor: 'template',
    drawn: 'bars',
    notes: (series, { categories }) => spreadsOf(series, categories, 'templates'),
  },
  { kind: 'steps', title: 'Accuracy over training', factor: 'step', drawn: 'lines', notes: () => [] },
];

/** Accuracy over prompt templates, and over training steps, where runs carry the factor. */
export const factorCharts: readonly ChartMaker[] = BY_FACTOR.map((own) => ({
  kind: own.kind,
  title: own.title,
  make: async (source) => [await chartOf(own, source)],
}));

async function chartOf(own: ByFactor, source: ChartSource): Promise<Chart | ChartMissing> {
  const { kind: id, title, factor } = own;
  const runs = source.series.flatMap((each) => each.runs).filter((run) => factor in run.factors);
  const values = [...new Set(runs.map((run) => run.factors[factor] ?? ''))].sort(inOrder);
  if (values.length < 2) return { id, title, missing: `Fewer than two runs state a different “${factor}”. ${HOW}.` };
  const units = await source.facts.units('task');
  const lines = alikeBut(factor, source, runs);
  const categories = values.map((value) => category(value, { at: own.drawn === 'lines' ? numberIn(value) : null }));
  const series = lines.map(({ name, runs: alike }): ChartSeries => ({
    name,
    marks: values.map((value) => {
      const here = alike.filter((run) => run.factors[factor] === value);
      return pooled(
        here.map(({ index }) => rateOf(ungrouped(units.get(index) ?? []).map((each) => ({ ...each, group: null })))),
        rowsOf(source, here),
      );
    }),
  }));
  if (!compares(series))
    return { id, title, missing: `No two runs that agree in all else differ in “${factor}”. ${HOW}.` };
  return {
    id,
    kind: own.drawn,
    title,
    about: source.about,
    unit: 'share',
    axis: 'right units / units with a right answer',
    whiskers: whiskersOf(
      lines.flatMap(({ runs: alike }) =>
        values.map((value) => alike.filter((run) => run.factors[factor] === value).length).filter((count) => count > 0),
      ),
      '95 % interval (Wilson)',
    ),
    reference: 'by guessing among the options',
    categoryIs: factor,
    seriesIs: 'runs',
    categories,
    series,
    levels: [],
    notes: own.notes(series, { categories }),
  };
}

/** Runs that share a series, or where none is asked for all other factors but the seed: one line each. */
function alikeBut(factor: string, source: ChartSource, runs: readonly ChartRun[]): SeriesOf[] {
  if (source.seriesIs !== 'run' && source.seriesIs !== factor)
    return source.series.map((each) => ({ ...each, runs: each.runs.filter((run) => runs.includes(run)) }));
  const groups = new Map<string, ChartRun[]>();
  for (const run of runs) {
    const others = Object.entries(run.factors).filter(([name]) => name !== factor && name !== 'seed');
    const key = [run.run.manifest.dataset, ...others.sort().map(([name, value]) => `${name} ${value}`)]
      .filter((part) => part !== null && part !== '')
      .join(', ');
    const list = groups.get(key);
    if (list === undefined) groups.set(key, [run]);
    else list.push(run);
  }
  return [...groups].map(([name, own]) => ({ name: name === '' ? 'all runs' : name, runs: own }));
}

function numberIn(value: string): number | null {
  const number = Number(value);
  return value.trim() !== '' && Number.isFinite(number) ? number : null;
}

/** Numbers by size, other texts by name behind them. */
function inOrder(one: string, other: string): number {
  const [a, b] = [numberIn(one), numberIn(other)];
  if (a !== null && b !== null) return a - b;
  if (a !== null || b !== null) return a === null ? 1 : -1;
  return one < other ? -1 : 1;
}
