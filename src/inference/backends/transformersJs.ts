import { FlipsideError } from '../../core/model.js';
import type { BackendInfo, FoundModel, ModelPlaces, ProviderTrial } from '../../protocol/inference.js';
import type { BackendType, InferenceBackend, Question } from '../backend.js';
import { excerpt } from '../plainText.js';
import { modelsIn, precisions } from './transformersJs/folders.js';
import { fromFolder, loadLibrary, type Library, type Processor } from './transformersJs/library.js';
import { TransformersJsModel } from './transformersJs/model.js';

/** Vision-language models in the layout of the Hugging Face hub, run by Transformers.js from folders on the disk. Nothing is fetched. */
export const transformersJs: BackendType = {
  kind: 'transformersjs',
  find: ({ folders }, signal) => modelsIn(folders, signal),
  open: async (model, places, signal) => {
    await requireListed(model, places, signal);
    const opening = last.then(() => opened(model, signal));
    last = opening.catch(() => undefined);
    return opening;
  },
};

/** The library is told by a global where to load from: one model after another. */
let last: Promise<unknown> = Promise.resolve();

/** Of the devices that the library knows on this system, the faster ones first. */
function devices(): readonly string[] {
  const { platform, arch } = process;
  const own = { win32: ['dml'], darwin: ['coreml'], linux: arch === 'x64' ? ['cuda'] : [] };
  return [...(platform in own ? own[platform as keyof typeof own] : []), 'webgpu', 'cpu'];
}

const DEVICE_NAMES: Readonly<Record<string, string>> = {
  ...{ cuda: 'CUDA', dml: 'DirectML', coreml: 'CoreML', webgpu: 'WebGPU', cpu: 'CPU' },
};

/** What each device is tried with. */
const TRIAL: Question = {
  question: 'Is this picture grey?',
  options: [
    { label: 'A', text: 'yes' },
    { label: 'B', text: 'no' },
  ],
  images: [{ width: 64, height: 64, data: new Uint8Array(64 * 64 * 3).fill(128), encoded: null }],
  prompt: null,
};

/** A folder that is not among the user's must not be loaded because somebody names it. */
async function requireListed({ id, where }: FoundModel, { folders }: ModelPlaces, signal: AbortSignal): Promise<void> {
  const listed = (await modelsIn(folders, signal)).find((each) => each.id === id && each.where === where);
  if (listed === undefined)
    throw new FlipsideError(`No model ${excerpt(id)} is in the folders of models any more. List the models again.`);
  if (listed.missing !== null) throw new FlipsideError(listed.missing);
}

async function opened(model: FoundModel, signal: AbortSignal): Promise<InferenceBackend> {
  signal.throwIfAborted();
  const library = await loadLibrary();
  const dtype = await precisions(model.where);
  const processor = await loaded(model, () =>
    fromFolder(library, model.where, (name) => library.AutoProcessor.from_pretrained(name)),
  );
  const tried: ProviderTrial[] = [];
  for (const device of devices()) {
    signal.throwIfAborted();
    const attempt = await on(device, { library, model, processor, dtype, tried });
    if (attempt.backend !== null) return attempt.backend;
    tried.push({ provider: DEVICE_NAMES[device] ?? device, reason: attempt.reason });
  }
  const reasons = tried.map(({ provider, reason }) => `${provider}: ${reason ?? ''}`).join(' · ');
  throw new FlipsideError(`${model.where} cannot be run. ${reasons}`);
}

interface Loading {
  readonly library: Library;
  readonly model: FoundModel;
  readonly processor: Processor;
  readonly dtype: Record<string, string>;
  readonly tried: readonly ProviderTrial[];
}

type Attempt =
  { readonly backend: InferenceBackend; readonly reason: null } | { readonly backend: null; readonly reason: string };

/** Loads the model on a device and asks it something: some devices fail only then. Throws what is no matter of the device. */
async function on(device: string, { library, model, processor, dtype, tried }: Loading): Promise<Attempt> {
  try {
    const graphs = await fromFolder(library, model.where, (name) =>
      library.AutoModelForImageTextToText.from_pretrained(name, { dtype, device }),
    );
    const info = infoOf(model, device, dtype, tried);
    const backend = new TransformersJsModel(library, processor, graphs, info);
    try {
      await backend.check(TRIAL);
      await backend.tryGradient({ folder: model.where, dtype });
      return { backend, reason: null };
    } catch (error) {
      await backend.dispose();
      throw error;
    }
  } catch (error) {
    if (error instanceof FlipsideError) throw error;
    if (error instanceof Error && error.message.startsWith('Unsupported model type'))
      throw new FlipsideError(
        `${model.where} is of a kind that Transformers.js does not know as one that sees and writes (${excerpt(error.message)}). Take another model, or a “process” model with hf_backend.py.`,
      );
    return { backend: null, reason: reasonOf(error) };
  }
}

/** Without the place in the runtime's sources that stands before what it says. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return excerpt(message.replace(/^\S+\.(?:cc|h):\d+ .* was false\. ?/s, ''));
}

function infoOf(
  { id, kind, name, bytes }: FoundModel,
  device: string,
  dtype: Record<string, string>,
  tried: readonly ProviderTrial[],
): BackendInfo {
  const provider = DEVICE_NAMES[device] ?? device;
  return {
    id,
    kind,
    name,
    device: provider,
    tried: [...tried, { provider, reason: null }],
    capabilities: ['optionProbs', 'generate', 'seed'],
    prompt: 'chat',
    inputSize: null,
    weights: null,
    memory: bytes,
    notes: [`Weights as ${[...new Set(Object.values(dtype))].join(', ')}.`],
  };
}

async function loaded<T>(model: FoundModel, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    throw new FlipsideError(
      `The processor of ${model.where} cannot be loaded: ${excerpt(error instanceof Error ? error.message : String(error))}. Take all files of the model, or one that Transformers.js knows.`,
    );
  }
}
