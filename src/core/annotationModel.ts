import type { Box, RowKey } from './model.js';

/** A label that annotators give, with the key that gives it. */
export interface SchemeLabel {
  /** Stands in annotations: it stays, whatever title and key become. */
  readonly id: string;
  readonly title: string;
  /** One character; null for a label without a key. It is the label's own: no other label's coming or going changes it. */
  readonly key: string | null;
  /** What it speaks of: the item, whoever answered it, or one answer to it. Of another answer to the same item the latter says nothing. */
  readonly about: 'item' | 'answer';
}

export interface Scheme {
  /** Counts changes; annotations state the version they were made with. */
  readonly version: number;
  readonly labels: readonly SchemeLabel[];
}

/** A box in an image of the item, in the image's own pixels or in fractions of it, as `Box` says; `image` counts from 0. */
export type MarkedBox = Box & { readonly image: number };

/** A place in an image, in fractions of it. */
export interface MarkedPoint {
  readonly x: number;
  readonly y: number;
  readonly image: number;
}

/** What an annotator says of an answer to an item; gold, boxes and points are of the item itself. Of a field that is absent an event says nothing; null takes back what was said. */
export interface Marks {
  readonly label?: string | null;
  readonly note?: string | null;
  /** 0 to 1. */
  readonly confidence?: number | null;
  readonly boxes?: readonly MarkedBox[] | null;
  readonly points?: readonly MarkedPoint[] | null;
  /** The right answer, where the stated one is wrong: an option's text. */
  readonly gold?: string | null;
  /** The class that the error should have, where the rule's is wrong. */
  readonly class?: string | null;
}

/** What one annotator now says of an item. */
export interface AnnotatorsMarks {
  readonly by: string;
  /** ISO 8601, by the annotator's clock. */
  readonly at: string;
  /** Fields that were said; none is null. */
  readonly marks: Marks;
  /** The id of the event that said it last. */
  readonly event: string;
}

/** What was said of an item before it changed; it counts for nothing until somebody says it again. */
export interface StaleMarks extends AnnotatorsMarks {
  readonly changed: 'text' | 'image';
}

/** What is said of one item, as far as whoever looks may see it. */
export interface ItemAnnotations {
  readonly mine: AnnotatorsMarks | null;
  readonly others: readonly AnnotatorsMarks[];
  /** The latest judgement between annotators who differed. */
  readonly adjudication: AnnotatorsMarks | null;
  readonly stale: readonly StaleMarks[];
  /** Blind: what others say and the automatic class are held back until the item has a label of one's own. */
  readonly hidden: boolean;
}

/** The value of the field `annotation.label` where annotators differ. */
export const DISPUTED = '(disputed)';

/** How many rows of a list carry a label of one's own. */
export interface LabelProgress {
  readonly labelled: number;
  readonly of: number;
}

/** What annotators say of one answer to one item, wherever it was given, and what the rule says of it. */
export interface JudgedAnswer {
  /** The predictions that are this answer to this item; none where their files are not open. */
  readonly rows: readonly RowKey[];
  /** The item's id, as its first annotation names it. */
  readonly item: string;
  /** Ids of labels, by annotator; of those alone who gave one. */
  readonly labels: ReadonlyMap<string, string>;
  /** The label of the judgement between annotators; null without one. */
  readonly adjudicated: string | null;
  /** The class under the lens that is open; null where no row is open, or it is no error that has one. */
  readonly class: string | null;
}

/** What annotators say of rows: of their answer, and of their item on the occasion of another answer to it. */
export type JudgedRows = Pick<JudgedAnswer, 'rows' | 'labels' | 'adjudicated'>;

/** A right answer that annotators hold to be wrong. */
export interface Relabel {
  readonly dataset: string | null;
  readonly item: string;
  /** Digests of what was judged, as annotations state them. */
  readonly content: { readonly text: string; readonly images: readonly string[] | null };
  /** The stated right answer; null where its predictions are not open. */
  readonly from: string | null;
  /** The corrected one: a text of the options; null where nobody has said which it is. */
  readonly to: string | null;
  /** Who says so. */
  readonly by: readonly string[];
  readonly notes: readonly string[];
  /** By the judgement between annotators; null where there is none yet. */
  readonly accepted: boolean | null;
  /** All predictions of the item that are open, whatever they answered. */
  readonly rows: readonly RowKey[];
}

const MOST_NAME = 60;

/** The folder, inside the one that is opened, in which annotations lie: a file for each annotator. */
export const ANNOTATIONS = '.flipside/annotations';

/** Accents of Latin letters, after the letter. Marks of other scripts are letters of their own: without them two names may be one. */
const ACCENTS = /(\p{Script=Latin})\p{M}+/gu;

/**
 * A name as annotators' files and events have it: small letters, digits and hyphens, so that every file system and git take it as the same. Null where
 * nothing is left of it.
 */
export function annotatorName(typed: string): string | null {
  const plain = typed
    .normalize('NFKD')
    .toLowerCase()
    .replace(ACCENTS, '$1')
    .normalize('NFC')
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, '-');
  const name = [...plain.replace(/^-+|-+$/g, '')].slice(0, MOST_NAME).join('');
  if (!/[\p{L}\p{N}]/u.test(name)) return null;
  // Names that Windows keeps for devices.
  return /^(?:con|prn|aux|nul|com\d|lpt\d)$/.test(name) ? `${name}-` : name;
}
