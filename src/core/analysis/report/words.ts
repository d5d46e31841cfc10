import type { Inline } from '../../export/html/document.js';
import type { RunSummary } from '../summaryTypes.js';
import type { ReportData } from './data.js';

/** What a run is called, as a part of a sentence. */
export function runName({ names }: Pick<ReportData, 'names'>, id: string): Inline {
  return { data: names.get(id) ?? id };
}

/** A difference of shares in points: "+26.4 points". */
export function points(fraction: number): string {
  return `${sign(fraction)}${Math.abs(fraction * 100).toFixed(1)} points`;
}

/** An interval of differences: "+13.8 to +38.9". */
export function pointsRange([low, high]: readonly [number, number]): string {
  return `${sign(low)}${Math.abs(low * 100).toFixed(1)} to ${sign(high)}${Math.abs(high * 100).toFixed(1)}`;
}

function sign(fraction: number): string {
  return Number((fraction * 100).toFixed(1)) < 0 ? '−' : '+';
}

/** "1 of the 3 runs", "all 3 runs", "the only run". */
export function ofRuns(count: number, all: number): string {
  if (all === 1) return 'the only run';
  return count === all ? `all ${all} runs` : `${count} of the ${all} runs`;
}

/** Parts of a sentence, with commas and "and" between them. */
export function listed(parts: readonly Inline[]): Inline[] {
  return parts.flatMap((part, at): Inline[] => {
    if (at === 0) return [part];
    return [at === parts.length - 1 ? ' and ' : ', ', part];
  });
}

/** "1 run", "2 runs"; `many` where adding an s does not do. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** The runs that hold anything. */
export function filled(data: Pick<ReportData, 'summary'>): readonly RunSummary[] {
  return data.summary.runs.filter((run) => run.items > 0);
}

/** Right units as a text: samples make shares of them. */
export function rightOf(correct: number, units: number): string {
  return `${Number.isInteger(correct) ? correct : correct.toFixed(2)} / ${units}`;
}
