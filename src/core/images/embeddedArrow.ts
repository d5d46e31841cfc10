import type { ArrowField } from './arrowLayout.js';
import { ArrowFile } from './arrowFile.js';
import {
  countNumbered,
  ID_COLUMNS,
  IdIndex,
  imageColumns,
  isImageColumn,
  QUESTION_COLUMN,
  textCell,
} from './embedded.js';
import type { EmbeddedCell, EmbeddedTable } from './embedded.js';

const MOST_TEXT = 1 << 20;

/**
 * Indexes an Arrow file of questions with images in it (Hugging Face's cache). Null where it has no images.
 * Throws an ArrowUnsupported, a RangeError for a damaged file, or the file system's error.
 */
export async function openArrowImages(file: string): Promise<EmbeddedTable | null> {
  const arrow = await ArrowFile.open(file);
  try {
    const fields = new Map(arrow.fields.map((field) => [field.name.toLowerCase(), field]));
    const ids = ID_COLUMNS.flatMap((name) => fields.get(name) ?? []);
    const hasImages = [...fields.keys()].some(isImageColumn);
    if (!hasImages) return null;
    const indexes: IdIndex[] = [];
    for (const field of ids) indexes.push(await indexOf(arrow, field));
    return new ArrowImages(file, arrow, fields, indexes);
  } finally {
    await arrow.close();
  }
}

async function indexOf(arrow: ArrowFile, field: ArrowField): Promise<IdIndex> {
  const index = new IdIndex();
  for (const batch of arrow.batches) {
    const values = await arrow.ids(batch, field);
    values?.forEach((id, at) => {
      if (id !== null) index.add(id, batch.firstRow + at);
    });
  }
  return index;
}

class ArrowImages implements EmbeddedTable {
  constructor(
    readonly file: string,
    private readonly known: ArrowFile,
    private readonly fields: ReadonlyMap<string, ArrowField>,
    private readonly indexes: readonly IdIndex[],
  ) {}

  get hasIds(): boolean {
    return this.indexes.length > 0;
  }

  rowsOf(id: string): readonly (readonly number[])[] {
    return this.indexes.map((index) => index.get(id));
  }

  question(row: number): Promise<string | null> {
    return this.reading(async (arrow) => {
      const field = this.fields.get(QUESTION_COLUMN);
      const place = arrow.place(row);
      if (field === undefined || place === null) return null;
      return (await arrow.value(place.batch, field, place.at, MOST_TEXT))?.toString('utf8') ?? null;
    });
  }

  count(row: number): Promise<number> {
    return this.reading(async (arrow) => {
      const place = arrow.place(row);
      if (place === null) return 0;
      let most = 0;
      for (const { column } of imageColumns(0)) {
        const field = this.fields.get(column);
        const range = field === undefined ? null : await arrow.elements(place.batch, field, place.at);
        if (range !== null) most = Math.max(most, range[1] - range[0]);
      }
      const numbered = await countNumbered(async ({ column }) => {
        const field = this.fields.get(column);
        return field !== undefined && field.type.kind !== 'list' && arrow.isValid(place.batch, field, place.at);
      });
      return Math.max(most, numbered);
    });
  }

  image(row: number, index: number, maxBytes: number): Promise<EmbeddedCell | null> {
    return this.reading(async (arrow) => {
      const place = arrow.place(row);
      if (place === null) return null;
      for (const { column, element } of imageColumns(index)) {
        const field = this.fields.get(column);
        if (field === undefined) continue;
        let [holder, at] = [field, place.at];
        if (element !== null) {
          const range = await arrow.elements(place.batch, field, place.at);
          const [child] = field.children;
          if (range === null || child === undefined || range[0] + element >= range[1]) continue;
          [holder, at] = [child, range[0] + element];
        }
        const found = await cellAt(arrow, place.batch, holder, at, maxBytes);
        if (found !== null) return found;
      }
      return null;
    });
  }

  /** The file is opened anew: shards are many, and files that may be open few. */
  private async reading<T>(read: (arrow: ArrowFile) => Promise<T>): Promise<T> {
    const arrow = await this.known.again();
    try {
      return await read(arrow);
    } finally {
      await arrow.close();
    }
  }
}

/** `{bytes, path}`, or the bytes alone. */
async function cellAt(
  arrow: ArrowFile,
  batch: ArrowFile['batches'][number],
  field: ArrowField,
  at: number,
  maxBytes: number,
): Promise<EmbeddedCell | null> {
  if (field.type.kind === 'binary') {
    const bytes = await arrow.value(batch, field, at, maxBytes);
    if (bytes === null || bytes.length === 0) return null;
    return field.type.text ? textCell(bytes.toString('utf8')) : { kind: 'bytes', bytes };
  }
  if (field.type.kind !== 'struct' || !(await arrow.isValid(batch, field, at))) return null;
  const child = (name: string): ArrowField | undefined => field.children.find((each) => each.name === name);
  const [bytesField, pathField] = [child('bytes'), child('path')];
  const bytes = bytesField === undefined ? null : await arrow.value(batch, bytesField, at, maxBytes);
  if (bytes !== null && bytes.length > 0) return { kind: 'bytes', bytes };
  const path = pathField === undefined ? null : await arrow.value(batch, pathField, at, MOST_TEXT);
  return path === null || path.length === 0 ? null : { kind: 'path', path: path.toString('utf8') };
}
