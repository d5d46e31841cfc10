import { stat } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { FlipsideError } from '../core/model.js';
import type { MappingDraft, MappingPlace, MappingPreview, MappingSubject } from '../protocol/mapping.js';
import type { Accepted, MappingEvents, MappingHost, MappingState } from '../protocol/mappingPage.js';
import { isBelow, mappingFileAt, newMappingFile, type MappingFile } from './mappingFiles.js';
import { messages } from './messages.js';
import { loadPage, type PageRpc } from './page.js';
import type { Predictions } from './predictions.js';
import { writeProjectFile } from './projectFile.js';
import { readSettings } from './settings.js';

export const MAPPING = 'flipside.mapping';
export const UNTRUSTED =
  'This folder is not trusted, so nothing in it is read or written. Trust it (Manage Workspace Trust), then try again.';

/** Files that are being written change many times in a moment. */
const REST = 300;
const BESIDE = 'Beside the File';
const CHOOSE = 'Choose a Folder…';
const ANALYSE = 'Analyse It Too';

/** One mapping assistant: an editor panel in which the columns of one file get their roles. */
export class MappingPanel {
  private readonly rpc: PageRpc<MappingHost, MappingEvents>;
  private readonly disposables: vscode.Disposable[] = [];
  private subject: MappingSubject | null = null;
  private message: string | null = null;
  /** Where the mapping goes while none holds for the file. */
  private fresh: MappingFile | null = null;
  /** The mapping file that this panel wrote: it is written anew without asking. */
  private written: MappingFile | null = null;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    readonly panel: vscode.WebviewPanel,
    extension: vscode.Uri,
    readonly file: string,
    private readonly predictions: Predictions,
  ) {
    panel.title = `Map ${path.basename(file)}`;
    const icon = (theme: string): vscode.Uri => vscode.Uri.joinPath(extension, 'media', `mapping-${theme}.svg`);
    panel.iconPath = { light: icon('light'), dark: icon('dark') };
    const page = { name: 'mapping', title: 'Mapping assistant' };
    this.rpc = loadPage<MappingHost, MappingEvents>(panel.webview, extension, page, this.host());
    // Trust may be given while the panel stands.
    this.disposables.push(vscode.workspace.onDidGrantWorkspaceTrust(() => this.later('The folder is trusted now.')));
    this.watch();
    panel.onDidDispose(() => {
      clearTimeout(this.timer);
      for (const each of this.disposables) each.dispose();
      this.rpc.close('The mapping assistant was closed.');
    });
  }

  private watch(): void {
    // By its folder: a file's name may hold what a pattern takes for its own.
    const pattern = new vscode.RelativePattern(vscode.Uri.file(path.dirname(this.file)), '*');
    const watcher = vscode.workspace.createFileSystemWatcher(pattern);
    const tell = ({ fsPath }: vscode.Uri): void => {
      if (fsPath === this.file) this.later('The file has changed: its first rows were read again.');
    };
    this.disposables.push(
      ...[watcher, watcher.onDidChange(tell), watcher.onDidCreate(tell), watcher.onDidDelete(tell)],
    );
  }

  private later(reason: string): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      void this.load().then((state) => this.rpc.emit('changed', { state, reason }));
    }, REST);
  }

  /** The folder below which the mapping is kept where none holds for the file yet. */
  private get folder(): string {
    const { folders } = this.predictions;
    const own = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(this.file))?.uri.fsPath;
    return own ?? folders[0] ?? path.dirname(this.file);
  }

  private get place(): MappingPlace {
    const { file, folder, predictions, subject, written } = this;
    const stated = written ?? (subject?.stated ? mappingFileAt(subject.stated.file) : null);
    const open = predictions.paths();
    // What is not open would be opened besides.
    const paths = isBelow(file, open) ? open : [...open, file];
    return { file, folder: stated?.folder ?? folder, paths, homes: predictions.folders };
  }

  /** Looks at the file. What was seen of it stays where it cannot be read any more. */
  private async load(): Promise<MappingState> {
    this.message = null;
    try {
      if (!vscode.workspace.isTrusted) throw new FlipsideError(UNTRUSTED);
      await this.requireFile();
      this.subject = await this.predictions.client.ask('mapping', this.place);
      this.fresh = this.predictions.folders.length === 0 ? null : await newMappingFile(this.folder, this.file);
    } catch (error) {
      this.message = error instanceof Error ? error.message : String(error);
    }
    return this.state();
  }

  private async requireFile(): Promise<void> {
    const name = path.basename(this.file);
    const info = await stat(this.file).catch(() => null);
    if (info === null) throw new FlipsideError(`${name} is not there any more, or cannot be read.`);
    if (!info.isFile()) throw new FlipsideError(`${name} is no file. Choose the file whose columns are to be mapped.`);
  }

  private state(): MappingState {
    const { file, subject, message, written, fresh } = this;
    const shown = (of: string): string => vscode.workspace.asRelativePath(of);
    const target = written?.path ?? subject?.stated?.file ?? fresh?.path ?? null;
    return { file, shown: shown(file), subject, message, target: target === null ? null : shown(target) };
  }

  private host(): MappingHost {
    return {
      start: () => this.load(),
      preview: ({ draft }, signal) => this.preview(draft, signal),
      accept: ({ draft }) => this.accept(draft),
      openJson: ({ draft }) => this.openJson(draft),
      cancel: () => {
        this.panel.dispose();
        return Promise.resolve(null);
      },
      settings: async ({ about }) => {
        await vscode.commands.executeCommand('flipside.openSettings', about);
        return null;
      },
    };
  }

  private async preview(draft: MappingDraft, signal?: AbortSignal): Promise<MappingPreview> {
    if (!vscode.workspace.isTrusted) throw new FlipsideError(UNTRUSTED);
    await this.requireFile();
    const { lens, answers } = readSettings(this.predictions.folders, []);
    return this.predictions.client.ask('previewMapping', { ...this.place, draft, lens, answers }, signal);
  }

  private async accept(draft: MappingDraft): Promise<Accepted | null> {
    // Once more: the file may be another by now.
    const { text } = await this.preview(draft);
    const target = await this.target();
    if (target === null) return null;
    await writeProjectFile(target.folder, target.name, JSON.parse(text) as unknown);
    this.written = target;
    const message = await this.analyse(target);
    return { file: vscode.workspace.asRelativePath(target.path), ...message };
  }

  /** Where the mapping is written; null where the user thought better of it. */
  private async target(): Promise<MappingFile | null> {
    const { written, subject, file, predictions } = this;
    if (written !== null) return written;
    if (subject?.stated) {
      const target = mappingFileAt(subject.stated.file);
      const shown = vscode.workspace.asRelativePath(target.path);
      const isMeant = await messages.confirm(
        `${shown} holds for this file already, and perhaps for others. Replace it?`,
        'Replace',
      );
      return isMeant ? target : null;
    }
    if (predictions.folders.length > 0) return newMappingFile(this.folder, file);
    const folder = await this.askForFolder();
    return folder === null ? null : newMappingFile(folder, file);
  }

  private async askForFolder(): Promise<string | null> {
    const beside = path.dirname(this.file);
    const question = `No folder is open that could hold the mapping. Keep it in ${path.join(beside, '.flipside', 'formats')}?`;
    const choice = await messages.ask(question, BESIDE, CHOOSE);
    if (choice === undefined) return null;
    if (choice === BESIDE) return beside;
    const title = 'Keep the Mapping Below This Folder';
    const chosen = await vscode.window.showOpenDialog({
      ...{ title, openLabel: 'Keep Here', canSelectFiles: false, canSelectFolders: true },
      defaultUri: vscode.Uri.file(beside),
    });
    const folder = chosen?.[0]?.fsPath ?? null;
    // A mapping in a folder that nothing opens would never be met.
    if (folder !== null && !isBelow(this.file, [folder])) {
      throw new FlipsideError(
        `${folder} does not hold ${path.basename(this.file)}. Choose the file's folder, or one above it.`,
      );
    }
    return folder;
  }

  /** Looks at the predictions again, and says what became of the file. */
  private async analyse({ folder }: MappingFile): Promise<Pick<Accepted, 'message' | 'isRead'>> {
    const { predictions, file } = this;
    const paths = predictions.paths();
    if (isBelow(file, paths)) await predictions.refresh();
    else if (paths.length === 0) {
      const isBeside = folder === path.dirname(file) || !isBelow(file, [folder]);
      await predictions.analyse([isBeside ? file : folder]);
    } else {
      const name = path.basename(file);
      void messages.inform(`${name} is not part of what is analysed.`, ANALYSE).then(async (choice) => {
        if (choice === ANALYSE) await predictions.analyse([...paths, file]);
      });
      return { message: 'The file is not part of what is analysed.', isRead: false };
    }
    return this.readAs();
  }

  private readAs(): Pick<Accepted, 'message' | 'isRead'> {
    const { overview, message } = this.predictions;
    const runs = (overview?.runs ?? []).filter(({ file }) => file === this.file);
    const items = runs.reduce((sum, run) => sum + run.items, 0).toLocaleString('en');
    const [run] = runs;
    if (run !== undefined) {
      const what = runs.length === 1 ? `the run ${run.model ?? run.id}` : `${runs.length} runs`;
      return { message: `The file is read as ${what}: ${items} items. It stands in the view Runs.`, isRead: true };
    }
    const dataset = overview?.datasets.find(({ file }) => file === this.file);
    if (dataset !== undefined) {
      const count = dataset.items.toLocaleString('en');
      return { message: `The file is read as ${count} questions, which predictions are joined with.`, isRead: true };
    }
    const reason = overview?.skipped.find(({ file }) => file === this.file)?.reason ?? message;
    return { message: `The file is still not read: ${reason ?? 'nothing says why'}`, isRead: false };
  }

  private async openJson(draft: MappingDraft): Promise<null> {
    const { text } = await this.preview(draft);
    const place = this.written?.path ?? this.subject?.stated?.file ?? null;
    const kept = place === null ? null : await vscode.workspace.openTextDocument(vscode.Uri.file(place));
    const isSame = kept !== null && kept.getText() === text;
    const document = isSame ? kept : await vscode.workspace.openTextDocument({ content: text, language: 'json' });
    await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Beside });
    return null;
  }
}
