/** What a command has to say: one object for machines, tables for people. */
export interface Report {
  /** The JSON result; a string is printed as it is. */
  readonly json: unknown;
  readonly sections: readonly Section[];
  /** Exit code; 0 where absent. */
  readonly exitCode?: number;
}

export interface Section {
  readonly title: string;
  readonly columns: readonly ColumnSpec[];
  readonly rows: readonly (readonly Cell[])[];
  /** Sentences under the table. */
  readonly notes?: readonly string[];
}

export interface ColumnSpec {
  readonly name: string;
  /** Numbers: never cut on a terminal. */
  readonly align?: 'right';
  /** On a terminal too narrow for it, long cells run over several lines instead of losing their middle. */
  readonly wrap?: true;
  /**
   * On a terminal too narrow for it, the cell takes lines of its own above or below its row: names that must stay whole,
   * texts that must stay readable. What is equal in consecutive rows stands above them once.
   */
  readonly own?: 'above' | 'below';
  /** Share of the width that this column gets among those that are too long; 1 where absent. */
  readonly weight?: number;
  /** Kept in CSV alone: for people the title says it. */
  readonly only?: 'csv';
}

export type Cell = string | number | boolean | null;

/** Model output shown in a terminal must not steer it: controls become visible signs, line ends a sign too. */
export function visible(text: string): string {
  return text
    .replace(/\r\n|\r|\n/g, '⏎')
    .replace(/\p{Cc}/gu, (char) => (char < ' ' ? String.fromCodePoint(0x2400 + char.charCodeAt(0)) : '\uFFFD'))
    .replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '\uFFFD');
}

/** A cell as text; nothing where it is null. */
export function textOf(cell: Cell): string {
  if (cell === null) return '';
  return typeof cell === 'string' ? cell : String(cell);
}
