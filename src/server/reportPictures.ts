import path from 'node:path';
import { defaultCacheDir, type OpenPictures, type PicturePlaces, type ReportPicture } from '../core/analysis.js';
import type { Picture } from '../protocol/rows.js';
import { foldersOf } from './openedFolders.js';
import { originals } from './originals.js';
import { Pictures } from './pictures.js';

/** Longest edge of a report's picture, in pixels. */
const SIZE = 520;
const MEGA = 1e6;
/** As the extension's settings are where nobody changed them. */
const LIMITS = { maxBytes: 200 * MEGA, maxPixels: 500 * MEGA };

/**
 * Finds and decodes images as the extension does, but uses no network: a report is the same wherever it is made. Close it.
 */
export async function openPictures({ paths, files, roots, cache }: PicturePlaces): Promise<OpenPictures> {
  const opened = await foldersOf(paths);
  const pictures = new Pictures({
    cacheDir: cache ?? defaultCacheDir(),
    settings: { roots: roots.map((root) => path.resolve(root)), prefixes: [], allowUrls: false, ...LIMITS },
    files,
  });
  return {
    pictureOf: async (row) => toReport(await pictures.thumbnail({ ...row, opened, index: 0 }, SIZE)),
    originalsOf: (row) => originals(pictures, { ...row, opened, index: 0 }),
    close: () => pictures.close(),
  };
}

function toReport(picture: Picture): ReportPicture {
  if (picture.ok) return { ok: true, ...sizeOf(picture), mime: picture.mime, bytes: picture.bytes };
  return { ok: false, message: messageOf(picture), tried: picture.tried };
}

function sizeOf({ width, height }: Extract<Picture, { ok: true }>): { width: number; height: number } {
  return { width, height };
}

/** The editor's messages speak of its buttons and settings. */
function messageOf({ reason, stated, message }: Extract<Picture, { ok: false }>): string {
  switch (reason) {
    case 'missing':
      return `The image ${stated} was not found.`;
    case 'remote':
      return `The image is on the network, which a report does not use: ${stated}`;
    case 'none':
      return 'The data name no image for this item.';
    case 'ambiguous':
      return 'Several images fit this item and differ, and nothing tells which one the model saw.';
    default:
      return message;
  }
}
