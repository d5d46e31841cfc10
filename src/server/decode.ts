import { readFile } from 'node:fs/promises';
import type { SharpInput, SharpOptions } from 'sharp';
import { ImageRefused, type OpenedImage } from '../core/analysis/images.js';
import type { Crop } from '../protocol/analysis.js';
import { bitmapHeader, decodeBitmap } from './bitmap.js';
import { plainJpegHeader, type Header } from './jpegHeader.js';
import { Limiter } from './limiter.js';
import type { Sharp } from './sharpLoader.js';

/** A picture as it goes to a page. */
export interface Encoded {
  readonly bytes: Uint8Array;
  readonly mime: string;
  readonly width: number;
  readonly height: number;
  readonly originalWidth: number;
  readonly originalHeight: number;
}

export interface Wanted {
  /** Longest edge, in pixels. */
  readonly size: number;
  readonly crop: Crop | null;
  readonly use: 'thumbnail' | 'picture';
  readonly maxPixels: number;
}

/** Memory that one picture may take while it is decoded. Beyond it, it is refused before any of it is taken. */
const MOST_MEMORY = 700e6;
/** Pictures that take more wait for each other: as many at a time as there are cores would take too much together. */
const SIDE_BY_SIDE = 100e6;
const heavy = new Limiter(1);
const MOST_SECONDS = 60;
const MAX_EDGE = 16_383;
const MOST_BITMAP_PIXELS = 100e6;
/** Up to this many pixels, a lossless picture is small enough. */
const SMALL_PIXELS = 512 * 512;
const TINY_EDGE = 256;

/**
 * Decodes an image and encodes what is wanted of it, upright. The header is read first: nothing that is too large gets
 * decoded. Throws an ImageRefused.
 */
export async function encode(sharp: Sharp, opened: OpenedImage, file: string, wanted: Wanted): Promise<Encoded> {
  try {
    const source = sourceOf(opened, file, wanted.maxPixels);
    const options: SharpOptions = { ...source.options, failOn: 'error', sequentialRead: true };
    const plain = opened.kind === 'jpeg' && opened.bytes !== null ? plainJpegHeader(opened.bytes) : null;
    // The limit is checked below, with a message that names it.
    const metadata = plain ?? (await sharp(source.input, { ...options, limitInputPixels: false }).metadata());
    const shape = shapeOf(metadata);
    requirePixels(shape.width, shape.height, wanted.maxPixels);
    const needed = requireMemory(metadata, wanted.crop !== null);
    const make = async (): Promise<Encoded> => {
      const image = sharp(source.input, { ...options, limitInputPixels: wanted.maxPixels });
      return finish(image, metadata, wanted);
    };
    return await (needed > SIDE_BY_SIDE ? heavy.run(make) : make());
  } catch (error) {
    throw refusal(error);
  }
}

/** The bytes of an image; of a bitmap those of a PNG with its pixels. Throws an ImageRefused, or the error of the system. */
export async function bytesOf(sharp: Sharp, opened: OpenedImage, file: string): Promise<Uint8Array> {
  if (opened.kind !== 'bmp') return opened.bytes ?? (await readFile(file));
  const { input, options } = sourceOf(opened, file, MOST_BITMAP_PIXELS);
  return sharp(input, options).png().toBuffer();
}

async function finish(opened: ReturnType<Sharp>, metadata: Header, wanted: Wanted): Promise<Encoded> {
  const shape = shapeOf(metadata);
  const edge = Math.max(1, Math.min(MAX_EDGE, Math.round(wanted.size)));
  const upright = opened.autoOrient();
  const image = (wanted.crop === null ? upright : upright.extract(regionOf(wanted.crop, shape)))
    .resize({ width: edge, height: edge, fit: 'inside', withoutEnlargement: true })
    .timeout({ seconds: MOST_SECONDS });
  const { data, info } = await inFormat(image, metadata, shape, wanted).toBuffer({ resolveWithObject: true });
  return {
    bytes: data,
    mime: `image/${info.format}`,
    width: info.width,
    height: info.height,
    originalWidth: shape.width,
    originalHeight: shape.height,
  };
}

interface Shape {
  readonly width: number;
  readonly height: number;
}

/** Size of the upright picture. */
function shapeOf({ width, height, orientation = 1 }: Header): Shape {
  return orientation >= 5 ? { width: height, height: width } : { width, height };
}

function sourceOf(opened: OpenedImage, file: string, maxPixels: number): { input: SharpInput; options: SharpOptions } {
  if (opened.kind !== 'bmp') return { input: opened.bytes ?? file, options: {} };
  if (opened.bytes === null) throw new ImageRefused('too large', 'is too large a bitmap. Convert it to PNG or JPEG');
  const { width, height } = bitmapHeader(opened.bytes);
  requirePixels(width, height, maxPixels);
  const pixels = decodeBitmap(opened.bytes);
  return { input: pixels.data, options: { raw: { width: pixels.width, height: pixels.height, channels: 3 } } };
}

function requirePixels(width: number, height: number, maxPixels: number): void {
  if (width * height <= maxPixels) return;
  throw new ImageRefused(
    'too large',
    `has ${width} × ${height} pixels (${mega(width * height)} megapixels), and the limit is ${mega(maxPixels)}. Raise the limit in the settings to see it`,
  );
}

function mega(pixels: number): string {
  return (pixels / 1e6).toFixed(pixels < 1e7 ? 1 : 0);
}

/** Most files are decoded row by row, whatever their size. What others take, in bytes. Throws an ImageRefused. */
function requireMemory(metadata: Header, cropped: boolean): number {
  const { width, height, channels, format, isProgressive, orientation = 1 } = metadata;
  const pixels = width * height;
  // Of a progressive JPEG all coefficients are kept, two bytes each.
  const whole =
    format === 'jpeg' ? (isProgressive ? pixels * channels * 2 : 0) : isHeldWhole(metadata) ? pixels * 4 : 0;
  // Turning needs every row at once; a JPEG is made smaller before that, unless a part of it is wanted.
  const turned = orientation > 1 && (format !== 'jpeg' || cropped) ? pixels * channels : 0;
  const needed = whole + turned;
  if (needed <= MOST_MEMORY) return needed;
  const why = isProgressive === true ? 'in progressive (interlaced) form' : `as ${format.toUpperCase()}`;
  throw new ImageRefused(
    'too large',
    `has ${width} × ${height} pixels ${why}, which takes about ${(needed / 1e9).toFixed(1)} GB to decode. Save it as a baseline JPEG or a plain PNG to see it`,
  );
}

function isHeldWhole({ format, isProgressive }: Header): boolean {
  return isProgressive === true || ['webp', 'heif', 'gif'].includes(format);
}

/** The part in whole pixels; at least one, and inside the picture. */
function regionOf(crop: Crop, { width, height }: Shape): { left: number; top: number; width: number; height: number } {
  const span = (start: number, length: number, edge: number): readonly [number, number] => {
    const clean = (value: number): number => (Number.isFinite(value) ? value : 0);
    const from = Math.min(edge - 1, Math.max(0, Math.floor(clean(start) * edge)));
    const to = Math.min(edge, Math.max(from + 1, Math.ceil((clean(start) + clean(length)) * edge)));
    return [from, to - from];
  };
  const [left, wide] = span(crop.x, crop.width, width);
  const [top, high] = span(crop.y, crop.height, height);
  return { left, top, width: wide, height: high };
}

/** Lossless for what is small or has flat colours at its own size; JPEG for large pictures, because WebP takes longer to make. */
function inFormat(image: ReturnType<Sharp>, metadata: Header, shape: Shape, wanted: Wanted): ReturnType<Sharp> {
  if (wanted.use === 'thumbnail') return image.webp();
  const scale = Math.min(1, wanted.size / Math.max(shape.width, shape.height));
  const pixels = shape.width * shape.height * scale * scale;
  const isTiny = Math.max(shape.width, shape.height) <= TINY_EDGE;
  if (isTiny || (metadata.hasAlpha && pixels <= SMALL_PIXELS)) return image.png({ compressionLevel: 6 });
  return metadata.hasAlpha
    ? image.webp({ quality: 90, effort: 2 })
    : image.jpeg({ quality: 90, chromaSubsampling: '4:4:4' });
}

/** The decoder's message, in one line. */
function refusal(error: unknown): unknown {
  if (error instanceof ImageRefused || !(error instanceof Error)) return error;
  const message = (error.message.split('\n')[0] ?? '').trim();
  if (/exceeds pixel limit/i.test(message))
    return new ImageRefused('too large', 'has more pixels than the limit allows');
  if (/timeout/i.test(message))
    return new ImageRefused('too large', `took longer than ${MOST_SECONDS} seconds to decode`);
  return new ImageRefused('corrupt', `cannot be decoded (${message})`);
}
