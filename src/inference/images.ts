import { FlipsideError } from '../core/model.js';
import { loadSharp } from '../server/sharpLoader.js';
import type { RgbImage } from './backend.js';

/** No model here sees more: a picture beyond it is refused before it is decoded. */
const MOST_PIXELS = 100e6;

/** Decodes a picture, upright; transparent parts become white. Throws a FlipsideError that says what is wrong with it. */
export async function decodeImage(bytes: Uint8Array): Promise<RgbImage> {
  const sharp = await loadSharp();
  try {
    const source = sharp(bytes, { failOn: 'error', limitInputPixels: false });
    const { format, width = 0, height = 0 } = await source.metadata();
    if (width * height > MOST_PIXELS) {
      throw new FlipsideError(
        `The image has ${width} × ${height} pixels, and a model is given ${MOST_PIXELS / 1e6} megapixels at most. Make it smaller first.`,
      );
    }
    const { data, info } = await source
      .autoOrient()
      .flatten({ background: 'white' })
      .toColourspace('srgb')
      .removeAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    const rgb = info.channels === 3 ? data : fromGrey(data, info.channels);
    return { width: info.width, height: info.height, data: rgb, encoded: { mime: `image/${format}`, bytes } };
  } catch (error) {
    if (error instanceof FlipsideError || !(error instanceof Error)) throw error;
    throw new FlipsideError(`The image cannot be decoded: ${(error.message.split('\n')[0] ?? '').trim()}`);
  }
}

/** The picture at another size, each edge stretched to it by a cubic filter. The picture itself where it has that size. */
export async function resizeImage(image: RgbImage, width: number, height: number): Promise<RgbImage> {
  if (image.width === width && image.height === height) return image;
  const sharp = await loadSharp();
  const data = await raw(sharp, image).resize(width, height, { fit: 'fill' }).raw().toBuffer();
  return { width, height, data, encoded: null };
}

/** The picture as a file: the one it came from where no pixel was changed, else PNG. */
export async function encodedImage(image: RgbImage): Promise<{ readonly mime: string; readonly bytes: Uint8Array }> {
  if (image.encoded !== null) return image.encoded;
  const sharp = await loadSharp();
  return { mime: 'image/png', bytes: await raw(sharp, image).png({ compressionLevel: 3 }).toBuffer() };
}

/** The picture as a data URI, as servers and page take it. */
export async function dataUri(image: RgbImage): Promise<string> {
  const { mime, bytes } = await encodedImage(image);
  return `data:${mime};base64,${Buffer.from(bytes).toString('base64')}`;
}

function raw(sharp: Awaited<ReturnType<typeof loadSharp>>, { data, width, height }: RgbImage) {
  return sharp(data, { raw: { width, height, channels: 3 } });
}

function fromGrey(data: Buffer, channels: number): Uint8Array {
  const pixels = data.length / channels;
  const rgb = new Uint8Array(pixels * 3);
  for (let pixel = 0; pixel < pixels; pixel++) rgb.fill(data[pixel * channels] ?? 0, pixel * 3, pixel * 3 + 3);
  return rgb;
}
