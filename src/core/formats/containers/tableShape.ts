import type { JsonObject } from '../../model.js';
import type { Delimiter, Record_ } from '../format.js';
import { isDropped } from '../format.js';
import { bomLength, ByteWindow } from './bytes.js';
import { findHeader } from './csvPreamble.js';
import { CsvRecordParser } from './csvRecords.js';
import { detectDialect, readCsvRow } from './csvRow.js';

/** Longest header cell, in characters. A column's name is a label, prose is not. */
const MAX_HEADER_CELL = 80;
/** The same where it is one word, or where other names and the rows tell that it is a header: programs make names out of settings. */
const MAX_LONG_CELL = 1000;
const MAX_HEADER_WORDS = 8;
/** Share of the rows that must have as many cells as the header where semicolons or bars separate them. */
const UNUSUAL_SHARE = 0.8;

/** What the head of a delimited file holds. */
export interface TableHead {
  readonly container: 'csv' | 'tsv';
  readonly delimiter: Delimiter;
  /** The header's cells as they stand there; `columns` gives each a name of its own. */
  readonly header: readonly string[];
  readonly columns: readonly string[];
  readonly records: readonly JsonObject[];
  /** False when a row of the head was dropped or the file goes on. */
  readonly complete: boolean;
}

/**
 * Recognises delimited text with a header row in the first bytes of a file; `whole` says that they are all of it.
 * Null for anything else, in particular for logs and reports with commas in them: prose gives other numbers of cells from
 * line to line, and its first line does not read as a row of labels.
 */
export function sniffTable(head: Buffer, whole: boolean): TableHead | null {
  // Tabs first: sentences in the cells of a tab-separated file hold commas, but hardly the other way round. Semicolons
  // and bars last: they occur in any text, and are believed only where the rows agree.
  for (const delimiter of ['\t', ',', ';', '|'] as const) {
    const table = sniffDelimited(head, whole, delimiter);
    if (table !== null) return table;
  }
  return null;
}

function sniffDelimited(head: Buffer, whole: boolean, delimiter: Delimiter): TableHead | null {
  const code = delimiter.charCodeAt(0);
  const from = bomLength(head);
  const dialect = detectDialect(head, from, head.length, code, whole);
  const place = dialect === null ? null : findHeader(head, from, head.length, dialect, whole);
  if (dialect === null || place === null) return null;
  // A file that names its delimiter is read with no other.
  if (place.delimiter !== null && place.delimiter !== delimiter) return null;
  const header = readCsvRow(head, place.at, head.length, dialect, whole);
  if (typeof header !== 'object' || !header.clean || header.cells.length < 2) return null;
  if (header.cells.some((cell) => cell.includes('\0'))) return null;
  const quality = headerQuality(header.cells);
  const isUnusual = (delimiter === ';' || delimiter === '|') && place.delimiter === null;
  if (quality === 'none' || (isUnusual && (quality !== 'names' || header.cells.includes('')))) return null;

  const parser = new CsvRecordParser({ file: '', delimiter });
  const window = new ByteWindow();
  window.append(head);
  const rows: Record_[] = [];
  parser.take(window, whole, rows);
  const records = rows.flatMap((row) => (isDropped(row) ? [] : [row.value]));
  if (!isConsistent(quality, header.cells.length, records.length, rows.length, whole)) return null;
  if (isUnusual && !isBelievable(records.length, rows.length)) return null;
  if (looksLikeData(header.cells, records, parser.columns)) return null;
  if (quality === 'odd' && !differsFromData(header.cells, records, parser.columns)) return null;
  const container = delimiter === '\t' ? 'tsv' : 'csv';
  return {
    container,
    delimiter,
    header: header.cells,
    columns: parser.columns,
    records,
    complete: whole && records.length === rows.length,
  };
}

/** Of a few rows one may be damaged, where another fits. */
function isBelievable(good: number, all: number): boolean {
  return good > 0 && (good >= UNUSUAL_SHARE * all || (all <= 10 && all - good === 1));
}

/**
 * 'names': cells that read as column names. 'labels': the same with blanks around them, which hand-written tables have, but
 * lists in prose too. 'odd': most read as names, some look like data ("No.", "2024"), so the rows below must tell. 'none': not a
 * header.
 */
function headerQuality(cells: readonly string[]): Quality | 'none' {
  const filled = cells.filter((cell) => cell.trim() !== '');
  if (filled.length < 2 && !(filled.length === 1 && cells.length === 2 && cells[0] === '')) return 'none';
  if (filled.length * 2 < cells.length) return 'none';
  const trimmed = filled.every((cell) => cell === cell.trim());
  const labels = filled.filter(isLabel).length;
  if (labels === filled.length) return trimmed ? 'names' : 'labels';
  const odd = filled.filter((cell) => !isLabel(cell));
  return trimmed && labels >= Math.max(2, odd.length) && odd.every((cell) => oddity(cell) !== null) ? 'odd' : 'none';
}

type Quality = 'names' | 'labels' | 'odd';

/** How pandas writes a column without a name. */
const UNNAMED = /^Unnamed: \d+(?:_level_\d+|\.\d+)?$/;

function isLabel(cell: string): boolean {
  const text = cell.trim();
  if (UNNAMED.test(text)) return true;
  // A path or an address of such a length is data.
  if (text.length > (/[\s/\\]/.test(text) ? MAX_HEADER_CELL : MAX_LONG_CELL)) return false;
  if (text.split(/\s+/).length > MAX_HEADER_WORDS) return false;
  // A sentence's end, a "key: value" pair, an assignment, the inside of JSON, a progress bar or a ruler.
  if (/[.!;:,]$|:\s|=|[{}\u2580-\u259f]|-{3}/.test(text)) return false;
  // Numbers, dates and times are data; "2D accuracy" is a name.
  return /\p{L}|^#$/u.test(text) && !/^\d[\d\s:./-]*(?:\s|$)/.test(text);
}

/** In what way a cell looks like data although it stands in a header; null where it could be no name at all. */
function oddity(cell: string): 'number' | 'pair' | 'stopped' | 'long' | null {
  const text = cell.trim();
  if (text.length > MAX_HEADER_CELL) return text.length > MAX_LONG_CELL ? null : 'long';
  if (text.length > 20 || text.split(/\s+/).length > 3 || /=|[{}\u2580-\u259f]|-{3}/.test(text)) return null;
  if (/^\d[\d\s:./-]*$/.test(text)) return 'number';
  if (/:\s/.test(text)) return 'pair';
  return /\p{L}.*[.:]$/u.test(text) ? 'stopped' : null;
}

/** Every odd cell of a header must stand over values of another kind: a first row of data stands over its like. */
function differsFromData(
  header: readonly string[],
  records: readonly JsonObject[],
  columns: readonly string[],
): boolean {
  return header.every((cell, index) => {
    if (cell.trim() === '' || isLabel(cell)) return true;
    const below = records.flatMap((record) => {
      const value = record[columns[index] ?? ''];
      return typeof value === 'string' && value.trim() !== '' ? [value] : [];
    });
    return below.length > 0 && below.filter((value) => oddity(value) === oddity(cell)).length * 2 < below.length;
  });
}

function isConsistent(quality: Quality, columns: number, good: number, all: number, whole: boolean): boolean {
  if (quality === 'odd') return all >= 1 && good >= 0.8 * all;
  if (quality === 'labels') return columns >= 3 && all >= 2 && good >= 0.95 * all;
  // A header alone is an empty table. Of a file that goes on, no row may fit into the head.
  if (all === 0) return columns >= 3 || !whole;
  // Few rows, one of them damaged, are a damaged table still.
  return good >= 0.5 * all || (all <= 2 && columns >= 3);
}

/** True when the supposed header repeats in the rows below it, cell by cell: then it is a line like any other. */
function looksLikeData(header: readonly string[], records: readonly JsonObject[], columns: readonly string[]): boolean {
  if (records.length < 3) return false;
  return header.some((cell, index) => {
    const column = columns[index];
    if (cell.trim() === '' || column === undefined) return false;
    const repeats = records.filter((record) => record[column] === cell).length;
    return repeats * 2 > records.length;
  });
}
