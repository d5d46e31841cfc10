import type { ErrorsAction, ErrorsEvents, ErrorsHost } from '../../protocol/errorsPage.js';
import type { Query } from '../../protocol/rows.js';
import type { Connection } from '../shared/host.js';
import type { Cursor } from './cursor.js';
import type { Kept } from './kept.js';
import { keysOf, type SliceView } from './sliceView.js';

/** The extension opens fewer still, and says how many; this many rows are looked up for it. */
const OPENABLE = 1_000;

/** The list whose rows are meant. */
interface Acting {
  readonly host: Connection<ErrorsHost, ErrorsEvents, Kept>['host'];
  readonly view: SliceView | null;
  readonly query: Query;
  readonly cursor: Cursor;
}

/** Puts the selected rows to an action; `all` rows of the query where that is meant, or nothing is selected. */
export async function act({ host, view, query, cursor }: Acting, action: ErrorsAction, all: boolean): Promise<void> {
  if (view === null) return;
  const { slice, total } = view.info;
  const { size } = cursor.selected;
  // Items are opened one by one: they are named even where they are all rows.
  const whole = action !== 'open' && (all || (size === 0 && action !== 'rerun') || (size === total && size > 1));
  if (action === 'open' && size > OPENABLE) throw new Error(`${size} items are too many to open: select fewer.`);
  const rows = (start: number, end: number) => host.request('rows', { slice, start, end });
  const keys = whole ? null : await keysOf(cursor.selected, rows);
  await host.request('act', { action, keys, query });
}
