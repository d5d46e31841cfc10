/** What the façade offers about images: where items' images lie. Decoding them is not the core's business. */
export { ImageLocator, type ImageContext, type ImagePlaces, type LocatedImage } from '../images/locate.js';
export { identify, ImageRefused, openBytes, openImage, requireSize, type OpenedImage } from '../images/openImage.js';
export { shownReference } from '../images/reference.js';
export type { ImagePrefix } from '../images/statedPath.js';
export { parseInline } from '../formats/inlineImages.js';
export { InlineImages } from './inlineImages.js';
export { EmbeddedImages, mayEmbedImages, type EmbeddedImage, type EmbeddedWanted } from './embeddedImages.js';
