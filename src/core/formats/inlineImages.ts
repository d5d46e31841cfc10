import { createHash } from 'node:crypto';
import { bytesOf, isBase64, MAGIC_BYTES, readDataUri, sniffImage } from '../imageData.js';
import { isJsonObject, type Json, type JsonObject } from '../model.js';
import { literalIn } from './optionsValue.js';

/** An image that stands in a record itself. */
export interface InlineImage {
  readonly bytes: Buffer;
  /** The path that the record states beside the bytes; null where it states none. */
  readonly path: string | null;
  /** "png", "jpeg", …; "data" where neither the bytes nor a media type tell. */
  readonly kind: string;
}

const INLINE = /^inline:([\w.+-]+);(\d+) bytes;([0-9a-f]{16})(?:\/|$)/;
/** Longer texts without a suffix are the image itself, not its name. */
const LONGEST_REFERENCE = 1024;
/** Records are opened this deep in search of an image. */
const DEPTH = 8;

/**
 * The short name under which an inline image stands in an item, so that no picture is copied into the index: kind, size and a
 * digest of its bytes, by which it is found again in its record; the stated path last, as images are compared by file name.
 */
export function inlineReference({ bytes, path, kind }: InlineImage): string {
  const digest = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
  return `inline:${kind};${bytes.length} bytes;${digest}${path === null ? '' : `/${path}`}`;
}

/** What an inline image's name says; null for any other reference. */
export function parseInline(reference: string): { readonly kind: string; readonly size: number } | null {
  const found = INLINE.exec(reference);
  return found === null ? null : { kind: found[1] ?? '', size: Number(found[2]) };
}

/** A text that is an image: a data URI or bare base64. Null for anything else, and for texts as short as a path. */
export function inlineText(text: string, shortest = LONGEST_REFERENCE): InlineImage | null {
  const trimmed = text.trim();
  if (trimmed.length <= shortest) return null;
  const uri = readDataUri(trimmed);
  if (uri !== null)
    return made(uri.bytes ?? Buffer.from(trimmed.slice(trimmed.indexOf(',') + 1), 'latin1'), null, uri.media);
  return isBase64(trimmed) ? made(Buffer.from(trimmed, 'base64'), null) : null;
}

/** A cell that is an image by its short name, any other as it stands. */
export function withoutBytes(cell: Json): Json {
  const image = typeof cell === 'string' ? inlineText(cell) : null;
  return image === null || image.kind === 'data' ? cell : inlineReference(image);
}

/**
 * `{bytes, path}` as Hugging Face writes it, with the bytes in any of the ways that survive in text. Null without bytes, and where
 * they are no image and a path stands beside them: that has to do.
 */
export function inlineObject(value: JsonObject): InlineImage | null {
  const bytes = bytesOf(value['bytes']) ?? (value['type'] === 'Buffer' ? bytesOf(value['data']) : null);
  if (bytes === null) return null;
  const path = value['path'];
  const image = made(bytes, typeof path === 'string' && path !== '' ? path : null);
  return image.kind === 'data' && image.path !== null ? null : image;
}

/** The list or object that a text prints, as JSON or Python does; undefined for other text. */
export function printedValue(text: string): Json | undefined {
  if (!/^[[({a]/.test(text)) return undefined;
  // Python's byte strings: their prefix says nothing that their content does not.
  return literalIn(text.replace(/(['"]bytes['"]\s*:\s*)b(?=['"])/g, '$1'));
}

/** Every inline image of a record, wherever in it. */
export function* inlineImagesIn(value: Json | undefined, depth = 0): Generator<InlineImage> {
  if (depth > DEPTH || value === undefined || value === null) return;
  if (typeof value === 'string') {
    const image = inlineText(value, 0);
    if (image !== null) yield image;
    else if (value.length > LONGEST_REFERENCE) yield* inlineImagesIn(printedParts(value), depth + 1);
    return;
  }
  if (typeof value !== 'object') return;
  const own = isJsonObject(value) ? inlineObject(value) : null;
  if (own !== null) yield own;
  const parts: readonly Json[] = Array.isArray(value) ? value : Object.values(value);
  for (const part of parts) {
    if (typeof part !== 'number') yield* inlineImagesIn(part, depth + 1);
  }
}

function printedParts(text: string): Json | undefined {
  const value = printedValue(text.trim());
  return typeof value === 'object' ? value : undefined;
}

function made(bytes: Buffer, path: string | null, media = ''): InlineImage {
  const known = sniffImage(bytes.subarray(0, MAGIC_BYTES));
  return { bytes, path, kind: known ?? /^image\/([\w.+-]+)/i.exec(media)?.[1]?.toLowerCase() ?? 'data' };
}
