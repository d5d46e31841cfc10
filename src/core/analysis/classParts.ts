import type { ClassSummary, RunSummary } from './summaryTypes.js';

/** The classes of a run; depth flips apart by what "front" means, since they are never pooled. */
export function classParts(run: Pick<RunSummary, 'classes'>): (readonly [label: string, part: ClassSummary])[] {
  return Object.entries(run.classes).flatMap(([name, each]) => {
    const parts = Object.entries(each.byConvention ?? {});
    return parts.length === 0
      ? [[name, each] as const]
      : parts.map(([of, part]) => [`${name} (front: ${of})`, part] as const);
  });
}
