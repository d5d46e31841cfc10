import type { Coefficient } from '../../protocol/agreementPage.js';

const NONE = '–';

export function fixed(value: number | null, digits = 2): string {
  return value === null ? NONE : value.toFixed(digits).replace('-', '−');
}

export function percent(value: number | null): string {
  return value === null ? NONE : `${(100 * value).toFixed(1)} %`;
}

export function range(interval: readonly [number, number] | null, say: (value: number) => string): string {
  return interval === null ? NONE : `${say(interval[0])} to ${say(interval[1])}`;
}

export function plural(count: number, word: string): string {
  return `${count.toLocaleString('en')} ${word}${count === 1 ? '' : 's'}`;
}

/** A coefficient as the cells of a row: answers, observed, by chance, value, interval. */
export function coefficientCells({ items, observed, expected, value, ci95 }: Coefficient): string[] {
  return [String(items), percent(observed), percent(expected), fixed(value), range(ci95, (each) => fixed(each))];
}
