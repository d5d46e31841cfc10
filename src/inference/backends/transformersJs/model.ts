import { FlipsideError, type Option } from '../../../core/model.js';
import type { BackendInfo, Generated, GenerateOptions, Score } from '../../../protocol/inference.js';
import type { InferenceBackend, ModelMaps, Question, RgbImage } from '../../backend.js';
import { excerpt } from '../../plainText.js';
import { chatPrompt, optionLabel } from '../../prompts.js';
import { attentionLayers, attentionMaps, imageTokensOf } from './attention.js';
import { GradientUnavailable } from '../../autodiff/unavailable.js';
import type { Inputs, Library, Model, Outputs, Processor } from './library.js';
import { PixelGradient, slopesOf, type GradientPlaces } from './pixelGradient.js';

/** A seed of the library has 32 bits. */
const SEEDS = 2 ** 32;

/** A vision-language model that Transformers.js runs, once it is known to answer. */
export class TransformersJsModel implements InferenceBackend {
  attention?: InferenceBackend['attention'];
  gradient?: InferenceBackend['gradient'];
  private pixelGradient: PixelGradient | null = null;
  /** Processors differ in what they want first; found by trying. */
  private textFirst: boolean | null = null;

  constructor(
    private readonly library: Library,
    private readonly processor: Processor,
    private readonly model: Model,
    private info: BackendInfo,
  ) {}

  probe(signal: AbortSignal): Promise<BackendInfo> {
    signal.throwIfAborted();
    return Promise.resolve(this.info);
  }

  async score(questions: readonly Question[], signal: AbortSignal): Promise<readonly Score[]> {
    const scores: Score[] = [];
    for (const question of questions) {
      signal.throwIfAborted();
      const logits = await this.explained(() => this.lastLogits(question));
      scores.push(scoreOf(question.options, logits, this.tokensOf(question.options)));
    }
    return scores;
  }

  async generate(question: Question, options: GenerateOptions, signal: AbortSignal): Promise<readonly Generated[]> {
    const { n, temperature, seed } = options;
    const inputs = await this.inputsOf(question);
    const answers: Generated[] = [];
    while (answers.length < (temperature === 0 ? 1 : n)) {
      const own = temperature === 0 || seed === null ? null : seed + answers.length;
      answers.push({ text: await this.explained(() => this.written(inputs, options, own, signal)), seed: own });
    }
    const [only] = answers;
    return temperature === 0 && only !== undefined ? Array.from({ length: n }, () => only) : answers;
  }

  async dispose(): Promise<void> {
    await this.pixelGradient?.dispose();
    await this.model.dispose();
  }

  /** Finds out whether the model's graphs have a gradient: what stands in its way is told. The gradient's own graphs are made when first asked for. */
  async tryGradient(places: Omit<GradientPlaces, 'imageToken'>): Promise<void> {
    const { capabilities, notes } = this.info;
    try {
      this.pixelGradient = await PixelGradient.open({ ...places, imageToken: imageTokensOf(this.model).token });
      this.info = { ...this.info, capabilities: [...capabilities, 'inputGradient', 'tokenGradient'] };
      this.gradient = (...asked) => this.explained(() => this.gradientOf(...asked));
    } catch (error) {
      if (!(error instanceof GradientUnavailable)) throw error;
      this.info = { ...this.info, notes: [...notes, `No gradient comes through: ${error.unsupported.join(', ')}.`] };
    }
  }

  private async gradientOf(question: Question, target: readonly number[], signal: AbortSignal): Promise<ModelMaps> {
    signal.throwIfAborted();
    const { pixelGradient, processor } = this;
    if (pixelGradient === null) throw new GradientUnavailable(['a model that is not loaded any more']);
    const slopes = slopesOf(question.options, target, this.tokensOf(question.options));
    return pixelGradient.of(await this.inputsOf(question), question.images, slopes, processor.tokenizer);
  }

  /**
   * Runs the model once, holds its outputs against its tokenizer, and finds out whether they tell attention.
   * @throws FlipsideError where the tokenizer is another model's
   */
  async check(question: Question): Promise<void> {
    const inputs = await this.inputsOf(question);
    const outputs = await this.model(inputs);
    const logits = this.lastOf(outputs);
    const largest = Math.max(...this.processor.tokenizer.get_vocab().values());
    if (largest >= logits.length)
      throw new FlipsideError(
        `The tokenizer of ${this.info.name} has tokens up to the number ${largest}, and the model outputs for ${logits.length} only: they are not of the same model. Take tokenizer.json and onnx/ from the same place.`,
      );
    this.tryAttention(outputs, inputs, question.images.length);
  }

  private tryAttention(outputs: Outputs, inputs: Inputs, images: number): void {
    const layers = attentionLayers(outputs);
    if (layers.length === 0) return;
    const { capabilities, notes } = this.info;
    try {
      attentionMaps(layers, inputs, imageTokensOf(this.model), images);
      this.info = { ...this.info, capabilities: [...capabilities, 'attention'] };
      this.attention = (...asked) => this.explained(() => this.attentionOf(...asked));
    } catch (error) {
      if (!(error instanceof FlipsideError)) throw error;
      this.info = { ...this.info, notes: [...notes, `No attention: ${error.message}.`] };
    }
  }

  private async attentionOf(question: Question, signal: AbortSignal): Promise<ModelMaps> {
    signal.throwIfAborted();
    const images = question.images.length;
    if (images === 0) throw new FlipsideError(`${this.info.name} has no image to look at in this question.`);
    const inputs = await this.inputsOf(question);
    const layers = attentionLayers(await this.model(inputs));
    try {
      return { maps: attentionMaps(layers, inputs, imageTokensOf(this.model), images), tokens: null };
    } catch (error) {
      if (!(error instanceof FlipsideError)) throw error;
      throw new FlipsideError(
        `${this.info.name} cannot tell its attention here: ${error.message}. Take occlusion instead (--saliency occlusion).`,
      );
    }
  }

  /** The runtime's own words are for those who wrote it. */
  private async explained<T>(task: () => Promise<T>): Promise<T> {
    try {
      return await task();
    } catch (error) {
      if (error instanceof FlipsideError || !(error instanceof Error) || error.name === 'AbortError') throw error;
      const memory = /memory|alloc/i.test(error.message)
        ? ' It ran out of memory, as it seems: use a smaller image or model.'
        : '';
      throw new FlipsideError(`${this.info.name} failed on ${this.info.device}: ${excerpt(error.message)}.${memory}`);
    }
  }

  private async written(
    inputs: Inputs,
    { temperature, maxTokens }: GenerateOptions,
    seed: number | null,
    signal: AbortSignal,
  ): Promise<string> {
    signal.throwIfAborted();
    const stop = new this.library.InterruptableStoppingCriteria();
    const interrupt = (): void => stop.interrupt();
    signal.addEventListener('abort', interrupt, { once: true });
    try {
      this.library.random.seed(seed === null ? undefined : seed % SEEDS);
      const tokens = await this.model.generate({
        ...inputs,
        max_new_tokens: maxTokens,
        ...(temperature === 0 ? { do_sample: false } : { do_sample: true, temperature, top_k: 0 }),
        stopping_criteria: [stop],
      });
      signal.throwIfAborted();
      const [, length = 0] = inputs.input_ids.dims;
      const [text = ''] = this.processor.batch_decode(tokens.slice(null, [length, null]), {
        skip_special_tokens: true,
      });
      return text.trim();
    } finally {
      signal.removeEventListener('abort', interrupt);
    }
  }

  /** The outputs for the first token of an answer. */
  private async lastLogits(question: Question): Promise<Float32Array> {
    return this.lastOf(await this.model(await this.inputsOf(question)));
  }

  private lastOf({ logits }: Outputs): Float32Array {
    const last = logits.slice(0, -1, null).to('float32');
    const values = Float32Array.from(last.data);
    if (values.some((value) => !Number.isFinite(value)))
      throw new FlipsideError(
        `The outputs of ${this.info.name} are no numbers (NaN or infinite), as happens with weights of half precision. Put graphs with full precision (without “_fp16” in their names) into its onnx folder.`,
      );
    return values;
  }

  private async inputsOf(question: Question): Promise<Inputs> {
    const images = question.images.map((image) => this.rawImage(image));
    const text = this.promptOf(question);
    const pictures = images.length === 0 ? null : images.length === 1 ? images[0] : images;
    if (pictures === null) return this.onlyText(text);
    const orders = this.textFirst === null ? [false, true] : [this.textFirst];
    let failure: unknown = null;
    for (const textFirst of orders) {
      try {
        const inputs = await (textFirst ? this.processor(text, images) : this.processor(pictures, text));
        this.textFirst = textFirst;
        return inputs;
      } catch (error) {
        failure ??= error;
      }
    }
    throw new FlipsideError(
      `${this.info.name} cannot be given this question: ${excerpt(failure instanceof Error ? failure.message : String(failure))}`,
    );
  }

  private async onlyText(text: string): Promise<Inputs> {
    const tokenizer = this.processor.tokenizer as unknown as (text: string) => Promise<Inputs> | Inputs;
    return tokenizer(text);
  }

  private promptOf(question: Question): string {
    const prompt = chatPrompt(question);
    const { chat_template: own, tokenizer } = this.processor;
    if ((own ?? tokenizer.chat_template ?? null) === null) return '<image>'.repeat(question.images.length) + prompt;
    const content = [...question.images.map(() => ({ type: 'image' })), { type: 'text', text: prompt }];
    return this.processor.apply_chat_template([{ role: 'user', content }], { add_generation_prompt: true });
  }

  private rawImage({ data, width, height }: RgbImage): object {
    return new this.library.RawImage(new Uint8ClampedArray(data), width, height, 3);
  }

  /** The first tokens of each option's label, with and without a space before it; those of several options tell nothing. */
  private tokensOf(options: readonly Option[]): readonly (readonly number[])[] {
    const { tokenizer } = this.processor;
    const all = options.map((_, index) => {
      const label = optionLabel(options, index);
      const spelt = [label, ` ${label}`].map((way) => tokenizer.encode(way, { add_special_tokens: false })[0]);
      return [...new Set(spelt.filter((token) => token !== undefined))];
    });
    return all.map((tokens) => tokens.filter((token) => all.filter((other) => other.includes(token)).length === 1));
  }
}

/** Probabilities by a softmax over the options' tokens; null for an option without a token of its own. */
function scoreOf(options: readonly Option[], logits: Float32Array, tokens: readonly (readonly number[])[]): Score {
  const best = Math.max(...tokens.flat().map((token) => logits[token] ?? -Infinity));
  const weights = tokens.map((ids) =>
    ids.length === 0 ? null : ids.reduce((total, token) => total + Math.exp((logits[token] ?? -Infinity) - best), 0),
  );
  const sum = weights.reduce<number>((total, weight) => total + (weight ?? 0), 0);
  if (!(sum > 0))
    throw new FlipsideError('The model has no token of its own for any of the options: they cannot be told apart.');
  const unnamed = options.map((_, index) => optionLabel(options, index)).filter((_, index) => weights[index] === null);
  return {
    probabilities: weights.map((weight) => (weight === null ? null : weight / sum)),
    source: 'logits',
    notes: unnamed.length === 0 ? [] : [`The model has no token of its own for: ${unnamed.join(', ')}.`],
  };
}
