import type { ErrorsEvents, ErrorsHost } from '../../protocol/errorsPage.js';
import type { Query, RowKey } from '../../protocol/rows.js';
import type { Connection } from '../shared/host.js';
import type { Cursor } from './cursor.js';
import type { Kept } from './kept.js';
import type { Place } from './place.js';
import type { Scroller } from './scroller.js';
import { keyOf, type SliceView } from './sliceView.js';

const DELAY = 150;
/** Selections beyond this are not followed row by row when the data changes. */
const NAMED = 500;

/** What the list shows at the moment. */
interface Shown {
  readonly query: Query;
  readonly cursor: Cursor;
  readonly scroller: Scroller;
  readonly view: SliceView | null;
}

/** Keeps the page's state with VS Code, and holds the part of it that only the filter panel knows. */
export class Keeper {
  filtersOpen: boolean;
  labelsOpen: boolean;
  openFields: readonly string[];
  addedFields: readonly string[];
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly connection: Connection<ErrorsHost, ErrorsEvents, Kept>,
    private readonly shown: () => Shown,
  ) {
    this.filtersOpen = connection.state?.filtersOpen ?? false;
    this.labelsOpen = connection.state?.labelsOpen ?? true;
    this.openFields = connection.state?.openFields ?? [];
    this.addedFields = connection.state?.addedFields ?? [];
    // A view that is hidden gets no later chance.
    window.addEventListener('pagehide', () => this.now());
    document.addEventListener('visibilitychange', () => this.now());
  }

  soon(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.now(), DELAY);
  }

  /** Current row and selection by key, as far as their keys are known. */
  selection(): Pick<Kept, 'current' | 'selected'> {
    const { cursor, view } = this.shown();
    const row = view?.rows.get(cursor.current);
    const key = row === undefined ? cursor.key : keyOf(row);
    const current = key === null ? null : { position: cursor.current, key };
    const total = view?.info.total ?? 0;
    if (total > 1 && cursor.selected.size === total) return { current, selected: 'all' };
    return { current, selected: cursor.selected.size > NAMED ? [] : this.selectedKeys() };
  }

  restored(state: Kept): Place {
    const { current, selected, top } = state;
    return { current, selected, anchor: { key: null, ...top }, reveal: false };
  }

  private selectedKeys(): RowKey[] {
    const { cursor, view } = this.shown();
    const keys: RowKey[] = [];
    for (const { start, end } of cursor.selected.pieces) {
      for (let position = start; position < end; position++) {
        const row = view?.rows.get(position);
        if (row !== undefined) keys.push(keyOf(row));
      }
    }
    return keys;
  }

  private now(): void {
    clearTimeout(this.timer);
    const { query, scroller, view } = this.shown();
    // Before the first rows are there, what was kept last still holds.
    if (view === null) return;
    const { filtersOpen, labelsOpen, openFields, addedFields } = this;
    this.connection.keep({
      query,
      top: scroller.anchor(),
      ...this.selection(),
      filtersOpen,
      labelsOpen,
      openFields,
      addedFields,
    });
  }
}
