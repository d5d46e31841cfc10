/** How a line begins, and what its digest stands behind, as they are written here. A text in quotes cannot hold either: its quotes are escaped. */
const BEGINS = '{"v":1,"id":"';
const ORDER = '"order":';
const CONTENT = '"content":';
/** Looked for by its brace, of which a line has few; quotes it has many. */
const TEXT = '{"text":"';
const BRACE = 0x7d;
const ZERO = 0x30;

interface Source {
  readonly file: string;
  /** One character for each byte: looking through it is as fast as through bytes, and places are the same. */
  readonly text: string;
}

/** A line of a file, decoded. */
export interface IndexedLine {
  readonly file: string;
  readonly line: number;
  readonly content: string;
}

/** Where the lines of files begin, by the digest of the text that their events are of. Lines are chained: no object is made for any of them. */
export class LineIndex {
  private readonly sources: Source[] = [];
  private readonly latest = new Map<string, number>();
  private columns = columnsOf(1 << 16);
  size = 0;
  /** The highest counter of all events. */
  order = 0;

  /**
   * Indexes the whole lines in `bytes`; `other` is handed those that are not laid out as they are written here, with their number. Returns how many
   * lines there are.
   */
  add(file: string, bytes: Buffer, before: number, other: (line: string, number: number) => void): number {
    const text = bytes.toString('latin1');
    const source = this.sources.push({ file, text }) - 1;
    let count = 0;
    for (let at = 0; ;) {
      const end = text.indexOf('\n', at);
      if (end < 0) return count;
      count += 1;
      if (!this.index(source, at, end, before + count)) other(decoded(text.slice(at, end)), before + count);
      at = end + 1;
    }
  }

  /** The lines of events about this text, in no order that means anything. */
  *of(text: string): Generator<IndexedLine> {
    for (let at = this.latest.get(text) ?? -1; at >= 0; at = this.columns.next[at] ?? -1) {
      const source = this.sources[this.columns.source[at] ?? 0];
      const content = source?.text.slice(this.columns.start[at], this.columns.end[at]) ?? '';
      yield { file: source?.file ?? '', line: this.columns.line[at] ?? 0, content: decoded(content) };
    }
  }

  texts(): Iterable<string> {
    return this.latest.keys();
  }

  private index(source: number, start: number, end: number, line: number): boolean {
    const text = this.sources[source]?.text ?? '';
    if (!text.startsWith(BEGINS, start) || text.charCodeAt(end - 1) !== BRACE) return false;
    const counter = text.indexOf(ORDER, start) + ORDER.length;
    const brace = text.indexOf(TEXT, counter);
    const content = brace + TEXT.length;
    const close = text.indexOf('"', content);
    // Not found at all, or in a later line, or elsewhere in this one.
    if (counter < start || brace < counter || close < 0 || close > end) return false;
    if (!text.startsWith(CONTENT, brace - CONTENT.length)) return false;
    const order = numberAt(text, counter);
    if (!Number.isSafeInteger(order)) return false;
    if (order > this.order) this.order = order;
    const at = this.size++;
    if (at >= this.columns.start.length) this.columns = grown(this.columns);
    const { columns } = this;
    const digest = text.slice(content, close);
    columns.source[at] = source;
    columns.start[at] = start;
    columns.end[at] = end;
    columns.line[at] = line;
    columns.next[at] = this.latest.get(digest) ?? -1;
    this.latest.set(digest, at);
    return true;
  }
}

interface Columns {
  readonly source: Int32Array;
  readonly start: Float64Array;
  readonly end: Float64Array;
  readonly line: Int32Array;
  /** The line before, of the same text; −1 for none. */
  readonly next: Int32Array;
}

function columnsOf(length: number): Columns {
  return {
    ...{ source: new Int32Array(length), start: new Float64Array(length), end: new Float64Array(length) },
    ...{ line: new Int32Array(length), next: new Int32Array(length) },
  };
}

function grown(columns: Columns): Columns {
  const larger = columnsOf(2 * columns.start.length);
  for (const name of ['source', 'start', 'end', 'line', 'next'] as const) larger[name].set(columns[name]);
  return larger;
}

/** The whole number that begins there; NaN where none does. */
function numberAt(text: string, start: number): number {
  let value = 0;
  for (let at = start; ; at++) {
    const digit = text.charCodeAt(at) - ZERO;
    if (!(digit >= 0 && digit <= 9)) return at === start ? NaN : value;
    value = 10 * value + digit;
  }
}

function decoded(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
