import type { Query } from '../../protocol/rows.js';
import type { Kept } from './kept.js';

/** What tables ask of the page. */
export interface Actions {
  readonly open: (query: Query) => void;
  readonly copy: (text: string, what: string) => void;
}

/** What every part of a shown comparison gets. */
export interface Shown {
  /** Short names of runs, by their ids. */
  readonly names: ReadonlyMap<string, string>;
  readonly kept: Kept;
  readonly change: (part: Partial<Kept>) => void;
  readonly actions: Actions;
}
