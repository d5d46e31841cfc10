import type { Filter, FilterValue, ItemRecord, RecordTrace, Sort } from '../core/model.js';

/** Names one prediction: the run's id and the row in its file. */
export interface RowKey {
  readonly run: string;
  readonly row: number;
}

/** How an item ended: `unanswered` is wrong too, but no answer could be read. */
export type Outcome = 'wrong' | 'unanswered' | 'right' | 'no gold';

/** Which rows, in which order. Everything a page's controls say, and all that a saved slice keeps. */
export interface Query {
  /** Chosen values by field; several of one field are alternatives. Null stands for "none". */
  readonly facets: Readonly<Record<string, readonly (FilterValue | null)[]>>;
  readonly search: string;
  /** Item ids, as pasted; any of them. Null: all items. */
  readonly ids: readonly string[] | null;
  /** A typed condition on top, from a chart or a link. */
  readonly filter: Filter | null;
  readonly sort: readonly Sort[];
  /** Rows with equal values of this field stand together under a heading. */
  readonly group: string | null;
}

/** What the error browser shows first: everything that is not right. */
export const ERRORS: Query = {
  facets: { outcome: ['wrong', 'unanswered'] },
  search: '',
  ids: null,
  filter: null,
  sort: [],
  group: null,
};

/** One line of the error browser. */
export interface Row extends RowKey {
  readonly item: string;
  readonly question: string | null;
  readonly outcome: Outcome;
  readonly class: string | null;
  readonly drift: boolean | null;
  readonly gold: string | null;
  readonly predicted: string | null;
  /** Names of directions ("front-left"), null where there is none. */
  readonly goldDirection: string | null;
  readonly predictedDirection: string | null;
  readonly task: string | null;
  readonly frame: string;
  readonly kind: string;
  readonly flags: readonly string[];
  /** Number of images that the item names. */
  readonly images: number;
}

/** The rows of a query, ready to be asked for by position. The handle ends when the data changes. */
export interface SliceInfo {
  readonly slice: number;
  readonly total: number;
  /** All rows of the runs that the query looks at. */
  readonly of: number;
  /** Headings in order, where the query groups; null where it does not. `start` is the position of the first row. */
  readonly groups: readonly { readonly label: string; readonly start: number; readonly count: number }[] | null;
  /** Of the pasted ids, those that no item has. */
  readonly unknownIds: readonly string[];
}

export interface FacetValue {
  readonly value: FilterValue | null;
  readonly label: string;
  readonly count: number;
}

/** The values of a field among the rows that all *other* conditions keep, most frequent first, chosen ones always listed. */
export interface Facet {
  readonly field: string;
  readonly values: readonly FacetValue[];
  /** How many further values there are. */
  readonly more: number;
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
      /** Where it was found. */
      readonly from: string;
    }
  | {
      readonly ok: false;
      readonly reason: 'missing' | 'ambiguous' | 'corrupt' | 'too large' | 'remote' | 'none';
      /** The path as the data states it. */
      readonly stated: string;
      readonly tried: readonly string[];
      /** One sentence: what happened and what to do. */
      readonly message: string;
    };

/** Everything the inspector shows of one item, apart from its pictures. */
export interface ItemView {
  readonly key: RowKey;
  readonly record: ItemRecord;
  readonly trace: RecordTrace;
  readonly outcome: Outcome;
  readonly lens: { readonly name: string; readonly version: string };
  /** Why the item counts as it does, in plain sentences. */
  readonly why: readonly string[];
  readonly others: readonly OtherAnswer[];
  /** Candidates where the image is ambiguous; else empty. */
  readonly imageCandidates: readonly string[];
  readonly source: { readonly file: string; readonly row: number };
}

/** What another run answered to the same item. */
export interface OtherAnswer {
  readonly key: RowKey;
  readonly model: string | null;
  readonly outcome: Outcome;
  readonly class: string | null;
  readonly predicted: string | null;
  readonly predictedDirection: string | null;
  readonly baseline: boolean;
}
