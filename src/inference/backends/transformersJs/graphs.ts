import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { JsonObject } from '../../../core/model.js';
import { GradientUnavailable } from '../../autodiff/unavailable.js';
import { decodeModel, type OnnxModel } from '../../onnx/model.js';
import type { ImageInput } from '../onnx/manifest.js';

/** Protocol buffers end at 2 GB; what is larger keeps its weights in further files. */
const MOST_BYTES = 2 ** 31;

/** The graphs of a model in the layout of LLaVA: pictures to vectors, words to vectors, vectors to the next token. */
export interface Graphs {
  readonly vision: OnnxModel;
  readonly embed: OnnxModel;
  readonly decoder: OnnxModel;
}

const NAMES = { vision: 'vision_encoder', embed: 'embed_tokens', decoder: 'decoder_model_merged' } as const;

/** Reads a model's graphs, for gradients. Throws a GradientUnavailable where they have no full precision, or are not these three. */
export async function graphsOf(folder: string, dtype: Readonly<Record<string, string>>): Promise<Graphs> {
  const read = async (name: string): Promise<OnnxModel> => {
    if (dtype[name] === undefined) throw new GradientUnavailable([`a model without a graph ${name}`]);
    if (dtype[name] !== 'fp32') throw new GradientUnavailable([`weights as ${dtype[name]} (${name})`]);
    const file = path.join(folder, 'onnx', `${name}.onnx`);
    if ((await stat(file)).size >= MOST_BYTES) throw new GradientUnavailable([`graphs of 2 GB and more (${name})`]);
    return decodeModel(await readFile(file));
  };
  const [vision, embed, decoder] = await Promise.all([read(NAMES.vision), read(NAMES.embed), read(NAMES.decoder)]);
  return { vision, embed, decoder };
}

/**
 * How the model's processor brings a picture to the size of the graph. Throws a GradientUnavailable where it does what no map can be traced back
 * through: tiles, patches in a row, another crop than the middle.
 */
export async function imageInputOf(folder: string): Promise<ImageInput> {
  const config = JSON.parse(await readFile(path.join(folder, 'preprocessor_config.json'), 'utf8')) as JsonObject;
  const crop = config['do_center_crop'] === true ? sizeOf(config['crop_size']) : null;
  const edge = edgeOf(config['size']);
  const whole = sizeOf(config['size']);
  const size = crop ?? whole;
  const isCover = crop !== null && (edge === null ? false : edge === crop.width && edge === crop.height);
  const isFill = crop === null ? whole !== null : whole?.width === crop.width && whole.height === crop.height;
  if (size === null || !(isCover || isFill)) {
    const kind = config['image_processor_type'];
    throw new GradientUnavailable([`pictures as ${typeof kind === 'string' ? kind : 'this processor'} cuts them`]);
  }
  const isNormalised = config['do_normalize'] !== false;
  const three = (value: unknown, otherwise: number): readonly number[] =>
    isNormalised && Array.isArray(value) ? value.map(Number) : [otherwise, otherwise, otherwise];
  return {
    ...{ input: 'pixel_values', ...size, fit: isCover ? 'cover' : 'fill', layout: 'nchw' },
    ...{ mean: three(config['image_mean'], 0), std: three(config['image_std'], 1) },
  };
}

function sizeOf(value: unknown): { readonly width: number; readonly height: number } | null {
  if (typeof value === 'number') return { width: value, height: value };
  const { width, height } = (value ?? {}) as { width?: unknown; height?: unknown };
  return typeof width === 'number' && typeof height === 'number' ? { width, height } : null;
}

function edgeOf(value: unknown): number | null {
  const { shortest_edge: edge } = (value ?? {}) as { shortest_edge?: unknown };
  return typeof edge === 'number' ? edge : null;
}
