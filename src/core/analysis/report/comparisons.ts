import { holm } from '../../metrics/holm.js';
import type { Lens } from '../../relations/lens.js';
import type { Database } from '../../store/database.js';
import { compareRows, type CompareRow } from '../../store/joinQueries.js';
import type { Treatment } from '../../compareModel.js';
import { compareRuns } from '../compare.js';
import type { RunSummary } from '../summaryTypes.js';
import type { Comparisons, PairOfRuns } from './data.js';

/** Rows of all runs together up to which they are compared unasked: their keys are held in memory, some kilobytes a row. */
const MOST_ROWS = 300_000;
/** Runs and rows up to which every two runs are compared. */
const MOST_PAIRED = 10;
const MOST_PAIRED_ROWS = 200_000;

interface Rows {
  readonly id: string;
  readonly rows: readonly CompareRow[];
}

/**
 * Compares the runs over the items they share: all with one base, and where they are few every two of them. `base`: the run
 * that the user names; else the one with the lowest accuracy among those that share items with another. A text says why not.
 */
export async function compareAll(
  db: Database,
  lens: Lens,
  runs: readonly (RunSummary & { readonly index: number })[],
  base: string | null,
): Promise<Comparisons | string> {
  const filled = runs.filter((run) => run.accuracy !== null);
  if (filled.length < 2) return 'There are no two runs with right answers to compare.';
  const total = filled.reduce((sum, run) => sum + run.items, 0);
  if (total > MOST_ROWS && base === null) {
    return `The runs hold ${total} items together, more than a report compares unasked; --base names the run that others are to be compared with.`;
  }
  const sorted = [...filled].sort((one, other) => (one.accuracy ?? 0) - (other.accuracy ?? 0));
  const candidates = base === null ? sorted : sorted.filter((run) => run.id === base);
  const rows = new Map<string, Rows>();
  for (const run of filled) rows.set(run.id, { id: run.id, rows: await compareRows(db, run.index) });
  const all = filled.flatMap(({ id }) => rows.get(id) ?? []);
  for (const { id } of candidates) {
    const treatments = compareWith(
      rows.get(id),
      all.filter((each) => each.id !== id),
      lens,
    );
    if (treatments.every(({ joined }) => joined.total === 0)) continue;
    const isFew = filled.length > 2 && filled.length <= MOST_PAIRED && total <= MOST_PAIRED_ROWS;
    const pairs = isFew ? comparePairs(all, lens) : null;
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

function compareWith(base: Rows | undefined, others: readonly Rows[], lens: Lens): Treatment[] {
  return base === undefined ? [] : compareRuns(base.rows, others, { lens, bootstrap: null });
}

/** Every two runs that share items, the first of each as the base; the tests of all of them are one family. */
function comparePairs(all: readonly Rows[], lens: Lens): PairOfRuns[] {
  const pairs = all.flatMap((first, at) =>
    compareWith(first, all.slice(at + 1), lens)
      .filter(({ joined }) => joined.total > 0)
      .map((compared) => ({ first: first.id, second: compared.new, compared })),
  );
  const adjusted = [...holm(pairs.flatMap(({ compared }) => compared.mcnemarP ?? [])).adjusted];
  return pairs.map((pair) => ({
    ...pair,
    pHolm: pair.compared.mcnemarP === null ? null : (adjusted.shift() ?? null),
  }));
}
