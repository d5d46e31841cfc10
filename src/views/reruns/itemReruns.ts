import type { GridMap } from '../../protocol/inference.js';
import type { ItemReruns, PartialMap, RerunChoices, ShownRerun } from '../../protocol/rerunPage.js';
import type { ItemView, RowKey } from '../../protocol/rows.js';
import type { Models } from '../models/models.js';
import type { Predictions } from '../predictions.js';
import type { Asking } from './asking.js';
import type { ImportedMaps } from './importedMaps.js';
import { freshRerun, RERUN_FORMAT, storedRerun, type KeptRerun } from './shownRerun.js';

/** Maps of so many reruns are remembered by name; pages ask for those that they were told last. */
const MOST_NAMES = 1000;

/** What single items answered when they were asked again, in this window and before, and their maps. */
export class RerunsOfItems {
  /** Asked in this window: shown at once, and until the file is open as a run. */
  private readonly fresh: { readonly item: string; readonly file: string; readonly kept: KeptRerun }[] = [];
  /** Files of maps by the names that pages were told. */
  private readonly files = new Map<string, readonly (string | null)[]>();

  constructor(
    private readonly models: Models,
    private readonly predictions: Predictions,
    readonly asking: Asking,
    readonly imported: ImportedMaps,
  ) {}

  /** Asks one item again. Rejects with a FlipsideError or an RpcError that says why it could not be asked. */
  async ask(
    item: ItemView,
    choices: RerunChoices,
    onPartial: (partial: PartialMap) => void,
    signal: AbortSignal,
  ): Promise<ShownRerun> {
    const told = { onItem: () => undefined, onPartial };
    const { file, asked } = await this.asking.ask([item.key], choices, signal, told);
    const [answer] = asked;
    if (answer === undefined) throw new Error(`${file} holds no answer.`);
    const kept = freshRerun(file, answer.rerun, choices);
    this.fresh.push({ item: item.record.item, file, kept });
    return this.name(kept);
  }

  /** What was asked again of an item, the latest first. */
  async of(item: ItemView, signal: AbortSignal): Promise<ItemReruns> {
    const stored = await this.stored(item, signal);
    const open = new Set(this.predictions.overview?.runs.map(({ file }) => file));
    const fresh = this.fresh.filter((each) => each.item === item.record.item && !open.has(each.file));
    const all = [...fresh.map(({ kept }) => kept), ...stored];
    const { found, problems } = await this.imported.of(item);
    for (const { source, files } of found) this.remember(source.id, files);
    const at = ({ shown }: KeptRerun): string => shown.created ?? '';
    return {
      reruns: all.sort((one, other) => at(other).localeCompare(at(one))).map((kept) => this.name(kept)),
      imported: found.map(({ source }) => source),
      problems,
    };
  }

  /** The maps of that name, one for each image, null where an image has none. Rejects with an RpcError that names the file which is no map. */
  async maps(id: string): Promise<readonly (GridMap | null)[]> {
    const files = this.files.get(id);
    if (files === undefined) throw new Error(`No maps are known by the name ${JSON.stringify(id)}.`);
    const read = await this.models.client.ask('readMaps', { files: files.filter((file) => file !== null) });
    const maps = read.map(({ map }) => map);
    return files.map((file) => (file === null ? null : (maps.shift() ?? null)));
  }

  /** The item's rows in files of reruns: of the other runs that have it, and of its own where that is one. */
  private async stored(item: ItemView, signal: AbortSignal): Promise<readonly KeptRerun[]> {
    const runs = new Map(
      this.predictions.overview?.runs.filter(({ format }) => format === RERUN_FORMAT).map((run) => [run.id, run]),
    );
    const keys = [item.key, ...item.others.map(({ key }) => key)].filter(({ run }) => runs.has(run));
    const views = await Promise.all(keys.map((key) => this.view(key, signal)));
    const byRun = new Map<string, ItemView[]>();
    for (const view of views) {
      if (view !== null) byRun.set(view.key.run, [...(byRun.get(view.key.run) ?? []), view]);
    }
    return [...byRun].flatMap(([run, those]) => {
      const { file, model } = runs.get(run) ?? {};
      return file === undefined ? [] : (storedRerun(file, model ?? null, those) ?? []);
    });
  }

  private view(key: RowKey, signal: AbortSignal): Promise<ItemView | null> {
    return this.predictions.client.ask('item', { key, baseline: null }, signal);
  }

  private name({ shown, maps }: KeptRerun): ShownRerun {
    if (shown.map !== null) this.remember(shown.map.id, maps);
    return shown;
  }

  private remember(id: string, files: readonly (string | null)[]): void {
    this.files.delete(id);
    this.files.set(id, files);
    const [oldest] = this.files.keys();
    if (this.files.size > MOST_NAMES && oldest !== undefined) this.files.delete(oldest);
  }
}
