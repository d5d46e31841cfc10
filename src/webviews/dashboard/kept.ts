import type { DashboardEvents, DashboardHost } from '../../protocol/dashboardPage.js';
import type { Connection } from '../shared/host.js';

/** What is chosen, and survives hiding and reloading. */
export interface Kept {
  /** Ids of runs; empty: all. */
  readonly runs: readonly string[];
  /** The factor by whose values runs are taken together; null: each by itself. */
  readonly group: string | null;
  /** A chosen value by field; fields that are left out are not chosen by. */
  readonly chosen: Readonly<Record<string, string>>;
  /** Ids of charts that are shown as tables. */
  readonly tables: readonly string[];
}

export const NOTHING_CHOSEN: Kept = { runs: [], group: null, chosen: {}, tables: [] };

export type Dashboard = Connection<DashboardHost, DashboardEvents, Kept>;
export type Host = Dashboard['host'];
