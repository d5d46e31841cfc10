import { percent } from '../../numbers.js';
import { filled, runName } from '../words.js';
import type { ReportSection } from '../section.js';

/** Questions that were answered several times. */
export const samples: ReportSection = {
  id: 'samples',
  title: 'Several samples of one question',
  blocks: (data) => {
    const groups = filled(data).flatMap(({ id, passAtK, passAtKChance }) =>
      passAtK === null
        ? []
        : [
            {
              label: runName(data, id),
              rows: Object.entries(passAtK).map(([k, value]) => [
                `k = ${k}`,
                percent(value),
                percent(passAtKChance?.[k] ?? null),
              ]),
            },
          ],
    );
    if (groups.length === 0) return [];
    return [
      {
        kind: 'table',
        caption: 'pass@k: at least one of k samples is right',
        columns: [{ name: 'samples' }, { name: 'pass@k', align: 'right' }, { name: 'by guessing', align: 'right' }],
        groups,
        notes: ['The mean over questions with at least k samples of 1 − C(n−c, k)/C(n, k) (Chen et al. 2021).'],
      },
    ];
  },
};
