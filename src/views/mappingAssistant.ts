import path from 'node:path';
import * as vscode from 'vscode';
import { FlipsideError } from '../core/model.js';
import { localPath } from './localPath.js';
import { isMappable } from './mappingFiles.js';
import { MAPPING, MappingPanel, UNTRUSTED } from './mappingPanel.js';
import { plain } from './plain.js';
import type { Predictions } from './predictions.js';

const TABLES = ['csv', 'tsv', 'txt', 'json', 'jsonl', 'ndjson', 'parquet', 'arrow', 'xlsx', 'gz', 'zst'];

/** All mapping assistants of the window, at most one for a file. */
export class MappingAssistant implements vscode.WebviewPanelSerializer, vscode.Disposable {
  private readonly open = new Map<string, MappingPanel>();

  constructor(
    private readonly extension: vscode.Uri,
    private readonly predictions: Predictions,
  ) {}

  dispose(): void {
    for (const { panel } of [...this.open.values()]) panel.dispose();
  }

  /** The command: maps the file that was clicked (in the explorer, or in the view of runs), else one that is asked for. */
  async run([clicked]: readonly unknown[]): Promise<void> {
    if (!vscode.workspace.isTrusted) throw new FlipsideError(UNTRUSTED);
    const file = fileOf(clicked) ?? (await this.choose());
    if (file !== null) this.show(file);
  }

  private show(file: string): void {
    const open = this.open.get(file);
    if (open !== undefined) return open.panel.reveal();
    const place = { viewColumn: vscode.ViewColumn.Active };
    this.adopt(vscode.window.createWebviewPanel(MAPPING, 'Mapping assistant', place, { enableScripts: true }), file);
  }

  /** Restores an assistant after the window was loaded again; the page kept its file and the edited mapping. */
  deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const { file } = (state ?? {}) as { file?: unknown };
    // A page that had not even begun kept nothing.
    if (typeof file === 'string' && !this.open.has(file)) this.adopt(panel, file);
    else panel.dispose();
    return Promise.resolve();
  }

  private adopt(panel: vscode.WebviewPanel, file: string): void {
    this.open.set(file, new MappingPanel(panel, this.extension, file, this.predictions));
    panel.onDidDispose(() => this.open.delete(file));
  }

  /** Asks for one of the files that could not be decided, or any other; null where none is chosen. */
  private async choose(): Promise<string | null> {
    const { predictions } = this;
    if (predictions.paths().length > 0) await predictions.ensureOpen();
    const skipped = (predictions.overview?.skipped ?? []).filter(({ file, reason }) => isMappable(file, reason));
    if (skipped.length === 0) return chooseFile();
    const other = { label: '$(folder-opened) Choose a File…', alwaysShow: true, file: null };
    const picked = await vscode.window.showQuickPick(
      [
        ...skipped.map(({ file, reason }) => ({
          label: plain(path.basename(file)),
          description: plain(vscode.workspace.asRelativePath(path.dirname(file))),
          detail: plain(reason),
          file,
        })),
        other,
      ],
      { placeHolder: 'Which file? These could not be read by themselves', matchOnDescription: true },
    );
    if (picked === undefined) return null;
    return picked.file ?? chooseFile();
  }
}

/** The file of a node of the view of runs, or of the explorer. */
function fileOf(clicked: unknown): string | null {
  if (clicked instanceof vscode.Uri) return localPath(clicked);
  const { kind, file } = (clicked ?? {}) as { kind?: unknown; file?: unknown };
  return kind === 'file' && typeof file === 'string' ? file : null;
}

async function chooseFile(): Promise<string | null> {
  const chosen = await vscode.window.showOpenDialog({
    title: 'Map the Columns of a File',
    openLabel: 'Map',
    filters: { 'Tables and records': TABLES, 'All files': ['*'] },
  });
  const [uri] = chosen ?? [];
  return uri === undefined ? null : localPath(uri);
}
