import type { ItemView } from '../../protocol/rows.js';

/** What the data state of each image of an item; empty texts for images that lie in a file beside the data. */
export function imagesOf({ record, embeddedImages }: ItemView): readonly string[] {
  if (record.images.length > 0 || embeddedImages < 1) return record.images;
  return Array.from({ length: embeddedImages }, () => '');
}
