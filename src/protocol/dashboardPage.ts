import type { ChartsAnswer, ChartsRequest, Factors } from '../core/chartModel.js';
import type { Emptiness } from './errorsPage.js';
import type { Query } from './rows.js';

export { CHART_KINDS } from '../core/chartModel.js';
export type {
  Chart,
  ChartAnswer,
  ChartCategory,
  ChartKind,
  ChartKindName,
  ChartMark,
  ChartMissing,
  ChartSeries,
  ChartsAnswer,
  Factors,
} from '../core/chartModel.js';

/** A run as the dashboard lets it be chosen. */
export interface DashboardRun {
  readonly id: string;
  readonly model: string | null;
  readonly dataset: string | null;
  readonly items: number;
  /** The labels that the user gave it. */
  readonly factors: Factors;
  readonly baseline: boolean;
}

/** What the dashboard is about at the moment. */
export interface DashboardState {
  /** Names the opening; null where nothing is open. Charts of another one are of other rows. */
  readonly id: string | null;
  readonly emptiness: Emptiness | null;
  readonly message: string | null;
  readonly runs: readonly DashboardRun[];
  /** What people reach, by task: where it changes, charts are others. */
  readonly human: Readonly<Record<string, number>>;
  /** Another number for another table of terms. */
  readonly terms: number;
  /** What cannot be read of `.flipside/runs.json`; null where all can. Charts are drawn without it. */
  readonly problem: string | null;
  /** Frames and tasks to choose from are asked for with the charts. */
  readonly lens: string;
  readonly keys: Readonly<Record<string, string>>;
}

/** What the page asks for: factors and what people reach are the extension's, which keeps them. */
export type ChartsAsk = Pick<ChartsRequest, 'kinds' | 'runs' | 'filter' | 'group'>;

export interface FieldValues {
  readonly values: readonly string[];
  /** Less frequent ones, which are too many to choose among. */
  readonly more: number;
}

/** What the extension answers to the dashboard. */
export interface DashboardHost {
  start(params: null): Promise<DashboardState>;
  charts(params: ChartsAsk, signal: AbortSignal): Promise<ChartsAnswer>;
  /** The values of a field among the items, the most frequent first, and how many more there are. */
  values(params: { field: string }, signal: AbortSignal): Promise<FieldValues>;
  /** Opens the error browser with exactly these rows. */
  open(params: { query: Query }): Promise<null>;
  /** Gives a run a factor, or with an empty value takes it away. */
  setFactor(params: { run: string; name: string; value: string }): Promise<null>;
  copy(params: { text: string }): Promise<null>;
  /** Saves a picture under a name that is asked for; null where the user changed their mind. */
  save(params: { name: string; bytes: Uint8Array }): Promise<string | null>;
  command(params: { command: string }): Promise<null>;
}

export interface DashboardEvents {
  changed: DashboardState;
}
