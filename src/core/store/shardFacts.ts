import type { LensKeys } from './lensKey.js';
import type { StoredRow } from './row.js';

/** The most runs that one file is taken to hold. */
export const MOST_SPLITS = 50;

/** What is only known when every row has been seen. */
export interface ShardFacts {
  /** Distinct values of `split`, in order of first appearance; null stands for rows without one. */
  readonly splits: readonly { readonly split: string | null; readonly items: number; readonly model: string | null }[];
  /** Which identifier became the item id: a unique id column, or the row number. */
  readonly itemId: 'id' | 'row';
  readonly lensKeys: readonly LensKeys[];
  /** Which field of a row became its split. */
  readonly splitBy: 'split' | 'model';
}

/** How a row's split is told; `none` where a column of more than fifty values is no label of runs. */
export type SplitSource = 'split' | 'model' | 'none';

/**
 * The facts of rows that are all in memory, and what their splits are told by: as settleFacts.ts settles them in SQL, for a few rows
 * without a statement. `test/core/store/shards.test.ts` holds one against the other.
 */
export function factsOf(stored: readonly StoredRow[]): { facts: ShardFacts; splitSource: SplitSource } {
  const rows = stored.map(namesOf);
  const splitSource = splitSourceOf(rows);
  const splitOf = (row: Names): string | null => (splitSource === 'none' ? null : row[splitSource]);
  const isNamed = rows.every(({ id }) => id !== null);
  const itemId = isNamed && isDistinct(rows, splitOf) ? 'id' : 'row';
  const splitBy = splitSource === 'model' ? 'model' : 'split';
  return { facts: { splits: splitsOf(rows, splitOf), itemId, lensKeys: lensKeysOf(stored), splitBy }, splitSource };
}

/** What names a row. */
interface Names {
  readonly split: string | null;
  readonly model: string | null;
  readonly id: string | null;
  readonly sample: number | null;
}

function namesOf({ raw }: StoredRow): Names {
  return { split: asStored(raw.split), model: asStored(raw.model), id: asStored(raw.id), sample: raw.sample };
}

/** Half a surrogate pair becomes U+FFFD where texts are stored, and two texts may then be the same. */
function asStored(text: string | null): string | null {
  return text !== null && /[\ud800-\udfff]/.test(text) ? Buffer.from(text).toString() : text;
}

/**
 * One file may hold several runs: by the label its format names, else by model where ids repeat only across models.
 * A column with more than fifty values is no run label.
 */
function splitSourceOf(rows: readonly Names[]): SplitSource {
  const labels = new Set(rows.flatMap(({ split }) => split ?? [])).size;
  if (labels > 0) return labels > MOST_SPLITS ? 'none' : 'split';
  const models = new Set(rows.flatMap(({ model }) => model ?? [])).size;
  if (models < 2 || models > MOST_SPLITS) return 'split';
  const isStated = rows.every(({ model, id }) => model !== null && id !== null);
  const repeats = isStated && !isDistinct(rows, () => null) && isDistinct(rows, ({ model }) => model);
  return repeats ? 'model' : 'split';
}

/** Whether no two rows have the same id and sample within what `of` tells of them. */
function isDistinct(rows: readonly Names[], of: (row: Names) => string | null): boolean {
  return new Set(rows.map((row) => JSON.stringify([of(row), row.id, row.sample]))).size === rows.length;
}

function splitsOf(rows: readonly Names[], splitOf: (row: Names) => string | null): ShardFacts['splits'] {
  const found = new Map<string | null, { items: number; models: Set<string> }>();
  for (const row of rows) {
    const split = splitOf(row);
    const own = found.get(split) ?? { items: 0, models: new Set() };
    found.set(split, own);
    own.items += 1;
    if (row.model !== null) own.models.add(row.model);
  }
  return [...found].map(([split, { items, models }]) => {
    const [model = null, ...others] = models;
    return { split, items, model: others.length > 0 ? null : model };
  });
}

function lensKeysOf(rows: readonly StoredRow[]): LensKeys[] {
  const found = new Map<string, LensKeys>();
  for (const { correct, itemKey, answerKey } of rows) {
    if (correct === false && answerKey !== null) found.set(`${itemKey}|${answerKey}`, [itemKey, answerKey]);
  }
  return [...found.values()].sort(([a, b], [c, d]) => a - c || b - d);
}
