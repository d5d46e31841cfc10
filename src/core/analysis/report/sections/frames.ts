import type { Block } from '../../../export/html/document.js';
import { fixed, pValue } from '../../numbers.js';
import { filled, runName } from '../words.js';
import type { ReportSection } from '../section.js';

/** Answers that would be right in another frame; mirror images against turns. */
export const frames: ReportSection = {
  id: 'frames',
  title: 'Frames and mirror images',
  blocks: (data) => [...swaps(data), ...turns(data)],
};

function swaps(data: Parameters<ReportSection['blocks']>[0]): Block[] {
  const rows = filled(data).flatMap((run) =>
    run.frameSwap === null
      ? []
      : [
          [
            runName(data, run.id),
            run.frameSwap.candidates,
            run.frameSwap.observed,
            fixed(run.frameSwap.expected, 1),
            fixed(run.frameSwap.ratio),
          ],
        ],
  );
  if (rows.length === 0) return [];
  return [
    {
      kind: 'table',
      caption: 'Frame swaps: errors that are the answer to the same question in another frame',
      columns: [
        { name: 'run' },
        { name: 'errors with such a question', align: 'right' },
        { name: 'observed', align: 'right' },
        { name: 'expected if blind', align: 'right' },
        { name: 'observed / expected', align: 'right' },
      ],
      groups: [{ label: null, rows }],
    },
  ];
}

function turns(data: Parameters<ReportSection['blocks']>[0]): Block[] {
  const rows = filled(data).flatMap(({ id, mirrorOrRotation: turn }) =>
    turn === null || turn.diagonalErrors === 0
      ? []
      : [
          [
            runName(data, id),
            turn.diagonalErrors,
            `${turn.mirror.observed} / ${fixed(turn.mirror.expected, 1)}`,
            `${turn.rotation.observed} / ${fixed(turn.rotation.expected, 1)}`,
            pValue(turn.p),
          ],
        ],
  );
  if (rows.length === 0) return [];
  return [
    {
      kind: 'table',
      caption: 'Quarter turns from a diagonal direction: to its mirror image, or the other way round',
      columns: [
        { name: 'run' },
        { name: 'errors on diagonal directions', align: 'right' },
        { name: 'mirror image: observed / expected', align: 'right' },
        { name: 'turn: observed / expected', align: 'right' },
        { name: 'p that both are as likely', align: 'right' },
      ],
      groups: [{ label: null, rows }],
      notes: ['Exact binomial test of mirror images against turns, given what the options offer.'],
    },
  ];
}
