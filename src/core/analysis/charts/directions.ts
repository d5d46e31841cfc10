import type { Chart, ChartAnswer } from '../../chartModel.js';
import type { DirectionCount } from '../../store/reportQueries.js';
import { FRAME_NAMES, FRONT_MEANS, inOrder, NO_DIRECTION } from '../directionWords.js';
import { category, mark, rowsOf, type ChartMaker, type ChartSource, type SeriesOf } from './chart.js';

const TITLE = 'Confusion of directions';
/** More than these are a wall of tables: the runs are then to be chosen. */
const MOST = 24;

/** Which direction was taken for which, per frame and meaning of "front": these are never added up. */
export const directions: ChartMaker = {
  kind: 'directions',
  title: TITLE,
  make: async (source) => {
    const counts = await source.facts.directions();
    const all = source.series.flatMap((each) => {
      const own = each.runs.flatMap(({ index }) => counts.get(index) ?? []);
      return [...byMeaning(own)].map(([, group]) => matrixOf(source, each, group));
    });
    if (all.length === 0) {
      return [
        { id: 'directions', title: TITLE, missing: 'No right answer that could be read against is a direction.' },
      ];
    }
    if (all.length <= MOST) return all;
    const rest: ChartAnswer = {
      id: 'directions',
      title: TITLE,
      missing: `${all.length - MOST} more tables are not shown: choose fewer runs, or one frame.`,
    };
    return [...all.slice(0, MOST), rest];
  },
};

function byMeaning(counts: readonly DirectionCount[]): Map<string, DirectionCount[]> {
  const groups = new Map<string, DirectionCount[]>();
  for (const count of counts) {
    const key = `${count.frame} ${count.convention}`;
    const list = groups.get(key);
    if (list === undefined) groups.set(key, [count]);
    else list.push(count);
  }
  return groups;
}

function matrixOf(source: ChartSource, each: SeriesOf, own: readonly DirectionCount[]): Chart {
  const [first] = own;
  const [frame, convention] = [first?.frame ?? 'unstated', first?.convention ?? 'unstated'];
  const rows = inOrder(own.map(({ gold }) => gold));
  const columns = inOrder(own.flatMap(({ gold, predicted }) => [gold, predicted ?? NO_DIRECTION]));
  const countOf = (gold: string, predicted: string | null): number =>
    own
      .filter((cell) => cell.gold === gold && (predicted === null || (cell.predicted ?? NO_DIRECTION) === predicted))
      .reduce((sum, { count }) => sum + count, 0);
  return {
    id: `directions ${each.name} ${frame} ${convention}`,
    kind: 'matrix',
    title: `${TITLE}: ${each.name}`,
    about: `${FRAME_NAMES[frame]}; ${FRONT_MEANS[convention]}. ${source.aboutOf(each.runs)}`,
    unit: 'count',
    axis: 'answers that could be read',
    whiskers: null,
    reference: null,
    categoryIs: 'chosen',
    seriesIs: 'right',
    categories: columns.map((name) => category(name)),
    series: rows.map((gold) => ({
      name: gold,
      marks: columns.map((predicted) => {
        const count = countOf(gold, predicted);
        if (count === 0) return null;
        return mark(count, {
          count,
          of: countOf(gold, null),
          query: rowsOf(source, each.runs, { conditions: conditionsOf({ frame, convention, gold, predicted }) }),
        });
      }),
    })),
    levels: [],
    notes: [],
  };
}

function conditionsOf(cell: {
  readonly frame: string;
  readonly convention: string;
  readonly gold: string;
  readonly predicted: string;
}) {
  return [
    { field: 'frame', op: 'eq', value: cell.frame },
    { field: 'convention', op: 'eq', value: cell.convention },
    { field: 'kind', op: 'ne', value: 'yes-no' },
    { field: 'status', op: 'eq', value: 'parsed' },
    { field: 'goldDirection', op: 'eq', value: cell.gold },
    { field: 'predictedDirection', op: 'eq', value: cell.predicted === NO_DIRECTION ? null : cell.predicted },
  ] as const;
}
