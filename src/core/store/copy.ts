import type { Lens } from '../relations/lens.js';
import type { Database } from './database.js';
import { AS_IT_IS, quotePath, quoteText } from './sql.js';

/** Writes the rows of a table (runIndex, row) as one Parquet file, with the lens beside the class. Returns their number. */
export async function copyToParquet(db: Database, list: string, lens: Lens, file: string): Promise<number> {
  const isAnnotated = (await db.all('SELECT 1 FROM memory.main.annotations LIMIT 1')).length > 0;
  const [view, without] = isAnnotated ? ['annotated', ', "annotation.mine"'] : ['classified', ''];
  await db.all(
    `COPY (SELECT c.* EXCLUDE ("runIndex", "itemKey", "answerKey"${without}),
       ${quoteText(lens.name)} AS "lens", ${quoteText(lens.version)} AS "lensVersion"
     FROM ${view} c JOIN (SELECT rowid AS "position", "runIndex", "row" FROM "${list}") l
       ON c."runIndex" = l."runIndex" AND c."row" = l."row" ORDER BY l."position") TO ${quoteText(file)} (FORMAT parquet, COMPRESSION zstd)`,
  );
  const [count] = await db.all(`SELECT count(*) AS "rows" FROM read_parquet(${quotePath(file)}, ${AS_IT_IS})`);
  return Number(count?.['rows'] ?? 0);
}
