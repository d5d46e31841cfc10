import { readReference } from './reference.js';

/** Names the image of one prediction in files that carry images inside. */
export interface EmbeddedKey {
  readonly id: string;
  /** Null where the prediction states none; then the id alone has to do. */
  readonly question: string | null;
  /** Which of the item's images, from 0. */
  readonly index: number;
}

/** What a table holds in place of an image: its bytes, or again a reference to a file. */
export type EmbeddedCell =
  { readonly kind: 'bytes'; readonly bytes: Buffer } | { readonly kind: 'path'; readonly path: string };

/** One file of questions with images in it, indexed by the questions' ids. Rows are numbered from 0. */
export interface EmbeddedTable {
  readonly file: string;
  /** The rows of an id, one list for each column that holds ids, the most telling column first. */
  rowsOf(id: string): readonly (readonly number[])[];
  /** The question in a row; null where the file has none. */
  question(row: number): Promise<string | null>;
  /** The image `index` of a row; null where it has none. Throws an ImageRefused for one beyond `maxBytes`. */
  image(row: number, index: number, maxBytes: number): Promise<EmbeddedCell | null>;
}

/** Columns by which predictions are joined to such files, the most telling first. */
export const ID_COLUMNS: readonly string[] = ['index', 'id', 'question_id', 'idx'];
export const QUESTION_COLUMN = 'question';

/** Where the image of a number may stand: a column, and the place in it where the column holds lists. */
export function imageColumns(index: number): readonly { readonly column: string; readonly element: number | null }[] {
  const numbered = [`image_${index + 1}`, `image${index + 1}`].map((column) => ({ column, element: null }));
  const single = index === 0 ? ['image', 'bytes'].map((column) => ({ column, element: null })) : [];
  const listed = ['images', 'image'].map((column) => ({ column, element: index }));
  return [...single, ...listed, ...numbered];
}

/** Whether a column may hold images. */
export function isImageColumn(name: string): boolean {
  return /^(?:images?|bytes|image_?\d{1,3})$/i.test(name);
}

/** A text in place of an image: base64 of it, or where it lies. */
export function textCell(text: string): EmbeddedCell | null {
  if (text.trim() === '') return null;
  const reference = readReference(text);
  if (reference.kind === 'bytes') return reference;
  return reference.kind === 'path' || reference.kind === 'url' ? { kind: 'path', path: text.trim() } : null;
}

/** Ids of one column with the rows that have them. */
export class IdIndex {
  private readonly rows = new Map<string, number | number[]>();

  add(id: string, row: number): void {
    const key = comparableId(id);
    const known = this.rows.get(key);
    if (known === undefined) this.rows.set(key, row);
    else if (typeof known === 'number') this.rows.set(key, [known, row]);
    else known.push(row);
  }

  get(id: string): readonly number[] {
    const known = this.rows.get(comparableId(id));
    return known === undefined ? [] : typeof known === 'number' ? [known] : known;
  }
}

/** Spreadsheets and data frames turn whole numbers into "3.0". */
function comparableId(id: string): string {
  return id.trim().replace(/^(-?\d+)\.0+$/, '$1');
}

export type RowMatch =
  | { readonly kind: 'row'; readonly row: number; readonly sameQuestion: boolean }
  /** The id is there, with another question: another benchmark that counts from the same number. */
  | { readonly kind: 'contradicted' }
  | { readonly kind: 'several' }
  | { readonly kind: 'none' };

/** More rows of one id are not told apart. */
const MOST_ROWS = 64;

/** The row of a prediction: the same id, and the same question where both state it. */
export async function matchRow(table: EmbeddedTable, key: EmbeddedKey): Promise<RowMatch> {
  let result: RowMatch = { kind: 'none' };
  for (const rows of table.rowsOf(key.id)) {
    if (rows.length === 0) continue;
    const agreeing: { row: number; sameQuestion: boolean }[] = [];
    for (const row of rows.slice(0, MOST_ROWS)) {
      const question = await table.question(row);
      const both = question !== null && key.question !== null;
      if (!both) agreeing.push({ row, sameQuestion: false });
      else if (comparableQuestion(question) === comparableQuestion(key.question)) {
        agreeing.push({ row, sameQuestion: true });
      }
    }
    const [first, ...more] = agreeing;
    if (first !== undefined) return more.length > 0 ? { kind: 'several' } : { kind: 'row', ...first };
    result = { kind: 'contradicted' };
  }
  return result;
}

/** Spaces, case and the marks where images stand say nothing about what is asked. */
function comparableQuestion(text: string): string {
  return text
    .replace(/<\/?image(?:[ _]?\d+)?>/gi, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .toLowerCase();
}
