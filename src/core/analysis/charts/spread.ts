import type { ChartCategory, ChartMark, ChartSeries } from '../../chartModel.js';
import { percent } from '../numbers.js';
import { spreadOf } from './pooling.js';

/** How far the marks of each series lie apart, in sentences: a number that changes with the wording is no property of the model. */
export function spreadsOf(
  series: readonly ChartSeries[],
  categories: readonly ChartCategory[],
  what: string,
): string[] {
  return series.flatMap(({ name, marks }) => {
    const known = marks.flatMap((each, at): [number, string][] =>
      each?.value === null || each === null ? [] : [[each.value, categories[at]?.name ?? '']],
    );
    if (known.length < 2) return [];
    const { sd } = spreadOf(known.map(([value]) => value));
    const sorted = [...known].sort(([one], [other]) => one - other);
    const [least, most] = [sorted[0], sorted.at(-1)];
    return [
      `${name}: from ${percent(least?.[0] ?? null)} (${least?.[1] ?? ''}) to ${percent(most?.[0] ?? null)} (${most?.[1] ?? ''}) over ${known.length} ${what}; standard deviation ${(100 * sd).toFixed(1)} points.`,
    ];
  });
}

/** Whether some series has more than one mark to compare. */
export function compares(series: readonly { readonly marks: readonly (ChartMark | null)[] }[]): boolean {
  return series.some(({ marks }) => marks.filter((each) => each !== null && each.value !== null).length > 1);
}
