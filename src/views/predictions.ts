import { stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import { FlipsideError } from '../core/model.js';
import type { ImagePrefix, ImageSettings, Overview } from '../protocol/analysis.js';
import type { Emptiness } from '../protocol/errorsPage.js';
import type { Query } from '../protocol/rows.js';
import type { AnalysisClient } from './analysisClient.js';
import { annotationViewer } from './annotations/annotationSettings.js';
import { withPrefix } from './imagePrefixes.js';
import { isBelow } from './mappingFiles.js';
import { messages } from './messages.js';
import { progressOf, type Manner } from './progress.js';
import { restAfter } from './resting.js';
import { isReadingChanged, readSettings } from './settings.js';
import { Watching } from './watching.js';

/** So many of the files that were not read are named where nothing was. */
const UNREAD_SHOWN = 3;
/** So long, in milliseconds, the trees wait for the rows of the list. */
const LIST_PATIENCE = 1000;
const PREFIXES = 'flipside.imagePrefixes';
const CHOSEN = 'flipside.chosenPaths';

/** Why nothing can be shown, and what to do, for a command that needs something. */
const NOTHING: Readonly<Record<Emptiness, string>> = {
  'no folder':
    'Nothing is open: open the folder that holds your prediction files, or choose files with "Analyse with Flipside".',
  restricted:
    'This folder is not trusted, so nothing in it is read. Trust it (Manage Workspace Trust), then try again.',
  indexing: 'The predictions are still being read. Try again in a moment.',
  'nothing found': 'No prediction files were found here. Choose others with "Analyse with Flipside".',
  failed: 'The predictions could not be read; the log says why. Refresh to try again.',
};

/**
 * What is open: which paths, which runs were found there, and why there are none. Everything that shows something listens
 * to `onDidChange`. Nothing is read before somebody asks by `ensureOpen`.
 */
export class Predictions implements vscode.Disposable {
  overview: Overview | null = null;
  private problem: string | null = null;
  private doing: string | null = null;
  private chosen: readonly string[] | null;
  private opening: Promise<void> | null = null;
  private cancel: AbortController | null = null;
  /** Of the paths that are open, those that are not there. */
  private missing: Overview['skipped'] = [];
  private timer: NodeJS.Timeout | undefined;
  /** How long looking took the last time, in milliseconds. */
  private took = 0;
  /** Counts that came before what they belong to was taken up. */
  private counted: Overview | null = null;
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.changed.event;
  private readonly news = new vscode.EventEmitter<void>();
  /** The same, a moment earlier: for the list, whose first rows somebody waits for. */
  readonly onWillTell = this.news.event;
  /** What the list will ask for first; null where it shows something already, or nobody sees it. */
  ahead: () => Query | null = () => null;
  /** What is to be waited for before all others hear of it. */
  private list: Promise<void> | null = null;
  /** What was told last, for there is no news in the same again. */
  private shown: readonly unknown[] = [];
  private readonly looked = new vscode.EventEmitter<void>();
  /** Somebody asked to look again, and it was done: what lies beside the predictions, images above all, may be another. */
  readonly onDidLookAgain = this.looked.event;
  /** Something new is being done. */
  private readonly told = new vscode.EventEmitter<string>();
  private readonly watching = new Watching(() => this.later());
  private readonly disposables: vscode.Disposable[] = [this.changed, this.news, this.looked, this.told, this.watching];

  constructor(
    readonly client: AnalysisClient,
    private readonly context: vscode.ExtensionContext,
    private readonly log: vscode.LogOutputChannel,
  ) {
    const chosen = context.workspaceState.get<unknown>(CHOSEN);
    this.chosen = Array.isArray(chosen) ? chosen.filter((each) => typeof each === 'string') : null;
    client.on('progress', ({ message }) => this.tell(message));
    client.on('overview', (overview) => this.count(overview));
    client.on('failed', ({ message }) => this.log.error(message));
    client.onRestart = (overview, reason, wanted) => this.restarted(overview, reason, wanted);
    this.disposables.push(
      vscode.workspace.onDidChangeWorkspaceFolders(() => {
        if (this.chosen === null) this.overview = null;
        this.reopen();
      }),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.reopen()),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('flipside.nodePath')) this.programChanged();
        else if (isReadingChanged(event)) this.reopen();
      }),
    );
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.cancel?.abort();
    for (const each of this.disposables) each.dispose();
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
    if (this.problem !== null) return this.problem;
    return this.emptiness === 'nothing found' ? this.unread() : this.doing;
  }

  /** Why the first files were not read, where nothing was. */
  private unread(): string | null {
    const skipped = this.overview?.skipped ?? [];
    if (skipped.length === 0) return null;
    const first = skipped.slice(0, UNREAD_SHOWN).map(({ file, reason }) => `${path.basename(file)}: ${reason}`);
    const count = skipped.length === 1 ? 'One file was' : `${skipped.length} files were`;
    const more = skipped.length > first.length ? ['The log names the others.'] : [];
    return [`${count} looked at and not read.`, ...first, ...more].join('\n');
  }

  get folders(): readonly string[] {
    return (vscode.workspace.workspaceFolders ?? [])
      .filter(({ uri }) => uri.scheme === 'file')
      .map(({ uri }) => uri.fsPath);
  }

  /** The paths that were chosen, else the workspace's folders. */
  paths(): readonly string[] {
    return this.chosen ?? this.folders;
  }

  /** Somebody begins to use the extension: readies the process that reads, where there is something to be read. */
  prepare(): void {
    if (this.paths().length > 0 && vscode.workspace.isTrusted) this.client.prepare();
  }

  /** Opens what there is, once. */
  ensureOpen(): Promise<void> {
    this.opening ??= this.open('shown');
    return this.opening;
  }

  /** What is open, after opening it where nobody has yet. Throws a FlipsideError that says why there is nothing. */
  async ready(): Promise<Overview> {
    // Another opening may have taken the place of the one that was waited for.
    for (let opening: Promise<void> | null = null; opening !== this.opening || opening === null;) {
      opening = this.ensureOpen();
      await opening;
    }
    const { emptiness, overview } = this;
    if (emptiness === null && overview !== null) return overview;
    throw new FlipsideError(NOTHING[emptiness ?? 'indexing']);
  }

  /** Analyses these paths instead of the workspace's folders, also after the window is loaded again; null: the folders again. */
  async analyse(paths: readonly string[] | null): Promise<void> {
    this.chosen = paths;
    this.overview = null;
    await this.context.workspaceState.update(CHOSEN, paths ?? undefined);
    await this.refresh();
  }

  /** Reads a file that was just written too, in the background: a watcher tells some changes late, and files elsewhere never. */
  include(file: string): void {
    const paths = this.paths();
    if (!isBelow(file, paths)) {
      this.chosen = [...paths, file];
      void this.context.workspaceState.update(CHOSEN, this.chosen);
    }
    if (this.opening !== null) this.later();
  }

  /** Looks again at everything; unchanged files are not read again. */
  refresh(): Promise<void> {
    this.opening = this.open('shown');
    return this.opening;
  }

  /** Remembers where images lie, on this machine only, and looks for them again. */
  async learn(prefix: ImagePrefix | null): Promise<void> {
    await this.context.workspaceState.update(PREFIXES, prefix === null ? [] : withPrefix(this.prefixes(), prefix));
    if (this.overview !== null) await this.client.ask('setImages', readSettings(this.folders, this.prefixes()).images);
  }

  private prefixes(): ImageSettings['prefixes'] {
    return this.context.workspaceState.get<ImageSettings['prefixes']>(PREFIXES, []);
  }

  private reopen(): void {
    if (this.opening !== null) void this.refresh();
    else this.show();
  }

  /** A file that never rests is looked at again and again, each time to the end. */
  private later(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      const { opening } = this;
      void Promise.resolve(opening).then(() => {
        // Somebody looks again already: at the change too.
        if (this.opening === opening) this.opening = this.open('aside');
      });
    }, restAfter(this.took));
  }

  private async open(manner: Manner): Promise<void> {
    this.cancel?.abort();
    const cancel = new AbortController();
    this.cancel = cancel;
    this.problem = null;
    const paths = this.paths();
    void this.watching.watch(vscode.workspace.isTrusted ? paths : []);
    if (paths.length === 0 || !vscode.workspace.isTrusted) {
      this.overview = null;
      this.client.stop();
      this.show();
      return;
    }
    this.show();
    const started = Date.now();
    try {
      const { there, missing } = await this.present(paths);
      cancel.signal.throwIfAborted();
      const overview = await progressOf(manner, cancel, this.told.event, () => this.ask(there, cancel.signal));
      if (this.cancel === cancel) {
        this.missing = missing;
        this.adopt({ ...overview, skipped: [...missing, ...overview.skipped] });
      }
      if (manner === 'shown') this.looked.fire();
      this.took = Date.now() - started;
    } catch (error) {
      if (this.cancel === cancel) this.failed(error as Error);
    } finally {
      if (this.cancel === cancel) this.cancel = null;
    }
  }

  private ask(paths: readonly string[], signal: AbortSignal): Promise<Overview> {
    const cacheDir = path.join(this.context.globalStorageUri.fsPath, 'cache');
    return this.client.open(
      {
        ...{ paths, homes: this.folders, cacheDir, ...readSettings(this.folders, this.prefixes()) },
        ...{ viewer: annotationViewer(), ahead: this.ahead() },
      },
      signal,
    );
  }

  /** The paths that are there: one folder of a workspace that is gone does not keep the others from being read. */
  private async present(paths: readonly string[]): Promise<{ there: readonly string[]; missing: Overview['skipped'] }> {
    const found = await Promise.all(paths.map((each) => stat(each).catch(() => null)));
    const missing = paths.filter((_, index) => found[index] === null);
    // Where none is there, opening says so.
    if (missing.length === 0 || missing.length === paths.length) return { there: paths, missing: [] };
    const reason = 'it is not there, or cannot be read';
    for (const each of missing) this.log.warn(`${each}: ${reason}.`);
    return {
      there: paths.filter((_, index) => found[index] !== null),
      missing: missing.map((file) => ({ file, reason })),
    };
  }

  private failed({ name, message }: Error): void {
    this.doing = null;
    this.problem = name === 'AbortError' ? 'Reading was cancelled.' : message;
    if (name !== 'AbortError') this.log.error(message);
    if (this.overview !== null) void messages.warn(`Flipside: ${this.problem} What was open stays.`);
    this.show();
  }

  private tell(message: string): void {
    this.doing = message;
    this.log.info(message);
    this.told.fire(message);
    if (this.emptiness === 'indexing') this.fire();
  }

  /** Takes up the counts of what is open; they may come a moment before it, and late ones of what was open before. */
  private count(overview: Overview): void {
    this.counted = overview;
    if (this.overview?.id === overview.id) this.adopt({ ...overview, skipped: this.overview.skipped });
  }

  private adopt(overview: Overview): void {
    const { counted, overview: before } = this;
    const latest = counted?.id === overview.id ? { ...counted, skipped: overview.skipped } : overview;
    const isNews = before === null || before.complete !== latest.complete || before.id !== latest.id;
    this.overview = isNews || !isSame(before.skipped, latest.skipped) ? latest : before;
    this.problem = null;
    this.doing = null;
    if (isNews) for (const { file, reason } of latest.skipped) this.log.info(`Not read: ${file}: ${reason}`);
    this.show();
  }

  /** The list stays while another process opens what was open. */
  private programChanged(): void {
    const isLooking = this.cancel !== null;
    const isReopened = this.client.restart('The setting flipside.nodePath has changed. Ask again.');
    if (!isReopened || isLooking) this.reopen();
  }

  private restarted(overview: Overview | null, reason: string, wanted: boolean): void {
    if (overview !== null) {
      this.adopt({ ...overview, skipped: [...this.missing, ...overview.skipped] });
      if (wanted) return;
      void messages.warn(
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
    const now = [state, this.overview, this.message, ...this.folders];
    if (now.length === this.shown.length && now.every((each, index) => each === this.shown[index])) return;
    this.shown = now;
    this.fire(() => vscode.commands.executeCommand('setContext', 'flipside.state', state));
  }

  /**
   * For a listener of onWillTell: the others hear only after `list`, or when that takes long. The window does one thing after
   * another, and the rows would wait until trees are drawn.
   */
  after(list: Promise<void>): void {
    this.list = list;
  }

  private fire(before: () => unknown = () => undefined): void {
    this.news.fire();
    const { list } = this;
    this.list = null;
    const tell = (): void => {
      before();
      this.changed.fire();
    };
    if (list === null) tell();
    else void Promise.race([list, sleep(LIST_PATIENCE)]).then(tell);
  }
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
