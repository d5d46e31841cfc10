import { isDropped } from '../formats/format.js';
import type { Dropped, RawItem } from '../model.js';

/** Dropped records are all counted; this many are kept with their messages. */
const DROPPED_KEPT = 1000;

/** What was counted while a file was read; plain data, so that a thread can hand it over. */
export interface Counted {
  readonly items: number;
  readonly droppedTotal: number;
  readonly dropped: readonly Dropped[];
  readonly byReason: ReadonlyMap<string, number>;
  readonly dataset: string | null;
}

/** Counts the items and the dropped records of a file. */
export class Tally implements Counted {
  items = 0;
  droppedTotal = 0;
  readonly dropped: Dropped[] = [];
  readonly byReason = new Map<string, number>();
  /** The benchmark that the records themselves name, where the file's head could not tell. */
  dataset: string | null = null;

  /** Counts the records, and returns the items among them. */
  count(records: readonly (RawItem | Dropped)[]): RawItem[] {
    return records.filter((record): record is RawItem => {
      if (isDropped(record)) this.drop(record);
      else this.keep(record);
      return !isDropped(record);
    });
  }

  /** Adds what was counted in the part of the file that follows. */
  add({ items, droppedTotal, dropped, byReason, dataset }: Counted): void {
    this.items += items;
    this.droppedTotal += droppedTotal;
    this.dropped.push(...dropped.slice(0, DROPPED_KEPT - this.dropped.length));
    for (const [reason, count] of byReason) this.byReason.set(reason, (this.byReason.get(reason) ?? 0) + count);
    this.dataset ??= dataset;
  }

  private keep(item: RawItem): void {
    this.items += 1;
    const named = item.meta['eval.dataset'];
    if (this.dataset === null && typeof named === 'string') this.dataset = named;
  }

  private drop(record: Dropped): void {
    this.droppedTotal += 1;
    this.byReason.set(record.reason, (this.byReason.get(record.reason) ?? 0) + 1);
    if (this.dropped.length < DROPPED_KEPT) this.dropped.push(record);
  }
}
