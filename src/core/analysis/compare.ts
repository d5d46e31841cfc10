import { clusterBootstrap } from '../metrics/bootstrap.js';
import { mcnemarExact, pairedDifference, pairedSums } from '../metrics/differences.js';
import { holm } from '../metrics/holm.js';
import type { Interval } from '../metrics/interval.js';
import { decodeDirection, nameDirection } from '../relations/direction.js';
import type { Lens } from '../relations/lens.js';
import type { CompareRow } from '../store/joinQueries.js';
import type { DirectionComparison, Forgetting, TaskComparison, Treatment } from '../compareModel.js';
import { compareClasses } from './compareClasses.js';
import { isWhole, unitsOf, type CompareUnit, type Units } from './compareUnits.js';
import { joinRuns, type JoinedRuns } from './joinRuns.js';

export interface CompareOptions {
  /** The lens that the outcomes come from: it says which classes are depth flips. The classes of `axes` where absent. */
  readonly lens?: Lens;
  readonly bootstrap: { readonly replicates: number; readonly seed: number } | null;
  /** The task that the treatments aim at: what falls while it rises is forgotten. Absent or null: all items. */
  readonly target?: string | null;
}

interface Pair {
  readonly base: CompareUnit;
  readonly other: CompareUnit;
}

/** Shares of samples are added up in whole parts, exactly for up to 16 samples; divisible by 1 to 16. */
const PARTS = 720_720;

/** Compares each new run with the base over the rows they share. The p-values of all treatments are one family. */
export function compareRuns(
  base: readonly CompareRow[],
  treatments: readonly { readonly id: string; readonly rows: readonly CompareRow[] }[],
  options: CompareOptions,
): Treatment[] {
  const units = unitsOf(base);
  const compared = treatments.map(({ id, rows }) => compareTwo(units, id, unitsOf(rows), options));
  const { adjusted, size } = holmOf(compared.map((each) => each.mcnemarP));
  return compared.map((each, index) => ({ ...each, mcnemarPHolm: adjusted[index] ?? null, familySize: size }));
}

/** Holm's adjustment of the tests that could be run. */
function holmOf(tests: readonly (number | null)[]): { adjusted: (number | null)[]; size: number } {
  const run = tests.filter((p) => p !== null);
  const results = [...holm(run).adjusted];
  return { adjusted: tests.map((p) => (p === null ? null : (results.shift() ?? p))), size: run.length };
}

function compareTwo(base: Units, id: string, other: Units, options: CompareOptions): Treatment {
  const [was, is] = [base.units, other.units];
  const joined = joinRuns(was, is);
  const all = joined.pairs.flatMap(([from, to]): Pair[] => {
    const [one, two] = [was[from], is[to]];
    return one === undefined || two === undefined ? [] : [{ base: one, other: two }];
  });
  const pairs = all.filter((pair) => pair.base.correct !== null && pair.other.correct !== null);
  const sampled = sampledOf(base, other, pairs);
  const clusters = clustersOf(pairs);
  const sums = pairedSums(clusters);
  const { difference, ci95 } = pairedDifference(sums);
  const tasks = groupTable(pairs, ({ base }) => base.task);
  const directions = directionTable(pairs, difference);
  const mcnemarP = mcnemarOf(pairs);
  return {
    new: id,
    joined: joinedCounts(joined),
    baseRows: was.length,
    newRows: is.length,
    onlyBase: was.length - joined.pairs.length,
    onlyNew: is.length - joined.pairs.length,
    noGold: all.length - pairs.length,
    ...(sampled === null ? {} : { sampled }),
    ...outcomesOf(pairs),
    difference,
    differenceCi95: ci95,
    differenceMethod: 'cluster-robust normal interval of the paired difference',
    clusters: sums.clusters,
    mcnemarP,
    mcnemarPHolm: mcnemarP,
    familySize: 1,
    bootstrap: options.bootstrap === null ? null : bootstrapOf(clusters, options.bootstrap),
    byTask: Object.fromEntries(tasks.table),
    byTaskFamilySize: tasks.size,
    byDirection: Object.fromEntries(directions.table),
    byDirectionFamilySize: directions.size,
    forgetting: forgettingOf(tasks.table, options.target ?? null, { difference, ci95 }),
    classes: compareClasses(
      pairs.map((pair) => [pair.base.outcome, pair.other.outcome]),
      options.lens ?? null,
    ),
    transitions: transitionsOf(pairs),
    warnings: [
      ...(sampled === null ? [] : [samplesTold(base, other, sampled.partly)]),
      ...fewJoined(joined.pairs.length, was.length, is.length),
      ...collapsesTold(directions.table),
    ],
  };
}

function sampledOf(base: Units, other: Units, pairs: readonly Pair[]): NonNullable<Treatment['sampled']> | null {
  if (base.samples === null && other.samples === null) return null;
  return {
    baseRows: base.samples ?? base.units.length,
    newRows: other.samples ?? other.units.length,
    partly: pairs.filter((pair) => !isWholePair(pair)).length,
  };
}

function samplesTold(base: Units, other: Units, partly: number): string {
  const told = ([side, { units, samples }]: readonly [string, Units]): string[] =>
    samples === null ? [] : [`the ${side} has ${samples} samples of ${units.length} questions`];
  const sides = [...told(['base', base]), ...told(['new run', other])].join(' and ');
  const untested =
    partly === 0
      ? ''
      : ` ${partly} joined ${partly === 1 ? 'question is' : 'questions are'} right in some samples only and neither fixed nor broken, so McNemar’s test is not made.`;
  return `${sides[0]?.toUpperCase() ?? ''}${sides.slice(1)}: each question counts with the share of its samples that is right.${untested}`;
}

function isWholePair({ base, other }: Pair): boolean {
  return isWhole(base) && isWhole(other);
}

/** The test of right against wrong; null where some unit is neither. */
function mcnemarOf(pairs: readonly Pair[]): number | null {
  if (!pairs.every(isWholePair)) return null;
  const { fixed, broken } = outcomesOf(pairs);
  return mcnemarExact(fixed, broken);
}

function joinedCounts({ pairs, byContent, byPosition, byId, refused }: JoinedRuns): Treatment['joined'] {
  return { total: pairs.length, byContent, byPosition, byId, refused };
}

/** Counts of the units that are wholly right or wrong on both sides. */
function outcomesOf(pairs: readonly Pair[]) {
  const whole = pairs.filter(isWholePair);
  const count = (was: boolean, is: boolean): number =>
    whole.filter((pair) => pair.base.correct === was && pair.other.correct === is).length;
  return {
    bothRight: count(true, true),
    bothWrong: count(false, false),
    fixed: count(false, true),
    broken: count(true, false),
  };
}

/** Parts of a unit that are right, out of `parts`. */
function rightParts({ right, judged }: CompareUnit, parts: number): number {
  return Math.round((parts * right) / judged);
}

/** Parts of one unit: 1 where every unit is right or wrong. The difference and its interval do not depend on it. */
function partsOf(pairs: readonly Pair[]): number {
  return pairs.every(isWholePair) ? 1 : PARTS;
}

/** Sums by cluster, in parts of units. */
function clustersOf(pairs: readonly Pair[]): { units: number; fixed: number; broken: number }[] {
  const parts = partsOf(pairs);
  const clusters = new Map<string, { units: number; fixed: number; broken: number }>();
  for (const { base, other } of pairs) {
    const key = base.cluster;
    const cluster = clusters.get(key) ?? { units: 0, fixed: 0, broken: 0 };
    const change = rightParts(other, parts) - rightParts(base, parts);
    cluster.units += parts;
    cluster.fixed += Math.max(0, change);
    cluster.broken += Math.max(0, -change);
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

/** Accuracies of groups of pairs, with tests adjusted within the table. */
function groupTable(
  pairs: readonly Pair[],
  keyOf: (pair: Pair) => string | null,
): { table: Map<string, TaskComparison>; size: number } {
  const groups = [...groupPairs(pairs, keyOf)].sort(([one], [other]) => (one < other ? -1 : 1));
  const { adjusted, size } = holmOf(groups.map(([, own]) => mcnemarOf(own)));
  const table = groups.map(([name, own], index): [string, TaskComparison] => {
    const parts = partsOf(own);
    const sum = (pick: (pair: Pair) => CompareUnit): number =>
      own.reduce((total, pair) => total + rightParts(pick(pair), parts), 0);
    const { difference, ci95 } = pairedDifference(pairedSums(clustersOf(own)));
    const about = { joined: own.length, difference, differenceCi95: ci95 };
    const correct = { baseCorrect: sum(({ base }) => base) / parts, newCorrect: sum(({ other }) => other) / parts };
    return [name, { ...about, ...correct, mcnemarP: mcnemarOf(own), mcnemarPHolm: adjusted[index] ?? null }];
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
  return { target, difference, rose, fell };
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

function directionTable(
  pairs: readonly Pair[],
  total: number | null,
): { table: Map<string, DirectionComparison>; size: number } {
  const { table, size } = groupTable(pairs, ({ base }) => nameDirection(decodeDirection(base.goldDirection)));
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
