import { clusterBootstrap } from '../metrics/bootstrap.js';
import { mcnemarExact, pairedDifference, pairedSums } from '../metrics/differences.js';
import { holm } from '../metrics/holm.js';
import type { Interval } from '../metrics/interval.js';
import { decodeDirection, nameDirection } from '../relations/direction.js';
import type { Lens } from '../relations/lens.js';
import type { CompareRow } from '../store/joinQueries.js';
import { compareClasses, type ClassComparison } from './compareClasses.js';
import { joinRuns, type JoinedRuns } from './joinRuns.js';

export interface TaskComparison {
  readonly joined: number;
  readonly baseCorrect: number;
  readonly newCorrect: number;
  readonly difference: number | null;
  readonly mcnemarP: number;
  /** Adjusted within the table of tasks (Holm). */
  readonly mcnemarPHolm: number;
}

export interface Treatment {
  readonly new: string;
  readonly joined: {
    readonly total: number;
    readonly byContent: number;
    readonly byPosition: number;
    readonly byId: number;
    readonly refused: number;
  };
  /** Rows of either run, joined or not. */
  readonly baseRows: number;
  readonly newRows: number;
  readonly onlyBase: number;
  readonly onlyNew: number;
  /** Joined rows without a gold answer on one side: outside every count below. */
  readonly noGold: number;
  readonly bothRight: number;
  readonly bothWrong: number;
  readonly fixed: number;
  readonly broken: number;
  /** New minus base accuracy over the joined rows, a fraction. */
  readonly difference: number | null;
  readonly differenceCi95: Interval | null;
  readonly differenceMethod: string;
  readonly clusters: number;
  readonly mcnemarP: number;
  readonly mcnemarPHolm: number;
  readonly familySize: number;
  readonly bootstrap: { readonly ci95: Interval | null; readonly replicates: number; readonly seed: number } | null;
  readonly byTask: Readonly<Record<string, TaskComparison>>;
  readonly byTaskFamilySize: number;
  /** Errors by class over the joined rows with gold on both sides, the most frequent first. */
  readonly classes: Readonly<Record<string, ClassComparison>>;
  /** Outcome in the base → outcome in the new run → rows. Outcomes are classes, reading failures, and "correct". */
  readonly transitions: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly warnings: readonly string[];
}

export interface CompareOptions {
  /** The lens that the outcomes come from: it says which classes are depth flips. The classes of `axes` where absent. */
  readonly lens?: Lens;
  readonly bootstrap: { readonly replicates: number; readonly seed: number } | null;
}

interface Pair {
  readonly base: CompareRow;
  readonly other: CompareRow;
}

/** Compares each new run with the base over the rows they share. The p-values of all treatments are one family. */
export function compareRuns(
  base: readonly CompareRow[],
  treatments: readonly { readonly id: string; readonly rows: readonly CompareRow[] }[],
  options: CompareOptions,
): Treatment[] {
  const compared = treatments.map(({ id, rows }) => compareTwo(base, id, rows, options));
  const adjusted = holm(compared.map((each) => each.mcnemarP));
  return compared.map((each, index) => ({
    ...each,
    mcnemarPHolm: adjusted.adjusted[index] ?? each.mcnemarP,
    familySize: compared.length,
  }));
}

function compareTwo(
  base: readonly CompareRow[],
  id: string,
  rows: readonly CompareRow[],
  options: CompareOptions,
): Treatment {
  const joined = joinRuns(base, rows);
  const all = joined.pairs.flatMap(([from, to]): Pair[] => {
    const one = base[from];
    const other = rows[to];
    return one === undefined || other === undefined ? [] : [{ base: one, other }];
  });
  const pairs = all.filter((pair) => pair.base.correct !== null && pair.other.correct !== null);
  const outcome = outcomesOf(pairs);
  const clusters = clustersOf(pairs);
  const sums = pairedSums(clusters);
  const { difference, ci95 } = pairedDifference(sums);
  const { byTask, size } = taskTable(pairs);
  const mcnemarP = mcnemarExact(outcome.fixed, outcome.broken);
  return {
    new: id,
    joined: joinedCounts(joined),
    baseRows: base.length,
    newRows: rows.length,
    onlyBase: base.length - joined.pairs.length,
    onlyNew: rows.length - joined.pairs.length,
    noGold: all.length - pairs.length,
    ...outcome,
    difference,
    differenceCi95: ci95,
    differenceMethod: 'cluster-robust normal interval of the paired difference',
    clusters: sums.clusters,
    mcnemarP,
    mcnemarPHolm: mcnemarP,
    familySize: 1,
    bootstrap: options.bootstrap === null ? null : bootstrapOf(clusters, options.bootstrap),
    byTask,
    byTaskFamilySize: size,
    classes: compareClasses(
      pairs.map((pair) => [pair.base.outcome, pair.other.outcome]),
      options.lens ?? null,
    ),
    transitions: transitionsOf(pairs),
    warnings: [...fewJoined(joined.pairs.length, base.length, rows.length), ...collapses(pairs, difference)],
  };
}

function joinedCounts({ pairs, byContent, byPosition, byId, refused }: JoinedRuns): Treatment['joined'] {
  return { total: pairs.length, byContent, byPosition, byId, refused };
}

function outcomesOf(pairs: readonly Pair[]) {
  const count = (was: boolean, is: boolean): number =>
    pairs.filter((pair) => pair.base.correct === was && pair.other.correct === is).length;
  return {
    bothRight: count(true, true),
    bothWrong: count(false, false),
    fixed: count(false, true),
    broken: count(true, false),
  };
}

function clustersOf(pairs: readonly Pair[]): { units: number; fixed: number; broken: number }[] {
  const clusters = new Map<string, { units: number; fixed: number; broken: number }>();
  for (const { base, other } of pairs) {
    const key = base.cluster;
    const cluster = clusters.get(key) ?? { units: 0, fixed: 0, broken: 0 };
    cluster.units += 1;
    if (!base.correct && other.correct) cluster.fixed += 1;
    if (base.correct && !other.correct) cluster.broken += 1;
    clusters.set(key, cluster);
  }
  return [...clusters.values()];
}

function bootstrapOf(
  clusters: readonly { units: number; fixed: number; broken: number }[],
  { replicates, seed }: { replicates: number; seed: number },
): Treatment['bootstrap'] {
  const sums = clusters.map(({ units, fixed, broken }) => ({ sum: fixed - broken, n: units }));
  return { ci95: clusterBootstrap(sums, replicates, seed).ci95, replicates, seed };
}

function groupPairs(pairs: readonly Pair[], keyOf: (pair: Pair) => string | null): Map<string, Pair[]> {
  const groups = new Map<string, Pair[]>();
  for (const pair of pairs) {
    const key = keyOf(pair);
    if (key === null) continue;
    const list = groups.get(key);
    if (list === undefined) groups.set(key, [pair]);
    else list.push(pair);
  }
  return groups;
}

function taskTable(pairs: readonly Pair[]): { byTask: Record<string, TaskComparison>; size: number } {
  const groups = [...groupPairs(pairs, ({ base }) => base.task)].sort(([one], [other]) => (one < other ? -1 : 1));
  const tests = groups.map(([, own]) => {
    const { fixed, broken } = outcomesOf(own);
    return mcnemarExact(fixed, broken);
  });
  const { adjusted } = holm(tests);
  const byTask = Object.fromEntries(
    groups.map(([task, own], index): [string, TaskComparison] => {
      const { bothRight, fixed, broken } = outcomesOf(own);
      return [
        task,
        {
          joined: own.length,
          baseCorrect: bothRight + broken,
          newCorrect: bothRight + fixed,
          difference: own.length === 0 ? null : (fixed - broken) / own.length,
          mcnemarP: tests[index] ?? 1,
          mcnemarPHolm: adjusted[index] ?? 1,
        },
      ];
    }),
  );
  return { byTask, size: groups.length };
}

function transitionsOf(pairs: readonly Pair[]): Record<string, Record<string, number>> {
  // Classes of a user's lens may be called anything ("constructor"), so they are no keys of a plain object yet.
  const table = new Map<string, Map<string, number>>();
  for (const { base, other } of pairs) {
    const row = table.get(base.outcome) ?? new Map<string, number>();
    row.set(other.outcome, (row.get(other.outcome) ?? 0) + 1);
    table.set(base.outcome, row);
  }
  return Object.fromEntries([...table].map(([from, row]) => [from, Object.fromEntries(row)]));
}

/** Below this share of the smaller run a comparison speaks of a part that may not stand for the whole. */
const FEW = 0.5;

function fewJoined(joined: number, base: number, other: number): string[] {
  if (joined >= FEW * Math.min(base, other)) return [];
  return [
    `Only ${joined} ${joined === 1 ? 'item is' : 'items are'} in both runs (base ${base}, new ${other}): the difference speaks of ${joined === 1 ? 'it' : 'these'} alone.`,
  ];
}

/** A direction collapses when its own accuracy falls by at least this much, significantly (Holm over the directions). */
const COLLAPSE = 0.1;
const ALPHA = 0.05;

function collapses(pairs: readonly Pair[], difference: number | null): string[] {
  if (difference === null || difference <= 0) return [];
  const groups = [...groupPairs(pairs, ({ base }) => nameDirection(decodeDirection(base.goldDirection)))];
  const rows = groups.map(([direction, own]) => ({ direction, own, ...outcomesOf(own) }));
  const { adjusted } = holm(rows.map(({ fixed, broken }) => mcnemarExact(fixed, broken)));
  return rows.flatMap(({ direction, own, fixed, broken, bothRight }, index) => {
    const change = (fixed - broken) / own.length;
    if (change > -COLLAPSE || (adjusted[index] ?? 1) >= ALPHA) return [];
    const was = `${bothRight + broken}/${own.length}`;
    return [
      `Accuracy rises overall, but on items whose answer is "${direction}" it falls from ${was} to ${bothRight + fixed}/${own.length}.`,
    ];
  });
}
