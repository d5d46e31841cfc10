import type { Database } from './database.js';

/** Something that stays while questions use it. */
export interface Lease {
  release(): void;
}

/**
 * One question while it is answered. It has a connection of its own, so that giving it up stops its statement and no other's,
 * and it holds the tables that it reads until it ends.
 */
export class Question {
  private readonly held = new Map<object, Lease>();

  private constructor(
    readonly db: Database,
    readonly signal: AbortSignal | undefined,
  ) {}

  /** Has a question answered. Throws the signal's reason once that aborts. */
  static async ask<T>(
    db: Database,
    signal: AbortSignal | undefined,
    answer: (question: Question) => Promise<T>,
  ): Promise<T> {
    signal?.throwIfAborted();
    const own = await db.another(signal);
    const question = new Question(own, signal);
    const stop = (): void => question.release();
    signal?.addEventListener('abort', stop, { once: true });
    try {
      return await answer(question);
    } finally {
      signal?.removeEventListener('abort', stop);
      question.release();
      own.close();
    }
  }

  /** Whether the question did not hold this yet. */
  isNew(what: object): boolean {
    return !this.held.has(what);
  }

  hold(what: object, lease: Lease): void {
    this.held.set(what, lease);
  }

  private release(): void {
    for (const lease of this.held.values()) lease.release();
    this.held.clear();
  }
}
