import { existsSync } from 'node:fs';
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
  const servers = args.list('endpoint');
  if (key !== null && servers.length > 1) {
    throw new FlipsideError(
      `${API_KEY} is set, and ${servers.length} servers are named: whose key it is cannot be told. Name one with --endpoint.`,
      { exitCode: 2 },
    );
  }
  return {
    bundled: path.join(programDir, '..', 'models'),
    folders: args.list('models').map(modelFolder),
    endpoints: servers.map((url) => ({ name: nameOf(url), url, model: null, key })),
    processes: programsOf(args.list('process')),
    device: args.text('device'),
  };
}

function modelFolder(stated: string): string {
  const folder = path.resolve(stated);
  if (existsSync(folder)) return folder;
  throw new FlipsideError(`--models ${stated}: ${folder} is not there. Name a folder that holds models.`, {
    exitCode: 2,
  });
}

/** Programs by the name of what they run: of `python3 server.py …` the script's. Two of one name have a number. */
function programsOf(commands: readonly string[]): ModelPlaces['processes'] {
  const names = new Map<string, number>();
  return commands.map((text) => {
    const command = splitWords(text);
    const [program = 'process'] = command;
    const isInterpreter = /^(python|node|ruby|perl|bash|sh|uv|env)[\d.]*(\.exe)?$/i.test(path.basename(program));
    const script = isInterpreter
      ? command.slice(1).find((word) => /\.\w+$/.test(word) && !word.startsWith('-'))
      : undefined;
    const name = path.basename(script ?? program);
    const count = (names.get(name) ?? 0) + 1;
    names.set(name, count);
    return { name: count === 1 ? name : `${name}-${count}`, command, cwd: null };
  });
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
