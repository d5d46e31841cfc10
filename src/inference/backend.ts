import type { Option } from '../core/model.js';
import type {
  BackendInfo,
  BackendKind,
  Detection,
  FoundModel,
  Generated,
  GenerateOptions,
  GridMap,
  ModelPlaces,
  Score,
  TokenWeight,
} from '../protocol/inference.js';

/**
 * What a model can be asked, whatever runs it. Probes (mirrored, shuffled, boxed, …), occlusion and RISE are transforms over this
 * interface and the same for every backend; only gradients, detections and attention come out of a backend itself.
 */

/** Pixels, upright: rows from the top, three bytes (red, green, blue) each. */
export interface RgbImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
  /** The bytes that these pixels were decoded from; null where a transform has changed a pixel. */
  readonly encoded: { readonly mime: string; readonly bytes: Uint8Array } | null;
  /** Where it was made of another picture by changing a part: a backend may use again what it has made of the rest. Left out for any other. */
  readonly patch?: Patch;
}

/** The picture that another one was made of, of the same size, and the pixels outside of which the two are the same. */
export interface Patch {
  readonly of: RgbImage;
  readonly area: Area;
}

/** Pixels of a picture; `right` and `bottom` are the first column and row that are outside. */
export interface Area {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** A question as it is put to a model. */
export interface Question {
  /** The question in words, without options. */
  readonly question: string;
  readonly options: readonly Option[];
  readonly images: readonly RgbImage[];
  /** What is sent instead of what the backend would make of question and options; null for that. */
  readonly prompt: string | null;
}

/** Where a model looked: a map for each image of the question. */
export interface ModelMaps {
  readonly maps: readonly GridMap[];
  /** Null where the backend cannot tell. */
  readonly tokens: readonly TokenWeight[] | null;
}

/**
 * A loaded model. Every method rejects with a FlipsideError where the model, the input or the server is at fault, with an AbortError once
 * `signal` aborts. Methods beyond `probe`, `score` and `dispose` are there where `probe` names the capability, and undefined elsewhere.
 */
export interface InferenceBackend {
  /** Tries what the model can do, once; later calls answer from memory. */
  probe(signal: AbortSignal): Promise<BackendInfo>;
  /** One score for each question, in their order. */
  score(questions: readonly Question[], signal: AbortSignal): Promise<readonly Score[]>;
  generate?(question: Question, options: GenerateOptions, signal: AbortSignal): Promise<readonly Generated[]>;
  /**
   * |∂f/∂x| for f = Σ target[i] · output of option i; one weight for each option: an option (1 and zeros), or the right one minus the
   * predicted one (1 and −1).
   */
  gradient?(question: Question, target: readonly number[], signal: AbortSignal): Promise<ModelMaps>;
  attention?(question: Question, signal: AbortSignal): Promise<ModelMaps>;
  detect?(image: RgbImage, phrases: readonly string[], signal: AbortSignal): Promise<readonly Detection[]>;
  dispose(): Promise<void>;
}

/** A way to run models: a new one is a file with this and a line in `backends/index.ts`. */
export interface BackendType {
  readonly kind: BackendKind;
  /** Models of this kind, without loading any. What cannot be used is listed with the reason (`missing`). */
  find(places: ModelPlaces, signal: AbortSignal): Promise<readonly FoundModel[]>;
  /** Loads a model that `find` has listed. */
  open(model: FoundModel, places: ModelPlaces, signal: AbortSignal): Promise<InferenceBackend>;
}
