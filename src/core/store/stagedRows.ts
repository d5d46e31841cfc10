import {
  DOUBLE,
  DuckDBDataChunk,
  INTEGER,
  SMALLINT,
  VARCHAR,
  type DuckDBAppender,
  type DuckDBConnection,
} from '@duckdb/node-api';
import { answersKey, normalised } from './contentKey.js';
import { CODES, NULL_TEXT, NUMBERS, ROW_SEPARATOR, SEPARATOR, SPILLED, TEXTS, type EncodedRows } from './encodeRows.js';
import type { Column, Value } from './row.js';
import { quoteText } from './sql.js';

/** DuckDB's vector size: the most rows one chunk may hold. */
const CHUNK_ROWS = 2048;
const FEW_ROWS = 4096;
const FEW_CHARACTERS = 100_000;
const MOST_HELD = 8 << 20;
const TYPES = [INTEGER, ...NUMBERS.map(() => DOUBLE), ...CODES.map(() => SMALLINT), VARCHAR];

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
  private plainQuestions = true;
  /** The rows came in the order of their numbers. */
  ascending = true;
  private last = -Infinity;
  /** Settled by `close`: the values stand in the statement itself. */
  private inPlace = false;
  /** Characters that the appender holds: the database cannot put them on disk before it has them. */
  private held = 0;
  private total = 0;
  private count = 0;

  private constructor(
    private readonly connection: DuckDBConnection,
    private readonly appender: DuckDBAppender,
  ) {}

  static async create(connection: DuckDBConnection): Promise<StagedRows> {
    const numbers = NUMBERS.map(({ name }) => `"${name}" DOUBLE`);
    const codes = CODES.map(({ name }) => `"${name}" SMALLINT`);
    await connection.run(
      `CREATE OR REPLACE TABLE staged ("shard" INTEGER, ${[...numbers, ...codes].join(', ')}, "texts" VARCHAR)`,
    );
    return new StagedRows(connection, await connection.createAppender('staged'));
  }

  /** Adds rows, in file order. `encoder` says whose codes they hold, `shards` to which of several shards each belongs. */
  append(rows: EncodedRows, { encoder = 0, shards }: { encoder?: number; shards?: Int32Array } = {}): void {
    const translation = this.translation(rows.fresh, encoder);
    const first = rows.numbers[0]?.[0];
    if (first !== undefined) {
      this.ascending &&= rows.ascending && first > this.last;
      this.last = rows.numbers[0]?.at(-1) ?? this.last;
    }
    this.held += rows.texts.length;
    this.total += rows.texts.length;
    this.count += rows.count;
    this.escaped ||= rows.escaped;
    this.plainQuestions &&= rows.plainQuestions;
    for (const name of rows.spilled) this.spilled.add(name);
    const texts = rows.texts.split(ROW_SEPARATOR);
    for (let from = 0; from < rows.count; from += CHUNK_ROWS) {
      const range = [from, Math.min(rows.count, from + CHUNK_ROWS)] as const;
      this.appender.appendDataChunk(chunkOf(rows, texts, translation, range, shards));
    }
    if (this.held < MOST_HELD) return;
    this.appender.flushSync();
    this.held = 0;
  }

  /** All rows are there: the values that their codes stand for become known to the connection. */
  async close(): Promise<void> {
    this.appender.closeSync();
    this.inPlace = this.isSmall();
    if (this.inPlace) return;
    await this.connection.run(
      'CREATE OR REPLACE TABLE dictionary ("column" SMALLINT, "code" SMALLINT, "value" VARCHAR)',
    );
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
    for (const [at, column] of CODES.entries()) {
      await this.setVariable(variable(at), column.list ? listIn('"value"') : '"value"', at, typeOf(column));
    }
    for (const name of KEYED) {
      const at = placeOf(name);
      await this.setVariable(keyVariable(at), normalised('"value"'), at, 'VARCHAR');
    }
  }

  private async setVariable(name: string, value: string, column: number, type: string): Promise<void> {
    const values = `SELECT list(${value} ORDER BY "code") FROM dictionary WHERE "column" = ${column}`;
    await this.connection.run(`SET VARIABLE ${name} = coalesce((${values}), [])::${type}[]`);
  }

  /**
   * SQL that gives all columns of the rows and their "shard", objects as JSON text; and as `questionKey` and `answersKey` what items are
   * compared by (contentKey.ts): few different options and golds are normalised once each.
   */
  get rows(): string {
    const numbers = NUMBERS.map(
      ({ name, type }) => `CASE WHEN isnan("${name}") THEN NULL ELSE "${name}" END::${type} AS "${name}"`,
    );
    const parts = TEXTS.map(({ name, list }, at) => `${list ? listIn(this.part(at)) : this.part(at)} AS "${name}"`);
    const codes = CODES.map((column, at) => `${this.decoded(column, at)} AS "${column.name}"`);
    const keys = [`${answersKey(this.key('options'), this.key('gold'))} AS "answersKey"`];
    const question = this.part(TEXTS.findIndex(({ name }) => name === 'question'));
    keys.push(`${this.plainQuestions ? `lower(${question})` : normalised(question)} AS "questionKey"`);
    return `SELECT "shard", ${[...numbers, ...codes, ...parts, ...keys].join(', ')} FROM (SELECT *, string_split("texts", ${quoteText(SEPARATOR)}) AS "parts" FROM staged)`;
  }

  /** How long a row's texts are on average. */
  get characters(): number {
    return this.total / Math.max(1, this.count);
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

  private key(name: string): string {
    const at = placeOf(name);
    if (this.inPlace) return normalised(this.literal(name, at));
    const known = `CAST(getvariable(${quoteText(keyVariable(at))}) AS VARCHAR[])["${name}"]`;
    if (!this.spilled.has(name)) return known;
    return `CASE WHEN "${name}" = ${SPILLED} THEN ${normalised(this.spilledText(name))} ELSE ${known} END`;
  }

  private decoded(column: Column, at: number): string {
    const [{ name }, type] = [column, typeOf(column)];
    if (this.inPlace) {
      const text = this.literal(name, at);
      return column.list ? listIn(text) : `CAST(${text} AS ${type})`;
    }
    const known = `CAST(CAST(getvariable(${quoteText(variable(at))}) AS ${type}[])["${name}"] AS ${type})`;
    if (!this.spilled.has(name)) return known;
    const own = this.spilledText(name);
    return `CASE WHEN "${name}" = ${SPILLED} THEN ${column.list ? listIn(own) : `CAST(${own} AS ${type})`} ELSE ${known} END`;
  }

  /** Of a few rows the values stand in the statement itself: folders hold thousands of such files, and each statement takes time. */
  private isSmall(): boolean {
    if (this.count > FEW_ROWS || this.spilled.size > 0) return false;
    const values = this.dictionaries.flatMap((each) => each.values).filter((value) => typeof value === 'string');
    return values.reduce((sum, { length }) => sum + length, 0) <= FEW_CHARACTERS && !values.join('').includes('\0');
  }

  /** A column of few rows as text. */
  private literal(name: string, at: number): string {
    const values = (this.dictionaries[at]?.values ?? []).map((value) => quoteText(String(value)));
    return `(CAST([${values.join(', ')}] AS VARCHAR[])["${name}"])`;
  }

  private spilledText(name: string): string {
    return `(CAST(${this.part(TEXTS.length)} AS JSON) ->> ${quoteText(`$.${name}`)})`;
  }
}

const UNPACKED = [
  ['\u001e2', '\u001d'],
  ['\u001e1', '\u001f'],
  ['\u001e0', '\u001e'],
] as const;

/** Columns of few values by which items are compared. */
const KEYED = ['options', 'gold'] as const;

function placeOf(name: string): number {
  return CODES.findIndex((column) => column.name === name);
}

function keyVariable(at: number): string {
  return `keys_${at}`;
}

function typeOf({ type, list }: Column): string {
  return list ? `${type}[]` : type;
}

/** A list that travelled as JSON text. */
function listIn(sql: string): string {
  return `from_json(${sql}, '["VARCHAR"]')`;
}

function variable(at: number): string {
  return `values_${at}`;
}

function chunkOf(
  rows: EncodedRows,
  texts: readonly string[],
  translation: readonly (readonly number[])[],
  [from, to]: readonly [number, number],
  shards?: Int32Array,
): DuckDBDataChunk {
  const chunk = DuckDBDataChunk.create(TYPES, to - from);
  let at = 0;
  const fill = (value: (row: number) => number | string | null): void => {
    const vector = chunk.getColumnVector(at++);
    for (let row = from; row < to; row++) vector.setItem(row - from, value(row));
    vector.flush();
  };
  fill((row) => shards?.[row] ?? 0);
  for (const column of rows.numbers) fill((row) => column[row] ?? NaN);
  for (const [index, column] of rows.codes.entries()) {
    const own = translation[index] ?? [];
    fill((row) => {
      const code = column[row] ?? 0;
      return code === SPILLED ? SPILLED : (own[code] ?? 0);
    });
  }
  fill((row) => texts[row] ?? '');
  return chunk;
}
