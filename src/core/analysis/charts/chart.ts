import type { ChartAnswer, ChartCategory, ChartKindName, ChartMark, Factors, TermTable } from '../../chartModel.js';
import type { Filter, FilterValue, Query } from '../../model.js';
import type { Lens } from '../../relations/lens.js';
import type { RunInfo } from '../runs.js';
import type { ChartFacts } from './facts.js';

/** One run of a series, with its place among all that are open. */
export interface ChartRun {
  readonly index: number;
  readonly run: RunInfo;
  readonly name: string;
  readonly factors: Factors;
}

/** What one colour stands for: a run, or those that share a factor's value. */
export interface SeriesOf {
  readonly name: string;
  readonly runs: readonly ChartRun[];
}

/** Everything that a chart is made from. */
export interface ChartSource {
  readonly lens: Lens;
  readonly series: readonly SeriesOf[];
  /** What the series are: "run", or the factor's name. */
  readonly seriesIs: string;
  /** Runs, lens and version, in words. */
  readonly about: string;
  /** The same of some of the runs, for a chart that is of these alone. */
  readonly aboutOf: (runs: readonly ChartRun[]) => string;
  /** The conditions that all numbers keep to. */
  readonly filter: Filter | null;
  readonly human: Readonly<Record<string, number>>;
  readonly table: TermTable | null;
  readonly facts: ChartFacts;
}

/** A kind of chart: how many charts it gives, and which, depends on what there is. */
export interface ChartMaker {
  readonly kind: ChartKindName;
  readonly title: string;
  readonly make: (source: ChartSource) => Promise<readonly ChartAnswer[]>;
}

/** The rows of some runs that meet conditions: what a mark opens. Those without a right answer count in no rate, and are left out. */
export function rowsOf(
  source: ChartSource,
  runs: readonly ChartRun[],
  { facets = {}, conditions = [] }: { readonly facets?: Query['facets']; readonly conditions?: readonly Filter[] } = {},
): Query {
  const all = [...(source.filter === null ? [] : [source.filter]), ...conditions];
  return {
    facets: {
      outcome: ['wrong', 'unanswered', 'right'] satisfies FilterValue[],
      run: runs.map(({ run }) => run.id),
      ...facets,
    },
    search: '',
    ids: null,
    filter: all.length === 0 ? null : all.length === 1 ? (all[0] ?? null) : { and: all },
    sort: [],
    group: null,
  };
}

/** A category without a place on the axis or a class of its own. */
export function category(name: string, more: Partial<ChartCategory> = {}): ChartCategory {
  return { name, at: null, class: null, ...more };
}

const NOTHING: Omit<ChartMark, 'value'> = {
  low: null,
  high: null,
  reference: null,
  count: null,
  of: null,
  query: null,
  note: null,
};

/** A mark of which only some things are known. */
export function mark(value: number | null, more: Partial<ChartMark> = {}): ChartMark {
  return { ...NOTHING, value: value !== null && Number.isFinite(value) ? value : null, ...more };
}

/** All series have no mark in this category: it is not worth a place. */
export function hasMarks(marks: readonly (ChartMark | null)[]): boolean {
  return marks.some((each) => each !== null && each.value !== null);
}
