/**
 * The bundled model on the processor, against the runtime alone on the same graph and images: what the process and the RPC add to an answer,
 * what a gradient costs in forwards, how many masked images a second occlusion scores, and how long a first answer takes from nothing.
 */
import { readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { InferenceBackend, Question } from '../src/inference/backend.js';
import { bundled } from '../src/inference/backends/bundled.js';
import { InferenceClient } from '../src/inference/client.js';
import { decodeImage, resizeImage } from '../src/inference/images.js';
import { occlusion } from '../src/inference/saliency/occlusion.js';
import type { AskedItem, ModelPlaces } from '../src/protocol/inference.js';
import { median } from './measure.js';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const MODEL = 'bundled:augmented';
const EDGE = 96;
const WORDS = 24;
/** As many masked images at a time, on both sides. */
const BATCH = 16;
const ROUNDS = 200;
const STARTS = 7;

export interface InferenceTimes {
  /** Milliseconds from the fork to the first answer, decoding included; the median of fresh processes. */
  readonly coldStartMs: number;
  /** Of an answer through process and RPC, and of the runtime alone with decoding and resizing; medians. */
  readonly askMs: number;
  readonly bareMs: number;
  readonly overheadMs: number;
  /** A gradient with its forward, and a forward alone, both of one image through the runtime. */
  readonly gradientMs: number;
  readonly forwardMs: number;
  readonly gradientInForwards: number;
  /** Masked images a second: through occlusion, and through the runtime in batches alone, each with one decoding. */
  readonly occlusionPerSecond: number;
  readonly barePerSecond: number;
  readonly occlusionRatio: number;
}

const places: ModelPlaces = {
  ...{ bundled: path.join(root, 'models'), folders: [], endpoints: [], processes: [] },
  device: 'cpu',
};
const bytes = new Uint8Array(readFileSync(path.join(root, 'samples', 'scenes', 'scene-05.png')));
const text = 'Is the cyan cross to the right or to the left of the pink star?';
const options = ['below', 'above', 'right', 'left'].map((each) => ({ label: null, text: each }));

/** Measures all of it, in turns, so that a slow moment of the machine meets both sides. */
export async function inferenceTimes(): Promise<InferenceTimes> {
  const signal = new AbortController().signal;
  const found = (await bundled.find(places, signal)).find(({ id }) => id === MODEL);
  if (found === undefined) throw new Error(`${MODEL} is missing in models/.`);
  const backend = await bundled.open(found, places, signal);
  const bare = await BareGraph.open(path.join(root, 'models', 'augmented.onnx'));
  try {
    return {
      coldStartMs: await coldStart(),
      ...(await askTimes(bare)),
      ...(await gradientTimes(backend, bare)),
      ...(await occlusionRates(backend, bare)),
    };
  } finally {
    await backend.dispose();
    await bare.close();
  }
}

function newClient(): InferenceClient {
  return new InferenceClient({
    script: path.join(root, 'dist', 'inference.cjs'),
    program: () => ({ node: process.execPath, env: process.env }),
    log: { info: () => undefined, error: (line) => process.stderr.write(`${line}\n`) },
  });
}

async function ask(client: InferenceClient, from = places): Promise<number> {
  const item: AskedItem = { question: text, options, images: [bytes], prompt: null };
  const start = performance.now();
  const asking = { n: 1, temperature: 0, seed: null, maxTokens: 8 };
  await client.ask('ask', { places: from, model: MODEL, item, options: asking });
  return performance.now() - start;
}

async function coldStart(): Promise<number> {
  const times: number[] = [];
  for (let start = 0; start < STARTS; start++) {
    const client = newClient();
    // As it starts for a user: faster providers are tried first.
    times.push(await ask(client, { ...places, device: null }));
    client.dispose();
  }
  return round(median(times));
}

async function askTimes(bare: BareGraph): Promise<Pick<InferenceTimes, 'askMs' | 'bareMs' | 'overheadMs'>> {
  const client = newClient();
  try {
    await ask(client);
    const [asked, alone]: [number[], number[]] = [[], []];
    for (let turn = 0; turn < ROUNDS; turn++) {
      asked.push(await ask(client));
      alone.push(await timed(async () => bare.run(await pixelsOf(bytes), 1)));
    }
    const [askMs, bareMs] = [median(asked), median(alone)];
    return { askMs: round(askMs), bareMs: round(bareMs), overheadMs: round(askMs - bareMs) };
  } finally {
    client.dispose();
  }
}

async function gradientTimes(
  backend: InferenceBackend,
  bare: BareGraph,
): Promise<Pick<InferenceTimes, 'gradientMs' | 'forwardMs' | 'gradientInForwards'>> {
  const question = await seen();
  const pixels = await pixelsOf(bytes);
  const { signal } = new AbortController();
  const gradient = () => backend.gradient?.(question, [0, 0, 1, 0], signal);
  await gradient();
  const [with_, without]: [number[], number[]] = [[], []];
  for (let turn = 0; turn < ROUNDS; turn++) {
    with_.push(await timed(gradient));
    without.push(await timed(() => bare.run(pixels, 1)));
  }
  const [gradientMs, forwardMs] = [median(with_), median(without)];
  return {
    gradientMs: round(gradientMs),
    forwardMs: round(forwardMs),
    gradientInForwards: round(gradientMs / forwardMs),
  };
}

async function occlusionRates(
  backend: InferenceBackend,
  bare: BareGraph,
): Promise<Pick<InferenceTimes, 'occlusionPerSecond' | 'barePerSecond' | 'occlusionRatio'>> {
  const { signal } = new AbortController();
  const ours: number[] = [];
  const alone: number[] = [];
  const ratios: number[] = [];
  for (let turn = 0; turn < ROUNDS / 10; turn++) {
    let forwards = 0;
    const took = await timed(async () => {
      const image = await decodeImage(bytes);
      const question = { question: text, options, images: [image], prompt: null };
      const target = { option: 2, against: null };
      ({ forwards } = await occlusion({ backend, question, target, batch: BATCH, onPartial: () => undefined, signal }));
    });
    const bareTook = await timed(() => bare.many(forwards));
    ours.push((forwards / took) * 1000);
    alone.push((forwards / bareTook) * 1000);
    ratios.push(bareTook / took);
  }
  return {
    occlusionPerSecond: Math.round(median(ours)),
    barePerSecond: Math.round(median(alone)),
    occlusionRatio: round(median(ratios)),
  };
}

/** The question with its image in the size of the graph: a gradient is measured without decoding, as the forward is. */
async function seen(): Promise<Question> {
  return { question: text, options, images: [await resizeImage(await decodeImage(bytes), EDGE, EDGE)], prompt: null };
}

/** Numbers as the graph takes them, from a file. */
async function pixelsOf(file: Uint8Array): Promise<Float32Array> {
  const { data } = await resizeImage(await decodeImage(file), EDGE, EDGE);
  const pixels = new Float32Array(data.length);
  for (let pixel = 0; pixel < EDGE * EDGE; pixel++) {
    for (let colour = 0; colour < 3; colour++) {
      pixels[colour * EDGE * EDGE + pixel] = (data[pixel * 3 + colour] ?? 0) / 255;
    }
  }
  return pixels;
}

/** The runtime with the graph, and nothing of ours. */
class BareGraph {
  private constructor(private readonly session: InferenceSession) {}

  static async open(file: string): Promise<BareGraph> {
    return new BareGraph(await InferenceSession.create(file, { executionProviders: ['cpu'] }));
  }

  async run(pixels: Float32Array, images: number): Promise<void> {
    const tokens = BigInt64Array.from({ length: images * WORDS }, (_, at) => BigInt(at % WORDS < 14 ? 5 : 0));
    await this.session.run({
      image: new Tensor('float32', pixels, [images, 3, EDGE, EDGE]),
      tokens: new Tensor('int64', tokens, [images, WORDS]),
    });
  }

  /** So many images in batches: decoded once, and copied into each place of a batch. */
  async many(images: number): Promise<void> {
    const one = await pixelsOf(bytes);
    for (let left = images; left > 0; left -= BATCH) {
      const count = Math.min(BATCH, left);
      const batch = new Float32Array(count * one.length);
      for (let at = 0; at < count; at++) batch.set(one, at * one.length);
      await this.run(batch, count);
    }
  }

  close(): Promise<void> {
    return this.session.release();
  }
}

async function timed(work: () => Promise<unknown> | undefined): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.stdout.write(`${JSON.stringify({ ...(await inferenceTimes()), load: os.loadavg()[0] }, null, 2)}\n`);
}
