import type { Block } from '../../../export/html/document.js';
import { percent, percentRange, pValue } from '../../numbers.js';
import { filled, rightOf, runName } from '../words.js';
import type { ReportSection } from './index.js';

/** How much was right, beside what guessing would give. */
export const accuracy: ReportSection = {
  id: 'accuracy',
  title: 'Accuracy',
  blocks: (data) => {
    const runs = filled(data);
    if (runs.length === 0) return [];
    const table: Block = {
      kind: 'table',
      caption: 'Right answers out of all items with a known right answer',
      columns: [
        { name: 'run' },
        { name: 'right / of', align: 'right' },
        { name: 'accuracy', align: 'right' },
        { name: '95 % interval', align: 'right' },
        { name: 'by guessing', align: 'right' },
        { name: '0 to 100 %' },
        { name: 'of the read ones', align: 'right' },
        { name: 'mean of tasks', align: 'right' },
        { name: 'p of less than guessing', align: 'right' },
      ],
      groups: [
        {
          label: null,
          rows: runs.map((run) => [
            runName(data, run.id),
            rightOf(run.correctUnits, run.units),
            percent(run.accuracy),
            percentRange(run.ci95),
            run.chance === null || run.chanceUnits === run.units
              ? percent(run.chance)
              : `${percent(run.chance)} (over ${run.chanceUnits})`,
            { draw: 'share', value: run.accuracy, interval: run.ci95, mark: run.chance },
            percent(run.parsedAccuracy),
            percent(run.macroAccuracy),
            pValue(run.belowChance?.p ?? null),
          ]),
        },
      ],
      notes: [
        'Intervals are Wilson’s. “By guessing” is the mean of 1 / number of options; in the drawing it is the dashed line. Questions that are asked in several rotations, or answered in several samples, count once.',
      ],
    };
    return [table];
  },
};
