import * as vscode from 'vscode';
import { FlipsideError } from '../core/model.js';
import type { InspectorEvents, InspectorHost, InspectorState } from '../protocol/inspectorPage.js';
import type { ItemReruns } from '../protocol/rerunPage.js';
import type { ItemView, RowKey } from '../protocol/rows.js';
import type { Annotator } from './annotations/annotator.js';
import type { Baselines } from './baselines.js';
import type { Current, Listed } from './errorsView.js';
import { done, loadPage, type PageRpc } from './page.js';
import type { Predictions } from './predictions.js';
import type { RerunsOfItems } from './reruns/itemReruns.js';

export const INSPECTOR = 'flipside.inspector';

/** What an inspector asks of the rest of the extension. */
export interface InspectorListener {
  /** Goes on in the list; the new current row comes back through `follow`. */
  step(by: 1 | -1): Promise<void>;
  openSource(key: RowKey): Promise<void>;
  openImage(item: ItemView, index: number): Promise<void>;
  locate(item: ItemView, index: number): Promise<void>;
  focusList(): Promise<void>;
  /** Shows a row whose annotations were changed back. */
  reveal(key: RowKey): Promise<void>;
  /** Goes on to the next row of the list without a label of one's own. */
  nextUnlabelled(): Promise<void>;
}

/** Where an inspector gets what it shows. */
export interface InspectorSources {
  readonly predictions: Predictions;
  readonly baselines: Baselines;
  readonly reruns: RerunsOfItems;
  readonly annotator: Annotator;
  readonly list: Listed | null;
}

/** One inspector: an editor panel that shows one item, and follows the list unless it is pinned. */
export class Inspector {
  private rpc: PageRpc<InspectorHost, InspectorEvents>;
  private item: ItemView | null = null;
  /** Where it stood in the list from which it came. */
  private current: Current | null = null;
  /** The place that the page was told last. */
  private told: InspectorState['place'] = null;
  private message: string | null = null;
  /** Counts what was asked to be shown; an answer that comes late is dropped. */
  private asked = 0;
  private loading = new AbortController();
  /** The page is to ask the item again as soon as it shows it. */
  private asksAgain = false;
  /** The page hears what it is told. */
  private started = false;
  pinned = false;
  key: RowKey | null = null;
  /** The id of the item that is meant: files are rewritten, and then another may stand in its row. */
  itemId: string | null = null;

  constructor(
    readonly panel: vscode.WebviewPanel,
    extension: vscode.Uri,
    private readonly sources: InspectorSources,
    private readonly keys: Readonly<Record<string, string>>,
    private readonly listener: InspectorListener,
  ) {
    this.rpc = loadPage<InspectorHost, InspectorEvents>(
      panel.webview,
      extension,
      { name: 'inspector', title: 'Inspector' },
      this.host(),
    );
    const icon = (theme: string): vscode.Uri => vscode.Uri.joinPath(extension, 'media', `inspector-${theme}.svg`);
    panel.iconPath = { light: icon('light'), dark: icon('dark') };
    panel.onDidDispose(() => {
      // Whatever is still asked for is for nobody.
      this.asked++;
      this.loading.abort();
      this.rpc.close('The inspector was closed.');
    });
  }

  /**
   * Shows an item. `current`: where it stands in the list, where it came from there; `item`: the id of the item that is meant,
   * where another may stand in the row by now. Returns where it stands; null where it is not there.
   */
  show(key: RowKey, current: Current | null = null, item: string | null = null): Promise<RowKey | null> {
    return this.load(key, current, item);
  }

  /** Shows an item where another stands, and has the page ask it again. */
  async askAgain(key: RowKey): Promise<void> {
    const isShown = this.item !== null && this.key?.run === key.run && this.key.row === key.row;
    this.asksAgain = true;
    if (isShown) this.rpc.emit('changed', this.state());
    else await this.load(key, this.current, null);
  }

  /** The data changed: the same item again, wherever it stands now. */
  async refresh(): Promise<void> {
    if (this.key !== null && this.sources.predictions.emptiness === null)
      await this.load(this.key, this.current, this.itemId);
  }

  private async load(key: RowKey, current: Current | null, meant: string | null): Promise<RowKey | null> {
    const ask = ++this.asked;
    this.loading.abort();
    const { signal } = (this.loading = new AbortController());
    [this.key, this.current, this.itemId] = [key, current, meant];
    let item: ItemView | null = null;
    let message: string | null = null;
    try {
      await this.sources.predictions.ready();
      item = await this.find(key, meant, signal);
      const named = meant === null ? `Row ${key.row}` : `Item ${meant}`;
      if (item === null) message = `${named} of ${key.run} is not there any more.`;
    } catch (error) {
      message = error instanceof Error ? error.message : String(error);
    }
    // Another item was asked for meanwhile, and its answer may even be there.
    if (ask !== this.asked) return null;
    [this.item, this.message] = [item, message];
    if (item !== null) [this.key, this.itemId] = [item.key, item.record.item];
    this.panel.title = titleOf(item, key, meant);
    this.rpc.emit('changed', this.state());
    return item?.key ?? null;
  }

  /** The item in a row; where that is another than the one meant, the one meant in its own row. */
  private async find(key: RowKey, meant: string | null, signal: AbortSignal): Promise<ItemView | null> {
    const { predictions, baselines } = this.sources;
    const { client } = predictions;
    const baseline = baselines.ofId(key.run);
    const there = await client.ask('item', { key, baseline }, signal);
    if (meant === null || there?.record.item === meant) return there;
    const row = await client.ask('rowOf', { run: key.run, item: meant });
    return row === null ? null : client.ask('item', { key: { run: key.run, row }, baseline }, signal);
  }

  /** Pinned, it stays with its item; else it follows the list. */
  pin(pinned: boolean): void {
    this.pinned = pinned;
    this.rpc.emit('changed', this.state());
  }

  do(what: InspectorEvents['do']['what']): void {
    this.rpc.emit('do', { what });
  }

  /** What people say of rows is otherwise now; null: of any row. */
  async annotated(rows: readonly RowKey[] | null): Promise<void> {
    if (rows === null || rows.some((key) => this.isShown(key))) await this.refresh();
  }

  /** What is known beside the item changed. */
  annotatingChanged(): void {
    this.rpc.emit('changed', this.state());
  }

  /** Another list is shown. */
  listChanged(): void {
    const { told } = this;
    const place = this.place();
    if (told?.position !== place?.position || told?.total !== place?.total) this.rpc.emit('changed', this.state());
  }

  picturesChanged(): void {
    this.rpc.emit('picturesChanged', null);
  }

  rerunsChanged(): void {
    this.rpc.emit('rerunsChanged', null);
  }

  private state(): InspectorState {
    this.told = this.place();
    const asksAgain = this.asksAgain && this.item !== null;
    if (asksAgain && this.started) this.asksAgain = false;
    return {
      asksAgain,
      item: this.item,
      place: this.told,
      pinned: this.pinned,
      message: this.message,
      keys: this.keys,
      annotating: this.sources.annotator.state,
    };
  }

  /** Where the item stands in the list that is shown, as far as that is known. */
  private place(): InspectorState['place'] {
    const { list } = this.sources;
    const key = this.item?.key;
    if (list === null || key === undefined) return null;
    const at = [list.current, this.current].find(
      (each) => each?.slice === list.slice && each.key.run === key.run && each.key.row === key.row,
    );
    return at === null || at === undefined ? null : { position: at.position + 1, total: at.total };
  }

  private host(): InspectorHost {
    const { client } = this.sources.predictions;
    return {
      ...this.rerunHost(),
      ...this.annotatingHost(),
      start: () => {
        this.started = true;
        return Promise.resolve(this.state());
      },
      picture: (params, signal) => client.ask('picture', params, signal),
      step: ({ by }) => done(this.listener.step(by)),
      show: ({ key }) => done(this.show(key)),
      pin: ({ pinned }) => {
        this.pin(pinned);
        return Promise.resolve(null);
      },
      openSource: ({ key }) => done(this.listener.openSource(key)),
      openImage: ({ index }) => done(this.listener.openImage(this.shown(), index)),
      locate: ({ index }) => done(this.listener.locate(this.shown(), index)),
      copy: ({ text }) => done(vscode.env.clipboard.writeText(text)),
      list: () => done(this.listener.focusList()),
      settings: ({ about }) => done(vscode.commands.executeCommand('flipside.openSettings', about)),
    };
  }

  private annotatingHost(): AnnotatingHost {
    const { annotator } = this.sources;
    return {
      annotate: async ({ key, set, adjudicates, advance }) => {
        await annotator.annotate([key], set, adjudicates);
        const goesOn = advance && annotator.state.autoAdvance && typeof set.label === 'string';
        // Whoever has gone elsewhere meanwhile is left there.
        if (goesOn && !this.pinned && this.isShown(key)) await this.listener.step(1);
        return null;
      },
      undoAnnotation: ({ redo }) => done(annotator.undo(redo).then((key) => this.listener.reveal(key))),
      nextUnlabelled: () => done(this.listener.nextUnlabelled()),
      editScheme: () => done(annotator.editScheme()),
      keepUnsaved: () => done(annotator.keepUnsaved()),
    };
  }

  private shown(): ItemView {
    if (this.item === null) throw new FlipsideError('There is no item.');
    return this.item;
  }

  /** The item that the page shows; by the time that it asks, it may be told of another. */
  private shownAt(key: RowKey): ItemView {
    if (!this.isShown(key)) throw new FlipsideError('Another item is shown by now.');
    return this.shown();
  }

  private isShown({ run, row }: RowKey): boolean {
    return this.item !== null && this.item.key.run === run && this.item.key.row === row;
  }

  private rerunHost(): RerunHost {
    const { reruns } = this.sources;
    const command = (id: string): Promise<null> => done(vscode.commands.executeCommand(id));
    return {
      // Of another item than the one shown by now, nobody waits for a list.
      reruns: async ({ key }, signal) => (this.isShown(key) ? reruns.of(this.shown(), signal) : NO_RERUNS),
      rerunModels: ({ key }, signal) => reruns.asking.modelsFor(key.run, signal),
      rerun: ({ key, choices }, signal) =>
        reruns.ask(this.shownAt(key), choices, (partial) => this.rpc.emit('partial', partial), signal),
      maps: ({ id }) => reruns.maps(id),
      showModels: () => command('flipside.showModels'),
      importMaps: () => command('flipside.importMaps'),
    };
  }
}

const NO_RERUNS: ItemReruns = { reruns: [], imported: [], problems: [] };

/** The part of the host that says things of items. */
type AnnotatingHost = Pick<
  InspectorHost,
  'annotate' | 'undoAnnotation' | 'nextUnlabelled' | 'editScheme' | 'keepUnsaved'
>;

/** The part of the host that asks items again. */
type RerunHost = Pick<InspectorHost, 'reruns' | 'rerunModels' | 'rerun' | 'maps' | 'showModels' | 'importMaps'>;

function titleOf(item: ItemView | null, key: RowKey, meant: string | null): string {
  if (item === null) return meant === null ? `Row ${key.row}` : `Item ${meant}`;
  const { record, outcome, annotations } = item;
  // A title would tell what is held back.
  if (annotations.hidden) return `Item ${record.item}`;
  return `Item ${record.item} · ${(record.class ?? outcome).replaceAll('-', ' ')}`;
}
