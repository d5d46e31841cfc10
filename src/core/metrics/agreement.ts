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
  const table = labels.map(() => labels.map(() => 0));
  for (const [first, second] of pairs) {
    const row = table[index.get(first) ?? 0];
    const column = index.get(second) ?? 0;
    if (row !== undefined) row[column] = (row[column] ?? 0) + 1 / n;
  }
  const rows = table.map((row) => sum(row));
  const columns = labels.map((_, column) => sum(table.map((row) => row[column] ?? 0)));
  const observed = sum(labels.map((_, at) => table[at]?.[at] ?? 0));
  const expected = sum(labels.map((_, at) => (rows[at] ?? 0) * (columns[at] ?? 0)));
  if (expected >= 1) return { value: null, ci95: null, items: n, observed, expected };
  const value = (observed - expected) / (1 - expected);
  const reach = Z95 * Math.sqrt(kappaVariance({ table, rows, columns, value, expected, n }));
  return { value, ci95: [Math.max(-1, value - reach), Math.min(1, value + reach)], items: n, observed, expected };
}

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
  return Math.max(0, variance) / ((1 - expected) ** 2 * n);
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
  const names = [...new Set(usable.flat())];
  const index = new Map(names.map((name, at) => [name, at]));
  const units = usable.map((labels) => {
    const counts = new Float64Array(names.length);
    for (const label of labels) {
      const at = index.get(label) ?? 0;
      counts[at] = (counts[at] ?? 0) + 1;
    }
    return counts;
  });
  const all = Array.from(units, (_, at) => at);
  const { value, observed, expected } = alphaOf(units, all);
  const ci95 = value === null || usable.length < 2 || replicates === 0 ? null : resampled(units, replicates, seed);
  return { value, ci95, items: usable.length, observed, expected };
}

/** α of the units at these places, which may come several times. */
function alphaOf(
  units: readonly Float64Array[],
  places: ArrayLike<number>,
): Pick<Agreement, 'value' | 'observed' | 'expected'> {
  const totals = new Float64Array(units[0]?.length ?? 0);
  let [n, agreeing] = [0, 0];
  for (let each = 0; each < places.length; each++) {
    const counts = units[places[each] ?? 0];
    if (counts === undefined) continue;
    let size = 0;
    let same = 0;
    counts.forEach((count, label) => {
      size += count;
      same += count * (count - 1);
      totals[label] = (totals[label] ?? 0) + count;
    });
    n += size;
    agreeing += same / (size - 1);
  }
  const expected = totals.reduce((total, count) => total + count * (count - 1), 0) / (n * (n - 1));
  const observed = agreeing / n;
  return { value: expected >= 1 ? null : (observed - expected) / (1 - expected), observed, expected };
}

function resampled(units: readonly Float64Array[], replicates: number, seed: number): Interval | null {
  const next = seededUint32(seed);
  const values: number[] = [];
  const places = new Uint32Array(units.length);
  for (let replicate = 0; replicate < replicates; replicate++) {
    for (let at = 0; at < places.length; at++) places[at] = Math.floor((next() / 0x1_0000_0000) * units.length);
    // A draw in which all labels are the same says nothing.
    const { value } = alphaOf(units, places);
    if (value !== null) values.push(value);
  }
  if (values.length === 0) return null;
  values.sort((one, other) => one - other);
  return [quantile(values, 0.025), quantile(values, 0.975)];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
