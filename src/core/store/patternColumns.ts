import type { DuckDBConnection } from '@duckdb/node-api';
import { SCENE_IN_PATH } from '../images/scenes.js';
import type { CarriedField } from './recordTable.js';
import { COLUMNS, type Column, type StoredRow, type Value } from './row.js';
import { quoteText } from './sql.js';

/** Fields that some pattern's records carry, and those that all do. */
export interface Carrying {
  readonly carried: ReadonlySet<CarriedField>;
  readonly always: ReadonlySet<CarriedField>;
  /** All images are values of the type `image`. */
  readonly knowsImages: boolean;
}

/** Where a row's pattern stands in lists of what patterns say. */
const PLACE = '"pattern"';

/**
 * SQL of all rows in file order, as `StagedRows.rows` gives them, from what their patterns say (table `patterns`, by "row") and what they
 * carry (table `records`). A pattern's value is looked up by number: a join would not keep the rows in order. Its texts are values of an
 * enumeration, which are written by number, too. `rows` are those in `patterns`.
 */
export async function patternColumns(
  connection: DuckDBConnection,
  rows: readonly StoredRow[],
  carrying: Carrying,
): Promise<string> {
  const lookups = new Lookups(connection);
  if (carrying.knowsImages) await lookups.imageClusters();
  const selected: string[] = [];
  for (const [at, column] of COLUMNS.entries()) {
    const { name } = column;
    if (isOwn(name, carrying)) selected.push(`${OWN[name]?.sql} AS "${name}"`);
    else if (name === 'cluster' && carrying.knowsImages && rows.every(({ cluster }) => cluster === null)) {
      selected.push(`${KNOWN_CLUSTER} AS "${name}"`);
    } else selected.push(`${own(name, await lookups.of(column, at, rows), carrying)} AS "${name}"`);
  }
  const question = isOwn('questionKey', carrying) ? null : await lookups.values('questionKey', 'VARCHAR');
  selected.push(
    `${question === null ? OWN['questionKey']?.sql : own('questionKey', question, carrying)} AS "questionKey"`,
  );
  selected.push(`${await lookups.values('answersKey', 'UBIGINT')} AS "answersKey"`);
  return `SELECT ${selected.join(', ')} FROM records`;
}

/** What patterns say, by the number of a row's pattern. */
class Lookups {
  constructor(private readonly connection: DuckDBConnection) {}

  /** SQL of one of a shard's columns. */
  async of(column: Column, at: number, rows: readonly StoredRow[]): Promise<string> {
    const { name, type, list } = column;
    const values = new Set(rows.map((row) => column.value(row)));
    const [value = null, ...others] = values;
    if (list === true) return this.lists(column, at, values);
    const isPlain = others.length === 0 && (value === null || isLiteral(String(value)));
    if (isPlain && type !== 'VARCHAR') {
      return value === null ? `CAST(NULL AS ${type})` : `CAST('${String(value)}' AS ${type})`;
    }
    if (isPlain) return this.constant(value, at);
    if (type !== 'VARCHAR') return this.values(name, type);
    await this.enumeration(at, `"${name}"`);
    return this.values(name, `text_${at}`, { value: `CAST("${name}" AS text_${at})` });
  }

  /** SQL of a column of lists; `values` are those of all patterns, as JSON. */
  private async lists({ name, type }: Column, at: number, values: ReadonlySet<Value>): Promise<string> {
    const hasTexts = type === 'VARCHAR' && [...values].some((value) => String(value).includes('"'));
    const member = hasTexts ? `text_${at}` : type;
    if (hasTexts) await this.enumeration(at, `unnest("${name}")`);
    return this.values(name, `${member}[]`, {
      value: `CAST("${name}" AS ${member}[])`,
      place: values.size === 1 ? '1' : PLACE,
    });
  }

  /** Makes a list of the clusters that images stand for, by the number of an image. */
  async imageClusters(): Promise<void> {
    await this.connection.run(
      `CREATE TABLE clusters AS SELECT enum_code("image"::image) AS "at", ${CLUSTER} AS "cluster" FROM (SELECT unnest(enum_range(NULL::image)) AS "image")`,
    );
    await this.connection.run('CREATE TYPE cluster AS ENUM (SELECT DISTINCT "cluster" FROM clusters)');
    await this.connection.run(
      `SET VARIABLE "image_clusters" = (SELECT list(CAST("cluster" AS cluster) ORDER BY "at") FROM clusters)`,
    );
  }

  private async enumeration(at: number, text: string): Promise<void> {
    const texts = `SELECT DISTINCT ${text} AS "text" FROM patterns`;
    await this.connection.run(
      `CREATE TYPE text_${at} AS ENUM (FROM (${texts}) WHERE "text" IS NOT NULL ORDER BY "text")`,
    );
  }

  /** A text that all patterns say, or that none says. */
  private async constant(value: Value, at: number): Promise<string> {
    const text = quoteText(String(value ?? ''));
    await this.connection.run(`CREATE TYPE text_${at} AS ENUM (${text})`);
    return `CAST(${value === null ? 'NULL' : text} AS text_${at})`;
  }

  async values(name: string, type: string, { value = `"${name}"`, place = PLACE } = {}): Promise<string> {
    const variable = quoteText(`pattern_${name}`);
    await this.connection.run(`SET VARIABLE "pattern_${name}" = (SELECT list(${value} ORDER BY "row") FROM patterns)`);
    return `CAST(getvariable(${variable}) AS ${type}[])[${place}]`;
  }
}

/** SQL text can hold it as it stands: half a surrogate pair is replaced on its way into a table. */
function isLiteral(text: string): boolean {
  return !/[\0\ud800-\udfff]/.test(text);
}

/** What an image stands for where nothing else is stated. */
const CLUSTER = `CASE WHEN regexp_matches("image"::VARCHAR, ${quoteText(SCENE_IN_PATH)}, 'i')
  THEN 'scene:' || regexp_extract("image"::VARCHAR, ${quoteText(SCENE_IN_PATH)}, 1, 'i') ELSE 'image:' || "image" END`;
/** The same where all images are numbers. */
const KNOWN_CLUSTER = `CAST(getvariable('image_clusters') AS cluster[])[enum_code("image") + 1]`;

/** What rows say themselves: by column, the field that must be carried, and SQL. */
const OWN: Readonly<Record<string, { readonly field: CarriedField | null; readonly sql: string }>> = {
  row: { field: null, sql: 'CAST("at" + 1 AS INTEGER)' },
  id: { field: 'id', sql: '"id"' },
  question: { field: 'question', sql: '"question"' },
  questionKey: { field: 'question', sql: 'lower("question")' },
  response: { field: 'response', sql: '"response"' },
  confidence: { field: 'confidence', sql: '"confidence"' },
  images: { field: 'image', sql: '["image"]' },
  cluster: { field: 'image', sql: CLUSTER },
};

/** Every row has a value of its own, whatever its pattern says. A pattern may state a cluster, which comes first. */
function isOwn(name: string, { always }: Carrying): boolean {
  const field = OWN[name]?.field;
  return name !== 'cluster' && (field === null || (field !== undefined && always.has(field)));
}

/** A row's own value where it carries one, else what its pattern says. */
function own(name: string, lookup: string, { carried, knowsImages }: Carrying): string {
  const found = OWN[name];
  if (found === undefined || found.field === null || !carried.has(found.field)) return lookup;
  if (name === 'cluster') {
    return `coalesce(${lookup}, CASE WHEN "image" IS NOT NULL THEN ${knowsImages ? KNOWN_CLUSTER : found.sql} END)`;
  }
  return `CASE WHEN "${found.field}" IS NULL THEN ${lookup} ELSE ${found.sql} END`;
}
