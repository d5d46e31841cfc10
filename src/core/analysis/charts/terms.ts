import type { ChartAnswer, ChartSeries, TermFrequency } from '../../chartModel.js';
import { wilson } from '../../metrics/proportions.js';
import { spearman } from '../../metrics/rankCorrelation.js';
import { ITEM_WORDS, type TermCount } from '../../store/itemWords.js';
import { category, rowsOf, type ChartMaker, type ChartSource } from './chart.js';
import { pooled, whiskersOf, type RunValue } from './pooling.js';

const TITLE = 'Accuracy by frequency of terms';
/** More points are a cloud in which none is told from another; those with most items are shown. */
const MOST = 100;

/** Terms that some item mentions, with what was counted of them by run. */
interface Mentioned {
  readonly term: string;
  readonly place: number;
  readonly words: string;
  readonly items: number;
  readonly byRun: ReadonlyMap<number, TermCount>;
}

/** Accuracy of the items that mention a term, against how often the user's table says that it occurs. */
export const terms: ChartMaker = {
  kind: 'terms',
  title: TITLE,
  make: async (source) => {
    const { table } = source;
    if (table === null || table.problem !== null) return [missing(table?.problem ?? NO_TABLE)];
    const placed = table.terms.filter(({ count }) => count > 0);
    const found = mentionedOf(source, placed, await source.facts.mentions(placed.map(({ term }) => term)));
    if (found.length < 2) {
      const what = found.length === 0 ? 'no term' : `one term only, “${found[0]?.term ?? ''}”,`;
      return [
        missing(`The items mention ${what} of the ${placed.length} of the table: at least two are needed for a chart.`),
      ];
    }
    return [chartOf(source, found, table.terms.length - placed.length)];
  },
};

const NO_TABLE =
  'There is no table of terms: .flipside/terms.csv in the workspace (columns term and count), or terms.json, says how often each term occurs in the training data.';

function missing(why: string): ChartAnswer {
  return { id: 'terms', title: TITLE, missing: why };
}

/** By frequency; equally frequent ones by name. */
function mentionedOf(
  { series }: ChartSource,
  placed: readonly TermFrequency[],
  counts: readonly TermCount[],
): Mentioned[] {
  const shown = new Set(series.flatMap(({ runs }) => runs.map(({ index }) => index)));
  const byTerm = new Map<number, Map<number, TermCount>>();
  for (const each of counts) {
    if (!shown.has(each.run)) continue;
    const own = byTerm.get(each.at) ?? new Map<number, TermCount>();
    byTerm.set(each.at, own.set(each.run, each));
  }
  const found = [...byTerm].flatMap(([at, byRun]): Mentioned[] => {
    const [own, [first]] = [placed[at], byRun.values()];
    if (own === undefined || first === undefined) return [];
    const items = [...byRun.values()].reduce((sum, each) => sum + each.items, 0);
    return [{ term: own.term, place: Math.log10(own.count), words: first.words, items, byRun }];
  });
  return found.sort((one, other) => one.place - other.place || (one.term < other.term ? -1 : 1));
}

function chartOf(source: ChartSource, found: readonly Mentioned[], without: number): ChartAnswer {
  const shown = found.length <= MOST ? found : [...found].sort((one, other) => other.items - one.items).slice(0, MOST);
  const sorted = found.filter((each) => shown.includes(each));
  const marksOf = (each: ChartSource['series'][number], among: readonly Mentioned[]): ChartSeries['marks'] =>
    among.map(({ byRun, words }) =>
      pooled(
        each.runs.flatMap(({ index }) => valueOf(byRun.get(index))),
        rowsOf(source, each.runs, { conditions: [{ field: ITEM_WORDS, op: 'contains', value: words }] }),
      ),
    );
  return {
    id: 'terms',
    kind: 'points',
    title: TITLE,
    about: source.about,
    unit: 'share',
    axis: 'right answers / items with a right answer that mention the term',
    whiskers: whiskersOf(
      source.series.map(({ runs }) => runs.length),
      '95 % interval (Wilson)',
    ),
    reference: null,
    categoryIs: 'term',
    seriesIs: source.seriesIs,
    places: 'log₁₀ of the term’s count in the table',
    categories: sorted.map(({ term, place }) => category(term, { at: place })),
    series: source.series.map((each) => ({ name: each.name, marks: marksOf(each, sorted) })),
    levels: [],
    notes: [
      ...source.series.flatMap((each) => correlationOf(each.name, found, marksOf(each, found))),
      'A term is mentioned where question, right answer or options have it as whole words, regardless of case.',
      ...(sorted.length < found.length
        ? [`${found.length - sorted.length} terms with fewer items are not shown; the correlation counts them.`]
        : []),
      ...(without === 0 ? [] : [`${without} terms with the count 0 have no logarithm and are left out.`]),
    ],
  };
}

function valueOf(counted: TermCount | undefined): RunValue[] {
  if (counted === undefined) return [];
  const { correct, items } = counted;
  const ci = wilson(correct, items);
  return [{ value: correct / items, low: ci?.[0] ?? null, high: ci?.[1] ?? null, count: correct, of: items }];
}

/** Over all terms that are mentioned, each weighing the same. */
function correlationOf(name: string, found: readonly Mentioned[], marks: ChartSeries['marks']): string[] {
  const pairs = marks.flatMap((mark, at): [number, number][] => {
    const [value, place] = [mark?.value ?? null, found[at]?.place];
    return value === null || place === undefined ? [] : [[place, value]];
  });
  if (pairs.length === 0) return [];
  const rho = spearman(pairs);
  return [
    rho === null
      ? `${name}: no rank correlation over n = ${pairs.length} terms: there are fewer than three, or all are equal.`
      : `${name}: Spearman’s rank correlation ${rho.toFixed(2).replace('-', '−')}, n = ${pairs.length} terms.`,
  ];
}
