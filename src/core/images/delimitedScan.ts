/** Where a cell stands in its file: first byte, and the byte behind the last, quotes included. */
export interface CellPlace {
  readonly start: number;
  readonly end: number;
  /** The first bytes of the cell, quotes included: enough for ids and names, while images stay on disk. */
  readonly head: Buffer;
}

const QUOTE = 0x22;
const LF = 0x0a;
const CR = 0x0d;
/** Bytes kept of each wanted cell. */
const HEAD_BYTES = 1024;

/**
 * Goes through delimited text chunk by chunk and reports where the wanted cells of each row stand. Holds one chunk and the
 * heads of one row's cells, however long rows are. Quoting as in RFC 4180.
 */
export class DelimitedScan {
  private position = 0;
  private column = 0;
  private cellStart = 0;
  private quoted = false;
  private atCellStart = true;
  private kept: Buffer = Buffer.alloc(0);
  private cells: (CellPlace | undefined)[] = [];

  /**
   * @param wanted whether the cells of a column are reported; asked anew for each cell
   * @param onRow gets the places by column
   */
  constructor(
    private readonly delimiter: number,
    private readonly wanted: (column: number) => boolean,
    private readonly onRow: (cells: readonly (CellPlace | undefined)[]) => void,
  ) {}

  take(chunk: Uint8Array): void {
    const { delimiter } = this;
    const length = chunk.length;
    let at = 0;
    while (at < length) {
      if (this.atCellStart) {
        this.atCellStart = false;
        this.quoted = chunk[at] === QUOTE;
        if (this.quoted) at += 1;
      }
      // Behind a closing quote the cell goes on unquoted; a doubled quote opens it again at once.
      if (this.quoted) {
        while (at < length && chunk[at] !== QUOTE) at += 1;
        if (at < length) this.quoted = false;
        at += 1;
        continue;
      }
      while (at < length && chunk[at] !== delimiter && chunk[at] !== LF && !this.reopens(chunk, at)) at += 1;
      if (at >= length) break;
      const code = chunk[at];
      at += 1;
      if (code === QUOTE) this.quoted = true;
      else this.endCell(chunk, at - 1, code === LF);
    }
    this.keep(chunk, length);
    this.position += length;
  }

  /** No more bytes come: the last row may lack its line end. */
  finish(): void {
    if (this.column > 0 || this.position > this.cellStart) this.endCell(new Uint8Array(0), 0, true);
  }

  /** A quote counts only in a cell that began with one. */
  private reopens(chunk: Uint8Array, at: number): boolean {
    if (chunk[at] !== QUOTE) return false;
    const first = this.cellStart < this.position ? this.kept[0] : chunk[this.cellStart - this.position];
    return first === QUOTE;
  }

  private keep(chunk: Uint8Array, end: number): void {
    if (this.kept.length >= HEAD_BYTES) return;
    const from = Math.max(0, this.cellStart - this.position);
    const part = chunk.subarray(from, Math.min(end, from + HEAD_BYTES - this.kept.length));
    this.kept = this.kept.length === 0 ? Buffer.from(part) : Buffer.concat([this.kept, part]);
  }

  private endCell(chunk: Uint8Array, at: number, endsRow: boolean): void {
    const end = this.position + at;
    if (this.wanted(this.column)) {
      this.keep(chunk, at);
      this.cells[this.column] = { start: this.cellStart, end, head: this.kept };
    }
    if (this.kept.length > 0) this.kept = Buffer.alloc(0);
    this.column += 1;
    this.cellStart = end + 1;
    this.atCellStart = true;
    if (!endsRow) return;
    const isBlank = this.column === 1 && this.cells[0] !== undefined && cellText(this.cells[0].head) === '';
    if (!isBlank) this.onRow(this.cells);
    this.cells = [];
    this.column = 0;
  }
}

/** The text of a cell's bytes: quotes taken off, a carriage return at the row's end dropped. */
export function cellText(bytes: Buffer): string {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === CR) end -= 1;
  const text = bytes.toString('utf8', 0, end);
  if (!text.startsWith('"')) return text;
  return text.slice(1, text.endsWith('"') && text.length > 1 ? -1 : undefined).replaceAll('""', '"');
}
