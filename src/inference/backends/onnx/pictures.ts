import type { Area, RgbImage } from '../../backend.js';
import { resizeImage } from '../../images.js';
import type { ImageInput } from './manifest.js';

/** Where in the graph's picture the user's lies, in the graph's pixels: parts of it outside were cut away. */
export interface Placed {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Brings a picture to the size of the graph, as the manifest says. */
export async function fitted(image: RgbImage, input: ImageInput): Promise<{ image: RgbImage; placed: Placed }> {
  const placed = placeOf(image, input);
  const resized = await resizeImage(image, placed.width, placed.height);
  const isWhole = placed.width === input.width && placed.height === input.height;
  return { image: isWhole ? resized : onCanvas(resized, input, placed), placed };
}

/** How a picture of this size lies in that of the graph. */
export function placeOf({ width, height }: { width: number; height: number }, input: ImageInput): Placed {
  if (input.fit === 'fill') return { left: 0, top: 0, width: input.width, height: input.height };
  const [across, down] = [input.width / width, input.height / height];
  const scale = input.fit === 'contain' ? Math.min(across, down) : Math.max(across, down);
  const wide = Math.max(1, Math.round(width * scale));
  const high = Math.max(1, Math.round(height * scale));
  return {
    left: Math.floor((input.width - wide) / 2),
    top: Math.floor((input.height - high) / 2),
    width: wide,
    height: high,
  };
}

function onCanvas(image: RgbImage, input: ImageInput, { left, top }: Placed): RgbImage {
  const data = new Uint8Array(input.width * input.height * 3);
  for (let at = 0; at < data.length; at++) data[at] = Math.round((input.mean[at % 3] ?? 0) * 255);
  for (let y = Math.max(0, top); y < Math.min(input.height, top + image.height); y++) {
    const from = Math.max(0, left);
    const to = Math.min(input.width, left + image.width);
    const start = ((y - top) * image.width + (from - left)) * 3;
    data.set(image.data.subarray(start, start + (to - from) * 3), (y * input.width + from) * 3);
  }
  return { width: input.width, height: input.height, data, encoded: null };
}

/**
 * Writes pictures of the graph's size as the numbers that it takes. What pictures are patched of is normalised once: of many that differ in
 * a small part, as when parts are covered one after the other, the rest is a copy of memory.
 */
export class PixelWriter {
  /** By colour and byte: normalising is looking up. */
  private readonly values: readonly Float32Array[];
  private readonly plane: number;
  /** Numbers of pictures that others are patched of, for as long as these live. */
  private readonly originals = new WeakMap<RgbImage, Float32Array>();

  constructor(private readonly input: ImageInput) {
    this.plane = input.width * input.height;
    this.values = [0, 1, 2].map((colour) =>
      Float32Array.from(
        { length: 256 },
        (_, byte) => (byte / 255 - (input.mean[colour] ?? 0)) / (input.std[colour] ?? 1),
      ),
    );
  }

  /** Numbers of one picture. */
  get size(): number {
    return this.plane * 3;
  }

  /** Writes all numbers of a picture of the graph's size, from `offset` on. */
  write(image: RgbImage, to: Float32Array, offset: number): void {
    const { width, height } = this.input;
    const whole = { left: 0, top: 0, right: width, bottom: height };
    if (image.patch !== undefined) to.set(this.original(image.patch.of), offset);
    this.writeArea(image, to, offset, image.patch?.area ?? whole);
  }

  private original(image: RgbImage): Float32Array {
    const known = this.originals.get(image);
    if (known !== undefined) return known;
    const numbers = new Float32Array(this.size);
    this.write(image, numbers, 0);
    this.originals.set(image, numbers);
    return numbers;
  }

  private writeArea({ data }: RgbImage, to: Float32Array, offset: number, area: Area): void {
    const { width, layout } = this.input;
    const [step, ofColour] = layout === 'nchw' ? [1, this.plane] : [3, 1];
    for (let colour = 0; colour < 3; colour++) {
      const table = this.values[colour] ?? new Float32Array(256);
      for (let row = area.top; row < area.bottom; row++) {
        const end = (row * width + area.right) * 3;
        let at = offset + colour * ofColour + (row * width + area.left) * step;
        for (let from = (row * width + area.left) * 3 + colour; from < end; from += 3, at += step) {
          to[at] = table[data[from] ?? 0] ?? 0;
        }
      }
    }
  }
}
