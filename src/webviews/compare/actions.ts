import type { Treatment } from '../../protocol/comparePage.js';
import type { Query } from '../../protocol/rows.js';
import type { Kept } from './kept.js';
import type { Condition } from './queries.js';

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

/** What is shown of one treatment. */
export interface DetailParts extends Shown {
  readonly base: string;
  /** "axes, version 3". */
  readonly lens: string;
  readonly treatment: Treatment;
}

/** What each of its tables gets. */
export interface OwnParts extends DetailParts {
  /** Of the treatment, short. */
  readonly name: string;
  readonly open: (condition: Condition) => void;
}
