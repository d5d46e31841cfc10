import type { Treatment } from '../compareModel.js';
import type { Compared, Filter } from '../model.js';
import type { Database } from '../store/database.js';
import { comparedIn } from '../store/filters.js';
import { joinUnits } from '../store/pairTables.js';
import { joinedPair, noRows, tellRows, type JoinedPair } from '../store/pairQueries.js';
import { makeUnits, unitSourceOf, type Naming, type UnitTable } from '../store/unitTables.js';
import { countTreatments, type CompareOptions } from './compare.js';
import { MATCHING } from './joinRuns.js';

/** Runs as they are compared, by their places in the database. */
export type Ids = readonly { readonly id: string }[];

/**
 * How the runs of a database compare. Each two are joined once, in tables that stay: what a comparison counts and the rows that a condition
 * keeps are one and the same. `isApart`: the database looks at rows of its own, and what is made ends with its connection.
 */
export class Comparisons {
  private readonly units = new Map<string, Promise<UnitTable>>();
  private readonly pairs = new Map<string, Promise<JoinedPair>>();
  /** Conditions about runs that are not there. */
  private readonly absent = new Map<string, Promise<void>>();

  constructor(
    private readonly db: Database,
    private readonly runs: Ids,
    private readonly isApart = false,
  ) {}

  /** Compares runs with a base, each by its place, over the items that they share. */
  async compare(
    base: number,
    others: readonly number[],
    options: CompareOptions,
    signal: AbortSignal | null = null,
  ): Promise<Treatment[]> {
    const pairs: { id: string; pair: JoinedPair }[] = [];
    for (const other of others) {
      signal?.throwIfAborted();
      pairs.push({ id: this.runs[other]?.id ?? '', pair: await this.pair(base, other) });
    }
    return this.aside((db) => countTreatments(db, pairs, options), signal);
  }

  /** Makes what the conditions of a filter ask for. Rows of runs that are not there are none. */
  async prepare(filter: Filter | null): Promise<void> {
    for (const compared of comparedIn(filter)) await this.prepareOne(compared);
  }

  private async prepareOne({ base, new: other }: Compared): Promise<void> {
    const [from, to] = [base, other].map((id) => this.runs.findIndex((run) => run.id === id));
    if (from !== undefined && to !== undefined && from >= 0 && to >= 0) {
      await this.pair(from, to);
      return;
    }
    const ids = { base, new: other };
    await kept(this.absent, JSON.stringify([base, other]), () => noRows(this.db, ids));
  }

  private pair(base: number, other: number): Promise<JoinedPair> {
    return kept(this.pairs, `${base} ${other}`, async () => {
      const runs = { base: await this.unitsOf(base, 'base'), other: await this.unitsOf(other, 'new') };
      return this.aside(async (db) => {
        const naming = this.naming(`${base} ${other}`);
        await joinUnits(db, naming, runs, MATCHING);
        const pair = await joinedPair(db, naming.name, runs);
        const ids = { base: this.runs[base]?.id ?? '', new: this.runs[other]?.id ?? '' };
        if (!this.isApart) await tellRows(db, pair, { ids, base, other });
        return pair;
      });
    });
  }

  private naming(name: string): Naming {
    return { name, kind: this.isApart ? 'TEMP TABLE' : 'TABLE' };
  }

  /** A base tells tasks, directions and clusters of what is compared; the other run need not. */
  private unitsOf(run: number, side: 'base' | 'new'): Promise<UnitTable> {
    const name = side === 'base' ? `${run} base` : String(run);
    return kept(this.units, name, () =>
      this.aside(async (db) => makeUnits(db, this.naming(name), await unitSourceOf(db, run), side === 'base')),
    );
  }

  /** Works in a connection of its own: passing tables of two joins have the same names. */
  private async aside<T>(work: (db: Database) => Promise<T>, signal: AbortSignal | null = null): Promise<T> {
    if (this.isApart) return work(this.db);
    const db = await this.db.another(signal);
    try {
      return await work(db);
    } finally {
      db.close();
    }
  }
}

/** What is made once for a key; what failed is tried again by whoever asks next. */
function kept<K, T>(made: Map<K, Promise<T>>, key: K, make: () => Promise<T>): Promise<T> {
  const before = made.get(key);
  if (before !== undefined) return before;
  const making = make();
  made.set(key, making);
  making.catch(() => made.delete(key));
  return making;
}
