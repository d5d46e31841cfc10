import type { Dropped, JsonObject, RawItem } from '../model.js';
import { isDropped, type Record_ } from './format.js';

/**
 * Reads records of which each may hold several samples of one question: what `toItems` makes of a record counts as so many rows, so
 * rows are numbered on from there, and what record an item is from stands with it as a field. Flags of the container are kept.
 */
export async function* readSamples(
  records: AsyncIterable<Record_>,
  toItems: (value: JsonObject, row: number) => readonly (RawItem | Dropped)[],
): AsyncGenerator<RawItem | Dropped> {
  let more = 0;
  for await (const record of records) {
    const made = isDropped(record) ? [record] : toItems(record.value, record.row + more);
    const flags = isDropped(record) ? [] : record.flags;
    for (const [at, item] of made.entries()) {
      const row = record.row + more + at;
      if (isDropped(item)) yield { ...item, row };
      else
        yield {
          ...item,
          row,
          flags: [...item.flags, ...flags],
          meta: placed(item, record.row, more > 0 || made.length > 1),
        };
    }
    more += made.length - 1;
  }
}

function placed({ meta }: RawItem, record: number, renumbered: boolean): JsonObject {
  return renumbered ? { ...meta, [Object.hasOwn(meta, 'record') ? 'record.2' : 'record']: record } : meta;
}

/** The records of a file that is one record. */
export async function* onlyRecord(value: JsonObject): AsyncGenerator<Record_> {
  yield await Promise.resolve({ row: 1, value, flags: [] });
}
