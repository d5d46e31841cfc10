import { patternColumns } from './patternColumns.js';
import { asPlaces, CARRIABLE, frameIn, type CarriedField, type RecordTable } from './recordTable.js';
import { isQueryFailure } from './database.js';
import { RowEncoder } from './encodeRows.js';
import type { StoredRow } from './row.js';
import { ShardDatabase } from './shardDatabase.js';
import { quoteText } from './sql.js';
import type { ShardFacts } from './shardFacts.js';
import { StagedRows } from './stagedRows.js';

/** Records of smaller files are held in memory, of larger ones in a file, so that ten times as many take no more of it. */
const HELD_BYTES = 640 << 20;
/** More than others have: parts of a shard that is written in order wait for those before them. */
const HELD_MEMORY = '2GB';
const FILED_MEMORY = '900MB';
/** Of the table's groups of rows: smaller than the database's own, so that those of the shard are made of whole ones, whoever reads the file. */
const GROUP_ROWS = 20_480;
/** Records whose patterns are counted before all others are read: where there are more of these than half, it is not worth while. */
const TRIED = 4096;
const MOST_PATTERNS = 20_000;
const SEPARATOR = '\u001f';

/** What of a file's columns is carried: places of columns by field. */
export type CarriedPlaces = Readonly<Partial<Record<CarriedField, number>>>;

/** How a file is read: its `width` columns, and what of them is carried. */
interface Reading {
  readonly table: RecordTable;
  readonly width: number;
  readonly carried: CarriedPlaces;
}

/** Records that differ in nothing but what they carry. */
export interface Pattern {
  /** By column JSON text; of what is carried, that of the first record. */
  readonly values: readonly string[];
  /** Of each field, whether this pattern's records carry it: what they carry stands in for the others' here. */
  readonly carries: ReadonlySet<CarriedField>;
  /** The frame that the questions name, as its place in FRAME_WORDS, or their number; null where they are not carried. */
  readonly frame: number | null;
}

/** What reading all records has found, beside the patterns of the first. */
export interface AllRecords {
  /** Patterns that the first records do not have, which follow theirs. */
  readonly others: readonly Pattern[];
  /** Of every pattern, how many records it has. */
  readonly counts: readonly number[];
}

/** A file's patterns, each with the row that stands for its records: numbered from 1, and what is carried is null in it, or an empty list. */
export interface PatternRows {
  readonly patterns: readonly Pattern[];
  readonly rows: readonly StoredRow[];
}

/**
 * A shard of rows most of which are alike: the database reads the file, TypeScript one record of each pattern, and what the others
 * carry goes from the file into the shard without passing it. Use: `first`, `others`, then `finish` with a row for each pattern; `close` at
 * the end.
 */
export class PatternShard {
  private reading: Reading | null = null;
  /** How many patterns the first records have. */
  private known = 0;
  /** Whether the first records name the same images again and again: those are numbers, too. */
  private knowsImages = false;
  /** Whether records name no others. */
  private knowsAllImages = false;
  private stopped = false;

  private constructor(
    private readonly database: ShardDatabase,
    private readonly isFiled: boolean,
  ) {}

  /** `folder`: where records wait that memory is not to hold; `bytes`: of the file that is read. */
  static async open(folder: string, bytes: number): Promise<PatternShard> {
    const isFiled = bytes > HELD_BYTES;
    return new PatternShard(await ShardDatabase.open(folder, isFiled ? FILED_MEMORY : HELD_MEMORY), isFiled);
  }

  /**
   * The patterns of a file's first records, in the order in which they first occur; null where there are too many, or where the database
   * does not read the file as `columns`.
   */
  first(
    table: RecordTable,
    columns: readonly string[],
    carried: CarriedPlaces,
    records = TRIED,
  ): Promise<readonly Pattern[] | null> {
    return unlessRefused(async () => {
      const { ask, connection } = this.database;
      const width = columns.length;
      const { sampled } = table;
      if (sampled !== undefined)
        await connection.run(`CREATE TABLE sampled AS FROM ${sampled.source} LIMIT ${records}`);
      const names = (await ask(sampled?.names('sampled') ?? table.names)).map(({ name }) => name);
      if (names.length !== width || names.some((name, at) => name !== columns[at])) return null;
      this.reading = { table, width, carried };
      const from = sampled === undefined ? table.from : asPlaces('sampled', width);
      await connection.run(`CREATE TABLE tried AS FROM (${recordsOf(this.reading, { from })}) LIMIT ${records}`);
      await connection.run('DROP TABLE IF EXISTS sampled');
      await connection.run('CREATE TABLE known AS SELECT "key", min(rowid) AS "first" FROM tried GROUP BY "key"');
      const [tried] = await ask('SELECT (SELECT count(*) FROM tried) AS "records", count(*) AS "keys" FROM known');
      this.known = Number(tried?.['keys']);
      if (this.known === 0 || 2 * this.known > Number(tried?.['records'])) return null;
      const patterns = await this.patternsOf('known k JOIN tried r ON r.rowid = k."first"', 'k."first"');
      if (patterns !== null) await this.prepare();
      return patterns;
    });
  }

  /**
   * Reads all records, after `first`; the database is at work when this returns. Null as there, and where `stop` is called meanwhile.
   */
  others(): Promise<AllRecords | null> {
    return unlessRefused(async () => {
      for (const step of [() => this.keep(), () => this.number()]) {
        await step();
        if (this.stopped) return null;
      }
      const counts = (await this.database.ask('SELECT "items" FROM keys ORDER BY "pattern"')).map(({ items }) =>
        Number(items),
      );
      if (counts.length > MOST_PATTERNS) return null;
      const patterns = await this.patternsOf(
        `keys k JOIN (SELECT * REPLACE (${this.image} AS "image"), rowid AS "at" FROM aside.records) r ON r."at" = k."first" - 1 WHERE k."known" IS NULL`,
        'k."pattern"',
      );
      // Otherwise a pattern that was there a moment ago is not: somebody writes the file.
      const isSame = counts.length === this.known + (patterns?.length ?? 0);
      return patterns === null || !isSame ? null : { others: patterns, counts };
    });
  }

  /** Ends `others` early. To be called again until it has ended: a statement that still waits for a thread does not hear the first time. */
  stop(): void {
    this.stopped = true;
    this.database.connection.interrupt();
  }

  /** Writes the shard to `file`. Throws a FlipsideError where the disk is full. */
  async finish(file: string, { patterns, rows }: PatternRows): Promise<ShardFacts> {
    const { connection } = this.database;
    const staged = await StagedRows.create(connection);
    const encoder = new RowEncoder();
    staged.append(encoder.encode(rows));
    await staged.close();
    await connection.run(`CREATE TABLE patterns AS ${staged.rows}`);
    await connection.run(
      'CREATE TABLE counted AS SELECT p.*, k."items", k."first" FROM patterns p JOIN keys k ON p."row" = k."pattern"',
    );
    const carried = new Set(patterns.flatMap(({ carries }) => [...carries]));
    const always = new Set([...carried].filter((field) => patterns.every(({ carries }) => carries.has(field))));
    const carrying = { carried, always, knowsImages: this.knowsAllImages };
    await connection.run(`CREATE VIEW decoded AS ${await patternColumns(connection, rows, carrying)}`);
    return this.database.write(file, { ascending: true, characters: await this.characters() });
  }

  close(): void {
    this.database.close();
  }

  private async patternsOf(from: string, order: string): Promise<readonly Pattern[] | null> {
    const reading = this.requireReading();
    const values = CARRIED_FIELDS.map((field) => `"${field}": to_json(r."${field}")::VARCHAR`);
    // As one text: to take the values out one by one takes longer than to find them.
    const [found] = await this.database.ask(
      `SELECT coalesce(to_json(list({"key": k."key", ${values.join(', ')}} ORDER BY ${order})), '[]')::VARCHAR AS "samples" FROM ${from}`,
    );
    const samples = JSON.parse(String(found?.['samples'])) as Record<string, unknown>[];
    const fieldAt = fieldsByPlace(reading.carried);
    const patterns = samples.map((sample) => patternOf(sample, reading, fieldAt));
    return patterns.every((pattern) => pattern !== null) ? patterns : null;
  }

  private requireReading(): Reading {
    if (this.reading === null) throw new Error('the first records were not read');
    return this.reading;
  }

  /** Makes room for all records. */
  private async prepare(): Promise<void> {
    const { connection } = this.database;
    await connection.run('CREATE TYPE known AS ENUM (SELECT "key" FROM known ORDER BY "first")');
    const [images] = await this.database.ask(
      'SELECT count("image") AS "named", count(DISTINCT "image") AS "different" FROM tried',
    );
    this.knowsImages = Number(images?.['named']) > 0 && 2 * Number(images?.['different']) <= Number(images?.['named']);
    if (this.knowsImages) {
      await connection.run('CREATE TYPE image AS ENUM (SELECT DISTINCT "image" FROM tried WHERE "image" IS NOT NULL)');
    }
    const file = this.isFiled ? await this.database.fileAside('records.db') : ':memory:';
    await connection.run(`ATTACH ${quoteText(file)} AS aside (ROW_GROUP_SIZE ${GROUP_ROWS})`);
    // It is read once, and as soon as it is written.
    await connection.run(`SET force_compression = 'uncompressed'`);
  }

  /** Makes a table of all records. Keys that the first ones have are numbers in it: most records', without a text for each of them. */
  private async keep(): Promise<void> {
    const reading = this.requireReading();
    await this.database.connection.run(
      `CREATE TABLE aside.records AS
       SELECT "known", CASE WHEN "known" IS NULL THEN "key" END AS "other", * EXCLUDE ("known", "key")
       FROM (SELECT TRY_CAST("key" AS known) AS "known", * FROM (${recordsOf(reading, { knowsImages: this.knowsImages })}))`,
    );
  }

  /**
   * Numbers the patterns in a table `keys`, those of the first records as `first` has them; and makes `records`: all records with their
   * number in the file, from 0 ("at"), and their pattern's.
   */
  private async number(): Promise<void> {
    const { connection } = this.database;
    const code = 'enum_code("known")::INTEGER + 1';
    const further = `${this.known} + row_number() OVER (PARTITION BY "known" IS NULL ORDER BY "first")`;
    await connection.run(
      `CREATE TABLE keys AS SELECT coalesce(${code}, ${further})::INTEGER AS "pattern", coalesce("known"::VARCHAR, "other") AS "key", * FROM (
         SELECT "known", "other", count(*)::INTEGER AS "items", min(rowid)::INTEGER + 1 AS "first", count("image") AS "images"
         FROM aside.records GROUP BY ALL
         LIMIT ${MOST_PATTERNS + 1})`,
    );
    const [others] = await this.database.ask('SELECT count("other") AS "keys", sum("images") AS "images" FROM keys');
    this.knowsAllImages = this.knowsImages && Number(others?.['images']) === 0;
    let pattern = code;
    if (Number(others?.['keys']) > 0) {
      await connection.run(
        'CREATE TYPE other AS ENUM (SELECT "other" FROM keys WHERE "other" IS NOT NULL ORDER BY "pattern")',
      );
      pattern = `coalesce(${code}, enum_code("other"::other)::INTEGER + 1 + ${this.known})`;
    }
    const image = this.knowsAllImages ? '"knownImage"' : this.image;
    await connection.run(
      `CREATE VIEW records AS SELECT * REPLACE (${image} AS "image"), rowid AS "at", ${pattern} AS "pattern" FROM aside.records`,
    );
  }

  /** SQL of a record's image as text. */
  private get image(): string {
    return this.knowsImages ? 'coalesce("image", "knownImage"::VARCHAR)' : '"image"';
  }

  /** How long the texts are that a record carries, on average over the first. */
  private async characters(): Promise<number> {
    const texts = ['id', 'image', 'question', 'response'].map((field) => `coalesce(avg(strlen("${field}")), 0)`);
    const [found] = await this.database.ask(
      `SELECT ${texts.join(' + ')} AS "length" FROM records WHERE "at" < ${TRIED}`,
    );
    return Number(found?.['length']);
  }
}

const CARRIED_FIELDS = Object.keys(CARRIABLE) as readonly CarriedField[];

/** How a key says that a column is carried: no JSON is empty. */
const CARRIED = '';
/** Begins what a text says that is not carried. */
const TEXT = '=';
/** What a column says that is not there. */
const ABSENT = 'null';
/** First in a key: all that may be carried is, and is left out of it. */
const ALL = 'all';

/**
 * SQL of all records: their pattern's "key", and what they carry, null where they do not. The key is the frame that a carried question
 * names, and what the columns say. `knowsImages`: those that the type `image` lists are a column of their own, "knownImage".
 */
function recordsOf({ table, width, carried }: Reading, { from = table.from, knowsImages = false } = {}): string {
  const fieldAt = fieldsByPlace(carried);
  const texts = [...fieldAt.keys()].map((at) => `${table.column(at).text} AS x${at}`);
  const { question, confidence, image } = carried;
  if (image !== undefined && knowsImages) texts.push(`TRY_CAST(${table.column(image).text} AS image) AS k${image}`);
  if (confidence !== undefined) {
    const { number, text } = table.column(confidence);
    texts.push(`${number ?? `TRY_CAST(${text} AS DOUBLE)`} AS n${confidence}`);
  }
  const flags = [...fieldAt].map(([at, field]) => {
    const column = {
      ...table.column(at),
      text: `x${at}`,
      ...(field === 'confidence' && { number: `n${at}` }),
      ...(field === 'image' && knowsImages && { isKnown: `k${at} IS NOT NULL` }),
    };
    return `coalesce(${CARRIABLE[field](column)}, FALSE) AS o${at}`;
  });
  const frame =
    question === undefined
      ? `''`
      : `CASE WHEN o${question} THEN CAST(${frameIn(`x${question}`)} AS VARCHAR) ELSE '' END`;
  const values = CARRIED_FIELDS.map((field) => {
    const at = carried[field];
    if (at === undefined) return `NULL::${field === 'confidence' ? 'DOUBLE' : 'VARCHAR'} AS "${field}"`;
    if (field === 'image' && knowsImages) return `CASE WHEN o${at} AND k${at} IS NULL THEN x${at} END AS "image"`;
    return `CASE WHEN o${at} THEN ${field === 'confidence' ? `n${at}` : `x${at}`} END AS "${field}"`;
  });
  if (image !== undefined && knowsImages) values.push(`CASE WHEN o${image} THEN k${image} END AS "knownImage"`);
  return `SELECT ${keyOf(table, width, carried)} AS "key", ${values.join(', ')}
    FROM (SELECT *, ${frame} AS "frame"
      FROM (SELECT ${['*', ...flags].join(', ')} FROM (SELECT ${['*', ...texts].join(', ')} FROM ${from})))`;
}

/** SQL of a record's key; `patternOf` takes it apart. */
function keyOf(table: RecordTable, width: number, carried: CarriedPlaces): string {
  const fieldAt = fieldsByPlace(carried);
  const places = Array.from({ length: width }, (_, at) => at);
  const { isText } = table;
  const said = (at: number): string =>
    isText ? table.column(at).text : `coalesce(${table.column(at).json}, '${ABSENT}')`;
  const instead = (at: number): string => (isText ? `'${TEXT}' || ${said(at)}` : said(at));
  const short = [`'${ALL}'`, `"frame"`, ...places.filter((at) => !fieldAt.has(at)).map(said)];
  const long = [
    `''`,
    `"frame"`,
    ...places.map((at) => (fieldAt.has(at) ? `CASE WHEN o${at} THEN '${CARRIED}' ELSE ${instead(at)} END` : said(at))),
  ];
  const all = [...fieldAt.keys()].map((at) => `o${at}`);
  return `CASE WHEN ${all.length === 0 ? 'TRUE' : all.join(' AND ')} THEN concat_ws(chr(31), ${short.join(', ')})
    ELSE concat_ws(chr(31), ${long.join(', ')}) END`;
}

/** Null where a text in the key holds what separates them. */
function patternOf(
  sample: Record<string, unknown>,
  { table, width }: Reading,
  fieldAt: ReturnType<typeof fieldsByPlace>,
): Pattern | null {
  const [form, frame = '', ...parts] = String(sample['key']).split(SEPARATOR);
  const carries = new Set<CarriedField>();
  const jsonOf = (text: string): string => (table.isText ? JSON.stringify(text) : text);
  const values = Array.from({ length: width }, (_, at) => {
    const field = fieldAt.get(at);
    const said = form === ALL && field !== undefined ? CARRIED : (parts.shift() ?? ABSENT);
    if (field === undefined) return jsonOf(said);
    if (said !== CARRIED) return jsonOf(table.isText ? said.slice(TEXT.length) : said);
    carries.add(field);
    return String(sample[field]);
  });
  if (parts.length > 0) return null;
  return { values, carries, frame: frame === '' ? null : Number(frame) };
}

function fieldsByPlace(carried: CarriedPlaces): ReadonlyMap<number, CarriedField> {
  return new Map(CARRIED_FIELDS.flatMap((field) => (carried[field] === undefined ? [] : [[carried[field], field]])));
}

/** A defect of our statements, and none of the file's. */
const OURS = /^(?:Parser|Catalog|Internal|Fatal) Error: /;

/** Null where the database does not read the file. */
async function unlessRefused<T>(work: () => Promise<T | null>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (isOfFile(error)) return null;
    throw error;
  }
}

function isOfFile(error: unknown): boolean {
  return isQueryFailure(error) && !OURS.test((error as Error).message);
}
