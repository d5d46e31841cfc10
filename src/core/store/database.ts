import os from 'node:os';
import { DuckDBInstance, type DuckDBConnection, type DuckDBValue } from '@duckdb/node-api';
import type { Direction } from '../model.js';
import { angleBetween, compareDirections, decodeDirection } from '../relations/direction.js';
import { classify, type Lens } from '../relations/lens.js';
import { spillFolder, type AsideFolder } from './cache.js';
import { distinctLensKeys, unpackAnswerKey, unpackItemKey, type LensKeys } from './lensKey.js';
import { annotatedView, CREATE_ANNOTATIONS } from './annotationColumns.js';
import { COLUMNS } from './row.js';
import { DamagedShards, removeDamaged } from './damaged.js';
import { AS_IT_IS, quotePath, quoteText } from './sql.js';
import { classifiedView, CREATE_STATED_GOLDS, judgedView, replacedView, type Schema } from './views.js';

/** One run: a shard, or one split of a shard. */
export interface RunSource {
  readonly id: string;
  readonly parquet: string;
  readonly split: string | null;
  /** Path of the source file, and what it was recognised as. */
  readonly file?: string;
  readonly dataset?: string | null;
  readonly format?: string;
  /** The shard's own (see ShardManifest), where they are known: else they are read from its rows. */
  readonly lensKeys?: readonly LensKeys[];
}

/** A database on its way: it takes a while to start, in which a caller has other things to do. */
export class StartedDatabase {
  private readonly instance = DuckDBInstance.create(':memory:');
  private taken = false;

  constructor() {
    // Whoever takes it hears why it failed.
    this.instance.catch(() => undefined);
  }

  /** Hands it over, with the duty to close it. */
  take(): Promise<DuckDBInstance> {
    this.taken = true;
    return this.instance;
  }

  /** Closes it where nobody has taken it. */
  close(): void {
    if (!this.taken)
      this.take().then(
        (instance) => instance.closeSync(),
        () => undefined,
      );
  }
}

export type SqlRow = Record<string, unknown>;

/** Where a view or table of that name is seen: in every connection, or in one alone. */
export type Reach = 'all' | 'connection';

/** What is known of the rows beside them: of all connections, unless one sees rows of its own. */
interface Known {
  /** The columns that hold anything, once somebody has asked. */
  held?: Promise<ReadonlySet<string> | null>;
  /** Columns that rows which were replaced may hold, whatever shards say. */
  readonly filled?: ReadonlySet<string>;
  /** Pairs of keys that errors among them have. */
  readonly keys?: readonly LensKeys[];
}

const INTERRUPT_MS = 20;

/** Whether an error is DuckDB's own, in words that say nothing to a user. */
export function isQueryFailure(error: unknown): boolean {
  return error instanceof Error && /^(?:[A-Z][A-Za-z-]* )+Error: /.test(error.message);
}

/** DuckDB looks only at the rows themselves while a list of them is no longer than this: a page of a list is not. */
export const FETCHED_AT_ONCE = 100;

/**
 * In-memory DuckDB over shards. Views serve every query: `items` (the rows of all runs, with "run" and "runIndex") and, once a lens is
 * set, `classified` (the same with "class", "drift", "rule" and "angle") and `annotated` (that with what people say).
 * A class is null for right and unread answers and for items without gold.
 */
export class Database {
  private running = 0;
  private closing = false;
  private closed = false;

  private constructor(
    private readonly instance: DuckDBInstance,
    private readonly connection: DuckDBConnection,
    private readonly runs: readonly RunSource[],
    /** What closes with this connection. */
    private readonly owned: DuckDBInstance | null,
    private readonly signal: AbortSignal | null = null,
    private readonly spill: AsideFolder | null = null,
    private known: Known = {},
  ) {}

  /**
   * Throws a DamagedShards error, here and in every query, where a shard cannot be read: those are removed then. What memory is not to
   * hold goes into a folder of its own in `spillIn`.
   */
  static async open(
    runs: readonly RunSource[],
    started = new StartedDatabase(),
    spillIn = os.tmpdir(),
  ): Promise<Database> {
    const instance = await started.take();
    const connection = await instance.connect();
    const spill = spillFolder(spillIn);
    const database = new Database(instance, connection, runs, instance, null, spill);
    try {
      // Else it would be a folder in whatever the process works in.
      await connection.run(`SET temp_directory = ${quoteText(spill.path)}`);
      await database.reading(() => database.attach(runs));
      return database;
    } catch (error) {
      database.close();
      throw error;
    }
  }

  /** Closes once what runs in it has settled: native code must not lose its connection under way. */
  close(): void {
    this.closing = true;
    if (this.running > 0 || this.closed) return;
    this.closed = true;
    this.connection.closeSync();
    this.owned?.closeSync();
    this.spill?.remove();
  }

  /**
   * Another connection to the same tables and views, for work that others shall not wait for. Close it before this one. Once
   * `signal` aborts, what runs in it stops, and it throws the signal's reason. Temporary tables are its own.
   */
  async another(signal: AbortSignal | null = null): Promise<Database> {
    return new Database(this.instance, await this.instance.connect(), this.runs, null, signal, null, this.known);
  }

  /** Runs SQL of our own making; what users typed travels in `values`, for the `?` in order (but see filters.ts, of searches). */
  async all(sql: string, values: readonly (string | number | boolean | null)[] = []): Promise<SqlRow[]> {
    const result = await this.reading(() => this.connection.runAndReadAll(sql, values as DuckDBValue[]));
    return result.getRowObjectsJS();
  }

  /**
   * Like `all`, for SQL that gives nothing where this column is null in every row, or an empty list: what shards say of their columns
   * tells at once.
   */
  async allOf(column: string, sql: string): Promise<SqlRow[]> {
    return (await this.mayHold(column)) ? this.all(sql) : [];
  }

  /** False where this column is null in every row, or an empty list. */
  async mayHold(column: string): Promise<boolean> {
    const { known } = this;
    if (known.filled?.has(column) === true) return true;
    known.held ??= this.heldColumns().catch((error: unknown) => {
      // Given up by whoever asked first: others ask again.
      delete known.held;
      throw error;
    });
    const held = await known.held;
    return held === null || held.has(column);
  }

  /** The columns that hold anything in some shard; null where there are more shards than are looked at. */
  private async heldColumns(): Promise<ReadonlySet<string> | null> {
    const files = [...new Set(this.runs.map(({ parquet }) => parquet))];
    if (files.length === 0 || files.length > MOST_SCANS) return null;
    const rows = await this.all(
      `SELECT DISTINCT split_part("path_in_schema", ', ', 1) AS "name" FROM parquet_metadata([${files.map(quotePath).join(', ')}])
       WHERE "stats_null_count" IS NULL OR "stats_null_count" < "num_values"`,
    );
    return new Set(rows.map(({ name }) => String(name)));
  }

  /** Like `all`, by column: for queries that return many narrow rows. */
  async columns(
    sql: string,
    values: readonly (string | number | boolean | null)[] = [],
  ): Promise<Record<string, unknown[]>> {
    const result = await this.reading(() => this.connection.runAndReadAll(sql, values as DuckDBValue[]));
    return result.getColumnsObjectJS();
  }

  /** Like `all`, some rows at a time: for more than is held at once. Nothing else may be asked in this connection meanwhile. */
  async *some(sql: string, values: readonly (string | number | boolean | null)[] = []): AsyncGenerator<SqlRow[]> {
    const result = await this.reading(() => this.connection.stream(sql, values as DuckDBValue[]));
    const parts = result.yieldRowObjectJs();
    for (;;) {
      const part = await this.reading(() => parts.next());
      if (part.done === true) return;
      yield part.value;
    }
  }

  /** Classifies every error under a lens: the lens runs once for each distinct pair of keys. */
  setLens(lens: Lens): Promise<void> {
    return this.classify(lens, 'all');
  }

  private async classify(lens: Lens, reach: Reach): Promise<void> {
    const [of, temporary] = placeOf(reach);
    await this.connection.run(
      `CREATE OR REPLACE ${temporary} TABLE ${of}.lens_classes ("itemKey" INTEGER, "answerKey" INTEGER, "class" VARCHAR, "drift" BOOLEAN, "lensRule" VARCHAR)`,
    );
    const appender = await this.connection.createAppender(
      'lens_classes',
      'main',
      of === 'temp.main' ? 'temp' : 'memory',
    );
    for (const [itemKey, answerKey] of await this.lensKeys()) {
      const verdict = classify(lens, { ...unpackItemKey(itemKey), ...unpackAnswerKey(answerKey) });
      appender.appendInteger(itemKey);
      appender.appendInteger(answerKey);
      appender.appendVarchar(verdict.class);
      if (verdict.drift === null) appender.appendNull();
      else appender.appendBoolean(verdict.drift);
      appender.appendVarchar(verdict.rule);
      appender.endRow();
    }
    appender.closeSync();
    await this.connection.run(`CREATE OR REPLACE ${temporary} VIEW ${of}.classified AS ${classifiedView(of)}`);
    await this.connection.run(`CREATE OR REPLACE ${temporary} VIEW ${of}.annotated AS ${annotatedView(of)}`);
  }

  /**
   * From now on rows have these columns as a table (runIndex, row, and the columns) states them, where it has the row: in this connection, or
   * in all that are made from now on. `keys`: the pairs of keys that errors among them have.
   */
  async replaceRows(
    table: string,
    columns: readonly string[],
    { lens, reach, keys }: { readonly lens: Lens; readonly reach: Reach; readonly keys: readonly LensKeys[] },
  ): Promise<void> {
    const [of, temporary] = placeOf(reach);
    const rows = reach === 'all' ? 'memory.main.stated' : 'memory.main.items';
    await this.all(`CREATE OR REPLACE ${temporary} VIEW ${of}.items AS ${replacedView(rows, table, columns)}`);
    await this.all(`CREATE OR REPLACE ${temporary} VIEW ${of}.judged AS ${judgedView(of)}`);
    const { held, keys: before = [] } = this.known;
    const known = { filled: new Set(columns), keys: [...before, ...keys] };
    this.known = held === undefined ? known : { ...known, held };
    await this.classify(lens, reach);
  }

  /** The distinct pairs of keys that errors have in any shard. */
  private async lensKeys(): Promise<LensKeys[]> {
    const known = this.runs.map((run) => run.lensKeys);
    const distinct = new Map((this.known.keys ?? []).map((pair) => [pair.join(), pair]));
    if (known.every((keys) => keys !== undefined)) {
      for (const keys of new Set(known)) for (const pair of keys) distinct.set(pair.join(), pair);
      return [...distinct.values()];
    }
    for (const { itemKey, answerKey } of await this.all(distinctLensKeys('items'))) {
      const pair: LensKeys = [itemKey as number, answerKey as number];
      distinct.set(pair.join(), pair);
    }
    return [...distinct.values()];
  }

  /** Makes a small table from columns of equal length, for joining facts computed in TypeScript. */
  async table(
    name: string,
    types: Readonly<Record<string, 'INTEGER' | 'DOUBLE' | 'VARCHAR'>>,
    rows: readonly SqlRow[],
  ): Promise<void> {
    const columns = Object.entries(types);
    const definition = columns.map(([column, type]) => `"${column}" ${type}`).join(', ');
    await this.connection.run(`CREATE OR REPLACE TEMP TABLE "${name}" (${definition})`);
    const appender = await this.connection.createAppender(name);
    for (const row of rows) {
      for (const [column, type] of columns) {
        const value = row[column];
        if (value === null || value === undefined) appender.appendNull();
        else if (type === 'INTEGER') appender.appendInteger(value as number);
        else if (type === 'DOUBLE') appender.appendDouble(value as number);
        else appender.appendVarchar(value as string);
      }
      appender.endRow();
    }
    appender.closeSync();
  }

  /** Looks for damaged shards only when something failed: checking them ahead would read every byte at each start. */
  private async reading<T>(read: () => Promise<T>): Promise<T> {
    this.signal?.throwIfAborted();
    if (this.closing) throw new Error('This database is closed.');
    const settled = this.stopOnAbort();
    this.running += 1;
    try {
      return await read();
    } catch (error) {
      this.signal?.throwIfAborted();
      const damaged = await removeDamaged(this.runs);
      throw damaged.length === 0 ? error : new DamagedShards(damaged);
    } finally {
      settled();
      this.running -= 1;
      if (this.closing) this.close();
    }
  }

  /** Interrupts again until the statement has settled: one that still waits for a thread does not hear the first time. */
  private stopOnAbort(): () => void {
    let timer: NodeJS.Timeout | undefined;
    const interrupt = (): void => {
      this.connection.interrupt();
      timer = setTimeout(interrupt, INTERRUPT_MS);
    };
    this.signal?.addEventListener('abort', interrupt, { once: true });
    return () => {
      clearTimeout(timer);
      this.signal?.removeEventListener('abort', interrupt);
    };
  }

  private async attach(runs: readonly RunSource[]): Promise<void> {
    // Shards never change, and most queries are shorter than reading again what stands at the end of each.
    await this.connection.run('SET parquet_metadata_cache = true');
    await this.connection.run(`SET GLOBAL dynamic_or_filter_threshold = ${FETCHED_AT_ONCE}`);
    await this.connection.run(
      `CREATE TABLE runs ("runIndex" INTEGER, "run" VARCHAR, "shard" VARCHAR, "split" VARCHAR, "file" VARCHAR, "dataset" VARCHAR, "format" VARCHAR)`,
    );
    const appender = await this.connection.createAppender('runs');
    runs.forEach((run, index) => {
      appender.appendInteger(index);
      appender.appendVarchar(run.id);
      appender.appendVarchar(run.parquet);
      for (const text of [run.split, run.file, run.dataset, run.format]) {
        if (text === null || text === undefined) appender.appendNull();
        else appender.appendVarchar(text);
      }
      appender.endRow();
    });
    appender.closeSync();
    await this.attachAngles();
    await this.connection.run(CREATE_ANNOTATIONS);
    // The rows as the files state them, and as they are counted.
    await this.connection.run(`CREATE VIEW stated AS ${itemsOf(runs)}`);
    await this.connection.run(`CREATE VIEW items AS SELECT * FROM stated`);
    await this.connection.run(`CREATE VIEW judged AS ${judgedView('memory.main')}`);
    await this.connection.run(CREATE_STATED_GOLDS);
  }

  /** What depends on nothing but gold and predicted direction: the angle between them, and the axis that is reversed. */
  private async attachAngles(): Promise<void> {
    await this.connection.run(
      `CREATE TABLE angles ("gold" TINYINT, "predicted" TINYINT, "angle" SMALLINT, "axis" VARCHAR)`,
    );
    const appender = await this.connection.createAppender('angles');
    for (let gold = 0; gold < 27; gold += 1) {
      for (let predicted = 0; predicted < 27; predicted += 1) {
        const [from, to] = [decodeDirection(gold), decodeDirection(predicted)];
        if (from === null || to === null) continue;
        appender.appendTinyInt(gold);
        appender.appendTinyInt(predicted);
        const angle = angleBetween(from, to);
        if (angle === null) appender.appendNull();
        else appender.appendSmallInt(angle);
        appender.appendVarchar(reversedAxis(from, to));
        appender.endRow();
      }
    }
    appender.closeSync();
  }
}

/** The schema of what is seen there, and the word that makes it. */
function placeOf(reach: Reach): readonly [Schema, '' | 'TEMP'] {
  return reach === 'all' ? ['memory.main', ''] : ['temp.main', 'TEMP'];
}

/** What `classified` adds to the rows of `judged`, by joins that take longer than most conditions on these. */
const BY_LENS = /"(?:class|drift|lensRule|angle|axis)"/;

/** What `annotated` adds to the rows of `classified`. */
const BY_PEOPLE = '"annotation.';

/** The view over the shards that has what these expressions name, made by as little as that takes. */
export function viewFor(...expressions: readonly string[]): 'judged' | 'classified' | 'annotated' {
  if (expressions.some((sql) => sql.includes(BY_PEOPLE))) return 'annotated';
  return expressions.some((sql) => BY_LENS.test(sql)) ? 'classified' : 'judged';
}

/** The one axis on which two directions are opposite; `several` or `none` where it is not one. */
function reversedAxis(gold: Direction, predicted: Direction): string {
  const [axis, ...more] = compareDirections(gold, predicted).reversed;
  return axis === undefined ? 'none' : more.length > 0 ? 'several' : axis;
}

/** Each run of so many may have a scan of its own: more make statements longer than they are worth. */
const MOST_SCANS = 16;

/** SQL of the rows of all runs. */
function itemsOf(runs: readonly RunSource[]): string {
  const files = [...new Set(runs.map((run) => run.parquet))];
  // Where every shard is one run, its name says which: comparing splits too would double the time of a short query.
  const isOneEach = files.length === runs.length && runs.every(({ split }) => split === null);
  // To look up every row's run by its file takes as long as reading a few columns of it.
  const isSayable = runs.every((run) => Object.values(run).every((text) => !String(text).includes('\0')));
  if (isOneEach && isSayable && files.length > 0 && files.length <= MOST_SCANS) {
    return runs.map((run, index) => ownScan(run, index)).join(' UNION ALL ');
  }
  const source =
    files.length === 0
      ? `(SELECT ${emptyColumns()} WHERE FALSE)`
      : `read_parquet([${files.map(quotePath).join(', ')}], ${AS_IT_IS}, filename = true)`;
  const sameSplit = isOneEach ? '' : ' AND p."split" IS NOT DISTINCT FROM r."split"';
  return `SELECT r."runIndex", r."run", r."file", r."dataset", r."format", p.* EXCLUDE ("filename") FROM ${source} p
    JOIN runs r ON p."filename" = r."shard"${sameSplit}`;
}

function ownScan({ id, file, dataset, format, parquet }: RunSource, index: number): string {
  const own = Object.entries({ run: id, file, dataset, format }).map(
    ([name, text]) => `${typeof text === 'string' ? quoteText(text) : 'NULL'}::VARCHAR AS "${name}"`,
  );
  return `SELECT ${index}::INTEGER AS "runIndex", ${own.join(', ')}, * FROM read_parquet(${quotePath(parquet)}, ${AS_IT_IS})`;
}

/** The columns of a shard, all null: what `items` looks like when there is no shard. */
function emptyColumns(): string {
  const columns = COLUMNS.map(({ name, type, list }) => `NULL::${list ? 'VARCHAR[]' : type} AS "${name}"`);
  return [`NULL::VARCHAR AS "item"`, `NULL::UBIGINT AS "contentKey"`, ...columns, `NULL::VARCHAR AS "filename"`].join(
    ', ',
  );
}
