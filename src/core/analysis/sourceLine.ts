import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { recordLines } from '../formats/containers/recordLines.js';
import { sniff } from '../formats/shape.js';

const LF = 10;
const CR = 13;
const QUOTE = 34;

/**
 * The 1-based line on which record `row` of a file begins; null where records are not lines of text (workbooks, archives,
 * compressed files). Reads the file up to that line; a JSON list as a whole.
 */
export async function lineOfRow(file: string, row: number): Promise<number | null> {
  // A folder of files with one record each has no lines.
  const isFolder = await stat(file).then(
    (found) => found.isDirectory(),
    // What cannot be looked at is told of below, in words.
    () => false,
  );
  if (isFolder) return null;
  const shape = await sniff(file);
  const { container } = shape;
  if (container === 'json-array') return (await recordLines(file, shape))?.first[row - 1] ?? null;
  const counts =
    container === 'json-lines' ? countLines : container === 'csv' || container === 'tsv' ? countCells : null;
  if (counts === null) return null;
  const counter = counts(container === 'json-lines' ? row : row + 1);
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    const line = counter(chunk);
    if (line !== null) return line;
  }
  return null;
}

/** Gets the bytes in turn and returns the line on which the wanted record begins, once it is known. */
type Counter = (chunk: Buffer) => number | null;

/** Records are the lines that hold something. */
function countLines(wanted: number): Counter {
  let line = 1;
  let record = 0;
  let blank = true;
  return (chunk) => {
    for (const byte of chunk) {
      if (byte === LF) {
        line += 1;
        blank = true;
      } else if (blank && byte > 32) {
        blank = false;
        record += 1;
        if (record === wanted) return line;
      }
    }
    return null;
  };
}

/** Records of a table, its header the first; line ends inside quotes belong to the record. */
function countCells(wanted: number): Counter {
  let line = 1;
  let record = 0;
  let blank = true;
  let quoted = false;
  return (chunk) => {
    for (const byte of chunk) {
      if (byte === QUOTE) quoted = !quoted;
      if (blank && byte !== LF && byte !== CR) {
        blank = false;
        record += 1;
        if (record === wanted) return line;
      }
      if (byte !== LF) continue;
      line += 1;
      if (!quoted) blank = true;
    }
    return null;
  };
}
