import * as vscode from 'vscode';
import type { ErrorsEvents, ErrorsHost, ErrorsStart } from '../protocol/errorsPage.js';
import { ERRORS, type Query, type RowKey } from '../protocol/rows.js';
import { loadPage, type PageRpc } from './page.js';
import type { Predictions } from './predictions.js';

export const ERRORS_VIEW = 'flipside.errors';
const QUERY = 'flipside.errorsQuery';

/** Where the current row stands, for going on from it in another page. */
export interface Current {
  readonly slice: number;
  readonly position: number;
  readonly total: number;
  readonly key: RowKey;
}

/** What the error browser hands over to the rest of the extension. */
export interface ErrorsListener {
  /** A row became current; `open`: it was asked to be shown. */
  select(current: Current, open: boolean): void;
  act(action: Parameters<ErrorsHost['act']>[0]): Promise<void>;
}

/** The view "Errors": gives the page rows, counts and pictures, and remembers its query. */
export class ErrorsView implements vscode.WebviewViewProvider, vscode.Disposable {
  private view: vscode.WebviewView | null = null;
  private rpc: PageRpc<ErrorsHost, ErrorsEvents> | null = null;
  private pending: Query | null = null;
  private query: Query;
  private sliceTotal = 0;
  private readonly subscription: vscode.Disposable;

  constructor(
    private readonly extension: vscode.Uri,
    private readonly predictions: Predictions,
    private readonly keys: Readonly<Record<string, string>>,
    private readonly state: vscode.Memento,
    private readonly listener: ErrorsListener,
  ) {
    this.query = state.get<Query>(QUERY, ERRORS);
    this.subscription = predictions.onDidChange(() => this.changed());
  }

  dispose(): void {
    this.subscription.dispose();
    this.rpc?.close('The view was closed.');
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    this.view = view;
    this.rpc?.close('The view was opened again.');
    const rpc = loadPage<ErrorsHost, ErrorsEvents>(
      view.webview,
      this.extension,
      { name: 'errors', title: 'Errors' },
      this.host(),
    );
    this.rpc = rpc;
    view.onDidDispose(() => {
      rpc.close('The view was closed.');
      if (this.rpc === rpc) [this.rpc, this.view] = [null, null];
    });
    void this.predictions.ensureOpen();
    this.describe();
  }

  /** Shows the rows of a query, opening the view where it is not. */
  async show(query: Query): Promise<void> {
    // Where the page is there already it takes the query now, else with its start.
    const isThere = this.view?.visible === true;
    if (!isThere) this.pending = query;
    await this.focus();
    if (isThere) this.rpc?.emit('apply', { query });
  }

  async focus(): Promise<void> {
    await vscode.commands.executeCommand(`${ERRORS_VIEW}.focus`);
  }

  /** Passes a key or a command of the workbench to the page. */
  do(what: ErrorsEvents['do']['what']): void {
    this.rpc?.emit('do', { what });
  }

  reveal(key: RowKey): void {
    this.rpc?.emit('reveal', { key });
  }

  /** The query that the page shows. */
  get current(): Query {
    return this.query;
  }

  private changed(): void {
    this.describe();
    this.rpc?.emit('changed', this.start());
  }

  private describe(): void {
    if (this.view === null) return;
    const { overview } = this.predictions;
    this.view.description = overview === null ? '' : `lens ${overview.lens.name} v${overview.lens.version}`;
  }

  private start(): ErrorsStart {
    const { overview, emptiness, message } = this.predictions;
    const run = overview?.runs[0]?.id ?? null;
    return {
      overview: emptiness === null ? overview : null,
      emptiness,
      message,
      baseline: this.predictions.baselineOf(run),
      query: this.query,
      keys: this.keys,
    };
  }

  private host(): ErrorsHost {
    const { client } = this.predictions;
    return {
      start: () => {
        const start = this.start();
        const query = this.pending;
        this.pending = null;
        // A query that was asked for before the page was there goes before the page's own.
        if (query !== null) setTimeout(() => this.rpc?.emit('apply', { query }));
        return Promise.resolve(start);
      },
      slice: async (query, signal) => {
        const slice = await client.ask('slice', query, signal);
        this.query = query;
        this.sliceTotal = slice.total;
        await this.state.update(QUERY, query);
        return slice;
      },
      rows: (params) => client.ask('rows', params),
      position: (params) => client.ask('position', params),
      facets: (params, signal) => client.ask('facets', params, signal),
      thumbnails: (params, signal) => client.ask('thumbnails', params, signal),
      select: ({ slice, position, key, open }) => {
        this.listener.select({ slice, position, total: this.sliceTotal, key }, open);
        return Promise.resolve(null);
      },
      act: async (action) => {
        await this.listener.act(action);
        return null;
      },
      command: async ({ command }) => {
        await vscode.commands.executeCommand(command);
        return null;
      },
    };
  }
}
