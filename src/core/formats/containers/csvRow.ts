/** One row of delimited text, found in bytes. The grammar is RFC 4180's, read as leniently as Python's csv module reads. */

const QUOTE = 0x22;
const SPACE = 0x20;
const CR = 0x0d;
const LF = 0x0a;
/** How far a quote behind a blank is followed to the one that closes it: it may as well be part of a text. */
const PADDED_BYTES = 64 << 10;

/** How the cells and rows of a file are told apart. */
export interface CsvDialect {
  /** The byte between cells: a comma or a tab. */
  readonly delimiter: number;
  /** Rows end at a lone carriage return. Otherwise it is part of the cell, and rows end at LF or CRLF. */
  readonly carriageReturn: boolean;
}

export interface CsvRow {
  readonly cells: readonly string[];
  /** Index behind the row's line ending. */
  readonly end: number;
  /** Lines that the row spans. */
  readonly lines: number;
  /** False when something other than a delimiter follows a closing quote, as after a quote that was never closed. */
  readonly clean: boolean;
}

/** Why there is no row: the bytes end within it, and within a quoted cell or not. */
export type CsvEnd = 'incomplete' | 'open quote';

/**
 * Reads the row that begins at `from`. `last` says that the bytes up to `to` are the rest of the file.
 * Text after a closing quote is kept as it stands: `"a "b" c"` reads `a b" c"`. A blank before a quoted cell and those behind
 * it (`1, "a, b" ,2`) are no part of it.
 */
export function readCsvRow(
  bytes: Buffer,
  from: number,
  to: number,
  dialect: CsvDialect,
  last: boolean,
): CsvRow | CsvEnd {
  const cells: string[] = [];
  let lines = 1;
  let clean = true;
  for (let at = from; ;) {
    let cell = '';
    const padded = readPadded(bytes, at, to, dialect, last);
    if (padded === 'incomplete') return padded;
    const isQuoted = padded !== null || (at < to && bytes[at] === QUOTE);
    if (isQuoted) {
      const quoted = padded ?? readQuoted(bytes, at + 1, to);
      if (quoted === null) return last ? 'open quote' : 'incomplete';
      cell = quoted.text;
      lines += countLineBreaks(cell, dialect);
      at = afterBlanks(bytes, quoted.end, to, dialect);
    }
    const plainEnd = endOfPlain(bytes, at, to, dialect);
    if (plainEnd === to && !last) return 'incomplete';
    if (plainEnd > at) {
      clean &&= !isQuoted;
      cell += bytes.toString('utf8', at, plainEnd);
    }
    cells.push(cell);
    at = plainEnd;
    if (at < to && bytes[at] === dialect.delimiter) {
      at++;
      continue;
    }
    const end = endOfLine(bytes, at, to);
    // The line feed of a carriage return may be the next byte to come.
    if (end === to && !last && bytes[end - 1] === CR) return 'incomplete';
    return { cells, end, lines, clean };
  }
}

/**
 * A quoted cell behind a blank, where nothing but blanks follows; null for any other cell. Where the closing quote is too far, the quote is
 * part of a text. Behind more blanks than one it always is: so has the database that reads large files (store/recordTable.ts).
 */
function readPadded(
  bytes: Buffer,
  from: number,
  to: number,
  dialect: CsvDialect,
  last: boolean,
): { text: string; end: number } | 'incomplete' | null {
  if (bytes[from] !== SPACE) return null;
  const at = from + 1;
  if (at >= to) return last ? null : 'incomplete';
  if (bytes[at] !== QUOTE) return null;
  const reach = Math.min(to, at + PADDED_BYTES);
  const quoted = readQuoted(bytes, at + 1, reach);
  if (quoted === null) return reach === to && to < at + PADDED_BYTES && !last ? 'incomplete' : null;
  const end = afterBlanks(bytes, quoted.end, to, dialect);
  if (end === to && !last) return 'incomplete';
  return end === to || endOfPlain(bytes, end, to, dialect) === end ? { text: quoted.text, end } : null;
}

/** Behind the blanks at `from`, where the cell ends there; else `from`. */
function afterBlanks(bytes: Buffer, from: number, to: number, dialect: CsvDialect): number {
  let at = from;
  while (at < to && bytes[at] === SPACE) at++;
  return at === to || endOfPlain(bytes, at, Math.min(to, at + 2), dialect) === at ? at : from;
}

/** The text between an opening quote (before `from`) and its closing one, and the index behind that; null if never closed. */
function readQuoted(bytes: Buffer, from: number, to: number): { text: string; end: number } | null {
  let escaped = false;
  for (let at = from; ; at += 2) {
    at = bytes.indexOf(QUOTE, at);
    if (at < 0 || at >= to) return null;
    if (at + 1 < to && bytes[at + 1] === QUOTE) {
      escaped = true;
      continue;
    }
    const text = bytes.toString('utf8', from, at);
    return { text: escaped ? text.replaceAll('""', '"') : text, end: at + 1 };
  }
}

/** Index of the delimiter or line ending that ends the unquoted text at `from`; `to` when there is none. */
function endOfPlain(bytes: Uint8Array, from: number, to: number, dialect: CsvDialect): number {
  const { delimiter, carriageReturn } = dialect;
  let at = from;
  while (at < to) {
    const byte = bytes[at];
    if (byte === delimiter || byte === LF) return at;
    // At the very end it may be half of a CRLF that is cut off, or whose other half is still to come.
    if (byte === CR && (carriageReturn || at + 1 === to || bytes[at + 1] === LF)) return at;
    at++;
  }
  return at;
}

function endOfLine(bytes: Uint8Array, at: number, to: number): number {
  if (at >= to) return to;
  return bytes[at] === CR && at + 1 < to && bytes[at + 1] === LF ? at + 2 : at + 1;
}

function countLineBreaks(text: string, dialect: CsvDialect): number {
  const lineBreak = dialect.carriageReturn ? '\r' : '\n';
  let count = 0;
  for (let at = text.indexOf(lineBreak); at >= 0; at = text.indexOf(lineBreak, at + 1)) count++;
  return count;
}

/** Index of the first byte of the line after the one that `from` lies in; `to` when it is the last. */
export function nextLine(bytes: Uint8Array, from: number, to: number, dialect: CsvDialect): number {
  for (let at = from; at < to; at++) {
    if (endsLine(bytes[at], dialect)) return endOfLine(bytes, at, to);
  }
  return to;
}

/**
 * How rows end, told by the first line ending outside quotes. Null when the bytes do not reach it and more will come.
 */
export function detectDialect(
  bytes: Uint8Array,
  from: number,
  to: number,
  delimiter: number,
  last: boolean,
): CsvDialect | null {
  let inQuotes = false;
  for (let at = from; at < to; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) inQuotes = !inQuotes;
    if (inQuotes || (byte !== CR && byte !== LF)) continue;
    if (byte === LF) return { delimiter, carriageReturn: false };
    if (at + 1 < to) return { delimiter, carriageReturn: bytes[at + 1] !== LF };
  }
  return last ? { delimiter, carriageReturn: false } : null;
}

/** Whether a byte ends a line: LF, or CR where lines end so. */
export function endsLine(byte: number | undefined, dialect: CsvDialect): boolean {
  return byte === LF || (dialect.carriageReturn && byte === CR);
}
