import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { FlipsideError } from '../../core/model.js';
import {
  annotatorName,
  NO_ANNOTATING,
  type Annotating,
  type AnnotationChange,
  type AnnotationDone,
  type AnnotationsState,
  type LabelProgress,
  type Marks,
} from '../../protocol/annotations.js';
import type { RowKey } from '../../protocol/rows.js';
import { messages } from '../messages.js';
import type { Predictions } from '../predictions.js';
import { advances, annotationViewer, concernsAnnotations, keepName } from './annotationSettings.js';
import { AnnotationFiles } from './annotationFiles.js';

/** One change of annotations, which may be taken back. */
interface Step {
  readonly done: readonly AnnotationDone[];
  readonly adjudicates: boolean;
}

/** A list of rows, of which some carry labels. */
export interface ProgressList {
  readonly slice: number;
  readonly total: number;
}

const PLACES_TOLD = 3;
/** A row that is current for so long is looked at, and not passed by. */
const LOOKED_AT_MS = 50;

/** Annotating, for all pages of the window: says things of rows, takes them back, and knows what there is to know beside the rows. */
export class Annotator implements vscode.Disposable {
  /** What pages know; items and rows have their own. */
  state: Annotating = { ...NO_ANNOTATING, ...annotationViewer(), autoAdvance: advances() };
  private readonly rowsChanged = new vscode.EventEmitter<readonly RowKey[] | null>();
  /** What people say of these rows is otherwise now; null: of any row. */
  readonly onDidAnnotate = this.rowsChanged.event;
  private readonly stateChanged = new vscode.EventEmitter<Annotating>();
  readonly onDidChange = this.stateChanged.event;
  /** The list that is shown, of which progress is told. */
  list: () => ProgressList | null = () => null;
  /** Asks something and gives the focus back to where it was. */
  keepFocus: <T>(ask: () => Thenable<T>) => Promise<T> = async (ask) => ask();
  private known: AnnotationsState | null = null;
  private progress: LabelProgress | null = null;
  private undone: Step[] = [];
  private done: Step[] = [];
  /** Lines that lie in no file. */
  private unsaved = '';
  /** One after another: a key that is pressed while the one before is being saved waits for it. */
  private last: Promise<unknown> = Promise.resolve();
  private isProblemTold = false;
  private lookedAt: NodeJS.Timeout | undefined;
  /** The row that is prepared next, and whether one is being prepared: never several, whoever goes on quickly. */
  private wanted: RowKey | null = null;
  private isPreparing = false;
  private readonly files: AnnotationFiles;
  private readonly subscription: vscode.Disposable;

  constructor(
    private readonly predictions: Predictions,
    log: vscode.LogOutputChannel,
  ) {
    const { client } = predictions;
    this.files = new AnnotationFiles(predictions, log);
    const stop = client.on('annotated', ({ rows }) => {
      this.rowsChanged.fire(rows);
      void this.look();
    });
    this.subscription = vscode.Disposable.from(
      { dispose: stop },
      this.files,
      this.rowsChanged,
      this.stateChanged,
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (concernsAnnotations(event)) void this.settingsChanged();
      }),
    );
  }

  dispose(): void {
    clearTimeout(this.lookedAt);
    this.subscription.dispose();
  }

  /**
   * Says something of rows. Resolves once it is on the disk, and rejects with the reason where it is not; then it is kept in memory. Asks for a name
   * where there is none.
   */
  annotate(keys: readonly RowKey[], set: Marks, adjudicates: boolean): Promise<void> {
    return this.afterOthers(async () => {
      await this.requireName();
      const changes = keys.map((key) => ({ key, set, undoes: null }));
      const step = await this.send(changes, adjudicates, (made) => {
        this.done.push(made);
        this.undone = [];
      });
      if (step !== null) throw new FlipsideError(step);
    });
  }

  /** Takes back the last change, or makes the last one that was taken back again. Returns the row that it began with. */
  undo(redo: boolean): Promise<RowKey> {
    return this.afterOthers(async () => {
      const [from, to] = redo ? [this.undone, this.done] : [this.done, this.undone];
      const step = from.at(-1);
      if (step === undefined) throw new FlipsideError(redo ? 'Nothing was taken back.' : 'Nothing to take back.');
      const changes = step.done.map(({ key, before, id }) => ({ key, set: before, undoes: id }));
      const problem = await this.send(changes, step.adjudicates, (made) => {
        from.pop();
        to.push(made);
      });
      if (problem !== null) throw new FlipsideError(problem);
      return step.done[0]?.key ?? { run: '', row: 0 };
    });
  }

  /** Sends changes; `made` hears what came of them, saved or not. Returns why they are not saved. */
  private async send(
    changes: readonly AnnotationChange[],
    adjudicates: boolean,
    made: (step: Step) => void,
  ): Promise<string | null> {
    const saved = await this.predictions.client.ask('annotate', { changes, adjudicates, unsaved: this.unsaved });
    made({ done: saved.done, adjudicates });
    this.unsaved = saved.unsaved;
    // After the answer: VS Code hands a page one message after another, and the page that waits says "saved" ten milliseconds sooner.
    setImmediate(() => this.tell());
    return saved.problem;
  }

  /** Somebody looks at this row, and may press a key: what annotating it takes is looked up before. */
  prepare(key: RowKey): void {
    clearTimeout(this.lookedAt);
    if (this.state.name === null) return;
    this.lookedAt = setTimeout(() => {
      this.wanted = key;
      if (!this.isPreparing) void this.prepareWanted();
    }, LOOKED_AT_MS);
  }

  private async prepareWanted(): Promise<void> {
    this.isPreparing = true;
    for (let key = this.wanted; key !== null; key = this.wanted) {
      this.wanted = null;
      // Where it cannot be looked up, whoever annotates hears why.
      await this.predictions.client.ask('prepareAnnotating', { key }).catch(() => undefined);
    }
    this.isPreparing = false;
  }

  private async requireName(): Promise<void> {
    if (annotationViewer().name !== null) return;
    const others = await this.files.annotators();
    const typed = await this.keepFocus(() => askForName(others));
    const name = typed === undefined ? null : annotatorName(typed);
    if (name === null) throw new vscode.CancellationError();
    await keepName(name);
    await this.predictions.client.ask('setViewer', annotationViewer());
    this.tell();
  }

  private async settingsChanged(): Promise<void> {
    const [viewer, before] = [annotationViewer(), this.state];
    // What somebody else said is not taken back under one's own name.
    if (viewer.name !== before.name) [this.done, this.undone] = [[], []];
    this.tell();
    // Fields of all rows are made anew for another viewer alone.
    const isSame = viewer.name === before.name && viewer.blind === before.blind;
    if (isSame || this.predictions.emptiness !== null) return;
    await this.predictions.client.ask('setViewer', viewer).catch(() => undefined);
  }

  /** Learns anew what there is to know beside the rows, and tells it. */
  async look(): Promise<void> {
    try {
      this.known = await this.predictions.client.ask('annotations', null);
    } catch {
      // The process ended, or holds nothing: whoever starts it again tells.
      return;
    }
    await this.count();
    if (this.known.readOnly !== null && this.state.name !== null && !this.isProblemTold) {
      this.isProblemTold = true;
      void messages.warn(`Flipside: ${this.known.readOnly}`);
    }
  }

  /** Counts anew how many rows of the list carry labels. */
  async count(): Promise<void> {
    const list = this.list();
    const labelled =
      list === null ? null : await this.predictions.client.ask('labelled', { slice: list.slice }).catch(() => null);
    this.progress = list === null || labelled === null ? null : { labelled, of: list.total };
    this.tell();
  }

  private tell(): void {
    const { name, blind } = annotationViewer();
    this.state = {
      scheme: this.known?.scheme ?? NO_ANNOTATING.scheme,
      ...{ name, blind, autoAdvance: advances(), progress: this.progress },
      unsaved: this.unsaved.split('\n').length - 1,
      problem: this.problem(),
      canUndo: this.done.length > 0,
      canRedo: this.undone.length > 0,
    };
    this.stateChanged.fire(this.state);
  }

  private problem(): string | null {
    const problem = this.fullProblem();
    const [folder, ...others] = this.predictions.folders;
    // Of one folder everybody knows where it lies, and the side bar is narrow.
    return folder === undefined || others.length > 0
      ? problem
      : (problem?.replaceAll(`${folder}${path.sep}`, '') ?? null);
  }

  private fullProblem(): string | null {
    const { readOnly = null, problems = [] } = this.known ?? {};
    if (readOnly !== null) return readOnly;
    if (problems.length === 0) return null;
    const told = problems
      .slice(0, PLACES_TOLD)
      .map(({ file, line, reason }) => `${file}${line === null ? '' : `, line ${line}`}: ${reason}`);
    const more = problems.length > PLACES_TOLD ? ` … and ${problems.length - PLACES_TOLD} more.` : '';
    return `Not everything in the annotations can be read; it stays in its place. ${told.join('; ')}${more}`;
  }

  /** Offers what lies in no file as one. */
  async keepUnsaved(): Promise<void> {
    if (this.unsaved === '') throw new FlipsideError('Everything is saved.');
    await this.files.keep(this.unsaved, this.state.name ?? 'annotations');
  }

  editScheme(): Promise<void> {
    return this.files.editScheme(this.state.scheme);
  }

  private afterOthers<T>(work: () => Promise<T>): Promise<T> {
    const next = this.last.then(work);
    this.last = next.catch(() => undefined);
    return next;
  }
}

/** `others`: names that are in use here. */
function askForName(others: ReadonlySet<string>): Thenable<string | undefined> {
  return vscode.window.showInputBox({
    title: 'Your Name as an Annotator',
    prompt: 'Your annotations lie in .flipside/annotations under this name. It is asked once, and is a setting.',
    value: annotatorName(os.userInfo().username) ?? '',
    ignoreFocusOut: true,
    validateInput: (text) => {
      const name = annotatorName(text);
      if (name === null) return 'A name of letters or digits is needed.';
      if (!others.has(name)) return null;
      // Accents and capitals tell no two people apart; and whoever was asked on another machine is the same.
      return {
        message: `There are annotations of ${name} here. If they are not yours, choose another name.`,
        severity: vscode.InputBoxValidationSeverity.Warning,
      };
    },
  });
}
