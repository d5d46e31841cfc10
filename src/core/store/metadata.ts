import type { Database } from './database.js';
import { compileMetadata } from './filters.js';

/** True where at least one row has this metadata field, be its cell empty. */
export async function hasMetadata(db: Database, name: string): Promise<boolean> {
  const field = compileMetadata(name);
  const rows = await db.all(`SELECT 1 AS "one" FROM items WHERE ${field.sql} IS NOT NULL LIMIT 1`, field.values);
  return rows.length > 0;
}

/** The metadata fields that rows state at their top level, in alphabetical order; at most 200. */
export async function metadataFields(db: Database): Promise<string[]> {
  const rows = await db.all(`SELECT DISTINCT unnest(json_keys("meta")) AS "name" FROM items ORDER BY "name" LIMIT 200`);
  return rows.map((row) => String(row['name']));
}
