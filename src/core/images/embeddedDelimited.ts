import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { cellText, DelimitedScan, type CellPlace } from './delimitedScan.js';
import { countNumbered, ID_COLUMNS, IdIndex, isImageColumn, QUESTION_COLUMN } from './embedded.js';
import { imageColumns, type EmbeddedCell, type EmbeddedTable } from './embedded.js';
import { sniffImage } from '../imageData.js';
import { ImageRefused } from './openImage.js';
import { bareBase64, damagedBase64 } from './reference.js';

/** A table of images shows one in so many rows or bytes; else the names of its columns mean something else. */
const ROWS_WITHOUT = 256;
const BYTES_WITHOUT = 4 << 20;
/** VLMEvalKit: a shorter text in place of an image is the index of the row that holds it. */
const SHORTEST_IMAGE = 64;
const HEADER_BYTES = 64 << 10;
const CHUNK_BYTES = 1 << 20;
const PATH_COLUMN = 'image_path';
const LIST_COLUMNS = ['images', 'image', 'imgs', 'img', 'pictures'];
/** A longer list is not gone through to be counted. */
const MOST_LIST = 512 << 20;

interface Range {
  readonly start: number;
  readonly end: number;
}

/**
 * Indexes a table of questions with base64 images (VLMEvalKit's TSV files) by one pass over its bytes; the images stay on
 * disk. Null where the header has no images, or the first rows hold none: predictions often state their paths in a column
 * of that name. Throws the file system's error where it cannot be read, or the signal's reason.
 */
export async function openDelimitedImages(file: string, signal?: AbortSignal): Promise<EmbeddedTable | null> {
  const header = await readHeader(file);
  if (header === null) return null;
  const table = new DelimitedImages(file, header.names);
  const scan = new DelimitedScan(
    header.delimiter,
    (column) => table.wants(column),
    (cells) => table.add(cells),
  );
  let read = 0;
  const stream: AsyncIterable<Buffer> = createReadStream(file, { highWaterMark: CHUNK_BYTES, signal });
  for await (const chunk of stream) {
    scan.take(chunk);
    read += chunk.length;
    const enough = table.rows >= ROWS_WITHOUT || (read >= BYTES_WITHOUT && table.rows > 0);
    if (enough && !table.holdsImages) return null;
  }
  scan.finish();
  return table.holdsImages ? table : null;
}

interface Header {
  readonly names: readonly string[];
  readonly delimiter: number;
}

async function readHeader(file: string): Promise<Header | null> {
  const head = await readRange(file, { start: 0, end: HEADER_BYTES });
  const line = head.subarray(0, head.indexOf('\n') < 0 ? head.length : head.indexOf('\n'));
  const delimiter = (line.includes('\t') ? '\t' : ',').charCodeAt(0);
  let names: string[] | null = null;
  const scan = new DelimitedScan(
    delimiter,
    () => names === null,
    (cells) => {
      names ??= cells.map((cell) => (cell === undefined ? '' : nameOf(cell)));
    },
  );
  scan.take(head);
  const found = names as string[] | null;
  return found?.some(isImageColumn) === true ? { names: found, delimiter } : null;
}

function nameOf(cell: CellPlace): string {
  return cellText(cell.head)
    .replace(/^\uFEFF/, '')
    .trim()
    .toLowerCase();
}

/** Where the cells of one column stand, by row. Numbers in one piece: rows may be millions. */
class Column {
  private places = new Float64Array(512);

  constructor(readonly name: string) {}

  set(row: number, { start, end }: Range): void {
    if (2 * row + 1 >= this.places.length) {
      const larger = new Float64Array(Math.max(this.places.length * 2, 2 * row + 2));
      larger.set(this.places);
      this.places = larger;
    }
    this.places[2 * row] = start;
    this.places[2 * row + 1] = end;
  }

  /** Null for an empty cell. */
  get(row: number): Range | null {
    const [start, end] = this.places.subarray(2 * row, 2 * row + 2);
    return start === undefined || end === undefined || end <= start ? null : { start, end };
  }
}

class DelimitedImages implements EmbeddedTable {
  /** How many rows there are. */
  rows = 0;
  /** Some image cell begins as an image does. */
  holdsImages = false;
  private readonly ids: readonly { readonly column: number; readonly index: IdIndex }[];
  private readonly kept: ReadonlyMap<number, Column>;
  private readonly byName: ReadonlyMap<string, Column>;
  private isHeader = true;

  constructor(
    readonly file: string,
    names: readonly string[],
  ) {
    this.ids = ID_COLUMNS.flatMap((name) => {
      const column = names.indexOf(name);
      return column < 0 ? [] : [{ column, index: new IdIndex() }];
    });
    this.kept = new Map(
      names.flatMap((name, column) =>
        isImageColumn(name) || name === PATH_COLUMN || name === QUESTION_COLUMN
          ? [[column, new Column(name)] as const]
          : [],
      ),
    );
    this.byName = new Map([...this.kept.values()].map((column) => [column.name, column]));
  }

  get hasIds(): boolean {
    return this.ids.length > 0;
  }

  wants(column: number): boolean {
    return this.kept.has(column) || this.ids.some((each) => each.column === column);
  }

  add(cells: readonly (CellPlace | undefined)[]): void {
    if (this.isHeader) {
      this.isHeader = false;
      return;
    }
    for (const [number, column] of this.kept) {
      const cell = cells[number];
      if (cell === undefined) continue;
      column.set(this.rows, cell);
      this.holdsImages ||= isImageColumn(column.name) && beginsAsImage(cell.head);
    }
    for (const { column, index } of this.ids) {
      const cell = cells[column];
      if (cell !== undefined) index.add(cellText(cell.head), this.rows);
    }
    this.rows += 1;
  }

  rowsOf(id: string): readonly (readonly number[])[] {
    return this.ids.map(({ index }) => index.get(id));
  }

  question(row: number): Promise<string | null> {
    return this.text(row, QUESTION_COLUMN, CHUNK_BYTES);
  }

  async image(row: number, index: number, maxBytes: number): Promise<EmbeddedCell | null> {
    for (const { column } of imageColumns(index)) {
      const found = await this.imageIn(row, column, index, maxBytes);
      if (found !== null) return { kind: 'bytes', bytes: found };
    }
    const paths = listed((await this.text(row, PATH_COLUMN, CHUNK_BYTES)) ?? '');
    const path = paths[index]?.trim();
    return path === undefined || path === '' ? null : { kind: 'path', path };
  }

  async count(row: number): Promise<number> {
    const list = LIST_COLUMNS.map((name) => this.byName.get(name)).find(
      (column) => column !== undefined && column.get(row) !== null,
    );
    const numbered = await countNumbered(({ column }) =>
      Promise.resolve((this.byName.get(column)?.get(row) ?? null) !== null),
    );
    if (list !== undefined) {
      const holder = (await this.holder(row, list.name)) ?? row;
      const text = await this.text(holder, list.name, MOST_LIST);
      return Math.max(text === null ? 0 : listed(text).length, numbered);
    }
    const paths = await this.text(row, PATH_COLUMN, CHUNK_BYTES);
    return numbered > 0 || paths === null ? numbered : listed(paths).length;
  }

  /** The row that holds the image of a row: itself, or the one whose index stands in its place. Null where there is none. */
  private async holder(row: number, column: string): Promise<number | null> {
    if (!this.isShort(row, column)) return row;
    const short = (await this.text(row, column, CHUNK_BYTES))?.trim() ?? '';
    // One step only: the row named there must hold the image itself.
    const [other, ...more] = short === '' ? [] : (this.ids[0]?.index.get(short) ?? []);
    return other === undefined || more.length > 0 || this.isShort(other, column) ? null : other;
  }

  private isShort(row: number, column: string): boolean {
    const range = this.byName.get(column)?.get(row) ?? null;
    return range === null || range.end - range.start <= SHORTEST_IMAGE + 2;
  }

  private async imageIn(row: number, column: string, index: number, maxBytes: number): Promise<Buffer | null> {
    if (!this.byName.has(column)) return null;
    const holder = await this.holder(row, column);
    const text = holder === null ? null : await this.text(holder, column, maxBytes * 2);
    if (text === null) return null;
    const isList = text.trimStart().startsWith('[');
    const isNumbered = /\d$/.test(column);
    const one = isList ? listed(text)[isNumbered ? 0 : index] : index === 0 || isNumbered ? text : undefined;
    return one === undefined ? null : bytesIn(one.replace(/^data:[^,]*,/i, '').trim());
  }

  private async text(row: number, column: string, limit: number): Promise<string | null> {
    const range = this.byName.get(column)?.get(row) ?? null;
    if (range === null) return null;
    if (range.end - range.start > limit) {
      throw new ImageRefused('too large', `has ${range.end - range.start} characters, over the limit`);
    }
    return cellText(await readRange(this.file, range));
  }
}

/** The image that a text is. Null where it is none; throws an ImageRefused where it is damaged. */
function bytesIn(base64: string): Buffer | null {
  const damage = damagedBase64(base64);
  if (damage !== null) throw new ImageRefused('corrupt', `is ${damage}`);
  return bareBase64(base64);
}

/** Base64 of an image, alone, as a data URI or the first of a list. */
function beginsAsImage(head: Buffer): boolean {
  const text = head.toString('latin1').replace(/^[\s"'[]+/, '');
  const base64 = text.replace(/^data:[^,]{0,100},/i, '');
  return base64.length >= SHORTEST_IMAGE && sniffImage(Buffer.from(base64.slice(0, 128), 'base64')) !== null;
}

/** The elements of a printed list of texts, JSON's or Python's; else the text itself as the only one. */
function listed(text: string): string[] {
  if (!text.trimStart().startsWith('[')) return [text];
  return [...text.matchAll(/(['"])((?:(?!\1)[^\\])*)\1/g)].map((match) => match[2] ?? '');
}

async function readRange(file: string, { start, end }: Range): Promise<Buffer> {
  const handle = await open(file, 'r');
  try {
    const buffer = Buffer.allocUnsafe(end - start);
    let length = 0;
    while (length < buffer.length) {
      const { bytesRead } = await handle.read(buffer, length, buffer.length - length, start + length);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    return buffer.subarray(0, length);
  } finally {
    await handle.close();
  }
}
