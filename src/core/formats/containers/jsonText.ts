import { isUtf8 } from 'node:buffer';
import { type Flag, type Json } from '../../model.js';

/** Values nested deeper than this are refused: code downstream may walk a value by recursion, as JSON.stringify does. */
export const MAX_NESTING = 500;

/**
 * The most values in one text. The smallest of them, `{}`, takes twenty times as much memory parsed as written, so that 256 MiB of
 * these would take more than a process has.
 */
export const MAX_VALUES = 10_000_000;

export type ParsedJson =
  | { readonly ok: true; readonly value: Json; readonly flags: readonly Flag[] }
  | { readonly ok: false; readonly reason: Refused; readonly message: string };

type Refused = 'invalid JSON' | 'nested too deeply' | 'too many values' | 'too many keys';

const NO_FLAGS: readonly Flag[] = Object.freeze([]);

/**
 * Parses one JSON value as evaluation tools write it: `NaN`, `Infinity` and `-Infinity` become null with the flag
 * `nonStandardNumber`; an integer that a double cannot hold exactly (an id, mostly) becomes the string of its digits; a comma may follow
 * the last value. Never throws.
 */
export function parseJson(text: string): ParsedJson {
  return parseWith(text, /\d{16}/.test(text));
}

/**
 * `parseJson` for the UTF-8 bytes `from` to `to` of a buffer. Bytes that are no UTF-8 become U+FFFD, with the flag
 * `invalidUtf8`.
 */
export function parseJsonBytes(bytes: Buffer, from: number, to: number): ParsedJson {
  const text = bytes.toString('utf8', from, to);
  const parsed = parseWith(text, hasLongDigits(bytes, from, to));
  // A replacement character may stand in the file itself; only then are the bytes worth checking.
  if (!parsed.ok || !text.includes('\ufffd') || isUtf8(bytes.subarray(from, to))) return parsed;
  return { ...parsed, flags: [...parsed.flags, 'invalidUtf8'] };
}

const [QUOTE, COLON, BRACE, BRACE_END, BRACKET, BRACKET_END] = [0x22, 0x3a, 0x7b, 0x7d, 0x5b, 0x5d];

/** The white space that JSON has between its tokens. */
function isSpace(char: number): boolean {
  return char === 0x20 || (char >= 0x09 && char <= 0x0d);
}

/** The keys that stand more than once in one object of a JSON text, each once; a parser keeps the last value of each. */
export function repeatedKeys(text: string): string[] {
  const repeated = new Set<string>();
  const open: Set<string>[] = [];
  for (let at = 0; at < text.length;) {
    const char = text.charCodeAt(at);
    if (char !== QUOTE) {
      // A list holds no keys, so its set stays empty.
      if (char === BRACE || char === BRACKET) open.push(new Set());
      else if (char === BRACE_END || char === BRACKET_END) open.pop();
      at++;
      continue;
    }
    const begin = at + 1;
    at = endOfString(text, at);
    const end = at - 1;
    while (isSpace(text.charCodeAt(at))) at++;
    if (text.charCodeAt(at) !== COLON) continue;
    const key = text.slice(begin, end);
    const keys = open.at(-1);
    if (keys?.has(key) === true) repeated.add(key);
    keys?.add(key);
  }
  return [...repeated];
}

function parseWith(text: string, longDigits: boolean): ParsedJson {
  // A value takes two characters, a digit and a comma.
  if (text.length > 2 * MAX_VALUES && hasMoreValues(text, MAX_VALUES)) {
    const message = `more than ${MAX_VALUES.toLocaleString('en')} values in one record`;
    return { ok: false, reason: 'too many values', message };
  }
  if (!longDigits) {
    const plain = tryParse(text);
    if (plain.ok) return checkNesting(plain, text.length);
    if (!text.includes('NaN') && !text.includes('Infinity') && !TRAILING_COMMA.test(text)) return plain;
  }
  const repaired = repairLiterals(text);
  const parsed = tryParse(repaired.text);
  if (!parsed.ok) return tryParse(text);
  return checkNesting(repaired.nonStandard ? { ...parsed, flags: ['nonStandardNumber'] } : parsed, text.length);
}

/** Whether a JSON text holds more values than so many: each is the first of its list or object, or stands behind a comma. */
function hasMoreValues(text: string, most: number): boolean {
  let values = 0;
  for (let at = 0; at < text.length && values <= most;) {
    const char = text.charCodeAt(at);
    if (char === 0x22) {
      at = endOfString(text, at);
      continue;
    }
    if (char === 0x2c || char === 0x5b || char === 0x7b) values++;
    at++;
  }
  return values > most;
}

function tryParse(text: string): ParsedJson {
  try {
    const value = JSON.parse(text) as Json;
    return { ok: true, value, flags: NO_FLAGS };
  } catch (error) {
    return { ok: false, reason: 'invalid JSON', message: error instanceof Error ? error.message : String(error) };
  }
}

function checkNesting(parsed: ParsedJson, length: number): ParsedJson {
  if (!parsed.ok || length <= 2 * MAX_NESTING) return parsed;
  let level: Json[] = [parsed.value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_NESTING) {
      const message = `lists and objects nested more than ${MAX_NESTING} deep`;
      return { ok: false, reason: 'nested too deeply', message };
    }
    const next: Json[] = [];
    for (const value of level) {
      if (typeof value !== 'object' || value === null) continue;
      for (const child of Array.isArray(value) ? value : Object.values(value)) {
        if (typeof child === 'object' && child !== null) next.push(child);
      }
    }
    level = next;
  }
  return parsed;
}

/** True when 16 digits stand in a row. Looks at every sixteenth byte only, for it sees every byte of every file. */
function hasLongDigits(bytes: Buffer, from: number, to: number): boolean {
  for (let probe = from + 15; probe < to; probe += 16) {
    if (!isDigit(bytes[probe])) continue;
    let first = probe;
    while (first > from && isDigit(bytes[first - 1])) first--;
    let last = probe;
    while (last + 1 < to && isDigit(bytes[last + 1])) last++;
    if (last - first >= 15) return true;
    probe = last;
  }
  return false;
}

function isDigit(code: number | undefined): boolean {
  return code !== undefined && code >= 0x30 && code <= 0x39;
}

/** As hand-edited files have it. The database that reads large files lets it pass. */
const TRAILING_COMMA = /,[ \t\r\n]*[}\]]/;
const CLOSING = /,[ \t\r\n]*(?=[}\]])/y;
const LITERAL = /-?(?:NaN|Infinity|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)/y;

/** Writes, outside strings, null for NaN and the infinities, quotes around integers that a double would round, and no comma after the last value. */
function repairLiterals(text: string): { text: string; nonStandard: boolean } {
  const parts: string[] = [];
  let copied = 0;
  let nonStandard = false;
  for (let at = 0; at < text.length;) {
    const code = text.charCodeAt(at);
    if (code === 0x22) {
      at = endOfString(text, at);
      continue;
    }
    if (code === 0x2c) {
      CLOSING.lastIndex = at;
      const comma = CLOSING.exec(text)?.[0];
      if (comma !== undefined) parts.push(text.slice(copied, at));
      if (comma !== undefined) copied = at + comma.length;
      at += comma?.length ?? 1;
      continue;
    }
    // "-", a digit, "I" or "N": the only characters a number literal begins with.
    if (code !== 0x2d && code !== 0x49 && code !== 0x4e && !isDigit(code)) {
      at++;
      continue;
    }
    LITERAL.lastIndex = at;
    const literal = LITERAL.exec(text)?.[0];
    if (literal === undefined) {
      at++;
      continue;
    }
    const replacement = replaceLiteral(literal);
    if (replacement !== null) {
      parts.push(text.slice(copied, at), replacement);
      copied = at + literal.length;
      nonStandard ||= replacement === 'null';
    }
    at += literal.length;
  }
  parts.push(text.slice(copied));
  return { text: parts.join(''), nonStandard };
}

function replaceLiteral(literal: string): string | null {
  if (/[NI]/.test(literal)) return 'null';
  const isInteger = /^-?(?:0|[1-9]\d*)$/.test(literal);
  return isInteger && literal.length > 15 && !Number.isSafeInteger(Number(literal)) ? `"${literal}"` : null;
}

/** Index behind the string that opens at `at`; the end of the text when it never closes. */
function endOfString(text: string, at: number): number {
  for (let quote = text.indexOf('"', at + 1); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(quote - 1 - backslashes) === 0x5c) backslashes++;
    if (backslashes % 2 === 0) return quote + 1;
  }
  return text.length;
}
