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
 * Everitt 1969 (formula 13), cut to [−1, 1]. Not defined where both gave all items one and the same label: then chance agrees as much. Without an
 * interval where the formula's variance is 0 though they differ, as where one of them gave a single label: an interval without a width would tell of
 * certainty.
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
  const isTold = reach > 0 || observed === 1;
  const ci95: Interval | null = isTold ? [Math.max(-1, value - reach), Math.min(1, value + reach)] : null;
  return { value, ci95, items: n, observed, expected };
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
  const [alpha = NOTHING] = krippendorffsAlphas(items, [(label) => label], replicates, seed);
  return alpha;
}

/**
 * α of the same items for labels that are read in several ways, such as one of them against all others: as `krippendorffsAlpha` of what a reading makes
 * of the labels, in the order of the readings. All intervals are of the same draws, which are made once.
 * @throws RangeError where replicates or seed is out of range
 */
export function krippendorffsAlphas(
  items: readonly Judgements[],
  readings: readonly ((label: string) => string)[],
  replicates = 2000,
  seed = 1,
): readonly Agreement[] {
  requireCount('replicates', replicates);
  requireWithin('replicates', replicates, 0, 1_000_000);
  const usable = items.filter((labels) => labels.length > 1);
  if (usable.length === 0) return readings.map(() => NOTHING);
  const { patterns, patternOf } = patternsOf(usable);
  const read = readings.map((reading) => readPatterns(patterns, reading));
  const times = new Int32Array(patterns.length);
  for (const pattern of patternOf) times[pattern] = (times[pattern] ?? 0) + 1;
  const intervals = usable.length > 1 && replicates > 0 ? resampled(read, patternOf, replicates, seed) : null;
  return read.map((each, at) => {
    const { value, observed, expected } = alphaOf(each, times);
    return { value, ci95: value === null ? null : (intervals?.[at] ?? null), items: usable.length, observed, expected };
  });
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

/** Patterns as a reading makes them. */
interface ReadPatterns {
  readonly patterns: readonly Pattern[];
  /** How many different labels there are. */
  readonly names: number;
}

/** Different items, each as its sorted labels, and the place among these of every item. */
function patternsOf(items: readonly Judgements[]): {
  readonly patterns: readonly Judgements[];
  readonly patternOf: Int32Array;
} {
  const places = new Map<string, number>();
  const patterns: Judgements[] = [];
  const patternOf = Int32Array.from(items, (item) => {
    const sorted = [...item].sort();
    const key = JSON.stringify(sorted);
    const place = places.get(key) ?? patterns.length;
    places.set(key, place);
    if (place === patterns.length) patterns.push(sorted);
    return place;
  });
  return { patterns, patternOf };
}

function readPatterns(all: readonly Judgements[], reading: (label: string) => string): ReadPatterns {
  const names = new Map<string, number>();
  const patterns = all.map((item): Pattern => {
    const counted = new Map<number, number>();
    for (const label of item.map(reading)) {
      const name = names.get(label) ?? names.size;
      names.set(label, name);
      counted.set(name, (counted.get(name) ?? 0) + 1);
    }
    const counts = [...counted.values()];
    const same = sum(counts.map((count) => count * (count - 1)));
    return { size: item.length, labels: [...counted.keys()], counts, agreeing: same / (item.length - 1) };
  });
  return { patterns, names: names.size };
}

/** α where each pattern comes so many times. */
function alphaOf(
  { patterns, names }: ReadPatterns,
  times: Int32Array,
): Pick<Agreement, 'value' | 'observed' | 'expected'> {
  const totals = new Float64Array(names);
  let [n, agreeing] = [0, 0];
  for (let at = 0; at < times.length; at++) {
    const [often, pattern] = [times[at] ?? 0, patterns[at]];
    if (often === 0 || pattern === undefined) continue;
    const { size, labels, counts } = pattern;
    n += often * size;
    agreeing += often * pattern.agreeing;
    for (let place = 0; place < labels.length; place++) {
      const label = labels[place] ?? 0;
      totals[label] = (totals[label] ?? 0) + often * (counts[place] ?? 0);
    }
  }
  const expected = totals.reduce((total, count) => total + count * (count - 1), 0) / (n * (n - 1));
  const observed = agreeing / n;
  return { value: expected >= 1 ? null : (observed - expected) / (1 - expected), observed, expected };
}

/** Intervals by the percentiles of items drawn with replacement, one for each reading; null where no draw says anything. */
function resampled(
  read: readonly ReadPatterns[],
  patternOf: Int32Array,
  replicates: number,
  seed: number,
): readonly (Interval | null)[] {
  const next = seededUint32(seed);
  const values = read.map((): number[] => []);
  const times = new Int32Array(read[0]?.patterns.length ?? 0);
  const { length } = patternOf;
  for (let replicate = 0; replicate < replicates; replicate++) {
    times.fill(0);
    for (let draws = 0; draws < length; draws++) {
      const pattern = patternOf[Math.floor((next() / 0x1_0000_0000) * length)] ?? 0;
      times[pattern] = (times[pattern] ?? 0) + 1;
    }
    for (const [at, each] of read.entries()) {
      // A draw in which all labels are the same says nothing.
      const { value } = alphaOf(each, times);
      if (value !== null) values[at]?.push(value);
    }
  }
  return values.map((drawn) => {
    if (drawn.length === 0) return null;
    drawn.sort((one, other) => one - other);
    return [quantile(drawn, 0.025), quantile(drawn, 0.975)];
  });
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
