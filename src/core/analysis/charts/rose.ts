import type { ChartSeries } from '../../chartModel.js';
import type { DirectionCount } from '../../store/reportQueries.js';
import { category, hasMarks, mark, rowsOf, type ChartMaker, type ChartSource, type SeriesOf } from './chart.js';

const TITLE = 'Angles of errors';
/** From the right direction to the chosen one, clockwise seen from above. */
const ANGLES = [0, 45, 90, 135, 180, -135, -90, -45];

/** How far wrong answers are turned away from the right direction, in the horizontal plane. */
export const rose: ChartMaker = {
  kind: 'rose',
  title: TITLE,
  make: async (source) => {
    const counts = await source.facts.directions();
    const series = source.series.map((each): ChartSeries => {
      const turned = each.runs.flatMap(({ index }) => (counts.get(index) ?? []).filter(isTurned));
      return { name: each.name, marks: ANGLES.map((angle) => markOf(source, each, { turned, angle })) };
    });
    if (!series.some(({ marks }) => hasMarks(marks))) {
      const missing = 'No wrong answer is turned: none has two directions in the horizontal plane.';
      return [{ id: 'rose', title: TITLE, missing }];
    }
    return [
      {
        id: 'rose',
        kind: 'rose',
        title: TITLE,
        about: source.about,
        unit: 'share',
        axis: 'errors turned so far / errors with an angle other than 0',
        whiskers: null,
        reference: null,
        categoryIs: 'angle',
        seriesIs: source.seriesIs,
        categories: ANGLES.map((angle) => category(angle === 0 ? '0°' : `${angle > 0 ? '+' : '−'}${Math.abs(angle)}°`)),
        series,
        levels: [],
        notes: [
          'Signed angle from the right direction to the chosen one, in steps of 45°, clockwise seen from above; errors between directions of the same bearing (0°) are not among them.',
        ],
      },
    ];
  },
};

function markOf(
  source: ChartSource,
  { runs }: SeriesOf,
  { turned, angle }: { readonly turned: readonly DirectionCount[]; readonly angle: number },
): ChartSeries['marks'][number] {
  const all = sum(turned);
  if (all === 0) return null;
  const count = sum(turned.filter((each) => each.angle === angle));
  const conditions = [
    { field: 'angle', op: 'eq', value: angle },
    { field: 'kind', op: 'ne', value: 'yes-no' },
  ] as const;
  const query = rowsOf(source, runs, { facets: { outcome: ['wrong'] }, conditions });
  return mark(count / all, { count, of: all, query });
}

function isTurned({ angle }: DirectionCount): boolean {
  return angle !== null && angle !== 0;
}

function sum(counts: readonly DirectionCount[]): number {
  return counts.reduce((total, { count }) => total + count, 0);
}
