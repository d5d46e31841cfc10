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
  /** Some column holds ids. Without one, a prediction's number may be the row's place. */
  readonly hasIds: boolean;
  /** The rows of an id, one list for each column that holds ids, the most telling column first. */
  rowsOf(id: string): readonly (readonly number[])[];
  /** The question in a row; null where the file has none. */
  question(row: number): Promise<string | null>;
  /** The image `index` of a row; null where it has none. Throws an ImageRefused for one beyond `maxBytes`. */
  image(row: number, index: number, maxBytes: number): Promise<EmbeddedCell | null>;
  /** How many images a row has. */
  count(row: number): Promise<number>;
}

/** Columns by which predictions are joined to such files, the most telling first. */
export const ID_COLUMNS: readonly string[] = [
  ...['index', 'id', 'question_id', 'idx', 'qid', 'question_index', 'sample_id', 'uid'],
];
export const QUESTION_COLUMN = 'question';
const SINGLE = ['image', 'img', 'picture', 'bytes', 'image_bytes'];
const LISTS = ['images', 'image', 'imgs', 'img', 'pictures'];

interface ImagePlace {
  readonly column: string;
  /** The place in the column's lists; null where the column holds single images. */
  readonly element: number | null;
}

/** Where the image of a number may stand. */
export function imageColumns(index: number): readonly ImagePlace[] {
  const numbered = ['image_', 'image', 'img_', 'img'].map((name) => ({ column: `${name}${index + 1}`, element: null }));
  const single = index === 0 ? SINGLE.map((column) => ({ column, element: null })) : [];
  const listed = LISTS.map((column) => ({ column, element: index }));
  return [...single, ...listed, ...numbered];
}

/** Whether a column may hold images. */
export function isImageColumn(name: string): boolean {
  return /^(?:images?|imgs?|pictures?|bytes|image_bytes|(?:image|img)_?\d{1,3})$/i.test(name);
}

/** How many images stand in numbered columns of a row, the first of which may have no number. */
export async function countNumbered(has: (place: ImagePlace) => Promise<boolean>): Promise<number> {
  let count = 0;
  for (; count < MOST_NUMBERED; count++) {
    let found = false;
    for (const place of imageColumns(count)) found ||= place.element === null && (await has(place));
    if (!found) break;
  }
  return count;
}

/** The names of numbered columns have so many digits. */
const MOST_NUMBERED = 999;

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

/**
 * The row of a prediction: the same id, and the same question where both state it. Where no id is the same, the number may be
 * counted otherwise; then the question has to be stated and the same. `asked` takes off what one side may print and the other not.
 */
export async function matchRow(
  table: EmbeddedTable,
  key: EmbeddedKey,
  asked: (question: string) => string = (question) => question,
): Promise<RowMatch> {
  let result: RowMatch = { kind: 'none' };
  for (const { rows, proven } of candidates(table, key.id)) {
    if (rows.length === 0) continue;
    const agreeing: { row: number; sameQuestion: boolean }[] = [];
    for (const row of rows.slice(0, MOST_ROWS)) {
      const question = await table.question(row);
      if (question === null || key.question === null) {
        if (proven) agreeing.push({ row, sameQuestion: false });
      } else if (isSameQuestion(question, key.question, asked)) agreeing.push({ row, sameQuestion: true });
    }
    const [first, ...more] = agreeing;
    if (first !== undefined) return more.length > 0 ? { kind: 'several' } : { kind: 'row', ...first };
    if (proven) result = { kind: 'contradicted' };
  }
  return result;
}

/** VLMEvalKit asks a question again with its options turned, under the index plus a million for each turn. */
const CIRCULAR = 1e6;

interface Candidates {
  readonly rows: readonly number[];
  /** The id itself says so. */
  readonly proven: boolean;
}

function candidates(table: EmbeddedTable, id: string): Candidates[] {
  const found = table.rowsOf(id).map((rows) => ({ rows, proven: true }));
  const text = comparableId(id);
  const number = /^\d{1,15}$/.test(text) ? Number(text) : null;
  if (number === null || found.some(({ rows }) => rows.length > 0)) return found;
  const original = number % CIRCULAR;
  if (table.hasIds) {
    return number < CIRCULAR ? [] : table.rowsOf(String(original)).map((rows) => ({ rows, proven: false }));
  }
  // Counted from 0 or from 1: where the questions of both places are the same, neither is taken.
  return [{ rows: [original, original - 1].filter((row) => row >= 0), proven: false }];
}

function isSameQuestion(one: string, other: string, asked: (question: string) => string): boolean {
  return (
    comparableQuestion(one) === comparableQuestion(other) ||
    comparableQuestion(asked(one)) === comparableQuestion(asked(other))
  );
}

/** Spaces, case and the marks where images stand say nothing about what is asked. */
function comparableQuestion(text: string): string {
  return text
    .replace(/<\/?image(?:[ _]?\d+)?>/gi, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .toLowerCase();
}
