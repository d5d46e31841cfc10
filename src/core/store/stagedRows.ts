import {
  DOUBLE,
  DuckDBDataChunk,
  SMALLINT,
  VARCHAR,
  type DuckDBAppender,
  type DuckDBConnection,
} from '@duckdb/node-api';
import { CODES, NULL_TEXT, NUMBERS, SEPARATOR, SPILLED, TEXTS, type EncodedRows } from './encodeRows.js';
import type { Column, Value } from './row.js';
import { quoteText } from './sql.js';

/** DuckDB's vector size: the most rows one chunk may hold. */
const CHUNK_ROWS = 2048;
const TYPES = [...NUMBERS.map(() => DOUBLE), ...CODES.map(() => SMALLINT), VARCHAR];

/** The values of one column that were met so far, whichever encoder met them. */
class Dictionary {
  readonly values: Value[] = [];
  private readonly places = new Map<Value, number>();

  place(value: Value): number {
    const known = this.places.get(value);
    if (known !== undefined) return known;
    this.values.push(value);
    this.places.set(value, this.values.length);
    return this.values.length;
  }
}

/**
 * Encoded rows of one shard in a table of the database, as they came: `rows` is the SQL that decodes them. Any number of
 * encoders may fill it, each under a number of its own.
 */
export class StagedRows {
  private readonly dictionaries = CODES.map(() => new Dictionary());
  /** By encoder: for each column what its codes are here. */
  private readonly translations = new Map<number, number[][]>();
  private readonly spilled = new Set<string>();
  private escaped = false;
  /** The rows came in the order of their numbers. */
  ascending = true;

  private last = -Infinity;

  private constructor(
    private readonly connection: DuckDBConnection,
    private readonly appender: DuckDBAppender,
  ) {}

  static async create(connection: DuckDBConnection): Promise<StagedRows> {
    const numbers = NUMBERS.map(({ name }) => `"${name}" DOUBLE`);
    const codes = CODES.map(({ name }) => `"${name}" SMALLINT`);
    await connection.run(`CREATE TABLE staged (${[...numbers, ...codes].join(', ')}, "texts" VARCHAR)`);
    return new StagedRows(connection, await connection.createAppender('staged'));
  }

  /** Adds rows, in file order. `encoder` says whose codes they hold. */
  append(rows: EncodedRows, encoder = 0): void {
    const translation = this.translation(rows.fresh, encoder);
    const first = rows.numbers[0]?.[0];
    if (first !== undefined) {
      this.ascending &&= rows.ascending && first > this.last;
      this.last = rows.numbers[0]?.at(-1) ?? this.last;
    }
    this.escaped ||= rows.escaped;
    for (const name of rows.spilled) this.spilled.add(name);
    for (let from = 0; from < rows.count; from += CHUNK_ROWS) {
      this.appender.appendDataChunk(chunkOf(rows, translation, from, Math.min(rows.count, from + CHUNK_ROWS)));
    }
  }

  /** All rows are there: the values that their codes stand for become known to the connection. */
  async close(): Promise<void> {
    this.appender.closeSync();
    await this.connection.run('CREATE TABLE dictionary ("column" SMALLINT, "code" SMALLINT, "value" VARCHAR)');
    const appender = await this.connection.createAppender('dictionary');
    for (const [column, { values }] of this.dictionaries.entries()) {
      for (const [at, value] of values.entries()) {
        appender.appendSmallInt(column);
        appender.appendSmallInt(at + 1);
        appender.appendVarchar(String(value));
        appender.endRow();
      }
    }
    appender.closeSync();
    for (const [at, { type }] of CODES.entries()) {
      const values = `SELECT list("value" ORDER BY "code") FROM dictionary WHERE "column" = ${at}`;
      await this.connection.run(`SET VARIABLE ${variable(at)} = coalesce((${values}), [])::${type}[]`);
    }
  }

  /** SQL that gives all columns of the rows, lists and objects as JSON text. */
  get rows(): string {
    const numbers = NUMBERS.map(
      ({ name, type }) => `CASE WHEN isnan("${name}") THEN NULL ELSE "${name}" END::${type} AS "${name}"`,
    );
    const parts = TEXTS.map(({ name }, at) => `${this.part(at)} AS "${name}"`);
    const codes = CODES.map((column, at) => `${this.decoded(column, at)} AS "${column.name}"`);
    return `SELECT ${[...numbers, ...codes, ...parts].join(', ')} FROM (SELECT *, string_split("texts", ${quoteText(SEPARATOR)}) AS "parts" FROM staged)`;
  }

  private translation(fresh: EncodedRows['fresh'], encoder: number): readonly (readonly number[])[] {
    const own = this.translations.get(encoder) ?? CODES.map(() => [0]);
    this.translations.set(encoder, own);
    for (const [at, values] of fresh.entries()) {
      for (const value of values) own[at]?.push(this.dictionaries[at]?.place(value) ?? 0);
    }
    return own;
  }

  private part(at: number): string {
    const part = `"parts"[${at + 1}]`;
    const text = at < TEXTS.length ? `nullif(${part}, ${quoteText(NULL_TEXT)})` : part;
    return this.escaped
      ? UNPACKED.reduce((sql, [from, to]) => `replace(${sql}, ${quoteText(from)}, ${quoteText(to)})`, text)
      : text;
  }

  private decoded({ name, type }: Column, at: number): string {
    const known = `CAST(CAST(getvariable(${quoteText(variable(at))}) AS ${type}[])["${name}"] AS ${type})`;
    if (!this.spilled.has(name)) return known;
    const own = `CAST(${this.part(TEXTS.length)} AS JSON) ->> ${quoteText(`$.${name}`)}`;
    return `CASE WHEN "${name}" = ${SPILLED} THEN CAST(${own} AS ${type}) ELSE ${known} END`;
  }
}

const UNPACKED = [
  ['\u001e1', '\u001f'],
  ['\u001e0', '\u001e'],
] as const;

function variable(at: number): string {
  return `values_${at}`;
}

function chunkOf(
  rows: EncodedRows,
  translation: readonly (readonly number[])[],
  from: number,
  to: number,
): DuckDBDataChunk {
  const chunk = DuckDBDataChunk.create(TYPES, to - from);
  let at = 0;
  const fill = (value: (row: number) => number | string | null): void => {
    const vector = chunk.getColumnVector(at++);
    for (let row = from; row < to; row++) vector.setItem(row - from, value(row));
    vector.flush();
  };
  for (const column of rows.numbers) fill((row) => column[row] ?? NaN);
  for (const [index, column] of rows.codes.entries()) {
    const own = translation[index] ?? [];
    fill((row) => {
      const code = column[row] ?? 0;
      return code === SPILLED ? SPILLED : (own[code] ?? 0);
    });
  }
  fill((row) => rows.texts[row] ?? '');
  return chunk;
}
