/** Byte-level structure of JSON text: where a value ends, without building it. Iterative, so nesting costs no stack. */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const NEWLINE = 0x0a;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** Where a scan stands between two pieces of the same value. */
export interface ScanState {
  depth: number;
  inString: boolean;
  /** The next byte belongs to an escape sequence. */
  escaped: boolean;
}

/** Why a scan stopped: the value closed, the bytes ran out, or a line ended (only where lines are watched). */
export type ScanStop = 'closed' | 'end' | 'newline';

/** The state before the first byte of a value. */
export function newScan(): ScanState {
  return { depth: 0, inString: false, escaped: false };
}

/**
 * Follows the structure of one object or array from byte `from` up to `to`, updating `state`.
 * Returns where it stopped (for 'closed', behind the closing bracket; for 'newline', at the newline) and why.
 * With `watchLines` it stops at every newline, within strings too. The first byte must be `{` or `[` in a new state.
 */
export function scanValue(
  bytes: Uint8Array,
  from: number,
  to: number,
  state: ScanState,
  watchLines: boolean,
): { at: number; stop: ScanStop } {
  let { depth, inString } = state;
  let at = from;
  if (state.escaped && at < to) at++;
  let stop: ScanStop = 'end';
  while (at < to) {
    let byte = bytes[at];
    if (inString) {
      // Most bytes lie within strings: a loop of their own is what makes this fast.
      while (byte !== QUOTE && byte !== BACKSLASH && byte !== NEWLINE && ++at < to) byte = bytes[at];
      if (at >= to) break;
      if (byte === QUOTE) inString = false;
      else if (byte === BACKSLASH) at++;
      else if (watchLines) {
        stop = 'newline';
        break;
      }
    } else if (byte === QUOTE) inString = true;
    else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth++;
    else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      depth--;
      if (depth <= 0) {
        at++;
        stop = 'closed';
        break;
      }
    } else if (byte === NEWLINE && watchLines) {
      stop = 'newline';
      break;
    }
    at++;
  }
  state.depth = depth;
  state.inString = inString;
  state.escaped = at > to;
  return { at: Math.min(at, to), stop };
}

/** What a line that is no single JSON value consists of. */
export type LineShape =
  /** Objects or arrays, one after another, all complete. */
  | 'values'
  /** The same, but the last one is still open at the end of the line. */
  | 'open'
  /** The same, but the line ends within a string. */
  | 'open string'
  /** Anything else. */
  | 'other';

/** Classifies the line `from` to `to` (without its newline) by its structure alone. */
export function lineShape(bytes: Uint8Array, from: number, to: number): LineShape {
  let at = from;
  for (;;) {
    at = skipSeparators(bytes, at, to);
    if (at === to) return 'values';
    if (bytes[at] !== OPEN_BRACE && bytes[at] !== OPEN_BRACKET) return 'other';
    const state = newScan();
    const scanned = scanValue(bytes, at, to, state, false);
    if (scanned.stop !== 'closed') return state.inString ? 'open string' : 'open';
    at = scanned.at;
  }
}

/** True for space, tab, line feed and carriage return: what JSON allows between values. */
export function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** First byte at or behind `from` that is neither white space (of any kind, between records) nor a comma; `to` when there is none. */
export function skipSeparators(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && (isSpace(bytes[at]) || bytes[at] === 0x2c || bytes[at] === 0x0b || bytes[at] === 0x0c)) at++;
  return at;
}

/** Number of newlines among the bytes `from` to `to`. */
export function countNewlines(bytes: Buffer, from: number, to: number): number {
  // A view of its own: a search in the whole buffer would run past `to` for every record of a file without newlines.
  const part = bytes.subarray(from, to);
  let count = 0;
  for (let at = part.indexOf(NEWLINE); at >= 0; at = part.indexOf(NEWLINE, at + 1)) count++;
  return count;
}
