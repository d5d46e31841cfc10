import type { Chart, ChartAnswer, ChartMark } from '../../chartModel.js';
import type { Filter, Query } from '../../model.js';
import { clusteredMean, FEW_CLUSTERS } from '../../metrics/clusteredMean.js';
import type { RunSaliency, SaliencyRow } from '../../store/saliencyQueries.js';
import { plural } from '../numbers.js';
import { category, hasMarks, rowsOf, type ChartMaker, type ChartSource, type SeriesOf } from './chart.js';
import { pooled, whiskersOf, type RunValue } from './pooling.js';

const TITLE = 'Saliency inside boxes';
/** More methods than there are: somebody's own column, of which those with most rows are shown. */
const MOST = 8;
/** Neither is the name of a class: lenses reserve both. */
const RIGHT = 'correct';
const UNREAD = 'unparsed';

type Stated = ReadonlyMap<number, RunSaliency>;

/**
 * Where models looked that were asked again: the share of a saliency map inside the boxes of all named objects, by class of the answer, a
 * chart for each method. Shares of two methods are different quantities, and never in one mean.
 */
export const saliency: ChartMaker = {
  kind: 'saliency',
  title: TITLE,
  make: async (source) => {
    const stated = await source.facts.saliency();
    const methods = methodsOf(source, stated);
    const charts = methods.slice(0, MOST).flatMap((method) => chartOf(source, stated, method));
    if (charts.length === 0) return [{ id: 'saliency', title: TITLE, missing: missingOf(source, stated, methods) }];
    if (methods.length <= MOST) return charts;
    const missing = `${methods.length - MOST} more methods, of fewer maps, are not shown: choose fewer runs.`;
    return [...charts, { id: 'saliency', title: TITLE, missing }];
  },
};

/** Those with most rows first. */
function methodsOf(source: ChartSource, stated: Stated): string[] {
  const counts = new Map<string, number>();
  for (const { method } of rowsIn(source.series, stated))
    if (method !== null) counts.set(method, (counts.get(method) ?? 0) + 1);
  return [...counts].sort(([one, a], [other, b]) => b - a || (one < other ? -1 : 1)).map(([method]) => method);
}

function rowsIn(series: readonly SeriesOf[], stated: Stated): SaliencyRow[] {
  return series.flatMap(({ runs }) => runs.flatMap(({ index }) => stated.get(index)?.stated ?? []));
}

function chartOf(source: ChartSource, stated: Stated, method: string): ChartAnswer[] {
  const series = source.series.flatMap(({ name, runs }): SeriesOf[] => {
    const own = runs.filter(({ index }) =>
      stated.get(index)?.stated.some((row) => row.method === method && counts(row)),
    );
    return own.length === 0 ? [] : [{ name, runs: own }];
  });
  const names = namesOf(rowsIn(series, stated).filter((row) => row.method === method && counts(row)));
  if (names.length === 0) return [];
  const chart: Chart = {
    id: `saliency ${method}`,
    kind: 'bars',
    title: `${TITLE}: ${method}`,
    about: source.about,
    unit: 'share',
    axis: 'mean share of the map inside the boxes of all named objects',
    whiskers: whiskersOf(
      series.map(({ runs }) => runs.length),
      '95 % interval (normal, robust to clusters)',
    ),
    reference: 'mean share of the image that the boxes cover: what an even map has',
    categoryIs: 'class',
    seriesIs: source.seriesIs,
    categories: names.map((name) => category(name, name === RIGHT || name === UNREAD ? {} : { class: name })),
    series: series.map((each) => ({
      name: each.name,
      marks: names.map((name) => markOf(source, each, { stated, method, name })),
    })),
    levels: [],
    notes: notesOf(source, stated, method),
  };
  return chart.series.some(({ marks }) => hasMarks(marks)) ? [chart] : [];
}

/** Right answers first, which errors are compared with; then classes, most rows first; what could not be read last. */
function namesOf(rows: readonly SaliencyRow[]): string[] {
  const sizes = new Map<string, number>();
  for (const row of rows) {
    const name = nameOf(row);
    if (name !== null) sizes.set(name, (sizes.get(name) ?? 0) + 1);
  }
  const place = (name: string): number => (name === RIGHT ? 0 : name === UNREAD ? 2 : 1);
  return [...sizes]
    .sort(([one, a], [other, b]) => place(one) - place(other) || b - a || (one < other ? -1 : 1))
    .map(([name]) => name);
}

/** Where a row stands; null where it is neither right nor wrong. */
function nameOf({ outcome, class: name }: SaliencyRow): string | null {
  if (outcome === 'right') return RIGHT;
  return outcome === 'unanswered' ? UNREAD : outcome === 'wrong' ? name : null;
}

function isShare(value: number | null): value is number {
  return value !== null && value >= 0 && value <= 1;
}

function counts(row: SaliencyRow): boolean {
  return isShare(row.inside) && nameOf(row) !== null;
}

interface Which {
  readonly stated: Stated;
  readonly method: string;
  readonly name: string;
}

function markOf(source: ChartSource, { runs }: SeriesOf, { stated, method, name }: Which): ChartMark | null {
  const each = runs.map((run) => {
    const all = stated.get(run.index)?.stated ?? [];
    return { run, rows: all.filter((row) => row.method === method && counts(row) && nameOf(row) === name) };
  });
  const known = each.filter(({ rows }) => rows.length > 0);
  const values = known.map(({ rows }) => valueOf(rows));
  const query = rowsOf(
    source,
    known.map(({ run }) => run),
    { facets: facetsOf(name), conditions: conditionsOf(method) },
  );
  const made = pooled(values, query);
  const [only, ...others] = values;
  if (made === null || only === undefined || others.length > 0) return made;
  return { ...made, note: clustersIn(only.clusters) };
}

function clustersIn(count: number): string {
  if (count === 1) return '1 cluster: no interval';
  return count < FEW_CLUSTERS ? `${count} clusters: the interval is too narrow` : `${count} clusters`;
}

/** The mean share of some rows, with the mean area of their boxes; null for the latter where one does not state it. */
function valueOf(rows: readonly SaliencyRow[]): RunValue & { readonly clusters: number } {
  const sums = new Map<string, { sum: number; n: number }>();
  for (const { cluster, inside } of rows) {
    const own = sums.get(cluster) ?? { sum: 0, n: 0 };
    sums.set(cluster, own);
    own.sum += inside ?? 0;
    own.n += 1;
  }
  const { mean, ci95, n, clusters } = clusteredMean(sums.values());
  const areas = rows.map(({ area }) => area);
  const reference = areas.every(isShare) ? areas.reduce((sum, area) => sum + area, 0) / areas.length : null;
  return { value: mean, low: ci95?.[0] ?? null, high: ci95?.[1] ?? null, reference, of: n, clusters };
}

function facetsOf(name: string): Query['facets'] {
  if (name === RIGHT) return { outcome: ['right'] };
  return name === UNREAD ? { outcome: ['unanswered'] } : { class: [name], outcome: ['wrong'] };
}

function conditionsOf(method: string): readonly Filter[] {
  return [
    { field: 'meta.saliency_method', op: 'eq', value: method },
    { field: 'meta.saliency_inside', op: 'ge', value: 0 },
    { field: 'meta.saliency_inside', op: 'le', value: 1 },
  ];
}

/** Where all rows of the runs are: those that count, and the others by why they do not. */
function notesOf(source: ChartSource, stated: Stated, method: string): string[] {
  const each = source.series.flatMap(({ runs }) =>
    runs.flatMap(({ index, name }) => {
      const own = stated.get(index);
      const mine = own?.stated.filter((row) => row.method === method) ?? [];
      return own === undefined || mine.length === 0 ? [] : [{ name, own, mine, left: leftOut(own, mine) }];
    }),
  );
  const whole = each.filter(({ left }) => left.length === 0).map(({ name, own }) => `${name} (${own.rows})`);
  return [
    ...(whole.length === 0 ? [] : [`All rows count: ${whole.join(', ')}.`]),
    ...each.flatMap(({ name, own, mine, left }) =>
      left.length === 0
        ? []
        : [`${name}: ${mine.filter(counts).length} of ${own.rows} rows count; left out: ${told(left)}.`],
    ),
  ];
}

function leftOut({ rows, stated }: RunSaliency, mine: readonly SaliencyRow[]): (readonly [string, number])[] {
  const unnamed = stated.filter((row) => row.method === null).length;
  return [
    ...reasonsOf(mine),
    ['with a map of another method', stated.length - mine.length - unnamed] as const,
    ['with a map of no named method', unnamed] as const,
    ['without a map', rows - stated.length] as const,
  ].filter(([, count]) => count > 0);
}

function told(reasons: Iterable<readonly [string, number]>): string {
  return [...reasons].map(([why, count]) => `${count} ${why}`).join(', ');
}

/** Rows with a map that do not count, by the first of the reasons that holds. */
function reasonsOf(rows: readonly SaliencyRow[]): Map<string, number> {
  const reasons = new Map<string, number>();
  for (const row of rows) {
    const why = reasonOf(row);
    if (why !== null) reasons.set(why, (reasons.get(why) ?? 0) + 1);
  }
  return reasons;
}

function reasonOf(row: SaliencyRow): string | null {
  if (counts(row)) return null;
  if (row.inside === null) return row.area === null ? 'without boxes' : 'with a map that is zero everywhere';
  if (!isShare(row.inside)) return 'with a share outside 0 to 1';
  return row.outcome === 'no gold' ? 'without a right answer' : 'without a class';
}

function missingOf(source: ChartSource, stated: Stated, methods: readonly string[]): string {
  const how =
    'Ask a model again with “flipside rerun PATH --run RUN --class CLASS --saliency gradient”, or in the inspector (Rerun): maps are compared with the boxes of the items.';
  const rows = rowsIn(source.series, stated);
  if (rows.length === 0) return `No run states where its model looked. ${how}`;
  if (methods.length === 0)
    return `${plural(rows.length, 'row')} ${rows.length === 1 ? 'states' : 'state'} a share of a map inside boxes, but not by which method (saliency_method).`;
  return `None of ${plural(rows.length, 'row')} with a map has a share inside boxes that counts: ${told(reasonsOf(rows))}.`;
}
