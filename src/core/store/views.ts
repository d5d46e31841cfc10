/** SQL of the views that every question asks, each over those before it. `of` is the schema in which these stand: of all connections, or of one. */
export type Schema = 'memory.main' | 'temp.main';

/** The rows with how they ended. */
export function judgedView(of: Schema): string {
  return `SELECT *, CASE WHEN "correct" IS NULL THEN 'no gold' WHEN "correct" THEN 'right'
    WHEN "status" = 'parsed' THEN 'wrong' ELSE 'unanswered' END AS "outcome" FROM ${of}.items`;
}

/** The rows with what a lens and the directions say of their errors. */
export function classifiedView(of: Schema): string {
  // The condition stands inside the key: beside it, DuckDB would not hash-join and take ten times as long.
  return `SELECT i.*, l."class", l."drift", l."lensRule", a."angle",
      CASE WHEN i."correct" = FALSE AND i."answerKey" IS NOT NULL THEN a."axis" END AS "axis"
    FROM ${of}.judged i
    LEFT JOIN ${of}.lens_classes l
      ON CASE WHEN i."correct" = FALSE THEN i."itemKey" END = l."itemKey" AND i."answerKey" = l."answerKey"
    LEFT JOIN memory.main.angles a ON i."goldDirection" = a."gold" AND i."predictedDirection" = a."predicted"`;
}

/** The right answers that the files state, of rows that are counted under others everywhere: none, until there are some. */
export const CREATE_STATED_GOLDS = `CREATE TABLE stated_golds ("runIndex" INTEGER, "row" INTEGER, "gold" VARCHAR)`;

/** The classified rows, with the right answer that the files state as "statedGold", whatever they are counted under. */
export const WITH_STATED_GOLD = `(SELECT c.*, CASE WHEN g."row" IS NULL THEN c."gold" ELSE g."gold" END AS "statedGold" FROM classified c
  LEFT JOIN memory.main.stated_golds g ON c."runIndex" = g."runIndex" AND c."row" = g."row")`;

/** Rows of which these columns are those of a table (runIndex, row, and the columns), where it has the row. */
export function replacedView(rows: string, table: string, columns: readonly string[]): string {
  const replaced = columns.map(
    (name) => `CASE WHEN c."row" IS NULL THEN s."${name}" ELSE c."${name}" END AS "${name}"`,
  );
  return `SELECT s.* REPLACE (${replaced.join(', ')}) FROM ${rows} s
    LEFT JOIN ${table} c ON s."runIndex" = c."runIndex" AND s."row" = c."row"`;
}
