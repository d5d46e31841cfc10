import { FlipsideError } from '../../../core/model.js';
import type { GridMap } from '../../../protocol/inference.js';
import type { Inputs, Model, Outputs, Tensor } from './library.js';

/** What exports with `output_attentions` call what the answer's layers looked at; others name none. */
const LAYER = /^(?:decoder_)?attentions[._](\d+)$/;

/** What the library's configuration says of how images become tokens. */
export interface ImageTokens {
  /** The token that stands for a place of an image; null where the model does not say. */
  readonly token: number | null;
  /** So many patches of a side are one token (Qwen's layout). */
  readonly merge: number;
}

/** Reads the model's configuration. */
export function imageTokensOf({ config }: Model): ImageTokens {
  const token = config['image_token_id'] ?? config['image_token_index'];
  const vision = config['vision_config'];
  const merge = typeof vision === 'object' && vision !== null ? (vision as Record<string, unknown>) : {};
  const size = merge['spatial_merge_size'];
  return { token: typeof token === 'number' ? token : null, merge: typeof size === 'number' ? size : 2 };
}

/** The outputs of a run that are attention, each of 1 × heads × asking positions × positions, the first layer first; empty where the graph has none. */
export function attentionLayers(outputs: Outputs): readonly Tensor[] {
  return Object.entries(outputs)
    .flatMap(([name, tensor]): [number, Tensor][] => {
      const layer = LAYER.exec(name)?.[1];
      return layer === undefined || tensor.dims.length !== 4 ? [] : [[Number(layer), tensor]];
    })
    .sort(([one], [other]) => one - other)
    .map(([, tensor]) => tensor);
}

/**
 * Attention of the last position, from which the answer is written, over the tokens of each image: the mean of all heads and layers.
 * @param images how many the question has
 * @throws FlipsideError where the tokens of the images make no grid, or the layers are of other positions
 */
export function attentionMaps(
  layers: readonly Tensor[],
  inputs: Inputs,
  { token, merge }: ImageTokens,
  images: number,
): readonly GridMap[] {
  if (token === null)
    throw new FlipsideError('the configuration does not say which token stands for an image (image_token_id)');
  const ids = Array.from(inputs.input_ids.data, Number);
  const mean = meanOf(layers, ids.length);
  const places = ids.flatMap((id, at) => (id === token ? [at] : []));
  const grids = gridsOf(inputs, merge, images, places.length);
  let start = 0;
  return grids.map(({ width, height }) => {
    const own = places.slice(start, (start += width * height));
    return { width, height, values: Float32Array.from(own, (at) => mean[at] ?? 0) };
  });
}

function meanOf(layers: readonly Tensor[], positions: number): Float32Array {
  const mean = new Float32Array(positions);
  const rows = layers.map((layer) => layer.slice(0, null, -1).to('float32'));
  const heads = rows.reduce((total, { dims: [own = 0] }) => total + own, 0);
  for (const { dims, data } of rows) {
    if (dims[1] !== positions)
      throw new FlipsideError(`its attention is over ${dims[1] ?? 0} positions, and the question has ${positions}`);
    for (let at = 0; at < data.length; at += 1)
      mean[at % positions] = (mean[at % positions] ?? 0) + (data[at] ?? 0) / heads;
  }
  return mean;
}

interface Grid {
  readonly width: number;
  readonly height: number;
}

/** How the tokens of each image lie: as the inputs state (Qwen's layout), else as a square. */
function gridsOf(inputs: Inputs, merge: number, images: number, tokens: number): readonly Grid[] {
  const stated = inputs['image_grid_thw'];
  const sides = Array.from(stated?.data ?? [], Number);
  const side = Math.round(Math.sqrt(tokens / Math.max(1, images)));
  const grids = Array.from({ length: images }, (_, image): Grid => {
    if (stated === undefined) return { width: side, height: side };
    const [height, width] = [1, 2].map((side) => Math.floor((sides[3 * image + side] ?? 0) / merge));
    return { width: width ?? 0, height: height ?? 0 };
  });
  const sum = grids.reduce((total, { width, height }) => total + width * height, 0);
  if (sum !== tokens || tokens <= images)
    throw new FlipsideError(`the tokens of its images make no grid: ${tokens} for ${images}`);
  return grids;
}
