import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { IndexedImage } from './png.js';
import { reduced } from './render.js';
import { EXTENT } from './scene.js';

/** What is read of a manifest of models/. */
interface Manifest {
  readonly graph: string;
  readonly sha256: string;
  readonly text: {
    readonly length: number;
    readonly unknown: number;
    readonly pad: number;
    readonly vocabulary: string[];
  };
  readonly output: { readonly classes: readonly { readonly name: string }[] };
  readonly training: { readonly seed: number };
}

/** A model of models/ that answers questions about pictures. */
export class Answerer {
  private constructor(
    private readonly manifest: Manifest,
    private readonly session: InferenceSession,
  ) {}

  /** Opens a model by name. Throws where its graph is not the one that its manifest is of. */
  static async open(folder: string, name: string): Promise<Answerer> {
    const manifest = JSON.parse(readFileSync(path.join(folder, `${name}.json`), 'utf8')) as Manifest;
    const graph = readFileSync(path.join(folder, manifest.graph));
    if (createHash('sha256').update(graph).digest('hex') !== manifest.sha256) {
      throw new Error(`${name}.json is not of this ${manifest.graph}: run npm run train.`);
    }
    // One thread: sums are added up in one order, so that the same machine gives the same answers.
    return new Answerer(manifest, await InferenceSession.create(graph, { intraOpNumThreads: 1, logSeverityLevel: 3 }));
  }

  /** SHA-256 of the graph, in hexadecimal digits. */
  get weights(): string {
    return this.manifest.sha256;
  }

  /** The seed that the model was trained with. */
  get seed(): number {
    return this.manifest.training.seed;
  }

  /** The likeliest of the options, each of which is one of the model's classes. */
  async answer<Option extends string>(image: IndexedImage, text: string, options: readonly Option[]): Promise<Option> {
    const { logits } = await this.session.run({
      image: new Tensor('float32', reduced(image), [1, 3, EXTENT, EXTENT]),
      tokens: new Tensor('int64', this.tokens(text), [1, this.manifest.text.length]),
    });
    const scores = logits?.data as Float32Array;
    const scoreOf = (option: Option): number => {
      const at = this.manifest.output.classes.findIndex(({ name }) => name === option);
      if (at < 0) throw new Error(`The model has no class "${option}".`);
      return scores[at] ?? -Infinity;
    };
    return options.reduce((best, option) => (scoreOf(option) > scoreOf(best) ? option : best));
  }

  async close(): Promise<void> {
    await this.session.release();
  }

  private tokens(question: string): BigInt64Array {
    const { length, pad, unknown, vocabulary } = this.manifest.text;
    const words = question.toLowerCase().match(/[a-z0-9']+|[?.,;:!]/g) ?? [];
    const known = words.map((word) => {
      const at = vocabulary.indexOf(word);
      return at < 0 ? unknown : at;
    });
    return BigInt64Array.from({ length }, (_, at) => BigInt(known[at] ?? pad));
  }
}
