/** A fraction as a percentage with one decimal: 0.34848 → "34.8 %". */
export function percent(fraction: number | null): string {
  return fraction === null ? '–' : `${(fraction * 100).toFixed(1)} %`;
}

/** An interval of fractions: "[31.7, 38.1]". */
export function percentRange(interval: readonly [number, number] | null): string {
  return interval === null ? '' : `[${(interval[0] * 100).toFixed(1)}, ${(interval[1] * 100).toFixed(1)}]`;
}

/** A number with a fixed number of decimals, or a dash. */
export function fixed(value: number | null, decimals = 2): string {
  return value === null ? '–' : value.toFixed(decimals);
}

/** An interval of plain numbers: "[1.20, 1.50]". */
export function range(interval: readonly [number, number] | null, decimals = 2): string {
  return interval === null ? '' : `[${interval[0].toFixed(decimals)}, ${interval[1].toFixed(decimals)}]`;
}

/** "1 row", "2 rows". */
export function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}

/** A p-value as papers print it, or a dash where no test was made. */
export function pValue(p: number | null): string {
  if (p === null) return '–';
  return p < 0.0001 ? '< 0.0001' : p.toFixed(4);
}
