import { FlipsideError, type RowKey } from '../model.js';
import { decodeDirection, nameDirection } from '../relations/direction.js';
import { viewFor, type Database } from './database.js';
import { compileField, compileFilter, FIELDS, type Compiled, type Filter } from './filters.js';

/** Strata beyond this are no strata: a sample has some rows of each. */
const MOST_STRATA = 5000;

/** The rows with one value of a field; null: those without one, and all rows where there is no field. */
export interface StratumRows {
  readonly value: string | null;
  readonly rows: number;
}

/** A row at a position of a stratum. */
export interface PositionedRow extends RowKey {
  readonly item: string;
}

/**
 * Makes the table of the rows that a filter keeps, in this connection alone, and counts them by the values of a field (null: all together), in the order
 * of values, those without one last. Throws a FlipsideError for a field of more than 5,000 values.
 */
export async function listStrata(
  db: Database,
  filter: Filter | null,
  field: string | null,
): Promise<readonly StratumRows[]> {
  const where = compileFilter(filter);
  const value = field === null ? { sql: 'NULL', values: [] } : stratumOf(field);
  await db.all(
    `CREATE OR REPLACE TEMP TABLE "sampled" AS
     SELECT "run", "row", "item", CAST(${value.sql} AS VARCHAR) AS "value"
     FROM ${viewFor(where.sql, value.sql)} WHERE ${where.sql}`,
    [...value.values, ...where.values],
  );
  const strata = await db.all(
    `SELECT "value", count(*)::INTEGER AS "rows" FROM "sampled" GROUP BY "value" ORDER BY "value" NULLS LAST LIMIT ${MOST_STRATA + 1}`,
  );
  if (strata.length > MOST_STRATA)
    throw new FlipsideError(`"${field}" has more than ${MOST_STRATA} values: draw by a field with fewer.`, {
      exitCode: 2,
    });
  return strata.map((stratum) => ({ value: stratum['value'] as string | null, rows: Number(stratum['rows']) }));
}

/**
 * The rows at positions (from 0) of the strata that `listStrata` has listed in this connection, in the order of the positions. Rows of a stratum stand in the
 * order of item, run and row, so that it does not matter in which order files were opened.
 */
export async function rowsAtPositions(
  db: Database,
  positions: readonly { readonly value: string | null; readonly position: number }[],
): Promise<readonly PositionedRow[]> {
  await db.table(
    'drawn',
    { place: 'INTEGER', value: 'VARCHAR', position: 'INTEGER' },
    positions.map(({ value, position }, place) => ({ place, value, position })),
  );
  const rows = await db.all(
    `SELECT s."run", s."row", s."item" FROM "drawn" d
     JOIN (SELECT *, row_number() OVER (PARTITION BY "value" ORDER BY "item", "run", "row") - 1 AS "position" FROM "sampled") s
       ON s."position" = d."position" AND s."value" IS NOT DISTINCT FROM d."value"
     ORDER BY d."place"`,
  );
  return rows.map((row) => ({ run: row['run'] as string, row: Number(row['row']), item: row['item'] as string }));
}

/** An item of a run, by the run's number in the database. */
export interface ItemOfRun {
  readonly runIndex: number;
  readonly item: string;
}

/**
 * In which row each item now stands: its former row where that is still the item, else the only row of its run with that id; null where the run has
 * none or several. In the order of the items.
 */
export async function rowsNow(
  db: Database,
  items: readonly (ItemOfRun & { readonly row: number })[],
): Promise<readonly (number | null)[]> {
  await db.table(
    'sought',
    { place: 'INTEGER', runIndex: 'INTEGER', item: 'VARCHAR', row: 'INTEGER' },
    items.map(({ runIndex, item, row }, place) => ({ place, runIndex, item, row })),
  );
  const rows = await db.all(
    `SELECT s."place", min(i."row") AS "row", count(*)::INTEGER AS "count", bool_or(i."row" = s."row") AS "stays"
     FROM "sought" s JOIN items i ON i."runIndex" = s."runIndex" AND i."item" = s."item" GROUP BY s."place"`,
  );
  const found = new Map(rows.map((row) => [Number(row['place']), row]));
  return items.map(({ row }, place) => {
    const own = found.get(place);
    if (own === undefined) return null;
    if (own['stays'] === true) return row;
    return own['count'] === 1 ? Number(own['row']) : null;
  });
}

/** A field as rows are parted by it: a direction by its name, a list by all that it holds; what is empty is no value. */
function stratumOf(field: string): Compiled {
  const { sql, values, type } = { ...compileField(field), type: FIELDS.get(field) };
  if (type === 'list') return { sql: `nullif(array_to_string(${sql}, ', '), '')`, values };
  return type === 'direction' ? { sql: directionName(sql), values } : { sql, values };
}

/** Directions are stored as codes, of which there are few. */
function directionName(sql: string): string {
  const names = Array.from({ length: DIRECTION_CODES }, (_, code) => {
    const name = nameDirection(decodeDirection(code));
    return name === null ? '' : ` WHEN ${code} THEN '${name}'`;
  });
  return `CASE ${sql}${names.join('')} END`;
}

/** Codes from 0 to 26. */
const DIRECTION_CODES = 27;
