import path from 'node:path';
import * as vscode from 'vscode';
import type { ImageSettings, Overview } from '../protocol/analysis.js';
import type { Emptiness } from '../protocol/errorsPage.js';
import type { AnalysisClient } from './analysisClient.js';
import { readProjectFile, writeProjectFile } from './projectFile.js';
import { readSettings } from './settings.js';

/** A run that is still being written changes often: it is looked at again no sooner than this, in milliseconds. */
const QUIET = 1000;
/** Reading that takes longer than this shows its progress. */
const PATIENCE = 1000;
const WATCHED = '**/*.{csv,tsv,txt,json,jsonl,ndjson,xlsx,eval,log,gz,zst,parquet}';
const IGNORED =
  /[\\/](?:(?:\.git|node_modules|\.flipside[\\/](?:cache|annotations))[\\/]|\.flipside[\\/](?:slices|runs)\.json$)/;
const PREFIXES = 'flipside.imagePrefixes';
const RUNS_FILE = 'runs.json';

/**
 * What is open: which paths, which runs were found there, and why there are none. Everything that shows something listens
 * to `onDidChange`. Nothing is read before somebody asks by `ensureOpen`.
 */
export class Predictions implements vscode.Disposable {
  overview: Overview | null = null;
  /** Baselines, by dataset ('' where a run has none). */
  baselines: Readonly<Record<string, string>> = {};
  private problem: string | null = null;
  private doing: string | null = null;
  private chosen: readonly string[] | null = null;
  private opening: Promise<void> | null = null;
  private cancel: AbortController | null = null;
  private timer: NodeJS.Timeout | undefined;
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.changed.event;
  /** Something new is being done. */
  private readonly told = new vscode.EventEmitter<void>();
  private readonly disposables: vscode.Disposable[] = [this.changed, this.told];
  private watchers: vscode.Disposable[] = [];

  constructor(
    readonly client: AnalysisClient,
    private readonly context: vscode.ExtensionContext,
    private readonly log: vscode.LogOutputChannel,
  ) {
    client.on('progress', ({ message }) => this.tell(message));
    client.on('overview', (overview) => this.adopt(overview));
    client.on('failed', ({ message }) => this.log.error(message));
    client.onRestart = (overview, reason) => this.restarted(overview, reason);
    this.disposables.push(
      vscode.workspace.onDidChangeWorkspaceFolders(() => {
        this.overview = null;
        this.reopen();
      }),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.reopen()),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('flipside')) this.reopen();
      }),
    );
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.cancel?.abort();
    for (const each of [...this.disposables, ...this.watchers]) each.dispose();
  }

  /** Why there is nothing to show; null where there is something. */
  get emptiness(): Emptiness | null {
    if (this.paths().length === 0) return 'no folder';
    if (!vscode.workspace.isTrusted) return 'restricted';
    // What is open stays, also where looking again failed.
    if (this.overview === null) return this.problem !== null ? 'failed' : 'indexing';
    return this.overview.runs.length === 0 ? 'nothing found' : null;
  }

  /** What is being done, or what went wrong. */
  get message(): string | null {
    return this.problem ?? this.doing;
  }

  get folders(): readonly string[] {
    return (vscode.workspace.workspaceFolders ?? [])
      .filter(({ uri }) => uri.scheme === 'file')
      .map(({ uri }) => uri.fsPath);
  }

  /** Where `.flipside` lies: the first folder; null without one. */
  get home(): string | null {
    return this.folders[0] ?? null;
  }

  /** The paths that were chosen, else the workspace's folders. */
  paths(): readonly string[] {
    return this.chosen ?? this.folders;
  }

  baselineOf(run: string | null): string | null {
    const dataset = this.overview?.runs.find(({ id }) => id === run)?.dataset ?? '';
    return this.baselines[dataset] ?? null;
  }

  /** Opens what there is, once. */
  ensureOpen(): Promise<void> {
    this.opening ??= this.open();
    return this.opening;
  }

  /** Analyses these paths instead of the workspace's folders; null: the folders again. */
  async analyse(paths: readonly string[] | null): Promise<void> {
    this.chosen = paths;
    this.overview = null;
    await this.refresh();
  }

  /** Looks again at everything; unchanged files are not read again. */
  refresh(): Promise<void> {
    this.opening = this.open();
    return this.opening;
  }

  /** Makes a run the baseline of its dataset, or with `on` false no longer that. */
  async setBaseline(run: string, on: boolean): Promise<void> {
    // Another window may have written since.
    await this.readBaselines();
    const dataset = this.overview?.runs.find(({ id }) => id === run)?.dataset ?? '';
    const { [dataset]: before, ...others } = this.baselines;
    if (on) this.baselines = { ...others, [dataset]: run };
    else if (before === run) this.baselines = others;
    this.changed.fire();
    if (this.home !== null) await writeProjectFile(this.home, RUNS_FILE, { version: 1, baselines: this.baselines });
  }

  /** Remembers where images lie, on this machine only, and looks for them again. */
  async learn(prefix: { from: string; to: string } | null): Promise<void> {
    const known = prefix === null ? [] : this.prefixes().filter(({ from }) => from !== prefix.from);
    await this.context.workspaceState.update(PREFIXES, prefix === null ? [] : [prefix, ...known]);
    await this.client.ask('setImages', readSettings(this.folders, this.prefixes()).images);
  }

  private prefixes(): ImageSettings['prefixes'] {
    return this.context.workspaceState.get<ImageSettings['prefixes']>(PREFIXES, []);
  }

  private reopen(): void {
    if (this.opening !== null) void this.refresh();
    else this.show();
  }

  private async open(): Promise<void> {
    this.cancel?.abort();
    const cancel = new AbortController();
    this.cancel = cancel;
    this.problem = null;
    this.watch();
    const paths = this.paths();
    if (paths.length === 0 || !vscode.workspace.isTrusted) {
      this.overview = null;
      this.show();
      return;
    }
    this.show();
    try {
      await this.readBaselines().catch((error: Error) => this.log.error(error.message));
      const overview = await this.withProgress(cancel, () =>
        this.client.open(
          {
            paths,
            cacheDir: path.join(this.context.globalStorageUri.fsPath, 'cache'),
            ...readSettings(this.folders, this.prefixes()),
          },
          cancel.signal,
        ),
      );
      if (this.cancel === cancel) this.adopt(overview);
    } catch (error) {
      if (this.cancel !== cancel) return;
      const { name, message } = error as Error;
      this.doing = null;
      this.problem = name === 'AbortError' ? 'Reading was cancelled.' : message;
      if (name !== 'AbortError') this.log.error(message);
      if (this.overview !== null)
        void vscode.window.showWarningMessage(`Flipside: ${this.problem} What was open stays.`);
      this.show();
    }
  }

  private async readBaselines(): Promise<void> {
    if (this.home === null) return;
    const file = await readProjectFile(this.home, RUNS_FILE);
    const baselines = (file as { baselines?: unknown } | null)?.baselines;
    const isMap = typeof baselines === 'object' && baselines !== null && !Array.isArray(baselines);
    const entries = isMap ? Object.entries(baselines) : [];
    this.baselines = Object.fromEntries(
      entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
    );
  }

  private async withProgress<T>(cancel: AbortController, work: () => Promise<T>): Promise<T> {
    const running = work();
    let waited: NodeJS.Timeout | undefined;
    const long = new Promise<true>((resolve) => (waited = setTimeout(() => resolve(true), PATIENCE)));
    const settled = running.then(
      () => false,
      () => false,
    );
    if (await Promise.race([settled, long])) {
      const options = {
        location: vscode.ProgressLocation.Notification,
        title: 'Flipside: reading predictions',
        cancellable: true,
      };
      void vscode.window.withProgress(options, async (progress, token) => {
        token.onCancellationRequested(() => cancel.abort());
        const report = this.told.event(() => {
          if (this.doing !== null) progress.report({ message: this.doing });
        });
        await settled;
        report.dispose();
      });
    }
    clearTimeout(waited);
    return running;
  }

  private tell(message: string): void {
    this.doing = message;
    this.log.info(message);
    this.told.fire();
    if (this.emptiness === 'indexing') this.changed.fire();
  }

  private adopt(overview: Overview): void {
    this.overview = overview;
    this.problem = null;
    this.doing = null;
    this.show();
  }

  private restarted(overview: Overview | null, reason: string): void {
    if (overview !== null) {
      this.adopt(overview);
      void vscode.window.showWarningMessage(
        `Flipside: the process that reads predictions ended (${reason}) and was started again. Nothing is lost.`,
      );
      return;
    }
    this.overview = null;
    this.problem = `The process that reads predictions ended (${reason}). Refresh to start it again.`;
    this.show();
  }

  private show(): void {
    const state = this.emptiness ?? 'ready';
    void vscode.commands.executeCommand('setContext', 'flipside.state', state);
    this.changed.fire();
  }

  private watch(): void {
    for (const each of this.watchers) each.dispose();
    this.watchers = this.paths().map((root) => {
      const watcher = vscode.workspace.createFileSystemWatcher(
        new vscode.RelativePattern(vscode.Uri.file(root), WATCHED),
      );
      const later = (uri: vscode.Uri): void => {
        if (IGNORED.test(uri.fsPath)) return;
        // A file that never rests is looked at again and again, each time to the end.
        this.timer ??= setTimeout(() => {
          this.timer = undefined;
          void Promise.resolve(this.opening).then(() => this.refresh());
        }, QUIET);
      };
      return vscode.Disposable.from(
        watcher,
        watcher.onDidChange(later),
        watcher.onDidCreate(later),
        watcher.onDidDelete(later),
      );
    });
  }
}
