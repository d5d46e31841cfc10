import type { RawItem } from '../model.js';
import type { JoinMethod } from './definitions.js';

/** What may tell the runs of one file apart; which of the two does is settled when every row has been seen. */
export type RunLabel = Pick<RawItem, 'split' | 'model'>;

/** Which rows are meant: those of one run, or all. */
export type OfRun = (label: RunLabel) => boolean;

export const EVERY_RUN: OfRun = () => true;

/** More labels than this are no runs: the rows of the rest are counted for the file alone. */
const MOST_LABELS = 1000;
const UNLABELLED: RunLabel = { split: null, model: null };

/** Rows, or joins by method, counted for each run of a file. */
export class JoinCounts {
  private readonly byLabel = new Map<
    string,
    { readonly label: RunLabel; readonly counts: Record<JoinMethod, number> }
  >();

  add({ split, model }: RunLabel, method: JoinMethod): void {
    const own = JSON.stringify([split, model]);
    const known = this.byLabel.has(own) || this.byLabel.size < MOST_LABELS;
    const key = known ? own : '';
    const entry = this.byLabel.get(key) ?? {
      label: known ? { split, model } : UNLABELLED,
      counts: { content: 0, position: 0, id: 0 },
    };
    entry.counts[method] += 1;
    this.byLabel.set(key, entry);
  }

  /** Joins by each method. */
  by(of: OfRun): Record<JoinMethod, number> {
    const counts = { content: 0, position: 0, id: 0 };
    for (const entry of this.byLabel.values()) {
      if (!of(entry.label)) continue;
      counts.content += entry.counts.content;
      counts.position += entry.counts.position;
      counts.id += entry.counts.id;
    }
    return counts;
  }

  /** Joins by any method. */
  total(of: OfRun): number {
    const { content, position, id } = this.by(of);
    return content + position + id;
  }
}

/** How often each item of a definition was answered, for each run of a file: never, once, or more than once. */
export class AnswerCounts {
  private readonly byLabel = new Map<string, { readonly label: RunLabel; readonly answers: Uint8Array }>();

  constructor(private readonly items: number) {}

  add({ split, model }: RunLabel, item: number): void {
    const key = JSON.stringify([split, model]);
    const known = this.byLabel.get(key);
    if (known === undefined && this.byLabel.size >= MOST_LABELS) return;
    const entry = known ?? { label: { split, model }, answers: new Uint8Array(this.items) };
    entry.answers[item] = Math.min(2, (entry.answers[item] ?? 0) + 1);
    this.byLabel.set(key, entry);
  }

  /** Items that the rows meant answer more than once. */
  repeated(of: OfRun): number {
    const meant = [...this.byLabel.values()].filter(({ label }) => of(label));
    const [first, ...more] = meant.map(({ answers }) => answers);
    if (first === undefined) return 0;
    const sums =
      more.length === 0
        ? first
        : first.map((count, at) => more.reduce((sum, each) => Math.min(2, sum + (each[at] ?? 0)), count));
    return sums.reduce((total, count) => total + (count > 1 ? 1 : 0), 0);
  }
}
