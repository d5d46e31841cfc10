import { useEffect, useReducer } from 'preact/hooks';

/** Tells whoever listens that something changed. The parts of the page listen apart, so that scrolling redraws rows only. */
export class Topic {
  private readonly listeners = new Set<() => void>();

  /** Returns how to stop. */
  on(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  tell(): void {
    for (const listener of [...this.listeners]) listener();
  }
}

/** Draws the component again whenever one of the topics speaks. */
export function useTopics(...topics: readonly Topic[]): void {
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    const stops = topics.map((topic) => topic.on(() => redraw(undefined)));
    return () => stops.forEach((stop) => stop());
  }, topics);
}
