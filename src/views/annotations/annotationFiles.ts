import { readdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { FlipsideError } from '../../core/model.js';
import { ANNOTATIONS, type Scheme } from '../../protocol/annotations.js';
import { messages } from '../messages.js';
import type { Predictions } from '../predictions.js';
import { writeProjectFile } from '../projectFile.js';

/** Files that change together are looked at together. */
const REST = 200;
/** The folders too: of a whole folder that goes, as git takes one away, VS Code tells nothing of the files in it. */
const WATCHED = '{.flipside,.flipside/scheme.json,.flipside/annotations,.flipside/annotations/*.jsonl}';
const SCHEME = 'scheme.json';

/** The files of annotations: watched, for other windows and git write them too. */
export class AnnotationFiles implements vscode.Disposable {
  private watchers: vscode.Disposable[] = [];
  private watched = '';
  private timer: NodeJS.Timeout | undefined;
  private readonly subscription: vscode.Disposable;

  constructor(
    private readonly predictions: Predictions,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.subscription = predictions.onDidChange(() => this.watch());
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.subscription.dispose();
    for (const each of this.watchers) each.dispose();
  }

  private watch(): void {
    const { folders } = this.predictions;
    if (this.watched === folders.join('\n')) return;
    this.watched = folders.join('\n');
    for (const each of this.watchers) each.dispose();
    this.watchers = folders.flatMap((folder) => {
      const watcher = vscode.workspace.createFileSystemWatcher(
        new vscode.RelativePattern(vscode.Uri.file(folder), WATCHED),
      );
      const changed = (): void => this.changed();
      return [watcher, watcher.onDidChange(changed), watcher.onDidCreate(changed), watcher.onDidDelete(changed)];
    });
  }

  private changed(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      if (this.predictions.emptiness !== null) return;
      this.predictions.client.ask('refreshAnnotations', null).catch((error: unknown) => {
        // Whoever starts the process again, where it has ended, looks at the files too.
        this.log.info(
          `Files of annotations were not looked at: ${error instanceof Error ? error.message : String(error)}`,
        );
      });
    }, REST);
  }

  /** Who annotates here, by the names of their files. */
  async annotators(): Promise<ReadonlySet<string>> {
    const { folders } = this.predictions;
    const [first] = this.predictions.paths();
    // Where no folder is open, they lie beside the file that is.
    const places = folders.length > 0 || first === undefined ? folders : [path.dirname(first)];
    const names = await Promise.all(places.map((place) => readdir(path.join(place, ANNOTATIONS)).catch(() => [])));
    return new Set(names.flat().flatMap((name) => (name.endsWith('.jsonl') ? [name.slice(0, -'.jsonl'.length)] : [])));
  }

  /** Opens the scheme, written out where there is no file of it yet. */
  async editScheme(scheme: Scheme): Promise<void> {
    const [folder] = this.predictions.folders;
    if (folder === undefined) throw new FlipsideError('A scheme of labels lies in a folder: open one first.');
    const file = path.join(folder, '.flipside', SCHEME);
    const isThere = await stat(file).then(
      () => true,
      () => false,
    );
    if (!isThere)
      await writeProjectFile(folder, SCHEME, { $schema: 'flipside://schemas/scheme.schema.json', ...scheme });
    await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(file));
  }

  /** Asks for a file for what could not be written where it belongs. */
  async keep(lines: string, name: string): Promise<void> {
    const target = await vscode.window.showSaveDialog({
      title: 'Keep Annotations That Are Not Saved',
      filters: { 'JSON lines': ['jsonl'] },
      saveLabel: 'Keep',
      defaultUri: vscode.Uri.file(path.join(this.predictions.folders[0] ?? '', `${name}-unsaved.jsonl`)),
    });
    if (target === undefined) return;
    await writeFile(target.fsPath, lines).catch((error: NodeJS.ErrnoException) => {
      throw new FlipsideError(`${target.fsPath} cannot be written (${error.code ?? error.message}).`);
    });
    void messages.inform(`Kept. Put the lines of ${path.basename(target.fsPath)} into .flipside/annotations later.`);
  }
}
