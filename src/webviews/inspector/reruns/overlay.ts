import type { Box } from '../../../core/model.js';
import type { GridMap } from '../../../protocol/inference.js';
import { insideBoxes, type InsideBoxes } from '../../../protocol/insideBoxes.js';
import type { MapSource } from '../../../protocol/rerunPage.js';
import { largestValue, normalise, type ShownMap } from '../../../protocol/shownMap.js';
import type { Size } from '../viewport.js';

/** A map as it lies over the image that is shown. */
export interface Overlay {
  readonly source: MapSource;
  readonly map: GridMap;
  readonly drawn: ShownMap;
  /** The brightest colour is for this value and all above it: they are these many hundredths of the cells. Null where it is the largest value. */
  readonly above: number | null;
}

/** Maps of more cells than these have single cells that outshine all others; those of occlusion have fewer. */
const FINE = 1024;
/** Of a fine map, the brightest colour begins at the value that so much of the cells stay below. */
const BELOW = 0.995;

/** @param scale The value that is drawn brightest; left out, the map's own. */
export function overlayOf(source: MapSource, map: GridMap, scale?: number): Overlay {
  const own = brightest(map);
  const value = scale ?? own;
  const isCut = value < largestValue([map]);
  return { source, map, drawn: normalise(map, value), above: isCut ? Math.round((1 - BELOW) * 1000) / 10 : null };
}

/** The value that a map's brightest colour stands for. */
export function brightest({ values, width, height }: GridMap): number {
  const largest = largestValue([{ values, width, height }]);
  if (values.length < FINE) return largest;
  const sorted = values.map(Math.abs).sort();
  const cut = sorted[Math.floor(BELOW * (sorted.length - 1))] ?? 0;
  // Nearly all cells of such a map are 0: the few that are not must be seen.
  return cut > 0 ? cut : largest;
}

/** The share of a map inside the item's boxes; null where the data gives none. */
export function insideOf({ map }: Overlay, boxes: readonly Box[], image: Size): InsideBoxes | null {
  return boxes.length === 0 ? null : insideBoxes(map, boxes, image);
}

/** "gradient of left · augmented": what a map is of, and whose. */
export function titleOf({ method, target, from }: MapSource): string {
  const of = target === null ? '' : ` of ${target}`;
  return `${METHOD_WORDS[method]}${of} · ${from}`;
}

export const METHOD_WORDS: Readonly<Record<MapSource['method'], string>> = {
  gradient: 'gradient',
  occlusion: 'occlusion',
  rise: 'RISE',
  attention: 'attention',
  imported: 'imported map',
};

/** "34 %"; what would be rounded to none or to all says that it is neither. */
export function percent(share: number): string {
  const hundredths = share * 100;
  if (hundredths > 0 && hundredths < 0.05) return '< 0.1 %';
  if (hundredths > 99.95 && hundredths < 100) return '> 99.9 %';
  const isEdge = (hundredths > 0 && hundredths < 1) || (hundredths > 99 && hundredths < 100);
  return `${isEdge ? hundredths.toFixed(1) : Math.round(hundredths)} %`;
}

/** A value of a map in a few digits. */
export function digits(value: number): string {
  return value === 0 ? '0' : String(Number(value.toPrecision(3)));
}
