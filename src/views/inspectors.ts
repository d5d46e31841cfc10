import * as vscode from 'vscode';
import type { InspectorEvents } from '../protocol/inspectorPage.js';
import type { RowKey } from '../protocol/rows.js';
import type { Annotator } from './annotations/annotator.js';
import type { Baselines } from './baselines.js';
import type { Current, Listed } from './errorsView.js';
import { Inspector, INSPECTOR, type InspectorListener, type InspectorSources } from './inspector.js';
import type { Predictions } from './predictions.js';
import type { RerunsOfItems } from './reruns/itemReruns.js';

/** All inspectors of the window: at most one follows the list, any number are pinned to their item. */
export class Inspectors implements vscode.WebviewPanelSerializer, vscode.Disposable {
  private readonly open = new Set<Inspector>();
  /** The list that is shown, in which items have their place. */
  list: Listed | null = null;
  private readonly subscription: vscode.Disposable;
  readonly predictions: Predictions;
  readonly baselines: Baselines;
  readonly reruns: RerunsOfItems;
  readonly annotator: Annotator;

  constructor(
    private readonly extension: vscode.Uri,
    sources: Omit<InspectorSources, 'list'>,
    private readonly keys: Readonly<Record<string, string>>,
    private readonly listener: InspectorListener,
  ) {
    ({
      predictions: this.predictions,
      baselines: this.baselines,
      reruns: this.reruns,
      annotator: this.annotator,
    } = sources);
    const { predictions, baselines, reruns, annotator } = sources;
    let overview = predictions.overview;
    const refresh = (): void => {
      for (const inspector of this.open) void inspector.refresh();
    };
    this.subscription = vscode.Disposable.from(
      predictions.onDidChange(() => {
        if (predictions.overview === overview) return;
        // A new opening, not only its counts: the files may hold other images, or lie elsewhere.
        const isAnew = predictions.overview?.id !== overview?.id;
        overview = predictions.overview;
        refresh();
        if (isAnew) this.picturesChanged();
      }),
      baselines.onDidChange(refresh),
      annotator.onDidAnnotate((rows) => [...this.open].forEach((inspector) => void inspector.annotated(rows))),
      annotator.onDidChange(() => [...this.open].forEach((inspector) => inspector.annotatingChanged())),
      reruns.imported.onDidChange(() => [...this.open].forEach((inspector) => inspector.rerunsChanged())),
    );
  }

  dispose(): void {
    this.subscription.dispose();
    for (const { panel } of this.open) panel.dispose();
  }

  /**
   * Shows an item in the inspector that follows, making one where there is none. `item`: the id of the item that is meant,
   * where another may stand in the row by now. Returns where it stands; null where it is not there.
   */
  async show(
    key: RowKey,
    current: Current | null,
    options: { readonly focus: boolean; readonly aside?: boolean; readonly item?: string | null },
  ): Promise<RowKey | null> {
    if (current !== null) this.list = { slice: current.slice, current };
    const following = options.aside === true ? undefined : [...this.open].find(({ pinned }) => !pinned);
    const inspector = following ?? this.create(options.focus);
    if (options.aside === true) inspector.pinned = true;
    if (following !== undefined) following.panel.reveal(undefined, !options.focus);
    return inspector.show(key, current, options.item ?? null);
  }

  /** Shows an item in the inspector that follows, and asks a model that item again. */
  async askAgain(key: RowKey): Promise<void> {
    const following = [...this.open].find(({ pinned }) => !pinned);
    const inspector = following ?? this.create(false);
    inspector.panel.reveal(undefined, true);
    await inspector.askAgain(key);
  }

  /** The current row changed: the inspector that follows shows it, where there is one. */
  async follow(current: Current): Promise<void> {
    this.list = { slice: current.slice, current };
    const following = [...this.open].find(({ pinned }) => !pinned);
    await following?.show(current.key, current);
  }

  /** Another list is shown: items stand elsewhere in it, or nowhere. */
  listed(list: Listed | null): void {
    this.list = list;
    for (const inspector of this.open) inspector.listChanged();
  }

  /** Passes a key of the workbench to the inspector that has the focus. */
  do(what: InspectorEvents['do']['what']): void {
    this.active?.do(what);
  }

  get active(): Inspector | undefined {
    return [...this.open].find(({ panel }) => panel.active) ?? [...this.open].find(({ panel }) => panel.visible);
  }

  picturesChanged(): void {
    for (const inspector of this.open) inspector.picturesChanged();
  }

  /** Restores an inspector after the window was loaded again; the page kept which item it showed. */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const inspector = this.adopt(panel);
    const { item, id, pinned } = (state ?? {}) as { item?: unknown; id?: unknown; pinned?: unknown };
    inspector.pinned = pinned === true;
    // The page keeps its item as run, line end, row.
    const key = typeof item === 'string' ? /^(.*)\n(\d+)$/s.exec(item) : null;
    const shown = { run: key?.[1] ?? '', row: Number(key?.[2]) };
    if (key !== null) await inspector.show(shown, null, typeof id === 'string' ? id : null);
  }

  private create(focus: boolean): Inspector {
    const place = { viewColumn: vscode.ViewColumn.Active, preserveFocus: !focus };
    return this.adopt(vscode.window.createWebviewPanel(INSPECTOR, 'Inspector', place, { enableScripts: true }));
  }

  private adopt(panel: vscode.WebviewPanel): Inspector {
    const inspector = new Inspector(panel, this.extension, this, this.keys, this.listener);
    this.open.add(inspector);
    panel.onDidDispose(() => this.open.delete(inspector));
    return inspector;
  }
}
