import type { Chart } from '../../chartModel.js';
import type { Filter } from '../../model.js';
import { completionBias, type CompletionBias, type LiftBucket } from '../../metrics/completionBias.js';
import { wilson } from '../../metrics/proportions.js';
import type { ObjectRow } from '../../store/detailQueries.js';
import { category, rowsOf, type ChartMaker, type ChartSource } from './chart.js';
import { pooled, whiskersOf, type RunValue } from './pooling.js';

const TITLE = 'Objects that are not there';
/** More bars say nothing: those with most false yes are shown. */
const MOST_OBJECTS = 20;

const LIFTS: Readonly<Record<LiftBucket, string>> = {
  zero: 'never together',
  low: 'seldom together',
  middle: 'sometimes together',
  high: 'often together',
  undefined: 'not known',
};
const BUCKETS = Object.keys(LIFTS) as readonly LiftBucket[];

/** Yes said of objects that an image does not hold: which ones, and whether they usually come with what it does hold. */
export const objects: ChartMaker = {
  kind: 'objects',
  title: TITLE,
  make: async (source) => {
    const rows = await source.facts.objects();
    const biases = new Map([...rows].map(([run, own]) => [run, completionBias(own)]));
    const series = source.series.filter(({ runs }) =>
      runs.some(({ index }) => (biases.get(index)?.questions ?? 0) > 0),
    );
    if (series.length === 0) {
      return [
        {
          id: 'objects',
          title: TITLE,
          missing: 'No questions after single objects (as POPE’s are) have “no” as the right answer.',
        },
      ];
    }
    const shown = { ...source, series };
    return [byObject(shown, biases, spellingsOf(rows)), byLift(shown, biases)];
  },
};

type Biases = ReadonlyMap<number, CompletionBias>;

const rate = ({ falseYes, questions }: { falseYes: number; questions: number }): RunValue => {
  const ci = wilson(falseYes, questions);
  const value = questions === 0 ? null : falseYes / questions;
  return { value, low: ci?.[0] ?? null, high: ci?.[1] ?? null, count: falseYes, of: questions };
};

/** How the data write each object, which is counted regardless of case. */
function spellingsOf(rows: ReadonlyMap<number, readonly ObjectRow[]>): ReadonlyMap<string, ReadonlySet<string>> {
  const spellings = new Map<string, Set<string>>();
  for (const { object, written } of [...rows.values()].flat()) {
    const own = spellings.get(object);
    if (own === undefined) spellings.set(object, new Set([written]));
    else own.add(written);
  }
  return spellings;
}

function byObject(source: ChartSource, biases: Biases, spellings: ReturnType<typeof spellingsOf>): Chart {
  const counts = new Map<string, number>();
  for (const { index } of source.series.flatMap(({ runs }) => runs))
    for (const { object, falseYes } of biases.get(index)?.byObject ?? [])
      counts.set(object, (counts.get(object) ?? 0) + falseYes);
  const names = [...counts].sort(([one, a], [other, b]) => b - a || (one < other ? -1 : 1)).map(([name]) => name);
  const shown = names.slice(0, MOST_OBJECTS);
  const left = names.length - shown.length;
  return {
    ...commonOf(source),
    id: 'objects',
    title: 'False yes by object',
    categoryIs: 'object',
    categories: shown.map((name) => category(name)),
    series: source.series.map(({ name, runs }) => ({
      name,
      marks: shown.map((object) => {
        const values = runs.flatMap(({ index }) => {
          const own = biases.get(index)?.byObject.find((each) => each.object === object);
          return own === undefined ? [] : [rate(own)];
        });
        const written: Filter = { field: 'meta.object', op: 'in', values: [...(spellings.get(object) ?? [])] };
        return pooled(values, rowsOf(source, runs, { conditions: [...FALSE_YES, written] }));
      }),
    })),
    notes: left === 0 ? [] : [`${left} more objects have fewer false yes; the summary lists all.`],
  };
}

function byLift(source: ChartSource, biases: Biases): Chart {
  return {
    ...commonOf(source),
    id: 'objects-lift',
    title: 'False yes by how often objects come together',
    categoryIs: 'asked object and those in the image',
    categories: BUCKETS.map((bucket) => category(LIFTS[bucket])),
    series: source.series.map(({ name, runs }) => ({
      name,
      marks: BUCKETS.map((bucket) => {
        const values = runs.flatMap(({ index }) => {
          const own = biases.get(index)?.byLift.find((each) => each.bucket === bucket);
          return own === undefined || own.questions === 0 ? [] : [rate(own)];
        });
        return pooled(values, null);
      }),
    })),
    notes: [
      'Thirds of the greatest lift of the asked object with one that is there: P(a, b) / (P(a) P(b)) over the images of the data. More false yes where objects often come together is the bias to complete a scene. Which rows are in a third cannot be listed.',
    ],
  };
}

const FALSE_YES: readonly Filter[] = [
  { field: 'kind', op: 'eq', value: 'yes-no' },
  { field: 'goldYes', op: 'eq', value: false },
];

function commonOf({ about, seriesIs, series }: ChartSource) {
  return {
    kind: 'bars',
    about,
    seriesIs,
    unit: 'share',
    axis: 'yes / questions whose right answer is no',
    whiskers: whiskersOf(
      series.map(({ runs }) => runs.length),
      '95 % interval (Wilson)',
    ),
    reference: null,
    levels: [],
  } as const;
}
