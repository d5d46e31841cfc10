import { holm } from '../../metrics/holm.js';
import type { Lens } from '../../relations/lens.js';
import type { Database } from '../../store/database.js';
import { Comparisons as RunComparisons, type Ids } from '../comparisons.js';
import type { RunSummary } from '../summaryTypes.js';
import type { Comparisons, PairOfRuns } from './data.js';

/** Rows of all runs together up to which they are compared unasked. */
const MOST_ROWS = 300_000;
/** Runs and rows up to which every two runs are compared. */
const MOST_PAIRED = 10;
const MOST_PAIRED_ROWS = 200_000;

/**
 * Compares the runs over the items they share: all with one base, and where they are few every two of them. `base`: the run
 * that the user names; else the one with the lowest accuracy among those that share items with another. A text says why not.
 */
export async function compareAll(
  db: Database,
  lens: Lens,
  { all, summaries }: { readonly all: Ids; readonly summaries: readonly (RunSummary & { readonly index: number })[] },
  base: string | null,
): Promise<Comparisons | string> {
  const filled = summaries.filter((run) => run.accuracy !== null);
  if (filled.length < 2) return 'There are no two runs with right answers to compare.';
  const total = filled.reduce((sum, run) => sum + run.items, 0);
  if (total > MOST_ROWS && base === null) {
    return `The runs hold ${total} items together, more than a report compares unasked; --base names the run that others are to be compared with.`;
  }
  const sorted = [...filled].sort((one, other) => (one.accuracy ?? 0) - (other.accuracy ?? 0));
  const candidates = base === null ? sorted : sorted.filter((run) => run.id === base);
  const runs = new RunComparisons(db, all, true);
  const indexes = filled.map(({ index }) => index);
  for (const { id, index } of candidates) {
    const others = indexes.filter((each) => each !== index);
    const treatments = await runs.compare(index, others, { lens, bootstrap: null });
    if (treatments.every(({ joined }) => joined.total === 0)) continue;
    const isFew = filled.length > 2 && filled.length <= MOST_PAIRED && total <= MOST_PAIRED_ROWS;
    const pairs = isFew ? await comparePairs(runs, all, indexes, lens) : null;
    return {
      base: id,
      chosen: base === null ? 'lowest accuracy' : 'asked for',
      treatments,
      pairs,
      familySize: pairs?.filter(({ pHolm }) => pHolm !== null).length ?? 0,
    };
  }
  return base === null
    ? 'No two runs share an item: their questions, options or right answers differ.'
    : 'The base shares no item with any other run: questions, options or right answers differ.';
}

/** Every two runs that share items, the first of each as the base; the tests of all of them are one family. */
async function comparePairs(
  runs: RunComparisons,
  all: Ids,
  indexes: readonly number[],
  lens: Lens,
): Promise<PairOfRuns[]> {
  const pairs: Omit<PairOfRuns, 'pHolm'>[] = [];
  for (const [at, first] of indexes.entries()) {
    const compared = await runs.compare(first, indexes.slice(at + 1), { lens, bootstrap: null });
    for (const each of compared) {
      if (each.joined.total > 0) pairs.push({ first: all[first]?.id ?? '', second: each.new, compared: each });
    }
  }
  const adjusted = [...holm(pairs.flatMap(({ compared }) => compared.mcnemarP ?? [])).adjusted];
  return pairs.map((pair) => ({
    ...pair,
    pHolm: pair.compared.mcnemarP === null ? null : (adjusted.shift() ?? null),
  }));
}
