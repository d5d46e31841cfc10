/** An SQL text literal. For paths and names of our own making; what users type travels as a bound parameter (but see filters.ts, of searches). */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** The path of a file to read, as an SQL text literal: DuckDB takes `*`, `?` and `[` in it for a pattern, so they are escaped. */
export function quotePath(path: string): string {
  return quoteText(path.replace(/[*?[]/g, '[$&]'));
}

/** An option of whatever reads a file: else a folder called `task=left` above it would say what stands in its column "task". */
export const AS_IT_IS = 'hive_partitioning = false';
