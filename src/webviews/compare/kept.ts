import type { CompareEvents, CompareHost } from '../../protocol/comparePage.js';
import type { Connection } from '../shared/host.js';

/** What is chosen, and survives hiding and reloading. */
export interface Kept {
  /** The id of a run; null: the baseline, else the first run. */
  readonly base: string | null;
  /** Ids of runs; null: the others of the base's dataset. */
  readonly treatments: readonly string[] | null;
  /** The task that is aimed at; null: all items. */
  readonly target: string | null;
  /** The treatment that is looked at; null: the first. */
  readonly looked: string | null;
  /** Tasks and directions that rose stand first. */
  readonly risesFirst: boolean;
}

export const NOTHING_CHOSEN: Kept = { base: null, treatments: null, target: null, looked: null, risesFirst: false };

export type CompareConnection = Connection<CompareHost, CompareEvents, Kept>;
export type Host = CompareConnection['host'];
