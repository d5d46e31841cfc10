import type { Json, JsonObject } from '../../model.js';

/**
 * The most columns of a table, and the most keys of a record: as many as a sheet of a workbook has. What each is for is worked out
 * column by column, over hundreds of rows, so that a million of them would take hours.
 */
export const MAX_COLUMNS = 16_384;

/**
 * Names for the columns of a table from its header cells: an empty cell becomes `column 3` (its position, from 1), a name
 * that occurs again gets a number (`answer`, `answer.2`), so that no column hides another.
 */
export function columnNames(header: readonly string[]): string[] {
  const taken = new Set(header);
  const seen = new Set<string>();
  // Where the count goes on, by name: counting from 2 for every one of 100,000 equal names would take their square.
  const copies = new Map<string, number>();
  return header.map((cell, index) => {
    const base = cell.trim() === '' ? `column ${index + 1}` : cell;
    let name = base;
    let copy = copies.get(base) ?? 2;
    for (; seen.has(name) || (name !== cell && taken.has(name)); copy++) name = `${base}.${copy}`;
    copies.set(base, copy);
    seen.add(name);
    return name;
  });
}

/** The names that stand more than once in a header, each with its positions, from 1. Empty cells are no names. */
export function repeatedNames(header: readonly string[]): { name: string; positions: number[] }[] {
  const places = new Map<string, number[]>();
  header.forEach((name, index) => {
    if (name.trim() === '') return;
    const known = places.get(name);
    if (known === undefined) places.set(name, [index + 1]);
    else known.push(index + 1);
  });
  return [...places].filter(([, at]) => at.length > 1).map(([name, positions]) => ({ name, positions }));
}

/** A record from column names and as many values. Safe for a column that is called `__proto__`. */
export function toRecord(names: readonly string[], values: readonly Json[]): JsonObject {
  const record: JsonObject = {};
  for (let index = 0; index < names.length; index++) {
    const name = names[index] ?? '';
    const value = values[index] ?? null;
    if (name === '__proto__') {
      Object.defineProperty(record, name, { value, enumerable: true, configurable: true, writable: true });
    } else record[name] = value;
  }
  return record;
}

/** The keys of several records, each once, in the order in which they first appear. */
export function unionOfKeys(records: readonly JsonObject[]): string[] {
  const keys = new Set<string>();
  for (const record of records) for (const key of Object.keys(record)) keys.add(key);
  return [...keys];
}
