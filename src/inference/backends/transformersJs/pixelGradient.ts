import type { Option } from '../../../core/model.js';
import { FlipsideError } from '../../../core/model.js';
import type { TokenWeight } from '../../../protocol/inference.js';
import { operatorsWithoutRule } from '../../autodiff/inputGradient.js';
import { GradientUnavailable } from '../../autodiff/unavailable.js';
import type { ModelMaps, RgbImage } from '../../backend.js';
import { optionLabel } from '../../prompts.js';
import type { ImageInput } from '../onnx/manifest.js';
import { imageMaps } from '../onnx/maps.js';
import { placeOf } from '../onnx/pictures.js';
import { ChainedGradient, type Slopes } from './chainedGradient.js';
import { graphsOf, imageInputOf } from './graphs.js';
import type { Inputs, Tokenizer } from './library.js';

/** Where a model's graphs are, and how they fit together. */
export interface GradientPlaces {
  readonly folder: string;
  readonly dtype: Readonly<Record<string, string>>;
  /** The token in whose place an image's vectors stand; null where the model does not say. */
  readonly imageToken: number | null;
}

/** An image's share in an answer of a model of Transformers.js, by the gradients of its graphs. */
export class PixelGradient {
  private constructor(
    private readonly chain: ChainedGradient,
    private readonly input: ImageInput,
    private readonly imageToken: number,
  ) {}

  /** Throws a GradientUnavailable that says what of the model no gradient comes through. */
  static async open({ folder, dtype, imageToken }: GradientPlaces): Promise<PixelGradient> {
    if (imageToken === null) throw new GradientUnavailable(['a configuration without image_token_index']);
    const input = await imageInputOf(folder);
    const graphs = await graphsOf(folder, dtype);
    const { vision, decoder } = graphs;
    const output = vision.graph.outputs[0]?.name ?? '';
    const without = [
      ...operatorsWithoutRule(vision, { inputs: ['pixel_values'], output }),
      ...operatorsWithoutRule(decoder, { inputs: ['inputs_embeds'], output: 'logits' }),
    ];
    if (without.length > 0) throw new GradientUnavailable([...new Set(without)]);
    return new PixelGradient(new ChainedGradient(graphs, imageToken), input, imageToken);
  }

  /** Maps of the images and weights of the question's tokens, for what the slopes say. Throws a GradientUnavailable. */
  async of(inputs: Inputs, images: readonly RgbImage[], slopes: Slopes, tokenizer: Tokenizer): Promise<ModelMaps> {
    const { pixel_values: pixels, input_ids: ids } = inputs;
    const { width, height } = this.input;
    const [pictures, , high, wide] = pixels?.dims ?? [];
    if (
      pixels === undefined ||
      pixels.dims.length !== 4 ||
      pictures !== images.length ||
      high !== height ||
      wide !== width
    ) {
      throw new GradientUnavailable([`pictures of the shape ${(pixels?.dims ?? []).join(' × ')}`]);
    }
    const tokens = Array.from(ids.data, Number);
    const data = Float32Array.from(pixels.to('float32').data);
    const found = await this.chain.of({ tokens, pixels: { data, dims: pixels.dims } }, slopes);
    const placed = images.map((image) => placeOf(image, this.input));
    const weights = tokens.flatMap((token, at): TokenWeight[] => {
      if (token === this.imageToken) return [];
      return [{ text: tokenizer.decode([token], { skip_special_tokens: false }), weight: found.tokens[at] ?? 0 }];
    });
    return { maps: imageMaps(found.pixels, this.input, placed), tokens: weights };
  }

  dispose(): Promise<void> {
    return this.chain.dispose();
  }
}

/**
 * The slopes of f = Σ target · log Σ exp(outputs for an option's tokens), by the outputs: of each option what a softmax over its tokens gives.
 * Throws a FlipsideError where an option of the target has no token of its own.
 */
export function slopesOf(
  options: readonly Option[],
  target: readonly number[],
  tokens: readonly (readonly number[])[],
): Slopes {
  target.forEach((weight, index) => {
    if (weight === 0 || (tokens[index] ?? []).length > 0) return;
    throw new FlipsideError(
      `The model has no token of its own for option ${optionLabel(options, index)}, so nothing says what moves it.`,
    );
  });
  return (logits) => {
    const slopes = new Float32Array(logits.length);
    tokens.forEach((ids, index) => {
      const weight = target[index] ?? 0;
      if (weight === 0) return;
      const best = Math.max(...ids.map((token) => logits[token] ?? -Infinity));
      const shares = ids.map((token) => Math.exp((logits[token] ?? -Infinity) - best));
      const sum = shares.reduce((total, share) => total + share, 0);
      ids.forEach((token, at) => (slopes[token] = (slopes[token] ?? 0) + (weight * (shares[at] ?? 0)) / sum));
    });
    return slopes;
  };
}
