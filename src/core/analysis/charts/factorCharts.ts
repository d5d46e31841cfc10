import type { ChartAnswer, ChartKindName, ChartSeries } from '../../chartModel.js';
import { ungrouped } from '../../store/countQueries.js';
import { category, rowsOf, type ChartMaker, type ChartRun, type ChartSource, type SeriesOf } from './chart.js';
import { pooled, whiskersOf } from './pooling.js';
import { compares, spreadsOf } from './spread.js';
import { stepRates, type Steps } from './stepRates.js';
import { rateOf } from './tasks.js';

const HOW = 'Give runs the factor in the panel “Runs and factors” (it is kept in .flipside/runs.json)';

/** A chart whose categories are the values of one factor, over runs that agree in all others. */
interface ByFactor {
  readonly kind: ChartKindName;
  readonly title: string;
  readonly factor: string;
  readonly drawn: 'bars' | 'lines';
}

const TEMPLATES: ByFactor = {
  kind: 'templates',
  title: 'Accuracy by prompt template',
  factor: 'template',
  drawn: 'bars',
};
const STEPS: ByFactor = { kind: 'steps', title: 'Accuracy over training', factor: 'step', drawn: 'lines' };

/** Accuracy over prompt templates, where runs carry the factor. */
const templates: ChartMaker = {
  kind: TEMPLATES.kind,
  title: TEMPLATES.title,
  make: async (source) => {
    const lines = linesOf(TEMPLATES, source);
    if (typeof lines === 'string') return [missing(TEMPLATES, lines)];
    return [await accuracyOf(TEMPLATES, source, lines)];
  },
};

/** Accuracy and rates of errors over training steps, where runs carry the factor, or each states one step in a column of that name. */
const steps: ChartMaker = {
  kind: STEPS.kind,
  title: STEPS.title,
  make: async (source) => {
    const { stepped, notes } = await withSteps(source);
    const lines = linesOf(STEPS, stepped);
    if (typeof lines === 'string') return [missing(STEPS, [lines, ...notes].join(' '))];
    const accuracy = await accuracyOf(STEPS, stepped, lines);
    if ('missing' in accuracy) return [accuracy];
    return [{ ...accuracy, notes: [...accuracy.notes, ...notes] }, ...(await stepRates(stepped, lines))];
  },
};

export const factorCharts: readonly ChartMaker[] = [templates, steps];

function missing({ kind, title }: ByFactor, why: string): ChartAnswer {
  return { id: kind, title, missing: why };
}

/** Runs without the factor take the step that all of their rows state. */
async function withSteps(source: ChartSource): Promise<{ stepped: ChartSource; notes: readonly string[] }> {
  const all = source.series.flatMap(({ runs }) => runs);
  if (all.every(({ factors }) => STEPS.factor in factors)) return { stepped: source, notes: [] };
  const stated = await source.facts.steps();
  const several = all.filter((run) => !(STEPS.factor in run.factors) && stated.get(run.index) === null);
  const stepOf = (run: ChartRun): ChartRun => {
    const step = stated.get(run.index) ?? null;
    return step === null || STEPS.factor in run.factors ? run : { ...run, factors: { ...run.factors, step } };
  };
  return {
    stepped: { ...source, series: source.series.map((each) => ({ ...each, runs: each.runs.map(stepOf) })) },
    notes: several.map(({ name }) => `${name} has rows of several steps, and no place here: one file a step has.`),
  };
}

/** The values of the factor, and which runs are compared over them; a sentence where there is nothing to compare. */
function linesOf({ factor, drawn }: ByFactor, source: ChartSource): Steps | string {
  const runs = source.series.flatMap((each) => each.runs).filter((run) => factor in run.factors);
  const values = [...new Set(runs.map((run) => run.factors[factor] ?? ''))].sort(inOrder);
  if (values.length < 2) return `Fewer than two runs state a different “${factor}”. ${HOW}.`;
  return {
    categories: values.map((value) => category(value, { at: drawn === 'lines' ? numberIn(value) : null })),
    lines: alikeBut(factor, source, runs),
    runsAt: (line, value) => line.runs.filter((run) => run.factors[factor] === value),
  };
}

async function accuracyOf(own: ByFactor, source: ChartSource, over: Steps): Promise<ChartAnswer> {
  const { kind: id, title, factor } = own;
  const { categories, lines, runsAt } = over;
  const units = await source.facts.units('task');
  const series = lines.map((line): ChartSeries => ({
    name: line.name,
    marks: categories.map(({ name }) => {
      const here = runsAt(line, name);
      return pooled(
        here.map(({ index }) => rateOf(ungrouped(units.get(index) ?? []).map((each) => ({ ...each, group: null })))),
        rowsOf(source, here),
      );
    }),
  }));
  if (!compares(series)) return missing(own, `No two runs that agree in all else differ in “${factor}”. ${HOW}.`);
  return {
    id,
    kind: own.drawn,
    title,
    about: source.about,
    unit: 'share',
    axis: 'right units / units with a right answer',
    whiskers: whiskersOf(
      lines.flatMap((line) => categories.map(({ name }) => runsAt(line, name).length).filter((count) => count > 0)),
      '95 % interval (Wilson)',
    ),
    reference: 'by guessing among the options',
    categoryIs: factor,
    seriesIs: 'runs',
    categories,
    series,
    levels: [],
    notes: own === TEMPLATES ? spreadsOf(series, categories, 'templates') : [],
  };
}

/** Runs that share a series, or where none is asked for all other factors but the seed: one line each. */
function alikeBut(factor: string, source: ChartSource, runs: readonly ChartRun[]): SeriesOf[] {
  if (source.seriesIs !== 'run' && source.seriesIs !== factor)
    return source.series.map((each) => ({ ...each, runs: each.runs.filter((run) => runs.includes(run)) }));
  const groups = new Map<string, ChartRun[]>();
  const isCompared = comparedModels(factor, runs);
  for (const run of runs) {
    const { model, manifest } = run.run;
    const others = Object.entries(run.factors).filter(([name]) => name !== factor && name !== 'seed');
    const named = isCompared(model) ? model : null;
    const key = [named, manifest.dataset, ...others.sort().map(([name, value]) => `${name} ${value}`)]
      .filter((part) => part !== null && part !== '')
      .join(', ');
    const list = groups.get(key);
    if (list === undefined) groups.set(key, [run]);
    else list.push(run);
  }
  return [...groups].map(([name, own]) => ({ name: name === '' ? 'all runs' : name, runs: own }));
}

/**
 * Which models are lines of their own: those with runs of several values of the factor. Others, such as a model that is called by its
 * step, differ in name because they differ in the factor.
 */
function comparedModels(factor: string, runs: readonly ChartRun[]): (model: string | null) => boolean {
  const values = new Map<string | null, Set<string | undefined>>();
  for (const { run, factors } of runs)
    values.set(run.model, (values.get(run.model) ?? new Set<string>()).add(factors[factor]));
  return (model) => (values.get(model)?.size ?? 0) > 1;
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
