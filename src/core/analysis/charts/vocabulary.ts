import type { ChartSeries } from '../../chartModel.js';
import type { GroupUnits } from '../../store/countQueries.js';
import { category, rowsOf, type ChartMaker } from './chart.js';
import { pooled, whiskersOf } from './pooling.js';
import { spreadsOf } from './spread.js';
import { rateOf } from './tasks.js';

const TITLE = 'Accuracy by vocabulary';
/** More words are shown by how often they are asked. */
const MOST = 40;

/** Accuracy by the word of the relation that is asked for, else by the right answer's own words. */
export const vocabulary: ChartMaker = {
  kind: 'vocabulary',
  title: TITLE,
  make: async (source) => {
    const byRelation = await source.facts.units('relation');
    const indexes = source.series.flatMap(({ runs }) => runs.map(({ index }) => index));
    const isStated = indexes.some((index) => (byRelation.get(index) ?? []).some(({ group }) => group !== null));
    const field = isStated ? 'relation' : 'goldDirection';
    const units = isStated ? byRelation : await source.facts.units('goldDirection');
    const asked = indexes.flatMap((index) => units.get(index) ?? []);
    const names = namesOf(asked).filter((name) => source.facts.wordOf(field, name) !== null);
    if (names.length < 2) {
      return [{ id: 'vocabulary', title: TITLE, missing: 'The items name fewer than two relations or directions.' }];
    }
    const shown = names.slice(0, MOST);
    const categories = shown.map((name) => category(source.facts.wordOf(field, name) ?? name));
    const series = source.series.map((each): ChartSeries => ({
      name: each.name,
      marks: shown.map((name) =>
        pooled(
          each.runs.map(({ index }) => rateOf((units.get(index) ?? []).filter(({ group }) => group === name))),
          rowsOf(source, each.runs, {
            conditions: [{ field, op: 'eq', value: source.facts.wordOf(field, name) }],
          }),
        ),
      ),
    }));
    return [
      {
        id: 'vocabulary',
        kind: 'bars',
        title: TITLE,
        about: source.about,
        unit: 'share',
        axis: 'right units / units with a right answer',
        whiskers: whiskersOf(
          source.series.map(({ runs }) => runs.length),
          '95 % interval (Wilson)',
        ),
        reference: 'by guessing among the options',
        categoryIs: isStated ? 'relation' : 'right direction',
        seriesIs: source.seriesIs,
        categories,
        series,
        levels: [],
        notes: [
          ...spreadsOf(series, categories, isStated ? 'relations' : 'directions'),
          ...(names.length > MOST ? [`${names.length - MOST} more are asked less often and not shown.`] : []),
        ],
      },
    ];
  },
};

/** Those that are asked most often first. */
function namesOf(groups: readonly GroupUnits[]): string[] {
  const counts = new Map<string, number>();
  for (const { group, units } of groups) if (group !== null) counts.set(group, (counts.get(group) ?? 0) + units);
  return [...counts].sort(([one, a], [other, b]) => b - a || (one < other ? -1 : 1)).map(([name]) => name);
}
