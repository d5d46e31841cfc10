import type { Block } from '../../../export/html/document.js';
import type { DirectionCount } from '../../../store/reportQueries.js';
import { filled, runName } from '../words.js';
import type { ReportSection } from '../section.js';

/** The eight of the plane clockwise from the front, then up and down, then all others by name. */
const ORDER = [
  'front',
  'front-right',
  'right',
  'back-right',
  'back',
  'back-left',
  'left',
  'front-left',
  'above',
  'below',
];
const NONE = 'no direction';

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

const FRONT: Readonly<Record<string, string>> = {
  'toward-viewer': 'front is nearer to the viewer',
  'away-from-viewer': 'front is away from the viewer',
  facing: 'front is where the one in the scene faces',
  unstated: 'what front means is not stated',
};

const FRAMES: Readonly<Record<string, string>> = {
  camera: 'Camera’s frame',
  person: 'Person’s frame',
  object: 'Object’s frame',
  imagined: 'Imagined stand-point',
  unstated: 'No frame stated',
};

/** The counts of one frame and one meaning of "front" each. */
function byMeaning(counts: readonly DirectionCount[]): [string, DirectionCount[]][] {
  const groups = new Map<string, DirectionCount[]>();
  for (const count of counts) {
    const name = `${FRAMES[count.frame] ?? count.frame}; ${FRONT[count.convention] ?? count.convention}`;
    const list = groups.get(name);
    if (list === undefined) groups.set(name, [count]);
    else list.push(count);
  }
  return [...groups];
}

function matrix(name: string, own: readonly DirectionCount[]): Block {
  const rows = inOrder(own.map(({ gold }) => gold));
  const columns = inOrder(own.flatMap(({ gold, predicted }) => [gold, predicted ?? NONE]));
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
          .filter((each) => each.gold === gold && (each.predicted ?? NONE) === column)
          .reduce((sum, { count }) => sum + count, 0),
      ),
    ),
  };
}

function inOrder(names: readonly string[]): string[] {
  const rank = (name: string): number => {
    if (name === NONE) return ORDER.length + 1;
    const at = ORDER.indexOf(name);
    return at < 0 ? ORDER.length : at;
  };
  return [...new Set(names)].sort((one, other) => rank(one) - rank(other) || (one < other ? -1 : 1));
}
