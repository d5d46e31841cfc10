import type { BelowChanceMethod } from '../metrics/chance.js';
import type { CompletionBias } from '../metrics/completionBias.js';
import type { Interval } from '../metrics/interval.js';
import type { PairAccuracy } from '../metrics/pairs.js';
import type { YesNoMetrics } from '../metrics/yesNo.js';
import type { StatedIds } from '../store/countQueries.js';
import type { Coverage, JoinEvidence } from '../store/shards.js';

/** All rates are fractions; null where nothing stands in the denominator. */
export interface GroupSummary {
  readonly items: number;
  readonly units: number;
  readonly correct: number;
  readonly accuracy: number | null;
  readonly ci95: Interval | null;
  readonly chance: number | null;
}

export interface ClassSummary {
  readonly count: number;
  /** Flips that differ on another axis too. */
  readonly drift: number;
  /** Errors of the class that have an expectation. */
  readonly eligible: number;
  /** Eligible errors whose only wrong option forced the class. */
  readonly forced: number;
  readonly expected: number | null;
  readonly ratio: number | null;
  readonly ratioCi95: Interval | null;
  /** Items of which a wrong option would give the class. */
  readonly offered: number | null;
  /** Eligible errors of the class / offered. */
  readonly rate: number | null;
  readonly rateCi95: Interval | null;
  /** Depth flips: the same by what "front" means. Where several conventions occur, the fields above are null. */
  readonly byConvention?: Readonly<Record<string, ClassSummary>>;
}

/** A record that became no item: where it is, why, and what was expected. */
export interface LocatedDrop {
  readonly row: number;
  readonly reason: string;
  readonly message: string;
}

export interface DroppedSummary {
  readonly total: number;
  readonly byReason: Readonly<Record<string, number>>;
  /** The first 20 of them at most, in file order. */
  readonly first: readonly LocatedDrop[];
}

export interface RunSummary {
  readonly id: string;
  readonly file: string;
  readonly format: string;
  readonly model: string | null;
  readonly dataset: string | null;
  readonly aliases: readonly string[];
  readonly answers: string;
  readonly rows: number;
  readonly items: number;
  readonly dropped: DroppedSummary;
  readonly noGold: number;
  readonly units: number;
  readonly correct: number;
  readonly correctUnits: number;
  readonly accuracy: number | null;
  readonly ci95: Interval | null;
  readonly parsedAccuracy: number | null;
  readonly macroAccuracy: number | null;
  readonly chance: number | null;
  /** (accuracy − chance) / (1 − chance): 0 at guessing; null where the chance of some unit is not known. */
  readonly chanceAdjusted: number | null;
  /** Units whose chance is known; accuracy and chance are comparable where it equals `units`. */
  readonly chanceUnits: number;
  readonly belowChance: { readonly p: number; readonly method: BelowChanceMethod } | null;
  readonly parsed: number;
  readonly unparsed: number;
  readonly unparsedByReason: Readonly<Record<string, number>>;
  readonly storedCorrect: number | null;
  readonly storedDiffers: number;
  readonly coverage: Coverage | null;
  readonly joined: readonly JoinEvidence[];
  readonly wrong: number;
  readonly eligible: number;
  readonly forced: number;
  readonly classes: Readonly<Record<string, ClassSummary>>;
  readonly byTask: Readonly<Record<string, GroupSummary>>;
  readonly by: { readonly field: string; readonly groups: Readonly<Record<string, GroupSummary>> } | null;
  readonly yesNo: YesNoMetrics | null;
  readonly pairs: PairAccuracy | null;
  readonly passAtK: Readonly<Record<string, number>> | null;
  readonly passAtKChance: Readonly<Record<string, number>> | null;
  readonly calibration: {
    readonly items: number;
    readonly ece: number | null;
    readonly aurc: number | null;
    readonly bins: readonly { low: number; high: number; n: number; accuracy: number | null }[];
  } | null;
  readonly completionBias: CompletionBias | null;
  readonly frameSwap: {
    readonly candidates: number;
    readonly observed: number;
    readonly expected: number;
    readonly ratio: number | null;
  } | null;
  readonly mirrorOrRotation: {
    readonly diagonalErrors: number;
    readonly mirror: { readonly observed: number; readonly expected: number };
    readonly rotation: { readonly observed: number; readonly expected: number };
    readonly mirrorRatio: number | null;
    readonly rotationRatio: number | null;
    readonly p: number | null;
  } | null;
  readonly flags: Readonly<Record<string, number>>;
  readonly clusters: Readonly<Record<string, number>>;
  /** The ids that the file states, where items are numbered by rows because no row may share or lack one; else absent. */
  readonly unusedIds?: StatedIds;
  readonly warnings: readonly string[];
}

export interface Summary {
  readonly lens: string;
  readonly lensVersion: string;
  readonly lensNote: string | null;
  readonly answers: string;
  /** Who read the files, where it is not the tools' own readers. */
  readonly reader?: string;
  readonly runs: readonly RunSummary[];
  readonly datasets: readonly {
    readonly id: string;
    readonly file: string;
    readonly format: string;
    readonly dataset: string | null;
    readonly items: number;
    readonly dropped: number;
    readonly warnings: readonly string[];
  }[];
  readonly skipped: readonly { readonly file: string; readonly reason: string }[];
}
