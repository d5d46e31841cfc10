/**
 * A report as plain data: sections made of blocks, without any markup. What writes sections says what stands where;
 * how it looks, and that no text of the data is ever taken for markup, is the renderer's business alone.
 */

/** A stretch of a sentence. `data` is a text that came from files: it stands for itself, whatever its letters do. */
export type Inline =
  | string
  | { readonly data: string }
  | { readonly strong: string }
  | { readonly code: string }
  | { readonly link: string; readonly to: string };

/** One sentence or more. */
export type Text = Inline | readonly Inline[];

/** A share with its interval, drawn from 0 to 1, and a mark where guessing would be. */
export interface ShareBar {
  readonly draw: 'share';
  readonly value: number | null;
  readonly interval: readonly [number, number] | null;
  readonly mark: number | null;
}

/** A ratio with its interval, drawn on a scale on which twice and half are as far from the line at 1. */
export interface RatioBar {
  readonly draw: 'ratio';
  readonly value: number | null;
  readonly interval: readonly [number, number] | null;
}

/** A difference of shares with its interval, drawn around a line at 0. */
export interface DifferenceBar {
  readonly draw: 'difference';
  readonly value: number | null;
  readonly interval: readonly [number, number] | null;
}

export type Bar = ShareBar | RatioBar | DifferenceBar;

/** Null is a cell in which nothing stands. */
export type Cell = Text | number | Bar | null;

export interface Column {
  readonly name: string;
  /** Numbers. */
  readonly align?: 'right';
}

export interface TableBlock {
  readonly kind: 'table';
  readonly caption: Text;
  readonly columns: readonly Column[];
  /** The first cell of a row names it. A label stands above the rows that belong together. */
  readonly groups: readonly { readonly label: Text | null; readonly rows: readonly (readonly Cell[])[] }[];
  readonly notes?: readonly Text[];
}

/** Counts of pairs: what was right by what was answered. */
export interface MatrixBlock {
  readonly kind: 'matrix';
  readonly caption: Text;
  readonly rowsAre: string;
  readonly columnsAre: string;
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  readonly counts: readonly (readonly number[])[];
}

export interface Picture {
  readonly mime: string;
  readonly base64: string;
  readonly width: number;
  readonly height: number;
  readonly description: string;
}

/** One item, shown whole. */
export interface Card {
  readonly title: Text;
  /** The first of so many. A text says why there is none. */
  readonly picture: Picture | { readonly missing: string; readonly tried: readonly string[] };
  readonly pictureNote: string | null;
  readonly question: string | null;
  readonly options: readonly { readonly text: string; readonly right: boolean; readonly chosen: boolean }[];
  readonly facts: readonly Fact[];
  readonly response: string | null;
  /** Why it counts as it does. */
  readonly why: readonly string[];
}

export type Fact = readonly [term: string, value: Text];

export type Block =
  | TableBlock
  | MatrixBlock
  | { readonly kind: 'heading'; readonly text: Text }
  | { readonly kind: 'text'; readonly text: Text }
  | { readonly kind: 'list'; readonly tone: 'finding' | 'warning' | 'plain'; readonly items: readonly Text[] }
  | { readonly kind: 'facts'; readonly facts: readonly Fact[] }
  | { readonly kind: 'cards'; readonly cards: readonly Card[] };

export interface Section {
  /** Its anchor. */
  readonly id: string;
  readonly title: string;
  readonly blocks: readonly Block[];
}

export interface ReportDocument {
  readonly title: string;
  readonly lead: Text;
  readonly sections: readonly Section[];
  readonly foot: Text;
}
