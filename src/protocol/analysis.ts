import type { AgreementAnswer } from '../core/agreementModel.js';
import type { Comparison } from '../core/compareModel.js';
import type { ChartsAnswer, ChartsRequest } from '../core/chartModel.js';
import type {
  AnnotationChange,
  AnnotationsSaved,
  AnnotationsState,
  AnnotationViewer,
  RelabelList,
} from './annotations.js';
import type { MappingDraft, MappingPlace, MappingPreview, MappingSubject } from './mapping.js';
import type {
  Answered,
  Facet,
  ItemView,
  OriginalPicture,
  Picture,
  RowsOnLines,
  Query,
  Row,
  RowKey,
  SliceInfo,
} from './rows.js';

/** Rows that were drawn at random, in the order in which they are labelled. */
export interface DrawnRows {
  readonly rows: readonly RowKey[];
  /** All rows from which they were drawn. */
  readonly of: number;
}

/** Where predictions are looked for, and how they are read. */
export interface OpenParams {
  /** Absolute paths of files and folders. */
  readonly paths: readonly string[];
  /** Folders whose `.flipside` holds lenses and mappings, besides what the paths have in common. */
  readonly homes: readonly string[];
  readonly lens: string;
  /** Name of the answer rule; `default` for the default reading. */
  readonly answers: string;
  readonly cacheDir: string;
  readonly images: ImageSettings;
  /** Who annotates, and how blindly; absent where nobody does. */
  readonly viewer?: AnnotationViewer;
  /** What will be asked for by `first`: begun as soon as something is open. */
  readonly ahead?: Query | null;
}

/** A path that begins with `from` is looked for under `to`. */
export interface ImagePrefix {
  readonly from: string;
  readonly to: string;
  /** Holds only for the predictions of this folder, or those joined to this definition; absent where for all. */
  readonly within?: string;
}

export interface ImageSettings {
  /** Folders in which relative image paths are looked up, besides the prediction file's own and its parents. */
  readonly roots: readonly string[];
  readonly prefixes: readonly ImagePrefix[];
  readonly allowUrls: boolean;
  readonly maxBytes: number;
  readonly maxPixels: number;
}

export interface RunOverview {
  readonly id: string;
  readonly file: string;
  /** Other files with the same content; absent where there is none. */
  readonly copies?: readonly string[];
  /** Which of the runs of its file; null where the file holds one. */
  readonly part: string | null;
  /** Another text for other contents: what was made of rows and images under the former one may not hold any more. */
  readonly content: string;
  readonly model: string | null;
  readonly dataset: string | null;
  readonly format: string;
  readonly items: number;
  /** Null until it is counted. */
  readonly wrong: number | null;
  readonly noGold: number;
  /** Fractions; null without gold. */
  readonly accuracy: number | null;
  readonly ci95: readonly [number, number] | null;
  readonly correctUnits: number;
  readonly units: number;
  readonly chance: number | null;
  readonly coverage: { readonly rows: number; readonly of: number } | null;
  /** Urgent ones mark the run: its numbers may be wrong, and something can be done. */
  readonly warnings: readonly { readonly text: string; readonly urgent: boolean }[];
  readonly classes: readonly { readonly class: string; readonly count: number }[];
}

/** What there is: runs, definitions, and files that were not read, with the reason. */
export interface Overview {
  /** Of this opening: what came before it, and late news of that, carry another one. */
  readonly id: string;
  /** False where only what is known without counting is there yet. */
  readonly complete: boolean;
  readonly lens: { readonly name: string; readonly version: string; readonly note: string | null };
  readonly lenses: readonly string[];
  readonly runs: readonly RunOverview[];
  readonly datasets: readonly {
    readonly id: string;
    readonly file: string;
    readonly format: string;
    readonly items: number;
    readonly dataset: string | null;
    /** What the user should know of the file before trusting it. */
    readonly warnings: readonly string[];
  }[];
  readonly skipped: readonly { readonly file: string; readonly reason: string }[];
  /** Fields by which rows can be filtered: columns, then metadata. */
  readonly fields: readonly { readonly name: string; readonly type: string; readonly metadata: boolean }[];
  readonly rows: number;
}

/**
 * What the analysis process answers. Every method but `open`, `mapping` and `previewMapping` needs something open, and says so where
 * nothing is.
 */
export interface AnalysisMethods {
  /** Reads what is new and opens the result, in place of what was open. Slices handed out before end. */
  open(params: OpenParams, signal: AbortSignal): Promise<Overview>;
  setImages(params: ImageSettings): Promise<null>;
  slice(params: Query, signal: AbortSignal): Promise<SliceInfo>;
  /** A slice with its first rows, as far as a page asks for in one go. */
  first(params: Query, signal: AbortSignal): Promise<Answered>;
  /** Rows by position, `end` excluded. Fails with kind `expected` where the slice has ended. */
  rows(params: { slice: number; start: number; end: number }, signal: AbortSignal): Promise<readonly Row[]>;
  /** The position of a row in a slice; null where it is not in it. */
  position(params: { slice: number; key: RowKey }): Promise<number | null>;
  /** The position of the nearest error after `position` (`by` 1) or before it (−1); null where there is none. */
  nextError(params: { slice: number; position: number; by: 1 | -1 }): Promise<number | null>;
  /** The row of an item in a run; null where it has none of that id. */
  rowOf(params: { run: string; item: string }): Promise<number | null>;
  facets(
    params: { query: Query; fields: readonly string[]; limit: number },
    signal: AbortSignal,
  ): Promise<readonly Facet[]>;
  /** How many rows each query keeps. */
  counts(params: readonly Query[], signal: AbortSignal): Promise<readonly number[]>;
  /**
   * Item ids in the order of the list: of all rows of the query, or of the given ones. Fails with kind `expected` where they
   * are more than `most`.
   */
  ids(
    params: { query: Query; keys: readonly RowKey[] | null; most: number },
    signal: AbortSignal,
  ): Promise<readonly string[]>;
  item(params: { key: RowKey; baseline: string | null }, signal: AbortSignal): Promise<ItemView | null>;
  /** First images of the given rows, at most `size` pixels wide and high; null for one of several that is to be asked for alone. */
  thumbnails(
    params: { keys: readonly RowKey[]; size: number },
    signal: AbortSignal,
  ): Promise<readonly (Picture | null)[]>;
  /** The image `index` of an item, at most `size` pixels wide and high; with `crop` (fractions of the whole) only a part. */
  picture(
    params: { key: RowKey; index: number; size: number; crop: Crop | null },
    signal: AbortSignal,
  ): Promise<Picture>;
  /** All images of an item as they lie there, for a model to see. Fails with the reason. */
  originals(params: { key: RowKey }, signal: AbortSignal): Promise<readonly OriginalPicture[]>;
  /** Learns from one example where images lie: an image of a row, and the file that it is. Fails with the reason. */
  learnPrefix(params: { key: RowKey; index: number; found: string }): Promise<ImagePrefix>;
  /**
   * Writes rows to a file, in the order of the list: the given ones, or with null all of the query. Answers how many. A cancelled
   * export leaves what stood there before.
   */
  exportRows(
    params: { query: Query; keys: readonly RowKey[] | null; to: 'csv' | 'jsonl' | 'parquet' | 'md'; out: string },
    signal: AbortSignal,
  ): Promise<number>;
  /** Charts of what is open; of kinds that have nothing to show, why. */
  charts(params: ChartsRequest, signal: AbortSignal): Promise<ChartsAnswer>;
  /**
   * Compares runs with a base, by ids, over the items they share; `target`: the task that they aim at, null for all items. Each count opens as
   * a slice by a `compared` condition.
   */
  compare(
    params: { base: string; treatments: readonly string[]; target: string | null },
    signal: AbortSignal,
  ): Promise<Comparison>;
  /** What is known of annotations, without the rows. */
  annotations(params: null): Promise<AnnotationsState>;
  /** Whoever annotates is another, or wants to be blind, or not any more. */
  setViewer(params: AnnotationViewer): Promise<null>;
  /** Looks up what annotating a row takes, digests of its images among it: for a row that somebody looks at. */
  prepareAnnotating(params: { key: RowKey }): Promise<null>;
  /**
   * Says something of rows, as the viewer, whose name must be known, or with `adjudicates` as the judgement between annotators. Answers once it is on
   * the disk, or why it is not. What changed in lists is told by `annotated`. `unsaved`: the lines that the last answer said lie in no file: a process that
   * was started since does not know them, and writes them too.
   */
  annotate(params: {
    changes: readonly AnnotationChange[];
    adjudicates: boolean;
    unsaved?: string;
  }): Promise<AnnotationsSaved>;
  /** The files of annotations, or the scheme, may have changed: other windows and git write them too. */
  refreshAnnotations(params: null): Promise<null>;
  /** How many rows of a slice carry a label of the viewer's. */
  labelled(params: { slice: number }): Promise<number>;
  /** The position of the next row of a slice without one, from the beginning where none follows; null without any. */
  nextUnlabelled(params: { slice: number; position: number }): Promise<number | null>;
  /** How far annotators agree, and rates from the sample in a file, if one is named. Fails in blind mode: it would tell what others say. */
  agreement(params: { sample: string | null }): Promise<AgreementAnswer>;
  /**
   * Right answers that annotators hold to be wrong, with every number without and with the accepted ones (`pending`: and those not reviewed yet);
   * `out`: the file to which they are written as a patch, null for none. Fails in blind mode.
   */
  relabels(params: { pending: boolean; out: string | null }): Promise<RelabelList>;
  /** Draws rows of a query at random and writes a `Sample` to a file. `field`: by whose values; null for none. Answers which rows, in its order, and of how many. */
  sample(params: { query: Query; n: number; seed: number; field: string | null; out: string }): Promise<DrawnRows>;
  /** The 1-based line of a row in its file; null where the file is not text. */
  line(params: RowKey): Promise<number | null>;
  /**
   * The rows on the lines `from` to `to` of a file, counted from 1, in file order: none where the file is no run that is open, or its
   * lines do not tell its rows. At most so many as an editor shows.
   */
  rowsAt(params: { file: string; from: number; to: number }, signal: AbortSignal): Promise<RowsOnLines>;
  /** The first rows of any file, with the roles that are inferred for its columns. Fails with the reason where it has none. */
  mapping(params: MappingPlace): Promise<MappingSubject>;
  /** The first records of a file under a mapping. Fails with a sentence where that is none, or does not fit the file. */
  previewMapping(
    params: MappingPlace & { readonly draft: MappingDraft; readonly lens: string; readonly answers: string },
    signal: AbortSignal,
  ): Promise<MappingPreview>;
}

/** A part of a picture in fractions of its width and height. */
export interface Crop {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface AnalysisEvents {
  /** What people say of these rows may be otherwise now; null: of any row, and the scheme may be another. */
  annotated: { readonly rows: readonly RowKey[] | null };
  /** What is being done while `open` runs. */
  progress: { readonly message: string };
  /** The counts are there. */
  overview: Overview;
  /** So many of so many rows are written to this file. */
  exporting: { readonly out: string; readonly rows: number; readonly of: number };
  /** Counting failed; what was open stays open. */
  failed: { readonly message: string };
}
