import { fixed, percent } from '../../numbers.js';
import { filled, runName } from '../words.js';
import type { ReportSection } from '../section.js';

/** Stated confidence against what was right. */
export const calibration: ReportSection = {
  id: 'calibration',
  title: 'Confidence',
  blocks: (data) => {
    const groups = filled(data).flatMap(({ id, calibration: own }) =>
      own === null
        ? []
        : [
            {
              label: [
                runName(data, id),
                `: ${own.items} items with a confidence, expected calibration error ${fixed(own.ece, 3)}, area under risk and coverage ${fixed(own.aurc, 3)}`,
              ],
              rows: own.bins
                .filter(({ n }) => n > 0)
                .map((bin) => [`${fixed(bin.low, 1)} to ${fixed(bin.high, 1)}`, bin.n, percent(bin.accuracy)]),
            },
          ],
    );
    if (groups.length === 0) return [];
    return [
      {
        kind: 'table',
        caption: 'How much was right at each confidence',
        columns: [{ name: 'confidence' }, { name: 'items', align: 'right' }, { name: 'accuracy', align: 'right' }],
        groups,
      },
    ];
  },
};
