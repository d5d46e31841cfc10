/** A fraction as the command line shows it: "34.8 %". */
export function percent(fraction: number | null): string {
  return fraction === null ? '–' : `${(100 * fraction).toFixed(1)} %`;
}

/** A difference of fractions: "+3.2 points". */
export function points(fraction: number | null): string {
  return fraction === null ? '–' : `${signed(100 * fraction, 1)} points`;
}

/** "[−1.2, 7.6]", in points; empty where there is none. */
export function pointsRange(interval: readonly [number, number] | null): string {
  return interval === null ? '' : `[${interval.map((end) => signed(100 * end, 1, '')).join(', ')}]`;
}

/** A p-value as papers print it; a dash where no test was made. */
export function pValue(p: number | null): string {
  if (p === null) return '–';
  return p < 0.0001 ? '< 0.0001' : p.toFixed(4);
}

/** "+12", "−3", "0". */
export function change(count: number): string {
  return count === 0 ? '0' : signed(count, 0);
}

/** Right items; with decimals where questions count with a share of their samples. */
export function count(value: number): string {
  return Number.isInteger(value) ? value.toLocaleString('en') : value.toFixed(2);
}

/** "1 item", "2 items". */
export function plural(value: number, word: string): string {
  return `${value.toLocaleString('en')} ${word}${value === 1 ? '' : 's'}`;
}

function signed(value: number, decimals: number, plus = '+'): string {
  return `${value < 0 ? '−' : plus}${Math.abs(value).toFixed(decimals)}`;
}
