import type { ClassSummary, Summary } from '../../core/analysis.js';
import { classParts } from '../../core/analysis/classParts.js';
import { percent } from '../../core/analysis/numbers.js';
import type { Cell, Section } from '../report.js';

/** Runs × classes, to compare runs at a glance: nothing where there is one run, or no error. */
export function runsByClass(result: Summary): Section[] {
  const runs = result.runs.filter((run) => run.items > 0).map((run) => ({ run, parts: new Map(classParts(run)) }));
  if (runs.length < 2) return [];
  const errors = new Map<string, number>();
  for (const { parts } of runs)
    for (const [label, part] of parts) errors.set(label, (errors.get(label) ?? 0) + part.count);
  const shown = [...errors].filter(([, count]) => count > 0).sort(([, one], [, other]) => other - one);
  if (shown.length === 0) return [];
  const cell = (part: ClassSummary | undefined): Cell => {
    if (part === undefined) return 0;
    return part.rate === null ? part.count : `${part.count}, ${percent(part.rate)} of ${part.offered ?? 0}`;
  };
  return [
    {
      title: `Errors by class and run, lens ${result.lens} v${result.lensVersion}`,
      columns: [
        { name: 'run', own: 'above' },
        ...shown.map(([label]) => ({ name: label, align: 'right' as const })),
        { name: 'unread', align: 'right' as const },
      ],
      rows: runs.map(({ run, parts }) => [run.id, ...shown.map(([label]) => cell(parts.get(label))), run.unparsed]),
      notes: [
        'Errors of the class, and their rate: eligible errors of the class out of the items, right or wrong, that offer it. Classes without errors are left out.',
      ],
    },
  ];
}
