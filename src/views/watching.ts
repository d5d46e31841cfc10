import { stat } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { isOfInterest } from './ofInterest.js';

/** Tells when something changed under watched paths that may hold predictions. */
export class Watching implements vscode.Disposable {
  private watchers: vscode.Disposable[] = [];
  private watched: string | null = null;

  constructor(private readonly changed: (file: string) => void) {}

  dispose(): void {
    for (const each of this.watchers) each.dispose();
    this.watchers = [];
  }

  /** Watches these paths, and no others any more. A file is watched by the folder that it lies in. */
  async watch(paths: readonly string[]): Promise<void> {
    const name = JSON.stringify(paths);
    if (this.watched === name) return;
    this.watched = name;
    const kinds = await Promise.all(paths.map(isFile));
    if (this.watched !== name) return;
    this.dispose();
    this.watchers = paths.map((root, index) => (kinds[index] === true ? this.file(root) : this.folder(root)));
  }

  private folder(root: string): vscode.Disposable {
    return this.listen(new vscode.RelativePattern(vscode.Uri.file(root), '**/*'), (file) =>
      isOfInterest(file.slice(root.length)),
    );
  }

  private file(file: string): vscode.Disposable {
    return this.listen(new vscode.RelativePattern(vscode.Uri.file(path.dirname(file)), '*'), (other) => other === file);
  }

  private listen(pattern: vscode.RelativePattern, matters: (file: string) => boolean): vscode.Disposable {
    const watcher = vscode.workspace.createFileSystemWatcher(pattern);
    const tell = ({ fsPath }: vscode.Uri): void => {
      if (matters(fsPath)) this.changed(fsPath);
    };
    return vscode.Disposable.from(
      watcher,
      watcher.onDidChange(tell),
      watcher.onDidCreate(tell),
      watcher.onDidDelete(tell),
    );
  }
}

/** False also for what is not there: it may come as a folder. */
async function isFile(file: string): Promise<boolean> {
  const info = await stat(file).catch(() => null);
  return info?.isFile() === true;
}
