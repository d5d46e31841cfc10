import type { Carried } from '../formats/format.js';
import { FRAME_WORDS, OFTEN_CAMERA } from '../relations/frames.js';
import { AS_IT_IS, quotePath, quoteText } from './sql.js';

/** A column of a file's records, in SQL. */
export interface RecordColumn {
  /** Its value as JSON text; null where there is none. */
  readonly json: string;
  /** The same as text, where it is a string or a number. */
  readonly text: string;
  /** Whether it is a string. */
  readonly isString: string;
  /** Its value as a number, where it is none that has to be read from the text. */
  readonly number?: string;
  /** Whether a string in its JSON text stands there as it is; left out where the JSON text would be made only for this. */
  readonly isVerbatim?: string;
  /** Whether a record is read that holds this text; left out where all are. */
  readonly isRead?: string;
  /** Whether another record carries the same text; left out where that is not known. */
  readonly isKnown?: string;
}

/** A file whose records the database itself reads: the same records, in the same order, as the readers of `formats/` give. */
export interface RecordTable {
  readonly from: string;
  /** SQL of the names of its columns: where they are others than the readers', the table is not to be used. */
  readonly names: string;
  /** Where the names cost as much as reading the first records: those as they are, and SQL of their names once they are in a table. */
  readonly sampled?: { readonly source: string; readonly names: (table: string) => string };
  readonly column: (at: number) => RecordColumn;
  /** All values are strings, and never null: they stand in keys as they are. */
  readonly isText?: true;
}

/** Records that tell the columns: a file whose later ones have others is not read so. */
const LOOKED_AT = 4096;
/** Longer records would each take several times their length in memory; so much room is made for every one. */
const LONGEST_RECORD = 8 << 20;
const LONGEST_LINE = 1 << 20;

/**
 * A file of JSON lines of `width` columns. The database refuses what it cannot read as one record a line, keys that it did not meet in the
 * first ones, and keys that repeat.
 */
export function jsonLinesTable(file: string, width: number): RecordTable {
  const options = [
    AS_IT_IS,
    `format = 'newline_delimited'`,
    `records = 'true'`,
    // Every value stays the JSON that it is.
    'maximum_depth = 1',
    'map_inference_threshold = -1',
    'field_appearance_threshold = 0',
    `compression = 'uncompressed'`,
    `maximum_object_size = ${LONGEST_RECORD}`,
    `sample_size = ${LOOKED_AT}`,
  ];
  const source = `read_json(${quotePath(file)}, ${options.join(', ')})`;
  return {
    from: asPlaces(source, width),
    names: namesOf(source),
    sampled: { source, names: namesOf },
    column: (at) => {
      const json = `CAST(c${at} AS VARCHAR)`;
      const isString = `(ord(${json}) = 34)`;
      return {
        json,
        isString,
        text: `CASE WHEN ${isString} THEN c${at} ->> '$' ELSE ${json} END`,
        isVerbatim: `NOT contains(${json}, '\\')`,
      };
    },
  };
}

/**
 * Delimited text with a header of `width` cells in its first line. The database refuses rows of any other width, and cells and line ends
 * that are not written as RFC 4180 has it.
 */
export function delimitedTable(file: string, width: number, delimiter: string): RecordTable {
  const columns = Array.from({ length: width }, (_, at) => `'c${at}': 'VARCHAR'`).join(', ');
  const source = (header: boolean): string => {
    const options = [
      AS_IT_IS,
      'auto_detect = false',
      `header = ${String(header)}`,
      `delim = ${quoteText(delimiter)}`,
      `quote = '"'`,
      `escape = '"'`,
      `columns = {${columns}}`,
      // A row with one cell more is let pass where that one is null.
      'nullstr = []::VARCHAR[]',
      'strict_mode = true',
      `compression = 'none'`,
      `max_line_size = ${LONGEST_LINE}`,
    ];
    return `read_csv(${quotePath(file)}, ${options.join(', ')})`;
  };
  return {
    from: asPlaces(source(true), width),
    names: `SELECT unnest([${places(width)}]) AS "name" FROM (FROM ${source(false)} LIMIT 1)`,
    isText: true,
    column: (at) => {
      const text = `c${at}`;
      return {
        json: `CAST(to_json(${text}) AS VARCHAR)`,
        text,
        isString: 'TRUE',
        // Rows with bytes of value 0 are dropped.
        isRead: `NOT contains(${text}, chr(0))`,
      };
    },
  };
}

/** How the values of a Parquet file's column travel from the database. */
export interface ParquetColumn {
  readonly name: string;
  /** SQL over the column's place: names of a file's columns are never part of it. */
  readonly sql: string;
  readonly json: boolean;
  /** The database's name for its type. */
  readonly type: string;
}

/** A Parquet file's columns as `parquetTable` gives them. */
export function parquetColumnsTable(file: string, columns: readonly ParquetColumn[], width: number): RecordTable {
  const names = columns.map(({ name }) => quoteText(name)).join(', ');
  return {
    from: asPlaces(`read_parquet(${quotePath(file)}, ${AS_IT_IS})`, width),
    names: `SELECT unnest([${names}]::VARCHAR[]) AS "name"`,
    column: (at) => {
      const column = columns[at];
      if (column === undefined) throw new RangeError(`the file has no column ${at}`);
      const { sql, json, type } = column;
      const isNumber = /^(?:U?(?:TINY|SMALL|BIG)INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL.*)$/.test(type);
      const value = isNumber && /^(?:FLOAT|DOUBLE)$/.test(type) ? `CAST(${sql} AS DOUBLE)` : sql;
      const text = `CAST(${value} AS VARCHAR)`;
      return {
        json: isNumber || json || type === 'BOOLEAN' ? text : `CAST(to_json(${sql}) AS VARCHAR)`,
        text,
        isString: isNumber || json || type === 'BOOLEAN' ? 'FALSE' : 'TRUE',
        ...(isNumber ? { number: `CAST(${value} AS DOUBLE)` } : {}),
      };
    },
  };
}

/** SQL of a table's columns under the names of their places: c0, c1, … */
export function asPlaces(table: string, width: number): string {
  return `${table} AS t(${places(width)})`;
}

function namesOf(table: string): string {
  return `SELECT "column_name" AS "name" FROM (DESCRIBE SELECT * FROM ${table})`;
}

function places(width: number): string {
  return Array.from({ length: width }, (_, at) => `c${at}`).join(', ');
}

/** Codes of characters: the first and the last that is plain, and those that begin a list and `<NA>`, `N/A` or `None`, `nan` or `null`. */
const [PLAIN_FROM, PLAIN_TO, BRACKET] = [33, 126, 91];
const MISSING_FROM = '60, 78, 110';
/** Shorter texts may say that there is none ("None", "N/A"), or be an option. */
const SHORTEST = 8;

/** What may be carried: everything that a reader asks of such a text has the same answer for all of them. */
export const CARRIABLE = {
  /** One word that is neither blank nor "nan" (`cellText`), or an integer that a double holds. */
  id: ({ json, text, isString }: RecordColumn): string =>
    `CASE WHEN ${isString} THEN regexp_full_match(${text}, '[!-~]+') AND lower(${text}) NOT IN ('nan', '<na>')
       ELSE regexp_full_match(${json}, '0|-?[1-9][0-9]{0,14}') END`,
  /** A path in one word: the usual cell of `imageRefs`. */
  image: ({ text, isString, isVerbatim, isKnown = 'FALSE' }: RecordColumn): string => {
    const isPath = `regexp_full_match(${text}, '[A-Za-z0-9_./][!-''*-~]*')`;
    const isPlain = [
      `${isVerbatim} AND (ord(${text}) BETWEEN 46 AND 57 OR ord(${text}) BETWEEN 97 AND 122)`,
      `strlen(${text}) = length(${text})`,
      ...[' ', '(', ')', '\u007f'].map(
        (character) => `NOT contains(${text}, ${character === '\u007f' ? 'chr(127)' : quoteText(character)})`,
      ),
    ];
    const test = isVerbatim === undefined ? isPath : `CASE WHEN ${isPlain.join(' AND ')} THEN TRUE ELSE ${isPath} END`;
    return `(${isString} AND CASE WHEN ${isKnown} THEN TRUE ELSE strlen(${text}) BETWEEN 4 AND 299 AND ${test} END)`;
  },
  /**
   * One line of plain characters that is no list (`askedIn`), with single spaces between words: it is normalised
   * (`contentKey.ts`) but for its case. Of characters that are
   * not plain, most stand behind a backslash in JSON; the expression takes longer.
   */
  question: ({ text, isString, isVerbatim }: RecordColumn): string => {
    const isLine = `regexp_full_match(${text}, '[!-Z^-~](?: ?[!-~])*')`;
    const isPlain = [
      `${isVerbatim} AND ord(${text}) BETWEEN ${PLAIN_FROM} AND ${PLAIN_TO} AND ord(${text}) <> ${BRACKET}`,
      `strlen(${text}) = length(${text}) AND NOT contains(${text}, chr(127))`,
      `NOT contains(${text}, '  ') AND NOT suffix(${text}, ' ')`,
    ];
    const test = isVerbatim === undefined ? isLine : `CASE WHEN ${isPlain.join(' AND ')} THEN TRUE ELSE ${isLine} END`;
    return `(${isString} AND strlen(${text}) > ${SHORTEST} AND ${test})`;
  },
  /** No list (`samplesOf`), and too long to be blank (`isBlank`) or to say that there is no answer (`saysNoOutput`). */
  response: ({ text, isString, isRead = 'TRUE' }: RecordColumn): string =>
    `(${isString} AND ${isRead} AND ord(${text}) BETWEEN ${PLAIN_FROM} AND ${PLAIN_TO} AND ord(${text}) <> ${BRACKET} AND strlen(${text}) > ${SHORTEST}
       AND CASE WHEN ord(${text}) IN (${MISSING_FROM}) THEN regexp_full_match(${text}, '(?s).{8,}[!-~]') ELSE TRUE END)`,
  /** A number from 0 to 1, as `confidenceOf` reads it. */
  confidence: ({ json, text, isString, number = `TRY_CAST(${text} AS DOUBLE)` }: RecordColumn): string =>
    `CASE WHEN ${isString} THEN regexp_full_match(${text}, '0(\\.[0-9]{1,17})?|1(\\.0{1,17})?')
       ELSE ord(${json}) BETWEEN 48 AND 57 AND ${number} BETWEEN 0 AND 1 END`,
} as const satisfies Record<keyof Carried, (column: RecordColumn) => string>;

export type CarriedField = keyof Carried;

/** SQL of the frame that a carriable question names, as `frameOf` tells it: its place in FRAME_WORDS, or their number. */
export function frameIn(question: string): string {
  const camera = FRAME_WORDS.findIndex(([frame]) => frame === 'camera');
  const often = OFTEN_CAMERA.map((words) => `WHEN contains(${question}, ${quoteText(words)}) THEN ${camera}`);
  const cases = FRAME_WORDS.map(
    ([, words], at) => `WHEN regexp_matches(${question}, ${quoteText(words.source)}, 'i') THEN ${at}`,
  );
  return `CASE ${[...often, ...cases].join(' ')} ELSE ${FRAME_WORDS.length} END`;
}
