import type { ItemView } from '../../protocol/rows.js';
import { boxesOf } from './boxes.js';
import type { COMMANDS } from './commands.js';
import { compassOf } from './compassModel.js';

export type Layer = 'compass' | 'boxes' | 'saliency';
export type Layers = Readonly<Record<Layer, boolean>>;

interface Drawing {
  /** False where the item gives the layer nothing to draw. */
  readonly drawable: boolean;
  /** What there is to draw, or why there is nothing. */
  readonly words: string;
}

interface LayerKind {
  readonly layer: Layer;
  readonly word: string;
  readonly icon: string;
  readonly command: keyof typeof COMMANDS | null;
  readonly of: (item: ItemView) => Drawing;
}

/** What can be laid over the picture, in the order of the buttons. A further layer is a line here and a drawing in stage.tsx. */
export const LAYERS: readonly LayerKind[] = [
  {
    layer: 'compass',
    word: 'Compass',
    icon: 'compass',
    command: 'compass',
    of: ({ record }) =>
      compassOf(record) === null
        ? { drawable: false, words: 'Neither gold nor answer is a direction.' }
        : { drawable: true, words: 'Gold and predicted direction' },
  },
  { layer: 'boxes', word: 'Boxes', icon: 'primitive-square', command: 'boxes', of: ({ record }) => boxesOf(record) },
  {
    layer: 'saliency',
    word: 'Saliency',
    icon: 'flame',
    command: null,
    of: () => ({ drawable: false, words: 'The data gives no saliency map, and none has been computed.' }),
  },
];
