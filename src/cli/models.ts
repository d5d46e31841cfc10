import path from 'node:path';
import process from 'node:process';
import { FlipsideError } from '../core/model.js';
import type { ModelPlaces } from '../inference/client.js';
import type { InferenceClient } from '../inference/client.js';
import type { Arguments, Context, OptionSpec } from './command.js';
import { splitWords } from './shellWords.js';

/** The environment variable of the key of an endpoint. */
const API_KEY = 'FLIPSIDE_API_KEY';

/** Options of every command that runs a model. */
export const MODEL_OPTIONS: readonly OptionSpec[] = [
  {
    name: 'models',
    value: 'DIR',
    help: 'also look for models in this folder: ONNX graphs with a manifest, models in the Hugging Face layout',
    multiple: true,
  },
  {
    name: 'endpoint',
    value: 'URL',
    help: 'also ask this OpenAI-compatible server (http://127.0.0.1:8000/v1); its key, if it needs one, in FLIPSIDE_API_KEY',
    multiple: true,
  },
  {
    name: 'process',
    value: 'COMMAND',
    help: 'also run this program, which speaks the line protocol of docs/process-protocol.md ("python hf_backend.py --model DIR")',
    multiple: true,
  },
  {
    name: 'device',
    value: 'NAME',
    help: 'the execution provider of ONNX graphs: cpu, cuda, webgpu, …; auto (default) tries the faster ones first',
  },
];

/** Where models are looked for, as the options say. */
export function modelPlaces(args: Arguments, programDir: string): ModelPlaces {
  const key = process.env[API_KEY] ?? null;
  return {
    bundled: path.join(programDir, '..', 'models'),
    folders: args.list('models').map((folder) => path.resolve(folder)),
    endpoints: args.list('endpoint').map((url) => ({ name: nameOf(url), url, model: null, key })),
    processes: args.list('process').map((text) => {
      const command = splitWords(text);
      return { name: path.basename(command[0] ?? 'process'), command, cwd: null };
    }),
    device: args.text('device'),
  };
}

function nameOf(url: string): string {
  try {
    return new URL(url).host;
  } catch {
    throw new FlipsideError(`--endpoint takes an address like http://127.0.0.1:8000/v1, not "${url}".`, {
      exitCode: 2,
    });
  }
}

/** Runs with the inference process, and ends it, whatever happens. */
export async function withModels<T>(context: Context, use: (client: InferenceClient) => Promise<T>): Promise<T> {
  const { InferenceClient } = await import('../inference/client.js');
  const client = new InferenceClient({
    script: path.join(context.programDir, 'inference.cjs'),
    // The key goes with its endpoint; programs of `--process` have no business with it.
    program: () => ({ node: process.execPath, env: { ...process.env, [API_KEY]: undefined } }),
    log: { info: () => undefined, error: (line) => context.tell(line) },
  });
  try {
    return await use(client);
  } finally {
    client.dispose();
  }
}
