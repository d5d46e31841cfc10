import { fileURLToPath } from 'node:url';
import { bytesOf, readDataUri, sniffImage } from '../imageData.js';
import type { JsonObject } from '../model.js';

/** What an item's data says about its image. `unusable`: it names none that could be opened; `why` completes "The data …". */
export type ImageReference =
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  | { readonly kind: 'unusable'; readonly why: string };

/** Bare base64 shorter than this may be a name; no image is as short. */
const MIN_BASE64 = 64;
/** How every PNG begins, up to the name of its first chunk. */
const PNG_BASE64 = 'iVBORw0KGgoAAAANSUhEU';
/** File systems take no longer names. */
const LONGEST_NAME = 255;
/** Longer texts are no paths, whatever they hold. */
const MAX_PATH = 4096;
/** Of a stated text, what a message shows. */
const SHOWN = 200;

/** Reads the reference that an item states: a path, a URL, or the image itself in one of the ways that files carry it. */
export function readReference(stated: string): ImageReference {
  const text = stated.trim();
  if (text === '') return { kind: 'unusable', why: 'states an empty image' };
  if (/^data:/i.test(text)) return dataUri(text);
  if (text.startsWith('{')) return fromDictionary(text);
  const bytes = bareBase64(text);
  if (bytes !== null) return { kind: 'bytes', bytes };
  const damage = damagedBase64(text);
  if (damage !== null) return { kind: 'unusable', why: `states an image as ${damage}` };
  if (/^https?:\/\//i.test(text)) return { kind: 'url', url: text };
  if (/^file:/i.test(text)) return fileUrl(text);
  return pathReference(text);
}

/** The stated text as a message may show it: bytes are named by their size, long texts are cut. */
export function shownReference(stated: string): string {
  const text = stated.trim();
  const isData = /^data:/i.test(text);
  const comma = text.slice(0, SHOWN).indexOf(',');
  if (isData && comma >= 0) return `${text.slice(0, comma)},… (${text.length} characters)`;
  return text.length <= SHOWN ? text : `${text.slice(0, SHOWN / 4)}… (${text.length} characters)`;
}

function pathReference(text: string): ImageReference {
  if (text.includes('\0') || text.length > MAX_PATH) return { kind: 'unusable', why: 'states no possible path' };
  return { kind: 'path', path: text };
}

function dataUri(text: string): ImageReference {
  const uri = readDataUri(text);
  if (uri === null) return { kind: 'unusable', why: 'states a data URI without data' };
  if (uri.bytes === null) return { kind: 'unusable', why: 'states a data URI that cannot be decoded' };
  return { kind: 'bytes', bytes: uri.bytes };
}

/**
 * Base64 of an image, as VLMEvalKit's tables hold it, or written for URLs. Null for anything else: its first bytes must be an
 * image's.
 */
export function bareBase64(text: string): Buffer | null {
  if (!beginsAsBase64(text)) return null;
  const isBase64 = /^[A-Za-z0-9+/\s]+={0,2}\s*$/.test(text);
  // With - and _ in place of + and /, which names have too.
  const isForUrls = !isBase64 && isNoName(text) && /^[A-Za-z0-9_\-\s]+={0,2}\s*$/.test(text);
  return isBase64 || isForUrls ? Buffer.from(text, 'base64') : null;
}

/** What is wrong with base64 of an image that cannot be taken as it is; null for any other text. */
export function damagedBase64(text: string): string | null {
  if (!beginsAsBase64(text) || !isNoName(text) || bareBase64(text) !== null) return null;
  const at = text.search(/[^A-Za-z0-9+/\s]/);
  return `damaged base64: character ${at + 1} of ${text.length} is none of it`;
}

function beginsAsBase64(text: string): boolean {
  return text.length >= MIN_BASE64 && sniffImage(Buffer.from(text.slice(0, 128), 'base64')) !== null;
}

/** Whether a text that begins as base64 of an image is that, and no name that happens to begin so. */
function isNoName(text: string): boolean {
  if (text.startsWith(PNG_BASE64)) return true;
  return text.length > LONGEST_NAME && !/\.\w{1,5}$/.test(text);
}

/** `{"bytes": …, "path": …}`, the way Hugging Face datasets write an image down. */
function fromDictionary(text: string): ImageReference {
  const value = parsed(text);
  if (value !== null) {
    const bytes = bytesOf(value['bytes']);
    const path = value['path'] ?? value['image'] ?? value['file_name'];
    const hasPath = typeof path === 'string' && path !== '';
    // What is no image does not stand in the way of the file that is named beside it.
    if (bytes !== null && (!hasPath || sniffImage(bytes) !== null)) return { kind: 'bytes', bytes };
    if (hasPath) return nested(path);
  } else {
    // Printed by Python. Its bytes are not decoded: they are cut off or mangled on most ways into a text file.
    const path = /['"]path['"]\s*:\s*(['"])((?:(?!\1).)+)\1/.exec(text.slice(-MAX_PATH))?.[2];
    if (path !== undefined) return nested(path);
  }
  return { kind: 'unusable', why: 'states an image that is neither bytes nor a path' };
}

function nested(path: string): ImageReference {
  return path.trim().startsWith('{') ? pathReference(path) : readReference(path);
}

function parsed(text: string): JsonObject | null {
  try {
    return JSON.parse(text) as JsonObject;
  } catch {
    return null;
  }
}

/** The text with its percent signs resolved; as it is where they are none of an address. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function fileUrl(text: string): ImageReference {
  try {
    return pathReference(fileURLToPath(text));
  } catch {
    // Of another machine or platform: what stands behind the host is a path there.
    return pathReference(decoded(text.replace(/^file:\/*(?=\/|[a-z]:)/i, '')));
  }
}
