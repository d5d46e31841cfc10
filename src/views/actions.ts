import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { FlipsideError, type Filter } from '../core/model.js';
import type { AnalysisMethods } from '../protocol/analysis.js';
import type { ErrorsHost } from '../protocol/errorsPage.js';
import { ROWS_AT_ONCE, type ItemView, type Query, type RowKey } from '../protocol/rows.js';
import { theRow, toOpen } from './chosenRows.js';
import type { Inspectors } from './inspectors.js';
import { messages } from './messages.js';
import { plain } from './plain.js';
import type { Predictions } from './predictions.js';
import type { RerunMany } from './reruns/rerunMany.js';
import type { Slices } from './slices.js';

type Act = Parameters<ErrorsHost['act']>[0];
interface Step {
  readonly message: string;
  readonly increment: number;
}

/** At most the ids of this many items are copied in one go. */
const MOST_IDS = 100_000;
/** At most so many items are asked again, or annotated, in one go. */
const MOST_AT_ONCE = 10_000;
const IMAGE_VIEWER = 'imagePreview.previewEditor';
/** Of an image's name, a dialog's title shows so many characters. */
const MOST_TITLE = 80;
const FORMATS = { csv: 'CSV', jsonl: 'JSON lines', parquet: 'Parquet', md: 'Markdown' } as const;

/** What a user does with rows: open them, save them, take them elsewhere, find their images. */
export class Actions {
  constructor(
    private readonly predictions: Predictions,
    private readonly slices: Slices,
    private readonly inspectors: () => Inspectors,
    /** Tells every page that images may lie elsewhere now. */
    private readonly picturesChanged: () => void,
    /** Asks the user something, and brings the focus back to where it was. */
    private readonly asking: <T>(ask: () => Thenable<T>) => Promise<T>,
    private readonly reruns: RerunMany,
  ) {}

  /** Puts rows to what the error browser asks. */
  async act({ action, keys, query }: Act): Promise<void> {
    switch (action) {
      case 'open':
        return this.openAll(toOpen(keys));
      case 'copyIds':
        return this.copyIds(keys, query);
      case 'saveSlice':
        return this.saveSlice(await this.narrowed(keys, query));
      case 'export':
        return this.export(keys, query);
      case 'openSource':
        return this.openSource(theRow(keys));
      case 'rerun':
        return this.rerun(keys, query);
    }
  }

  /** One item is asked again in its inspector, where its picture and its map are seen; several in one go. */
  private async rerun(keys: readonly RowKey[] | null, query: Query): Promise<void> {
    const [first, ...more] = keys ?? (await this.allOf(query));
    if (first === undefined) throw new FlipsideError('Select a row first: it is asked again.');
    if (more.length === 0) return this.inspectors().askAgain(first);
    await this.reruns.run([first, ...more], this.asking);
  }

  /** Every row of a query. Throws a FlipsideError where they are too many for one go. */
  async allOf(query: Query): Promise<readonly RowKey[]> {
    const { client } = this.predictions;
    const { slice, total } = await client.ask('slice', query);
    if (total > MOST_AT_ONCE) {
      throw new FlipsideError(`${total} rows are too many for one go: select at most ${MOST_AT_ONCE}.`);
    }
    const rows: RowKey[] = [];
    while (rows.length < total) {
      const next = await client.ask('rows', {
        slice,
        start: rows.length,
        end: Math.min(total, rows.length + ROWS_AT_ONCE),
      });
      if (next.length === 0) break;
      rows.push(...next.map(({ run, row }) => ({ run, row })));
    }
    return rows;
  }

  private async openAll(keys: readonly RowKey[]): Promise<void> {
    for (const key of keys) await this.inspectors().show(key, null, { focus: false, aside: true });
  }

  private async copyIds(keys: readonly RowKey[] | null, query: Query): Promise<void> {
    const ids = await this.ids(keys, query);
    await vscode.env.clipboard.writeText(ids.join('\n'));
    vscode.window.setStatusBarMessage(`Flipside: ${ids.length === 1 ? '1 id' : `${ids.length} ids`} copied`, 3000);
  }

  /** The item ids of the rows, in the order of the list. */
  private ids(keys: readonly RowKey[] | null, query: Query): Promise<readonly string[]> {
    return this.predictions.client.ask('ids', { query, keys, most: MOST_IDS });
  }

  /** The query, reduced to the given rows: by their ids, in each run its own. */
  private async narrowed(keys: readonly RowKey[] | null, query: Query): Promise<Query> {
    if (keys === null) return query;
    const runs = [...new Set(keys.map(({ run }) => run))];
    const idsOf = (run: string): Promise<readonly string[]> =>
      this.ids(
        keys.filter((key) => key.run === run),
        query,
      );
    const [only] = runs;
    if (runs.length === 1 && only !== undefined) {
      return { ...query, ids: [...new Set(await idsOf(only))], facets: { ...query.facets, run: [only] } };
    }
    const chosen: Filter[] = [];
    for (const run of runs) {
      const items: Filter = { field: 'item', op: 'in', values: [...new Set(await idsOf(run))] };
      chosen.push({ and: [{ field: 'run', op: 'eq', value: run }, items] });
    }
    const filter: Filter = { or: chosen };
    return { ...query, filter: query.filter === null ? filter : { and: [query.filter, filter] } };
  }

  async saveSlice(query: Query): Promise<void> {
    await this.predictions.ready();
    const names = (await this.slices.saved()).map((slice) => slice.name);
    const name = await this.asking(() => nameForSlice(names));
    if (name !== null) await this.slices.save(name, query);
  }

  private async export(keys: readonly RowKey[] | null, query: Query): Promise<void> {
    await this.predictions.ready();
    const folder = this.predictions.folders[0] ?? os.homedir();
    const options = {
      title: 'Export Rows',
      defaultUri: vscode.Uri.file(path.join(folder, 'errors.csv')),
      filters: Object.fromEntries(Object.entries(FORMATS).map(([extension, title]) => [title, [extension]])),
    };
    const target = await this.asking(() => vscode.window.showSaveDialog(options));
    if (target === undefined) return;
    const to = path.extname(target.fsPath).slice(1);
    if (!isFormat(to)) {
      throw new FlipsideError(
        `"${path.basename(target.fsPath)}": expected a name that ends in .csv, .jsonl, .parquet or .md.`,
      );
    }
    const rows = await this.write({ query, keys, to, out: target.fsPath });
    if (rows === null) return;
    const choice = await messages.inform(
      `${rows === 1 ? '1 row' : `${rows} rows`} written to ${path.basename(target.fsPath)}.`,
      'Open',
    );
    if (choice === 'Open') await vscode.commands.executeCommand('vscode.open', target);
  }

  /** Writes rows and shows how far it is; null where the user took it back. */
  write(what: Parameters<AnalysisMethods['exportRows']>[0]): Promise<number | null> {
    const { client } = this.predictions;
    const options = {
      location: vscode.ProgressLocation.Notification,
      title: plain(`Flipside: exporting rows to ${path.basename(what.out)}`),
      cancellable: true,
    };
    const work = async (progress: vscode.Progress<Step>, token: vscode.CancellationToken): Promise<number | null> => {
      const cancel = new AbortController();
      token.onCancellationRequested(() => cancel.abort());
      let shown = 0;
      const stop = client.on('exporting', ({ out, rows, of }) => {
        if (out !== what.out || of === 0) return;
        const done = (100 * rows) / of;
        progress.report({ message: `${rows} of ${of}`, increment: done - shown });
        shown = done;
      });
      try {
        return await client.ask('exportRows', what, cancel.signal);
      } catch (error) {
        if (cancel.signal.aborted) return null;
        throw error;
      } finally {
        stop();
      }
    };
    return Promise.resolve(vscode.window.withProgress(options, work));
  }

  /** Opens the prediction file at the row, where its rows are lines. */
  async openSource(key: RowKey): Promise<void> {
    const file = this.predictions.overview?.runs.find(({ id }) => id === key.run)?.file;
    if (file === undefined) throw new FlipsideError(`The run "${key.run}" is not there any more.`);
    const line = await this.predictions.client.ask('line', key);
    const uri = vscode.Uri.file(file);
    if (line === null) {
      await vscode.commands.executeCommand('vscode.open', uri);
      return;
    }
    const at = new vscode.Position(line - 1, 0);
    // By the command: an extension may not open files that are too large to be handed to it.
    await vscode.commands.executeCommand('vscode.open', uri, { selection: new vscode.Range(at, at), preview: true });
  }

  /** Opens an image in the editor's own viewer, and in no other: what the data name as one may be any file. */
  async openImage(item: ItemView, index: number): Promise<void> {
    const picture = await this.predictions.client.ask('picture', { key: item.key, index, size: 64, crop: null });
    if (picture.file === null) {
      throw new FlipsideError(
        picture.ok ? 'This image lies inside a file, or on the network, and has no file of its own.' : picture.message,
      );
    }
    await vscode.commands.executeCommand('vscode.openWith', vscode.Uri.file(picture.file), IMAGE_VIEWER);
  }

  /** Forgets where images were said to lie. */
  async forgetImages(): Promise<void> {
    await this.predictions.learn(null);
    this.picturesChanged();
  }

  /** Asks where an image lies, and learns from it where the others do. */
  async locate({ key, record }: ItemView, index: number): Promise<void> {
    const stated = record.images[index] ?? '';
    const [found] =
      (await vscode.window.showOpenDialog({
        title: `Locate ${path.posix.basename(stated.replaceAll('\\', '/')).slice(0, MOST_TITLE) || 'the Image'}`,
        openLabel: 'This Is the Image',
        canSelectMany: false,
        filters: { Images: ['png', 'jpg', 'jpeg', 'webp', 'gif', 'bmp', 'tif', 'tiff', 'avif'] },
      })) ?? [];
    if (found === undefined) return;
    const prefix = await this.predictions.client.ask('learnPrefix', { key, index, found: found.fsPath });
    await this.predictions.learn(prefix);
    this.picturesChanged();
    const where = prefix.within === undefined ? '' : `, for ${prefix.within}`;
    void messages.inform(`Images under ${prefix.from || 'relative paths'} are now looked for in ${prefix.to}${where}.`);
  }
}

/** Asks for the name of a slice, and whether it may replace one that has it; null where the user took it back. */
async function nameForSlice(names: readonly string[]): Promise<string | null> {
  const typed = await vscode.window.showInputBox({
    title: 'Save as Slice',
    prompt: 'A name for these rows. It is kept in .flipside/slices.json, with the filter and not the rows.',
    // Closed by a key alone, it may give the focus back.
    ignoreFocusOut: true,
    validateInput: (text) => (text.trim() === '' ? 'A slice needs a name.' : null),
  });
  const name = typed?.trim() ?? null;
  if (name === null || !names.includes(name)) return name;
  return (await messages.confirm(`Replace the slice "${name}"?`, 'Replace')) ? name : null;
}

function isFormat(text: string): text is keyof typeof FORMATS {
  return Object.hasOwn(FORMATS, text);
}
