import type { Option } from '../core/model.js';

/**
 * What the inference process and those who ask it say to one another: plain data, which pages may show as it is.
 */

/** What a backend can do. Found by trying (`probe`), never assumed from a name. */
export type Capability =
  /** Probabilities over the options of a question, in one go. */
  | 'optionProbs'
  /** Writes an answer in words. */
  | 'generate'
  /** The same seed gives the same samples. */
  | 'seed'
  /** Several questions in one `score` take less time than one after another. */
  | 'batch'
  /** |∂f/∂x| by the pixels of the images. */
  | 'inputGradient'
  /** |∂f/∂e| by the words of the question. */
  | 'tokenGradient'
  /** Attention of the answer over the image. */
  | 'attention'
  /** Boxes for phrases. */
  | 'detect';

/** Probabilities over the options of a question. */
export interface Score {
  /** One for each option, with sum 1 over those that are not null; null for an option that the model has no word for. */
  readonly probabilities: readonly (number | null)[];
  /**
   * What they were read from: the outputs for the options, the log-probabilities that a server tells, or the shares of sampled answers,
   * which are estimates.
   */
  readonly source: 'logits' | 'logprobs' | 'sampled';
  /** What the reader of these numbers should know: words that the model does not know, and the like. */
  readonly notes: readonly string[];
}

export interface GenerateOptions {
  readonly n: number;
  /** 0 takes the likeliest answer. */
  readonly temperature: number;
  readonly seed: number | null;
  readonly maxTokens: number;
}

/** One answer in words. `seed`: the one it was made with; null where it depends on none, or the backend takes none. */
export interface Generated {
  readonly text: string;
  readonly seed: number | null;
}

/** One number for each cell of a grid over an image, rows from the top. Not negative, unless the map says what a sign means. */
export interface GridMap {
  readonly width: number;
  readonly height: number;
  readonly values: Float32Array;
}

/** How much each word of the question matters, in the order of the words. */
export interface TokenWeight {
  readonly text: string;
  readonly weight: number;
}

/** A box in fractions of the image. */
export interface Detection {
  readonly phrase: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly score: number;
}

/** What an execution provider said when it was tried. `reason` is null for the one that answered. */
export interface ProviderTrial {
  readonly provider: string;
  readonly reason: string | null;
}

export interface BackendInfo {
  /** Of the model, as it is named in settings, files and commands: `bundled:augmented`. */
  readonly id: string;
  readonly kind: BackendKind;
  /** For people. */
  readonly name: string;
  /** What runs it: `CPU`, `CUDA`, `WebGPU`, the server's address, the name of the device that a process tells. */
  readonly device: string;
  /** Faster providers first, up to the one that answered; empty where the backend has no choice. */
  readonly tried: readonly ProviderTrial[];
  readonly capabilities: readonly Capability[];
  /** `question`: the question alone is sent, options are scored beside it; `chat`: question, options and what to answer with. */
  readonly prompt: 'question' | 'chat';
  /** The size to which every image is brought before the model sees it; null where that depends on the image. */
  readonly inputSize: { readonly width: number; readonly height: number } | null;
  /** SHA-256 of the weights; null where nobody can tell (a server). */
  readonly weights: string | null;
  /** Bytes that the loaded model takes, as far as known. */
  readonly memory: number | null;
  readonly notes: readonly string[];
}

export type BackendKind = 'bundled' | 'onnx' | 'transformersjs' | 'openai' | 'process';

/** Where models are looked for. */
export interface ModelPlaces {
  /** The folder of the models that come with Flipside. */
  readonly bundled: string;
  /** Folders of the user: manifests of ONNX graphs, and models in the layout of the Hugging Face hub. */
  readonly folders: readonly string[];
  readonly endpoints: readonly Endpoint[];
  readonly processes: readonly ProcessCommand[];
  /** The one execution provider to use (`cpu`, `cuda`, …); absent or null to try the faster ones first. */
  readonly device?: string | null;
  /** Loaded models may take so many bytes together; absent for 4 GB. One alone may take more. */
  readonly memoryLimit?: number;
}

/** A server that speaks the OpenAI protocol. */
export interface Endpoint {
  readonly name: string;
  /** Up to and with `/v1`. */
  readonly url: string;
  /** One of the server's models; null for all it lists. */
  readonly model: string | null;
  /** Sent as bearer token; null for none. Never stored or logged. */
  readonly key: string | null;
}

/** A program that speaks the line protocol of `process` models on its standard input and output. */
export interface ProcessCommand {
  readonly name: string;
  readonly command: readonly string[];
  readonly cwd: string | null;
}

/** A model that was found and not loaded. */
export interface FoundModel {
  readonly id: string;
  readonly kind: BackendKind;
  readonly name: string;
  /** File, folder, address or command. */
  readonly where: string;
  /** Bytes of its weights; null where they lie elsewhere. */
  readonly bytes: number | null;
  /** What keeps it from being loaded, and what to do; null where nothing is known to. */
  readonly missing: string | null;
}

/** An item as it is asked: pictures as the files they came from. */
export interface AskedItem {
  readonly question: string;
  readonly options: readonly Option[];
  readonly images: readonly Uint8Array[];
  /** See Question.prompt. */
  readonly prompt: string | null;
}

export interface AskParams {
  readonly places: ModelPlaces;
  readonly model: string;
  readonly item: AskedItem;
  readonly options: GenerateOptions;
}

/** An image that was given to a model: SHA-256 of its bytes as they came, and its size upright. */
export interface AskedImage {
  readonly sha256: string;
  readonly width: number;
  readonly height: number;
}

/** What a model answered to one item. */
export interface Asked {
  readonly info: BackendInfo;
  /** What was sent. */
  readonly prompt: string;
  readonly answers: readonly Generated[];
  /** Null where the backend gives none. */
  readonly score: Score | null;
  readonly images: readonly AskedImage[];
  readonly milliseconds: number;
}

export type SaliencyMethod = 'gradient' | 'occlusion' | 'rise' | 'attention';

/** What is explained: an option, or how much more one is favoured than another. */
export interface SaliencyTarget {
  readonly option: number;
  /** Null for the option alone. */
  readonly against: number | null;
}

export interface SaliencyParams {
  readonly places: ModelPlaces;
  readonly model: string;
  readonly item: AskedItem;
  readonly method: SaliencyMethod;
  readonly target: SaliencyTarget;
  readonly seed: number;
  /** Partial maps are told under this number (`partial`). */
  readonly task: number;
}

/** Where a model looked, and how that was found. */
export interface Saliency {
  readonly info: BackendInfo;
  /** The method that was used: occlusion where a gradient was asked for and the graph has none. */
  readonly method: SaliencyMethod;
  /** Why another method was used than the one asked for; empty else. What else should be known. */
  readonly notes: readonly string[];
  readonly target: SaliencyTarget;
  /** One for each image. */
  readonly maps: readonly GridMap[];
  readonly tokens: readonly TokenWeight[] | null;
  /** How often the model was run. */
  readonly forwards: number;
  readonly milliseconds: number;
}

/** A file of a map that is still to be written. */
export interface MapFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** A map that was read from a file. */
export interface ReadMap {
  readonly map: GridMap;
  /** What had to be taken for something. */
  readonly notes: readonly string[];
}

/** What the inference process answers. */
export interface InferenceMethods {
  /** Answers at once, unless native code is running. */
  ping(params: null): null;
  /** Models that can be found; none is loaded. */
  models(params: { places: ModelPlaces }, signal: AbortSignal): Promise<readonly FoundModel[]>;
  /** Loads a model and tries what it can do. */
  probe(params: { places: ModelPlaces; model: string }, signal: AbortSignal): Promise<BackendInfo>;
  ask(params: AskParams, signal: AbortSignal): Promise<Asked>;
  /** Where a model looked; see SaliencyParams. */
  saliency(params: SaliencyParams, signal: AbortSignal): Promise<Saliency>;
  detect(
    params: { places: ModelPlaces; model: string; image: Uint8Array; phrases: readonly string[] },
    signal: AbortSignal,
  ): Promise<readonly Detection[]>;
  /** The files of a rerun's maps: raw data (`.npy`), in grey (`.png`) and in colours (`-colours.png`), with names that begin with `stem`. */
  encodeMaps(params: { maps: readonly GridMap[]; stem: string }): Promise<readonly MapFile[]>;
  /** Maps from files (PNG, NumPy). Fails with what is wrong with the first that is none. */
  readMaps(params: { files: readonly string[] }): Promise<readonly ReadMap[]>;
}

/** What the process holds and does. */
export interface InferenceStatus {
  readonly loaded: readonly BackendInfo[];
  readonly running: string | null;
  readonly waiting: number;
  /** Why the process is gone, in a sentence, where it died by itself; absent otherwise. */
  readonly ended?: string;
}

export interface InferenceEvents {
  status: InferenceStatus;
  /** A saliency map that is still being refined. */
  partial: { readonly task: number; readonly maps: readonly GridMap[]; readonly done: number; readonly total: number };
}
