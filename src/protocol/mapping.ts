import type { DepthConvention, ItemKind, Outcome } from '../core/model.js';

/** Which column plays which role, and what holds for the whole file: a mapping while it is being edited. */
export interface MappingDraft {
  /** A glob on the file's path. */
  readonly match: string;
  /** The columns of each role; a role without columns is left out. */
  readonly roles: Readonly<Record<string, readonly string[]>>;
  readonly kind: ItemKind | null;
  readonly base: 0 | 1 | null;
  readonly convention: DepthConvention | null;
  readonly model: string | null;
  readonly dataset: string | null;
}

/** What was inferred of one column. */
export interface InferredRole {
  readonly role: string;
  readonly column: string;
  /** 0 to 1. */
  readonly confidence: number;
  readonly reason: string;
}

/** A file whose columns are to be mapped: its first rows, and what is known of them. */
export interface MappingSubject {
  /** Nested columns by their dotted names. A cell is text, cut where it is long; null where the row has none. */
  readonly columns: readonly { readonly name: string; readonly cells: readonly (string | null)[] }[];
  readonly rows: number;
  /** True where these rows are the whole file. */
  readonly isWhole: boolean;
  readonly inferred: readonly InferredRole[];
  /** What could not be decided, each in words. */
  readonly undecided: readonly string[];
  /** Of the whole file, 0 to 1; `isDecided` where it is enough for the file to be read without a mapping. */
  readonly confidence: number;
  readonly isDecided: boolean;
  /** How the file is read without a mapping, as a sentence; null where it is not. */
  readonly alreadyRead: string | null;
  /** The mapping file that holds for it already; `problem` says why it cannot be used. Null where there is none. */
  readonly stated: { readonly file: string; readonly problem: string | null } | null;
  /** The stated mapping, else the inferred one. */
  readonly draft: MappingDraft;
}

/** A file, and where its mapping will be kept. Absolute paths. */
export interface MappingPlace {
  readonly file: string;
  /** The folder below which its mapping will be kept. */
  readonly folder: string;
  /** What is opened where the file is read. */
  readonly paths: readonly string[];
  /** Folders whose `.flipside` counts besides those of the paths. */
  readonly homes: readonly string[];
}

/** One parsed row. Texts are cut where they are long. */
export interface PreviewRow {
  readonly row: number;
  readonly id: string | null;
  readonly question: string | null;
  readonly options: readonly string[];
  readonly gold: string | null;
  readonly predicted: string | null;
  /** Null for a file that holds no answers. */
  readonly outcome: Outcome | null;
  readonly class: string | null;
  readonly images: readonly string[];
  /** What is wrong with the row, each in words. */
  readonly problems: readonly string[];
}

/** The first records of a file as a mapping has them read. */
export interface MappingPreview {
  /** The mapping as the text of a mapping file. */
  readonly text: string;
  /** True where the file holds answers, false where it holds questions alone. */
  readonly isRun: boolean;
  readonly rows: readonly PreviewRow[];
  /** Of the records looked at: how many became items, and how many were left out. */
  readonly read: number;
  readonly left: number;
  /** Why records were left out, the first of each reason. */
  readonly dropped: readonly {
    readonly reason: string;
    readonly detail: string;
    readonly row: number;
    readonly count: number;
  }[];
  /** True where these are all records of the file. */
  readonly isWhole: boolean;
  /** Of the rows that were read. */
  readonly outcomes: Readonly<Record<Outcome, number>>;
  /** What is wrong with rows, and with how many. */
  readonly problems: readonly { readonly text: string; readonly count: number }[];
  /** What should be known of the whole file, in sentences. */
  readonly warnings: readonly string[];
}
