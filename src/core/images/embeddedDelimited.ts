import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { cellText, DelimitedScan, type CellPlace } from './delimitedScan.js';
import { ID_COLUMNS, IdIndex, isImageColumn, QUESTION_COLUMN } from './embedded.js';
import { imageColumns, type EmbeddedCell, type EmbeddedTable } from './embedded.js';
import { ImageRefused } from './openImage.js';
import { bareBase64 } from './reference.js';

/** VLMEvalKit: a shorter text in place of an image is the index of the row that holds it. */
const SHORTEST_IMAGE = 64;
const HEADER_BYTES = 64 << 10;
const CHUNK_BYTES = 1 << 20;
const PATH_COLUMN = 'image_path';

interface Range {
  readonly start: number;
  readonly end: number;
}

interface IndexedRow {
  readonly cells: ReadonlyMap<string, Range>;
  /** Texts of image cells that are too short for an image, by column. */
  readonly short: ReadonlyMap<string, string>;
}

/**
 * Indexes a table of questions with base64 images (VLMEvalKit's TSV files) by one pass over its bytes; the images stay on
 * disk. Null where the header has no ids or no images. Throws the file system's error where it cannot be read.
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
  const stream: AsyncIterable<Buffer> = createReadStream(file, { highWaterMark: CHUNK_BYTES, signal });
  for await (const chunk of stream) scan.take(chunk);
  scan.finish();
  return table;
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
  if (found === null || !found.some((name) => ID_COLUMNS.includes(name))) return null;
  return found.some((name) => isImageColumn(name) || name === PATH_COLUMN) ? { names: found, delimiter } : null;
}

function nameOf(cell: CellPlace): string {
  return cellText(cell.head)
    .replace(/^\uFEFF/, '')
    .trim()
    .toLowerCase();
}

class DelimitedImages implements EmbeddedTable {
  private readonly rows: IndexedRow[] = [];
  private readonly ids: readonly { readonly column: number; readonly index: IdIndex }[];
  private readonly kept: ReadonlyMap<number, string>;
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
        isImageColumn(name) || name === PATH_COLUMN || name === QUESTION_COLUMN ? [[column, name] as const] : [],
      ),
    );
  }

  wants(column: number): boolean {
    return this.kept.has(column) || this.ids.some((each) => each.column === column);
  }

  add(cells: readonly (CellPlace | undefined)[]): void {
    if (this.isHeader) {
      this.isHeader = false;
      return;
    }
    const ranges = new Map<string, Range>();
    const short = new Map<string, string>();
    for (const [column, name] of this.kept) {
      const cell = cells[column];
      if (cell === undefined) continue;
      ranges.set(name, { start: cell.start, end: cell.end });
      if (cell.end - cell.start <= SHORTEST_IMAGE + 2) short.set(name, cellText(cell.head).trim());
    }
    for (const { column, index } of this.ids) {
      const cell = cells[column];
      if (cell !== undefined) index.add(cellText(cell.head), this.rows.length);
    }
    this.rows.push({ cells: ranges, short });
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

  private async imageIn(row: number, column: string, index: number, maxBytes: number): Promise<Buffer | null> {
    const short = this.rows[row]?.short.get(column);
    let holder = row;
    if (short !== undefined) {
      // One step only: the row named there must hold the image itself.
      const [other, ...more] = short === '' ? [] : (this.ids[0]?.index.get(short) ?? []);
      if (other === undefined || more.length > 0 || this.rows[other]?.short.has(column) !== false) return null;
      holder = other;
    }
    const text = await this.text(holder, column, maxBytes * 2);
    if (text === null) return null;
    const isList = text.trimStart().startsWith('[');
    const isNumbered = /\d$/.test(column);
    const one = isList ? listed(text)[isNumbered ? 0 : index] : index === 0 || isNumbered ? text : undefined;
    return one === undefined ? null : bareBase64(one.replace(/^data:[^,]*,/i, ''));
  }

  private async text(row: number, column: string, limit: number): Promise<string | null> {
    const range = this.rows[row]?.cells.get(column);
    if (range === undefined || range.end <= range.start) return null;
    if (range.end - range.start > limit) {
      throw new ImageRefused('too large', `holds an image of ${range.end - range.start} characters, over the limit`);
    }
    return cellText(await readRange(this.file, range));
  }
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
