import type { Chart, ChartMark } from '../../protocol/dashboardPage.js';

/** A number of a chart in words: percent, a count, or a number of three digits. */
export function numberIn(value: number | null, unit: Chart['unit']): string {
  if (value === null) return '–';
  if (unit === 'share') return `${(100 * value).toFixed(1)} %`;
  return unit === 'count' ? value.toLocaleString('en') : value.toFixed(2);
}

/** "63.3 % [56.1, 70.0], 114 of 180, by guessing 25.0 %": all that is known of a mark. */
export function markIn(mark: ChartMark, unit: Chart['unit']): string {
  const { value, low, high, reference } = mark;
  const parts = [numberIn(value, unit)];
  if (low !== null && high !== null) parts[0] += ` [${bare(low, unit)}, ${bare(high, unit)}]`;
  const out = outOf(mark);
  if (out !== '') parts.push(out);
  if (reference !== null) parts.push(`reference ${numberIn(reference, unit)}`);
  if (mark.note !== null) parts.push(mark.note);
  return parts.join(', ');
}

/** "114 of 180"; of a mean, "n = 180"; empty where the mark is neither. */
export function outOf({ count, of }: ChartMark): string {
  if (of === null) return '';
  return count === null ? `n = ${short(of)}` : `${short(count)} of ${short(of)}`;
}

function short(value: number): string {
  return Number.isInteger(value) ? value.toLocaleString('en') : value.toFixed(1);
}

function bare(value: number, unit: Chart['unit']): string {
  return unit === 'share' ? (100 * value).toFixed(1) : value.toFixed(2);
}
