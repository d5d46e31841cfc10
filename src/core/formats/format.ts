import type { Dropped, JsonObject, RawItem } from '../model.js';

/**
 * What the first bytes of a file look like, so that formats recognise themselves by content and never by file name.
 * `head` holds the first complete records (at most a few hundred).
 */
export interface Shape {
  /** The path as the user would write it; a format may use it for the model's and the benchmark's name, never to recognise itself. */
  readonly path: string;
  readonly container: Container;
  /** Column names (tables) or the keys of the first records (JSON), in file order. */
  readonly columns: readonly string[];
  readonly head: readonly JsonObject[];
  /** True when `head` is the whole file. */
  readonly complete: boolean;
  /** First 64 KiB as text, for text formats; '' for binary containers. */
  readonly text: string;
  /**
   * For `json-object`: the parsed object, or null when it is too large to parse in one piece. For `npy`: the array's `shape` and
   * its `descr` (number type). For `parquet` and `arrow`: null, or `{packed: true}` inside of a packed file. Formats never see these
   * two: the analysis hands their rows on as records of `json-lines`.
   */
  readonly root: JsonObject | null;
  /** For `zip`: names of the entries. */
  readonly entries: readonly string[];
  /** For `csv` and `tsv`: what separates the cells; left out for a comma or a tab. */
  readonly delimiter?: Delimiter;
  /** What is odd about the file and does not keep it from being read: names that repeat. Whole sentences, with the place. */
  readonly warnings?: readonly string[];
  /** What kept the first records, or the whole file, from being read: a sentence for the user. */
  readonly problem?: string;
}

/** The characters that separate the cells of delimited text. */
export type Delimiter = ',' | '\t' | ';' | '|';

export type Container =
  | 'csv'
  | 'tsv'
  | 'json-array'
  | 'json-lines'
  | 'json-object'
  | 'xlsx'
  | 'zip'
  | 'npy'
  | 'parquet'
  | 'arrow'
  | 'text'
  | 'binary'
  | 'empty';

/** A record handed to a format: a parsed record, or the reason why it could not be parsed. */
export type Record_ = { readonly row: number; readonly value: JsonObject; readonly flags: RawItem['flags'] } | Dropped;

export type Role =
  /** Predictions of one or more runs. */
  | 'run'
  /** Questions with gold answers, options or images, but no predictions. */
  | 'definition'
  /** Scores of something already counted elsewhere; never items. */
  | 'aggregate';

export interface Detected {
  readonly role: Role;
  /** 0 to 1. Among formats that recognise a file the highest wins; a tie is an error in the registry. */
  readonly confidence: number;
  /** One sentence, shown to the user: why this format. For aggregates, the reason the file is skipped. */
  readonly reason: string;
  /** Model and benchmark as the path or the head tells them; null when neither does. */
  readonly model: string | null;
  readonly dataset: string | null;
  /**
   * The prediction file that this one repeats and adds verdicts to (VLMEvalKit's `_result`), as a path beside it.
   * Where that file is present too, both are one run.
   */
  readonly judges?: string;
  /**
   * The file holds nothing but answers by place: its rows are the items, in order, of the one definition that has as many
   * items, with as many options each. Without exactly one such definition its rows are joined to none.
   */
  readonly places?: { readonly rows: number; readonly options: number };
  /**
   * The field of the items' metadata over whose values macroAccuracy is the unweighted mean, in place of the tasks (CV-Bench: its
   * sources). Values with a slash are parts of parts: "2D/COCO" and "2D/ADE20K" make one mean, which counts once beside "3D/Omni3D".
   */
  readonly macroBy?: string;
  /** Columns by the role that they are read in, where a format takes columns by any name. */
  readonly columns?: Readonly<Record<string, readonly string[]>>;
  /** What the user should know before trusting the numbers: each says where, and what to do. */
  readonly warnings?: readonly string[];
}

export interface Source {
  readonly path: string;
  readonly shape: Shape;
  /** Set where the file is a table whose rows are handed on as records of JSON lines; `labelled` where these hold names in place of codes. */
  readonly table?: 'parquet' | 'arrow' | 'labelled';
  /** The records of the file in order, from the generic container layer. */
  records(): AsyncIterable<Record_>;
  /** The whole file; throws a FlipsideError when it is larger than `limit` bytes (default 512 MiB). */
  bytes(limit?: number): Promise<Uint8Array>;
}

export type RecordReader = (record: Exclude<Record_, Dropped>) => RawItem | Dropped | readonly (RawItem | Dropped)[];

/** The columns that a record only hands on to its item, one for each field; a field that is left out is none of these. */
export type Carried = Readonly<Partial<Record<'id' | 'image' | 'question' | 'response' | 'confidence', string>>>;

/**
 * Reads records a pattern at a time. Records of one pattern are equal but for what they carry, and there only in the text itself: a
 * question of one line in plain characters, a longer response, an id or a path in one word, a confidence from 0 to 1
 * (`store/recordTable.ts` has the conditions). Any other value in a carried column belongs to the pattern.
 */
export interface PatternReader {
  readonly carried: Carried;
  /**
   * The item of one record, in whose place any other of its pattern may stand, with its own texts. Null where the item, or whether there
   * is one, depends on more of these than the frame that a question names.
   */
  read(record: JsonObject): RawItem | null;
}

/** One tool's layout. Adding a format is one module that exports this, and one line in all.ts. */
export interface Format {
  readonly id: string;
  /** Raised whenever the same bytes would give other items: it is part of the cache key. */
  readonly version: number;
  readonly title: string;
  detect(shape: Shape): Detected | null;
  /**
   * What reads single records, where an item depends on nothing but its record and the head: large files of such a format are
   * read by several threads. A record that holds several samples becomes as many items, all with its number.
   */
  reader?(shape: Shape): RecordReader;
  /** For large files most of whose records are alike; null where the records of this one cannot be read so. */
  patterns?(shape: Shape): PatternReader | null;
  /** Every record becomes exactly one item or one Dropped. */
  read(source: Source): AsyncIterable<RawItem | Dropped>;
  /** Name of the answer rule (see answers/) that this tool itself applies, shown beside the default reading. */
  readonly ownRule?: string;
}

export function isDropped(record: RawItem | Record_): record is Dropped {
  return 'reason' in record && 'detail' in record;
}
