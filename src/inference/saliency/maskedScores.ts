import { setImmediate as nextTurn } from 'node:timers/promises';
import type { GridMap, SaliencyTarget } from '../../protocol/inference.js';
import type { Area, InferenceBackend, Question, RgbImage } from '../backend.js';
import { resizeImage } from '../images.js';
import { checkExplainable, targetScore } from './target.js';

/** What is to be explained by covering parts of images, and who is told meanwhile. */
export interface MaskingTask {
  readonly backend: InferenceBackend;
  readonly question: Question;
  readonly target: SaliencyTarget;
  /** How many masked questions a model is given at a time; by default 16, and 1 where it has no use of several. */
  readonly batch?: number;
  /** Called after each batch. The maps are the receiver's own. */
  readonly onPartial: (maps: readonly GridMap[], done: number, total: number) => void;
  readonly signal: AbortSignal;
}

/** What covering parts has shown. */
export interface MaskedMaps {
  /** One for each image. */
  readonly maps: readonly GridMap[];
  readonly forwards: number;
  readonly notes: readonly string[];
}

/** Covers a part of one image of the question. */
export interface Mask {
  readonly image: number;
  /** Pixels of the image that it leaves as they are lie outside; null where it may change any. */
  readonly area: Area | null;
  /** `pixels` are a copy of the image's, of which those that are covered are changed. */
  cover(pixels: Uint8Array, image: MaskedImage): void;
}

/** An image that masks are laid over. */
export interface MaskedImage extends RgbImage {
  /** What covers: its mean red, green and blue. */
  readonly mean: readonly [red: number, green: number, blue: number];
}

const BATCH = 16;
/** Milliseconds without a turn of the event loop, at most by one batch more: a message that stops all waits no longer. */
const PAUSE_AFTER = 50;
/** A model that takes images of any size is given smaller ones: some hundred of them are made and sent. */
const MOST_PIXELS = 1e6;

/** Scores of a question of which parts of the images are covered. Images are decoded and resized once, for all masks. */
export class MaskedScores {
  forwards = 0;
  /** Pixels of the masked images of a batch, used again for the next one: a backend keeps none of them. */
  private readonly buffers: Uint8Array[] = [];
  private estimated = false;
  private pausedAt = -Infinity;

  private constructor(
    private readonly task: MaskingTask,
    readonly images: readonly MaskedImage[],
    private readonly batch: number,
    private readonly shrunk: boolean,
  ) {}

  /** Throws a FlipsideError where the question has no image, or lacks an option of the target. */
  static async of(task: MaskingTask): Promise<MaskedScores> {
    const { backend, question, target, signal } = task;
    checkExplainable(question, target);
    const { inputSize, capabilities } = await backend.probe(signal);
    const sized = await Promise.all(
      question.images.map((image) => {
        const { width, height } = inputSize ?? atMost(MOST_PIXELS, image);
        return resizeImage(image, width, height);
      }),
    );
    const shrunk = inputSize === null && sized.some((image, at) => image !== question.images[at]);
    const batch = task.batch ?? (capabilities.includes('batch') ? BATCH : 1);
    return new MaskedScores(task, sized.map(withMean), Math.max(1, Math.floor(batch)), shrunk);
  }

  /** What should be known of the scores, once there are some. */
  get notes(): readonly string[] {
    const notes: string[] = [];
    if (this.shrunk) notes.push('The images were made smaller, to a million pixels each, before parts were covered.');
    if (this.estimated) notes.push('Probabilities are estimates from sampled answers: small differences are chance.');
    return notes;
  }

  /** What is explained, with nothing covered. */
  async base(): Promise<number> {
    const [value = 0] = await this.ask([{ ...this.task.question, images: this.images }]);
    return value;
  }

  /**
   * What is explained, with each mask, in their order: `scored` is told the values of a batch after the other. Throws a FlipsideError where
   * the model gives no number, an AbortError once the task's signal aborts.
   */
  async score(masks: readonly Mask[], scored: (values: readonly number[]) => void): Promise<void> {
    // All batches are about as large: a last one of few would cost nearly as much as a whole one.
    const size = Math.ceil(masks.length / Math.ceil(masks.length / this.batch));
    for (let from = 0; from < masks.length; from += size) {
      scored(await this.ask(masks.slice(from, from + size).map((mask, slot) => this.masked(mask, slot))));
    }
  }

  private async ask(questions: readonly Question[]): Promise<number[]> {
    const { backend, question, target, signal } = this.task;
    await this.pause();
    signal.throwIfAborted();
    const scores = await backend.score(questions, signal);
    this.forwards += questions.length;
    if (scores.some(({ source }) => source === 'sampled')) this.estimated = true;
    return scores.map((score) => targetScore(score, target, question.options));
  }

  /** A model may run without a pause: this lets in the message that stops it. Not before each batch, as a turn costs more than small masks do. */
  private async pause(): Promise<void> {
    if (performance.now() - this.pausedAt < PAUSE_AFTER) return;
    await nextTurn();
    this.pausedAt = performance.now();
  }

  private masked(mask: Mask, slot: number): Question {
    const images = this.images.map((image, at): RgbImage => {
      if (at !== mask.image) return image;
      const { width, height, data } = image;
      let pixels = this.buffers[slot];
      if (pixels?.length !== data.length) this.buffers[slot] = pixels = new Uint8Array(data.length);
      pixels.set(data);
      mask.cover(pixels, image);
      const masked = { width, height, data: pixels, encoded: null };
      return mask.area === null ? masked : { ...masked, patch: { of: image, area: mask.area } };
    });
    return { ...this.task.question, images };
  }
}

function atMost(pixels: number, { width, height }: RgbImage): { width: number; height: number } {
  const by = Math.min(1, Math.sqrt(pixels / (width * height)));
  return { width: Math.max(1, Math.floor(width * by)), height: Math.max(1, Math.floor(height * by)) };
}

function withMean(image: RgbImage): MaskedImage {
  const { data } = image;
  let [red, green, blue] = [0, 0, 0];
  for (let at = 0; at + 2 < data.length; at += 3) {
    red += data[at] ?? 0;
    green += data[at + 1] ?? 0;
    blue += data[at + 2] ?? 0;
  }
  const mean = (sum: number): number => Math.round((3 * sum) / data.length);
  // The picture's own file is not sent: decoded elsewhere it may differ by more than a patch does.
  return { ...image, encoded: null, mean: [mean(red), mean(green), mean(blue)] };
}
