import type { Block } from '../../../export/html/document.js';
import type { DirectionCount } from '../../../store/reportQueries.js';
import { FRAME_NAMES, FRONT_MEANS, inOrder, NO_DIRECTION } from '../../directionWords.js';
import { filled, runName } from '../words.js';
import type { ReportSection } from '../section.js';

/** Which direction was taken for which. */
export const directions: ReportSection = {
  id: 'directions',
  title: 'Directions',
  blocks: (data) => {
    const blocks = filled(data).flatMap((run): Block[] => {
      const tables = byMeaning(data.directions.get(run.id) ?? []);
      if (tables.length === 0) return [];
      return [{ kind: 'heading', text: runName(data, run.id) }, ...tables.map(([name, own]) => matrix(name, own))];
    });
    return blocks.length === 0 ? [] : [WORDS, ...blocks];
  },
};

const WORDS: Block = {
  kind: 'text',
  text: 'Rows are the right direction, columns the direction of the chosen option; outlined cells are right answers, and a cell is the darker the greater its share of the row. Answers that could not be read, and yes/no items, are not among them. Frames, and tasks in which “front” means another thing, are never added up.',
};

/** The counts of one frame and one meaning of "front" each. */
function byMeaning(counts: readonly DirectionCount[]): [string, DirectionCount[]][] {
  const groups = new Map<string, DirectionCount[]>();
  for (const count of counts) {
    const name = `${FRAME_NAMES[count.frame]}; ${FRONT_MEANS[count.convention]}`;
    const list = groups.get(name);
    if (list === undefined) groups.set(name, [count]);
    else list.push(count);
  }
  return [...groups];
}

function matrix(name: string, own: readonly DirectionCount[]): Block {
  const rows = inOrder(own.map(({ gold }) => gold));
  const columns = inOrder(own.flatMap(({ gold, predicted }) => [gold, predicted ?? NO_DIRECTION]));
  const total = own.reduce((sum, { count }) => sum + count, 0);
  return {
    kind: 'matrix',
    caption: `${name} (${total} answers)`,
    rowsAre: 'right ↓',
    columnsAre: 'chosen',
    rows,
    columns,
    counts: rows.map((gold) =>
      columns.map((column) =>
        own
          .filter((each) => each.gold === gold && (each.predicted ?? NO_DIRECTION) === column)
          .reduce((sum, { count }) => sum + count, 0),
      ),
    ),
  };
}
