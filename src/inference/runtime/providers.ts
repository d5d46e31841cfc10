import { createRequire } from 'node:module';
import path from 'node:path';
import { existsSync } from 'node:fs';
import type * as onnxruntime from 'onnxruntime-node';
import type { InferenceSession } from 'onnxruntime-node';
import { FlipsideError } from '../../core/model.js';
import type { ProviderTrial } from '../../protocol/inference.js';

export type Runtime = typeof onnxruntime;
export type Feeds = InferenceSession.OnnxValueMapType;
export type Outputs = InferenceSession.OnnxValueMapType;

/** A graph that is ready to run, and on what. */
export interface RunningGraph {
  readonly session: InferenceSession;
  readonly runtime: Runtime;
  readonly device: string;
  readonly tried: readonly ProviderTrial[];
}

interface Provider {
  readonly id: string;
  readonly name: string;
}

const CPU: Provider = { id: 'cpu', name: 'CPU' };
const WEBGPU: Provider = { id: 'webgpu', name: 'WebGPU' };

/** Faster ones first. Those that a platform has none of are not named. */
const PROVIDERS: Readonly<Record<string, readonly Provider[]>> = {
  linux: [{ id: 'cuda', name: 'CUDA' }, WEBGPU, CPU],
  win32: [{ id: 'cuda', name: 'CUDA' }, { id: 'dml', name: 'DirectML' }, WEBGPU, CPU],
  darwin: [{ id: 'coreml', name: 'CoreML' }, WEBGPU, CPU],
};

/** The runtime's own messages go to standard error only where something failed for good; what was tried is told in words. */
const FATAL = 4;

let loading: Promise<Runtime> | null = null;

/** The ONNX runtime, loaded when first asked for. Rejects with a FlipsideError where there is none for this platform. */
export function loadRuntime(): Promise<Runtime> {
  loading ??= import('onnxruntime-node').catch((error: unknown) => {
    const place = `${process.platform}-${process.arch}`;
    throw new FlipsideError(
      `ONNX graphs cannot run here: onnxruntime-node has no build that loads on ${place} (${readable(error)}). Models behind a server or a program can be used.`,
    );
  });
  return loading;
}

/**
 * Makes a graph ready on the fastest execution provider that answers: each is tried alone, because the runtime does not fall back from one
 * whose library is missing, and `run` (one run of the graph) decides. `device`: the one to take; null to try. Throws a FlipsideError where none
 * does.
 */
export async function startGraph(
  graph: string | Uint8Array,
  device: string | null,
  run: (graph: RunningGraph) => Promise<void>,
): Promise<RunningGraph> {
  const runtime = await loadRuntime();
  const tried: ProviderTrial[] = [];
  for (const { id, name } of chosen(device)) {
    const reason = await tryOne(runtime, { graph, id, name }, run, tried);
    if (typeof reason !== 'string') return reason;
    tried.push({ provider: name, reason });
  }
  const reasons = tried.map(({ provider, reason }) => `${provider}: ${reason}`).join('; ');
  throw new FlipsideError(`The graph${nameOf(graph)} runs nowhere here. ${reasons}`);
}

async function tryOne(
  runtime: Runtime,
  { graph, id, name }: { graph: string | Uint8Array; id: string; name: string },
  run: (graph: RunningGraph) => Promise<void>,
  before: readonly ProviderTrial[],
): Promise<RunningGraph | string> {
  const lacking = whyNot(runtime, id);
  if (lacking !== null) return lacking;
  let session: InferenceSession | null = null;
  try {
    const options = { executionProviders: [id], logSeverityLevel: FATAL } as const;
    session =
      typeof graph === 'string'
        ? await runtime.InferenceSession.create(graph, options)
        : await runtime.InferenceSession.create(graph, options);
    const started = { session, runtime, device: name, tried: [...before, { provider: name, reason: null }] };
    await run(started);
    return started;
  } catch (error) {
    await session?.release();
    // What the graph itself says of its inputs holds for every provider.
    if (error instanceof FlipsideError) throw error;
    return readable(error);
  }
}

function chosen(device: string | null): readonly Provider[] {
  const all = PROVIDERS[process.platform] ?? [WEBGPU, CPU];
  if (device === null || device === 'auto') return all;
  const one = all.find(({ id, name }) => id === device.toLowerCase() || name.toLowerCase() === device.toLowerCase());
  if (one !== undefined) return [one];
  throw new FlipsideError(
    `There is no execution provider "${device}" on this platform; there are ${all.map(({ id }) => id).join(', ')}, and auto.`,
  );
}

/** What can be told without trying; null where only trying tells. */
function whyNot(runtime: Runtime, id: string): string | null {
  const supported = runtime.listSupportedBackends().find(({ name }) => name === id);
  if (supported === undefined) return 'this build of onnxruntime-node does not have it';
  if (id !== 'cuda' || supported.bundled || existsSync(cudaLibrary())) return null;
  return 'its library is not installed (see "Models on the GPU" in the README)';
}

function cudaLibrary(): string {
  const binding = createRequire(import.meta.url).resolve('onnxruntime-node/package.json');
  const file = process.platform === 'win32' ? 'onnxruntime_providers_cuda.dll' : 'libonnxruntime_providers_cuda.so';
  return path.join(path.dirname(binding), 'bin', 'napi-v6', process.platform, process.arch, file);
}

/** The runtime's message without where in its sources it was raised. */
function readable(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const parts = message.replace(/\s+/g, ' ').split(/ was false\. |ErrorMessage: /);
  return (parts.at(-1) ?? message).trim().slice(0, 200);
}

function nameOf(graph: string | Uint8Array): string {
  return typeof graph === 'string' ? ` ${graph}` : '';
}
