import type { Overview } from './analysis.js';
import type { Annotating, Marks } from './annotations.js';
import type { Answered, Facet, Picture, Query, Row, RowKey, SliceInfo } from './rows.js';

/** Why there is nothing to list, where there is nothing. */
export type Emptiness = 'no folder' | 'restricted' | 'indexing' | 'nothing found' | 'failed';

/** What the error browser starts from. */
export interface ErrorsStart {
  readonly overview: Overview | null;
  readonly emptiness: Emptiness | null;
  /** What is being done, or what went wrong, where the list is empty. */
  readonly message: string | null;
  /** The query of the last time, where the page itself has none. */
  readonly query: Query | null;
  /** The first rows of `query`, where they were asked for ahead; the page asks for all others. */
  readonly first: Answered | null;
  /** What was asked for while the page was not there: it goes before what the page kept. */
  readonly asked: {
    readonly query: Query | null;
    /** The row that was gone on to. */
    readonly current: { readonly position: number; readonly key: RowKey } | null;
    readonly what: ErrorsEvents['do']['what'] | null;
  };
  /** The default keys, by command; for the hints. What the user bound instead, VS Code tells no extension. */
  readonly keys: Readonly<Record<string, string>>;
  readonly annotating: Annotating;
}

/** What a selection of rows can be put to. */
export type ErrorsAction = 'open' | 'copyIds' | 'saveSlice' | 'export' | 'openSource' | 'rerun';

/** What the extension answers to the error browser. */
export interface ErrorsHost {
  start(params: null): Promise<ErrorsStart>;
  slice(params: Query, signal: AbortSignal): Promise<SliceInfo>;
  rows(params: { slice: number; start: number; end: number }, signal: AbortSignal): Promise<readonly Row[]>;
  position(params: { slice: number; key: RowKey }): Promise<number | null>;
  nextError(params: { slice: number; position: number; by: 1 | -1 }): Promise<number | null>;
  facets(
    params: { query: Query; fields: readonly string[]; limit: number },
    signal: AbortSignal,
  ): Promise<readonly Facet[]>;
  thumbnails(
    params: { keys: readonly RowKey[]; size: number },
    signal: AbortSignal,
  ): Promise<readonly (Picture | null)[]>;
  /** The row that is current; the inspector follows it where it is open, and opens with `open`. */
  select(params: { slice: number; position: number; key: RowKey; open: boolean }): Promise<null>;
  /** Another list is shown: where its current row stands; null where none is. */
  placed(params: { slice: number; current: { position: number; key: RowKey } | null }): Promise<null>;
  /**
   * Says something of rows: of the given ones, or with `keys` null of all of the query. Answers once it is on the disk, and fails with the reason where
   * it is not.
   */
  annotate(params: { keys: readonly RowKey[] | null; query: Query; set: Marks }): Promise<null>;
  /** Takes back the window's last change of annotations, in whatever page it was made, or makes it again. */
  undoAnnotation(params: { redo: boolean }): Promise<null>;
  /** Goes on to the next row of the list without a label of one's own. */
  nextUnlabelled(params: null): Promise<null>;
  /** Puts rows to an action; with `keys` null, all rows of the query. */
  act(params: { action: ErrorsAction; keys: readonly RowKey[] | null; query: Query }): Promise<null>;
  /** The page has the focus, or has lost it: the workbench does not know by itself, and binds keys to it. */
  focus(params: { on: boolean }): Promise<null>;
  /** Runs one of the extension's own commands; for the buttons of empty states. */
  command(params: { command: string }): Promise<null>;
}

/** What the extension tells the error browser. */
export interface ErrorsEvents {
  /** Data, settings or emptiness changed: start again, keeping query, scroll and selection. */
  changed: ErrorsStart;
  /** Show these rows: a saved slice, a link, a bar of a chart. */
  apply: { readonly query: Query };
  /** Images may be found now that were not, or lie elsewhere. */
  picturesChanged: null;
  /** What people say of these rows is otherwise now; null: of any row. */
  annotated: { readonly rows: readonly RowKey[] | null };
  annotating: Annotating;
  /** Make a row current that another page chose. */
  reveal: { readonly key: RowKey };
  /** A key or a command of the workbench, done where the focus is. */
  do: { readonly what: 'search' | 'next' | 'previous' | 'open' | 'selectAll' | 'pasteIds' | 'rerun' };
}
