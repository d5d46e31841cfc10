import type { Crop } from './analysis.js';
import type { Annotating, Marks } from './annotations.js';
import type { GridMap } from './inference.js';
import type { ItemReruns, PartialMap, RerunChoices, RerunModels, ShownRerun } from './rerunPage.js';
import type { ItemView, Picture, RowKey } from './rows.js';
import type { SettingsTopic } from './settings.js';

/** What the inspector shows at the moment. */
export interface InspectorState {
  readonly item: ItemView | null;
  /** Where the item stands in the list that it was opened from: 1-based, of how many; null without a list. */
  readonly place: { readonly position: number; readonly total: number } | null;
  /** It stays with its item instead of following the selection. */
  readonly pinned: boolean;
  /** Why there is no item, in a sentence. */
  readonly message: string | null;
  readonly keys: Readonly<Record<string, string>>;
  /** The item is to be asked again, once. */
  readonly asksAgain: boolean;
  readonly annotating: Annotating;
}

/** What the extension answers to the inspector. */
export interface InspectorHost {
  start(params: null): Promise<InspectorState>;
  picture(
    params: { key: RowKey; index: number; size: number; crop: Crop | null },
    signal: AbortSignal,
  ): Promise<Picture>;
  /** One error on, or back, in the list that the item was opened from. */
  step(params: { by: 1 | -1 }): Promise<null>;
  /** Opens an item in this inspector: another run's answer. */
  show(params: { key: RowKey }): Promise<null>;
  pin(params: { pinned: boolean }): Promise<null>;
  openSource(params: { key: RowKey }): Promise<null>;
  /** Opens the image file in the editor. */
  openImage(params: { key: RowKey; index: number }): Promise<null>;
  /** Asks where a missing image lies and learns the folder from the answer. */
  locate(params: { key: RowKey; index: number }): Promise<null>;
  copy(params: { text: string }): Promise<null>;
  /** Moves to the list that items are opened from; the button where there is no item. */
  list(params: null): Promise<null>;
  /** What was asked again of the item that is shown, and maps of it. */
  reruns(params: { key: RowKey }, signal: AbortSignal): Promise<ItemReruns>;
  rerunModels(params: { key: RowKey }, signal: AbortSignal): Promise<RerunModels>;
  /** Asks the item that is shown again. Maps that are still being refined come as `partial`. */
  rerun(params: { key: RowKey; choices: RerunChoices }, signal: AbortSignal): Promise<ShownRerun>;
  /** The maps of that name, one for each image; null for an image that has none. */
  maps(params: { id: string }, signal: AbortSignal): Promise<readonly (GridMap | null)[]>;
  /** Opens the page of models. */
  showModels(params: null): Promise<null>;
  /** Asks for a folder of maps that other tools made. */
  importMaps(params: null): Promise<null>;
  /**
   * Says something of the item that is shown. Answers once it is on the disk, and fails with the reason where it is not: it is kept in
   * memory then. `adjudicates`: as the judgement between annotators who differ. `advance`: go on to the next row where the settings say so.
   */
  annotate(params: { key: RowKey; set: Marks; adjudicates: boolean; advance: boolean }): Promise<null>;
  /** Takes back the window's last change of annotations, in whatever page it was made, or makes it again. */
  undoAnnotation(params: { redo: boolean }): Promise<null>;
  /** Goes on to the next row of the list without a label of one's own. */
  nextUnlabelled(params: null): Promise<null>;
  /** Opens the scheme of labels and keys in the editor, making its file where there is none. */
  editScheme(params: null): Promise<null>;
  /** Offers what could not be saved as a file. */
  keepUnsaved(params: null): Promise<null>;
  /** Opens VS Code's settings at those that concern this. */
  settings(params: { about: SettingsTopic }): Promise<null>;
}

export interface InspectorEvents {
  changed: InspectorState;
  /** A key of the workbench for this page. */
  do: {
    readonly what:
      | 'compass'
      | 'boxes'
      | 'saliency'
      | 'zoomIn'
      | 'zoomOut'
      | 'fit'
      | 'nextImage'
      | 'previousImage'
      | 'rerun'
      | 'editRerun'
      | 'compareMaps'
      | 'note'
      | 'drawBox'
      | 'drawPoint';
  };
  /** Images may be found now that were not. */
  picturesChanged: null;
  /** A map of the rerun that this page asked for last. */
  partial: PartialMap;
  /** Reruns or imported maps of the item may be others now. */
  rerunsChanged: null;
}
