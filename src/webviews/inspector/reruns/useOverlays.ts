import { useMemo } from 'preact/hooks';
import type { GridMap } from '../../../protocol/inference.js';
import type { MapSource } from '../../../protocol/rerunPage.js';
import { brightest, overlayOf, type Overlay } from './overlay.js';
import type { Reruns } from './useReruns.js';

/** The maps over image `index` as they are drawn: one that is still being made goes before the chosen one. */
export function useOverlays(
  reruns: Reruns,
  index: number,
): { readonly left: Overlay | null; readonly right: Overlay | null } {
  const { left, right, running, choices, maps } = reruns;
  const partial = running?.partial?.maps[index] ?? null;
  const leftMap = mapOf(maps, left, index);
  const rightMap = mapOf(maps, right, index);
  return useMemo(() => {
    const made = partial === null || choices.method === null ? null : overlayOf(unfinished(choices.method), partial);
    // The same measure of the same model: the same colours for the same values.
    const isSame = left !== null && right !== null && left.method === right.method && left.from === right.from;
    const scale =
      isSame && leftMap !== null && rightMap !== null ? Math.max(brightest(leftMap), brightest(rightMap)) : undefined;
    const overlay = (source: MapSource | null, map: GridMap | null): Overlay | null =>
      source === null || map === null ? null : overlayOf(source, map, scale);
    return { left: made ?? overlay(left, leftMap), right: overlay(right, rightMap) };
  }, [partial, choices.method, left, right, leftMap, rightMap]);
}

function mapOf(maps: Reruns['maps'], source: MapSource | null, index: number): GridMap | null {
  const found = source === null ? undefined : maps.get(source.id);
  return typeof found === 'string' ? null : (found?.[index] ?? null);
}

function unfinished(method: MapSource['method']): MapSource {
  return { id: '', method, target: null, from: 'being made', tokens: null, notes: [] };
}
