import * as vscode from 'vscode';
import type { RunOverview } from '../protocol/analysis.js';
import { ERROR_OUTCOMES, type ItemView, type Picture, type PlacedRow, type RowsOnLines } from '../protocol/rows.js';
import { around, covers, type Lines } from './lineRanges.js';
import type { Predictions } from './predictions.js';
import { crowdedTitle, hoverText, kinTitle, lensTitle, OPEN_ITEM } from './rowTexts.js';

const SETTING = 'flipside.rowLenses';
/** Lenses reach so many lines above and below what is seen: a short way to scroll meets lenses that are there already. */
const MARGIN = 100;
/** Where somebody scrolls, lenses wait until the text has stood still for so long, in milliseconds. */
const REST = 200;
/** A hover's picture is at most so many pixels wide and high. */
const PICTURE = 192;
/** A hover waits so long for more than the row itself, in milliseconds: a picture may lie behind a slow disk. */
const PATIENCE = 1500;
/** Of a file whose rows share lines, at most so many runs have a lens. */
const MOST_RUNS = 3;

/**
 * What Flipside knows of the rows of a prediction file, in its text: a lens over each error near what is seen, and a hover on each row.
 * Only of files that are open in Flipside already, which this never starts, and only while the text is what lies on the disk. Which line
 * is which row is the analysis process's business: here no text is looked through. VS Code hands no file of more than 50 MB to extensions,
 * and shows no lenses in one of more than 20 MB.
 */
export class RowLenses implements vscode.CodeLensProvider, vscode.HoverProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChangeCodeLenses = this.changed.event;
  /** Files that are runs, and what is open. */
  private files: ReadonlySet<string> = new Set();
  private opening: string | null = null;
  /** Lines that lenses were given for, by document. */
  private readonly given = new Map<string, readonly Lines[]>();
  private timer: NodeJS.Timeout | undefined;
  private readonly disposables: vscode.Disposable[];

  constructor(
    private readonly predictions: Predictions,
    private readonly log: vscode.LogOutputChannel,
  ) {
    const everywhere: vscode.DocumentSelector = { scheme: 'file' };
    this.disposables = [
      this.changed,
      vscode.languages.registerCodeLensProvider(everywhere, this),
      vscode.languages.registerHoverProvider(everywhere, this),
      predictions.onDidChange(() => this.opened()),
      vscode.window.onDidChangeTextEditorVisibleRanges(({ textEditor }) => this.moved(textEditor)),
      vscode.window.onDidChangeVisibleTextEditors((editors) => editors.forEach((editor) => this.moved(editor))),
      // A text that is saved is what lies on the disk again; VS Code asks by itself only when it is typed in.
      vscode.workspace.onDidSaveTextDocument((document) => {
        if (this.isRun(document)) this.changed.fire();
      }),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.given.delete(uri.toString())),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration(SETTING)) this.changed.fire();
      }),
    ];
    this.opened();
  }

  dispose(): void {
    clearTimeout(this.timer);
    for (const each of this.disposables) each.dispose();
  }

  async provideCodeLenses(document: vscode.TextDocument, token: vscode.CancellationToken): Promise<vscode.CodeLens[]> {
    if (!this.applies(document)) return [];
    const wanted = around(seenOf(document), MARGIN);
    const { rows, crowded } = await this.rowsAt(document, wanted, token);
    if (token.isCancellationRequested) return [];
    this.given.set(document.uri.toString(), wanted);
    const shared = crowded === null ? [] : this.runsOf(document).map((run) => crowdedLens(crowded, run));
    return [...shared, ...rows.filter(({ outcome }) => ERROR_OUTCOMES.includes(outcome)).flatMap(lensesOf)];
  }

  async provideHover(
    document: vscode.TextDocument,
    position: vscode.Position,
    token: vscode.CancellationToken,
  ): Promise<vscode.Hover | null> {
    if (!this.applies(document)) return null;
    const line = position.line + 1;
    // Where one record ends and another begins on a line, the latter is meant.
    const row = (await this.rowsAt(document, [{ from: line, to: line }], token)).rows.at(-1);
    if (row === undefined || token.isCancellationRequested) return null;
    const [item, picture] = await this.told(row, token);
    const text = new vscode.MarkdownString(hoverText(row, item, picture));
    text.isTrusted = { enabledCommands: [OPEN_ITEM] };
    return new vscode.Hover(text, document.lineAt(position.line).range);
  }

  /** Everything about a row, and its picture; what cannot be had, or not soon, is left out. */
  private async told(
    row: PlacedRow,
    token: vscode.CancellationToken,
  ): Promise<readonly [ItemView | null, Picture | null]> {
    const key = { run: row.run, row: row.row };
    const { client } = this.predictions;
    const item = this.ask(token, (signal) => client.ask('item', { key, baseline: null }, signal), PATIENCE);
    const pictures =
      row.images === 0
        ? null
        : this.ask(token, (signal) => client.ask('thumbnails', { keys: [key], size: PICTURE }, signal), PATIENCE);
    return [await item, (await pictures)?.[0] ?? null];
  }

  private async rowsAt(
    document: vscode.TextDocument,
    lines: readonly Lines[],
    token: vscode.CancellationToken,
  ): Promise<RowsOnLines> {
    const rows: PlacedRow[] = [];
    let crowded: number | null = null;
    for (const { from, to } of lines) {
      const file = document.uri.fsPath;
      const found = await this.ask(token, (signal) =>
        this.predictions.client.ask('rowsAt', { file, from, to }, signal),
      );
      // Typed in meanwhile, its lines are others.
      if (document.isDirty) return { rows: [], crowded: null };
      rows.push(...(found?.rows ?? []));
      crowded ??= found?.crowded ?? null;
    }
    return { rows, crowded };
  }

  /**
   * Asks as long as somebody waits, at most so many milliseconds. A file that is being written, or an opening that ends, is no news worth
   * a message.
   */
  private async ask<T>(
    token: vscode.CancellationToken,
    question: (signal: AbortSignal) => Promise<T>,
    most?: number,
  ): Promise<T | null> {
    const cancel = new AbortController();
    const stop = token.onCancellationRequested(() => cancel.abort());
    const late = most === undefined ? undefined : setTimeout(() => cancel.abort(), most);
    try {
      return await question(cancel.signal);
    } catch (error) {
      if (!cancel.signal.aborted) this.log.debug(`Rows in an editor: ${String(error)}`);
      return null;
    } finally {
      clearTimeout(late);
      stop.dispose();
    }
  }

  private applies(document: vscode.TextDocument): boolean {
    return (
      this.isRun(document) &&
      !document.isDirty &&
      vscode.workspace.isTrusted &&
      vscode.workspace.getConfiguration().get(SETTING) !== false
    );
  }

  /** The runs of a file, as many as there is room for in a line. */
  private runsOf({ uri }: vscode.TextDocument): readonly RunOverview[] {
    const runs = this.predictions.overview?.runs ?? [];
    return runs.filter(({ file, copies }) => file === uri.fsPath || copies?.includes(uri.fsPath)).slice(0, MOST_RUNS);
  }

  private isRun({ uri }: vscode.TextDocument): boolean {
    return uri.scheme === 'file' && this.files.has(uri.fsPath);
  }

  /** Takes up what is open now; lenses of what was open before hold no more. */
  private opened(): void {
    const { overview, emptiness } = this.predictions;
    const runs = emptiness === null ? (overview?.runs ?? []) : [];
    const opening = runs.length === 0 ? null : (overview?.id ?? null);
    if (opening === this.opening) return;
    this.opening = opening;
    this.files = new Set(runs.flatMap(({ file, copies }) => [file, ...(copies ?? [])]));
    this.given.clear();
    this.changed.fire();
  }

  private moved({ document, visibleRanges }: vscode.TextEditor): void {
    if (!this.isRun(document)) return;
    if (covers(this.given.get(document.uri.toString()) ?? [], visibleRanges.map(linesOf))) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.changed.fire(), REST);
  }
}

/** The lines of a document that some editor shows, from 1. */
function seenOf(document: vscode.TextDocument): Lines[] {
  return vscode.window.visibleTextEditors
    .filter((editor) => editor.document === document)
    .flatMap(({ visibleRanges }) => visibleRanges.map(linesOf));
}

function linesOf({ start, end }: vscode.Range): Lines {
  return { from: start.line + 1, to: end.line + 1 };
}

/** Where several records begin on one line, which of them is meant cannot be told: what leads to all of them stands there instead. */
function crowdedLens(line: number, run: RunOverview): vscode.CodeLens {
  return new vscode.CodeLens(new vscode.Range(line - 1, 0, line - 1, 0), {
    title: crowdedTitle(run),
    tooltip: 'Several rows begin on this line, so that none has a line of text of its own. List the errors of the run.',
    command: 'flipside.showRun',
    arguments: [run.id],
  });
}

function lensesOf(row: PlacedRow): vscode.CodeLens[] {
  const { run, row: number, item, line } = row;
  const at = new vscode.Range(line - 1, 0, line - 1, 0);
  return [
    new vscode.CodeLens(at, {
      title: lensTitle(row),
      tooltip: 'Open the item in Flipside’s inspector',
      command: OPEN_ITEM,
      arguments: [{ run, row: number, item }],
    }),
    new vscode.CodeLens(at, {
      title: kinTitle(row),
      tooltip: 'List them in the error browser',
      command: 'flipside.showRun',
      arguments: row.class === null ? [run] : [run, row.class],
    }),
  ];
}
