import type { ChartSeries } from '../../chartModel.js';
import type { Query } from '../../model.js';
import type { GroupUnits } from '../../store/countQueries.js';
import { summariseUnits } from '../unitRates.js';
import { category, hasMarks, rowsOf, type ChartMaker, type ChartSource, type SeriesOf } from './chart.js';
import { pooled, whiskersOf, type RunValue } from './pooling.js';

const TITLE = 'Accuracy by task';
const ALL = 'all';
const NONE = '(none)';

/** What one category counts: a task, null for units without one, all of them where it is left out. */
interface Shown {
  readonly name: string;
  readonly task?: string | null;
}

/** Accuracy task by task, the runs beside one another, with what guessing and people reach. */
export const tasks: ChartMaker = {
  kind: 'tasks',
  title: TITLE,
  make: async (source) => {
    const units = await source.facts.units('task');
    const found = tasksOf(units, source);
    if (found === null)
      return [
        { id: 'tasks', title: TITLE, missing: 'No item has a right answer: predictions alone have no accuracy.' },
      ];
    const shown = shownOf(found);
    const isSplit = found.length > 1;
    const series = source.series.map((each): ChartSeries => ({
      name: each.name,
      marks: shown.map((of) => accuracyOf(source, each, { units, of })),
    }));
    const human = shown.map(({ task }) =>
      task === null ? null : (humanAt(source, task ?? '') ?? (isSplit ? null : humanAt(source, ''))),
    );
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
        categories: shown.map(({ name }) => category(name)),
        series,
        levels: human.some((value) => value !== null) ? [{ name: 'people', values: human }] : [],
        notes: [...(isSplit || found[0] !== null ? [] : ['The data name no tasks.']), ...unmet(source, found)],
      },
    ];
  },
};

/** The tasks in the runs that are shown, null for none, last; null alone where no item has a right answer. */
function tasksOf(
  units: ReadonlyMap<number, readonly GroupUnits[]>,
  { series }: ChartSource,
): readonly (string | null)[] | null {
  const groups = series.flatMap(({ runs }) => runs.flatMap(({ index }) => units.get(index) ?? []));
  if (groups.length === 0) return null;
  const names = new Set(groups.map(({ group }) => group));
  const named = [...names].filter((name) => name !== null).sort();
  return names.has(null) ? [...named, null] : named;
}

/** All together, then each task; of one alone all are its own. No two categories have one name, whatever tasks are called. */
function shownOf(tasks: readonly (string | null)[]): readonly Shown[] {
  const free = (name: string): string => (tasks.includes(name) ? free(`(${name})`) : name);
  const [only = null] = tasks;
  if (tasks.length === 1) return [only === null ? { name: ALL } : { name: only, task: only }];
  return [{ name: free(ALL) }, ...tasks.map((task): Shown => ({ name: task ?? free(NONE), task }))];
}

/** What people reach in a task, '' for all of them. */
function humanAt({ human }: ChartSource, task: string): number | null {
  return Object.hasOwn(human, task) ? (human[task] ?? null) : null;
}

/** Tasks that people's accuracy is stated for and that no item has: a name with a slip in it would be looked for in vain. */
function unmet({ human, filter }: ChartSource, tasks: readonly (string | null)[]): string[] {
  const names = Object.keys(human).filter((name) => name !== '' && !tasks.includes(name));
  if (filter !== null || names.length === 0) return [];
  return [
    `What people reach is also stated for tasks that no item here has: ${names.map((name) => `“${name}”`).join(', ')}.`,
  ];
}

function accuracyOf(
  source: ChartSource,
  { runs }: SeriesOf,
  { units, of }: { readonly units: ReadonlyMap<number, readonly GroupUnits[]>; readonly of: Shown },
): ChartSeries['marks'][number] {
  const { task } = of;
  const values = runs.map(({ index }) =>
    rateOf((units.get(index) ?? []).filter(({ group }) => task === undefined || group === task)),
  );
  const facets: Query['facets'] = task === undefined ? {} : { task: [task] };
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
