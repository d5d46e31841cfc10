import type { FunctionComponent } from 'preact';
import type { ItemView } from '../../../protocol/rows.js';
import type { COMMANDS } from '../commands.js';
import type { Overlay } from '../reruns/overlay.js';
import type { placeOf, Point, Size } from '../viewport.js';

/** What an item gives a layer. */
export interface Drawing {
  /** False where there is nothing to draw. */
  readonly drawable: boolean;
  /** What there is to draw, or why there is nothing. */
  readonly words: string;
}

/** Where a layer that lies over the stage finds the picture: the stage's size, and the picture's place in it. */
export interface Over {
  readonly item: ItemView;
  readonly box: Size;
  readonly place: ReturnType<typeof placeOf>;
}

/** What a layer in the picture draws from. */
export interface Inside {
  readonly item: ItemView;
  /** Which of the item's images it is, from 0. */
  readonly index: number;
  readonly original: Size;
  /** The map that lies over this picture; null for none. */
  readonly overlay: Overlay | null;
  /** Of the map, 0 to 1. */
  readonly opacity: number;
  /** In fractions of the picture; null where the pointer is elsewhere. */
  readonly pointer: Point | null;
}

/** What stands beside the picture, also where there is none. */
export interface Beside {
  readonly item: ItemView;
  readonly box: Size;
  /** `awaited`: it is not known yet whether there is one. */
  readonly picture: 'drawn' | 'awaited' | 'none';
  /** Words stand in its place, so that nothing can lie on it. */
  readonly isBare: boolean;
}

/** Something that can be laid over the picture. It is drawn where it is switched on and the item gives it something. */
export interface Layer {
  /** Names it where choices are kept. */
  readonly id: string;
  readonly label: string;
  readonly icon: string;
  /** Whether it is on where nobody has chosen yet. */
  readonly on: boolean;
  /** The command that switches it by key; the workbench sends the layer's id. */
  readonly command: keyof typeof COMMANDS | null;
  readonly of: (item: ItemView, overlay: Overlay | null) => Drawing;
  /** Drawn in the picture and zoomed with it, placed in fractions of it. */
  readonly InPicture?: FunctionComponent<Inside>;
  readonly OverPicture?: FunctionComponent<Over>;
  readonly BesidePicture?: FunctionComponent<Beside>;
}

/** What was chosen of layers, by id. Layers that came later are not in what was kept before. */
export type Choices = Readonly<Record<string, boolean>>;

export function isOn(layer: Layer, choices: Choices): boolean {
  return choices[layer.id] ?? layer.on;
}
