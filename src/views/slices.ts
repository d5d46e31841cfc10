import path from 'node:path';
import * as vscode from 'vscode';
import { FlipsideError } from '../core/model.js';
import type { Query } from '../protocol/rows.js';
import { fromPortable, toPortable } from './portableRuns.js';
import { plain } from './plain.js';
import type { Predictions } from './predictions.js';
import { readProjectFile, writeProjectFile } from './projectFile.js';
import { readQuery } from './savedQuery.js';

/** A slice as a folder's file keeps it. */
export interface SavedSlice {
  readonly kind: 'slice';
  readonly folder: string;
  readonly name: string;
  /** With the ids of the runs that are open. */
  readonly query: Query;
}

/** What a file holds and nobody can read: it is shown, and never deleted. */
export interface BrokenSlice {
  readonly kind: 'broken';
  readonly folder: string;
  readonly name: string;
  readonly problem: string;
}

export type SliceNode = SavedSlice | BrokenSlice;

/** One entry of a file, as it stands there and as it is read. */
interface Entry {
  readonly raw: unknown;
  readonly node: SliceNode;
}

interface SlicesFile {
  readonly folder: string;
  /** Everything else that the file holds. */
  readonly rest: Readonly<Record<string, unknown>>;
  readonly entries: readonly Entry[];
}

const FILE = 'slices.json';
const VERSION = 1;

/** The slices saved in `.flipside/slices.json` of the workspace's folders, which people share through their repository. */
export class Slices implements vscode.TreeDataProvider<SliceNode>, vscode.Disposable {
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

  async getChildren(): Promise<SliceNode[]> {
    const nodes: SliceNode[] = [];
    for (const folder of this.predictions.folders) {
      try {
        nodes.push(...(await this.read(folder)).entries.map(({ node }) => node));
      } catch (error) {
        nodes.push({ kind: 'broken', folder, name: `.flipside/${FILE}`, problem: (error as Error).message });
      }
    }
    return nodes;
  }

  /** The slices that can be shown. */
  async saved(): Promise<SavedSlice[]> {
    return (await this.getChildren()).filter((node) => node.kind === 'slice');
  }

  async getTreeItem(node: SliceNode): Promise<vscode.TreeItem> {
    const item = new vscode.TreeItem(plain(node.name));
    item.id = `${node.kind}:${node.folder}:${node.name}`;
    if (node.kind === 'broken') {
      const file = vscode.Uri.file(path.join(node.folder, '.flipside', FILE));
      item.iconPath = new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));
      item.description = node.problem;
      item.tooltip = node.problem;
      item.command = { command: 'vscode.open', title: 'Open', arguments: [file] };
      return item;
    }
    const where = this.predictions.folders.length > 1 ? ` · ${path.basename(node.folder)}` : '';
    item.iconPath = new vscode.ThemeIcon('filter');
    item.contextValue = 'slice';
    item.description = `${await this.count(node.query)}${where}`;
    item.command = { command: 'flipside.openSlice', title: 'Show', arguments: [node] };
    return item;
  }

  /** Adds a slice to the first folder, or replaces the one of that name wherever it is kept. */
  async save(name: string, query: Query): Promise<void> {
    const known = (await this.saved()).find((slice) => slice.name === name);
    const folder = known?.folder ?? this.predictions.folders[0];
    if (folder === undefined) throw new FlipsideError('Slices are saved in the workspace: open a folder first.');
    await this.change(folder, (entries) => [...without(entries, name), this.raw(folder, name, query)]);
  }

  /** Throws a FlipsideError where another slice has the name already. */
  async rename({ folder, name: before, query }: SavedSlice, name: string): Promise<void> {
    if (name === before) return;
    if ((await this.saved()).some((slice) => slice.name === name)) {
      throw new FlipsideError(`There is a slice "${name}" already: choose another name, or delete that one first.`);
    }
    await this.change(folder, (entries) =>
      entries.map(({ raw, node }) => (isNamed(node, before) ? this.raw(folder, name, query) : raw)),
    );
  }

  async remove({ folder, name }: SavedSlice): Promise<void> {
    await this.change(folder, (entries) => without(entries, name));
  }

  private raw(folder: string, name: string, query: Query): object {
    return { name, query: toPortable(query, folder, this.predictions.overview?.runs ?? []) };
  }

  private async count(query: Query): Promise<string> {
    if (this.predictions.emptiness !== null) return '';
    try {
      const [count = 0] = await this.predictions.client.ask('counts', [query]);
      return count === 1 ? '1 row' : `${count} rows`;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  private async read(folder: string): Promise<SlicesFile> {
    const file = await readProjectFile(folder, FILE);
    if (file === null) return { folder, rest: {}, entries: [] };
    const { slices, ...rest } = file as { slices?: unknown };
    const named = path.join(folder, '.flipside', FILE);
    if (!Array.isArray(slices)) {
      throw new FlipsideError(`${named}: expected {"version": ${VERSION}, "slices": […]}.`, { file: named });
    }
    const runs = this.predictions.overview?.runs ?? [];
    const names = new Set<string>();
    const entries = slices.map((raw: unknown, index): Entry => {
      const name = nameOf(raw) ?? `Slice ${index + 1}`;
      try {
        if (nameOf(raw) === null) throw new FlipsideError('"name": expected a text');
        if (names.has(name)) throw new FlipsideError('another slice has this name');
        names.add(name);
        const query = fromPortable(readQuery((raw as { query?: unknown }).query), folder, runs);
        return { raw, node: { kind: 'slice', folder, name, query } };
      } catch (error) {
        const problem = `${(error as Error).message}. Mend it in .flipside/${FILE}.`;
        return { raw, node: { kind: 'broken', folder, name: `${name} (${index + 1})`, problem } };
      }
    });
    return { folder, rest, entries };
  }

  /** Reads the file again before it is written: another window may have changed it. */
  private async change(folder: string, change: (entries: readonly Entry[]) => readonly unknown[]): Promise<void> {
    const { rest, entries } = await this.read(folder);
    const version = rest['version'] ?? VERSION;
    if (version !== VERSION) {
      throw new FlipsideError(
        `.flipside/${FILE} states another version than ${VERSION}: a later Flipside wrote it. Update first.`,
      );
    }
    const slices = change(entries);
    await writeProjectFile(folder, FILE, { ...rest, version: VERSION, slices });
    this.changed.fire(undefined);
  }
}

function isNamed(node: SliceNode, name: string): boolean {
  return node.kind === 'slice' && node.name === name;
}

/** What the file holds besides the slice of that name, unreadable entries too. */
function without(entries: readonly Entry[], name: string): unknown[] {
  return entries.filter(({ node }) => !isNamed(node, name)).map(({ raw }) => raw);
}

function nameOf(raw: unknown): string | null {
  const { name } = (raw ?? {}) as { name?: unknown };
  return typeof name === 'string' && name.trim() !== '' ? name : null;
}
