import { percent } from '../../numbers.js';
import { filled, runName } from '../words.js';
import type { ReportSection } from '../section.js';

/** Pair and set accuracy of items that show the same objects in other relations. */
export const contrastSets: ReportSection = {
  id: 'pairs',
  title: 'Pairs and sets',
  blocks: (data) => {
    const rows = filled(data).flatMap(({ id, pairs }) =>
      pairs === null
        ? []
        : [[runName(data, id), percent(pairs.pairAccuracy), pairs.pairs, percent(pairs.setAccuracy), pairs.sets]],
    );
    if (rows.length === 0) return [];
    return [
      {
        kind: 'table',
        caption: 'Pairs and sets of items that are right as a whole',
        columns: [
          { name: 'run' },
          { name: 'pair accuracy', align: 'right' },
          { name: 'complete pairs', align: 'right' },
          { name: 'set accuracy', align: 'right' },
          { name: 'complete sets', align: 'right' },
        ],
        groups: [{ label: null, rows }],
        notes: [
          'As What’sUp has it (Kamath et al. 2023): pairs right out of N/2, sets right out of N/4, for N items with a known right answer in contrast sets.',
        ],
      },
    ];
  },
};
