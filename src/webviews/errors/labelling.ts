import { NO_ANNOTATING, type Annotating, type SchemeLabel } from '../../protocol/annotations.js';
import type { ErrorsEvents, ErrorsHost } from '../../protocol/errorsPage.js';
import type { Query, Row, RowKey } from '../../protocol/rows.js';
import type { Connection } from '../shared/host.js';
import { isShortcut, pressed, undoOrRedo } from '../shared/keyPresses.js';
import type { Cursor } from './cursor.js';
import type { Kept } from './kept.js';
import type { RowCache } from './rowCache.js';
import { keysOf, seenIn } from './sliceView.js';

/** The list, as far as labelling asks for it. */
interface Labelled {
  readonly host: Connection<ErrorsHost, ErrorsEvents, Kept>['host'];
  readonly query: Query;
  readonly cursor: Cursor;
  readonly view: { readonly info: { readonly slice: number; readonly total: number }; readonly rows: RowCache } | null;
  next(): void;
  complain(error: unknown): void;
  dismiss(): void;
  reload(): void;
  readonly head: { tell(): void };
}

/** What is saved sooner is not said to be on its way. */
const SLOW_MS = 100;

/** What became of the last key. */
export type Saving = 'saving' | 'saved' | 'not saved' | null;

/** Labels for the rows that are selected, by one key each. */
export class Labelling {
  annotating: Annotating = NO_ANNOTATING;
  saving: Saving = null;
  /** Counts what was heard of what people say: a list that was on its way meanwhile may hold rows of before. */
  heard = 0;
  /** What was saved, in words. */
  said = '';

  constructor(private readonly list: Labelled) {
    const { host } = list;
    host.on('annotating', (annotating) => this.know(annotating));
    host.on('annotated', ({ rows }) => this.renew(rows));
  }

  know(annotating: Annotating): void {
    const isOtherwise = annotating.blind !== this.annotating.blind;
    this.annotating = annotating;
    this.list.head.tell();
    // What the list may hold and count is otherwise now.
    if (isOtherwise) this.list.reload();
  }

  titleOf(label: string): string {
    return this.annotating.scheme.labels.find(({ id }) => id === label)?.title ?? label;
  }

  /** A key of the list; answers whether it means something here. A key that is held down gives no second label. */
  onKey(event: KeyboardEvent): boolean {
    const way = undoOrRedo(event);
    if (way !== null) {
      // Heard by the workbench too, it would take back what was last typed into the search field.
      event.stopPropagation();
      this.undo(way === 'redo');
      return true;
    }
    if (isShortcut(event)) return false;
    const labelOf = (key: string): SchemeLabel | undefined =>
      this.annotating.scheme.labels.find((each) => each.key === key);
    const label = labelOf(pressed(event, (key) => labelOf(key) !== undefined));
    if (label === undefined) return false;
    if (!event.repeat) void this.give(label);
    return true;
  }

  nextUnlabelled(): void {
    this.run(this.list.host.request('nextUnlabelled', null));
  }

  undo(redo: boolean): void {
    this.run(this.list.host.request('undoAnnotation', { redo }));
  }

  /** Gives the selected rows a label; takes it back where one row has it already. */
  async give(label: SchemeLabel): Promise<void> {
    const { cursor, view, host, query } = this.list;
    if (view === null) return;
    const { size } = cursor.selected;
    if (cursor.current < 0 && size === 0)
      return this.list.complain(new Error('Select a row first: it gets the label.'));
    const current = cursor.current;
    const only = size <= 1 ? view.rows.get(current) : undefined;
    const takesBack = only?.annotation?.mine === label.id;
    const hasFailed = this.saving === 'not saved';
    const to = size > 1 ? `${size} rows` : (only?.item ?? '');
    const done = takesBack ? `${label.title} taken back` : `${to}: ${label.title}`;
    const tellSaving = (): void => this.tell('saving', label.title);
    // Drawn at once only where nothing would change in what is said, else where it takes long: drawing takes longer than saving, and holds up the answer.
    const isRepeated = hasFailed || this.said === done;
    if (isRepeated) tellSaving();
    const slow = setTimeout(tellSaving, SLOW_MS);
    try {
      const isWhole = size > 1 && size === view.info.total;
      const set = { label: takesBack ? null : label.id };
      await host.request('annotate', { keys: isWhole ? null : await this.keys(only), query, set });
      // What was not saved before is, with this one.
      if (hasFailed) this.list.dismiss();
      this.tell('saved', done);
      // Whoever has moved on meanwhile is left there.
      if (size <= 1 && !takesBack && this.annotating.autoAdvance && cursor.current === current) this.list.next();
    } catch (error) {
      this.tell('not saved', label.title);
      this.list.complain(error);
    } finally {
      clearTimeout(slow);
    }
  }

  private async keys(only: Row | undefined): Promise<readonly RowKey[]> {
    const { cursor, view, host } = this.list;
    if (view === null) return [];
    if (only !== undefined) return [{ run: only.run, row: only.row }];
    // Rows in sight are known, also where the data have just changed and the slice has ended.
    return keysOf(
      cursor.selected,
      (start, end) => seenIn(view.rows, start, end) ?? host.request('rows', { slice: view.info.slice, start, end }),
    );
  }

  private run(work: Promise<unknown>): void {
    work.catch((error: unknown) => this.list.complain(error));
  }

  private tell(saving: Saving, said: string): void {
    [this.saving, this.said] = [saving, said];
    this.list.head.tell();
  }

  /** What people say of these rows is otherwise now. */
  private renew(rows: readonly RowKey[] | null): void {
    this.heard += 1;
    const names = rows === null ? null : new Set(rows.map(({ run, row }) => `${run}\n${row}`));
    this.list.view?.rows.renew((row) => names === null || names.has(`${row.run}\n${row.row}`));
  }
}
