import type { ChartMark } from '../../chartModel.js';
import type { Query } from '../../model.js';
import { mark } from './chart.js';

/** What whiskers of several runs are. */
export const SPREAD = 'mean ± 1 standard deviation of runs';

/** What one run says of a category. */
export interface RunValue {
  readonly value: number | null;
  readonly low?: number | null;
  readonly high?: number | null;
  readonly reference?: number | null;
  readonly count?: number | null;
  readonly of?: number | null;
}

/**
 * The mark of a series: of one run its own value, of several the mean of theirs, with whiskers of one standard deviation (of the sample,
 * n − 1) to either side; null where no run has a value. Counts are added up.
 */
export function pooled(values: readonly RunValue[], query: Query | null): ChartMark | null {
  const known = values.filter((each): each is RunValue & { value: number } => isKnown(each.value));
  const [only] = known;
  if (only === undefined) return null;
  const sums = { count: sumOf(known.map(({ count }) => count)), of: sumOf(known.map(({ of }) => of)), query };
  if (known.length === 1) {
    return mark(only.value, {
      ...sums,
      low: only.low ?? null,
      high: only.high ?? null,
      reference: only.reference ?? null,
    });
  }
  const { mean, sd } = spreadOf(known.map(({ value }) => value));
  const references = known.map(({ reference }) => reference ?? null);
  return mark(mean, {
    ...sums,
    low: mean - sd,
    high: mean + sd,
    reference: references.every(isKnown) ? meanOf(references) : null,
    note: `mean of ${known.length} runs, standard deviation ${sd.toPrecision(2)}`,
  });
}

/** What whiskers are in a chart: intervals of single runs, the spread of several, or either. */
export function whiskersOf(runs: readonly number[], interval: string): string {
  // Of several runs, one alone may have a value somewhere: there its interval stands.
  return runs.every((count) => count === 1) ? interval : `${SPREAD}; of a single run ${interval}`;
}

/** Mean and standard deviation of the sample (n − 1) of two values or more. */
export function spreadOf(values: readonly number[]): { readonly mean: number; readonly sd: number } {
  const mean = meanOf(values);
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, sd: Math.sqrt(squares / (values.length - 1)) };
}

function isKnown(value: number | null): value is number {
  return value !== null && Number.isFinite(value);
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Null where some value is not known. */
function sumOf(values: readonly (number | null | undefined)[]): number | null {
  const known = values.filter((value): value is number => typeof value === 'number');
  return known.length === values.length ? known.reduce((sum, value) => sum + value, 0) : null;
}
