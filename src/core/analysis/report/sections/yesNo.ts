import { fixed, percent } from '../../numbers.js';
import { filled, runName } from '../words.js';
import type { ReportSection } from '../section.js';

/** Yes/no items: what was said against what is. */
export const yesNo: ReportSection = {
  id: 'yes-no',
  title: 'Yes/no questions',
  blocks: (data) => {
    const rows = filled(data).flatMap(({ id, yesNo: own }) =>
      own === null
        ? []
        : [
            [
              runName(data, id),
              own.tp,
              own.fp,
              own.tn,
              own.fn,
              percent(own.accuracy),
              percent(own.precision),
              percent(own.recall),
              fixed(own.f1, 3),
              percent(own.yesRatio),
              fixed(own.dPrime),
              fixed(own.criterion),
            ],
          ],
    );
    if (rows.length === 0) return [];
    const names = ['yes, rightly', 'yes, wrongly', 'no, rightly', 'no, wrongly', 'accuracy', 'precision', 'recall'];
    return [
      {
        kind: 'table',
        caption: 'Answers to yes/no questions and statements',
        columns: [
          { name: 'run' },
          ...[...names, 'F1', 'share of yes', 'd′', 'criterion'].map((name) => ({ name, align: 'right' as const })),
        ],
        groups: [{ label: null, rows }],
        notes: [
          'The four counts are of answers that could be read. One that could not is a miss in recall, and never a yes. The share of yes is out of all items with a known right answer. d′ and criterion with the log-linear correction (Hautus 1995).',
        ],
      },
    ];
  },
};
