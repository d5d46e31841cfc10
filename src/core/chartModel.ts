import type { Query } from './model.js';

/**
 * What charts are made of: plain data that the analysis makes and pages draw. Every number of a chart stands in its marks, so that a
 * picture, a table and a copy of the same chart cannot differ.
 */

/** The kinds of charts, in their order. Of one kind there may be several charts, or a word why there is none. */
export const CHART_KINDS = [
  'classes',
  'tasks',
  'class-ratios',
  'directions',
  'rose',
  'yes-no',
  'objects',
  'pairs',
  'pass-at-k',
  'reliability',
  'vocabulary',
  'terms',
  'templates',
  'steps',
  'distribution',
  'saliency',
  'labels',
] as const;
export type ChartKindName = (typeof CHART_KINDS)[number];

/** How a chart is drawn. `lines`: the categories are in an order, and have a place on the axis where they state one; `points`: all do. */
export type ChartKind = 'bars' | 'lines' | 'points' | 'rose' | 'matrix';

/** What its numbers are: fractions of a whole (shown in percent), counts, or plain numbers. */
export type ChartUnit = 'share' | 'count' | 'number';

/** One number of a chart, and what stands behind it. */
export interface ChartMark {
  /** Null where there is nothing to count: the mark is left out, and its table says so. */
  readonly value: number | null;
  /** Ends of its whiskers, as the chart's `whiskers` names them; null without. */
  readonly low: number | null;
  readonly high: number | null;
  /** What guessing, or the options alone, would give, as the chart's `reference` names it; null where that is not known. */
  readonly reference: number | null;
  /** The value is so many out of so many; `of` alone: a mean of so many. Null for what is neither. */
  readonly count: number | null;
  readonly of: number | null;
  /** The rows that it counts; null where these cannot be listed. */
  readonly query: Query | null;
  /** More to say of it, in a sentence. */
  readonly note: string | null;
}

export interface ChartCategory {
  readonly name: string;
  /** Its place on the axis; null: evenly spaced. */
  readonly at: number | null;
  /** The class of errors that it stands for, whose colour it takes; null for others. */
  readonly class: string | null;
}

/** One colour of a chart: a run, or several that a factor takes together. */
export interface ChartSeries {
  readonly name: string;
  /** One mark for each category; null where it has none. */
  readonly marks: readonly (ChartMark | null)[];
}

export interface Chart {
  readonly id: string;
  readonly kind: ChartKind;
  readonly title: string;
  /** Which runs, lens and version, and what the numbers are out of: one line. */
  readonly about: string;
  readonly unit: ChartUnit;
  /** What the axis of numbers says. */
  readonly axis: string;
  /** What whiskers and reference are ("95 % interval (Wilson)", "by guessing"); null where no mark has one. */
  readonly whiskers: string | null;
  readonly reference: string | null;
  /** What the places of its categories are, where these are not what they are called; absent elsewhere. */
  readonly places?: string;
  /** What categories and series are called in a table: "task", "run". */
  readonly categoryIs: string;
  readonly seriesIs: string;
  readonly categories: readonly ChartCategory[];
  readonly series: readonly ChartSeries[];
  /** Lines over the categories that are no runs: what people reach, what perfect calibration is. */
  readonly levels: readonly { readonly name: string; readonly values: readonly (number | null)[] }[];
  /** What a reader has to know, in sentences. */
  readonly notes: readonly string[];
}

/** Why a chart is not drawn, and what would make it. */
export interface ChartMissing {
  readonly id: string;
  readonly title: string;
  readonly missing: string;
}

export type ChartAnswer = Chart | ChartMissing;

/** Labels that the user gives a run ("encoder": "SigLIP", "seed": "3"), by name. */
export type Factors = Readonly<Record<string, string>>;

/** How often a term occurs in what a model was trained on, as the user's table says. */
export interface TermFrequency {
  readonly term: string;
  /** Not below 0. */
  readonly count: number;
}

export interface TermTable {
  readonly terms: readonly TermFrequency[];
  /** Why the table cannot be read, in a sentence that names the file; null where it can. */
  readonly problem: string | null;
}

/** What charts are asked to show. */
export interface ChartsRequest {
  /** In the order in which they are wanted; null: all. */
  readonly kinds: readonly ChartKindName[] | null;
  /** Ids of runs; empty: all. */
  readonly runs: readonly string[];
  /** Conditions on what was asked; those on what was answered would count what was chosen, and are refused. */
  readonly filter: Query['filter'];
  /** The factor whose values are the series; null: every run is one. */
  readonly group: string | null;
  /** By run id. */
  readonly factors: Readonly<Record<string, Factors>>;
  /** Human accuracy by task, fractions; '' for all tasks together. */
  readonly human: Readonly<Record<string, number>>;
  /** The user's table of terms; null where there is none, or where nothing is asked that needs it. */
  readonly terms: TermTable | null;
}

export interface ChartsAnswer {
  readonly charts: readonly ChartAnswer[];
  /** Rows that the filter keeps, of all rows of the runs. */
  readonly kept: number;
  readonly of: number;
}
