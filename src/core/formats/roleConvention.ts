import type { DepthConvention } from '../model.js';

/** What "front" may mean, as data and mappings spell it. */
export const CONVENTIONS: readonly DepthConvention[] = ['toward-viewer', 'away-from-viewer', 'facing', 'unstated'];

/** The convention that a text names ("toward-viewer", "Away from viewer"); null for any other text. */
export function conventionIn(text: string | null): DepthConvention | null {
  const words = (text ?? '')
    .trim()
    .toLowerCase()
    .replace(/[\s_]+/g, '-');
  return CONVENTIONS.find((name) => name === words) ?? null;
}
