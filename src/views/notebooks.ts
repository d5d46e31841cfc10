import { rm } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { FlipsideError } from '../core/model.js';
import type { Query } from '../protocol/rows.js';
import type { Actions } from './actions.js';
import { notebookOf } from './notebookCells.js';
import { freePlace, writeNotebook } from './notebookFiles.js';
import { plain } from './plain.js';
import { toPortable } from './portableRuns.js';
import type { Predictions } from './predictions.js';
import { queryInWords } from './queryWords.js';
import type { SavedSlice, Slices } from './slices.js';

/** Rows to be taken into a notebook. */
interface Chosen {
  readonly title: string;
  readonly query: Query;
  /** The workspace's folder that the notebook is for; null: the first. */
  readonly folder: string | null;
}

/** Rows as a Jupyter notebook with their Parquet file, in `.flipside/notebooks` of the workspace. */
export class Notebooks {
  constructor(
    private readonly predictions: Predictions,
    private readonly slices: Slices,
    private readonly actions: Actions,
  ) {}

  /** Opens a slice in a new notebook, or, where none is given, what the user picks: the list as it is shown, or a saved slice. */
  async open(slice: unknown, shown: Query): Promise<void> {
    const overview = await this.predictions.ready();
    const { title, query, folder: own } = isSlice(slice) ? chosenSlice(slice) : await this.choose(shown);
    const folder = own ?? this.predictions.folders[0];
    if (folder === undefined) {
      throw new FlipsideError('A notebook is written into the workspace: open the folder that holds your predictions.');
    }
    const [count = 0] = await this.predictions.client.ask('counts', [query]);
    if (count === 0) throw new FlipsideError('There are no rows to open in a notebook: the list is empty.');
    const place = await freePlace(folder, title);
    const rows = await this.actions.write({ query, keys: null, to: 'parquet', out: place.data });
    if (rows === null) return;
    const words = queryInWords(toPortable(query, folder, overview.runs));
    const about = { title, data: path.basename(place.data), rows, words, lens: overview.lens };
    try {
      await writeNotebook(place.notebook, notebookOf(about));
    } catch (error) {
      await rm(place.data, { force: true });
      throw error;
    }
    await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(place.notebook));
  }

  private async choose(shown: Query): Promise<Chosen> {
    const list: Chosen = { title: 'rows', query: shown, folder: null };
    const slices = (await this.slices.saved()).map(chosenSlice);
    if (slices.length === 0) return list;
    const items = [
      { label: 'The rows that the list shows', of: list },
      ...slices.map((of) => ({ label: plain(of.title), description: 'slice', of })),
    ];
    const picked = await vscode.window.showQuickPick(items, { placeHolder: 'Which rows?' });
    if (picked === undefined) throw new vscode.CancellationError();
    return picked.of;
  }
}

function chosenSlice({ name, query, folder }: SavedSlice): Chosen {
  return { title: name, query, folder };
}

function isSlice(value: unknown): value is SavedSlice {
  return typeof value === 'object' && value !== null && (value as Partial<SavedSlice>).kind === 'slice';
}
