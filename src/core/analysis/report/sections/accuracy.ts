import type { Block, Cell } from '../../../export/html/document.js';
import { percent, percentRange, pValue } from '../../numbers.js';
import type { RunSummary } from '../../summaryTypes.js';
import { filled, rightOf, runName } from '../words.js';
import type { ReportSection } from '../section.js';

const ALPHA = 0.05;

interface Measure {
  readonly name: string;
  readonly align?: 'right';
  readonly cell: (run: RunSummary) => Cell;
}

const ALWAYS: readonly Measure[] = [
  { name: 'right / of', align: 'right', cell: (run) => rightOf(run.correctUnits, run.units) },
  { name: 'accuracy', align: 'right', cell: (run) => percent(run.accuracy) },
  { name: '95 % interval', align: 'right', cell: (run) => percentRange(run.ci95) },
  { name: 'by guessing', align: 'right', cell: chanceOf },
  { name: '0 to 100 %', cell: (run) => ({ draw: 'share', value: run.accuracy, interval: run.ci95, mark: run.chance }) },
  { name: 'above guessing', align: 'right', cell: (run) => percent(run.chanceAdjusted) },
  { name: 'mean of tasks', align: 'right', cell: (run) => percent(run.macroAccuracy) },
];

const OF_READ: Measure = { name: 'of the read ones', align: 'right', cell: (run) => percent(run.parsedAccuracy) };
const BELOW: Measure = {
  name: 'p of less than guessing',
  align: 'right',
  cell: (run) => pValue(run.belowChance?.p ?? null),
};

/** How much was right, beside what guessing would give. */
export const accuracy: ReportSection = {
  id: 'accuracy',
  title: 'Accuracy',
  blocks: (data) => {
    const runs = filled(data);
    if (runs.length === 0) return [];
    const measures = [
      ...ALWAYS,
      ...(runs.some(({ unparsed }) => unparsed > 0) ? [OF_READ] : []),
      ...(runs.some(({ belowChance }) => belowChance !== null && belowChance.p < ALPHA) ? [BELOW] : []),
    ];
    const table: Block = {
      kind: 'table',
      caption: 'Right answers out of all items with a known right answer',
      columns: [{ name: 'run' }, ...measures.map(({ name, align }) => ({ name, ...(align && { align }) }))],
      groups: [
        {
          label: null,
          rows: runs.map((run) => [runName(data, run.id), ...measures.map(({ cell }) => cell(run))]),
        },
      ],
      notes: [
        'Intervals are Wilson’s. “By guessing” is the mean of 1 / number of options; in the drawing it is the dashed line. “Above guessing” is (accuracy − guessing) / (1 − guessing): 0 % where nothing but guessing is seen. Questions that are asked in several rotations, or answered in several samples, count once.',
      ],
    };
    return [table];
  },
};

function chanceOf({ chance, chanceUnits, units }: RunSummary): string {
  return chance === null || chanceUnits === units ? percent(chance) : `${percent(chance)} (over ${chanceUnits})`;
}
