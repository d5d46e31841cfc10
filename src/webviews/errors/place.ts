import type { RowKey, SliceInfo } from '../../protocol/rows.js';
import type { Kept } from './kept.js';
import { Ranges } from './ranges.js';

/** Where the list stood, in terms that outlive the slice. */
export interface Place {
  readonly current: Kept['current'];
  readonly selected: Kept['selected'];
  /** The row to hold still, and how far below the upper edge it stands; null for the top of the list. */
  readonly anchor: { readonly key: RowKey | null; readonly position: number; readonly offset: number } | null;
  /** Whether the current row is to be seen. */
  readonly reveal: boolean;
}

export const TOP: Place = { current: null, selected: [], anchor: null, reveal: false };

/** The same place in a new slice. */
export interface Found {
  readonly current: number;
  readonly key: RowKey | null;
  readonly selected: Ranges;
  readonly anchor: { readonly position: number; readonly offset: number } | null;
}

/** The top, with no row current. */
export const NOWHERE: Found = { current: -1, key: null, selected: Ranges.of([]), anchor: null };

/** Whether a place is the top of any list, with nothing to be looked for in it. */
export function isTop({ current, selected, anchor }: Place): boolean {
  return current === null && anchor === null && selected !== 'all' && selected.length === 0;
}

type Position = (slice: number, key: RowKey) => Promise<number | null>;

/** Looks up where the rows of a place went. Rows that are gone are neither current nor selected. */
export async function locate(info: SliceInfo, place: Place, position: Position): Promise<Found> {
  const find = (key: RowKey | null | undefined): Promise<number | null> =>
    key === null || key === undefined ? Promise.resolve(null) : position(info.slice, key);
  const names = place.selected === 'all' ? [] : place.selected;
  const [current, anchor, ...selected] = await Promise.all([
    find(place.current?.key),
    find(place.anchor?.key),
    ...names.map(find),
  ]);
  const last = Math.max(0, info.total - 1);
  return {
    current: current ?? -1,
    key: place.current?.key ?? null,
    selected:
      place.selected === 'all'
        ? Ranges.first(info.total)
        : Ranges.of(selected.filter((found): found is number => found !== null)),
    anchor:
      place.anchor === null
        ? null
        : { position: Math.min(last, anchor ?? place.anchor.position), offset: place.anchor.offset },
  };
}

/** The place of a list that is on its way, where somebody has gone on in the one before: else the next key would meet another row. */
export function movedOn(place: Place | null, { current, selected }: Pick<Place, 'current' | 'selected'>): Place | null {
  return place === null || place.current === null || current === null ? place : { ...place, current, selected };
}

interface Located {
  readonly found: Found;
  readonly at: Place;
}

/** What was found, looked up again as long as somebody goes on in the list before. `now`: where they have come to; null: nobody waits. */
export async function followed(
  info: SliceInfo,
  first: Located,
  now: () => Place | null,
  position: Position,
): Promise<Located> {
  let located = first;
  for (let at = now(); at !== null && at !== located.at; at = now())
    located = { found: await locate(info, at, position), at };
  return located;
}
