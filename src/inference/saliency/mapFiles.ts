import { open } from 'node:fs/promises';
import path from 'node:path';
import { FlipsideError } from '../../core/model.js';
import { COLOUR_TABLE, COLOURS } from '../../protocol/colourMap.js';
import type { GridMap, MapFile, ReadMap } from '../../protocol/inference.js';
import { normalise } from '../../protocol/shownMap.js';
import { loadSharp } from '../../server/sharpLoader.js';
import { mapOfNpy, npyOf } from './npy.js';

/** More is no map over an image, but something else of that name. */
const MOST_BYTES = 64e6;
const MOST_PIXELS = 16e6;

/**
 * The files of a rerun's maps: the raw data (`.npy`), the map in grey (`.png`) and in colours (`-colours.png`).
 * @param stem What their names begin with. Of several maps each has its number behind it, from 0 on.
 */
export async function mapFilesOf(maps: readonly GridMap[], stem: string): Promise<readonly MapFile[]> {
  const files = maps.map(async (map, frame): Promise<MapFile[]> => {
    const name = maps.length === 1 ? stem : `${stem}_${frame}`;
    return [
      { name: `${name}.npy`, bytes: npyOf(map) },
      { name: `${name}.png`, bytes: await greyPng(map) },
      { name: `${name}-colours.png`, bytes: await colouredPng(map) },
    ];
  });
  return (await Promise.all(files)).flat();
}

/** The map as a picture of as many pixels as it has cells: black is 0, white the largest absolute value. */
export async function greyPng(map: GridMap): Promise<Uint8Array> {
  const { width, height, values } = normalise(map);
  const pixels = Uint8Array.from(values, (value) => Math.round(value * 255));
  const sharp = await loadSharp();
  return sharp(pixels, { raw: { width, height, channels: 1 } })
    .toColourspace('b-w')
    .png()
    .toBuffer();
}

/** The same in the colours of protocol/colourMap.ts. */
export async function colouredPng(map: GridMap): Promise<Uint8Array> {
  const { width, height, values } = normalise(map);
  const pixels = new Uint8Array(values.length * 3);
  for (const [at, value] of values.entries()) {
    const colour = Math.round(value * (COLOURS - 1)) * 3;
    pixels.set(COLOUR_TABLE.subarray(colour, colour + 3), at * 3);
  }
  const sharp = await loadSharp();
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
}

/** Reads a map that another tool made, a PNG or a NumPy array by its name's end. Throws a FlipsideError that says what is wrong with it. */
export async function readMap(file: string): Promise<ReadMap> {
  const bytes = await readSmall(file);
  return path.extname(file).toLowerCase() === '.npy'
    ? { map: mapOfNpy(bytes, file), notes: [] }
    : mapOfPng(bytes, file);
}

async function readSmall(file: string): Promise<Uint8Array> {
  try {
    const handle = await open(file);
    try {
      const { size } = await handle.stat();
      if (size > MOST_BYTES) {
        throw new FlipsideError(`${file} has ${Math.round(size / 1e6)} MB, and a map ${MOST_BYTES / 1e6} at most.`, {
          file,
        });
      }
      return await handle.readFile();
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (error instanceof FlipsideError || !(error instanceof Error)) throw error;
    throw new FlipsideError(`${file} cannot be read: ${error.message}`, { file });
  }
}

/** The brightness of a picture, 0 to 1; what is transparent counts like the rest. Throws a FlipsideError where it cannot be decoded. */
export async function mapOfPng(bytes: Uint8Array, file: string): Promise<ReadMap> {
  const sharp = await loadSharp();
  try {
    const source = sharp(bytes, { failOn: 'error', limitInputPixels: MOST_PIXELS });
    const { format, depth } = await source.metadata();
    if (format !== 'png')
      throw new FlipsideError(`${file} is no PNG but ${format}. Save the map as PNG or NPY.`, { file });
    const isWide = depth === 'ushort';
    const { data, info } = await source
      .removeAlpha()
      .toColourspace(isWide ? 'rgb16' : 'srgb')
      .raw({ depth: isWide ? 'ushort' : 'uchar' })
      .toBuffer({ resolveWithObject: true });
    const samples = isWide ? new Uint16Array(data.buffer, data.byteOffset, data.length / 2) : data;
    return brightnessOf(samples, info, isWide ? 65_535 : 255);
  } catch (error) {
    if (error instanceof FlipsideError || !(error instanceof Error)) throw error;
    throw new FlipsideError(`${file} cannot be decoded: ${(error.message.split('\n')[0] ?? '').trim()}`, { file });
  }
}

function brightnessOf(
  samples: Uint8Array | Uint16Array,
  { width, height, channels }: { readonly width: number; readonly height: number; readonly channels: number },
  white: number,
): ReadMap {
  let isColoured = false;
  const values = Float32Array.from({ length: width * height }, (_, at) => {
    const red = samples[at * channels] ?? 0;
    const green = channels < 3 ? red : (samples[at * channels + 1] ?? 0);
    const blue = channels < 3 ? red : (samples[at * channels + 2] ?? 0);
    if (red !== green || green !== blue) isColoured = true;
    // Rec. 601, as in the luminance of JPEG.
    return (0.299 * red + 0.587 * green + 0.114 * blue) / white;
  });
  const note =
    'The picture is in colours: its brightness was taken for the values. A map in grey or an array tells them exactly.';
  return { map: { width, height, values }, notes: isColoured ? [note] : [] };
}
