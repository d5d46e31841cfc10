import { isJsonObject } from '../../model.js';
import type { Record_ } from '../format.js';
import { bomLength, MAX_RECORD_BYTES, type ByteWindow, type OnPlace, type RecordParser } from './bytes.js';
import { countNewlines, isSpace, lineShape, newScan, scanValue, skipSeparators, type ScanState } from './jsonScan.js';
import { MAX_COLUMNS } from './columns.js';
import { parseJsonBytes, repeatedKeys, type ParsedJson } from './jsonText.js';

const NEWLINE = 0x0a;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** A line longer than this is not awaited in full: it may be a whole file on one line. */
const LINE_BYTES = 1 << 20;

export interface JsonRecordOptions {
  /** Name of the file, for messages. */
  readonly file: string;
  /** 'array': the elements of a top-level array. 'sequence': JSON lines, or objects one after another. */
  readonly layout: 'array' | 'sequence';
  /** Longest record in bytes; default 256 MiB. */
  readonly limit?: number;
  /** Most keys of a record; default 16,384. */
  readonly mostKeys?: number;
  /** The bytes begin within a sequence of one record a line, with the record and the line of these numbers, from 1. */
  readonly from?: { readonly row: number; readonly line: number };
  /** Is told of keys that stand twice in one object of the first records, with the place. Looking for them takes time. */
  readonly onRepeatedKeys?: (place: string, keys: readonly string[]) => void;
  /** Is told where each record lies. */
  readonly onPlace?: OnPlace;
}

const NO_VALUE: ParsedJson = {
  ok: false,
  reason: 'invalid JSON',
  message: 'the line is no complete JSON value',
};

/** Records that are searched for repeated keys, and the longest one of them, in bytes. */
const SEARCHED_RECORDS = 200;
const SEARCHED_BYTES = 1 << 20;

/** How the records of a sequence have been laid out so far: one a line, or over several lines. */
type Habit = 'unknown' | 'lines' | 'blocks';

/** The front of an element that is not complete yet: its structure, its length in bytes, and the lines it spans. */
interface Scanned {
  readonly state: ScanState;
  readonly length: number;
  /** Its second line begins with a blank. */
  readonly indented: boolean;
  readonly lines: number;
}

/** Where an element ends, or why that cannot be said. */
type Extent =
  | { readonly kind: 'complete'; readonly end: number; readonly multiline: boolean }
  /** Cannot be part of the value: a new record begins at `end`, or the line that ends at `end` broke a string. */
  | { readonly kind: 'broken'; readonly end: number; readonly why: string; readonly multiline: boolean }
  | { readonly kind: 'incomplete' };

/**
 * Reads the records of a JSON array, of JSON lines (also several to a line) and of concatenated, pretty-printed objects.
 * Every element becomes one record: an object, or a Dropped that says why not. A broken element in a sequence costs
 * that element only; the next line, or the next line that begins an object, is read again.
 */
export class JsonRecordParser implements RecordParser {
  private row = 0;
  private line = 1;
  /** How many bytes the window held where the element at its front begins. */
  private begins = 0;
  private started = false;
  private habit: Habit = 'unknown';
  /** Between the brackets of the top-level array. */
  private inArray = false;
  /** Within an element that is too long to be held: its structure is followed, its bytes are let go. */
  private oversized: ScanState | null = null;
  /** Letting go the rest of a line that is dropped and too long to be held. */
  private skipsLine = false;
  /** Passing over the rest of a broken element that spans lines, until a line begins with an object. */
  private resync: 'no' | 'at line start' | 'in line' = 'no';
  /** On a line of several elements, or too long to wait for its end: they are taken one by one, the line is not looked at again. */
  private elementwise = false;
  private byLine = true;
  /** How far the element at the front of the window was followed: from there on when more bytes have come. */
  private scanned: Scanned = { state: newScan(), length: 0, indented: false, lines: 0 };
  private readonly limit: number;
  private readonly mostKeys: number;

  constructor(private readonly options: JsonRecordOptions) {
    this.limit = options.limit ?? MAX_RECORD_BYTES;
    this.mostKeys = options.mostKeys ?? MAX_COLUMNS;
    const { from } = options;
    if (from === undefined) return;
    this.row = from.row - 1;
    this.line = from.line;
    this.started = from.line > 1;
    if (from.row > 1) this.habit = 'lines';
  }

  /** Every record so far lay within one line of the file. */
  get isByLine(): boolean {
    return this.byLine;
  }

  take(window: ByteWindow, last: boolean, out: Record_[]): void {
    if (!this.started) {
      if (window.length < 3 && !last) return;
      this.started = true;
      window.start += bomLength(window.buffer.subarray(window.start, window.end));
    }
    for (let goesOn = true; goesOn;) {
      const before = this.row;
      goesOn = this.step(window, last, out);
      if (this.row > before) this.options.onPlace?.(this.begins, window.length);
    }
  }

  /** Consumes one element or one separator. False when more bytes are needed, or when there are none left. */
  private step(window: ByteWindow, last: boolean, out: Record_[]): boolean {
    if (this.oversized !== null) return this.skipOversized(window, last, this.oversized);
    if (this.skipsLine) return this.skipLine(window, last);
    if (this.resync !== 'no') return this.skipToObject(window, last);
    this.consume(window, skipSeparators(window.buffer, window.start, window.end));
    this.begins = window.length;
    if (window.length === 0) {
      if (last && this.inArray) {
        this.inArray = false;
        this.drop(
          out,
          'truncated JSON',
          'the list is never closed: the file ends where another record or "]" should stand',
        );
      }
      return false;
    }
    const byte = window.buffer[window.start];
    if (this.options.layout === 'sequence') {
      const opens = byte === OPEN_BRACE || byte === OPEN_BRACKET;
      return this.elementwise && opens ? this.takeElement(window, last, out) : this.takeLine(window, last, out);
    }
    if (byte === (this.inArray ? CLOSE_BRACKET : OPEN_BRACKET)) {
      this.inArray = !this.inArray;
      window.start++;
      return true;
    }
    if (byte === OPEN_BRACE || byte === OPEN_BRACKET) return this.takeElement(window, last, out);
    return this.takeScalar(window, last, out);
  }

  /** Fast path: most sequences hold one object a line. */
  private takeLine(window: ByteWindow, last: boolean, out: Record_[]): boolean {
    const { buffer, start, end } = window;
    const newline = buffer.indexOf(NEWLINE, start);
    const ended = newline >= 0 && newline < end;
    const opens = buffer[start] === OPEN_BRACE || buffer[start] === OPEN_BRACKET;
    if (!ended && !last) {
      if (window.length <= LINE_BYTES) return false;
      this.elementwise = opens;
      return opens ? this.takeElement(window, last, out) : this.dropLine(out);
    }
    const stop = ended ? newline : end;
    const textEnd = trimEnd(buffer, start, stop);
    const closes = buffer[textEnd - 1] === CLOSE_BRACE || buffer[textEnd - 1] === CLOSE_BRACKET;
    // Alike whether or not its end had come: what is long is told by its beginning.
    const tooLong = textEnd - start > (opens ? this.limit : LINE_BYTES);
    const parsed = (!opens || closes) && !tooLong ? this.parse(buffer, start, textEnd) : null;
    if (parsed?.ok) {
      if (this.habit === 'unknown') this.habit = 'lines';
    } else {
      const shape = lineShape(buffer, start, textEnd);
      if (shape === 'values' || shape === 'open' || (shape === 'open string' && !ended)) {
        this.elementwise = true;
        return this.takeElement(window, last, out);
      }
      if (shape === 'open string') {
        this.byLine = false;
        this.resync = 'at line start';
      }
    }
    this.emit(out, parsed ?? NO_VALUE);
    this.consume(window, ended ? stop + 1 : stop);
    return true;
  }

  private takeElement(window: ByteWindow, last: boolean, out: Record_[]): boolean {
    const extent = this.findEnd(window, last);
    this.byLine &&= extent.kind === 'complete' && !extent.multiline;
    if (extent.kind === 'incomplete') {
      if (last) {
        this.drop(
          out,
          'truncated JSON',
          'the file ends within this record. Write the file again, or remove the record',
        );
        this.consume(window, window.end);
        // One cut, one Dropped: that the list is not closed either goes without saying.
        this.inArray = false;
        return true;
      }
      if (window.length <= this.limit) return false;
      this.dropOversized(out);
      // Where each line is a record, what follows the line is the next one, whatever this one leaves open.
      if (this.habit === 'lines') this.skipsLine = true;
      else this.oversized = newScan();
      return true;
    }
    if (extent.kind === 'broken') {
      this.drop(out, 'invalid JSON', extent.why);
      this.consume(window, extent.end);
      if (extent.multiline) this.resync = 'at line start';
      return true;
    }
    if (extent.end - window.start > this.limit) this.dropOversized(out);
    else this.emit(out, this.parse(window.buffer, window.start, extent.end));
    if (extent.multiline) this.habit = 'blocks';
    this.consume(window, extent.end);
    return true;
  }

  private parse(buffer: Buffer, from: number, to: number): ParsedJson {
    const parsed = this.checkKeys(parseJsonBytes(buffer, from, to), to - from);
    const { file, onRepeatedKeys } = this.options;
    if (!parsed.ok || onRepeatedKeys === undefined || this.row >= SEARCHED_RECORDS || to - from > SEARCHED_BYTES)
      return parsed;
    const keys = repeatedKeys(buffer.toString('utf8', from, to));
    if (keys.length > 0) onRepeatedKeys(`${file}, record ${this.row + 1} (line ${this.line})`, keys);
    return parsed;
  }

  private checkKeys(parsed: ParsedJson, bytes: number): ParsedJson {
    // A key takes five bytes with its value and a comma: keys are counted only where they may be too many.
    if (!parsed.ok || bytes < 5 * this.mostKeys || !isJsonObject(parsed.value)) return parsed;
    const keys = Object.keys(parsed.value).length;
    if (keys <= this.mostKeys) return parsed;
    const most = this.mostKeys.toLocaleString('en');
    const message = `${keys.toLocaleString('en')} keys in one record, at most ${most} are read`;
    return { ok: false, reason: 'too many keys', message };
  }

  private findEnd(window: ByteWindow, last: boolean): Extent {
    const { buffer, start, end } = window;
    const watchLines = this.options.layout === 'sequence';
    const { state } = this.scanned;
    let { indented, lines } = this.scanned;
    for (let from = start + this.scanned.length; ;) {
      const { at, stop } = scanValue(buffer, from, end, state, watchLines);
      if (stop === 'closed') return { kind: 'complete', end: at, multiline: lines > 0 };
      this.scanned = { state, length: at - start, indented, lines };
      if (stop === 'end') return { kind: 'incomplete' };
      if (state.inString) {
        const why = 'a line ends within a quoted string, where only \\n may stand for a line break';
        return { kind: 'broken', end: at + 1, why, multiline: lines > 0 };
      }
      lines++;
      const next = at + 1;
      if (next === end) return { kind: 'incomplete' };
      if (lines === 1) indented = buffer[next] === 0x20 || buffer[next] === 0x09;
      const begins = buffer[next] === OPEN_BRACE ? this.beginsRecord(window, next, last, indented) : false;
      if (begins === null) return { kind: 'incomplete' };
      if (begins)
        return { kind: 'broken', end: next, why: 'it is never closed: another record begins', multiline: false };
      from = next;
    }
  }

  /**
   * Whether the `{` that begins a line within an open value begins a record of its own, because the open one broke off.
   * Null when more bytes are needed to tell.
   */
  private beginsRecord(window: ByteWindow, at: number, last: boolean, indented: boolean): boolean | null {
    if (this.habit === 'lines' || indented) return true;
    const { buffer, end } = window;
    const newline = buffer.indexOf(NEWLINE, at);
    const ended = newline >= 0 && newline < end;
    if (!ended && !last) return end - at > LINE_BYTES ? false : null;
    const textEnd = trimEnd(buffer, at, ended ? newline : end);
    if (textEnd - at < 3 || buffer[textEnd - 1] !== CLOSE_BRACE) return false;
    const parsed = parseJsonBytes(buffer, at, textEnd);
    return parsed.ok && isJsonObject(parsed.value) && Object.keys(parsed.value).length > 0;
  }

  /** An element of an array that is neither an object nor an array. */
  private takeScalar(window: ByteWindow, last: boolean, out: Record_[]): boolean {
    const { buffer, start, end } = window;
    let at = start;
    if (buffer[at] === 0x22) {
      for (at++; at < end && buffer[at] !== 0x22; at++) if (buffer[at] === 0x5c) at++;
      at++;
    }
    while (at < end && !isScalarEnd(buffer[at], at === start)) at++;
    // Beyond the limit it is taken in pieces: no scalar is that long, so it is no JSON.
    if (at >= end && !last && window.length <= this.limit) return false;
    const stop = Math.min(at, end);
    this.emit(out, parseJsonBytes(buffer, start, trimEnd(buffer, start, stop)));
    this.consume(window, stop);
    return true;
  }

  private skipOversized(window: ByteWindow, last: boolean, state: ScanState): boolean {
    const { at, stop } = scanValue(window.buffer, window.start, window.end, state, false);
    this.consume(window, at);
    if (stop !== 'closed' && !last) return false;
    this.oversized = null;
    return true;
  }

  /** A long line that begins as no record does. */
  private dropLine(out: Record_[]): boolean {
    this.emit(out, NO_VALUE);
    this.skipsLine = true;
    return true;
  }

  private skipLine(window: ByteWindow, last: boolean): boolean {
    const { buffer, start, end } = window;
    const newline = buffer.indexOf(NEWLINE, start);
    const ended = newline >= 0 && newline < end;
    this.consume(window, ended ? newline + 1 : end);
    this.skipsLine = !ended && !last;
    return ended;
  }

  private skipToObject(window: ByteWindow, last: boolean): boolean {
    const { buffer, start, end } = window;
    if (start === end) {
      if (last) this.resync = 'no';
      return last;
    }
    if (this.resync === 'at line start') {
      this.resync = buffer[start] === OPEN_BRACE ? 'no' : 'in line';
      return true;
    }
    const newline = buffer.indexOf(NEWLINE, start);
    const ended = newline >= 0 && newline < end;
    if (ended) this.resync = 'at line start';
    this.consume(window, ended ? newline + 1 : end);
    return true;
  }

  private emit(out: Record_[], parsed: ParsedJson): void {
    if (!parsed.ok) {
      // The message quotes the file, and control characters in it may be commands to a terminal.
      const message = parsed.message.replace(/\p{Cc}+/gu, ' ');
      this.drop(out, parsed.reason, `${message}. Correct the record, or remove it`);
    } else if (isJsonObject(parsed.value)) {
      out.push({ row: ++this.row, value: parsed.value, flags: parsed.flags });
    } else {
      const is = Array.isArray(parsed.value) ? 'a list' : parsed.value === null ? 'null' : `a ${typeof parsed.value}`;
      this.drop(out, 'not an object', `expected an object ({"key": value, …}), found ${is}`);
    }
  }

  private dropOversized(out: Record_[]): void {
    const limit = `${Math.round(this.limit / 1024 / 1024)} MiB`;
    this.drop(out, 'record too large', `longer than ${limit}. Store images as files and name them in the record`);
  }

  private drop(out: Record_[], reason: string, why: string): void {
    const row = ++this.row;
    out.push({ row, reason, detail: `${this.options.file}, record ${row} (line ${this.line}): ${reason}: ${why}.` });
  }

  private consume(window: ByteWindow, to: number): void {
    if (to === window.start) return;
    this.scanned = { state: newScan(), length: 0, indented: false, lines: 0 };
    const newlines = countNewlines(window.buffer, window.start, to);
    if (newlines > 0) this.elementwise = false;
    this.line += newlines;
    window.start = to;
  }
}

/** Index behind the last byte of `from` to `to` that is no white space. */
function trimEnd(bytes: Uint8Array, from: number, to: number): number {
  let at = to;
  while (at > from && isSpace(bytes[at - 1])) at--;
  return at;
}

function isScalarEnd(byte: number | undefined, isFirst: boolean): boolean {
  if (byte === 0x2c || byte === NEWLINE) return true;
  return byte === CLOSE_BRACKET && !isFirst;
}
