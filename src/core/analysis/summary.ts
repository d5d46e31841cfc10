import path from 'node:path';
import { reliability, riskCoverage } from '../metrics/calibration.js';
import { completionBias } from '../metrics/completionBias.js';
import { mirrorOrRotation } from '../metrics/mirrorOrRotation.js';
import { pairAndSetAccuracy } from '../metrics/pairs.js';
import { macroAccuracy, stratifiedAccuracy, type Tally } from '../metrics/rates.js';
import { yesNoMetrics } from '../metrics/yesNo.js';
import type { Lens } from '../relations/lens.js';
import { countClasses, countDiagonals, countOpportunities } from '../store/classQueries.js';
import { countRuns, countStatedIds, countUnits, type GroupUnits, type RunCounts } from '../store/countQueries.js';
import type { Database } from '../store/database.js';
import {
  confidences,
  contrastRows,
  countClusters,
  countFrameSwaps,
  countYesNo,
  objectRows,
  runsWithConfidence,
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

/** Everything `summary` shows of each run, under the lens that the database was given. Rates are fractions. */
export async function summariseRuns(
  db: Database,
  lens: Lens,
  runs: readonly RunInfo[],
  by: string | null,
): Promise<RunSummary[]> {
  const facts = { ...(await gatherFacts(db, lens, runs, by)), strata: await countStrata(db, runs) };
  const confident = await runsWithConfidence(db);
  const summaries: RunSummary[] = [];
  for (const [index, run] of runs.entries()) {
    summaries.push(await summariseRun(run, index, lens, facts, by, confident.has(index) ? db : null));
  }
  return summaries;
}

async function gatherFacts(db: Database, lens: Lens, runs: readonly RunInfo[], by: string | null) {
  const numbered = [...runs.keys()].filter((index) => runs[index]?.manifest.itemId === 'row');
  return {
    counts: await countRuns(db),
    units: await countUnits(db, null),
    tasks: await countUnits(db, 'task'),
    groups: by === null ? null : await countUnits(db, by),
    classes: await countClasses(db),
    opportunities: await countOpportunities(db, lens, 'class'),
    byConvention: await countOpportunities(db, lens, 'class-and-convention'),
    diagonals: await countDiagonals(db),
    yesNo: await countYesNo(db),
    contrasts: await contrastRows(db),
    objects: await objectRows(db),
    frameSwaps: await countFrameSwaps(db),
    clusters: await countClusters(db),
    unusedIds: await countStatedIds(db, numbered),
  };
}

type Facts = Awaited<ReturnType<typeof gatherFacts>> & { readonly strata: ReadonlyMap<number, readonly GroupUnits[]> };

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

async function summariseRun(
  run: RunInfo,
  index: number,
  lens: Lens,
  facts: Facts,
  by: string | null,
  confidentDb: Database | null,
): Promise<RunSummary> {
  const counts = facts.counts.get(index) ?? NO_COUNTS;
  const units = facts.units.get(index) ?? [];
  const overall = summariseUnits(units);
  const tasks = (facts.tasks.get(index) ?? []).filter((group) => group.group !== null);
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
    classes: summariseClasses(lens, classes, facts.opportunities.get(index) ?? [], facts.byConvention.get(index) ?? []),
    byTask,
    by: by === null ? null : { field: by, groups: summariseGroups(facts.groups?.get(index) ?? []) },
    passAtK: samples?.values ?? null,
    passAtKChance: samples?.chance ?? null,
    calibration: confidentDb === null ? null : await calibrationOf(confidentDb, index),
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

async function calibrationOf(db: Database, index: number): Promise<RunSummary['calibration']> {
  const { confidence, correct } = await confidences(db, index);
  const points = confidence.map((value, at) => ({ confidence: value, correct: correct[at] ?? false }));
  const { bins, ece, n } = reliability(points);
  return {
    items: n,
    ece,
    aurc: riskCoverage(points).aurc,
    bins: bins.map((bin) => ({ low: bin.low, high: bin.high, n: bin.n, accuracy: bin.accuracy })),
  };
}
