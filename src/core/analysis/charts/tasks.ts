import type { ChartSeries } from '../../chartModel.js';
import type { Query } from '../../model.js';
import type { GroupUnits } from '../../store/countQueries.js';
import { summariseUnits } from '../unitRates.js';
import { category, hasMarks, rowsOf, type ChartMaker, type ChartSource, type SeriesOf } from './chart.js';
import { pooled, whiskersOf, type RunValue } from './pooling.js';

const TITLE = 'Accuracy by task';
const ALL = 'all';
const NONE = '(none)';

/** Accuracy task by task, the runs beside one another, with what guessing and people reach. */
export const tasks: ChartMaker = {
  kind: 'tasks',
  title: TITLE,
  make: async (source) => {
    const units = await source.facts.units('task');
    const names = tasksOf(units, source);
    if (names === null)
      return [
        { id: 'tasks', title: TITLE, missing: 'No item has a right answer: predictions alone have no accuracy.' },
      ];
    const [shown, isSplit] = names.length > 1 ? [[ALL, ...names], true] : [[ALL], false];
    const series = source.series.map((each): ChartSeries => ({
      name: each.name,
      marks: shown.map((name) => accuracyOf(source, each, { units, task: name === ALL ? null : name })),
    }));
    const human = shown.map((name) => source.human[name === ALL ? '' : name] ?? null);
    return [
      {
        id: 'tasks',
        kind: 'bars',
        title: isSplit ? TITLE : 'Accuracy',
        about: source.about,
        unit: 'share',
        axis: 'right units / units with a right answer',
        whiskers: whiskersOf(
          source.series.map(({ runs }) => runs.length),
          '95 % interval (Wilson)',
        ),
        reference: 'by guessing among the options',
        categoryIs: 'task',
        seriesIs: source.seriesIs,
        categories: shown.map((name) => category(name)),
        series,
        levels: human.some((value) => value !== null) ? [{ name: 'people', values: human }] : [],
        notes: isSplit ? [] : ['The data name no tasks.'],
      },
    ];
  },
};

/** The names of tasks in the runs that are shown; null where no item has a right answer. */
function tasksOf(units: ReadonlyMap<number, readonly GroupUnits[]>, { series }: ChartSource): string[] | null {
  const groups = series.flatMap(({ runs }) => runs.flatMap(({ index }) => units.get(index) ?? []));
  if (groups.length === 0) return null;
  return [...new Set(groups.map(({ group }) => group ?? NONE))].sort();
}

function accuracyOf(
  source: ChartSource,
  { runs }: SeriesOf,
  { units, task }: { readonly units: ReadonlyMap<number, readonly GroupUnits[]>; readonly task: string | null },
): ChartSeries['marks'][number] {
  const values = runs.map(({ index }) =>
    rateOf((units.get(index) ?? []).filter(({ group }) => task === null || (group ?? NONE) === task)),
  );
  const facets: Query['facets'] = task === null ? {} : { task: [task === NONE ? null : task] };
  const made = pooled(values, rowsOf(source, runs, { facets }));
  return made === null || !hasMarks([made]) ? null : made;
}

/** Accuracy of some units, as a run's value. */
export function rateOf(groups: readonly GroupUnits[]): RunValue {
  const { accuracy, ci95, chance, correctUnits, units } = summariseUnits(groups);
  return {
    value: accuracy,
    low: ci95?.[0] ?? null,
    high: ci95?.[1] ?? null,
    reference: chance,
    count: correctUnits,
    of: units,
  };
}
