import type { SchemeLabel } from '../../../protocol/annotations.js';
import type { Keys } from '../../shared/keys.js';

/** The key that goes on to the next unlabelled item, where the workbench binds none. */
export const NEXT_KEY = 'k';

/** A label, with why its key does not give it here; null where it does, or has none. */
export function takenBy(label: SchemeLabel, keys: Keys, next: string): string | null {
  if (label.key === null) return null;
  const isTaken = label.key === next || Object.values(keys).includes(label.key);
  return isTaken ? `Its key ${label.key} does something else here.` : null;
}
