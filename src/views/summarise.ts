import path from 'node:path';
import * as vscode from 'vscode';
import { runCli } from './cliProcess.js';
import { localPath } from './localPath.js';
import { plain } from './plain.js';
import { nodeProgram } from './program.js';
import type { ReportDocuments } from './reportDocuments.js';

/** The command flipside.summarise: runs `flipside summary` on files and folders and shows its Markdown. */
export class Summarise implements vscode.Disposable {
  private readonly closing = new AbortController();

  /** `cli`: the bundled command line. */
  constructor(
    private readonly cli: vscode.Uri,
    private readonly documents: ReportDocuments,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  /**
   * `args` are what VS Code passes: from the explorer the clicked resource and the selected ones, from the palette
   * nothing, which means the workspace folder. Returns the report's address, or undefined when nothing was chosen.
   * Rejects with a FlipsideError when there is nothing to summarise, with an AbortError when it was cancelled.
   */
  async run(args: readonly unknown[]): Promise<vscode.Uri | undefined> {
    const targets = targetsOf(args) ?? (await chooseTargets());
    if (targets === undefined) return undefined;
    const paths = targets.map(localPath);
    const lens = vscode.workspace.getConfiguration('flipside').get('lens', 'axes');
    const markdown = await this.summary(paths, lens);
    return this.documents.show(titleOf(paths), [lens, ...paths], markdown);
  }

  private async summary(paths: readonly string[], lens: string): Promise<string> {
    const options = {
      location: vscode.ProgressLocation.Notification,
      title: 'Flipside: summarising predictions',
      cancellable: true,
    };
    return vscode.window.withProgress(options, (progress, token) => {
      const cancel = new AbortController();
      token.onCancellationRequested(() => cancel.abort());
      return runCli({
        ...nodeProgram(),
        // Everything after "--" is a path, also one that begins with a dash.
        args: [this.cli.fsPath, 'summary', '--format', 'md', '--lens', lens, '--', ...paths],
        signal: AbortSignal.any([this.closing.signal, cancel.signal]),
        onLine: (line) => {
          this.log.info(line);
          progress.report({ message: plain(line) });
        },
      });
    });
  }

  dispose(): void {
    this.closing.abort();
  }
}

/** The resources a menu names: the whole selection where the clicked one belongs to it. Undefined when there are none. */
function targetsOf([clicked, selected]: readonly unknown[]): vscode.Uri[] | undefined {
  if (!(clicked instanceof vscode.Uri)) return undefined;
  const all = Array.isArray(selected) ? selected.filter((each) => each instanceof vscode.Uri) : [];
  return all.some((each) => each.toString() === clicked.toString()) ? all : [clicked];
}

async function chooseTargets(): Promise<vscode.Uri[] | undefined> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  if (folders.length === 0) {
    return vscode.window.showOpenDialog({ canSelectFolders: true, canSelectMany: true, openLabel: 'Summarise' });
  }
  const [only] = folders;
  if (folders.length === 1 && only !== undefined) return [only.uri];
  const folder = await vscode.window.showWorkspaceFolderPick({
    placeHolder: 'The folder whose predictions to summarise',
  });
  return folder === undefined ? undefined : [folder.uri];
}

function titleOf(paths: readonly string[]): string {
  const [first = ''] = paths;
  return `${path.basename(first)}${paths.length > 1 ? ` and ${paths.length - 1} more` : ''} – summary`;
}
