import type { InferenceSession } from 'onnxruntime-node';
import { FlipsideError } from '../../../core/model.js';
import { Unaskable } from '../../unaskable.js';
import type { Question } from '../../backend.js';
import type { Feeds, Runtime } from '../../runtime/providers.js';
import { seeded } from '../../random.js';
import { FileTokenizer } from './fileTokenizer.js';
import { madeOnce } from './madeOnce.js';
import { tokenizerFile, type Manifest } from './manifest.js';
import { fitted, PixelWriter, type Placed } from './pictures.js';
import type { Tokenizer, Tokens } from './tokens.js';
import { WordTokenizer } from './words.js';

/** Questions as numbers. */
export interface Prepared {
  readonly pixels: Float32Array;
  readonly images: number;
  /** Where each question's picture lies in that of the graph. */
  readonly placed: readonly Placed[];
  readonly ids: readonly (readonly number[])[];
  readonly masks: readonly (readonly number[])[];
  /** The words of the first question. */
  readonly words: readonly string[];
  /** Of each question, what its words give reason to say. */
  readonly notes: readonly (readonly string[])[];
}

/** Makes the inputs of a graph of questions. */
export class GraphInputs {
  private readonly writer: PixelWriter;
  /** Memory of a batch that has run; null while none lies there. */
  private spare: Float32Array | null = null;

  private constructor(
    private readonly manifest: Manifest,
    private readonly tokenizer: Tokenizer | null,
  ) {
    this.writer = new PixelWriter(manifest.image);
  }

  /** Throws a FlipsideError where the manifest, which lies in `file`, names a tokenizer that is missing or cannot be read. */
  static async open(file: string, manifest: Manifest): Promise<GraphInputs> {
    const { text } = manifest;
    if (text === null) return new GraphInputs(manifest, null);
    const { tokenizer, length } = text;
    if (tokenizer.kind === 'words') return new GraphInputs(manifest, new WordTokenizer(tokenizer, length));
    const named = (await tokenizerFile(file, manifest)) ?? tokenizer.file;
    return new GraphInputs(manifest, await FileTokenizer.load(named, tokenizer, length));
  }

  /** The largest number that a text may be given; null of a graph that takes none. */
  get lastToken(): number | null {
    return this.tokenizer?.last ?? null;
  }

  /** Throws an Unaskable for a question without a picture or with several, and for one without a word. */
  async prepare(questions: readonly Question[]): Promise<Prepared> {
    const { image: input, output } = this.manifest;
    const pixels = this.numbers(this.writer.size * questions.length);
    const placed: Placed[] = [];
    for (const [index, question] of questions.entries()) {
      const [image] = question.images;
      if (image === undefined || question.images.length > 1) {
        throw new Unaskable(`The model takes one image, and the item has ${question.images.length || 'none'}.`);
      }
      const fit = await fitted(image, input);
      placed.push(fit.placed);
      this.writer.write(fit.image, pixels, index * this.writer.size);
    }
    const asked = output.kind === 'similarity' ? questions.slice(0, 1) : questions;
    const texts = asked.flatMap((question) => this.textsOf(question));
    const { tokenizer } = this;
    const tokens = tokenizer === null ? [] : madeOnce(texts, (text) => tokenizer.encode(text));
    // Of padding alone a graph may make NaN, which would be blamed on its weights.
    if (tokens.some(({ words }) => words.length === 0)) {
      throw new Unaskable('What is asked holds no word, so there is nothing for the model to read. Write a question.');
    }
    return {
      ...{ pixels, images: questions.length, placed },
      ids: tokens.map(({ ids }) => ids),
      masks: tokens.map(({ mask }) => mask),
      words: tokens[0]?.words ?? [],
      notes: questions.map((_, index) =>
        notesOf(output.kind === 'similarity' ? tokens : tokens.slice(index, index + 1), tokenizer?.units ?? 'words'),
      ),
    };
  }

  /** Takes back the memory of a batch once its graph has run: to be given new pages costs more than to fill these. */
  reuse({ pixels }: Prepared): void {
    this.spare = pixels;
  }

  private numbers(count: number): Float32Array {
    const memory = this.spare;
    this.spare = null;
    const fits = memory !== null && memory.buffer.byteLength >= count * Float32Array.BYTES_PER_ELEMENT;
    return fits ? new Float32Array(memory.buffer, 0, count) : new Float32Array(count);
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

  /** Questions of noise, with the last token of the vocabulary: what a graph is tried and measured with. */
  prepareTrial(images: 1 | 2): Prepared {
    const random = seeded(1);
    const { text, image } = this.manifest;
    const last = this.tokenizer?.last ?? 0;
    const each = Array.from({ length: images }, (_, index) => index);
    const ids = text === null ? [] : each.map(() => Array.from({ length: text.length }, () => last));
    const whole = { left: 0, top: 0, width: image.width, height: image.height };
    return {
      pixels: Float32Array.from({ length: this.writer.size * images }, random),
      ...{ images, placed: each.map(() => whole), ids, masks: ids.map((row) => row.map(() => 1)) },
      ...{ words: [], notes: each.map(() => []) },
    };
  }

  feeds(runtime: Runtime, { pixels, images, ids, masks }: Prepared): Feeds {
    const { image, text } = this.manifest;
    const { width, height } = image;
    const dims = image.layout === 'nchw' ? [images, 3, height, width] : [images, height, width, 3];
    const feeds: Record<string, InferenceSession.OnnxValueMapType[string]> = {
      [image.input]: new runtime.Tensor('float32', pixels, dims),
    };
    if (text === null) return feeds;
    const shape: [number, number] = [ids.length, text.length];
    feeds[text.input] = integers(runtime, text.type, ids, shape);
    if (text.mask !== null) feeds[text.mask] = integers(runtime, text.type, masks, shape);
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

/** Rows of whole numbers, all of the same length. */
function integers(
  runtime: Runtime,
  type: 'int64' | 'int32',
  rows: readonly (readonly number[])[],
  dims: [rows: number, length: number],
) {
  const [count, length] = dims;
  if (type === 'int32') return new runtime.Tensor('int32', Int32Array.from(rows.flat()), dims);
  const numbers = new BigInt64Array(count * length);
  madeOnce(rows, (row) => row.map(BigInt)).forEach((row, at) => numbers.set(row, at * length));
  return new runtime.Tensor('int64', numbers, dims);
}

function notesOf(tokens: readonly Pick<Tokens, 'unknown' | 'cut'>[], units: Tokenizer['units']): readonly string[] {
  const unknown = [...new Set(tokens.flatMap((each) => each.unknown))];
  const cut = Math.max(0, ...tokens.map((each) => each.cut));
  return [
    ...(unknown.length === 0 ? [] : [`The model does not know: ${unknown.join(', ')}.`]),
    ...(cut === 0 ? [] : [`The question is too long for the model: its last ${cut} ${units} were cut.`]),
  ];
}
