import { FlipsideError } from '../model.js';
import type { Database } from '../store/database.js';
import { conditionsOf, valuesOf } from '../store/filterChecks.js';
import type { Filter } from '../store/filters.js';
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
  known: { readonly class: readonly string[]; readonly run: readonly string[] },
): Promise<void> {
  for (const condition of conditionsOf(filter)) {
    if (condition.op !== 'eq' && condition.op !== 'ne' && condition.op !== 'in') continue;
    const { field } = condition;
    if (field !== 'class' && field !== 'run' && field !== 'task') continue;
    const names = field === 'task' ? await tasksOf(db) : known[field];
    for (const value of valuesOf(condition)) requireKnown(field, String(value), names);
  }
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
