import path from 'node:path';
import type { ShardStore } from '../store/shards.js';
import type { IndexContext } from './indexContext.js';
import type { Listed } from './itemFolders.js';

/**
 * Reads small runs as soon as they are recognised, so that the database writes their shards while the files after them are looked at.
 * What a run is joined with is known only when all files are: they are read as if there were no definition, until one is seen. A shard
 * that proves to be another than its run's is one too many, and nothing else: its key says what it was made of.
 */
export class EarlyRuns {
  private stopped: boolean;
  /** Keys of shards that were begun: of two files with one shard the first makes it. */
  private readonly begun = new Set<string>();
  private readonly made = new Set<string>();

  constructor(
    private readonly context: IndexContext,
    private readonly store: ShardStore,
    { isOff = false }: { readonly isOff?: boolean } = {},
  ) {
    this.stopped = isOff;
  }

  /** Takes what a file proved to be; reads it where it is a small run that was recognised just now. */
  async offer(listed: Listed): Promise<void> {
    const { detected, format, keys } = listed.entry;
    if (detected?.role === 'definition') this.stopped = true;
    if (this.stopped || format === null || detected?.role !== 'run' || keys !== undefined) return;
    const run = { ...listed, aliases: [], judgement: null };
    if (!this.context.isNewAndSmall(run)) return;
    const key = this.context.keyOf(run);
    if (this.begun.has(key)) return;
    this.begun.add(key);
    if (await this.context.indexAhead(run, this.store)) this.made.add(key);
  }

  /** The shards that were made and that no run leads to. */
  unused(used: Iterable<string>): string[] {
    const keys = new Set(used);
    return [...this.made].filter((key) => !keys.has(key));
  }
}

/** The files with names like few others first: a benchmark's definition has a name of its own, its runs are numbered or named alike. */
export function rareFirst(files: readonly string[]): string[] {
  const nameOf = (file: string): string => path.basename(file).replaceAll(/\d+/g, '#');
  const counts = new Map<string, number>();
  for (const file of files) counts.set(nameOf(file), (counts.get(nameOf(file)) ?? 0) + 1);
  return [...files].sort((one, other) => (counts.get(nameOf(one)) ?? 0) - (counts.get(nameOf(other)) ?? 0));
}
