import type { Answered, Query } from '../protocol/rows.js';
import type { AnalysisClient } from './analysisClient.js';

/**
 * What a page would ask for first, asked for as soon as something is open and told with the news of it: while a window opens,
 * each question from a page waits for a window that is busy, so that three of them take longer than the answers.
 */
export class FirstRows {
  private answer: Promise<Answered | null> = Promise.resolve(null);

  constructor(private readonly client: Pick<AnalysisClient, 'ask'>) {}

  /** Asks for the first rows of a query. Resolves once they are there, or are not to be had. */
  ask(query: Query): Promise<Answered | null> {
    this.answer = this.client.ask('first', query).catch(() => null);
    return this.answer;
  }

  /** Nothing of what was asked for is wanted any more. */
  forget(): void {
    this.answer = Promise.resolve(null);
  }

  /** What was asked for, once; null where it is not to be had, or was taken: the page then asks, and hears why. */
  async take(): Promise<Answered | null> {
    const { answer } = this;
    const first = await answer;
    const isWanted = this.answer === answer;
    if (isWanted) this.forget();
    return isWanted ? first : null;
  }
}
