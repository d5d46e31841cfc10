import * as vscode from 'vscode';
import type { RunOverview } from '../protocol/analysis.js';
import { liesIn, portableName, runOfName } from './portableRuns.js';
import type { Predictions } from './predictions.js';
import { readProjectFile, writeProjectFile } from './projectFile.js';

const FILE = 'runs.json';

/** What one folder's file says: everything in it, for it is kept, and the baselines by dataset ('' for runs without one). */
interface Kept {
  readonly folder: string;
  readonly all: Readonly<Record<string, unknown>>;
  readonly baselines: ReadonlyMap<string, string>;
}

/**
 * Which run is the baseline of each dataset, as `.flipside/runs.json` of the workspace's folders says. A run's baseline is
 * kept in the folder that holds the run, under a name that everybody who shares the folder can use.
 */
export class Baselines implements vscode.Disposable {
  private kept: readonly Kept[] = [];
  private reading: Promise<void> | null = null;
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.changed.event;
  private readonly disposables: vscode.Disposable[] = [this.changed];

  constructor(
    private readonly predictions: Predictions,
    private readonly log: vscode.LogOutputChannel,
  ) {
    const watcher = vscode.workspace.createFileSystemWatcher(`**/.flipside/${FILE}`);
    const again = (): void => void this.read();
    this.disposables.push(
      watcher,
      watcher.onDidChange(again),
      watcher.onDidCreate(again),
      watcher.onDidDelete(again),
      vscode.workspace.onDidChangeWorkspaceFolders(again),
      vscode.workspace.onDidGrantWorkspaceTrust(again),
      // The first time that something is open, and never before: a window that nobody analyses in reads nothing.
      predictions.onDidChange(() => void (this.reading ??= this.predictions.overview === null ? null : this.read())),
    );
  }

  dispose(): void {
    for (const each of this.disposables) each.dispose();
  }

  /** The id of the baseline of the run's dataset; null where there is none, or it is not open. */
  of(run: RunOverview): string | null {
    const runs = this.predictions.overview?.runs ?? [];
    for (const { folder, baselines } of this.kept) {
      const name = baselines.get(run.dataset ?? '');
      const found = name === undefined ? undefined : runOfName(name, folder, runs);
      if (found !== undefined && found.dataset === run.dataset) return found.id;
    }
    return null;
  }

  /** The same for a run by its id; null for a run that is not open. */
  ofId(id: string): string | null {
    const run = this.predictions.overview?.runs.find((each) => each.id === id);
    return run === undefined ? null : this.of(run);
  }

  /** Makes a run the baseline of its dataset, or with `on` false no longer that. Throws a FlipsideError where it cannot be kept. */
  async set(run: RunOverview, on: boolean): Promise<void> {
    const dataset = run.dataset ?? '';
    const { folders } = this.predictions;
    const home = folders.find((folder) => liesIn(run.file, folder)) ?? folders[0] ?? null;
    // Another window may have written since.
    const kept = await Promise.all(folders.map((folder) => readFolder(folder)));
    for (const { folder, all, baselines } of kept) {
      const next = new Map(baselines);
      if (on && folder === home) next.set(dataset, portableName(run, folder));
      else if (on || runOfName(baselines.get(dataset) ?? '', folder, [run]) !== undefined) next.delete(dataset);
      if (next.get(dataset) === baselines.get(dataset)) continue;
      await writeProjectFile(folder, FILE, { ...all, version: 1, baselines: Object.fromEntries(next) });
    }
    await this.read();
  }

  /** Reads the files; one that cannot be read is told in the log and counts as empty. */
  private async read(): Promise<void> {
    if (!vscode.workspace.isTrusted) return;
    const all = this.predictions.folders.map((folder) =>
      readFolder(folder).catch((error: Error) => {
        this.log.error(error.message);
        return null;
      }),
    );
    this.kept = (await Promise.all(all)).filter((each) => each !== null);
    this.changed.fire();
  }
}

async function readFolder(folder: string): Promise<Kept> {
  const file = await readProjectFile(folder, FILE);
  const all = isMap(file) ? file : {};
  const baselines = isMap(all['baselines']) ? Object.entries(all['baselines']) : [];
  return {
    folder,
    all,
    baselines: new Map(baselines.filter((entry): entry is [string, string] => typeof entry[1] === 'string')),
  };
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
