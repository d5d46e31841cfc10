import type { Compared, ComparedCell } from './model.js';

/** A 95 % interval, lower and upper end. */
type Interval = readonly [number, number];

export interface TaskComparison {
  readonly joined: number;
  /** Right units; a sampled question counts as the share of its samples that is right. */
  readonly baseCorrect: number;
  readonly newCorrect: number;
  readonly difference: number | null;
  /** Cluster-robust, of the paired difference; null for fewer than two clusters. */
  readonly differenceCi95: Interval | null;
  /** Null where nothing was joined, or a question is right in some of its samples only: the test is about right and wrong. */
  readonly mcnemarP: number | null;
  /** Adjusted within its table, of tasks or of directions (Holm). */
  readonly mcnemarPHolm: number | null;
}

/** A direction of the right answer. */
export interface DirectionComparison extends TaskComparison {
  /** Its own accuracy falls by a tenth or more, significantly (Holm), while that of all items rises. */
  readonly collapsed: boolean;
}

/** What was given up for what rose. */
export interface Forgetting {
  /** The task that was aimed at; null for all items. */
  readonly target: string | null;
  /** New minus base accuracy over it. */
  readonly difference: number | null;
  /** It rose, and the interval of the difference lies above 0. */
  readonly rose: boolean;
  /** Tasks beside it that fell while it rose, each with whether that is significant (Holm, over the table of tasks): these first, then what fell most. */
  readonly fell: readonly { readonly task: string; readonly difference: number; readonly significant: boolean }[];
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
  /** Rows of either run, joined or not; where samples were taken, questions. */
  readonly baseRows: number;
  readonly newRows: number;
  readonly onlyBase: number;
  readonly onlyNew: number;
  /** Joined rows without a gold answer on one side: outside every count below. */
  readonly noGold: number;
  /** Only where samples were taken: how many rows the questions have, and how many joined ones are right in part. */
  readonly sampled?: { readonly baseRows: number; readonly newRows: number; readonly partly: number };
  readonly bothRight: number;
  readonly bothWrong: number;
  readonly fixed: number;
  readonly broken: number;
  /** New minus base accuracy over the joined rows, a fraction; a sampled question counts with the share that is right. */
  readonly difference: number | null;
  readonly differenceCi95: Interval | null;
  readonly differenceMethod: string;
  readonly clusters: number;
  /** Null where no joined item has a right answer, or a question is right in some of its samples only; then no member of the family. */
  readonly mcnemarP: number | null;
  readonly mcnemarPHolm: number | null;
  readonly familySize: number;
  readonly bootstrap: { readonly ci95: Interval | null; readonly replicates: number; readonly seed: number } | null;
  readonly byTask: Readonly<Record<string, TaskComparison>>;
  readonly byTaskFamilySize: number;
  /** By the direction of the right answer, as the base states it; items without one are left out. */
  readonly byDirection: Readonly<Record<string, DirectionComparison>>;
  readonly byDirectionFamilySize: number;
  readonly forgetting: Forgetting;
  /** Errors by class over the joined rows with gold on both sides, the most frequent first. */
  readonly classes: Readonly<Record<string, ClassComparison>>;
  /** Outcome in the base → outcome in the new run → rows. Outcomes are classes, reading failures, and "correct". */
  readonly transitions: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly warnings: readonly string[];
}

/**
 * How many items went from one outcome to another; 0 where none did. Looks at own keys alone: a user's lens may call a class "constructor",
 * and every object has something of that name.
 */
export function wentFrom(transitions: Treatment['transitions'], from: string, to: string): number {
  const row = Object.hasOwn(transitions, from) ? transitions[from] : undefined;
  return row !== undefined && Object.hasOwn(row, to) ? (row[to] ?? 0) : 0;
}

/** Errors of one class in the base and in the new run, over the same items. Rates are fractions of `of`. */
export interface ClassComparison {
  readonly base: number;
  readonly new: number;
  /** New minus base, in items. */
  readonly difference: number;
  /** Joined items with a gold answer on both sides: the denominator of the rates. */
  readonly of: number;
  /** Null for depth flips: what "front" means may differ among the items, and such counts are never pooled into a rate. */
  readonly baseRate: number | null;
  readonly newRate: number | null;
  readonly rateDifference: number | null;
}

/** Runs compared with one base, under one lens. */
export interface Comparison {
  readonly base: string;
  readonly lens: string;
  readonly lensVersion: string;
  readonly treatments: readonly Treatment[];
}

const CELLS: Readonly<Record<ComparedCell, string>> = {
  'both right': 'right in both',
  'both wrong': 'wrong in both',
  fixed: 'fixed',
  broken: 'broken',
  partly: 'right in part',
  'no gold': 'without a right answer',
  'only base': 'only in the base',
  'only new': 'only in the new run',
  refused: 'refused (same id or place, another item)',
};

/** Which rows a comparison keeps, in words: "broken in augmented.csv against baseline.csv, task front-back". */
export function comparedInWords(compared: Compared): string {
  const { cells, from, to, task, direction, by, side } = compared;
  const change = from === undefined && to === undefined ? [] : [`${from ?? 'anything'} → ${to ?? 'anything'}`];
  const became =
    cells === undefined ? (change.length > 0 ? [] : ['compared']) : [cells.map((cell) => CELLS[cell]).join(' or ')];
  const where = `in ${compared.new} against ${compared.base}`;
  return [
    [...became, ...change, where].join(' '),
    ...(task === undefined ? [] : [task === null ? 'without a task' : `task ${task}`]),
    ...(direction === undefined ? [] : [`answer ${direction}`]),
    ...(by === undefined ? [] : [`joined by ${by}`]),
    ...(side === 'base' ? ['as the base answered'] : []),
  ].join(', ');
}
