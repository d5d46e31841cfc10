import { useLayoutEffect, useReducer, useRef } from 'preact/hooks';

/** Tells whoever listens that something changed. The parts of the page listen apart, so that scrolling redraws rows only. */
export class Topic {
  /** How often it spoke. */
  told = 0;
  private readonly listeners = new Set<() => void>();

  /** Returns how to stop. */
  on(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  tell(): void {
    this.told += 1;
    for (const listener of [...this.listeners]) listener();
  }
}

/** Draws the component again whenever one of the topics speaks. */
export function useTopics(...topics: readonly Topic[]): void {
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  const sum = (): number => topics.reduce((total, { told }) => total + told, 0);
  const drawn = useRef(0);
  drawn.current = sum();
  useLayoutEffect(() => {
    const stops = topics.map((topic) => topic.on(() => redraw(undefined)));
    // What was said between drawing and listening would be lost.
    if (sum() !== drawn.current) redraw(undefined);
    return () => stops.forEach((stop) => stop());
  }, topics);
}
