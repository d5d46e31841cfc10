/**
 * One after another: models share a device, and two at once take its memory twice. What waits and is given up never begins.
 */
export class Queue {
  private last: Promise<unknown> = Promise.resolve();
  private entries: { readonly name: string }[] = [];

  /** `onChange` hears when something begins, ends or comes to wait. */
  constructor(private readonly onChange: () => void) {}

  /** What runs; null while nothing does. */
  get running(): string | null {
    return this.entries[0]?.name ?? null;
  }

  get waiting(): number {
    return Math.max(0, this.entries.length - 1);
  }

  /** Runs `work` once all before it has ended. Rejects with an AbortError where `signal` aborts before it begins. */
  async run<T>(name: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const entry = { name };
    const before = this.last;
    this.entries.push(entry);
    this.onChange();
    const mine = (async () => {
      await before;
      signal.throwIfAborted();
      return work();
    })();
    this.last = mine.catch(() => undefined);
    try {
      return await mine;
    } finally {
      this.entries = this.entries.filter((each) => each !== entry);
      this.onChange();
    }
  }
}
