import { createHash } from 'node:crypto';
import type {
  AskedItem,
  Asked,
  AskParams,
  GridMap,
  InferenceEvents,
  InferenceMethods,
  InferenceStatus,
  Saliency,
  SaliencyParams,
} from '../protocol/inference.js';
import { answersOf, sentPrompt } from './answers.js';
import type { Question } from './backend.js';
import { BACKENDS } from './backends/index.js';
import { decodeImage } from './images.js';
import { ModelCache } from './modelCache.js';
import { Queue } from './queue.js';
import { explain } from './saliency/explain.js';
import { mapFilesOf, readMap } from './saliency/mapFiles.js';

/** What the inference process holds, and what it answers: models, loaded when first asked, and one thing at a time. */
export class InferenceSession {
  private readonly cache = new ModelCache(BACKENDS);
  private readonly queue = new Queue(() => this.emit('status', this.status()));

  constructor(private readonly emit: <K extends keyof InferenceEvents>(name: K, payload: InferenceEvents[K]) => void) {}

  methods(): InferenceMethods {
    return {
      ping: () => null,
      models: ({ places }, signal) => this.cache.find(places, signal),
      probe: ({ places, model }, signal) =>
        this.queue.run(`load ${model}`, signal, async () => (await this.cache.open(model, places, signal)).info),
      ask: (params, signal) => this.queue.run(`ask ${params.model}`, signal, () => this.ask(params, signal)),
      saliency: (params, signal) =>
        this.queue.run(`explain ${params.model}`, signal, () => this.saliency(params, signal)),
      detect: ({ places, model, image, phrases }, signal) =>
        this.queue.run(`detect ${model}`, signal, async () => {
          const { backend } = await this.cache.open(model, places, signal);
          return (await backend.detect?.(await decodeImage(image), phrases, signal)) ?? [];
        }),
      // Neither runs a model, so neither waits for one.
      encodeMaps: ({ maps, stem }) => mapFilesOf(maps, stem),
      readMaps: ({ files }) => Promise.all(files.map((file) => readMap(file))),
    };
  }

  private async saliency(params: SaliencyParams, signal: AbortSignal): Promise<Saliency> {
    const { places, model, item, task, target } = params;
    const [question, { info, backend }] = await Promise.all([questionOf(item), this.cache.open(model, places, signal)]);
    const start = performance.now();
    const onPartial = (maps: readonly GridMap[], done: number, total: number): void =>
      this.emit('partial', { task, maps, done, total });
    const explained = await explain(backend, question, params, onPartial, signal);
    return { info, target, ...explained, milliseconds: performance.now() - start };
  }

  private status(): InferenceStatus {
    return { loaded: this.cache.infos, running: this.queue.running, waiting: this.queue.waiting };
  }

  private async ask({ places, model, item, options }: AskParams, signal: AbortSignal): Promise<Asked> {
    const [question, { info, backend }] = await Promise.all([questionOf(item), this.cache.open(model, places, signal)]);
    const start = performance.now();
    const { answers, score } = await answersOf(backend, question, options, signal);
    return {
      ...{ info, prompt: sentPrompt(info, question), answers, score },
      images: question.images.map(({ width, height }, index) => ({
        sha256: createHash('sha256')
          .update(item.images[index] ?? '')
          .digest('hex'),
        ...{ width, height },
      })),
      milliseconds: performance.now() - start,
    };
  }
}

async function questionOf({ question, options, images, prompt }: AskedItem): Promise<Question> {
  return { question, options, prompt, images: await Promise.all(images.map((bytes) => decodeImage(bytes))) };
}
