import type { InferenceSession } from 'onnxruntime-node';
import { FlipsideError } from '../../../core/model.js';
import type { Question } from '../../backend.js';
import type { Feeds, Runtime } from '../../runtime/providers.js';
import { seeded } from '../../random.js';
import type { Manifest } from './manifest.js';
import { fitted, PixelWriter, type Placed } from './pictures.js';
import { WordTokenizer } from './words.js';

/** Questions as numbers. */
export interface Prepared {
  readonly pixels: Float32Array;
  readonly images: number;
  /** Where each question's picture lies in that of the graph. */
  readonly placed: readonly Placed[];
  readonly ids: readonly (readonly number[])[];
  /** The words of the first question. */
  readonly words: readonly string[];
  /** Of each question, what its words give reason to say. */
  readonly notes: readonly (readonly string[])[];
}

/** Makes the inputs of a graph of questions. */
export class GraphInputs {
  private readonly writer: PixelWriter;
  private readonly tokenizer: WordTokenizer | null;

  constructor(private readonly manifest: Manifest) {
    this.writer = new PixelWriter(manifest.image);
    this.tokenizer = manifest.text === null ? null : new WordTokenizer(manifest.text);
  }

  /** Throws a FlipsideError for a question without a picture or with several, and for one without a word. */
  async prepare(questions: readonly Question[]): Promise<Prepared> {
    const { image: input, output } = this.manifest;
    const pixels = new Float32Array(this.writer.size * questions.length);
    const placed: Placed[] = [];
    for (const [index, question] of questions.entries()) {
      const [image] = question.images;
      if (image === undefined || question.images.length > 1) {
        throw new FlipsideError(`The model takes one image, and the item has ${question.images.length || 'none'}.`);
      }
      const fit = await fitted(image, input);
      placed.push(fit.placed);
      this.writer.write(fit.image, pixels, index * this.writer.size);
    }
    const asked = output.kind === 'similarity' ? questions.slice(0, 1) : questions;
    const texts = asked.flatMap((question) => this.textsOf(question));
    const tokens = texts.map((text) => this.tokenizer?.encode(text)).filter((each) => each !== undefined);
    // Of padding alone a graph may make NaN, which would be blamed on its weights.
    if (tokens.some(({ words }) => words.length === 0)) {
      throw new FlipsideError(
        'What is asked holds no word, so there is nothing for the model to read. Write a question.',
      );
    }
    return {
      ...{ pixels, images: questions.length, placed },
      ids: tokens.map(({ ids }) => ids),
      words: tokens[0]?.words ?? [],
      notes: questions.map((_, index) =>
        notesOf(output.kind === 'similarity' ? tokens : tokens.slice(index, index + 1)),
      ),
    };
  }

  private textsOf({ question, prompt, options }: Question): readonly string[] {
    const { output, text } = this.manifest;
    const asked = prompt ?? question;
    if (output.kind === 'classes' || text === null) return [asked];
    return options.map((option) => text.template.replace('{question}', asked).replace('{option}', option.text));
  }

  /**
   * How many questions the graph takes at a time, where that is fixed; null where its first axis is open. Throws a FlipsideError for another
   * fixed number than one.
   */
  fixedBatch(file: string, { inputNames, inputMetadata }: InferenceSession): 1 | null {
    const { input } = this.manifest.image;
    const metadata = inputMetadata[inputNames.indexOf(input)];
    const first = metadata?.isTensor === true ? metadata.shape[0] : undefined;
    if (typeof first !== 'number') return null;
    if (first === 1) return 1;
    throw new FlipsideError(
      `The graph of ${file} takes exactly ${first} images at a time. Export it with an open first axis, or with one image.`,
    );
  }

  /** Questions of noise, with the last word of the vocabulary: what a graph is tried and measured with. */
  prepareTrial(images: 1 | 2): Prepared {
    const random = seeded(1);
    const { text, image } = this.manifest;
    const last = (text?.vocabulary.length ?? 1) - 1;
    const each = Array.from({ length: images }, (_, index) => index);
    const ids = text === null ? [] : each.map(() => Array.from({ length: text.length }, () => last));
    const whole = { left: 0, top: 0, width: image.width, height: image.height };
    return {
      pixels: Float32Array.from({ length: this.writer.size * images }, random),
      ...{ images, placed: each.map(() => whole), ids, words: [], notes: each.map(() => []) },
    };
  }

  feeds(runtime: Runtime, { pixels, images, ids }: Prepared): Feeds {
    const { image, text } = this.manifest;
    const { width, height } = image;
    const dims = image.layout === 'nchw' ? [images, 3, height, width] : [images, height, width, 3];
    const feeds: Record<string, InferenceSession.OnnxValueMapType[string]> = {
      [image.input]: new runtime.Tensor('float32', pixels, dims),
    };
    if (text === null) return feeds;
    const shape = [ids.length, text.length];
    feeds[text.input] = integers(runtime, text.type, ids.flat(), shape);
    if (text.mask !== null) {
      const mask = ids.flat().map((id) => (id === text.pad ? 0 : 1));
      feeds[text.mask] = integers(runtime, text.type, mask, shape);
    }
    return feeds;
  }

  /** Throws a FlipsideError where the manifest names inputs that the graph has not, or leaves out some that it has. */
  requireKnown(file: string, { inputNames }: InferenceSession): void {
    const { image, text } = this.manifest;
    const named = [image.input, text?.input, text?.mask].filter((name) => name !== undefined && name !== null);
    const wrong = named.find((name) => !inputNames.includes(name));
    if (wrong !== undefined) {
      throw new FlipsideError(`${file} names the input "${wrong}", and the graph takes ${inputNames.join(', ')}.`);
    }
    const missing = inputNames.filter((name) => !named.includes(name));
    if (missing.length > 0) {
      throw new FlipsideError(
        `${file} does not say what the graph's input ${missing.map((name) => `"${name}"`).join(', ')} is.`,
      );
    }
  }
}

function integers(runtime: Runtime, type: 'int64' | 'int32', values: readonly number[], dims: number[]) {
  return type === 'int64'
    ? new runtime.Tensor('int64', BigInt64Array.from(values, BigInt), dims)
    : new runtime.Tensor('int32', Int32Array.from(values), dims);
}

function notesOf(tokens: readonly { readonly unknown: readonly string[]; readonly cut: number }[]): readonly string[] {
  const unknown = [...new Set(tokens.flatMap((each) => each.unknown))];
  const cut = Math.max(0, ...tokens.map((each) => each.cut));
  return [
    ...(unknown.length === 0 ? [] : [`The model does not know: ${unknown.join(', ')}.`]),
    ...(cut === 0 ? [] : [`The question is too long for the model: its last ${cut} words were cut.`]),
  ];
}
