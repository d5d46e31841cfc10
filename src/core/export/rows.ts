/** What a cell of an exported row may be; lists and objects travel as JSON text in tables. */
export type ExportValue = string | number | boolean | null | readonly unknown[] | object;

/** One exported row, its columns in order. */
export type ExportRow = Readonly<Record<string, ExportValue>>;

/** Turns rows into the text of a file: a head, a text per row, and a foot. */
export interface TextExport {
  head(columns: readonly string[]): string;
  row(row: ExportRow): string;
  foot(): string;
}

function cellText(value: ExportValue): string {
  if (value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/**
 * CSV as RFC 4180 has it: CRLF, quotes doubled, cells with separators or line ends quoted. Null is an empty cell.
 *
 * Texts come from models and files, and spreadsheets run a cell that begins like a formula. As OWASP advises ("CSV
 * Injection"), an apostrophe is put before text that begins with = + - @, a tab or a carriage return; numbers stay as
 * they are, plain ones in text too. All other characters, controls included, are kept: a table is data. Whoever needs
 * every text byte for byte takes JSON lines or Parquet.
 */
export const csv: TextExport = {
  head: (columns) => `${columns.map(quote).join(',')}\r\n`,
  row: (row) =>
    `${Object.values(row)
      .map((value) => quote(typeof value === 'string' ? withoutFormula(value) : cellText(value)))
      .join(',')}\r\n`,
  foot: () => '',
};

const PLAIN_NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

function withoutFormula(text: string): string {
  return /^[=+\-@\t\r]/.test(text) && !PLAIN_NUMBER.test(text) ? `'${text}` : text;
}

function quote(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** One JSON object a line, with nested values and every character as they are: what shows them must mind controls. */
export const jsonl: TextExport = {
  head: () => '',
  row: (row) => `${JSON.stringify(row)}\n`,
  foot: () => '',
};

/** The columns that a Markdown table shows: what a reader of a report needs, not every field. */
const MARKDOWN_COLUMNS = ['run', 'item', 'class', 'drift', 'gold', 'predicted', 'frame', 'task', 'question'];

/** A Markdown table of the narrow columns; line ends and pipes inside cells are escaped, controls made visible. */
export const markdown: TextExport = {
  head: () => `| ${MARKDOWN_COLUMNS.join(' | ')} |\n| ${MARKDOWN_COLUMNS.map(() => '---').join(' | ')} |\n`,
  row: (row) => `| ${MARKDOWN_COLUMNS.map((column) => escapeMarkdown(cellText(row[column] ?? null))).join(' | ')} |\n`,
  foot: () => '',
};

/** Text that Markdown shows as it is: its signs escaped, line ends, control and direction-changing characters made visible. */
export function escapeMarkdown(text: string): string {
  return text
    .replace(/\r\n|\r|\n/g, ' ⏎ ')
    .replace(/\p{Cc}/gu, (char) => (char < ' ' ? String.fromCodePoint(0x2400 + char.charCodeAt(0)) : '\uFFFD'))
    .replace(/[\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, '\uFFFD')
    .replace(/[|\\`*_~[\]#]/g, (char) => `\\${char}`)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;');
}
