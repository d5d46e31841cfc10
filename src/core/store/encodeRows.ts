import { COLUMNS, type Column, type Passage, type StoredRow, type Value } from './row.js';

/**
 * Rows on their way into a shard, in a form that is cheap to hand from thread to thread and to the database: a value of
 * few (a task, an option, a verdict) is a number into a list of those met so far, all texts of a row are one.
 */
export interface EncodedRows {
  readonly count: number;
  /** One array for each column of passage `number`; NaN is null. */
  readonly numbers: readonly Float64Array[];
  /** One for each column of passage `code`: 0 is null, n the n-th value that the encoder met, SPILLED one that stands among the texts. */
  readonly codes: readonly Int16Array[];
  /** For each column of passage `code` the values met for the first time, in order. */
  readonly fresh: readonly (readonly Value[])[];
  /**
   * Of each row the columns of passage `text`, joined by SEPARATOR, each as `packed` gives it; last the values that were too
   * many to be coded, by column, as a JSON object, or nothing. The rows are joined by ROW_SEPARATOR: threads hand over one text
   * sooner than thousands.
   */
  readonly texts: string;
  /** Some text holds the separator or what escapes it. */
  readonly escaped: boolean;
  /** Every question is normalised but for its case (contentKey.ts): plain characters, single spaces between words. */
  readonly plainQuestions: boolean;
  /** Names of the columns of passage `code` some of whose values stand among the texts. */
  readonly spilled: readonly string[];
  /** The rows are in the order of their numbers. */
  readonly ascending: boolean;
}

export const SEPARATOR = '\u001f';
export const ROW_SEPARATOR = '\u001d';
const ESCAPE = '\u001e';
export const NULL_TEXT = `${ESCAPE}n`;
const NULL_PART = NULL_TEXT + SEPARATOR;
export const SPILLED = -1;
/** What a question holds that is normalised by more than its case. */
const TO_NORMALISE = /[^ -~]| {2}|^ | $/;
/** A column of more different values than this hands the others over row by row. */
const MOST_CODES = 4096;

function columnsOf(passage: Passage): readonly Column[] {
  return COLUMNS.filter((column) => column.passage === passage);
}

export const NUMBERS = columnsOf('number');
export const CODES = columnsOf('code');
export const TEXTS = columnsOf('text');

/** Encodes batch after batch: one encoder for each thread, since codes count from the first value that it met. */
export class RowEncoder {
  private readonly known = CODES.map(() => new Map<Value, number>());
  private lastRow = -Infinity;

  encode(rows: readonly StoredRow[]): EncodedRows {
    const count = rows.length;
    const numbers = NUMBERS.map(({ value }) => Float64Array.from(rows, (row) => (value(row) as number | null) ?? NaN));
    const codes = CODES.map(() => new Int16Array(count));
    const fresh: Value[][] = CODES.map(() => []);
    const spills = rows.map((): Record<string, Value> | null => null);
    const spilled: string[] = [];
    for (const [at, column] of CODES.entries()) {
      const [known, own, news] = [this.known[at], codes[at], fresh[at]];
      if (known === undefined || own === undefined || news === undefined)
        throw new RangeError('a column without codes');
      let isShort = false;
      // Most columns say the same as in the row before.
      let [last, code]: [Value, number] = [null, 0];
      for (let index = 0; index < count; index++) {
        const value = column.value(rows[index] as StoredRow);
        if (value !== last) {
          last = value;
          code = value === null ? 0 : (known.get(value) ?? admit(value, known, news));
        }
        own[index] = code;
        if (code !== SPILLED) continue;
        isShort = true;
        (spills[index] ??= {})[column.name] = value;
      }
      if (isShort) spilled.push(column.name);
    }
    const { texts, escaped } = joined(rows, spills);
    const plainQuestions = !rows.some(({ raw: { question } }) => question !== null && TO_NORMALISE.test(question));
    return { count, numbers, codes, fresh, texts, escaped, plainQuestions, spilled, ascending: this.ascending(rows) };
  }

  private ascending(rows: readonly StoredRow[]): boolean {
    return rows.every(({ raw: { row } }) => {
      const isNext = row > this.lastRow;
      this.lastRow = row;
      return isNext;
    });
  }
}

function joined(
  rows: readonly StoredRow[],
  spills: readonly (Record<string, Value> | null)[],
): Pick<EncodedRows, 'texts' | 'escaped'> {
  let escaped = false;
  const pack = (text: string): string => {
    const part = packed(text);
    escaped ||= part !== text;
    return part + SEPARATOR;
  };
  const texts = rows.map((row, index) => {
    let all = '';
    for (const { value } of TEXTS) {
      const text = value(row) as string | null;
      all += text === null ? NULL_PART : pack(text);
    }
    const more = spills[index];
    return more ? all + pack(JSON.stringify(more)) : all;
  });
  return { texts: texts.join(ROW_SEPARATOR), escaped };
}

function admit(value: Value, known: Map<Value, number>, news: Value[]): number {
  if (known.size >= MOST_CODES) return SPILLED;
  const code = known.size + 1;
  known.set(value, code);
  news.push(value);
  return code;
}

/** A text without the separators: what escapes them is followed by a digit. `UNPACKED` in stagedRows.ts is its inverse. */
function packed(text: string): string {
  if (!text.includes(ESCAPE) && !text.includes(SEPARATOR) && !text.includes(ROW_SEPARATOR)) return text;
  return text
    .replaceAll(ESCAPE, `${ESCAPE}0`)
    .replaceAll(SEPARATOR, `${ESCAPE}1`)
    .replaceAll(ROW_SEPARATOR, `${ESCAPE}2`);
}
