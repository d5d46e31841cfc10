import type { Record_, Shape } from '../format.js';
import { ByteWindow, bomLength } from './bytes.js';
import { readContent } from './content.js';
import { JsonRecordParser } from './jsonRecords.js';
import { skipSeparators } from './jsonScan.js';

/** A piece of a file that holds whole records, so that another thread can read it. */
export interface Block {
  /** In memory of its own, which may be handed over. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Numbers of the first record and of the first line, from 1. */
  readonly row: number;
  readonly line: number;
  /** Records that it holds where it is laid out as expected, one a line; -1 for a part of a line that is too long to be awaited. */
  readonly records: number;
  /** Nothing follows: what is cut off here is cut off in the file. */
  readonly last: boolean;
}

/** Large enough that handing it over costs nothing, small enough that a few of them at once are no matter. */
const BLOCK_BYTES = 1 << 19;
/** A line that is longer is no matter for threads: each of them would hold several such. */
const MAX_LINE_BYTES = 64 << 20;
const NEWLINE = 0x0a;

/** Whether files of this shape can be cut into blocks: JSON lines, as far as the first records show. */
export function isCuttable(shape: Shape): boolean {
  return shape.container === 'json-lines';
}

/**
 * A file of JSON lines in pieces that end where a line ends. How the lines are laid out is not looked at: `readBlock` tells where
 * records are no lines.
 * @throws FlipsideError (while iterating) when the file cannot be read or unpacked.
 */
export async function* blocksOf(file: string, size = BLOCK_BYTES, longest = MAX_LINE_BYTES): AsyncGenerator<Block> {
  const window = new ByteWindow();
  let [row, line, begun] = [1, 1, false];
  const cut = (to: number, last: boolean): Block => {
    const bytes = new Uint8Array(to - window.start);
    bytes.set(window.buffer.subarray(window.start, to));
    window.start = to;
    const lines = countLines(Buffer.from(bytes.buffer));
    const isPart = !last && bytes.at(-1) !== NEWLINE;
    const block = { bytes, row, line, records: isPart ? -1 : lines.filled, last };
    row += lines.filled;
    line += lines.all;
    return block;
  };
  for await (const chunk of readContent(file)) {
    window.append(chunk);
    if (!begun && window.length >= 3) {
      window.start += bomLength(window.buffer.subarray(window.start, window.end));
      begun = true;
    }
    for (let end = cutAt(window, size, chunk.length); end > 0; end = cutAt(window, size, 0)) yield cut(end, false);
    if (window.length > longest) yield cut(window.end, false);
  }
  yield cut(window.end, true);
}

/**
 * Behind the last line end of the first `size` bytes, else behind the next one; 0 where that is not there yet. Where `more` bytes
 * have come, it was not among those before them, unless these were too few.
 */
function cutAt({ buffer, start, end }: ByteWindow, size: number, more: number): number {
  if (end - start < size) return 0;
  const within = buffer.lastIndexOf(NEWLINE, start + size - 1);
  if (within >= start) return within + 1;
  const next = buffer.subarray(0, end).indexOf(NEWLINE, Math.max(start + size, more > 0 ? end - more : 0));
  return next + 1;
}

/** Lines of the bytes, and those that are not blank. */
function countLines(bytes: Buffer): { all: number; filled: number } {
  let [all, filled, start] = [0, 0, 0];
  while (start < bytes.length) {
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline < 0 ? bytes.length : newline;
    if (skipSeparators(bytes, start, end) < end) filled++;
    all++;
    start = end + 1;
  }
  return { all, filled };
}

/** The records of a block; null where they are not one a line, so that only reading the file from its beginning tells what they are. */
export function readBlock(block: Block, file: string): readonly Record_[] | null {
  const window = new ByteWindow();
  window.append(block.bytes);
  const parser = new JsonRecordParser({ file, layout: 'sequence', from: block });
  const records: Record_[] = [];
  parser.take(window, true, records);
  const isExpected = parser.isByLine && records.length === block.records;
  return isExpected || block.last ? records : null;
}
