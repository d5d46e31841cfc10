import type { Query, RowKey } from '../../protocol/rows.js';

/** What the page keeps of itself: it is restored when the view is shown again or the window reloads. */
export interface Kept {
  readonly query: Query;
  /** The row at the upper edge, and how far below the edge it stands. */
  readonly top: { readonly position: number; readonly offset: number };
  readonly current: { readonly position: number; readonly key: RowKey } | null;
  /** The selected rows where they are few enough to be named; `all` where it is all of them. */
  readonly selected: readonly RowKey[] | 'all';
  readonly filtersOpen: boolean;
  /** The labels with their keys are shown. */
  readonly labelsOpen?: boolean;
  /** Fields whose values are unfolded, and fields that were added to the panel. */
  readonly openFields: readonly string[];
  readonly addedFields: readonly string[];
}
