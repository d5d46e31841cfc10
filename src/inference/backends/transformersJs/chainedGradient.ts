import type { InferenceSession } from 'onnxruntime-node';
import { GradientUnavailable } from '../../autodiff/unavailable.js';
import { encodeModel, type OnnxModel } from '../../onnx/model.js';
import { loadRuntime, type Feeds, type Runtime } from '../../runtime/providers.js';
import { GradientGraph } from '../onnx/gradientGraph.js';
import type { Graphs } from './graphs.js';

/** What the processor has made of a question. */
export interface ChainedInputs {
  readonly tokens: readonly number[];
  /** [pictures, 3, height, width]. */
  readonly pixels: { readonly data: Float32Array; readonly dims: readonly number[] };
}

export interface ChainedGradients {
  /** ∂f/∂x in the shape of the pixels. */
  readonly pixels: Float32Array;
  /** |∂f/∂e| of each token, the length of the gradient by its vector. */
  readonly tokens: readonly number[];
}

/** f as the outputs for the next token say it: its slopes by these. */
export type Slopes = (logits: Float32Array) => Float32Array;

/**
 * The gradient through a model whose graphs are run one after another: by the decoder's inputs, of which those in the place of a picture are the
 * vision encoder's outputs, and from there by the pixels. Each graph has its gradient in its own run (autodiff/), and the first one's is what the
 * second one is weighted with: the chain rule.
 */
export class ChainedGradient {
  /** Made for questions of so many tokens and pictures. */
  private made: { readonly key: string; readonly decoder: GradientGraph; readonly vision: GradientGraph } | null = null;
  private forwards: {
    readonly embed: InferenceSession;
    readonly vision: InferenceSession;
    readonly decoder: InferenceSession;
  } | null = null;

  constructor(
    private readonly graphs: Graphs,
    /** The token in whose place a picture's vectors stand. */
    private readonly imageToken: number,
  ) {}

  /** Throws a GradientUnavailable that names what there is no rule for. */
  async of({ tokens, pixels }: ChainedInputs, slopes: Slopes): Promise<ChainedGradients> {
    const runtime = await loadRuntime();
    const forwards = (this.forwards ??= await this.load(runtime));
    const embeds = await only(forwards.embed, { input_ids: int64(runtime, tokens, [1, tokens.length]) });
    const features = await only(forwards.vision, { pixel_values: float(runtime, pixels.data, pixels.dims) });
    const places = tokens.flatMap((token, at) => (token === this.imageToken ? [at] : []));
    const width = embeds.dims.at(-1) ?? 0;
    if (places.length * width !== features.data.length) {
      throw new GradientUnavailable([`${features.data.length / width} vectors of pictures in ${places.length} places`]);
    }
    const merged = Float32Array.from(embeds.data);
    places.forEach((at, index) => merged.set(features.data.subarray(index * width, (index + 1) * width), at * width));
    const feeds = this.decoderFeeds(runtime, merged, [1, tokens.length, width]);
    const logits = await named(forwards.decoder, feeds, 'logits');
    const gradients = (this.made = await this.gradients(runtime, { tokens, pixels, merged, width }));
    const byEmbeds = await gradients.decoder.run(feeds, lastOf(logits, slopes), logits.dims);
    const [embedGradient = new Float32Array()] = byEmbeds;
    const byFeatures = new Float32Array(features.data.length);
    places.forEach((at, index) => byFeatures.set(embedGradient.subarray(at * width, (at + 1) * width), index * width));
    const [byPixels = new Float32Array()] = await gradients.vision.run(
      { pixel_values: float(runtime, pixels.data, pixels.dims) },
      byFeatures,
      features.dims,
    );
    return { pixels: byPixels, tokens: lengths(embedGradient, width) };
  }

  async dispose(): Promise<void> {
    const { forwards, made } = this;
    [this.forwards, this.made] = [null, null];
    for (const session of Object.values(forwards ?? {})) await session.release();
    await made?.decoder.dispose();
    await made?.vision.dispose();
  }

  private async load(runtime: Runtime) {
    const { embed, vision, decoder } = this.graphs;
    const session = (model: OnnxModel): Promise<InferenceSession> =>
      runtime.InferenceSession.create(encodeModel(model), { executionProviders: ['cpu'], logSeverityLevel: 4 });
    return { embed: await session(embed), vision: await session(vision), decoder: await session(decoder) };
  }

  /** Shapes are measured with a question of this length: they may be part of the graph. */
  private async gradients(
    runtime: Runtime,
    { tokens, pixels, merged, width }: ChainedInputs & { readonly merged: Float32Array; readonly width: number },
  ) {
    const key = [tokens.length, ...pixels.dims].join(' ');
    if (this.made?.key === key) return this.made;
    await this.made?.decoder.dispose();
    await this.made?.vision.dispose();
    this.made = null;
    const { vision, decoder } = this.graphs;
    const twice = (values: Float32Array): Float32Array => Float32Array.from([...values, ...values]);
    const [pictures = 1, ...rest] = pixels.dims;
    const output = vision.graph.outputs[0]?.name ?? '';
    const ofVision = { model: vision, inputs: ['pixel_values'], output };
    const ofDecoder = { model: decoder, inputs: ['inputs_embeds'], output: 'logits' };
    return {
      key,
      vision: await GradientGraph.make(
        { ...ofVision, feeds: () => ({ pixel_values: float(runtime, twice(pixels.data), [pictures * 2, ...rest]) }) },
        'cpu',
      ),
      decoder: await GradientGraph.make(
        { ...ofDecoder, feeds: () => this.decoderFeeds(runtime, twice(merged), [2, tokens.length, width]) },
        'cpu',
      ),
    };
  }

  /** Everything that the decoder takes, with nothing remembered of earlier tokens. */
  private decoderFeeds(runtime: Runtime, embeds: Float32Array, dims: readonly [number, number, number]): Feeds {
    const [batch, length] = dims;
    const each = (values: (at: number) => number) =>
      int64(
        runtime,
        Array.from({ length: batch * length }, (_, at) => values(at % length)),
        [batch, length],
      );
    const feeds: Record<string, Feeds[string]> = {};
    for (const { name, dims: stated } of this.graphs.decoder.graph.inputs) {
      if (name === 'inputs_embeds') feeds[name] = float(runtime, embeds, dims);
      else if (name === 'attention_mask') feeds[name] = each(() => 1);
      else if (name === 'position_ids') feeds[name] = each((at) => at);
      else if (name.startsWith('past_key_values')) {
        const [, heads, , size] = stated ?? [];
        if (typeof heads !== 'number' || typeof size !== 'number') throw new GradientUnavailable([`the input ${name}`]);
        feeds[name] = float(runtime, new Float32Array(), [batch, heads, 0, size]);
      } else throw new GradientUnavailable([`the input ${name}`]);
    }
    return feeds;
  }
}

interface Values {
  readonly data: Float32Array;
  readonly dims: readonly number[];
}

async function only(session: InferenceSession, feeds: Feeds): Promise<Values> {
  return named(session, feeds, session.outputNames[0] ?? '');
}

async function named(session: InferenceSession, feeds: Feeds, output: string): Promise<Values> {
  const { [output]: found } = await session.run(feeds, [output]);
  if (found === undefined) throw new Error(`The graph has no output ${output}.`);
  return { data: found.data as Float32Array, dims: found.dims };
}

/** Weights for all outputs: the slopes for those of the last token, 0 for all others. */
function lastOf({ data, dims }: Values, slopes: Slopes): Float32Array {
  const size = dims.at(-1) ?? 0;
  const weights = new Float32Array(data.length);
  weights.set(slopes(data.subarray(data.length - size)), data.length - size);
  return weights;
}

function lengths(gradient: Float32Array, width: number): readonly number[] {
  return Array.from({ length: gradient.length / width }, (_, at) =>
    Math.hypot(...gradient.subarray(at * width, (at + 1) * width)),
  );
}

function float({ Tensor }: Runtime, values: Float32Array, dims: readonly number[]) {
  return new Tensor('float32', values, [...dims]);
}

function int64({ Tensor }: Runtime, values: readonly number[], dims: readonly number[]) {
  return new Tensor('int64', BigInt64Array.from(values.map(BigInt)), [...dims]);
}
