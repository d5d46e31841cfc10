import type { Detection } from '../../../protocol/inference.js';
import type { Outputs } from '../../runtime/providers.js';
import type { Manifest } from './manifest.js';
import type { Placed } from './pictures.js';

interface Ran {
  readonly outputs: Outputs;
  readonly placed: Placed | undefined;
}

/**
 * Boxes of a model that points at the two things a question is about: it is asked where each phrase is relative to another one. A box is a
 * centre and a radius, from −1 to 1 over the picture; the model gives no confidence of its own, so that scores are 1.
 */
export async function detections(
  phrases: readonly string[],
  { boxes, image }: Manifest,
  run: (question: string) => Promise<Ran>,
): Promise<readonly Detection[]> {
  if (boxes === null) return [];
  const found: Detection[] = [];
  for (const [index, phrase] of phrases.entries()) {
    const other = phrases[index === 0 ? 1 : 0] ?? phrase;
    const { outputs, placed } = await run(`where is ${phrase} relative to ${other} ?`);
    const [x = 0, y = 0, radius = 0] = outputs[boxes.output]?.data as Float32Array;
    const place = placed ?? { left: 0, top: 0, width: image.width, height: image.height };
    const across = (value: number): number => (((value + 1) / 2) * image.width - place.left) / place.width;
    const down = (value: number): number => (((value + 1) / 2) * image.height - place.top) / place.height;
    const [left, right] = [clamp(across(x - radius)), clamp(across(x + radius))];
    const [top, bottom] = [clamp(down(y - radius)), clamp(down(y + radius))];
    found.push({ phrase, x: left, y: top, width: right - left, height: bottom - top, score: 1 });
  }
  return found;
}

function clamp(value: number): number {
  return Math.min(1, Math.max(0, value));
}
