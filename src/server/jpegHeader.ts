import type { Metadata } from 'sharp';

/** What of an image's header decides how it is decoded. */
export type Header = Pick<
  Metadata,
  'width' | 'height' | 'channels' | 'format' | 'isProgressive' | 'hasAlpha' | 'orientation'
>;

const APP1 = 0xe1;
const START_OF_SCAN = 0xda;
const EXIF = 'Exif\0\0';
/** A TIFF directory's entry: tag, type, count, value. */
const ENTRY = 12;
const ORIENTATION = 0x0112;
const SHORT = 3;
/** Frames: 0xC0 to 0xCF without tables (C4), an extension (C8) and arithmetic conditioning (CC). */
const isFrame = (marker: number): boolean => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
const PROGRESSIVE = [0xc2, 0xc6, 0xca, 0xce];

/**
 * Reads the header of a plain JPEG, which takes the decoder a tenth of the time of a whole thumbnail. Null wherever it
 * holds anything unusual: then the decoder is asked.
 */
export function plainJpegHeader(bytes: Buffer): Header | null {
  let at = 2;
  let exif: Buffer | null = null;
  while (at + 9 < bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1] ?? 0;
    if (marker === START_OF_SCAN || marker < 0xc0) return null;
    if (isFrame(marker)) return headerOf(bytes, at, exif);
    const end = at + 2 + bytes.readUInt16BE(at + 2);
    if (marker === APP1 && bytes.toString('latin1', at + 4, at + 4 + EXIF.length) === EXIF) {
      if (exif !== null) return null;
      exif = bytes.subarray(at + 4 + EXIF.length, end);
    }
    at = end;
  }
  return null;
}

function headerOf(bytes: Buffer, at: number, exif: Buffer | null): Header | null {
  const [height, width, channels] = [bytes.readUInt16BE(at + 5), bytes.readUInt16BE(at + 7), bytes[at + 9]];
  if (width === 0 || height === 0 || (channels !== 1 && channels !== 3)) return null;
  const orientation = exif === null ? 1 : orientationIn(exif);
  if (orientation === null) return null;
  const isProgressive = PROGRESSIVE.includes(bytes[at + 1] ?? 0);
  return { width, height, channels, format: 'jpeg', isProgressive, hasAlpha: false, orientation };
}

/** How EXIF says that the picture is turned: 1 to 8, and 1 where it says nothing. Null where it cannot be read for sure. */
function orientationIn(exif: Buffer): number | null {
  const order = exif.toString('latin1', 0, 2);
  if (exif.length < 8 || (order !== 'II' && order !== 'MM')) return null;
  const short = (at: number): number => (order === 'II' ? exif.readUInt16LE(at) : exif.readUInt16BE(at));
  const long = (at: number): number => (order === 'II' ? exif.readUInt32LE(at) : exif.readUInt32BE(at));
  const directory = long(4);
  if (short(2) !== 42 || directory + 2 > exif.length) return null;
  const entries = short(directory);
  if (directory + 2 + entries * ENTRY > exif.length) return null;
  for (let entry = 0; entry < entries; entry++) {
    const at = directory + 2 + entry * ENTRY;
    if (short(at) !== ORIENTATION) continue;
    const isOneShort = short(at + 2) === SHORT && long(at + 4) === 1;
    const value = short(at + 8);
    return isOneShort && value >= 1 && value <= 8 ? value : null;
  }
  return 1;
}
