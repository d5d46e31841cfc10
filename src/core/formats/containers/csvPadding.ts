import type { Delimiter } from '../format.js';
import { bomLength } from './bytes.js';
import { readContent } from './content.js';

const QUOTE = 0x22;
const SPACE = 0x20;
const LF = 0x0a;
const CR = 0x0d;
/** A longer run of blanks and quotes is not worth looking through. */
const LONGEST_RUN = 1 << 20;

/**
 * Whether blanks may stand around the quotes of some cell of delimited text (`1, "left" ,2`). To the reader of such text they are part of
 * the cell; the database drops them. False is certain; true may be said of texts within quotes, too.
 * @throws FlipsideError when the file cannot be read.
 */
export async function mayPadQuotes(file: string, delimiter: Delimiter): Promise<boolean> {
  const separator = delimiter.charCodeAt(0);
  // A line end before the first line: all that is looked at stands between two characters.
  let rest = Buffer.from('\n');
  let begun = false;
  for await (const chunk of readContent(file)) {
    const bytes = Buffer.concat([rest, begun ? chunk : chunk.subarray(bomLength(chunk))]);
    begun = true;
    let end = bytes.length;
    // What goes on in the next chunk is looked at there, with the character before it.
    while (end > 1 && (bytes[end - 1] === SPACE || bytes[end - 1] === QUOTE)) end--;
    if (isPaddedIn(bytes, end, separator) || bytes.length - end > LONGEST_RUN) return true;
    rest = bytes.subarray(end - 1);
  }
  const bytes = Buffer.concat([rest, Buffer.from('\n')]);
  return isPaddedIn(bytes, bytes.length, separator);
}

/** Looks at the quotes before `end`. Within a quoted text they come in pairs, so that one that opens or closes makes a run odd. */
function isPaddedIn(bytes: Uint8Array, end: number, separator: number): boolean {
  const separates = (at: number): boolean => {
    const byte = bytes[at];
    return byte === separator || byte === LF || byte === CR;
  };
  for (let first = bytes.indexOf(QUOTE); first >= 0 && first < end;) {
    let last = first;
    while (bytes[last + 1] === QUOTE) last++;
    let [before, after] = [first - 1, last + 1];
    if (bytes[before] === SPACE || bytes[after] === SPACE) {
      while (bytes[before] === SPACE) before--;
      while (bytes[after] === SPACE) after++;
      const [opens, closes] = [separates(before), separates(after)];
      const isPadded = (opens && before < first - 1) || (closes && after > last + 1);
      if (isPadded && ((last - first) % 2 === 0 || (opens && closes))) return true;
    }
    first = bytes.indexOf(QUOTE, last + 1);
  }
  return false;
}
