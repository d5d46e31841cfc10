import { clusterBootstrap } from '../metrics/bootstrap.js';
import { mcnemarExact, pairedDifference } from '../metrics/differences.js';
import { holm } from '../metrics/holm.js';
import type { Interval } from '../metrics/interval.js';
import type { DirectionComparison, Forgetting, TaskComparison, Treatment } from '../compareModel.js';
import type { Lens } from '../relations/lens.js';
import type { Database } from '../store/database.js';
import {
  clusterChanges,
  groupCounts,
  joinedCounts,
  transitions,
  type GroupCounts,
  type JoinedPair,
} from '../store/pairQueries.js';
import type { UnitTable } from '../store/unitTables.js';
import { compareClasses } from './compareClasses.js';

export interface CompareOptions {
  /** The lens that the outcomes come from: it says which classes are depth flips. The classes of `axes` where absent. */
  readonly lens?: Lens;
  readonly bootstrap: { readonly replicates: number; readonly seed: number } | null;
  /** The task that the treatments aim at: what falls while it rises is forgotten. Absent or null: all items. */
  readonly target?: string | null;
}

/** Counts what became of the items of each pair of runs, all with one base. The p-values of all treatments are one family. */
export async function countTreatments(
  db: Database,
  pairs: readonly { readonly id: string; readonly pair: JoinedPair }[],
  options: CompareOptions,
): Promise<Treatment[]> {
  const compared: Treatment[] = [];
  for (const { id, pair } of pairs) compared.push(await treatmentOf(db, id, pair, options));
  const { adjusted, size } = holmOf(compared.map((each) => each.mcnemarP));
  return compared.map((each, index) => ({ ...each, mcnemarPHolm: adjusted[index] ?? null, familySize: size }));
}

/** Holm's adjustment of the tests that could be run. */
function holmOf(tests: readonly (number | null)[]): { adjusted: (number | null)[]; size: number } {
  const run = tests.filter((p) => p !== null);
  const results = [...holm(run).adjusted];
  return { adjusted: tests.map((p) => (p === null ? null : (results.shift() ?? p))), size: run.length };
}

async function treatmentOf(db: Database, id: string, pair: JoinedPair, options: CompareOptions): Promise<Treatment> {
  const { base, other } = pair;
  const { noGold, ...joined } = await joinedCounts(db, pair);
  const total = joined.byContent + joined.byPosition + joined.byId;
  const { all, byTask, byDirection } = await groupCounts(db, pair);
  const changes = await transitions(db, pair);
  const { difference, ci95 } = pairedDifference(all.sums);
  const [tasks, directions] = [tableOf(byTask), directionTable(byDirection, difference)];
  const sampled = sampledOf(base, other, all.partly);
  const mcnemarP = mcnemarOf(all);
  return {
    new: id,
    joined: { total, ...joined },
    ...{
      baseRows: base.count,
      newRows: other.count,
      onlyBase: base.count - total,
      onlyNew: other.count - total,
      noGold,
    },
    ...(sampled === null ? {} : { sampled }),
    ...{ bothRight: all.bothRight, bothWrong: all.bothWrong, fixed: all.fixed, broken: all.broken },
    difference,
    differenceCi95: ci95,
    differenceMethod: 'cluster-robust normal interval of the paired difference',
    clusters: all.sums.clusters,
    mcnemarP,
    mcnemarPHolm: mcnemarP,
    familySize: 1,
    bootstrap: options.bootstrap === null ? null : await bootstrapOf(db, pair, options.bootstrap),
    byTask: Object.fromEntries(tasks.table),
    byTaskFamilySize: tasks.size,
    byDirection: Object.fromEntries(directions.table),
    byDirectionFamilySize: directions.size,
    forgetting: forgettingOf(tasks.table, options.target ?? null, { difference, ci95 }),
    classes: compareClasses(changes, options.lens ?? null),
    transitions: transitionTable(changes),
    warnings: [
      ...(sampled === null ? [] : [samplesTold(base, other, sampled.partly)]),
      ...fewJoined(total, base.count, other.count),
      ...collapsesTold(directions.table),
    ],
  };
}

function sampledOf(base: UnitTable, other: UnitTable, partly: number): NonNullable<Treatment['sampled']> | null {
  if (base.samples === null && other.samples === null) return null;
  return { baseRows: base.samples ?? base.count, newRows: other.samples ?? other.count, partly };
}

function samplesTold(base: UnitTable, other: UnitTable, partly: number): string {
  const told = ([side, { count, samples }]: readonly [string, UnitTable]): string[] =>
    samples === null ? [] : [`the ${side} has ${samples} samples of ${count} questions`];
  const sides = [...told(['base', base]), ...told(['new run', other])].join(' and ');
  const untested =
    partly === 0
      ? ''
      : ` ${partly} joined ${partly === 1 ? 'question is' : 'questions are'} right in some samples only and neither fixed nor broken, so McNemar’s test is not made.`;
  return `${sides[0]?.toUpperCase() ?? ''}${sides.slice(1)}: each question counts with the share of its samples that is right.${untested}`;
}

/** The test of right against wrong; null where some unit is neither, and where there is none to test. */
function mcnemarOf({ joined, partly, fixed, broken }: GroupCounts): number | null {
  return joined === 0 || partly > 0 ? null : mcnemarExact(fixed, broken);
}

async function bootstrapOf(
  db: Database,
  pair: JoinedPair,
  { replicates, seed }: { replicates: number; seed: number },
): Promise<Treatment['bootstrap']> {
  return { ci95: clusterBootstrap(await clusterChanges(db, pair), replicates, seed).ci95, replicates, seed };
}

/** Accuracies of groups, with tests adjusted within the table. */
function tableOf(groups: ReadonlyMap<string, GroupCounts>): { table: Map<string, TaskComparison>; size: number } {
  const sorted = [...groups].sort(([one], [other]) => (one < other ? -1 : 1));
  const { adjusted, size } = holmOf(sorted.map(([, own]) => mcnemarOf(own)));
  const table = sorted.map(([name, own], index): [string, TaskComparison] => {
    const { difference, ci95 } = pairedDifference(own.sums);
    const { joined, baseCorrect, newCorrect } = own;
    const tests = { mcnemarP: mcnemarOf(own), mcnemarPHolm: adjusted[index] ?? null };
    return [name, { joined, baseCorrect, newCorrect, difference, differenceCi95: ci95, ...tests }];
  });
  return { table: new Map(table), size };
}

/** What fell beside a target that rose. */
function forgettingOf(
  tasks: ReadonlyMap<string, TaskComparison>,
  target: string | null,
  all: { readonly difference: number | null; readonly ci95: Interval | null },
): Forgetting {
  const aimed = target === null ? null : (tasks.get(target) ?? null);
  const difference = target === null ? all.difference : (aimed?.difference ?? null);
  const interval = target === null ? all.ci95 : (aimed?.differenceCi95 ?? null);
  const rose = difference !== null && difference > 0 && interval !== null && interval[0] > 0;
  const fell = [...tasks].flatMap(([task, each]) =>
    task === target || each.difference === null || each.difference >= 0 || difference === null || difference <= 0
      ? []
      : [{ task, difference: each.difference, significant: (each.mcnemarPHolm ?? 1) < ALPHA }],
  );
  // Who sees the first of them sees what is sure, and what fell most.
  fell.sort((one, other) => Number(other.significant) - Number(one.significant) || one.difference - other.difference);
  return { target, difference, rose, fell };
}

function transitionTable(
  changes: readonly { readonly from: string; readonly to: string; readonly count: number }[],
): Record<string, Record<string, number>> {
  // Classes of a user's lens may be called anything ("constructor"), so they are no keys of a plain object yet.
  const table = new Map<string, Map<string, number>>();
  for (const { from, to, count } of changes) {
    const row = table.get(from) ?? new Map<string, number>();
    row.set(to, count);
    table.set(from, row);
  }
  return Object.fromEntries([...table].map(([from, row]) => [from, Object.fromEntries(row)]));
}

/** Below this share of the smaller run a comparison speaks of a part that may not stand for the whole. */
const FEW = 0.5;

function fewJoined(joined: number, base: number, other: number): string[] {
  if (joined >= FEW * Math.min(base, other)) return [];
  if (joined === 0) return [`No item is in both runs (base ${base}, new ${other}): there is nothing to compare.`];
  return [
    `Only ${joined} ${joined === 1 ? 'item is' : 'items are'} in both runs (base ${base}, new ${other}): the difference speaks of ${joined === 1 ? 'it' : 'these'} alone.`,
  ];
}

/** A direction collapses when its own accuracy falls by at least this much, significantly (Holm over the directions). */
const COLLAPSE = 0.1;
const ALPHA = 0.05;

function directionTable(
  groups: ReadonlyMap<string, GroupCounts>,
  total: number | null,
): { table: Map<string, DirectionComparison>; size: number } {
  const { table, size } = tableOf(groups);
  const isCollapsed = ({ difference, mcnemarPHolm }: TaskComparison): boolean =>
    total !== null && total > 0 && (difference ?? 0) <= -COLLAPSE && (mcnemarPHolm ?? 1) < ALPHA;
  return { table: new Map([...table].map(([name, each]) => [name, { ...each, collapsed: isCollapsed(each) }])), size };
}

function collapsesTold(directions: ReadonlyMap<string, DirectionComparison>): string[] {
  return [...directions]
    .filter(([, { collapsed }]) => collapsed)
    .map(
      ([direction, { joined, baseCorrect, newCorrect }]) =>
        `Accuracy rises overall, but on items whose answer is "${direction}" it falls from ${baseCorrect}/${joined} to ${newCorrect}/${joined}.`,
    );
}
