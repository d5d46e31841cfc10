import { RequestFailure } from './failure.js';

/** More than this many requests are not kept waiting. */
const MOST_WAITING = 64;

/** One task at a time, in the order in which they came. */
export class Turns {
  private last: Promise<unknown> = Promise.resolve();
  private waiting = 0;

  /** Throws a RequestFailure where too many wait, the signal's reason where nobody waits for the task any more. */
  async run<T>(task: () => Promise<T>, signal: AbortSignal): Promise<T> {
    if (this.waiting >= MOST_WAITING)
      throw new RequestFailure(429, `${MOST_WAITING} requests are waiting already.`, 'rate_limit_error');
    this.waiting += 1;
    const turn = this.last.then(() => {
      signal.throwIfAborted();
      return task();
    });
    this.last = turn.catch(() => undefined);
    try {
      return await turn;
    } finally {
      this.waiting -= 1;
    }
  }
}
