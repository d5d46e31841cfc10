import { walkXml } from './xlsxXml.js';

/** The value of a spreadsheet cell; null for an empty cell and for an error such as #N/A. */
export type Cell = string | number | boolean | null;

/** Columns of a sheet: A to XFD. */
const MAX_COLUMNS = 16_384;

/** Rows of a sheet (Excel's own limit). Each takes memory, be it one cell wide. */
export const MAX_ROWS = 1_048_576;

/** Cells and shared texts held in memory, missing cells before a value included: at 20 bytes and more each, as much as a process has. */
export const MAX_CELLS = 32_000_000;

/** A workbook that holds more than is kept in memory. */
export class SheetTooLarge extends Error {}

function tooLarge(): SheetTooLarge {
  return new SheetTooLarge(
    `more than ${MAX_ROWS.toLocaleString('en')} rows or ${MAX_CELLS.toLocaleString('en')} cells or texts`,
  );
}

/** The shared strings of a workbook in order (18.4): the text of all runs of each, without phonetic hints. */
export function readSharedStrings(xml: Uint8Array, maxCells = MAX_CELLS): string[] {
  const strings: string[] = [];
  let text = '';
  let inText = false;
  let inPhonetic = false;
  walkXml(xml, {
    open: (name) => {
      if (name === 'si') text = '';
      else if (name === 'rPh') inPhonetic = true;
      else if (name === 't') inText = !inPhonetic;
    },
    close: (name) => {
      if (name === 'si') {
        if (strings.length >= maxCells) throw tooLarge();
        strings.push(unescapeXstring(text));
      } else if (name === 'rPh') inPhonetic = false;
      else if (name === 't') inText = false;
    },
    text: (part) => {
      if (inText) text += part;
    },
  });
  return strings;
}

/**
 * The rows of a sheet that hold any value (18.3.1), at most `maxRows`.
 * @throws Error when the XML is not well-formed or a shared string is missing; SheetTooLarge.
 */
export function readSheet(
  xml: Uint8Array,
  strings: readonly string[],
  maxRows = Infinity,
  maxCells = MAX_CELLS,
): { rows: Cell[][]; complete: boolean } {
  const reader = new SheetReader(strings, maxRows, maxCells);
  walkXml(xml, reader, () => reader.isFull);
  return { rows: reader.rows, complete: !reader.isFull };
}

class SheetReader {
  readonly rows: Cell[][] = [];
  /** More rows came than were asked for. */
  isFull = false;
  private row: Cell[] = [];
  private column = 0;
  private type = 'n';
  private content = '';
  /** Whether character data belong to the cell's value: within <v>, or within <t> of an inline string. */
  private inValue = false;
  private hasValue = false;
  private inPhonetic = false;
  private cells = 0;

  constructor(
    private readonly strings: readonly string[],
    private readonly maxRows: number,
    private readonly maxCells: number,
  ) {}

  open(name: string, attributes: Readonly<Record<string, string>>): void {
    if (name === 'row') {
      this.row = [];
      this.column = 0;
    } else if (name === 'c') {
      const reference = attributes['r'];
      this.column = reference === undefined ? this.column + 1 : columnOf(reference);
      this.type = attributes['t'] ?? 'n';
      this.content = '';
      this.hasValue = false;
    } else if (name === 'rPh') this.inPhonetic = true;
    else if (name === 'v' || (name === 't' && this.type === 'inlineStr' && !this.inPhonetic)) {
      this.inValue = true;
      this.hasValue = true;
    }
  }

  text(part: string): void {
    if (this.inValue) this.content += part;
  }

  close(name: string): void {
    if (name === 'v' || name === 't') this.inValue = false;
    else if (name === 'rPh') this.inPhonetic = false;
    else if (name === 'c' && this.hasValue) this.place(this.value());
    else if (name === 'row' && this.row.some((cell) => cell !== null)) {
      if (this.rows.length >= MAX_ROWS) throw tooLarge();
      if (this.rows.length < this.maxRows) this.rows.push(this.row);
      else this.isFull = true;
    }
  }

  private value(): Cell {
    switch (this.type) {
      case 's': {
        const string = this.strings[Number(this.content)];
        if (string === undefined) throw new Error(`there is no shared string ${this.content}`);
        return string;
      }
      case 'inlineStr':
      case 'str':
      case 'd':
        return unescapeXstring(this.content);
      case 'b':
        return this.content.trim() === '1' || this.content.trim() === 'true';
      case 'e':
        return null;
      default: {
        return numberIn(this.content.trim());
      }
    }
  }

  private place(value: Cell): void {
    if (value === null) return;
    const missing = this.column - 1 - this.row.length;
    this.cells += Math.max(missing, 0) + 1;
    if (this.cells > this.maxCells) throw tooLarge();
    for (let index = 0; index < missing; index++) this.row.push(null);
    this.row[this.column - 1] = value;
  }
}

/** A number; a whole one that a double would round, which some writers put there (an id, mostly), as the text of its digits. */
function numberIn(text: string): Cell {
  const number = Number(text);
  if (text === '' || !Number.isFinite(number)) return null;
  return !Number.isSafeInteger(number) && /^-?[1-9]\d{15,}$/.test(text) ? text : number;
}

/** Number of the column, from 1, in a cell reference: 28 for "AB12". */
function columnOf(reference: string): number {
  let column = 0;
  for (const character of reference) {
    const letter = character.charCodeAt(0) & ~0x20;
    if (letter < 0x41 || letter > 0x5a) break;
    column = column * 26 + (letter - 0x40);
  }
  if (column < 1 || column > MAX_COLUMNS) throw new Error(`"${reference}" is no cell reference`);
  return column;
}

/** Decodes the escapes of ST_Xstring (22.9.2.19): `_x000D_` is a carriage return. */
function unescapeXstring(text: string): string {
  if (!text.includes('_x')) return text;
  return text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}
