import path from 'node:path';
import { loadSharp } from '../../../server/sharpLoader.js';

/** What is used of `@huggingface/transformers`: its own types are as wide as all models together. */
export interface Library {
  readonly env: {
    /** From 10, everything, to 50, nothing. */
    logLevel: number;
    allowRemoteModels: boolean;
    allowLocalModels: boolean;
    localModelPath: string;
    useFSCache: boolean;
    useWasmCache: boolean;
    fetch: (address: unknown) => Promise<never>;
  };
  readonly AutoProcessor: { from_pretrained(name: string): Promise<Processor> };
  readonly AutoModelForImageTextToText: {
    from_pretrained(name: string, options: { dtype: Record<string, string>; device: string }): Promise<Model>;
  };
  readonly PreTrainedTokenizer: new (content: object, config: object) => PreTrainedTokenizer;
  readonly RawImage: new (data: Uint8ClampedArray, width: number, height: number, channels: number) => RawImage;
  readonly random: { seed(seed?: number): void };
  readonly InterruptableStoppingCriteria: new () => { interrupt(): void };
}

/** Pixels as the library has them; nothing is asked of them here. */
export type RawImage = object;

export interface Tensor {
  readonly dims: readonly number[];
  readonly data: ArrayLike<number>;
  to(type: 'float32'): Tensor;
  /** Ranges by dimension, null for all of it; a number takes one and drops the dimension. */
  slice(...ranges: (number | null | readonly [number | null, number | null])[]): Tensor;
}

export interface Tokenizer {
  encode(text: string, options: { add_special_tokens: boolean }): readonly number[];
  decode(tokens: readonly number[], options: { skip_special_tokens: boolean }): string;
  get_vocab(): Map<string, number>;
  readonly chat_template?: unknown;
}

/** A tokenizer by itself, made of what its file says. */
export interface PreTrainedTokenizer {
  /** Words that the vocabulary has not stand among them as they are. */
  tokenize(text: string, options?: { add_special_tokens: boolean }): readonly string[];
  decode(ids: readonly number[], options: { skip_special_tokens: boolean }): string;
  /** By token, those that were added among them. */
  get_vocab(): Map<string, number>;
}

export type Inputs = Readonly<Record<string, Tensor>> & { readonly input_ids: Tensor };

export interface Processor {
  (first: unknown, second: unknown): Promise<Inputs>;
  readonly tokenizer: Tokenizer;
  readonly chat_template?: unknown;
  apply_chat_template(messages: readonly object[], options: { add_generation_prompt: boolean }): string;
  batch_decode(tokens: Tensor, options: { skip_special_tokens: boolean }): readonly string[];
}

/** Of one run, by the names that the graph gives them. */
export type Outputs = Readonly<Record<string, Tensor>> & { readonly logits: Tensor };

export interface Model {
  (inputs: Inputs): Promise<Outputs>;
  readonly config: Readonly<Record<string, unknown>>;
  generate(options: Readonly<Record<string, unknown>>): Promise<Tensor>;
  dispose(): Promise<unknown>;
}

/** Loads the library, and shuts its ways to the network. It is large: only who runs such a model loads it. */
export async function loadLibrary(): Promise<Library> {
  // It takes the image library that is loaded already: within Electron on Linux the one that does not crash there.
  await loadSharp();
  const library = (await import('@huggingface/transformers')) as unknown as Library;
  const { env } = library;
  // What fails comes back as an error: devices that are only tried must not cry out on standard error.
  env.logLevel = 50;
  env.allowRemoteModels = false;
  env.allowLocalModels = true;
  env.useFSCache = false;
  env.useWasmCache = false;
  env.fetch = () => Promise.reject(new Error('Models are taken from the disk alone.'));
  return library;
}

/** Runs what loads from a folder, by the name under which it finds it there. Loads must not overlap: the folder is a global. */
export async function fromFolder<T>({ env }: Library, folder: string, load: (name: string) => Promise<T>): Promise<T> {
  env.localModelPath = path.dirname(folder) + path.sep;
  return load(path.basename(folder));
}
