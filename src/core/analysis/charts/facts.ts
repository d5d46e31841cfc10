import { decodeDirection, nameDirection } from '../../relations/direction.js';
import type { Lens } from '../../relations/lens.js';
import { AlikeRows } from '../../store/alikeRows.js';
import { countClasses, countOpportunities } from '../../store/classQueries.js';
import { countUnits, type GroupUnits } from '../../store/countQueries.js';
import type { Database } from '../../store/database.js';
import {
  confidences,
  contrastRows,
  countYesNo,
  objectRows,
  type ConfidenceCount,
  type ContrastRow,
  type ObjectRow,
  type YesNoTally,
} from '../../store/detailQueries.js';
import { countDirections, type DirectionCount } from '../../store/reportQueries.js';
import { summariseClasses } from '../classSummary.js';
import type { ClassSummary } from '../summaryTypes.js';

/** What is counted of a run's errors. */
export interface ErrorCounts {
  readonly classes: Readonly<Record<string, ClassSummary>>;
  readonly wrong: number;
  readonly eligible: number;
}

/**
 * Counts that charts are made from, by run index: each is asked of the database when the first chart needs it, and once. One after
 * another, whoever asks: a connection has one question at a time. Close it when done.
 */
export class ChartFacts {
  private readonly known = new Map<string, Promise<unknown>>();
  private last: Promise<unknown> = Promise.resolve();
  private alike: AlikeRows | null = null;

  constructor(
    private readonly db: Database,
    private readonly lens: Lens,
  ) {}

  /** Units with gold by the value of a field; null: all together. */
  units(field: string | null): Promise<ReadonlyMap<number, readonly GroupUnits[]>> {
    return this.once(`units ${field ?? ''}`, () => countUnits(this.db, field));
  }

  /** Classes of errors with expectation and rate, as the summary has them. */
  errors(): Promise<ReadonlyMap<number, ErrorCounts>> {
    return this.once('errors', async () => {
      this.alike ??= await AlikeRows.of(this.db);
      const classes = await countClasses(this.alike);
      const { byClass, byConvention } = await countOpportunities(this.alike, this.lens);
      return new Map(
        [...new Set([...classes.keys(), ...byClass.keys()])].map((run): [number, ErrorCounts] => {
          const own = classes.get(run) ?? [];
          const sum = (pick: (each: (typeof own)[number]) => number): number =>
            own.reduce((total, each) => total + pick(each), 0);
          return [
            run,
            {
              classes: summariseClasses(this.lens, own, byClass.get(run) ?? [], byConvention.get(run) ?? []),
              wrong: sum(({ count }) => count),
              eligible: sum(({ eligible }) => eligible),
            },
          ];
        }),
      );
    });
  }

  directions(): Promise<ReadonlyMap<number, readonly DirectionCount[]>> {
    return this.once('directions', () => countDirections(this.db));
  }

  yesNo(): Promise<ReadonlyMap<number, YesNoTally>> {
    return this.once('yesNo', () => countYesNo(this.db));
  }

  confidences(): Promise<ReadonlyMap<number, readonly ConfidenceCount[]>> {
    return this.once('confidences', () => confidences(this.db));
  }

  contrasts(): Promise<ReadonlyMap<number, readonly ContrastRow[]>> {
    return this.once('contrasts', () => contrastRows(this.db));
  }

  objects(): Promise<ReadonlyMap<number, readonly ObjectRow[]>> {
    return this.once('objects', () => objectRows(this.db));
  }

  /** How a value of a field that units were counted by is told, and asked for; null for no direction. */
  wordOf(field: string, value: string): string | null {
    return field.endsWith('Direction') ? nameDirection(decodeDirection(Number(value))) : value;
  }

  async close(): Promise<void> {
    await this.last.catch(() => undefined);
    await this.alike?.close();
  }

  private once<T>(name: string, count: () => Promise<T>): Promise<T> {
    const before = this.known.get(name) as Promise<T> | undefined;
    if (before !== undefined) return before;
    const counted = this.last.catch(() => undefined).then(count);
    this.last = counted;
    this.known.set(name, counted);
    return counted;
  }
}
