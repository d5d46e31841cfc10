import { readFileSync } from 'node:fs';
import path from 'node:path';
import { likeliest } from '../src/inference/answers.js';
import { bundled } from '../src/inference/backends/bundled.js';
import type { InferenceBackend } from '../src/inference/backend.js';
import { decodeImage } from '../src/inference/images.js';
import { encodePng, type IndexedImage } from './png.js';

/** A model of models/ that answers questions about pictures: by the code that `flipside rerun` asks it with, so that both say the same. */
export class Answerer {
  private constructor(
    private readonly backend: InferenceBackend,
    /** SHA-256 of the graph, in hexadecimal digits. */
    readonly weights: string,
    /** The seed that the model was trained with. */
    readonly seed: number,
  ) {}

  /** Opens a model by name. Throws where its graph is not the one that its manifest is of. */
  static async open(folder: string, name: string): Promise<Answerer> {
    const places = { bundled: folder, folders: [], endpoints: [], processes: [], device: 'cpu' };
    const { signal } = new AbortController();
    const found = (await bundled.find(places, signal)).find(({ id }) => id === `bundled:${name}`);
    if (found === undefined) throw new Error(`There is no model ${name} in ${folder}: run npm run train.`);
    const backend = await bundled.open(found, places, signal);
    const { weights } = await backend.probe(signal);
    const manifest = JSON.parse(readFileSync(path.join(folder, `${name}.json`), 'utf8')) as Manifest;
    return new Answerer(backend, weights ?? '', manifest.training.seed);
  }

  /** The likeliest of the options, each of which is one of the model's classes. */
  async answer<Option extends string>(image: IndexedImage, text: string, options: readonly Option[]): Promise<Option> {
    const question = {
      question: text,
      options: options.map((option) => ({ label: null, text: option })),
      images: [await decodeImage(encodePng(image, ''))],
      prompt: null,
    };
    const [score] = await this.backend.score([question], new AbortController().signal);
    const answer = options[likeliest(score?.probabilities ?? [])];
    if (answer === undefined) throw new Error('A question without options has no answer.');
    return answer;
  }

  async close(): Promise<void> {
    await this.backend.dispose();
  }
}

/** What is read of a manifest of models/ beyond what the models themselves tell. */
interface Manifest {
  readonly training: { readonly seed: number };
}
