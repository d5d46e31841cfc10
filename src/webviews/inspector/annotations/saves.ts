import type { Marks } from '../../../protocol/annotations.js';
import type { RowKey } from '../../../protocol/rows.js';
import { nameOf } from '../kept.js';

/** What is said of an item: by whoever annotates, or as the judgement between annotators. */
export interface Said {
  readonly key: RowKey;
  /** The item's id, for words about it once another is in sight. */
  readonly item: string;
  readonly set: Marks;
  readonly adjudicates: boolean;
  readonly advance: boolean;
}

export type Field = keyof Marks;

/** One of them, and how far it has come. Saved: it lies on the disk. */
export interface Change extends Said {
  readonly id: number;
  readonly name: string;
  readonly state: 'saving' | 'saved' | 'failed';
  /** Why it failed; null where it did not. */
  readonly message: string | null;
  /** The item was told anew since it was saved or failed, so that what is told of it holds. */
  readonly isTold: boolean;
}

/** What is remembered of changes that are saved; only the last ones are ever asked about. */
const MOST_SAVED = 20;

/**
 * What is said in this page, sent one after the other: the next only once the last is saved or has failed, so that files hold them
 * in the order in which they were said. Until the extension tells an item anew, this is what is known of it.
 */
export class Saves {
  private all: readonly Change[] = [];
  private readonly waiting: (() => Promise<unknown>)[] = [];
  private readonly listeners = new Set<() => void>();
  private isRunning = false;
  private nextId = 1;

  constructor(private readonly send: (said: Omit<Said, 'item'>) => Promise<unknown>) {}

  get changes(): readonly Change[] {
    return this.all;
  }

  /** Something waits for its turn or is under way. */
  get isBusy(): boolean {
    return this.isRunning;
  }

  /** Calls back after every change of state. Returns how to stop. */
  listen(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  say(said: Said): void {
    const change: Change = {
      ...{ ...said, id: this.nextId++, name: nameOf(said.key) },
      ...{ state: 'saving', message: null, isTold: false },
    };
    const { key, set, adjudicates, advance } = said;
    // On its way before the page draws it.
    void this.after(() =>
      this.send({ key, set, adjudicates, advance }).then(
        () => this.saved(change),
        (error: unknown) => this.settle(change, { state: 'failed', message: messageOf(error) }),
      ),
    );
    this.put([...this.all, change]);
  }

  /** Does something once all that was said before is saved or has failed. */
  after<T>(work: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.waiting.push(() => work().then(resolve, reject));
      void this.run();
    });
  }

  /** Sends all that waits at once: the page goes away, and nothing that was said is to be lost. */
  flush(): void {
    for (const work of this.waiting.splice(0)) void work();
  }

  /** The item was told anew: it says itself what was saved, and what the extension keeps because it could not be. */
  told(name: string): void {
    const isNews = (change: Change): boolean => change.name === name && change.state !== 'saving' && !change.isTold;
    if (this.all.some(isNews))
      this.put(this.all.map((change) => (isNews(change) ? { ...change, isTold: true } : change)));
  }

  /** The extension has saved what had failed. */
  allSaved(): void {
    if (!this.all.some(({ state }) => state === 'failed')) return;
    this.put(this.all.map((change) => (change.state === 'failed' ? { ...change, ...SAVED, isTold: true } : change)));
  }

  /** The last change was taken back: what is told of the item counts, and nothing that is remembered here. */
  takenBack(): void {
    const last = this.all.at(-1);
    const kept = last?.state === 'failed' ? this.all.slice(0, -1) : this.all;
    this.put(kept.filter(({ state }) => state !== 'saved'));
  }

  private async run(): Promise<void> {
    if (this.isRunning) return;
    this.isRunning = true;
    for (let work = this.waiting.shift(); work !== undefined; work = this.waiting.shift()) await work();
    this.isRunning = false;
    this.tell();
  }

  /** What had failed before of the same fields is overtaken. */
  private saved(change: Change): void {
    const fields = Object.keys(change.set);
    const isOvertaken = (other: Change): boolean =>
      other.state === 'failed' && isOfSame(other, change) && Object.keys(other.set).every((f) => fields.includes(f));
    this.all = this.all.filter((other) => !isOvertaken(other));
    this.settle(change, SAVED);
  }

  private settle(change: Change, part: Pick<Change, 'state' | 'message'>): void {
    const settled = this.all.map((each) => (each.id === change.id ? { ...each, ...part } : each));
    const spare = settled.filter(({ state }) => state === 'saved').length - MOST_SAVED;
    const dropped = settled.filter(({ state }) => state === 'saved').slice(0, Math.max(spare, 0));
    this.put(settled.filter((each) => !dropped.includes(each)));
  }

  private put(all: readonly Change[]): void {
    this.all = all;
    this.tell();
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}

const SAVED = { state: 'saved', message: null } as const;

function isOfSame(one: Change, other: Change): boolean {
  return one.name === other.name && one.adjudicates === other.adjudicates;
}

/** The marks of an item as they were told, with what was said since. Fields that were taken back are absent. */
export function marksWith(told: Marks | undefined, changes: readonly Change[]): Marks {
  const all = changes
    .filter(({ isTold }) => !isTold)
    .reduce<Marks>((marks, { set }) => ({ ...marks, ...set }), told ?? {});
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null && value !== undefined));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
