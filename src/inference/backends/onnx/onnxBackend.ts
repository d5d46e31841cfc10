import { readFile } from 'node:fs/promises';
import { FlipsideError } from '../../../core/model.js';
import type { BackendInfo, Detection, FoundModel, GridMap, Score } from '../../../protocol/inference.js';
import { operatorsWithoutRule } from '../../autodiff/inputGradient.js';
import { GradientUnavailable } from '../../autodiff/unavailable.js';
import type { InferenceBackend, ModelMaps, Question, RgbImage } from '../../backend.js';
import { decodeModel, type OnnxModel } from '../../onnx/model.js';
import { startGraph, type Outputs, type RunningGraph } from '../../runtime/providers.js';
import { detections } from './boxes.js';
import { GradientGraph } from './gradientGraph.js';
import { GraphInputs, type Prepared } from './inputs.js';
import { graphFile, readManifest, requireHash, type Manifest } from './manifest.js';
import { imageMaps, tokenWeights } from './maps.js';
import { optionOutputs, scoreOf, type OptionPlaces } from './options.js';

/** As many questions run at once; more take more memory and no less time. */
const BATCH = 32;
/** A graph in memory takes about this much more than its file. */
const IN_MEMORY = 1.5;

/** A graph of the user's, or one that comes with Flipside, as its manifest describes it. */
export class OnnxBackend implements InferenceBackend {
  readonly gradient?: NonNullable<InferenceBackend['gradient']>;
  readonly detect?: NonNullable<InferenceBackend['detect']>;
  private gradients: GradientGraph | null = null;
  /** Of options that were asked about: to look for classes in their words takes longer than to read a score. */
  private readonly places = new WeakMap<Question['options'], OptionPlaces>();

  private constructor(
    private readonly info: BackendInfo,
    private readonly manifest: Manifest,
    private readonly running: RunningGraph,
    private readonly inputs: GraphInputs,
    private readonly model: OnnxModel | null,
  ) {
    if (info.capabilities.includes('inputGradient')) this.gradient = this.gradientOf.bind(this);
    if (info.capabilities.includes('detect')) this.detect = this.boxesOf.bind(this);
  }

  /** Loads the graph beside a manifest. Throws a FlipsideError that names the file that is missing, damaged or another one. */
  static async open(found: FoundModel, device: string | null): Promise<OnnxBackend> {
    const manifest = await readManifest(found.where);
    const { file, bytes } = await graphFile(found.where, manifest);
    const weights = await requireHash(file, found.where, manifest);
    const inputs = await GraphInputs.open(found.where, manifest);
    let batch: 1 | null = null;
    const running = await startGraph(file, device, async ({ session, runtime }) => {
      inputs.requireKnown(found.where, session);
      requireOutputs(found.where, manifest, session.outputNames);
      batch = inputs.fixedBatch(found.where, session);
      const outputs = await session
        .run(inputs.feeds(runtime, inputs.prepareTrial(batch ?? 2)))
        .catch((error: Error) => {
          throw mismatched(error, found.where, manifest, inputs.lastToken);
        });
      requireClasses(found.where, manifest, outputs);
    });
    const decoded = await decodedGraph(file);
    requireEmbedding(found.where, manifest, decoded);
    const lacking = decoded === null ? ['its file could not be taken apart'] : lackingRules(decoded, manifest);
    const info: BackendInfo = {
      ...{ id: found.id, kind: found.kind, name: manifest.name, device: running.device, tried: running.tried },
      capabilities: [
        'optionProbs',
        ...(batch === null ? (['batch'] as const) : []),
        ...(lacking.length === 0 ? (['inputGradient'] as const) : []),
        ...(lacking.length === 0 && (manifest.text?.embedding ?? null) !== null ? (['tokenGradient'] as const) : []),
        ...(manifest.boxes === null ? [] : (['detect'] as const)),
      ],
      ...{ prompt: 'question', inputSize: sizeOf(manifest), weights, memory: Math.round(bytes * IN_MEMORY) },
      notes: [...manifest.notes, ...(lacking.length === 0 ? [] : [`No gradient: ${lacking.join(', ')}.`])],
    };
    return new OnnxBackend(info, manifest, running, inputs, lacking.length === 0 ? decoded : null);
  }

  probe(): Promise<BackendInfo> {
    return Promise.resolve(this.info);
  }

  async score(questions: readonly Question[], signal: AbortSignal): Promise<readonly Score[]> {
    const scores: Score[] = [];
    const batch = this.info.capabilities.includes('batch') ? BATCH : 1;
    for (let start = 0; start < questions.length; start += batch) {
      signal.throwIfAborted();
      scores.push(...(await this.scoreSome(questions.slice(start, start + batch))));
    }
    return scores;
  }

  private async scoreSome(questions: readonly Question[]): Promise<readonly Score[]> {
    if (this.manifest.output.kind === 'similarity' && !areAlike(questions)) {
      const each = [];
      for (const question of questions) each.push(...(await this.scoreSome([question])));
      return each;
    }
    const { output } = this.manifest;
    const prepared = await this.inputs.prepare(questions);
    const { values, width } = rowsOf(await this.run(prepared), output.logits);
    this.inputs.reuse(prepared);
    return questions.map((question, index) => {
      const logits = values.subarray(index * width, (index + 1) * width);
      return scoreOf(
        question,
        { places: this.placesOf(question.options), output },
        logits,
        prepared.notes[index] ?? [],
      );
    });
  }

  private placesOf(options: Question['options']): OptionPlaces {
    const known = this.places.get(options);
    if (known !== undefined) return known;
    const places = optionOutputs(options, this.manifest.output);
    this.places.set(options, places);
    return places;
  }

  private async run(prepared: Prepared): Promise<Outputs> {
    const { session, runtime } = this.running;
    try {
      return await session.run(this.inputs.feeds(runtime, prepared));
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      throw new FlipsideError(
        `The graph of ${this.info.name} fails on this question: ${message.replace(/\s+/g, ' ').slice(0, 300)}`,
      );
    }
  }

  private async gradientOf(question: Question, target: readonly number[]): Promise<ModelMaps> {
    const prepared = await this.inputs.prepare([question]);
    const graph = await this.gradientGraph();
    const { output, image, text } = this.manifest;
    const places = this.placesOf(question.options);
    const width = output.kind === 'classes' ? output.classes.length : question.options.length;
    const weights = new Float32Array(width);
    target.forEach((weight, option) => {
      const place = places[option] ?? null;
      if (place === null && weight !== 0) throw noWordFor(question, option);
      if (place !== null) weights[place] = (weights[place] ?? 0) + weight;
    });
    const gradients = await graph.run(this.inputs.feeds(this.running.runtime, prepared), weights, [1, width]);
    const [byImage = new Float32Array(), byWords] = gradients;
    const maps: readonly GridMap[] = imageMaps(byImage, image, prepared.placed);
    const tokens = text === null || byWords === undefined ? null : tokenWeights(byWords, text, prepared.words);
    return { maps, tokens };
  }

  private async gradientGraph(): Promise<GradientGraph> {
    if (this.gradients !== null) return this.gradients;
    if (this.model === null) throw new GradientUnavailable(['its graph has operations that are not differentiated']);
    const trial = this.inputs.prepareTrial(this.info.capabilities.includes('batch') ? 2 : 1);
    const { output, image, text } = this.manifest;
    const embedding = output.kind === 'classes' ? (text?.embedding ?? null) : null;
    const parts = {
      ...{ model: this.model, output: output.logits },
      inputs: [image.input, ...(embedding === null ? [] : [embedding])],
      feeds: (runtime: RunningGraph['runtime']) => this.inputs.feeds(runtime, trial),
    };
    this.gradients = await GradientGraph.make(parts, this.running.device);
    return this.gradients;
  }

  private async boxesOf(image: RgbImage, phrases: readonly string[]): Promise<readonly Detection[]> {
    return detections(phrases, this.manifest, async (question) => {
      const prepared = await this.inputs.prepare([{ question, options: [], images: [image], prompt: null }]);
      return { outputs: await this.run(prepared), placed: prepared.placed[0] };
    });
  }

  async dispose(): Promise<void> {
    await this.running.session.release();
    await this.gradients?.dispose();
  }
}

function areAlike(questions: readonly Question[]): boolean {
  const [first] = questions;
  return questions.every((each) => each.question === first?.question && each.options === first.options);
}

function rowsOf(outputs: Outputs, name: string): { values: Float32Array; width: number } {
  const { data, dims } = outputs[name] as { data: unknown; dims: readonly number[] };
  if (!(data instanceof Float32Array) || dims.length !== 2) {
    throw new FlipsideError(
      `The output "${name}" has the shape [${dims.join(', ')}]; [questions, answers] of 32-bit floats was expected.`,
    );
  }
  return { values: data, width: dims[1] ?? 0 };
}

function requireOutputs(file: string, { output, boxes }: Manifest, names: readonly string[]): void {
  const named = [
    ['"output.logits"', output.logits] as const,
    ...(boxes === null ? [] : [['"boxes.output"', boxes.output] as const]),
  ];
  const wrong = named.find(([, name]) => !names.includes(name));
  if (wrong === undefined) return;
  throw new FlipsideError(`${file}: ${wrong[0]} is "${wrong[1]}", and the graph gives ${names.join(', ')}.`);
}

/** With fewer or more classes than the graph has outputs, answers would be those of other words. */
function requireClasses(file: string, { output }: Manifest, outputs: Outputs): void {
  const { width } = rowsOf(outputs, output.logits);
  if (output.kind !== 'classes' || output.classes.length === width) return;
  throw new FlipsideError(
    `${file}: "output.classes" has ${output.classes.length} entries, and the graph's output "${output.logits}" has ${width} values. Name each of them, in their order.`,
  );
}

/** The gradient by words is taken at a tensor between the graph's input and its output. */
function requireEmbedding(file: string, { text }: Manifest, model: OnnxModel | null): void {
  const name = text?.embedding ?? null;
  if (name === null || model === null || model.graph.nodes.some(({ outputs }) => outputs.includes(name))) return;
  throw new FlipsideError(
    `${file}: "text.embedding" is "${name}", and no operation of the graph gives a tensor of this name.`,
  );
}

/** What the trial's last token of the vocabulary makes of a graph that has a vector for fewer. */
function mismatched(error: Error, file: string, { text }: Manifest, last: number | null): Error {
  const range = /indices element out of data bounds.*\[-(\d+),/.exec(error.message.replace(/\s+/g, ' '));
  if (range === null || text === null) return error;
  if (text.tokenizer.kind === 'file') {
    return new FlipsideError(
      `The tokenizer of ${file} does not belong to its graph: the tokens of ${text.tokenizer.file} have numbers up to ${last}, and the graph knows ${range[1]}, from 0 on.`,
    );
  }
  return new FlipsideError(
    `The tokenizer of ${file} does not belong to its graph: "text.vocabulary" has ${text.tokenizer.vocabulary.length} words, and the graph knows ${range[1]}.`,
  );
}

function sizeOf({ image }: Manifest): { width: number; height: number } | null {
  // Of a picture that is cut or framed, masks have to be laid on the whole one.
  return image.fit === 'fill' ? { width: image.width, height: image.height } : null;
}

/** Null where the file is none that this project's reader understands; the runtime does, so that all but the gradient works. */
async function decodedGraph(file: string): Promise<OnnxModel | null> {
  try {
    return decodeModel(await readFile(file));
  } catch {
    return null;
  }
}

function lackingRules(model: OnnxModel, { image, output }: Manifest): readonly string[] {
  return operatorsWithoutRule(model, { inputs: [image.input], output: output.logits });
}

function noWordFor({ options }: Question, option: number): FlipsideError {
  return new FlipsideError(
    `The model has no word for the option "${options[option]?.text ?? option}", so there is nothing to explain.`,
  );
}
