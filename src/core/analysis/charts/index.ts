import type { Chart, ChartAnswer, ChartsAnswer, ChartsRequest, Factors } from '../../chartModel.js';
import { FlipsideError, type Filter } from '../../model.js';
import type { Lens } from '../../relations/lens.js';
import { ChartCells } from '../../store/chartCells.js';
import type { Database } from '../../store/database.js';
import { countCells, countKept, keepWhere } from '../../store/reportQueries.js';
import { splitFilter, tellFilter } from '../report/narrow.js';
import type { RunInfo } from '../runs.js';
import { shortNames } from '../shortNames.js';
import { hasMarks, type ChartMaker, type ChartRun, type ChartSource, type SeriesOf } from './chart.js';
import { classes, ratios } from './classes.js';
import { directions } from './directions.js';
import { distribution } from './distribution.js';
import { ChartFacts, type CountedFrom } from './facts.js';
import { factorCharts } from './factorCharts.js';
import { labels } from './labels.js';
import { objects } from './objects.js';
import { pairs } from './pairs.js';
import { passAtK } from './passAtK.js';
import { reliability } from './reliability.js';
import { rose } from './rose.js';
import { saliency } from './saliency.js';
import { tasks } from './tasks.js';
import { terms } from './terms.js';
import { vocabulary } from './vocabulary.js';
import { yesNo } from './yesNo.js';

/** The kinds of charts in their order. A new one is a file beside these and a line here. */
export const CHARTS: readonly ChartMaker[] = [
  classes,
  tasks,
  ratios,
  directions,
  rose,
  yesNo,
  objects,
  pairs,
  passAtK,
  reliability,
  vocabulary,
  terms,
  ...factorCharts,
  distribution,
  saliency,
  labels,
];

/** What is open: `db` is a connection of its own, which is narrowed to what the filter keeps. */
export interface Charted {
  readonly lens: Lens;
  readonly runs: readonly RunInfo[];
  /** All rows, counted; null where there would be too many cells. */
  readonly cells: ChartCells | null;
}

/**
 * Makes the charts that are asked for, in the order of their kinds; of a kind that has nothing to show, why. Throws a FlipsideError for
 * conditions on answers, which would choose what is counted, and where no run is left.
 */
export async function makeCharts(
  db: Database,
  { lens, runs, cells }: Charted,
  request: ChartsRequest,
): Promise<ChartsAnswer> {
  const { filter } = request;
  const { examples } = splitFilter(filter);
  if (examples.length > 0) {
    throw new FlipsideError(
      `Charts count answers, so they cannot be filtered by them (${examples.map(tellFilter).join(', ')}): choose by what was asked.`,
    );
  }
  const chosen = [...runs.entries()].filter(([, { id }]) => request.runs.length === 0 || request.runs.includes(id));
  if (chosen.length === 0)
    throw new FlipsideError('None of the chosen runs is open any more: choose among those that are.');
  const isPart = chosen.length < runs.length;
  const ofRuns: Filter = { field: 'run', op: 'in', values: chosen.map(([, { id }]) => id) };
  const conditions = [...(isPart ? [ofRuns] : []), ...(filter === null ? [] : [filter])];
  const { before, after, from } = await countFrom(db, cells, { filter, conditions });
  const names = shortNames(chosen.map(([, run]) => run));
  const all = chosen.map(([index, run]): ChartRun => ({
    index,
    run,
    name: names.get(run.id) ?? run.id,
    factors: factorsOf(request.factors, run.id),
  }));
  const facts = new ChartFacts(db, lens, from);
  try {
    const source: ChartSource = {
      lens,
      series: seriesOf(all, request.group),
      seriesIs: request.group ?? 'run',
      about: aboutOf(all, lens, filter),
      aboutOf: (runs) => aboutOf(runs, lens, filter),
      filter,
      human: request.human,
      table: request.terms,
      facts,
    };
    const sum = (counts: ReadonlyMap<number, number>): number =>
      chosen.reduce((total, [index]) => total + (counts.get(index) ?? 0), 0);
    const [kept, of] = [sum(after), sum(before)];
    const charts = await drawn(source, request.kinds);
    return { charts: kept === 0 && of > 0 ? missingAll(charts, of) : charts, kept, of };
  } finally {
    await facts.close();
  }
}

/** Has the filter's rows counted, in cells where these tell what it keeps; others are narrowed to them when they are asked. */
async function countFrom(
  db: Database,
  cells: ChartCells | null,
  { filter, conditions }: { readonly filter: Filter | null; readonly conditions: readonly Filter[] },
): Promise<{ before: ReadonlyMap<number, number>; after: ReadonlyMap<number, number>; from: CountedFrom }> {
  const narrow = async (): Promise<void> => {
    if (conditions.length > 0) await keepWhere(db, { and: conditions });
  };
  if (cells !== null && ChartCells.cover(filter)) {
    await cells.open(db, filter);
    const before = await cells.rows();
    return { before, after: await countCells(db), from: { cells: true, narrow } };
  }
  const before = await countKept(db, null);
  await narrow();
  const after = filter === null ? before : await countKept(db, null);
  return { before, after, from: { cells: false, narrow: () => Promise.resolve() } };
}

async function drawn(source: ChartSource, kinds: ChartsRequest['kinds']): Promise<ChartAnswer[]> {
  const makers = kinds === null ? CHARTS : kinds.flatMap((name) => CHARTS.find(({ kind }) => kind === name) ?? []);
  const charts: ChartAnswer[] = [];
  for (const { make } of makers) charts.push(...(await make(source)));
  return charts.map((chart) => ('series' in chart && chart.kind !== 'matrix' ? withoutEmpty(chart, source) : chart));
}

/** Series without a single mark are told in words, those that a chart left out too: a colour that is nowhere is looked for in vain. */
function withoutEmpty(chart: Chart, source: ChartSource): Chart {
  const full = chart.series.filter(({ marks }) => hasMarks(marks));
  const all = chart.seriesIs === source.seriesIs ? [...source.series, ...chart.series] : chart.series;
  const empty = new Set(all.map(({ name }) => name).filter((name) => !full.some((each) => each.name === name)));
  if (empty.size === 0) return chart;
  return { ...chart, series: full, notes: [...chart.notes, `Nothing to count here: ${[...empty].join(', ')}.`] };
}

/** Where no item is left, that is why every chart is missing, whatever it looks for. */
function missingAll(charts: readonly ChartAnswer[], of: number): ChartAnswer[] {
  const missing = `None of the ${of.toLocaleString('en')} items of these runs is left: choose other values, or “all”, above.`;
  return charts.map((chart) => ({ id: chart.id, title: chart.title, missing }));
}

function factorsOf(factors: ChartsRequest['factors'], run: string): Factors {
  return Object.hasOwn(factors, run) ? (factors[run] ?? {}) : {};
}

/** Runs by a factor's value, those without one last; by themselves where no factor is asked for. */
function seriesOf(runs: readonly ChartRun[], group: string | null): SeriesOf[] {
  if (group === null) return runs.map((run) => ({ name: run.name, runs: [run] }));
  const byValue = new Map<string | null, ChartRun[]>();
  for (const run of runs) {
    const value = Object.hasOwn(run.factors, group) ? (run.factors[group] ?? null) : null;
    byValue.set(value, [...(byValue.get(value) ?? []), run]);
  }
  // Somebody may call a value so, too.
  const free = (name: string): string => (byValue.has(name) ? free(`(${name})`) : name);
  return [...byValue]
    .sort(([one], [other]) => Number(one === null) - Number(other === null))
    .map(([name, own]) => ({ name: name ?? free(`no ${group}`), runs: own }));
}

function aboutOf(runs: readonly ChartRun[], { name, version }: Lens, filter: ChartsRequest['filter']): string {
  const [first, ...others] = runs;
  const which = others.length === 0 ? `Run ${first?.name ?? ''}` : `${runs.length} runs`;
  const kept = filter === null ? '' : `; items with ${tellFilter(filter)}`;
  return `${which}; lens ${name}, version ${version}${kept}`;
}
