import type { Record_, Shape } from '../format.js';
import { parseChunks, type OnPlace, type RecordParser } from './bytes.js';
import { readContent } from './content.js';
import { CsvRecordParser } from './csvRecords.js';
import { JsonRecordParser } from './jsonRecords.js';

const LF = 0x0a;
const CR = 0x0d;

/** The first and the last line of each record of a text, from 1, in file order: record `row` stands at index `row - 1`. */
export interface RecordLines {
  readonly first: Uint32Array;
  readonly last: Uint32Array;
}

/** One record and the line on which it begins, both from 1. */
export interface PlacedRecord {
  readonly row: number;
  readonly line: number;
}

/**
 * On which lines the records of a file lie, with the numbers that its readers give them. Lines are counted as editors do: they end at
 * LF, CRLF and a lone CR. Null where records are no lines of text. Reads the whole file, in pieces; what is held is eight bytes a record.
 * @throws FlipsideError when the file cannot be read.
 */
export async function recordLines(file: string, shape: Shape): Promise<RecordLines | null> {
  const counter = new LineCounter();
  const places = new Places();
  const parser = parserOf(file, shape, (begins, ends) => {
    const first = counter.lineAt(counter.bytes - begins);
    places.add(first, ends < begins ? counter.lineAt(counter.bytes - ends - 1) : first);
  });
  if (parser === null) return null;
  const batches: AsyncIterable<readonly Record_[]> = parseChunks(counted(file, counter), parser);
  let records = 0;
  for await (const batch of batches) records += batch.length;
  return places.of(records);
}

/** The records that lie, in whole or in part, on the lines `from` to `to`; those that share their first line with another are left out. */
export function recordsOn({ first, last }: RecordLines, from: number, to: number): PlacedRecord[] {
  const found: PlacedRecord[] = [];
  for (let at = firstEndingFrom(last, from); at < first.length; at += 1) {
    const line = first[at] ?? Infinity;
    if (line > to) break;
    if (first[at - 1] !== line && first[at + 1] !== line) found.push({ row: at + 1, line });
  }
  return found;
}

/** The first of the lines `from` to `to` on which several records begin; null where there is none. */
export function crowdedOn({ first, last }: RecordLines, from: number, to: number): number | null {
  for (let at = firstEndingFrom(last, from); at + 1 < first.length; at += 1) {
    const line = first[at + 1] ?? Infinity;
    if (line > to) break;
    if (line >= from && first[at] === line) return line;
  }
  return null;
}

/** Index of the first record whose last line is `line` or one below it: records and their ends are in order. */
function firstEndingFrom(last: Uint32Array, line: number): number {
  let [low, high] = [0, last.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((last[middle] ?? 0) < line) low = middle + 1;
    else high = middle;
  }
  return low;
}

function parserOf(file: string, { container, delimiter }: Shape, onPlace: OnPlace): RecordParser | null {
  switch (container) {
    case 'csv':
      return new CsvRecordParser({ file, delimiter: delimiter ?? ',', onPlace });
    case 'tsv':
      return new CsvRecordParser({ file, delimiter: delimiter ?? '\t', onPlace });
    case 'json-lines':
      return new JsonRecordParser({ file, layout: 'sequence', onPlace });
    case 'json-array':
      return new JsonRecordParser({ file, layout: 'array', onPlace });
    default:
      return null;
  }
}

async function* counted(file: string, counter: LineCounter): AsyncGenerator<Uint8Array> {
  for await (const chunk of readContent(file)) {
    counter.add(chunk);
    yield chunk;
  }
}

/** Counts lines ahead of what is asked for, and forgets those that were passed. */
class LineCounter {
  bytes = 0;
  private line = 1;
  /** Where the lines begin that nobody asked for yet, from index `passed` on. */
  private begins: number[] = [];
  private passed = 0;
  private afterReturn = false;

  add(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk[at];
      if (byte === LF && this.afterReturn) this.begins[this.begins.length - 1] = this.bytes + at + 1;
      else if (byte === LF || byte === CR) this.begins.push(this.bytes + at + 1);
      this.afterReturn = byte === CR;
    }
    this.bytes += chunk.length;
  }

  /** The line of the byte at `offset`; asked for in order. */
  lineAt(offset: number): number {
    while ((this.begins[this.passed] ?? Infinity) <= offset) {
      this.passed += 1;
      this.line += 1;
    }
    if (this.passed > FORGOTTEN_AT) {
      this.begins = this.begins.slice(this.passed);
      this.passed = 0;
    }
    return this.line;
  }
}

const FORGOTTEN_AT = 65_536;

/** Pairs of lines, however many come. */
class Places {
  private first = new Uint32Array(1024);
  private last = new Uint32Array(1024);
  private length = 0;

  add(first: number, last: number): void {
    if (this.length === this.first.length) {
      this.first = grown(this.first);
      this.last = grown(this.last);
    }
    this.first[this.length] = first;
    this.last[this.length] = last;
    this.length += 1;
  }

  of(records: number): RecordLines {
    return { first: this.first.slice(0, records), last: this.last.slice(0, records) };
  }
}

function grown(lines: Uint32Array): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(2 * lines.length);
  larger.set(lines);
  return larger;
}
