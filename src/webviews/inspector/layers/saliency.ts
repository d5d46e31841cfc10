import type { Layer } from './layer.js';

/** Where a model looked. */
export const saliency: Layer = {
  id: 'saliency',
  label: 'Saliency',
  icon: 'flame',
  on: true,
  command: null,
  of: () => ({ drawable: false, words: 'The data gives no saliency map, and none has been computed.' }),
};
