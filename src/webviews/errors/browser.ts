import type { ErrorsAction, ErrorsEvents, ErrorsHost, ErrorsStart } from '../../protocol/errorsPage.js';
import { RpcError } from '../../protocol/rpc.js';
import { ERRORS, isErrorsOnly, type Query, type Row, type RowKey, type SliceInfo } from '../../protocol/rows.js';
import type { Connection } from '../shared/host.js';
import { onceDrawn } from '../shared/drawn.js';
import { runNames } from '../shared/runNames.js';
import { act } from './act.js';
import { Announcer } from './announcer.js';
import { Cursor, type Grip } from './cursor.js';
import { FacetCounts } from './facetCounts.js';
import { Keeper } from './keeper.js';
import type { Kept } from './kept.js';
import { Labelling } from './labelling.js';
import { Lines } from './lines.js';
import { followed, isTop, locate, movedOn, NOWHERE, TOP, type Found, type Place } from './place.js';
import { cleared, conditions, takenApart } from './queries.js';
import { RowCache } from './rowCache.js';
import { Scroller } from './scroller.js';
import { keyOf, knownIn, type Problem, type SliceView } from './sliceView.js';
import { Thumbnails } from './thumbnails.js';
import { Topic } from './topic.js';

/** Nothing tells of waiting that is shorter than this, in milliseconds. */
const PATIENCE = 300;
/** So many rows above and below those in sight are asked for too. */
const ALONGSIDE = 20;

/** The page's state and everything that changes it. Components read it, call it, and listen to its topics. */
export class ErrorBrowser {
  /** Query, counts, what there is at all. */
  readonly head = new Topic();
  /** Rows, pictures, scroll position, current row, selection. */
  readonly list = new Topic();
  /** The search field is to be focused. */
  readonly searching = new Topic();

  start: ErrorsStart | null = null;
  query: Query;
  view: SliceView | null = null;
  problem: Problem | null = null;
  /** The answer to the current query has been waited for noticeably long. */
  busy = false;
  pasting = false;
  /** Whether any row seen of the slice has a picture: then every row leaves room for one. Null before the first row. */
  pictures: boolean | null = null;
  readonly scroller = new Scroller();
  readonly cursor = new Cursor();
  readonly keeper: Keeper;
  readonly facets: FacetCounts;
  readonly thumbnails: Thumbnails;
  readonly host: Connection<ErrorsHost, ErrorsEvents, Kept>['host'];
  readonly labelling: Labelling;
  private readonly announcer: Announcer;
  private names: ReadonlyMap<string, string> = new Map();
  private loading = new AbortController();
  private renewed = false;
  /** Ids that were just pasted, until the first answer about them. */
  private pasted: readonly string[] | null = null;
  /** The counts are those of another query. */
  private uncounted = false;
  /** Where the list is to stand once there is one; null while it stands. */
  private awaited: Place | null = null;
  /** The row to be revealed once it stands. */
  private sought: RowKey | null = null;

  constructor(connection: Connection<ErrorsHost, ErrorsEvents, Kept>) {
    const { host } = connection;
    this.host = host;
    this.query = connection.state?.query ?? ERRORS;
    this.keeper = new Keeper(connection, () => this);
    this.facets = new FacetCounts(
      (params, signal) => host.request('facets', params, signal),
      () => this.head.tell(),
    );
    this.thumbnails = new Thumbnails(
      (keys, size, signal) => host.request('thumbnails', { keys, size }, signal),
      () => this.list.tell(),
    );
    this.labelling = new Labelling(this);
    this.announcer = new Announcer((position, row, open) => this.tellCurrent(position, row, open));
    host.on('changed', (start) => this.begin(start, this.place()));
    host.on('apply', ({ query }) => this.ask(query, true));
    host.on('picturesChanged', () => {
      this.thumbnails.forgetAll();
      this.wantThumbnails();
    });
    host.on('reveal', ({ key }) => void this.reveal(key));
    host.on('do', ({ what }) => this.perform(what));
    void this.open(connection.state);
  }

  private async open(state: Kept | null): Promise<void> {
    try {
      // Whatever was told before this answer is older than it.
      const start = await this.host.request('start', null);
      if (state === null && start.query !== null) this.query = start.query;
      this.begin(start, state === null ? TOP : this.keeper.restored(state));
    } catch (error) {
      this.fail(error);
    }
  }

  /** The data is new: everything is asked for again, and stands where it stood, or where it was asked to stand meanwhile. */
  private begin(start: ErrorsStart, stood: Place): void {
    const { query, current, what } = start.asked;
    this.labelling.annotating = start.annotating;
    const isAsked = query !== null || current !== null || what !== null;
    if (!isAsked && this.view !== null && this.isOpen(start)) {
      // The same rows, and more is known of them.
      this.start = start;
      return this.head.tell();
    }
    const kept = query === null ? stood : TOP;
    const place = current === null ? kept : { current, selected: [], anchor: null, reveal: true };
    [this.start, this.query] = [start, query ?? this.query];
    const known = this.names;
    this.names = runNames(start.overview?.runs ?? []);
    [this.awaited, this.renewed] = [place, false];
    this.facets.forget(known.size === this.names.size && [...known.keys()].every((run) => this.names.has(run)));
    this.thumbnails.renew(new Map(start.overview?.runs.map(({ id, content }) => [id, content])));
    const given = start.emptiness === null ? this.givenIn(start) : null;
    // Drawn once, where the rows are there and nothing has to be looked for.
    if (given !== null && isTop(place)) this.showGiven(given);
    else {
      this.head.tell();
      if (start.emptiness !== null) return;
      void this.load(place, true, given);
    }
    // Once what it is about has been drawn.
    if (what !== null) setTimeout(() => this.perform(what));
  }

  /** Whether what is told is about what is open already. */
  private isOpen({ emptiness, overview }: ErrorsStart): boolean {
    return emptiness === null && overview !== null && overview.id === this.start?.overview?.id && this.problem === null;
  }

  // --- The query --------------------------------------------------------------------------------------------------------

  /** Asks for other rows. `anew`: somebody else's query, so that nothing of the selection is meant any more. */
  ask(query: Query, anew = false): void {
    const sameRows = conditions(query) === conditions(this.query);
    this.query = query;
    this.keeper.soon();
    this.head.tell();
    if (this.start === null || this.start.emptiness !== null) return;
    if (anew) this.facets.reorder();
    const { current, selected } = this.keeper.selection();
    const place = { current, selected: sameRows ? selected : [], anchor: null, reveal: sameRows };
    void this.load(anew ? TOP : place, !sameRows);
  }

  clear(): void {
    this.ask(cleared(this.query));
  }

  /** What a value of a field is called where room is scarce. */
  shortly(field: string | null, label: string): string {
    return field === 'run' ? (this.names.get(label) ?? label) : label;
  }

  /** Asks for the same rows and counts again: what may be told of them has changed. */
  reload(): void {
    if (this.start === null || this.start.emptiness !== null) return;
    this.facets.forget(false);
    void this.load(this.place(), true);
  }

  refreshFacets(): void {
    this.uncounted = false;
    void this.facets.refresh(this.query, this.keeper.openFields);
  }

  /** Tries again what failed. */
  retry(): void {
    this.renewed = false;
    if (this.start === null) void this.open(null);
    else this.begin(this.start, this.place());
  }

  // --- The slice --------------------------------------------------------------------------------------------------------

  /** Asks for the list and, where `count` says so, for the counts that belong to it: rows first, they are what is looked at. */
  private async load(place: Place, count = false, given: ErrorsStart['first'] = null): Promise<void> {
    this.loading.abort();
    if (count) this.facets.stop();
    this.uncounted ||= count;
    this.announcer.stop();
    this.awaited = place;
    const { signal } = (this.loading = new AbortController());
    const impatient = setTimeout(() => this.setBusy(true), PATIENCE);
    try {
      const info = given?.slice ?? (await this.sliceOf(signal));
      const view = this.viewOf(info, given);
      const { heard } = this.labelling;
      const position = (slice: number, key: RowKey) => this.host.request('position', { slice, key }, signal);
      const found = await locate(info, place, position);
      // The first rows come with the slice where they come soon, so that nothing flickers.
      const first = found.anchor?.position ?? 0;
      const primed = info.total === 0 ? null : view.rows.row(first).catch(() => undefined);
      await Promise.race([primed, new Promise((resolve) => setTimeout(resolve, PATIENCE))]);
      const last = await followed(info, { found, at: place }, () => (signal.aborted ? null : this.awaited), position);
      if (heard !== this.labelling.heard) view.rows.renew(() => true);
      if (signal.aborted) view.rows.close();
      else this.show(view, last.found, place.reveal || last.at !== place);
    } catch (error) {
      if (!signal.aborted) this.fail(error);
    } finally {
      clearTimeout(impatient);
      if (!signal.aborted) {
        this.setBusy(false);
        if (this.uncounted) this.refreshFacets();
      }
    }
  }

  /** The rows that were told, if they are those of the query. */
  private givenIn({ first }: ErrorsStart): ErrorsStart['first'] {
    return first !== null && JSON.stringify(first.query) === JSON.stringify(this.query) ? first : null;
  }

  /** What `load` comes to where nobody has to be asked. */
  private showGiven(given: NonNullable<ErrorsStart['first']>): void {
    this.loading.abort();
    this.loading = new AbortController();
    this.facets.stop();
    this.announcer.stop();
    this.show(this.viewOf(given.slice, given), NOWHERE, false);
    this.setBusy(false);
    const { signal } = this.loading;
    this.uncounted = true;
    // Counting takes all processors for a while: the rows are drawn before.
    onceDrawn(() => {
      if (!signal.aborted && this.uncounted) this.refreshFacets();
    });
  }

  private viewOf(info: SliceInfo, given: ErrorsStart['first']): SliceView {
    const view = { info, rows: this.cacheOf(info.slice, info.total) };
    if (given !== null) view.rows.give(given.rows);
    return view;
  }

  /** The slice of the query. What was pasted and no item is called may be several ids in one line. */
  private async sliceOf(signal: AbortSignal): Promise<SliceInfo> {
    const info = await this.host.request('slice', this.query, signal);
    const { ids } = this.query;
    const apart = ids === null || ids !== this.pasted ? null : takenApart(ids, info.unknownIds);
    this.pasted = null;
    if (apart === null) return info;
    this.query = { ...this.query, ids: apart };
    return this.host.request('slice', this.query, signal);
  }

  private show(view: SliceView, found: Found, reveal: boolean): void {
    this.view?.rows.close();
    this.view = view;
    this.awaited = null;
    this.problem = null;
    const lines = new Lines(view.info.total, view.info.groups);
    const top = found.anchor === null ? 0 : lines.rowTop(found.anchor.position) - found.anchor.offset;
    this.pictures = null;
    this.scroller.show(lines, top);
    this.cursor.place(found.current, found.key, found.selected);
    this.tellPlace(view.info.slice);
    if (reveal && found.current >= 0) this.scroller.reveal(found.current);
    this.keeper.soon();
    this.head.tell();
    this.moved();
    const { sought } = this;
    this.sought = null;
    if (sought !== null) void this.reveal(sought);
  }

  private cacheOf(slice: number, total: number): RowCache {
    return new RowCache(
      total,
      (start, end, signal) => this.host.request('rows', { slice, start, end }, signal),
      () => this.rowsArrived(),
      (error) => this.rowsFailed(slice, error),
      onceDrawn,
    );
  }

  private rowsArrived(): void {
    this.renewed = false;
    this.wantThumbnails();
    this.list.tell();
  }

  /** A slice ends when the data changes; the query is then asked again, once. */
  private rowsFailed(slice: number, error: unknown): void {
    if (this.view !== null && slice !== this.view.info.slice) return;
    const ended = error instanceof RpcError && error.kind === 'expected';
    if (ended && !this.renewed) {
      this.renewed = true;
      void this.load(this.place());
    } else this.fail(error);
  }

  private fail(error: unknown): void {
    if (error instanceof RpcError && error.kind === 'cancelled') return;
    const message = error instanceof Error ? error.message : String(error);
    this.problem = { message, defect: !(error instanceof RpcError && error.kind === 'expected') };
    this.head.tell();
    this.list.tell();
  }

  private setBusy(busy: boolean): void {
    if (this.busy === busy) return;
    this.busy = busy;
    this.head.tell();
    this.list.tell();
  }

  // --- What is in sight -------------------------------------------------------------------------------------------------

  /** The list was scrolled or resized, or its rows are others: asks for what is seen now. */
  moved(): void {
    const { start, end } = this.scroller.visible();
    this.view?.rows.want(start, end, ALONGSIDE);
    this.wantThumbnails();
    this.keeper.soon();
    this.list.tell();
  }

  private wantThumbnails(): void {
    const { start, end } = this.scroller.visible();
    const rows = this.view === null ? [] : knownIn(this.view.rows, start, end);
    const pictured = rows.filter((row) => row.images > 0);
    if (rows.length > 0) this.pictures = this.pictures === true || pictured.length > 0;
    this.thumbnails.want(pictured.map(keyOf));
  }

  // --- The current row and the selection --------------------------------------------------------------------------------

  /** Makes a row current, sees to it that it is seen, and tells the extension. */
  goTo(position: number, grip: Grip = 'only', open = false): void {
    const total = this.view?.info.total ?? 0;
    if (total === 0) return;
    const to = Math.max(0, Math.min(total - 1, position));
    this.cursor.moveTo(to, grip);
    this.awaited = movedOn(this.awaited, this.keeper.selection());
    this.scroller.reveal(to);
    this.announce(open);
    this.moved();
  }

  /** Moves the current row; the first key of all goes to the row at the top. */
  step(by: number, grip: Grip = 'only'): void {
    const { current } = this.cursor;
    this.goTo(current < 0 ? this.scroller.anchor().position : current + by, grip);
  }

  /** To the next error, or the one before, past the rows that are right. */
  private async stepToError(by: 1 | -1): Promise<void> {
    const { view } = this;
    if (view === null || isErrorsOnly(this.query)) return this.step(by);
    const { current } = this.cursor;
    const from = current < 0 ? this.scroller.anchor().position - 1 : current;
    const params = { slice: view.info.slice, position: from, by };
    // Expected is that the slice has just ended; the new one is on its way.
    const position = await this.host.request('nextError', params).catch(() => null);
    if (position !== null && this.view === view) this.goTo(position);
  }

  /** On to the next error. */
  next(): void {
    void this.stepToError(1);
  }

  openCurrent(): void {
    // Where no row is current yet, the one at the top is meant.
    if (this.cursor.current >= 0) this.announce(true);
    else this.goTo(this.scroller.anchor().position, 'only', true);
  }

  selectAll(): void {
    this.cursor.selectAll(this.view?.info.total ?? 0);
    this.moved();
  }

  collapse(): void {
    this.cursor.collapse();
    this.moved();
  }

  private announce(open: boolean): void {
    const { view, cursor } = this;
    if (view !== null) this.announcer.announce(cursor.current, open, (position) => view.rows.row(position));
  }

  private tellCurrent(position: number, row: Row, open: boolean): void {
    if (this.view === null) return;
    if (this.cursor.current === position) this.cursor.key = keyOf(row);
    this.keeper.soon();
    const params = { slice: this.view.info.slice, position, key: keyOf(row), open };
    this.host.request('select', params).catch((error: unknown) => {
      // Expected is that the slice has just ended; the new one is on its way.
      if (!(error instanceof RpcError && error.kind === 'expected')) this.complain(error);
    });
  }

  private tellPlace(slice: number): void {
    const { current, key } = this.cursor;
    const params = { slice, current: current < 0 || key === null ? null : { position: current, key } };
    this.host.request('placed', params).catch((error: unknown) => this.complain(error));
  }

  private async reveal(key: RowKey): Promise<void> {
    const { view } = this;
    // The row is shown in the list that is on its way: in this one it would be gone in a moment.
    if (view === null || this.awaited !== null) return void (this.sought = key);
    const position = await this.host.request('position', { slice: view.info.slice, key }).catch(() => null);
    if (this.view !== view || this.awaited !== null) return this.reveal(key);
    if (position === null) return;
    this.announcer.stop();
    this.cursor.moveTo(position, 'only');
    this.cursor.key = keyOf(key);
    this.tellPlace(view.info.slice);
    this.scroller.reveal(position);
    this.moved();
  }

  private place(): Place {
    if (this.awaited !== null) return this.awaited;
    const { position, offset } = this.scroller.anchor();
    const { current, selected } = this.keeper.selection();
    const held = current !== null && current.position >= 0 && this.scroller.sees(current.position) ? current : null;
    const at = held?.position ?? position;
    const row = this.view?.rows.get(at);
    const key = held?.key ?? (row === undefined ? null : keyOf(row));
    const down = held === null ? offset : this.scroller.lines.rowTop(held.position) - this.scroller.top;
    return { current, selected, anchor: { key, position: at, offset: down }, reveal: false };
  }

  // --- Commands ---------------------------------------------------------------------------------------------------------

  private perform(what: ErrorsEvents['do']['what']): void {
    switch (what) {
      case 'search':
        return this.searching.tell();
      case 'next':
        return void this.stepToError(1);
      case 'previous':
        return void this.stepToError(-1);
      case 'open':
        return this.openCurrent();
      case 'selectAll':
        return this.selectAll();
      case 'pasteIds':
        return this.setPasting(true);
      case 'rerun':
        return void this.act('rerun');
    }
  }

  showLabels(shown: boolean): void {
    this.keeper.labelsOpen = shown;
    this.keeper.soon();
    this.head.tell();
  }

  setPasting(pasting: boolean): void {
    this.pasting = pasting;
    this.head.tell();
  }

  showIds(ids: readonly string[]): void {
    this.pasting = false;
    this.pasted = ids;
    this.ask(ids.length === 0 ? { ...this.query, ids: null } : { ...cleared(this.query), facets: {}, ids });
  }

  /** Puts the selected rows to an action; `all` rows of the query where that is meant, or nothing is selected. */
  async act(action: ErrorsAction, all = false): Promise<void> {
    await act(this, action, all).catch((error: unknown) => this.complain(error));
  }

  command(command: string): void {
    this.host.request('command', { command }).catch((error: unknown) => this.complain(error));
  }

  /** Something failed beside the list: it is said above it, and the list stays. */
  notice: string | null = null;
  complain(error: unknown): void {
    if (error instanceof RpcError && error.kind === 'cancelled') return;
    this.notice = error instanceof Error ? error.message : String(error);
    this.head.tell();
  }

  dismiss(): void {
    this.notice = null;
    this.head.tell();
  }
}
