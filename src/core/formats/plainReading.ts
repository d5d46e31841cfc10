import { isJsonObject, type Json, type JsonObject } from '../model.js';
import type { Plan } from './plainPlan.js';
import { cellText, textOf } from './recordValues.js';
import type { RoleName } from './roleNames.js';
import { valueAt } from './roleValues.js';

/** One record while it becomes an item. `keep` names used columns that the item does not hold in full; they stay in meta as well. */
export interface Reading {
  readonly record: JsonObject;
  readonly plan: Plan;
  readonly keep: Set<string>;
}

/** True for an empty cell, and for one that says "nan" (see CARRIABLE in store/recordTable.ts). Lists and objects are not written out to see whether they are empty. */
export function isBlank(value: Json | undefined): boolean {
  if (typeof value !== 'string') return value === undefined || value === null;
  // Most cells begin with a letter or a digit and are longer than "nan": no need to look further.
  return value.length > 8 && value.charCodeAt(0) > 0x20 && value.charCodeAt(0) < 0x80
    ? false
    : cellText(value) === null;
}

/** The value of a column; where the column lies in an object and the record has a plain value in the object's place, that one. */
export function valueIn({ record, plan }: Pick<Reading, 'record' | 'plan'>, column: string): Json | undefined {
  const value = valueAt(record, column);
  const parent = value === undefined ? plan.parents.get(column) : undefined;
  if (parent === undefined) return value;
  const instead = valueAt(record, parent);
  return isJsonObject(instead) ? undefined : instead;
}

/** The value of the first of a role's columns that is filled; the others that are filled stay in meta. */
export function valueOf(reading: Reading, role: RoleName): { column: string; value: Json } | null {
  let found: { column: string; value: Json } | null = null;
  for (const column of reading.plan.columns[role] ?? []) {
    const value = valueIn(reading, column);
    if (value === undefined || isBlank(value)) continue;
    if (found === null) found = { column, value };
    else reading.keep.add(column);
  }
  return found;
}

export function scalar(reading: Reading, role: RoleName): string | null {
  const found = valueOf(reading, role);
  return found === null ? null : textOf(found.value);
}
