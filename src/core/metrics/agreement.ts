import { requireCount, requireWithin } from './checks.js';
import { type Interval, Z95 } from './interval.js';
import { quantile } from './quantile.js';
import { seededUint32 } from './random.js';

/** The labels that judges gave one item, in any order; judges who gave none are not among them. */
export type Judgements = readonly string[];

export interface Agreement {
  /** 1 where all agree, 0 as by chance, below 0 where judges agree less than chance; null where it is not defined: see the function. */
  readonly value: number | null;
  /** null where the value is, and where no interval can be told. */
  readonly ci95: Interval | null;
  /** Items that count: those with two labels at least. */
  readonly items: number;
  /** The share of pairs of labels of one item that are the same; null without items. */
  readonly observed: number | null;
  /** What chance would make of it. */
  readonly expected: number | null;
}

const NOTHING: Agreement = { value: null, ci95: null, items: 0, observed: null, expected: null };

/**
 * Cohen's κ of two judges, κ = (po − pe)/(1 − pe) for labels without an order, with the large-sample normal 95 % interval of Fleiss, Cohen &
 * Everitt 1969 (formula 13), cut to [−1, 1]. Not defined where both gave all items one and the same label: then chance agrees as much.
 * @param pairs of each item the label of the first and of the second judge
 */
export function cohensKappa(pairs: readonly (readonly [string, string])[]): Agreement {
  const n = pairs.length;
  if (n === 0) return NOTHING;
  const labels = [...new Set(pairs.flat())];
  const index = new Map(labels.map((label, at) => [label, at]));
  // Counts first: a sum of shares of 1/n is not always 1, and chance that agrees wholly would look as if it did not quite.
  const counts = labels.map(() => labels.map(() => 0));
  for (const [first, second] of pairs) {
    const row = counts[index.get(first) ?? 0];
    const column = index.get(second) ?? 0;
    if (row !== undefined) row[column] = (row[column] ?? 0) + 1;
  }
  const rowCounts = counts.map((row) => sum(row));
  const columnCounts = labels.map((_, column) => sum(counts.map((row) => row[column] ?? 0)));
  const shares = (all: readonly number[]): number[] => all.map((count) => count / n);
  const observed = sum(labels.map((_, at) => counts[at]?.[at] ?? 0)) / n;
  const expected = sum(labels.map((_, at) => (rowCounts[at] ?? 0) * (columnCounts[at] ?? 0))) / n ** 2;
  if (expected >= 1) return { value: null, ci95: null, items: n, observed, expected };
  const value = (observed - expected) / (1 - expected);
  const [table, rows, columns] = [counts.map(shares), shares(rowCounts), shares(columnCounts)];
  const reach = Z95 * Math.sqrt(kappaVariance({ table, rows, columns, value, expected, n }));
  return { value, ci95: [Math.max(-1, value - reach), Math.min(1, value + reach)], items: n, observed, expected };
}

const ROUNDING = 1e-14;

interface KappaTable {
  readonly table: readonly (readonly number[])[];
  readonly rows: readonly number[];
  readonly columns: readonly number[];
  readonly value: number;
  readonly expected: number;
  readonly n: number;
}

function kappaVariance({ table, rows, columns, value, expected, n }: KappaTable): number {
  let [same, other] = [0, 0];
  table.forEach((row, at) =>
    row.forEach((share, column) => {
      if (at === column) same += share * (1 - ((rows[at] ?? 0) + (columns[at] ?? 0)) * (1 - value)) ** 2;
      else other += share * ((columns[at] ?? 0) + (rows[column] ?? 0)) ** 2;
    }),
  );
  const variance = same + (1 - value) ** 2 * other - (value - expected * (1 - value)) ** 2;
  // What is left of terms that cancel out is no variance.
  return (variance < ROUNDING ? 0 : variance) / ((1 - expected) ** 2 * n);
}

/**
 * Krippendorff's α for labels without an order, of any number of judges, some of whom may have given an item no label: α = 1 − Do/De over
 * coincidences (Krippendorff 2011, "Computing Krippendorff's alpha-reliability"). Items with fewer than two labels do not count. The interval is that of
 * the percentiles of items drawn with replacement. Not defined where all labels are the same: then nothing varies that could be agreed on.
 * @param replicates of the interval; 0 for none
 * @throws RangeError where replicates or seed is out of range
 */
export function krippendorffsAlpha(items: readonly Judgements[], replicates = 2000, seed = 1): Agreement {
  requireCount('replicates', replicates);
  requireWithin('replicates', replicates, 0, 1_000_000);
  const usable = items.filter((labels) => labels.length > 1);
  if (usable.length === 0) return NOTHING;
  const { patterns, names, patternOf } = patternsOf(usable);
  const times = new Int32Array(patterns.length);
  for (const pattern of patternOf) times[pattern] = (times[pattern] ?? 0) + 1;
  const { value, observed, expected } = alphaOf(patterns, times, names);
  const isTold = value !== null && usable.length > 1 && replicates > 0;
  const ci95 = isTold ? resampled({ patterns, names, patternOf }, replicates, seed) : null;
  return { value, ci95, items: usable.length, observed, expected };
}

/** What items with the same labels, in whatever order, have in common: of thousands of items there are few, and draws are counted by them. */
interface Pattern {
  readonly size: number;
  /** Labels by number, and how often each was given. */
  readonly labels: readonly number[];
  readonly counts: readonly number[];
  /** Pairs of labels that are the same, each item's weighing as many as it has labels. */
  readonly agreeing: number;
}

interface Patterns {
  readonly patterns: readonly Pattern[];
  /** How many different labels there are. */
  readonly names: number;
  /** Of each item. */
  readonly patternOf: Int32Array;
}

function patternsOf(items: readonly Judgements[]): Patterns {
  const names = new Map<string, number>();
  for (const label of items.flat()) if (!names.has(label)) names.set(label, names.size);
  const places = new Map<string, number>();
  const patterns: Pattern[] = [];
  const patternOf = Int32Array.from(items, (item) => {
    const sorted = item.map((label) => names.get(label) ?? 0).sort((one, other) => one - other);
    const key = sorted.join(' ');
    const place = places.get(key) ?? patterns.length;
    places.set(key, place);
    if (place === patterns.length) patterns.push(patternOfSorted(sorted));
    return place;
  });
  return { patterns, names: names.size, patternOf };
}

function patternOfSorted(sorted: readonly number[]): Pattern {
  const labels = [...new Set(sorted)];
  const counts = labels.map((label) => sorted.filter((each) => each === label).length);
  const same = sum(counts.map((count) => count * (count - 1)));
  return { size: sorted.length, labels, counts, agreeing: same / (sorted.length - 1) };
}

/** α where each pattern comes so many times. */
function alphaOf(
  patterns: readonly Pattern[],
  times: Int32Array,
  names: number,
): Pick<Agreement, 'value' | 'observed' | 'expected'> {
  const totals = new Float64Array(names);
  let [n, agreeing] = [0, 0];
  for (const [at, pattern] of patterns.entries()) {
    const often = times[at] ?? 0;
    n += often * pattern.size;
    agreeing += often * pattern.agreeing;
    for (const [place, label] of pattern.labels.entries())
      totals[label] = (totals[label] ?? 0) + often * (pattern.counts[place] ?? 0);
  }
  const expected = totals.reduce((total, count) => total + count * (count - 1), 0) / (n * (n - 1));
  const observed = agreeing / n;
  return { value: expected >= 1 ? null : (observed - expected) / (1 - expected), observed, expected };
}

function resampled({ patterns, names, patternOf }: Patterns, replicates: number, seed: number): Interval | null {
  const next = seededUint32(seed);
  const values: number[] = [];
  const times = new Int32Array(patterns.length);
  const { length } = patternOf;
  for (let replicate = 0; replicate < replicates; replicate++) {
    times.fill(0);
    for (let draws = 0; draws < length; draws++) {
      const pattern = patternOf[Math.floor((next() / 0x1_0000_0000) * length)] ?? 0;
      times[pattern] = (times[pattern] ?? 0) + 1;
    }
    // A draw in which all labels are the same says nothing.
    const { value } = alphaOf(patterns, times, names);
    if (value !== null) values.push(value);
  }
  if (values.length === 0) return null;
  values.sort((one, other) => one - other);
  return [quantile(values, 0.025), quantile(values, 0.975)];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
