import { stat } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { FlipsideError } from '../../core/model.js';
import { findExternalMaps, type ExternalMaps } from '../../inference/saliency/externalMaps.js';
import type { MapSource } from '../../protocol/rerunPage.js';
import type { ItemView, Query } from '../../protocol/rows.js';
import { messages } from '../messages.js';
import { plain } from '../plain.js';
import type { Predictions } from '../predictions.js';

const FOLDERS = 'flipside.mapFolders';
const SHOW_LOG = 'Show log';
const MOST_IDS = 100_000;
/** So many of the files that belong to no item are named in the log. */
const MOST_NAMED = 50;

const EVERYTHING: Query = { facets: {}, search: '', ids: null, filter: null, sort: [], group: null };

/** Maps of one item in one folder, and their files, one for each image; null for an image without one. */
interface Found {
  readonly source: MapSource;
  readonly files: readonly (string | null)[];
}

/** Folders of maps that other tools made, named by item ids. They stay where they are: what is kept is where to look. */
export class ImportedMaps {
  /** What each folder holds, for the run that was shown last. */
  private readonly latest = new Map<string, { readonly key: string; readonly maps: ExternalMaps }>();
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.changed.event;

  constructor(
    private readonly predictions: Predictions,
    private readonly state: vscode.Memento,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  dispose(): void {
    this.changed.dispose();
  }

  private get folders(): readonly string[] {
    const kept = this.state.get<unknown>(FOLDERS);
    return Array.isArray(kept) ? kept.filter((each) => typeof each === 'string') : [];
  }

  /** Asks for a folder, looks for the maps of the open items in it, and says how many there are. */
  async import(): Promise<void> {
    await this.predictions.ready();
    const first = this.predictions.folders[0];
    const chosen = await vscode.window.showOpenDialog({
      ...{ title: 'Import Saliency Maps (PNG or NPY, named by item id)', openLabel: 'Import' },
      ...{ canSelectFiles: false, canSelectFolders: true },
      ...(first === undefined ? {} : { defaultUri: vscode.Uri.file(first) }),
    });
    const folder = chosen?.[0]?.fsPath;
    if (folder !== undefined) await this.add(folder);
  }

  /** Looks for maps in this folder from now on. Throws a FlipsideError where it holds none of an item that is open. */
  async add(folder: string): Promise<void> {
    const ids = await this.predictions.client.ask('ids', { query: EVERYTHING, keys: null, most: MOST_IDS });
    const items = [...new Set(ids)];
    const { found, unused } = await findExternalMaps(folder, items);
    for (const { file, reason } of unused.slice(0, MOST_NAMED)) this.log.warn(`Not used: ${file}: ${reason}.`);
    if (unused.length > MOST_NAMED) this.log.warn(`… and ${unused.length - MOST_NAMED} further files.`);
    if (found.size === 0) {
      const why =
        unused.length === 0 ? 'it holds no .npy and no .png file' : `${unused.length} files: ${unused[0]?.reason}`;
      throw new FlipsideError(
        `${path.basename(folder)} holds no map of an item that is open (${why}). Files are named by item id: ID.npy, or ID_0.npy, ID_1.npy for several images.`,
      );
    }
    await this.state.update(FOLDERS, [...this.folders.filter((each) => each !== folder), folder]);
    this.changed.fire();
    const count = unused.length === 1 ? '1 file in the folder belongs' : `${unused.length} files in the folder belong`;
    const rest = unused.length === 0 ? '' : ` ${count} to none of them; the log says which.`;
    const words = `Maps of ${found.size} of ${items.length} items are laid over their images from now on.${rest}`;
    void messages.inform(plain(words), ...(unused.length === 0 ? [] : [SHOW_LOG])).then((choice) => {
      if (choice === SHOW_LOG) this.log.show(true);
    });
  }

  /** Forgets all folders; the files stay. */
  async forget(): Promise<void> {
    await this.state.update(FOLDERS, undefined);
    this.changed.fire();
  }

  /** The maps of an item, folder by folder. A folder that cannot be read is a problem, and hides no other. */
  async of({ key, record: { item } }: Pick<ItemView, 'key' | 'record'>): Promise<{
    readonly found: readonly Found[];
    readonly problems: readonly string[];
  }> {
    const found: Found[] = [];
    const problems: string[] = [];
    for (const folder of this.folders) {
      try {
        const maps = (await this.mapsIn(folder, key.run)).found.get(item) ?? [];
        if (maps.length === 0) continue;
        const from = path.basename(folder);
        const source: MapSource = {
          id: `${folder}\n${item}`,
          method: 'imported',
          target: null,
          from,
          tokens: null,
          notes: [],
        };
        const last = maps.at(-1)?.frame ?? 0;
        const files = Array.from({ length: last + 1 }, (_, at) => maps.find(({ frame }) => frame === at)?.file ?? null);
        found.push({ source, files });
      } catch (error) {
        if (!(error instanceof FlipsideError)) throw error;
        problems.push(error.message);
      }
    }
    return { found, problems };
  }

  /** Which file is whose is told by all ids of a run together: `7_0` may be the second image of an item, or an item. */
  private async mapsIn(folder: string, run: string): Promise<ExternalMaps> {
    const { mtimeMs = 0 } = (await stat(folder).catch(() => null)) ?? {};
    const key = [this.predictions.overview?.id, run, folder, mtimeMs].join('\n');
    if (this.latest.get(folder)?.key !== key) {
      const query = { ...EVERYTHING, facets: { run: [run] } };
      const ids = await this.predictions.client.ask('ids', { query, keys: null, most: Number.MAX_SAFE_INTEGER });
      this.latest.set(folder, { key, maps: await findExternalMaps(folder, [...new Set(ids)]) });
    }
    return this.latest.get(folder)?.maps ?? findExternalMaps(folder, []);
  }
}
