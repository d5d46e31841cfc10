import * as vscode from 'vscode';
import { FlipsideError } from '../core/model.js';
import { ERRORS, type Query } from '../protocol/rows.js';
import type { Predictions } from './predictions.js';
import { readProjectFile, writeProjectFile } from './projectFile.js';

export interface SavedSlice {
  readonly name: string;
  readonly query: Query;
}

const FILE = 'slices.json';

/** The slices saved in the workspace's `.flipside/slices.json`, which people share through their repository. */
export class Slices implements vscode.TreeDataProvider<SavedSlice>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly disposables: vscode.Disposable[] = [this.changed];

  constructor(private readonly predictions: Predictions) {
    const watcher = vscode.workspace.createFileSystemWatcher(`**/.flipside/${FILE}`);
    const changed = (): void => this.changed.fire(undefined);
    this.disposables.push(
      watcher,
      watcher.onDidChange(changed),
      watcher.onDidCreate(changed),
      watcher.onDidDelete(changed),
      predictions.onDidChange(changed),
    );
  }

  dispose(): void {
    for (const each of this.disposables) each.dispose();
  }

  async getChildren(): Promise<SavedSlice[]> {
    return [...(await this.read())];
  }

  async getTreeItem(slice: SavedSlice): Promise<vscode.TreeItem> {
    const item = new vscode.TreeItem(slice.name);
    item.id = `slice:${slice.name}`;
    item.iconPath = new vscode.ThemeIcon('filter');
    item.contextValue = 'slice';
    item.description = await this.count(slice.query);
    item.command = { command: 'flipside.openSlice', title: 'Show', arguments: [slice] };
    return item;
  }

  /** Adds a slice, or replaces the one of that name. */
  async save(slice: SavedSlice): Promise<void> {
    const others = (await this.read()).filter(({ name }) => name !== slice.name);
    await this.write([...others, slice]);
  }

  async rename(slice: SavedSlice, name: string): Promise<void> {
    const all = await this.read();
    await this.write(
      all.filter((each) => each.name !== name).map((each) => (each.name === slice.name ? { ...each, name } : each)),
    );
  }

  async remove(slice: SavedSlice): Promise<void> {
    await this.write((await this.read()).filter(({ name }) => name !== slice.name));
  }

  async names(): Promise<string[]> {
    return (await this.read()).map(({ name }) => name);
  }

  private async count(query: Query): Promise<string> {
    if (this.predictions.emptiness !== null) return '';
    try {
      const [count = 0] = await this.predictions.client.ask('counts', [query]);
      return count === 1 ? '1 item' : `${count} items`;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  private async read(): Promise<readonly SavedSlice[]> {
    const { home } = this.predictions;
    const file = home === null ? null : await readProjectFile(home, FILE);
    if (file === null) return [];
    const { slices } = file as { slices?: unknown };
    if (!Array.isArray(slices)) throw new FlipsideError(`.flipside/${FILE}: expected {"version": 1, "slices": […]}.`);
    return slices.map(sliceOf);
  }

  private async write(slices: readonly SavedSlice[]): Promise<void> {
    const { home } = this.predictions;
    if (home === null) throw new FlipsideError('Slices are saved in the workspace: open a folder first.');
    await writeProjectFile(home, FILE, { version: 1, slices });
    this.changed.fire(undefined);
  }
}

/** What a file says, where it says it well; people edit it. */
function sliceOf(value: unknown, index: number): SavedSlice {
  const { name, query } = (value ?? {}) as { name?: unknown; query?: Partial<Query> };
  if (typeof name !== 'string' || typeof query !== 'object' || query === null) {
    throw new FlipsideError(`.flipside/${FILE}: slice ${index + 1} needs a "name" and a "query".`);
  }
  return { name, query: { ...ERRORS, facets: {}, ...query } };
}
