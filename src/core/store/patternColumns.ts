import type { DuckDBConnection } from '@duckdb/node-api';
import { SCENE_IN_PATH } from '../images/scenes.js';
import type { CarriedField } from './recordTable.js';
import { COLUMNS, type Column, type StoredRow, type Value } from './row.js';
import { quoteText } from './sql.js';

/** Joins the texts of a list where none of them holds it. */
const LIST_SEPARATOR = '\u001d';

/** Fields that some pattern's records carry, and those that all do. */
export interface Carrying {
  readonly carried: ReadonlySet<CarriedField>;
  readonly always: ReadonlySet<CarriedField>;
}

/** The pattern of a record, as a number from 1, in SQL over the table `records`. */
const PATTERN = 'CAST(enum_code(CAST("key" AS pattern)) AS INTEGER) + 1';

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
  const selected: string[] = [];
  for (const [at, column] of COLUMNS.entries()) {
    const { name } = column;
    if (isOwn(name, carrying)) selected.push(`${OWN[name]?.sql} AS "${name}"`);
    else selected.push(`${own(name, await lookups.of(column, at, rows), carrying)} AS "${name}"`);
  }
  const question = isOwn('questionKey', carrying) ? null : await lookups.values('questionKey', 'VARCHAR');
  selected.push(
    `${question === null ? OWN['questionKey']?.sql : own('questionKey', question, carrying)} AS "questionKey"`,
  );
  selected.push(`${await lookups.values('answersKey', 'UBIGINT')} AS "answersKey"`);
  return `SELECT ${selected.join(', ')} FROM (SELECT *, rowid AS "at", ${PATTERN} AS "pattern" FROM records)`;
}

/** What patterns say, by the number of a row's pattern. */
class Lookups {
  constructor(private readonly connection: DuckDBConnection) {}

  /** SQL of one of a shard's columns. */
  async of(column: Column, at: number, rows: readonly StoredRow[]): Promise<string> {
    const { name, type, list } = column;
    const values = new Set(rows.map((row) => column.value(row)));
    const whole = list ? `${type}[]` : type;
    const [value = null, ...others] = values;
    const isPlain = others.length === 0 && (value === null || isLiteral(String(value)));
    if (isPlain && list === true) return `from_json(${quoteText(String(value))}, '["VARCHAR"]')`;
    if (isPlain && type !== 'VARCHAR')
      return value === null ? `CAST(NULL AS ${type})` : `CAST('${String(value)}' AS ${type})`;
    if (isPlain) return this.constant(value, at);
    if (list === true && !isJoinable(values)) return this.values(name, whole);
    if (list !== true && type !== 'VARCHAR') return this.values(name, whole);
    const text = list ? `array_to_string("${name}", '${LIST_SEPARATOR}')` : `"${name}"`;
    await this.connection.run(
      `CREATE TYPE text_${at} AS ENUM (SELECT DISTINCT ${text} AS "text" FROM patterns WHERE "${name}" IS NOT NULL ORDER BY 1)`,
    );
    const found = await this.values(name, `text_${at}`, `CAST(${text} AS text_${at})`);
    return list ? `string_split(CAST(${found} AS VARCHAR), '${LIST_SEPARATOR}')` : found;
  }

  /** A text that all patterns say, or that none says. */
  private async constant(value: Value, at: number): Promise<string> {
    const text = quoteText(String(value ?? ''));
    await this.connection.run(`CREATE TYPE text_${at} AS ENUM (${text})`);
    return `CAST(${value === null ? 'NULL' : text} AS text_${at})`;
  }

  async values(name: string, type: string, value = `"${name}"`): Promise<string> {
    const variable = quoteText(`pattern_${name}`);
    await this.connection.run(`SET VARIABLE "pattern_${name}" = (SELECT list(${value} ORDER BY "row") FROM patterns)`);
    return `CAST(getvariable(${variable}) AS ${type}[])["pattern"]`;
  }
}

/** SQL text can hold it as it stands: half a surrogate pair is replaced on its way into a table. */
function isLiteral(text: string): boolean {
  return !/[\0\ud800-\udfff]/.test(text);
}

/** Whether all lists (JSON texts) have members, and all of these are texts without LIST_SEPARATOR. */
function isJoinable(values: ReadonlySet<Value>): boolean {
  return [...values].every((value) => {
    const list = value === null ? [] : (JSON.parse(String(value)) as readonly unknown[]);
    return list.length > 0 && list.every((text) => typeof text === 'string' && !text.includes(LIST_SEPARATOR));
  });
}

/** What rows say themselves: by column, the field that must be carried, and SQL. */
const OWN: Readonly<Record<string, { readonly field: CarriedField | null; readonly sql: string }>> = {
  row: { field: null, sql: 'CAST("at" + 1 AS INTEGER)' },
  id: { field: 'id', sql: '"id"' },
  question: { field: 'question', sql: '"question"' },
  questionKey: { field: 'question', sql: 'lower("question")' },
  response: { field: 'response', sql: '"response"' },
  confidence: { field: 'confidence', sql: '"confidence"' },
  images: { field: 'image', sql: '["image"]' },
  cluster: {
    field: 'image',
    sql: `CASE WHEN regexp_matches("image", ${quoteText(SCENE_IN_PATH)}, 'i')
      THEN 'scene:' || regexp_extract("image", ${quoteText(SCENE_IN_PATH)}, 1, 'i') ELSE 'image:' || "image" END`,
  },
};

/** Every row has a value of its own, whatever its pattern says. A pattern may state a cluster, which comes first. */
function isOwn(name: string, { always }: Carrying): boolean {
  const field = OWN[name]?.field;
  return name !== 'cluster' && (field === null || (field !== undefined && always.has(field)));
}

/** A row's own value where it carries one, else what its pattern says. */
function own(name: string, lookup: string, { carried }: Carrying): string {
  const found = OWN[name];
  if (found === undefined || found.field === null || !carried.has(found.field)) return lookup;
  if (name === 'cluster') return `coalesce(${lookup}, CASE WHEN "image" IS NOT NULL THEN ${found.sql} END)`;
  return `CASE WHEN "${found.field}" IS NULL THEN ${lookup} ELSE ${found.sql} END`;
}
