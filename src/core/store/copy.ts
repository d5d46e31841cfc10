import type { Lens } from '../relations/lens.js';
import type { Database } from './database.js';
import { compileFilter, type Filter } from './filters.js';
import { quotePath, quoteText } from './sql.js';

/** Writes the rows that a filter keeps as one Parquet file, with the lens beside the class. Returns their number. */
export async function copyToParquet(db: Database, filter: Filter | null, lens: Lens, file: string): Promise<number> {
  const where = compileFilter(filter);
  await db.all(
    `COPY (SELECT * EXCLUDE ("runIndex", "filename", "itemKey", "answerKey"),
       ${quoteText(lens.name)} AS "lens", ${quoteText(lens.version)} AS "lensVersion"
     FROM classified WHERE ${where.sql} ORDER BY "runIndex", "row") TO ${quoteText(file)} (FORMAT parquet, COMPRESSION zstd)`,
    where.values,
  );
  const [count] = await db.all(`SELECT count(*) AS "rows" FROM read_parquet(${quotePath(file)})`);
  return Number(count?.['rows'] ?? 0);
}
