import type { ItemAnnotations } from '../core/annotationModel.js';
import type { ItemRecord, Outcome, Query, RecordTrace, Row, RowKey, SliceInfo } from '../core/model.js';

export { comparedInWords } from '../core/compareModel.js';
export type { Facet, FacetValue, Outcome, Query, Row, RowKey, SliceInfo } from '../core/model.js';

/** What the error browser shows first: everything that is not right. */
export const ERRORS: Query = {
  facets: { outcome: ['wrong', 'unanswered'] },
  search: '',
  ids: null,
  filter: null,
  sort: [],
  group: null,
};

/** What counts as an error where one walks from error to error. */
export const ERROR_OUTCOMES: readonly Outcome[] = ['wrong', 'unanswered'];

/** Whether all rows of a query are errors, by its own choice of outcomes. */
export function isErrorsOnly({ facets }: Query): boolean {
  const chosen = facets['outcome'] ?? [];
  return chosen.length > 0 && chosen.every((outcome) => ERROR_OUTCOMES.some((error) => error === outcome));
}

/** A row and the line of its file on which it begins, from 1. */
export interface PlacedRow extends Row {
  readonly line: number;
}

/** The rows on some lines of a file. */
export interface RowsOnLines {
  readonly rows: readonly PlacedRow[];
  /** The first of these lines on which several records begin, none of which is told; null where there is none. */
  readonly crowded: number | null;
}

/** A thumbnail or a whole picture, decoded and encoded again on the workspace's side. */
export type Picture =
  | {
      readonly ok: true;
      readonly bytes: Uint8Array;
      readonly mime: string;
      /** Size of these bytes' picture and of the original, in pixels. */
      readonly width: number;
      readonly height: number;
      readonly originalWidth: number;
      readonly originalHeight: number;
      /** Where it was found: a file that is it or holds it, or an address. */
      readonly from: string;
      /** The image's own file, for opening it elsewhere; null where it lies inside another, or on the network. */
      readonly file: string | null;
    }
  | {
      readonly ok: false;
      readonly reason: 'missing' | 'ambiguous' | 'corrupt' | 'too large' | 'remote' | 'none';
      /** The path as the data states it. */
      readonly stated: string;
      /** Places that were looked at, the first ones; where the image is ambiguous, what it may be. */
      readonly tried: readonly string[];
      /** How many places were looked at in all; absent where `tried` holds all. */
      readonly places?: number;
      /** The image's own file, where one is there and cannot be shown. */
      readonly file: string | null;
      /** One sentence: what happened and what to do. */
      readonly message: string;
    };

/** Everything the inspector shows of one item, apart from its pictures. */
export interface ItemView {
  readonly key: RowKey;
  readonly record: ItemRecord;
  /** The id that the row states, where the item has another: items of its file are named by their rows. Else null. */
  readonly statedId: string | null;
  readonly trace: RecordTrace;
  readonly outcome: Outcome;
  readonly lens: { readonly name: string; readonly version: string };
  /** Why the item counts as it does, in plain sentences. */
  readonly why: readonly string[];
  readonly others: readonly OtherAnswer[];
  /** Candidates where the image is ambiguous; else empty. */
  readonly imageCandidates: readonly string[];
  /** The data name no image, but a file beside them may hold it. */
  readonly mayBeEmbedded: boolean;
  /** How many images a file beside the data holds of the item; 0 where the data name its images. */
  readonly embeddedImages: number;
  readonly source: { readonly file: string; readonly row: number };
  /** What people say of it. Where it holds something back, class and drift are null here, and `why` is silent on the class. */
  readonly annotations: ItemAnnotations;
}

/** What another run answered to the same item. */
export interface OtherAnswer {
  readonly key: RowKey;
  readonly model: string | null;
  readonly outcome: Outcome;
  readonly class: string | null;
  /** Blind: the class is held back until this row has a label of one's own. */
  readonly isClassHidden?: true;
  readonly predicted: string | null;
  readonly predictedDirection: string | null;
  readonly baseline: boolean;
}

/** As many rows come with a list that nobody asked rows of yet: what a large screen shows. */
export const ROWS_AT_ONCE = 50;

/** The first of them, of a query. */
export interface Answered {
  readonly query: Query;
  readonly slice: SliceInfo;
  readonly rows: readonly Row[];
}

/** An image as it lies there, for a model to see. */
export interface OriginalPicture {
  readonly bytes: Uint8Array;
  /** The file (or URL) that holds it. */
  readonly from: string;
  /** The file that is the image; null where it lies inside another, or on the network. */
  readonly file: string | null;
}
