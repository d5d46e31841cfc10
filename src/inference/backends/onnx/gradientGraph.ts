import {
  gradientName,
  TARGET,
  withEveryTensor,
  withInputGradient,
  type Measured,
} from '../../autodiff/inputGradient.js';
import { GradientUnavailable } from '../../autodiff/unavailable.js';
import { encodeModel, type OnnxModel } from '../../onnx/model.js';
import { loadRuntime, startGraph, type Feeds, type RunningGraph, type Runtime } from '../../runtime/providers.js';

/** Shapes are made of tensors of few numbers; larger ones are data. */
const MOST_INTEGERS = 256;

export interface GradientParts {
  readonly model: OnnxModel;
  /** The tensors that the gradient is by. */
  readonly inputs: readonly string[];
  readonly output: string;
  /** Inputs for two questions, which the graph is measured with. */
  readonly feeds: (runtime: Runtime) => Feeds;
}

/** A graph that gives its output and the gradients by its inputs, weighted, in one run. */
export class GradientGraph {
  private constructor(
    private readonly running: RunningGraph,
    private readonly parts: GradientParts,
  ) {}

  /** Throws a GradientUnavailable. */
  static async make(parts: GradientParts, device: string): Promise<GradientGraph> {
    const measured = await measure(parts);
    const { model, inputs, output } = parts;
    const made = withInputGradient(model, { inputs, output, measured });
    if (!made.ok) throw new GradientUnavailable(made.unsupported);
    const bytes = encodeModel(made.model);
    const running = await startGraph(bytes, device, () => Promise.resolve());
    return new GradientGraph(running, parts);
  }

  /**
   * Gradients by the inputs, in their order, of Σ weights · output. `dims`: the shape of the output, which the weights have too.
   */
  async run(feeds: Feeds, weights: Float32Array, dims: readonly number[]): Promise<readonly Float32Array[]> {
    const { session, runtime } = this.running;
    const target = new runtime.Tensor('float32', weights, [...dims]);
    const outputs = await session.run({ ...feeds, [TARGET]: target }, this.parts.inputs.map(gradientName));
    return this.parts.inputs.map((input) => outputs[gradientName(input)]?.data as Float32Array);
  }

  async dispose(): Promise<void> {
    await this.running.session.release();
  }
}

/** One run on the processor, of a graph that tells all its tensors. */
async function measure({ model, feeds }: GradientParts): Promise<Measured> {
  const runtime = await loadRuntime();
  const options = { executionProviders: ['cpu'], graphOptimizationLevel: 'disabled', logSeverityLevel: 4 } as const;
  const session = await runtime.InferenceSession.create(encodeModel(withEveryTensor(model)), options);
  try {
    const given = feeds(runtime);
    const outputs = await session.run(given);
    const shapes = new Map<string, readonly number[]>();
    const integers = new Map<string, { dims: readonly number[]; values: BigInt64Array }>();
    for (const [name, value] of [...Object.entries(given), ...Object.entries(outputs)]) {
      const { dims, data } = value as { dims: readonly number[]; data: unknown };
      shapes.set(name, dims);
      const isGiven = name in given;
      if (!isGiven && data instanceof BigInt64Array && data.length <= MOST_INTEGERS)
        integers.set(name, { dims, values: data });
    }
    return { shapes, integers };
  } finally {
    await session.release();
  }
}
