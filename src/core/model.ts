/**
 * The plain data that every layer speaks. No behaviour beyond constants lives here, so that a webview may import it too.
 */

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/** True for a JSON object: neither null, an array nor a scalar. */
export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A position on one axis: −1, 0 (says nothing) or +1. */
export type Sign = -1 | 0 | 1;
export type Axis = 'lateral' | 'depth' | 'vertical';
export const AXES: readonly Axis[] = ['lateral', 'depth', 'vertical'];

/** Signed components on the axes of the frame that the question names: left −, right +; back −, front +; below −, above +. */
export interface Direction {
  readonly lateral: Sign;
  readonly depth: Sign;
  readonly vertical: Sign;
}

/** Whose left and right: the camera's, a person's, an object's, an imagined stand-point's, or not said. */
export type Frame = 'camera' | 'person' | 'object' | 'imagined' | 'unstated';

/** What "front" means on the depth axis. Counts of different conventions are never pooled. */
export type DepthConvention = 'toward-viewer' | 'away-from-viewer' | 'facing' | 'unstated';

/** How an item is asked, which decides the classes that can apply to a wrong answer. */
export type ItemKind = 'choice' | 'yes-no' | 'count' | 'depth-order' | 'distance-order' | 'open';

/** One offered answer. `label` is the letter (or number) printed before it; null when options carry no labels. */
export interface Option {
  readonly label: string | null;
  readonly text: string;
}

/** An axis-aligned box in pixels of the original image, or in fractions where `unit` says so. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly unit: 'pixel' | 'fraction';
  readonly label: string | null;
}

export type AnswerStatus = 'parsed' | 'empty' | 'refusal' | 'off-list' | 'ambiguous' | 'unparsed';

export type Flag =
  | 'letterTextConflict'
  | 'goldConflict'
  | 'goldContradicted'
  | 'imageAmbiguous'
  | 'frameSwap'
  | 'storedDiffers'
  | 'invalidUtf8'
  | 'nonStandardNumber'
  | 'goldUnmatched'
  | 'optionsUnknown';

/**
 * One record of a prediction file, as its reader understood it. Readers transcribe; they do not judge.
 * Everything a reader cannot tell is null (or an empty list), never a guess.
 */
export interface RawItem {
  /** 1-based number of the record in its file (the header of a table is not counted). */
  readonly row: number;
  /** The record's own identifier, if it has one. Need not be unique. */
  readonly id: string | null;
  /** The question as asked, without the printed options and answer instructions where the reader can tell them apart. */
  readonly question: string | null;
  readonly options: readonly Option[];
  /** The right answer exactly as the file states it ("C. back-right", "Left", "1"); null when there is none or it is hidden. */
  readonly gold: string | null;
  /** Further strings that are right as well (open questions). */
  readonly goldAliases?: readonly string[];
  /** The tool's own extracted answer, when the file has such a column. It is the prediction then. "" counts as empty. */
  readonly extracted: string | null;
  /** What the model wrote. */
  readonly response: string | null;
  /** The correctness that the file itself states; shares between 0 and 1 become null unless they are 0 or 1. */
  readonly storedCorrect: boolean | null;
  /** 'yes-no', 'count', … when the format itself settles it; null lets the options and the gold decide. */
  readonly kind: ItemKind | null;
  readonly task: string | null;
  readonly relation: string | null;
  readonly frame: Frame | null;
  readonly convention: DepthConvention | null;
  readonly images: readonly string[];
  readonly model: string | null;
  /** Value of the column that separates several runs in one file (a prompt label, a model); null when the file is one run. */
  readonly split: string | null;
  /** Items that are scored together (a circular group, the samples of one question); null: the item is its own unit. */
  readonly unit: string | null;
  /** Number of the sample (epoch) of one question, from 1; null when a question is asked once. */
  readonly sample: number | null;
  /**
   * Images that show the same objects and differ only in their relation share a contrast set (What'sUp); null elsewhere.
   * Pair and set accuracy are counted over it.
   */
  readonly contrastSet?: string | null;
  /** The model's confidence in its answer, 0 to 1. */
  readonly confidence: number | null;
  readonly boxes?: readonly Box[];
  /** Everything else the record holds, by column name. Filterable. */
  readonly meta: JsonObject;
  readonly flags: readonly Flag[];
}

/** A record that did not become an item. Every record is one or the other. */
export interface Dropped {
  readonly row: number;
  /** A short reason from a small vocabulary, for counting: "truncated JSON", "wrong number of cells". */
  readonly reason: string;
  /** The full message: what was expected and what to do. */
  readonly detail: string;
}

/** Where an answer was read: the rule and the characters. Offsets are UTF-16 units into the text that was read. */
export interface AnswerTrace {
  readonly rule: string;
  readonly start: number;
  readonly end: number;
  /** The characters themselves: `source.slice(start, end)`. */
  readonly text: string;
  /** Which text the offsets point into. */
  readonly source: 'extracted' | 'response';
}

export interface ParsedAnswer {
  readonly status: AnswerStatus;
  /** Index into the item's options; null unless parsed as one of them. */
  readonly option: number | null;
  /** The answer as a value where there are no options: a label, a number, free text. */
  readonly value: string | null;
  readonly trace: AnswerTrace;
  readonly flags: readonly Flag[];
}

export type FilterValue = string | number | boolean;

/**
 * What became of an item that two runs share. `partly`: right in some of its samples, in one run or both. `no gold`: one of them has no right
 * answer to judge by. `refused`: it shares an id or a place with an item of the base, and is another one.
 */
export const COMPARED_CELLS = [
  ...(['both right', 'both wrong', 'fixed', 'broken', 'partly', 'no gold'] as const),
  ...(['only base', 'only new', 'refused'] as const),
] as const;
export type ComparedCell = (typeof COMPARED_CELLS)[number];

/**
 * Rows by how a run compares with a baseline; every condition that is given holds. The rows are those of the new run, for `only base` those of
 * the base. Runs are ids.
 */
export interface Compared {
  readonly base: string;
  readonly new: string;
  /** Any of these; where absent, all items that are compared: with a right answer on both sides. */
  readonly cells?: readonly ComparedCell[];
  /** The outcome in the base, and in the new run: a class of the lens, a reading status, "correct" or "samples differ". */
  readonly from?: string;
  readonly to?: string;
  /** As the base states it; null for items without one. */
  readonly task?: string | null;
  /** The name of the gold direction in the base. */
  readonly direction?: string;
  /** By what they were joined. */
  readonly by?: 'content' | 'position' | 'id';
  /** The rows of this run instead. */
  readonly side?: 'base' | 'new';
}

/** A typed condition on rows. Fields are columns, or the names of metadata the files hold. */
export type Filter =
  | { readonly field: string; readonly op: 'eq' | 'ne'; readonly value: FilterValue | null }
  | { readonly field: string; readonly op: 'lt' | 'le' | 'gt' | 'ge'; readonly value: FilterValue }
  | { readonly field: string; readonly op: 'in'; readonly values: readonly FilterValue[] }
  /** Case-insensitive substring; on list columns, of any element; on directions, those that hold all of the value's senses. */
  | { readonly field: string; readonly op: 'contains'; readonly value: string }
  /** Case-insensitive substring of question, response, extracted answer, gold or predicted option. */
  | { readonly search: string }
  | { readonly compared: Compared }
  | { readonly and: readonly Filter[] }
  | { readonly or: readonly Filter[] }
  | { readonly not: Filter };

export interface Sort {
  readonly field: string;
  readonly descending?: boolean;
}

/** One item as `errors` and `item` show it. Directions are names ("front-left"), the angle degrees. */
export interface ItemRecord {
  readonly run: string;
  readonly item: string;
  readonly class: string | null;
  readonly drift: boolean | null;
  readonly status: string;
  readonly correct: boolean | null;
  readonly storedCorrect: boolean | null;
  readonly gold: string | null;
  readonly predicted: string | null;
  readonly goldDirection: string | null;
  readonly predictedDirection: string | null;
  readonly angle: number | null;
  readonly frame: Frame;
  readonly convention: string;
  readonly kind: string;
  readonly task: string | null;
  readonly relation: string | null;
  readonly family: string | null;
  readonly contact: boolean;
  readonly question: string | null;
  readonly options: readonly { readonly label: string | null; readonly text: string }[];
  /** Indexes into the options; null where gold or answer is none of them. */
  readonly goldOption: number | null;
  readonly predictedOption: number | null;
  readonly extracted: string | null;
  readonly response: string | null;
  readonly confidence: number | null;
  readonly images: readonly string[];
  /** Boxes that the data gives for the image; absent where it gives none. */
  readonly boxes?: readonly Box[];
  readonly flags: readonly Flag[];
  readonly file: string;
  readonly row: number;
  readonly meta: JsonObject;
}

/** The trace that goes with a record: how the answer was read, and which rule of the lens gave the class. */
export interface RecordTrace {
  readonly answer: {
    readonly rule: string;
    readonly source: string;
    readonly start: number;
    readonly end: number;
    readonly text: string;
  };
  readonly lensRule: string | null;
  readonly frameSwapOf: Json | null;
}

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
  /** Number of images that the item names; 1 also where it names none and a file may hold one. */
  readonly images: number;
  /** What people say of it; absent where nobody says anything. */
  readonly annotation?: RowAnnotation;
  /** Blind: the class is held back until whoever looks has chosen a label. */
  readonly isClassHidden?: true;
}

/** What people say of a row, in short. */
export interface RowAnnotation {
  /** Id of the settled label; `(disputed)` where annotators differ; null where there is a note or mark alone. */
  readonly label: string | null;
  /** The label of whoever looks. */
  readonly mine: string | null;
  readonly status: string;
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
  /** Runs in which pasted ids were found as numbers of rows: their items have no ids that tell them apart. */
  readonly numbered: readonly string[];
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

/** Folders that hold no evaluation outputs of their own: neither read nor watched. */
export const LEFT_OUT_FOLDERS: readonly string[] = [
  ...['.git', '.hg', '.svn', 'node_modules', '__pycache__', '.tox', '.mypy_cache', '.vscode-test'],
];

/** An expected failure, safe to show: what happened to which file, and what to do. */
export class FlipsideError extends Error {
  constructor(
    message: string,
    readonly options: {
      readonly file?: string;
      readonly row?: number;
      readonly exitCode?: 1 | 2;
      /** What is said instead where there is no command line, for a message that speaks of one. */
      readonly inEditor?: string;
    } = {},
  ) {
    super(message);
    this.name = 'FlipsideError';
  }
}
