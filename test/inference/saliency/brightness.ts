import type { InferenceBackend, Question, RgbImage } from '../../../src/inference/backend.js';
import type { BackendInfo, Capability, Score } from '../../../src/protocol/inference.js';

/** A rectangle in pixels of the model's input. */
export interface Region {
  readonly image?: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface BrightnessOptions {
  readonly inputSize?: BackendInfo['inputSize'];
  readonly capabilities?: readonly Capability[];
  readonly source?: Score['source'];
}

/**
 * A model that sees one thing: the answer is option 0 as surely as all its regions are bright together (the product of their mean
 * brightnesses), else option 1. So it is known where it looks.
 */
export class BrightnessModel implements InferenceBackend {
  /** The size of each batch that it was given. */
  readonly batches: number[] = [];
  readonly sizes = new Set<string>();

  constructor(
    private readonly regions: readonly Region[],
    private readonly options: BrightnessOptions = {},
  ) {}

  probe(): Promise<BackendInfo> {
    const { inputSize = null, capabilities = ['optionProbs', 'batch'] } = this.options;
    return Promise.resolve({
      ...{ id: 'test:brightness', kind: 'process', name: 'Brightness', device: 'CPU', tried: [], prompt: 'question' },
      ...{ capabilities, inputSize, weights: null, memory: null, notes: [] },
    });
  }

  score(questions: readonly Question[], signal: AbortSignal): Promise<readonly Score[]> {
    signal.throwIfAborted();
    this.batches.push(questions.length);
    return Promise.resolve(questions.map((question) => this.scoreOf(question)));
  }

  protected scoreOf({ images }: Question): Score {
    for (const { width, height } of images) this.sizes.add(`${width}×${height}`);
    const bright = this.regions.map((region) => brightness(images[region.image ?? 0], region));
    const sure = bright.reduce((product, each) => product * each, 1);
    return { probabilities: [sure, 1 - sure], source: this.options.source ?? 'logits', notes: [] };
  }

  dispose(): Promise<void> {
    return Promise.resolve();
  }
}

function brightness(image: RgbImage | undefined, { x, y, width, height }: Region): number {
  if (image === undefined) return 0;
  let sum = 0;
  for (let row = y; row < y + height; row++) {
    for (let at = (row * image.width + x) * 3; at < (row * image.width + x + width) * 3; at++)
      sum += image.data[at] ?? 0;
  }
  return sum / (width * height * 3 * 255);
}

/** A picture that is white in some rectangles and dark grey elsewhere. */
export function picture(width: number, height: number, white: readonly Region[]): RgbImage {
  const data = new Uint8Array(width * height * 3).fill(20);
  for (const region of white) {
    for (let row = region.y; row < region.y + region.height; row++) {
      data.fill(255, (row * width + region.x) * 3, (row * width + region.x + region.width) * 3);
    }
  }
  return { width, height, data, encoded: null };
}

export function asked(...images: RgbImage[]): Question {
  const options = ['bright', 'dark'].map((text) => ({ label: null, text }));
  return { question: 'Is it bright there?', options, images, prompt: null };
}
