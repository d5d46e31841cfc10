import type { Filter, RowKey } from './model.js';

/** A 95 % interval, lower and upper end. */
type Interval = readonly [number, number];

/** How far labels agree, by one coefficient: Cohen's κ or Krippendorff's α. */
export interface Coefficient {
  /** 1 where all agree, 0 as by chance; null where nothing varies that could be agreed on, or nothing was labelled by several. */
  readonly value: number | null;
  readonly ci95: Interval | null;
  /** Answers that it is of: those that both, or for α at least two, have labelled. */
  readonly items: number;
  /** Shares from 0 to 1 of pairs of labels that are the same, in the data and by chance; null without answers. */
  readonly observed: number | null;
  readonly expected: number | null;
}

/** κ of two annotators over the answers that both labelled. */
export interface PairAgreement {
  readonly annotators: readonly [string, string];
  readonly kappa: Coefficient;
}

/** Who labelled how many answers. */
export interface AnnotatorCount {
  readonly name: string;
  readonly labelled: number;
}

/** How far annotators agree on one label against all others. */
export interface LabelAgreement {
  readonly label: string;
  /** As the scheme calls it; null for a label that the scheme does not know. */
  readonly title: string | null;
  /** How often annotators gave it; judgements between them are not among these. */
  readonly given: number;
  readonly pairs: readonly PairAgreement[];
  /** Null where there are fewer than three annotators. */
  readonly alpha: Coefficient | null;
}

/** `answers = unlabelled + once + several`, and `several = agreed + disputed`. */
export interface AgreementCounts {
  readonly answers: number;
  /** Without any annotator's label: of these there is a note, a box or another mark alone, or a judgement whose labels were taken back. */
  readonly unlabelled: number;
  readonly once: number;
  readonly several: number;
  /** By several, all with the same label. */
  readonly agreed: number;
  readonly disputed: number;
  /** With a label of the judgement between annotators, whatever their labels are now. */
  readonly adjudicated: number;
  /** Whose predictions are not among the open runs: no rule classes them. */
  readonly ofNoOpenRow: number;
}

/** Human labels against the classes that a lens gives. A cell counts answers; all cells together are `answers`. */
export interface RuleAgreement {
  /** Answers with an open row and a human label, disputed ones among them. */
  readonly answers: number;
  /** Rows: the adjudicated label, else the one on which all agree; null stands for disputed ones and comes last. */
  readonly labels: readonly (string | null)[];
  /** Columns: classes of the lens; null stands for answers without one, and comes last. */
  readonly classes: readonly (string | null)[];
  readonly counts: readonly (readonly number[])[];
  /** Labels that are called like a class of the lens. */
  readonly shared: readonly SharedName[];
  /** κ over the answers whose label and class both are shared names: whether, where both name one, it is the same. */
  readonly amongShared: Coefficient;
  /** κ over all that is settled, other labels, other classes and none taken as one: also whether both name one. */
  readonly settled: Coefficient;
}

/** Settled answers of an open row, by a name that is both a label and a class. */
export interface SharedName {
  readonly name: string;
  readonly human: number;
  readonly rule: number;
  readonly both: number;
}

/** An answer to which annotators gave different labels. */
export interface Disagreement {
  readonly item: string;
  readonly rows: readonly RowKey[];
  /** In the order of annotators' names. */
  readonly labels: readonly { readonly by: string; readonly label: string }[];
  /** Null where nobody has judged between them yet. */
  readonly adjudicated: string | null;
  readonly class: string | null;
}

/** How far annotators agree with one another and with the lens. */
export interface AgreementReport {
  readonly counts: AgreementCounts;
  readonly annotators: readonly AnnotatorCount[];
  readonly pairs: readonly PairAgreement[];
  /** Null where there are fewer than three annotators. */
  readonly alpha: Coefficient | null;
  /** Labels that were given, in the scheme's order; those that the scheme does not know follow by name. */
  readonly byLabel: readonly LabelAgreement[];
  /** Labels that annotations name and the scheme does not know. */
  readonly unknownLabels: readonly string[];
  readonly rule: RuleAgreement;
  /** By item, adjudicated or not. */
  readonly disagreements: readonly Disagreement[];
}

/** A part of the rows that a sample is of, those with one value of its field, or all. */
export interface SampleStratum {
  /** Null where rows lack a value, and where the sample has no field. */
  readonly value: string | null;
  /** Rows in it. */
  readonly size: number;
  /** Rows of the sample. */
  readonly drawn: number;
}

export interface SampledRow extends RowKey {
  readonly item: string;
  /** Place of its stratum in the sample's list. */
  readonly stratum: number;
}

/** Rows drawn at random without replacement, and what is needed to estimate rates among all of them. */
export interface Sample {
  readonly seed: number;
  /** How many rows were asked for. */
  readonly n: number;
  /** All rows from which it was drawn. */
  readonly of: number;
  /** Which rows these are; their classes are those of the lens. */
  readonly filter: Filter | null;
  readonly lens: string;
  readonly lensVersion: string;
  /** By whose values it was stratified; null: not. */
  readonly field: string | null;
  readonly strata: readonly SampleStratum[];
  /** In an order drawn at random, over all strata: the first so many are a sample too. */
  readonly rows: readonly SampledRow[];
}

/** What was looked at of a stratum. */
export interface StratumProgress extends SampleStratum {
  /** Rows of the sample that have a human label: rates count these alone. */
  readonly labelled: number;
}

/** The rate of a label among all rows from which the sample was drawn. */
export interface LabelRate {
  /** Null: disputed, with no judgement yet. */
  readonly label: string | null;
  /** Rows of the sample that have it. */
  readonly count: number;
  /** Null where nothing of some stratum is labelled. */
  readonly rate: number | null;
  readonly ci95: Interval | null;
}

/** Rates among all rows, estimated from the labelled ones of a sample. */
export interface SampleEstimates {
  readonly of: number;
  readonly drawn: number;
  /** `drawn = labelled + unlabelled`. */
  readonly labelled: number;
  readonly unlabelled: number;
  /** Of the unlabelled, those whose run is not open, or in which their item is no longer, or is several times and not where it was. */
  readonly notFound: number;
  readonly strata: readonly StratumProgress[];
  /** In the scheme's order, then by name, disputed ones last; the rates add up to 1. */
  readonly rates: readonly LabelRate[];
}

/** How far annotators agree, under which lens, and what a sample tells of all rows. */
export interface AgreementAnswer extends AgreementReport {
  readonly lens: string;
  readonly lensVersion: string;
  /** Null where no sample was named. */
  readonly sample: SampleAnswer | null;
  /** Lines that are no events, files that cannot be read, a scheme that cannot be used. */
  readonly problems: readonly { readonly file: string; readonly line: number | null; readonly reason: string }[];
  /** Rows of which something is said that no longer holds; it counts for nothing. */
  readonly stale: number;
}

/** What a sample tells, with how it was drawn. */
export interface SampleAnswer extends SampleEstimates, Pick<Sample, 'seed' | 'field' | 'filter'> {
  readonly file: string;
}
