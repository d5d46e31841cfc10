import type { LabelProgress, Scheme } from '../core/annotationModel.js';

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
