import { decodeDirection, nameDirection } from '../../relations/direction.js';
import type { Lens } from '../../relations/lens.js';
import { AlikeRows } from '../../store/alikeRows.js';
import { countLabels } from '../../store/annotationTable.js';
import { countClasses, countOpportunities } from '../../store/classQueries.js';
import { countUnits, type GroupUnits } from '../../store/countQueries.js';
import type { Database } from '../../store/database.js';
import {
  confidences,
  contrastRows,
  countYesNo,
  objectRows,
  statedSteps,
  type ConfidenceCount,
  type ContrastRow,
  type ObjectRow,
  type YesNoTally,
} from '../../store/detailQueries.js';
import { countMentions, type TermCount } from '../../store/itemWords.js';
import { saliencyRows, type RunSaliency } from '../../store/saliencyQueries.js';
import { countDirections, type DirectionCount } from '../../store/reportQueries.js';
import { summariseClasses } from '../classSummary.js';
import type { ClassSummary } from '../summaryTypes.js';

/** What is counted of a run's errors. */
export interface ErrorCounts {
  readonly classes: Readonly<Record<string, ClassSummary>>;
  readonly wrong: number;
  readonly eligible: number;
}

/** Where counts come from. */
export interface CountedFrom {
  /** This connection has cells (chartCells.ts), narrowed to what the filter keeps. */
  readonly cells: boolean;
  /** Narrows the rows of this connection in the same way; called before they are first asked, and once. */
  readonly narrow: () => Promise<void>;
}

/**
 * Counts that charts are made from, by run index: each is asked of the database when the first chart needs it, and once. One after
 * another, whoever asks: a connection has one question at a time. Close it when done.
 */
export class ChartFacts {
  private readonly known = new Map<string, Promise<unknown>>();
  private last: Promise<unknown> = Promise.resolve();
  private narrowed: Promise<void> | null = null;

  constructor(
    private readonly db: Database,
    private readonly lens: Lens,
    private readonly from: CountedFrom,
  ) {}

  /** Units with gold by the value of a field; null: all together. */
  units(field: 'task' | 'relation' | 'goldDirection' | null): Promise<ReadonlyMap<number, readonly GroupUnits[]>> {
    return this.once(`units ${field ?? ''}`, async () => {
      const { cells } = this.from;
      // Rows that are one unit together stand in no cell.
      const db = cells && !(await this.db.mayHold('unit')) ? this.db : await this.rows();
      return countUnits(db, field, null, cells ? 'cells' : 'rows');
    });
  }

  /** Classes of errors with expectation and rate, as the summary has them, but without intervals of their ratios. */
  errors(): Promise<ReadonlyMap<number, ErrorCounts>> {
    return this.once('errors', () => this.countErrors(false));
  }

  /** The same with these intervals, which depend on the cluster of every error: that takes a few times as long. */
  clusteredErrors(): Promise<ReadonlyMap<number, ErrorCounts>> {
    return this.once('clustered errors', () => this.countErrors(true));
  }

  private async countErrors(clusters: boolean): Promise<ReadonlyMap<number, ErrorCounts>> {
    const { cells } = this.from;
    const db = cells && !clusters ? this.db : await this.rows();
    const alike = await AlikeRows.of(db, { from: cells ? 'cells' : 'items', clusters });
    try {
      const classes = await countClasses(alike);
      const { byClass, byConvention } = await countOpportunities(alike, this.lens);
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
    } finally {
      await alike.close();
    }
  }

  directions(): Promise<ReadonlyMap<number, readonly DirectionCount[]>> {
    return this.once('directions', async () =>
      this.from.cells ? countDirections(this.db, 'cells') : countDirections(await this.rows()),
    );
  }

  yesNo(): Promise<ReadonlyMap<number, YesNoTally>> {
    return this.once('yesNo', async () => countYesNo(await this.rows()));
  }

  confidences(): Promise<ReadonlyMap<number, readonly ConfidenceCount[]>> {
    return this.once('confidences', async () => confidences(await this.rows()));
  }

  contrasts(): Promise<ReadonlyMap<number, readonly ContrastRow[]>> {
    return this.once('contrasts', async () => contrastRows(await this.rows()));
  }

  objects(): Promise<ReadonlyMap<number, readonly ObjectRow[]>> {
    return this.once('objects', async () => objectRows(await this.rows()));
  }

  /** The training step that a run's rows state; null where they state several. */
  steps(): Promise<ReadonlyMap<number, string | null>> {
    return this.once('steps', async () => statedSteps(await this.rows()));
  }

  /** Rows that state where the model looked. */
  saliency(): Promise<ReadonlyMap<number, RunSaliency>> {
    return this.once('saliency', async () => saliencyRows(await this.rows()));
  }

  /** How often each settled label was given. */
  labels(): Promise<ReadonlyMap<number, ReadonlyMap<string, number>>> {
    return this.once('labels', async () => countLabels(await this.rows()));
  }

  /** Items that mention a term, of those with a right answer. */
  mentions(terms: readonly string[]): Promise<readonly TermCount[]> {
    return this.once('mentions', async () => countMentions(await this.rows(), terms));
  }

  /** How a value of a field that units were counted by is told, and asked for; null for no direction. */
  wordOf(field: string, value: string): string | null {
    return field.endsWith('Direction') ? nameDirection(decodeDirection(Number(value))) : value;
  }

  async close(): Promise<void> {
    await this.last.catch(() => undefined);
  }

  /** The connection, with its rows narrowed. */
  private async rows(): Promise<Database> {
    this.narrowed ??= this.from.narrow();
    await this.narrowed;
    return this.db;
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
