import type { Chart, ChartAnswer, ChartMark } from '../../chartModel.js';
import type { Filter } from '../../model.js';
import { wilson } from '../../metrics/proportions.js';
import type { ClassSummary } from '../summaryTypes.js';
import { category, rowsOf, type ChartMaker, type ChartSource, type SeriesOf } from './chart.js';
import type { ErrorCounts } from './facts.js';
import { pooled, whiskersOf, type RunValue } from './pooling.js';

/** One way to look at classes: what it shows of one class of one run. */
export interface View {
  readonly id: string;
  readonly title: string;
  readonly axis: string;
  readonly unit: Chart['unit'];
  readonly interval: string;
  readonly reference: string | null;
  readonly value: (own: ClassSummary, counts: ErrorCounts) => RunValue;
  /** Which rows of a class it counts. */
  readonly counts: 'errors' | 'eligible';
  readonly notes: readonly string[];
}

const SHARES: View = {
  id: 'classes',
  title: 'Kinds of errors',
  axis: 'errors of the class / wrong answers that could be read',
  unit: 'share',
  interval: '95 % interval (Wilson)',
  reference: 'expected if wrong options were picked blindly',
  value: (own, { wrong }) => {
    const ci = wilson(own.count, wrong);
    const isComparable = own.expected !== null && own.eligible === own.count && wrong > 0;
    return {
      value: wrong === 0 ? null : own.count / wrong,
      low: ci?.[0] ?? null,
      high: ci?.[1] ?? null,
      reference: isComparable ? (own.expected ?? 0) / wrong : null,
      count: own.count,
      of: wrong,
    };
  },
  counts: 'errors',
  notes: [
    'A class has no expectation where options or directions of some of its errors are not known, or where “front” means different things in it.',
  ],
};

const RATIOS: View = {
  id: 'class-ratios',
  title: 'Observed against expected errors',
  axis: 'observed / expected among eligible errors',
  unit: 'number',
  interval: '95 % interval (delta method on the log, by clusters)',
  reference: '1: as many as blind choice among the wrong options gives',
  value: ({ ratio, ratioCi95, eligible, expected }) => ({
    // None where some were expected is a ratio of 0, without an interval: its logarithm has no place.
    value: ratio ?? (eligible === 0 && expected !== null && expected > 0 ? 0 : null),
    low: ratioCi95?.[0] ?? null,
    high: ratioCi95?.[1] ?? null,
    reference: 1,
    count: eligible,
    of: expected,
  }),
  counts: 'eligible',
  notes: [
    'Eligible: wrong answers that could be read, to a question of which options and directions are known (no yes/no).',
  ],
};

export const RATES: View = {
  id: 'class-rates',
  title: 'Conditional rates of errors',
  axis: 'eligible errors of the class / items that offer it',
  unit: 'share',
  interval: '95 % interval (Wilson)',
  reference: null,
  value: ({ rate, rateCi95, eligible, offered }) => ({
    value: rate,
    low: rateCi95?.[0] ?? null,
    high: rateCi95?.[1] ?? null,
    count: eligible,
    of: offered,
  }),
  counts: 'eligible',
  notes: [
    'Runs compare on this one: a share among errors may fall only because other errors rose.',
    'A rate opens the errors that it counts; the items that offer the class are more.',
  ],
};

/** Classes of errors: their shares, and how often where they may happen at all. */
export const classes: ChartMaker = {
  kind: 'classes',
  title: SHARES.title,
  make: async (source) => {
    const errors = await source.facts.errors();
    return [SHARES, RATES].map((view) => chartOf(view, source, errors));
  },
};

/** Classes of errors against what the options explain; apart, as its intervals take longest of all. */
export const ratios: ChartMaker = {
  kind: 'class-ratios',
  title: RATIOS.title,
  make: async (source) => [chartOf(RATIOS, source, await source.facts.clusteredErrors())],
};

function chartOf(view: View, source: ChartSource, errors: ReadonlyMap<number, ErrorCounts>): ChartAnswer {
  const { id, title } = view;
  const names = classNames(source, errors).filter((name) => valuesOf(view, source.series, errors, name).length > 0);
  if (names.length === 0) return { id, title, missing: missingOf(view) };
  return {
    id,
    kind: 'bars',
    title,
    about: source.about,
    unit: view.unit,
    axis: view.axis,
    whiskers: whiskersOf(
      source.series.map(({ runs }) => runs.length),
      view.interval,
    ),
    reference: view.reference,
    categoryIs: 'class',
    seriesIs: source.seriesIs,
    categories: names.map((name) => category(name, { class: name })),
    series: source.series.map((each) => ({
      name: each.name,
      marks: names.map((name) => classMark(view, source, each, { errors, name })),
    })),
    levels: [],
    notes: view.notes,
  };
}

function missingOf({ id }: View): string {
  return id === SHARES.id
    ? 'No error has a class: nothing wrong could be read.'
    : 'No error is eligible: directions of right answers, or the options, are not known, or all questions are yes/no.';
}

/** Those with most errors in all series together first. */
export function classNames({ series }: ChartSource, errors: ReadonlyMap<number, ErrorCounts>): string[] {
  const counts = new Map<string, number>();
  for (const { index } of series.flatMap(({ runs }) => runs))
    for (const [name, { count }] of Object.entries(errors.get(index)?.classes ?? {}))
      counts.set(name, (counts.get(name) ?? 0) + count);
  return [...counts]
    .sort(([one, mine], [other, theirs]) => theirs - mine || (one < other ? -1 : 1))
    .flatMap(([name, count]) => (count > 0 ? [name] : []));
}

function valuesOf(
  view: View,
  series: readonly SeriesOf[],
  errors: ReadonlyMap<number, ErrorCounts>,
  name: string,
): RunValue[] {
  return series
    .flatMap(({ runs }) => runs)
    .flatMap(({ index }) => {
      const counts = errors.get(index);
      const own = counts !== undefined && Object.hasOwn(counts.classes, name) ? counts.classes[name] : undefined;
      if (counts === undefined || counts.wrong === 0) return [];
      const value = own === undefined ? view.value(NO_ERRORS, counts) : view.value(own, counts);
      return value.value === null ? [] : [value];
    });
}

/** Errors with an expectation. */
const ELIGIBLE: readonly Filter[] = [
  { field: 'wrongDirections', op: 'ne', value: '' },
  { field: 'goldDirection', op: 'ne', value: null },
  { field: 'kind', op: 'ne', value: 'yes-no' },
];

const NO_ERRORS: ClassSummary = {
  ...{ count: 0, drift: 0, eligible: 0, forced: 0, expected: null, ratio: null, ratioCi95: null },
  ...{ offered: null, rate: null, rateCi95: null },
};

export function classMark(
  view: View,
  source: ChartSource,
  each: SeriesOf,
  { errors, name }: { readonly errors: ReadonlyMap<number, ErrorCounts>; readonly name: string },
): ChartMark | null {
  const facets = { class: [name], outcome: ['wrong'] };
  const conditions = view.counts === 'eligible' ? ELIGIBLE : [];
  const runs = each.runs.filter((run) => valuesOf(view, [{ ...each, runs: [run] }], errors, name).length > 0);
  const values = valuesOf(view, [{ ...each, runs }], errors, name);
  const made = pooled(values, rowsOf(source, runs, { facets, conditions }));
  const drift = each.runs.reduce((sum, { index }) => sum + (errors.get(index)?.classes[name]?.drift ?? 0), 0);
  if (made === null || drift === 0 || view !== SHARES) return made;
  const pure = `${(made.count ?? 0) - drift} pure, ${drift} with drift`;
  return { ...made, note: made.note === null ? pure : `${made.note}; ${pure}` };
}
