import * as vscode from 'vscode';
import { FlipsideError } from '../core/model.js';
import type { ErrorsEvents, ErrorsHost, ErrorsStart } from '../protocol/errorsPage.js';
import { RpcError } from '../protocol/rpc.js';
import { ERRORS, isErrorsOnly, type Query, type RowKey } from '../protocol/rows.js';
import type { Annotator, ProgressList } from './annotations/annotator.js';
import { FirstRows } from './firstRows.js';
import { loadPage, type PageRpc } from './page.js';
import type { Predictions } from './predictions.js';
import { readQuery } from './savedQuery.js';

export const ERRORS_VIEW = 'flipside.errors';
const QUERY = 'flipside.errorsQuery';

/** What the page's buttons may run. A page holds what files hold, so it does not choose freely. */
const COMMANDS: ReadonlySet<string> = new Set([
  ...['vscode.openFolder', 'workbench.trust.manage'],
  ...['flipside.analyse', 'flipside.analyseWorkspace', 'flipside.refresh', 'flipside.showLog', 'flipside.openSlice'],
  ...['flipside.openSettings', 'flipside.keepUnsavedAnnotations'],
]);

/** Where the current row stands, for going on from it in another page. */
export interface Current {
  readonly slice: number;
  readonly position: number;
  readonly total: number;
  readonly key: RowKey;
}

/** The list that is shown, and its current row. */
export interface Listed {
  readonly slice: number;
  readonly current: Current | null;
}

/** What the error browser hands over to the rest of the extension. */
export interface ErrorsListener {
  /** A row became current; `open`: it was asked to be shown. */
  select(current: Current, open: boolean): void;
  /** Another list is shown, in which the same row may stand elsewhere; null: none that holds. */
  listed(list: Listed | null): void;
  act(action: Parameters<ErrorsHost['act']>[0]): Promise<void>;
  annotate(what: Parameters<ErrorsHost['annotate']>[0]): Promise<void>;
}

type What = ErrorsEvents['do']['what'];

/** The view "Errors": gives the page rows, counts and pictures, and remembers its query. */
export class ErrorsView implements vscode.WebviewViewProvider, vscode.Disposable {
  private view: vscode.WebviewView | null = null;
  private rpc: PageRpc<ErrorsHost, ErrorsEvents> | null = null;
  /** The page has started and is seen; else what is asked of it waits for its next start. */
  private alive = false;
  private asked: ErrorsStart['asked'] = NOTHING_ASKED;
  private focused = false;
  private query: Query;
  private sliceTotal = 0;
  /** The list that is shown; null as long as none is. */
  private listed: ProgressList | null = null;
  /** The row that is current, and where it stands as long as its slice holds. */
  private key: RowKey | null = null;
  private current: Current | null = null;
  /** Of what is open. */
  private opening: string | null = null;
  /** The page starts, and has been told nothing of what is open. */
  private begins = false;
  /** Tells that the page shows its list; whoever comes after it waits for that. */
  private listShown: () => void = () => undefined;
  private readonly first: FirstRows;
  private readonly subscription: vscode.Disposable;

  constructor(
    private readonly extension: vscode.Uri,
    private readonly predictions: Predictions,
    private readonly keys: Readonly<Record<string, string>>,
    private readonly state: vscode.Memento,
    private readonly annotator: Annotator,
    private readonly listener: ErrorsListener,
  ) {
    this.query = keptQuery(state.get<unknown>(QUERY));
    this.first = new FirstRows(predictions.client);
    predictions.ahead = () => (this.begins ? this.query : null);
    annotator.list = () => this.listed;
    annotator.keepFocus = (ask) => this.keepFocus(ask);
    this.subscription = vscode.Disposable.from(
      predictions.onWillTell(() => this.changed()),
      annotator.onDidAnnotate((rows) => this.tellAnnotated(rows)),
      annotator.onDidChange((annotating) => this.rpc?.emit('annotating', annotating)),
    );
  }

  dispose(): void {
    this.subscription.dispose();
    this.listShown();
    this.rpc?.close('The view was closed.');
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    this.begins = true;
    // Before the page, which starts meanwhile.
    void this.predictions.ensureOpen();
    this.view = view;
    this.rpc?.close('The view was opened again.');
    const rpc = loadPage<ErrorsHost, ErrorsEvents>(
      view.webview,
      this.extension,
      { name: 'errors', title: 'Errors' },
      this.host(),
    );
    this.rpc = rpc;
    view.onDidChangeVisibility(() => {
      // A hidden page ends, and starts again when it is seen.
      if (view.visible) return;
      this.alive = false;
      this.listShown();
      this.tellFocus(false);
    });
    view.onDidDispose(() => {
      rpc.close('The view was closed.');
      if (this.rpc === rpc) [this.rpc, this.view, this.alive] = [null, null, false];
    });
    this.describe();
  }

  /** Shows the rows of a query, opening the view where it is not. */
  async show(query: Query): Promise<void> {
    if (this.alive) this.rpc?.emit('apply', { query });
    else this.asked = { query, current: null, what: null };
    await this.focus();
  }

  async focus(): Promise<void> {
    await vscode.commands.executeCommand(`${ERRORS_VIEW}.focus`);
  }

  /** Gives the focus back to the list, where it had it, after a question: when its box closes, VS Code goes to the editors. */
  async keepFocus<T>(ask: () => Thenable<T>): Promise<T> {
    const { focused } = this;
    const answer = await ask();
    if (focused) await this.focus();
    return answer;
  }

  /** Passes a key or a command of the workbench to the page, opening the view where it is not. */
  async do(what: What): Promise<void> {
    if (this.alive) this.rpc?.emit('do', { what });
    else this.asked = { ...this.asked, what };
    await this.focus();
  }

  /**
   * Goes on in the list: the page does where it is seen, else this side, which then tells the row like the page. `from`: where
   * to go on from, as long as no row of the list was current.
   */
  async step(by: 1 | -1, from: RowKey | null): Promise<void> {
    if (this.alive) {
      this.rpc?.emit('do', { what: by === 1 ? 'next' : 'previous' });
      return;
    }
    await this.predictions.ready();
    const next = await this.neighbour(by, from);
    if (next === null) return;
    this.key = next.key;
    this.current = next;
    this.asked = { ...this.asked, current: { position: next.position, key: next.key } };
    this.listener.select(next, true);
  }

  /** Goes on to the next row of the list without a label of one's own: after the current one, or `from` where none is. */
  async nextUnlabelled(from: RowKey | null): Promise<void> {
    await this.predictions.ready();
    const { client } = this.predictions;
    const { slice, total } = this.listed ?? (this.listed = await this.list());
    const key = this.current?.key ?? from;
    const position = this.current?.position ?? (key === null ? null : await client.ask('position', { slice, key }));
    const next = await client.ask('nextUnlabelled', { slice, position: position ?? -1 });
    const [row] = next === null ? [] : await client.ask('rows', { slice, start: next, end: next + 1 });
    if (next === null || row === undefined) throw new FlipsideError('Every row of the list carries a label of yours.');
    this.key = { run: row.run, row: row.row };
    this.current = { slice, total, position: next, key: this.key };
    this.reveal(this.key);
    this.listener.select(this.current, true);
  }

  private async list(): Promise<ProgressList> {
    const { slice, total } = await this.predictions.client.ask('slice', this.query);
    return { slice, total };
  }

  reveal(key: RowKey): void {
    if (this.alive) this.rpc?.emit('reveal', { key });
    else this.asked = { ...this.asked, current: { position: 0, key } };
  }

  picturesChanged(): void {
    this.rpc?.emit('picturesChanged', null);
  }

  /** The workbench's keys are for the list. */
  get hasFocus(): boolean {
    return this.focused;
  }

  /** The row that is current; null as long as none is. */
  get currentKey(): RowKey | null {
    return this.key;
  }

  /** The query that the page shows. */
  get shown(): Query {
    return this.query;
  }

  private async neighbour(by: 1 | -1, from: RowKey | null): Promise<Current | null> {
    const { current } = this;
    const known = current === null ? null : await this.at(current, current.position, by);
    if (known !== null) return known;
    const { client } = this.predictions;
    const { slice, total } = await client.ask('slice', this.query);
    if (total === 0) throw new FlipsideError('The list is empty: nothing matches its filters.');
    const key = this.key ?? from;
    const position = key === null ? null : await client.ask('position', { slice, key });
    return this.at({ slice, total }, position ?? -1, position === null ? 1 : by);
  }

  /** The error next to a position; at the last one, that one; null where the slice has ended. */
  private async at(of: Pick<Current, 'slice' | 'total'>, from: number, by: 1 | -1): Promise<Current | null> {
    const { slice, total } = of;
    try {
      const wanted = isErrorsOnly(this.query)
        ? from + by
        : ((await this.predictions.client.ask('nextError', { slice, position: from, by })) ?? from);
      const position = Math.max(0, Math.min(total - 1, wanted));
      const [row] = await this.predictions.client.ask('rows', { slice, start: position, end: position + 1 });
      return row === undefined ? null : { slice, total, position, key: { run: row.run, row: row.row } };
    } catch (error) {
      if (error instanceof RpcError && error.kind === 'expected') return null;
      throw error;
    }
  }

  private changed(): void {
    this.describe();
    const id = this.predictions.overview?.id ?? null;
    if (id !== this.opening) {
      // Slices end with the data that they list.
      [this.opening, this.current, this.listed] = [id, null, null];
      this.first.forget();
      if (id !== null && this.begins && this.predictions.emptiness === null) this.askAhead();
      if (!this.alive) this.listener.listed(null);
    }
    void this.tell();
  }

  private askAhead(): void {
    this.begins = false;
    this.predictions.after(new Promise((resolve) => (this.listShown = resolve)));
    void this.first.ask(this.query);
  }

  private async tell(): Promise<void> {
    const { rpc } = this;
    if (!this.alive || rpc === null) return;
    const first = await this.first.take();
    if (this.alive && this.rpc === rpc) rpc.emit('changed', this.start(first));
  }

  private describe(): void {
    if (this.view === null) return;
    const { overview } = this.predictions;
    this.view.description = overview === null ? '' : `lens ${overview.lens.name} v${overview.lens.version}`;
  }

  private start(first: ErrorsStart['first']): ErrorsStart {
    const { overview, emptiness, message } = this.predictions;
    if (first !== null) this.isListed(first.slice);
    const asked = emptiness === null ? this.asked : NOTHING_ASKED;
    if (emptiness === null) this.asked = NOTHING_ASKED;
    return {
      overview: emptiness === null ? overview : null,
      emptiness,
      message,
      query: this.query,
      first,
      asked,
      keys: this.keys,
      annotating: this.annotator.state,
    };
  }

  private isListed({ slice, total }: ProgressList): void {
    this.sliceTotal = total;
    this.listed = { slice, total };
    void this.annotator.count();
  }

  private tellFocus(on: boolean): void {
    this.focused = on;
    void vscode.commands.executeCommand('setContext', 'flipside.errorsFocus', on);
  }

  private tellAnnotated(rows: readonly RowKey[] | null): void {
    // Rows that were asked for ahead say what was said before, and a page that is not there yet hears nothing.
    if (!this.alive) this.first.forget();
    this.rpc?.emit('annotated', { rows });
  }

  private annotatingHost(): Pick<ErrorsHost, 'annotate' | 'undoAnnotation' | 'nextUnlabelled'> {
    return {
      annotate: async (what) => {
        await this.listener.annotate(what);
        return null;
      },
      undoAnnotation: async ({ redo }) => {
        this.reveal(await this.annotator.undo(redo));
        return null;
      },
      nextUnlabelled: async () => {
        await this.nextUnlabelled(null);
        return null;
      },
    };
  }

  private host(): ErrorsHost {
    const { client } = this.predictions;
    return {
      ...this.annotatingHost(),
      start: async () => {
        const first = await this.first.take();
        this.alive = true;
        return this.start(first);
      },
      slice: async (query, signal) => {
        const slice = await client.ask('slice', query, signal);
        [this.query, this.current] = [query, null];
        this.isListed(slice);
        // Nobody's rows wait until it is kept.
        void this.state.update(QUERY, query);
        return slice;
      },
      rows: (params, signal) => client.ask('rows', params, signal),
      position: (params) => client.ask('position', params),
      nextError: (params) => client.ask('nextError', params),
      facets: (params, signal) => client.ask('facets', params, signal),
      thumbnails: (params, signal) => client.ask('thumbnails', params, signal),
      select: ({ slice, position, key, open }) => {
        this.key = key;
        this.current = { slice, position, total: this.sliceTotal, key };
        this.listener.select(this.current, open);
        this.annotator.prepare(key);
        return Promise.resolve(null);
      },
      placed: ({ slice, current }) => {
        this.listShown();
        this.current = current === null ? null : { slice, total: this.sliceTotal, ...current };
        this.key = current?.key ?? this.key;
        this.listener.listed({ slice, current: this.current });
        return Promise.resolve(null);
      },
      act: async (action) => {
        await this.listener.act(action);
        return null;
      },
      focus: ({ on }) => {
        this.tellFocus(on);
        return Promise.resolve(null);
      },
      command: async ({ command }) => {
        if (!COMMANDS.has(command)) throw new Error(`The page may not run "${command}".`);
        await vscode.commands.executeCommand(command);
        return null;
      },
    };
  }
}

const NOTHING_ASKED: ErrorsStart['asked'] = { query: null, current: null, what: null };

/** The query of the last time; one that an older version kept in another form is given up. */
function keptQuery(kept: unknown): Query {
  try {
    return kept === undefined ? ERRORS : readQuery(kept);
  } catch {
    return ERRORS;
  }
}
