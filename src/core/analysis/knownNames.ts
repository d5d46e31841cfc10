import { FlipsideError } from '../model.js';
import type { Database } from '../store/database.js';
import { conditionsOf, valuesOf } from '../store/filterChecks.js';
import { FIELDS, type Filter } from '../store/filters.js';
import { hasMetadata, metadataFields } from '../store/metadata.js';
import { didYouMean } from './nearest.js';

/** As many names as a message lists. */
const LISTED = 40;

/**
 * Throws a usage error where a filter asks for a class, run or task that does not exist: a typing error would look like
 * a finding of no rows. Parts of names (`contains`) may come to nothing.
 */
export async function requireKnownNames(
  db: Database,
  filter: Filter | null,
  known: {
    readonly class: readonly string[];
    readonly run: readonly string[];
    /** Where they are known already; else rows are asked. */
    readonly task?: readonly string[] | undefined;
  },
): Promise<void> {
  for (const condition of conditionsOf(filter)) {
    if (condition.op !== 'eq' && condition.op !== 'ne' && condition.op !== 'in') continue;
    const { field } = condition;
    if (field !== 'class' && field !== 'run' && field !== 'task') continue;
    const names = known[field] ?? (await tasksOf(db));
    for (const value of valuesOf(condition)) requireKnown(field, String(value), names);
  }
}

/** Fields that are called otherwise than the role of the column that they are read from. */
const FIELD_OF_ROLE: Readonly<Record<string, string>> = {
  image: 'images',
  prediction: 'predicted',
  correct: 'storedCorrect',
};

/** The roles in which the columns of a file were read; absent where its format knows them by name. */
export interface ReadColumns {
  readonly columns: Readonly<Record<string, readonly string[]>> | undefined;
}

/**
 * Throws a usage error for a field that is neither a column nor in any row's metadata: it would silently match nothing. A
 * column of the user's that was read in some role is named with the field that it became.
 */
export async function requireFields(
  db: Database,
  names: readonly string[],
  files: readonly ReadColumns[],
): Promise<void> {
  for (const name of new Set(names)) {
    if (FIELDS.has(name) || (await hasMetadata(db, name))) continue;
    const known = [...FIELDS.keys(), ...(await metadataFields(db))];
    const became = fieldsFrom(name, files);
    const hint = became.length > 0 ? ` That column was read as ${became.join(' and as ')}.` : didYouMean(name, known);
    throw new FlipsideError(`No row has a field "${name}".${hint} Fields here: ${known.join(', ')}.`, { exitCode: 2 });
  }
}

/** "task" for a column that some file reads as the task. */
function fieldsFrom(column: string, files: readonly ReadColumns[]): string[] {
  const roles = files.flatMap(({ columns }) =>
    Object.entries(columns ?? {}).flatMap(([role, names]) => (names.includes(column) ? [role] : [])),
  );
  return [...new Set(roles.map((role) => FIELD_OF_ROLE[role] ?? role))].filter((field) => FIELDS.has(field));
}

/** Throws a usage error for a name that is none of those known, with the nearest of them. */
export function requireKnown(what: string, name: string, known: readonly string[]): void {
  if (known.includes(name)) return;
  const more = known.length > LISTED ? ` … and ${known.length - LISTED} more` : '';
  const list = known.length === 0 ? 'There is none.' : `There is: ${known.slice(0, LISTED).join(', ')}${more}.`;
  throw new FlipsideError(`There is no ${what} "${name}".${didYouMean(name, known)} ${list}`, { exitCode: 2 });
}

async function tasksOf(db: Database): Promise<string[]> {
  const rows = await db.all(`SELECT DISTINCT "task" FROM items WHERE "task" IS NOT NULL ORDER BY "task"`);
  return rows.map((row) => String(row['task']));
}

/** Fields that only errors have: accuracy by one of them would be 0 everywhere. */
const OF_ERRORS = new Set(['class', 'drift']);

/** Throws a usage error for a field by which there is no accuracy. */
export function refuseOfErrors(by: string | null): void {
  if (by === null || !OF_ERRORS.has(by)) return;
  throw new FlipsideError(`--by ${by} would be no accuracy: only errors have it.`, { exitCode: 2 });
}
