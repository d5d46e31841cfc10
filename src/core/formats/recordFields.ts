import { type Dropped, type Json, type JsonObject, type Option, type RawItem } from '../model.js';
import { isDropped } from './format.js';
import type { Source } from './format.js';
import { textOf } from './recordValues.js';

/** The two answers of a true/false statement; they carry no labels. */
export const TRUE_FALSE: readonly Option[] = [
  { label: null, text: 'true' },
  { label: null, text: 'false' },
];

/** A model's output as text. A field that is there but null is an empty answer (""); a field that is not there is null. */
export function answerText(value: Json | undefined): string | null {
  return value === null ? '' : textOf(value);
}

/** The fields of a record that its reader gave no other place, in file order. */
export function remaining(value: JsonObject, used: ReadonlySet<string>): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([key]) => !used.has(key)));
}

/** An item that says nothing yet: a reader spreads it and fills in what its layout states. */
export function blankItem(row: number): RawItem {
  return {
    row,
    id: null,
    question: null,
    options: [],
    gold: null,
    extracted: null,
    response: null,
    storedCorrect: null,
    kind: null,
    task: null,
    relation: null,
    frame: null,
    convention: null,
    images: [],
    model: null,
    split: null,
    unit: null,
    sample: null,
    confidence: null,
    meta: {},
    flags: [],
  };
}

/** A record that lacks a field without which it cannot be an item. `fields` are alternatives: any one would do. */
export function missingField(row: number, fields: readonly string[], layout: string): Dropped {
  const names = fields.map((field) => `"${field}"`).join(' or ');
  return {
    row,
    reason: 'missing field',
    detail: `Record ${String(row)} has no ${names}, which every record of ${layout} has. Add the field, or remove the record.`,
  };
}

/**
 * Reads a source record by record: what the container could not parse passes through as it is, the rest goes to `toItem`,
 * and flags of the container (invalid UTF-8, non-standard numbers) are kept on the item.
 */
export async function* readItems(
  source: Source,
  toItem: (value: JsonObject, row: number) => RawItem | Dropped,
): AsyncGenerator<RawItem | Dropped> {
  for await (const record of source.records()) {
    if (isDropped(record)) {
      yield record;
      continue;
    }
    const item = toItem(record.value, record.row);
    yield isDropped(item) || record.flags.length === 0 ? item : { ...item, flags: [...item.flags, ...record.flags] };
  }
}

/** The folders and the file name of a path, whichever separator it uses. */
export function pathParts(path: string): { readonly folders: readonly string[]; readonly stem: string } {
  const parts = path.split(/[\\/]/).filter((part) => part !== '');
  const name = parts.pop() ?? '';
  return { folders: parts, stem: name.replace(/\.(?:gz|zst)$/i, '').replace(/\.[A-Za-z0-9]{1,6}$/, '') };
}

/**
 * Names the runs of a file by a model column. A file of one model is one run (null for every record); when the head shows
 * several models each record is split by its own, and a model that first shows up after the head starts a run of its own.
 */
export function modelSplitter(head: readonly JsonObject[], column: string): (value: JsonObject) => string | null {
  const first = textOf(head[0]?.[column]);
  const several = head.some((record) => textOf(record[column]) !== first);
  return (value) => {
    const model = textOf(value[column]);
    return several || model !== first ? model : null;
  };
}
