import { annotation } from './annotation.js';
import { boxes } from './boxes.js';
import { compass } from './compass.js';
import type { Layer } from './layer.js';
import { saliency } from './saliency.js';

/** What can be laid over the picture, in the order of the buttons and of drawing. A further layer is a file and a line here. */
export const LAYERS: readonly Layer[] = [compass, boxes, annotation, saliency];
