import type { ItemRecord } from '../../model.js';
import type { Lens } from '../../relations/lens.js';
import type { DirectionCount } from '../../store/reportQueries.js';
import type { ImagesOfRow } from '../browsing.js';
import type { Treatment } from '../../compareModel.js';
import type { Summary } from '../summaryTypes.js';

/** A picture for the report, made small enough to travel inside it; or why there is none. */
export type ReportPicture =
  | {
      readonly ok: true;
      readonly mime: string;
      readonly bytes: Uint8Array;
      readonly width: number;
      readonly height: number;
    }
  | { readonly ok: false; readonly message: string; readonly tried: readonly string[] };

/** Finds an item's first image and makes it small: decoding is not the core's business. */
export type PictureOf = (row: ImagesOfRow) => Promise<ReportPicture>;

/** Where a report's images may lie. */
export interface PicturePlaces {
  /** The paths that were opened. */
  readonly paths: readonly string[];
  /** Files under them, which may hold images inside. */
  readonly files: readonly string[];
  /** Folders in which relative paths are looked up too. */
  readonly roots: readonly string[];
  /** The cache folder; null for the default one. */
  readonly cache: string | null;
}

/** What finds images and makes them small. */
export interface OpenPictures {
  readonly pictureOf: PictureOf;
  /** All images of an item, as they lie there. Rejects with a FlipsideError. */
  originalsOf(row: ImagesOfRow): Promise<readonly { readonly bytes: Uint8Array; readonly file: string | null }[]>;
  close(): Promise<void>;
}

/** One item of a class, as it is shown. */
export interface Example {
  readonly record: ItemRecord;
  /** Why it counts as it does, in sentences. */
  readonly why: readonly string[];
  readonly picture: ReportPicture;
}

export interface ExamplesOfClass {
  /** Null: answers that could not be read. */
  readonly class: string | null;
  /** How many there are, of which these are drawn. */
  readonly total: number;
  readonly examples: readonly Example[];
}

/** Two runs over the items that both have. */
export interface PairOfRuns {
  readonly first: string;
  readonly second: string;
  readonly compared: Treatment;
  /** Adjusted (Holm) among all pairs of the table. */
  readonly pHolm: number | null;
}

export interface Comparisons {
  readonly base: string;
  /** The user's word, or what has the base chosen. */
  readonly chosen: 'asked for' | 'lowest accuracy';
  readonly treatments: readonly Treatment[];
  /** Every two runs that share items; null where only the base was compared, because there are too many runs. */
  readonly pairs: readonly PairOfRuns[] | null;
  readonly familySize: number;
}

export interface SourceFile {
  readonly file: string;
  readonly role: string;
  /** Null where a file was not read as a whole. */
  readonly sha256: string | null;
}

/** What a filter left out, in words. */
export interface Narrowed {
  /** Conditions on what was asked: every number is of the items that they keep. */
  readonly items: readonly string[];
  /** Conditions on what was answered: they pick examples alone. */
  readonly examples: readonly string[];
  readonly kept: number;
  readonly of: number;
  /** Runs of which nothing is kept. */
  readonly emptied: readonly string[];
}

/** Everything that a report says, before it is put into words. */
export interface ReportData {
  readonly lens: Lens;
  readonly summary: Summary;
  /** What runs are called in tables, by their id. */
  readonly names: ReadonlyMap<string, string>;
  readonly narrowed: Narrowed | null;
  readonly directions: ReadonlyMap<string, readonly DirectionCount[]>;
  /** A text: why runs were not compared. */
  readonly comparisons: Comparisons | string;
  readonly examples: readonly ExamplesOfClass[];
  readonly files: readonly SourceFile[];
  readonly seed: number;
  readonly command: string;
  readonly versions: Readonly<Record<string, string>>;
}
