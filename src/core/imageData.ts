/** Images inside texts, values and bytes, as files of data carry them: readers of predictions and of images meet the same. */
import type { Json } from './model.js';

/** What the first bytes of a file say it is. `heic` and `svg` are told apart only to be refused with a reason. */
export type ImageKind = 'png' | 'jpeg' | 'gif' | 'webp' | 'bmp' | 'tiff' | 'avif' | 'heic' | 'svg';

/** So many bytes at the front decide. SVG needs the most: an XML declaration and comments may stand before its root. */
export const MAGIC_BYTES = 1024;

const AVIF_BRANDS = ['avif', 'avis'];
const HEIC_BRANDS = ['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'mif1', 'msf1'];

/** Recognises an image by its first bytes; names and file endings say nothing. Null for anything else. */
export function sniffImage(head: Uint8Array): ImageKind | null {
  const ascii = (from: number, to: number): string => Buffer.from(head.subarray(from, to)).toString('latin1');
  const first = ascii(0, 8);
  if (first === '\x89PNG\r\n\x1a\n') return 'png';
  if (first.startsWith('\xff\xd8\xff')) return 'jpeg';
  if (/^GIF8[79]a/.test(first)) return 'gif';
  if (first.startsWith('RIFF') && ascii(8, 12) === 'WEBP') return 'webp';
  if (first.startsWith('II*\0') || first.startsWith('MM\0*') || /^(?:II\+\0|MM\0\+)/.test(first)) return 'tiff';
  if (first.startsWith('BM') && isBitmap(head)) return 'bmp';
  if (ascii(4, 8) === 'ftyp') return isobmff(ascii(8, 64), head);
  return /^(?:\uFEFF)?\s*(?:<\?xml[^>]*>\s*|<!--[^]*?-->\s*|<!DOCTYPE[^>]*>\s*)*<(?:\w+:)?svg[\s>]/i.test(
    Buffer.from(head.subarray(0, MAGIC_BYTES)).toString('utf8'),
  )
    ? 'svg'
    : null;
}

/** "BM" alone begins many a text: the size of the header behind it must be one that bitmaps have. */
function isBitmap(head: Uint8Array): boolean {
  if (head.length < 18) return false;
  const size = new DataView(head.buffer, head.byteOffset, head.byteLength).getUint32(14, true);
  return [12, 40, 52, 56, 64, 108, 124].includes(size);
}

function isobmff(brands: string, head: Uint8Array): ImageKind | null {
  const length = new DataView(head.buffer, head.byteOffset, head.byteLength).getUint32(0);
  // The brand that the file leads with, then (behind a version) those it is compatible with.
  const listed = (brands.slice(0, Math.max(4, length - 8)).match(/[^]{4}/g) ?? []).filter((_, index) => index !== 1);
  if (listed.some((brand) => AVIF_BRANDS.includes(brand))) return 'avif';
  return listed.some((brand) => HEIC_BRANDS.includes(brand)) ? 'heic' : null;
}

/** Whether a text may be base64. */
export function isBase64(text: string): boolean {
  return /^[A-Za-z0-9+/=\s]+$/.test(text);
}

/** A data URI's media type and bytes; null for a text that is none, `bytes` null where they cannot be decoded. */
export function readDataUri(text: string): { readonly media: string; readonly bytes: Buffer | null } | null {
  const comma = /^data:/i.test(text) ? text.indexOf(',') : -1;
  if (comma < 0) return null;
  const media = text.slice('data:'.length, comma);
  const payload = text.slice(comma + 1);
  if (/;\s*base64\s*$/i.test(media)) return { media, bytes: Buffer.from(payload, 'base64') };
  try {
    return { media, bytes: Buffer.from(decodeURIComponent(payload), 'latin1') };
  } catch {
    return { media, bytes: null };
  }
}

/** Bytes in any of the ways that survive in text: a data URI, base64, a list of numbers, a printed Buffer. Null where there are none. */
export function bytesOf(value: Json | undefined): Buffer | null {
  if (typeof value === 'string') {
    if (value === '') return null;
    if (/^data:/i.test(value)) return readDataUri(value)?.bytes ?? null;
    return Buffer.from(value, isBase64(value) ? 'base64' : 'latin1');
  }
  if (Array.isArray(value)) {
    return value.length > 0 && value.every((each) => typeof each === 'number') ? Buffer.from(value) : null;
  }
  return typeof value === 'object' && value !== null ? bytesOf(value['data']) : null;
}
