import { isUtf8 } from 'node:buffer';
import type { RawItem } from '../../model.js';
import type { Delimiter, Record_ } from '../format.js';
import { bomLength, MAX_RECORD_BYTES, type ByteWindow, type OnPlace, type RecordParser } from './bytes.js';
import { columnNames, toRecord } from './columns.js';
import { findHeader } from './csvPreamble.js';
import { detectDialect, endsLine, nextLine, readCsvRow, type CsvDialect, type CsvEnd, type CsvRow } from './csvRow.js';

const NO_FLAGS: RawItem['flags'] = Object.freeze([]);
const INVALID_UTF8: RawItem['flags'] = Object.freeze(['invalidUtf8' as const]);

/** After this many bytes within one row, a quote that was never closed is the likelier reason than a long cell. */
const PATIENCE_BYTES = 4 << 20;

/** How far a row is followed when looking for one behind an unclosed quote. */
const LOOK_BYTES = 1 << 20;

/** What a search for the next whole row came to: one was found, there is none, or the bytes that decide it are still to come. */
type Search = 'found' | 'none' | 'undecided';

export interface CsvRecordOptions {
  /** Name of the file, for messages. */
  readonly file: string;
  /** The character between cells. */
  readonly delimiter: Delimiter;
  /** Longest row in bytes; default 256 MiB. */
  readonly limit?: number;
  /** Is told where each row lies. */
  readonly onPlace?: OnPlace;
}

/**
 * Reads delimited text with a header row into records of strings. Blank lines are no rows, nor is what
 * stands before the header (`sep=;`, comments). A row that holds NUL bytes is dropped, and a row whose number of cells
 * differs from the header's is dropped and the file goes on. After a quote that is never closed, the rows are picked up
 * again at the next line that reads as a whole row; the lines in between are one Dropped.
 */
export class CsvRecordParser implements RecordParser {
  private dialect: CsvDialect | null = null;
  private names: readonly string[] | null = null;
  private headerCells: readonly string[] = [];
  private row = 0;
  private line = 1;
  private started = false;
  /** Letting go the rest of a line that is too long to be a row. */
  private isSkipping = false;
  private readonly limit: number;

  constructor(private readonly options: CsvRecordOptions) {
    this.limit = options.limit ?? MAX_RECORD_BYTES;
  }

  /** The column names, once the header has been read; before that an empty list. */
  get columns(): readonly string[] {
    return this.names ?? [];
  }

  /** The header's cells as they stand there. */
  get header(): readonly string[] {
    return this.headerCells;
  }

  take(window: ByteWindow, last: boolean, out: Record_[]): void {
    if (!this.started) {
      if (window.length < 3 && !last) return;
      this.started = true;
      window.start += bomLength(window.buffer.subarray(window.start, window.end));
    }
    const delimiter = this.options.delimiter.charCodeAt(0);
    this.dialect ??= detectDialect(window.buffer, window.start, window.end, delimiter, last);
    if (this.dialect === null || !this.reachHeader(window, last, this.dialect)) return;
    for (let goesOn = true; goesOn && window.length > 0;) {
      const [begins, before] = [window.length, this.row];
      goesOn = this.step(window, last, out, this.dialect);
      if (this.row > before) this.options.onPlace?.(begins, window.length);
    }
  }

  /** Lets go what stands before the header. False when more bytes are needed to tell. */
  private reachHeader(window: ByteWindow, last: boolean, dialect: CsvDialect): boolean {
    if (this.names !== null || this.isSkipping) return true;
    const place = findHeader(window.buffer, window.start, window.end, dialect, last);
    // A header that is too long is the business of whoever reads it.
    if (place === null) return window.length > PATIENCE_BYTES;
    this.consume(window, place.at, place.lines);
    return true;
  }

  /** Consumes one row or blank line. False when more bytes are needed. */
  private step(window: ByteWindow, last: boolean, out: Record_[], dialect: CsvDialect): boolean {
    if (this.isSkipping) return this.skipLine(window, dialect);
    const { buffer, start, end } = window;
    const row = this.endedByReturn(window, readCsvRow(buffer, start, end, dialect, last), dialect);
    if (row === 'open quote') return this.recover(window, end, last, out, true) === 'found';
    if (row === 'incomplete') {
      const isOversized = window.length > this.limit;
      if (!isOversized && window.length <= PATIENCE_BYTES) return false;
      if (this.recover(window, end, last, out, false) === 'found') return true;
      if (isOversized) this.dropOversized(out);
      return isOversized;
    }
    if (row.cells.length === 1 && row.cells[0] === '') {
      this.consume(window, row.end, 1);
      return true;
    }
    if (this.names === null) {
      this.headerCells = row.cells;
      this.names = columnNames(row.cells);
      this.consume(window, row.end, row.lines);
      return true;
    }
    const fits = row.cells.length === this.names.length;
    if (row.lines > 1 && !(fits && row.clean)) {
      const search = this.recover(window, row.end, last, out, false);
      if (search !== 'none') return search === 'found';
    }
    if (buffer.subarray(start, row.end).includes(0)) this.dropNul(out, row.lines);
    else if (fits)
      out.push({ row: ++this.row, value: toRecord(this.names, row.cells), flags: flagsOf(buffer, start, row) });
    else this.dropMisfit(out, row.cells.length, this.names.length);
    this.consume(window, row.end, row.lines);
    return true;
  }

  /** A row that does not fit may be several, of which a lone carriage return ends the first: some tools append to files of others. */
  private endedByReturn(window: ByteWindow, row: CsvRow | CsvEnd, dialect: CsvDialect): CsvRow | CsvEnd {
    const wanted = this.names?.length;
    if (typeof row === 'string' || wanted === undefined || row.cells.length <= wanted || dialect.carriageReturn)
      return row;
    const first = readCsvRow(window.buffer, window.start, row.end, { ...dialect, carriageReturn: true }, true);
    return typeof first === 'object' && first.clean && first.cells.length === wanted && first.end < row.end
      ? first
      : row;
  }

  /**
   * Gives up the row at the front of the window as one with an unclosed quote, up to the next whole row before `to`.
   * Where there is none, it is given up as far as `to` if `force` says so; otherwise nothing happens. Nothing happens
   * either where a row begins before `to` and its end is not there yet: how a file is cut into pieces must not decide.
   */
  private recover(window: ByteWindow, to: number, last: boolean, out: Record_[], force: boolean): Search {
    const { buffer, start, end } = window;
    const dialect = this.dialect ?? { delimiter: 0x2c, carriageReturn: false };
    let lines = 0;
    let resume = start;
    let isFound = false;
    while (!isFound) {
      resume = nextLine(buffer, resume, to, dialect);
      lines++;
      if (resume >= to) break;
      const reach = Math.min(end, resume + LOOK_BYTES);
      const row = readCsvRow(buffer, resume, reach, dialect, last && reach === end);
      if (row === 'incomplete' && reach < resume + LOOK_BYTES && !last && !force) return 'undecided';
      isFound = typeof row === 'object' && row.clean && row.cells.length === this.names?.length;
    }
    if (!isFound && !force) return 'none';
    const row = ++this.row;
    const where = `${this.options.file}, row ${row}`;
    const span = lines > 1 ? `lines ${this.line} to ${this.line + lines - 1}` : `line ${this.line}`;
    const wanted = `expected a closing " for a quote in the row that begins on line ${this.line}`;
    out.push({
      row,
      reason: 'unclosed quote',
      detail: `${where} (${span}): unclosed quote: ${wanted}. Close it, and double every " within a cell.`,
    });
    this.consume(window, isFound ? resume : to, lines);
    return 'found';
  }

  private skipLine(window: ByteWindow, dialect: CsvDialect): boolean {
    const next = nextLine(window.buffer, window.start, window.end, dialect);
    this.isSkipping = next === window.end && !endsLine(window.buffer[next - 1], dialect);
    this.consume(window, next, this.isSkipping ? 0 : 1);
    return true;
  }

  private dropOversized(out: Record_[]): void {
    this.isSkipping = true;
    const row = ++this.row;
    const where = `${this.options.file}, row ${row} (line ${this.line})`;
    const limit = `${Math.round(this.limit / 1048576)} MiB`;
    const advice = 'Store images as files and name them in the row';
    out.push({
      row,
      reason: 'record too large',
      detail: `${where}: record too large: longer than ${limit}. ${advice}.`,
    });
  }

  /** What NUL bytes stand for nobody can tell: they are left by a crash, a full disk or another encoding. */
  private dropNul(out: Record_[], lines: number): void {
    const row = ++this.row;
    const span = lines > 1 ? `lines ${this.line} to ${this.line + lines - 1}` : `line ${this.line}`;
    const advice = 'Write the row again, or remove these bytes';
    out.push({
      row,
      reason: 'NUL byte',
      detail: `${this.options.file}, row ${row} (${span}): NUL byte: expected text, found bytes of value 0. ${advice}.`,
    });
  }

  private dropMisfit(out: Record_[], found: number, expected: number): void {
    const row = ++this.row;
    const where = `${this.options.file}, row ${row} (line ${this.line})`;
    const advice = 'Put cells that contain the delimiter or a line break in double quotes';
    out.push({
      row,
      reason: 'wrong number of cells',
      detail: `${where}: wrong number of cells: expected ${expected} as in the header, found ${found}. ${advice}.`,
    });
  }

  private consume(window: ByteWindow, to: number, lines: number): void {
    window.start = to;
    this.line += lines;
  }
}

function flagsOf(bytes: Buffer, from: number, row: CsvRow): RawItem['flags'] {
  // A replacement character may stand in the file itself; only then are the bytes worth checking.
  if (!row.cells.some((cell) => cell.includes('\ufffd'))) return NO_FLAGS;
  return isUtf8(bytes.subarray(from, row.end)) ? NO_FLAGS : INVALID_UTF8;
}
