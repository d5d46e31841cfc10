import path from 'node:path';
import { reliability, riskCoverage } from '../metrics/calibration.js';
import { completionBias } from '../metrics/completionBias.js';
import { mirrorOrRotation } from '../metrics/mirrorOrRotation.js';
import { pairAndSetAccuracy } from '../metrics/pairs.js';
import { macroAccuracy, stratifiedAccuracy, type Tally } from '../metrics/rates.js';
import { yesNoMetrics } from '../metrics/yesNo.js';
import type { Lens } from '../relations/lens.js';
import { AlikeRows } from '../store/alikeRows.js';
import { countClasses, countDiagonals, countOpportunities } from '../store/classQueries.js';
import {
  countRuns,
  countStatedIds,
  countUnits,
  ungrouped,
  type GroupUnits,
  type RunCounts,
} from '../store/countQueries.js';
import type { Database } from '../store/database.js';
import {
  confidences,
  type ConfidenceCount,
  contrastRows,
  countClusters,
  countFrameSwaps,
  countYesNo,
  objectRows,
} from '../store/detailQueries.js';
import { summariseClasses } from './classSummary.js';
import type { RunInfo } from './runs.js';
import type { RunSummary } from './summaryTypes.js';
import { chanceAdjustedOf, parsedAccuracyOf, passAtKs, summariseGroups, summariseUnits } from './unitRates.js';
import { warningsOf } from './warnings.js';

const NO_COUNTS: RunCounts = {
  items: 0,
  noGold: 0,
  correct: 0,
  parsed: 0,
  storedKnown: 0,
  storedCorrect: 0,
  storedDiffers: 0,
  flags: {},
  unparsedByReason: {},
};

/**
 * Everything `summary` shows of each run, under the lens that the database was given. Rates are fractions. `beside`: another connection
 * that sees the same rows, in which half of it is counted meanwhile; many of the questions keep one processor busy.
 */
export async function summariseRuns(
  db: Database,
  lens: Lens,
  runs: readonly RunInfo[],
  { by = null, beside = db }: { readonly by?: string | null; readonly beside?: Database } = {},
): Promise<RunSummary[]> {
  const classes = gatherClasses(db, lens);
  // In one connection, one after the other.
  if (beside === db) await classes;
  const [ofClasses, ofRows] = await allOf(classes, gatherCounts(beside, runs, by));
  const facts = { ...ofClasses, ...ofRows };
  return runs.map((run, index) => summariseRun(run, index, { lens, facts, by }));
}

/** Both, or the first failure once both have ended: a connection is not closed under what still runs in it. */
async function allOf<A, B>(one: Promise<A>, other: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([one, other]);
  return Promise.all([one, other]);
}

async function gatherClasses(db: Database, lens: Lens) {
  const alike = await AlikeRows.of(db);
  try {
    return {
      counts: await countRuns(alike),
      classes: await countClasses(alike),
      opportunities: await countOpportunities(alike, lens),
      diagonals: await countDiagonals(alike),
    };
  } finally {
    await alike.close();
  }
}

async function gatherCounts(db: Database, runs: readonly RunInfo[], by: string | null) {
  const numbered = [...runs.keys()].filter((index) => runs[index]?.manifest.itemId === 'row');
  return {
    confidences: await confidences(db),
    tasks: await countUnits(db, 'task'),
    groups: by === null ? null : await countUnits(db, by),
    yesNo: await countYesNo(db),
    contrasts: await contrastRows(db),
    objects: await objectRows(db),
    frameSwaps: await countFrameSwaps(db),
    clusters: await countClusters(db),
    unusedIds: await countStatedIds(db, numbered),
    strata: await countStrata(db, runs),
  };
}

type Facts = Awaited<ReturnType<typeof gatherClasses>> & Awaited<ReturnType<typeof gatherCounts>>;

/** The units of the runs whose macro accuracy is not over tasks, by what it is over. Metadata are asked for where they must be. */
async function countStrata(
  db: Database,
  runs: readonly RunInfo[],
): Promise<ReadonlyMap<number, readonly GroupUnits[]>> {
  const strata = new Map<number, readonly GroupUnits[]>();
  for (const field of new Set(runs.flatMap(({ macroBy }) => macroBy ?? []))) {
    const ids = runs.filter(({ macroBy }) => macroBy === field).map(({ id }) => id);
    for (const [run, groups] of await countUnits(db, field, { field: 'run', op: 'in', values: ids }))
      strata.set(run, groups);
  }
  return strata;
}

/** Over the strata where every unit belongs to one, else over the tasks. */
function macroOf(strata: readonly GroupUnits[] | undefined, byTask: ReturnType<typeof summariseGroups>): number | null {
  const tallies = (groups: ReturnType<typeof summariseGroups>): Record<string, Tally> =>
    Object.fromEntries(
      Object.entries(groups).map(([name, { accuracy, units }]) => [name, { correct: (accuracy ?? 0) * units, units }]),
    );
  return strata === undefined || strata.length === 0 || strata.some(({ group }) => group === null)
    ? macroAccuracy(Object.values(tallies(byTask)))
    : stratifiedAccuracy(tallies(summariseGroups(strata)));
}

function summariseRun(
  run: RunInfo,
  index: number,
  { lens, facts, by }: { lens: Lens; facts: Facts; by: string | null },
): RunSummary {
  const counts = facts.counts.get(index) ?? NO_COUNTS;
  const grouped = facts.tasks.get(index) ?? [];
  const units = ungrouped(grouped);
  const overall = summariseUnits(units);
  const tasks = grouped.filter((group) => group.group !== null);
  const byTask = summariseGroups(tasks);
  const classes = facts.classes.get(index) ?? [];
  const samples = passAtKs(units);
  const summary: Omit<RunSummary, 'warnings'> = {
    ...identity(run),
    ...countFields(run, counts),
    units: overall.units,
    correctUnits: overall.correctUnits,
    accuracy: overall.accuracy,
    ci95: overall.ci95,
    parsedAccuracy: parsedAccuracyOf(units),
    macroAccuracy: macroOf(facts.strata.get(index), byTask),
    chance: overall.chance,
    chanceAdjusted: chanceAdjustedOf(units),
    chanceUnits: overall.chanceUnits,
    belowChance: overall.belowChance,
    eligible: classes.reduce((total, each) => total + each.eligible, 0),
    forced: classes.reduce((total, each) => total + each.forced, 0),
    classes: summariseClasses(
      lens,
      classes,
      facts.opportunities.byClass.get(index) ?? [],
      facts.opportunities.byConvention.get(index) ?? [],
    ),
    byTask,
    by: by === null ? null : { field: by, groups: summariseGroups(facts.groups?.get(index) ?? []) },
    passAtK: samples?.values ?? null,
    passAtKChance: samples?.chance ?? null,
    calibration: calibrationOf(facts.confidences.get(index)),
    ...details(facts, index),
    clusters: facts.clusters.get(index) ?? {},
    ...unusedIdsOf(facts, index),
  };
  return { ...summary, warnings: warningsOf(summary, run) };
}

function identity(run: RunInfo) {
  return {
    id: run.id,
    file: run.file,
    format: run.manifest.format,
    model: run.model,
    dataset: run.manifest.dataset,
    aliases: run.aliases,
    answers: run.manifest.answers,
    coverage: run.coverage,
    joined: run.joined.map((each) => ({ ...each, file: path.relative(run.root, each.file) || each.file })),
  };
}

function countFields(run: RunInfo, counts: RunCounts) {
  return {
    rows: counts.items + run.dropped.total,
    items: counts.items,
    dropped: run.dropped,
    noGold: counts.noGold,
    correct: counts.correct,
    parsed: counts.parsed,
    unparsed: counts.items - counts.parsed,
    unparsedByReason: counts.unparsedByReason as Readonly<Record<string, number>>,
    storedCorrect: counts.storedKnown === 0 ? null : counts.storedCorrect,
    storedDiffers: counts.storedDiffers,
    wrong: counts.items - counts.noGold - counts.correct,
    flags: counts.flags,
  };
}

function unusedIdsOf(facts: Facts, index: number): Pick<RunSummary, 'unusedIds'> {
  const unusedIds = facts.unusedIds.get(index);
  return unusedIds === undefined ? {} : { unusedIds };
}

function details(facts: Facts, index: number) {
  const yesNo = facts.yesNo.get(index);
  const contrasts = facts.contrasts.get(index);
  const objects = facts.objects.get(index);
  const swap = facts.frameSwaps.get(index);
  const diagonal = facts.diagonals.get(index);
  return {
    yesNo: yesNo === undefined ? null : yesNoMetrics(yesNo),
    pairs: contrasts === undefined ? null : pairAndSetAccuracy(contrasts),
    completionBias: objects === undefined ? null : completionBias(objects),
    frameSwap:
      swap === undefined
        ? null
        : { ...swap, ratio: swap.expected > 0 && swap.observed > 0 ? swap.observed / swap.expected : null },
    mirrorOrRotation: diagonal === undefined ? null : turnsOf(diagonal),
  };
}

function turnsOf(diagonal: { errors: number; mirror: Turn; rotation: Turn }) {
  const { mirrorRatio, rotationRatio, p } = mirrorOrRotation(diagonal);
  return {
    diagonalErrors: diagonal.errors,
    mirror: diagonal.mirror,
    rotation: diagonal.rotation,
    mirrorRatio,
    rotationRatio,
    p,
  };
}

type Turn = { readonly observed: number; readonly expected: number };

function calibrationOf(points: readonly ConfidenceCount[] | undefined): RunSummary['calibration'] {
  if (points === undefined) return null;
  const { bins, ece, n } = reliability(points);
  return {
    items: n,
    ece,
    aurc: riskCoverage(points).aurc,
    bins: bins.map((bin) => ({ low: bin.low, high: bin.high, n: bin.n, accuracy: bin.accuracy })),
  };
}
