import { FlipsideError } from '../core/model.js';
import type { OriginalPicture } from '../protocol/rows.js';
import type { PictureRequest, Pictures } from './pictures.js';

/** No model here is given more images of one item. */
const MOST_IMAGES = 64;

/**
 * All images of a prediction, as they lie there, for a model to see. Throws a FlipsideError for the first that is not there, is no image, or may
 * be one of several.
 */
export async function originals(
  pictures: Pictures,
  request: PictureRequest,
  signal?: AbortSignal,
): Promise<readonly OriginalPicture[]> {
  const embedded = request.images.length === 0 ? await pictures.embeddedCount(request, signal) : 0;
  const count = Math.max(request.images.length, embedded);
  if (count > MOST_IMAGES) {
    throw new FlipsideError(`The item has ${count} images; a model is given ${MOST_IMAGES} at most.`);
  }
  const found: OriginalPicture[] = [];
  for (let index = 0; index < count; index++) {
    const image = await pictures.original({ ...request, index }, signal);
    if (!image.ok) throw new FlipsideError(`The image ${image.stated} cannot be given to a model: ${image.message}`);
    found.push({ bytes: image.bytes, from: image.from, file: image.file });
  }
  return found;
}
