import type { Comparison } from '../core/compareModel.js';
import type { Emptiness } from './errorsPage.js';
import type { Query } from './rows.js';

export type {
  ClassComparison,
  Comparison,
  DirectionComparison,
  Forgetting,
  TaskComparison,
  Treatment,
} from '../core/compareModel.js';
export { wentFrom } from '../core/compareModel.js';
export type { Compared, ComparedCell } from '../core/model.js';

/** A run as it can be chosen for a comparison. */
export interface CompareRun {
  readonly id: string;
  readonly model: string | null;
  readonly dataset: string | null;
  readonly items: number;
  /** The user starred it as the baseline of its dataset. */
  readonly baseline: boolean;
}

/** Which runs somebody wants to see compared, by ids. */
export interface CompareChoice {
  readonly base: string;
  readonly treatments: readonly string[];
}

/** What can be compared at the moment. */
export interface CompareState {
  /** Names the opening; null where nothing is open. A comparison of another one is of other rows. */
  readonly id: string | null;
  readonly emptiness: Emptiness | null;
  readonly message: string | null;
  readonly runs: readonly CompareRun[];
  /** "axes, version 3"; empty where nothing is open. */
  readonly lens: string;
  /** What was asked for while the page was not there: it goes before what the page kept. */
  readonly asked: CompareChoice | null;
}

/** What the extension answers to the comparison. */
export interface CompareHost {
  start(params: null): Promise<CompareState>;
  /** `target`: the task that the treatments aim at; null for all items. */
  compare(params: CompareChoice & { readonly target: string | null }, signal: AbortSignal): Promise<Comparison>;
  /** Opens the error browser with exactly these rows. */
  open(params: { query: Query }): Promise<null>;
  copy(params: { text: string }): Promise<null>;
  command(params: { command: string }): Promise<null>;
}

export interface CompareEvents {
  changed: CompareState;
  /** Somebody chose runs elsewhere. */
  choose: CompareChoice;
}
