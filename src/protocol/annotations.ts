import type { LabelProgress, Marks, Scheme } from '../core/annotationModel.js';
import type { RowKey } from './rows.js';

export { ANNOTATIONS, annotatorName, DISPUTED } from '../core/annotationModel.js';
export type {
  AnnotatorsMarks,
  ItemAnnotations,
  LabelProgress,
  MarkedBox,
  MarkedPoint,
  Marks,
  Scheme,
  SchemeLabel,
  StaleMarks,
} from '../core/annotationModel.js';

/** What pages know of annotating, beside what is said of the items themselves. */
export interface Annotating {
  readonly scheme: Scheme;
  /** Whose annotations this window makes; null until the name was asked for, with the first of them. */
  readonly name: string | null;
  /** What others say and the automatic class are held back until an item has a label of one's own. */
  readonly blind: boolean;
  /** The next row follows as soon as a label is saved. */
  readonly autoAdvance: boolean;
  /** Of the list that items come from; null without a list. */
  readonly progress: LabelProgress | null;
  /** Changes that lie in no file yet, because it could not be written. */
  readonly unsaved: number;
  /** What is wrong with scheme or files, in a sentence: a scheme that cannot be read, a folder that cannot be written. */
  readonly problem: string | null;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
}

/** Before anything is known. */
export const NO_ANNOTATING: Annotating = {
  scheme: { version: 1, labels: [] },
  ...{ name: null, blind: false, autoAdvance: true, progress: null, unsaved: 0, problem: null },
  ...{ canUndo: false, canRedo: false },
};

/** Who looks at annotations, and makes them. */
export interface AnnotationViewer {
  /** Null as long as nobody has given a name. */
  readonly name: string | null;
  readonly blind: boolean;
}

/** One change of what an annotator says of a row. */
export interface AnnotationChange {
  readonly key: RowKey;
  readonly set: Marks;
  /** The event that this takes back; null for none. */
  readonly undoes: string | null;
}

/** What was changed of a row, with what takes it back. */
export interface AnnotationDone extends AnnotationChange {
  /** The event that says so. */
  readonly id: string;
  /** The values of before, null for none, of each field that was set. */
  readonly before: Marks;
}

/** What became of changes. */
export interface AnnotationsSaved {
  readonly done: readonly AnnotationDone[];
  /** Why they lie in no file, in a sentence; null where they are on the disk. */
  readonly problem: string | null;
  /** All lines that lie in no file by now. */
  readonly unsaved: string;
}

/** What there is to know of annotations as a whole. */
export interface AnnotationsState {
  readonly scheme: Scheme;
  /** Lines that are no events, with their places, and what else is wrong in the files. */
  readonly problems: readonly { readonly file: string; readonly line: number | null; readonly reason: string }[];
  /** Why nothing can be written; null where it can. */
  readonly readOnly: string | null;
  /** How many changes lie in no file. */
  readonly unsaved: number;
}

/** A right answer that somebody holds to be wrong, and what becomes of it. */
export interface RelabelLine {
  readonly item: string;
  /** The stated right answer and the corrected one; null where its predictions are not open, and where nobody named one. */
  readonly from: string | null;
  readonly to: string | null;
  readonly by: readonly string[];
  readonly notes: readonly string[];
  readonly state: 'accepted' | 'rejected' | 'not reviewed';
  /** Why it does not count; null where it does. */
  readonly leftOut: string | null;
  readonly rows: readonly RowKey[];
}

/** The list of relabels, and the numbers without and with those that count. */
export interface RelabelList {
  readonly lines: readonly RelabelLine[];
  readonly runs: readonly {
    readonly run: string;
    readonly predictions: number;
    readonly metrics: readonly {
      readonly name: string;
      readonly stated: string | null;
      readonly corrected: string | null;
    }[];
  }[];
  /** What could not be corrected, or said in the patch, and why. */
  readonly notes: readonly string[];
  /** Items of the patch that was written; null where none was asked for. */
  readonly written: number | null;
}
