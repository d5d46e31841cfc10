import type { FoundModel, GridMap, SaliencyMethod, Score, TokenWeight } from './inference.js';
import type { Outcome, RowKey } from './rows.js';

/**
 * What a map is of: the answer that the model now gives, the right one, the right one minus the given one, or one of the options by its label or
 * text (`option:left`).
 */
export const TARGETS = ['answer', 'gold', 'gold-minus-answer'] as const;
export type TargetName = (typeof TARGETS)[number] | `option:${string}`;

/** The target that a text names; null for none. */
export function targetNamed(text: string): TargetName | null {
  if (text.startsWith('option:') && text.length > 'option:'.length) return text as `option:${string}`;
  return TARGETS.find((each) => each === text) ?? null;
}

export const METHODS: readonly SaliencyMethod[] = ['gradient', 'occlusion', 'rise', 'attention'];

/** How an item is asked again. */
export interface RerunChoices {
  /** A model's id; null for the run's own, where one has its name, else the one of the settings. */
  readonly model: string | null;
  /** Asked instead of the item's question, with `{question}` and `{options}` put in; null for the item as it is. */
  readonly prompt: string | null;
  readonly n: number;
  readonly temperature: number;
  readonly seed: number;
  readonly maxTokens: number;
  /** Null for no map. */
  readonly method: SaliencyMethod | null;
  readonly target: TargetName;
}

/** As long as nobody has chosen. */
export const USUAL_CHOICES: RerunChoices = {
  ...{ model: null, prompt: null, n: 1, temperature: 0, seed: 0, maxTokens: 64 },
  ...{ method: 'gradient', target: 'answer' },
};

/** What keeps these choices from being asked, in a sentence; null where nothing does. */
export function problemOf({ n, temperature, seed, maxTokens }: RerunChoices): string | null {
  const isCount = (value: number, least: number): boolean => Number.isSafeInteger(value) && value >= least;
  if (!isCount(n, 1) || n > MOST_SAMPLES) return `Samples: a whole number from 1 to ${MOST_SAMPLES} is needed.`;
  if (!Number.isFinite(temperature) || temperature < 0) return 'Temperature: a number of at least 0 is needed.';
  if (n > 1 && temperature === 0) return 'At temperature 0 all samples are the same: give one above 0, or one sample.';
  if (!isCount(seed, 0)) return 'Seed: a whole number of at least 0 is needed.';
  return isCount(maxTokens, 1) ? null : 'Longest answer: a whole number of at least 1 is needed.';
}

const MOST_SAMPLES = 1000;

/** Models to choose from, for the items of a run. */
export interface RerunModels {
  readonly models: readonly FoundModel[];
  /** The id of the one that is asked where none is chosen; null where one has to be. */
  readonly usual: string | null;
  /** Why one has to be chosen, or why it is the usual one. */
  readonly why: string;
}

/** A map that can be laid over the item's images. */
export interface MapSource {
  /** Names it in requests. */
  readonly id: string;
  /** `gradient`, …; `imported` for one that another tool made. */
  readonly method: SaliencyMethod | 'imported';
  /** What it explains; null where that is not known. */
  readonly target: string | null;
  /** Of a rerun: its model. Of an imported one: the folder. */
  readonly from: string;
  readonly tokens: readonly TokenWeight[] | null;
  readonly notes: readonly string[];
}

/** An item that was asked again. */
export interface ShownRerun {
  /** Its file, in the form in which the page names it. */
  readonly id: string;
  readonly model: string;
  readonly device: string | null;
  /** ISO 8601. */
  readonly created: string | null;
  /** What was sent; null where the file does not say. */
  readonly prompt: string | null;
  /** What was done to the item before it was asked, by name. */
  readonly transforms: readonly string[];
  readonly answers: readonly string[];
  readonly probabilities: readonly (number | null)[] | null;
  readonly source: Score['source'] | null;
  readonly temperature: number | null;
  readonly seed: number | null;
  readonly milliseconds: number | null;
  readonly notes: readonly string[];
  /** How its first answer is read, once its file is open as a run. */
  readonly read: {
    readonly key: RowKey;
    readonly outcome: Outcome;
    readonly class: string | null;
    readonly predicted: string | null;
    readonly predictedDirection: string | null;
  } | null;
  readonly map: MapSource | null;
}

/** What was asked again of an item, the latest first, and maps of it that other tools made. */
export interface ItemReruns {
  readonly reruns: readonly ShownRerun[];
  readonly imported: readonly MapSource[];
  /** Files that belong here and could not be read, and why. */
  readonly problems: readonly string[];
}

/** A map that is still being refined. */
export interface PartialMap {
  readonly maps: readonly GridMap[];
  readonly done: number;
  readonly total: number;
}
