import type { Treatment } from '../../protocol/comparePage.js';

const RIGHT = 'correct';

/** All outcomes of both runs: the right answer first, then the most frequent first, then by name. */
export function columnsOf(transitions: Treatment['transitions']): readonly string[] {
  const counts = new Map<string, number>();
  const add = (name: string, count: number): void => void counts.set(name, (counts.get(name) ?? 0) + count);
  for (const [from, row] of Object.entries(transitions)) {
    for (const [to, count] of Object.entries(row)) {
      add(from, count);
      add(to, count);
    }
  }
  const first = (name: string): number => (name === RIGHT ? 0 : 1);
  return [...counts]
    .sort(([one, a], [other, b]) => first(one) - first(other) || b - a || (one < other ? -1 : 1))
    .map(([name]) => name);
}

export function totalOf(row: Readonly<Record<string, number>>): number {
  return Object.values(row).reduce((total, count) => total + count, 0);
}
