import type { Schema } from './views.js';

/** What annotations add to a row. Lists travel as JSON text. */
export const ANNOTATION_COLUMNS = {
  label: 'VARCHAR',
  status: 'VARCHAR',
  by: 'VARCHAR[]',
  note: 'VARCHAR',
  confidence: 'DOUBLE',
  gold: 'VARCHAR',
  class: 'VARCHAR',
  mine: 'VARCHAR',
} as const;

/** SQL of the table, empty. Every row of the views has what it says, or nulls. */
export const CREATE_ANNOTATIONS = `CREATE TABLE annotations ("runIndex" INTEGER, "row" INTEGER, ${Object.entries(
  ANNOTATION_COLUMNS,
)
  .map(([name, type]) => `"annotation.${name}" ${type}`)
  .join(', ')})`;

/** SQL of the view with all of a row, for questions that ask for it. */
export function annotatedView(of: Schema): string {
  return `SELECT c.*, a.* EXCLUDE ("runIndex", "row") FROM ${of}.classified c
    LEFT JOIN memory.main.annotations a ON c."runIndex" = a."runIndex" AND c."row" = a."row"`;
}
