import type { GridMap, TokenWeight } from '../../../protocol/inference.js';
import type { ImageInput, TextInput } from './manifest.js';
import type { Placed } from './pictures.js';

/**
 * |∂f/∂x| of a picture, by its values from 0 to 1: of each pixel the largest of its three colours (Simonyan et al., 2014). Only the part that
 * is the user's picture; what was cut away from it has no influence.
 */
export function imageMaps(gradient: Float32Array, input: ImageInput, placed: readonly Placed[]): readonly GridMap[] {
  return placed.map((place, index) => {
    const values = new Float32Array(place.width * place.height);
    const from = index * input.width * input.height * 3;
    for (let y = 0; y < place.height; y++) {
      for (let x = 0; x < place.width; x++) {
        const [across, down] = [x + place.left, y + place.top];
        const isSeen = across >= 0 && down >= 0 && across < input.width && down < input.height;
        if (isSeen) values[y * place.width + x] = steepest(gradient, input, from, down * input.width + across);
      }
    }
    return { width: place.width, height: place.height, values };
  });
}

function steepest(
  gradient: Float32Array,
  { width, height, layout, std }: ImageInput,
  from: number,
  pixel: number,
): number {
  const plane = width * height;
  let most = 0;
  for (let colour = 0; colour < 3; colour++) {
    const at = layout === 'nchw' ? colour * plane + pixel : pixel * 3 + colour;
    // The graph takes normalised values, and the gradient is asked for by the picture's own.
    most = Math.max(most, Math.abs(gradient[from + at] ?? 0) / (std[colour] ?? 1));
  }
  return most;
}

/** Of each word, the length of the gradient by its vector. */
export function tokenWeights(
  gradient: Float32Array,
  { length }: TextInput,
  words: readonly string[],
): readonly TokenWeight[] {
  const size = gradient.length / length;
  return words.map((text, word) => {
    const vector = gradient.subarray(word * size, (word + 1) * size);
    return { text, weight: Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0)) };
  });
}
