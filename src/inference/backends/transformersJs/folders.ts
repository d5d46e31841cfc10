import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Json } from '../../../core/model.js';
import type { FoundModel } from '../../../protocol/inference.js';
import { excerpt } from '../../plainText.js';

/** Numbers of weights by the ending of their file's name, the most precise first: none is chosen that is not there. */
const PRECISIONS: readonly (readonly [string, string])[] = [
  ...([
    ['fp32', ''],
    ['fp16', '_fp16'],
    ['q8', '_quantized'],
    ['int8', '_int8'],
    ['uint8', '_uint8'],
  ] as const),
  ...([
    ['q4', '_q4'],
    ['q4f16', '_q4f16'],
    ['bnb4', '_bnb4'],
  ] as const),
];
/** Below a folder of models: its own, one for each owner, the models of an owner. */
const DEPTH = 2;

/** Models in the layout of the Hugging Face hub, in folders of the user: `config.json`, the tokenizer, and graphs in `onnx/`. */
export async function modelsIn(folders: readonly string[], signal: AbortSignal): Promise<readonly FoundModel[]> {
  const found: FoundModel[] = [];
  for (const folder of folders) {
    for (const place of await modelFolders(folder, DEPTH)) {
      signal.throwIfAborted();
      const name = path.relative(folder, place).split(path.sep).join('/') || path.basename(folder);
      const known = found.some(({ id }) => id === `transformersjs:${name}`);
      found.push(await described(place, known ? place : name));
    }
  }
  return found;
}

/** For each graph of a model the most precise of its files: `{ embed_tokens: 'fp32', decoder_model_merged: 'q4' }`. */
export async function precisions(folder: string): Promise<Record<string, string>> {
  const files = await listed(path.join(folder, 'onnx'));
  const chosen: Record<string, string> = {};
  for (const [precision, ending] of [...PRECISIONS].reverse()) {
    for (const file of files) {
      const graph = graphOf(file, ending);
      if (graph !== null) chosen[graph] = precision;
    }
  }
  return chosen;
}

function graphOf(file: string, ending: string): string | null {
  if (!file.endsWith(`${ending}.onnx`)) return null;
  const graph = file.slice(0, -`${ending}.onnx`.length);
  return PRECISIONS.some(([, other]) => other !== '' && graph.endsWith(other)) ? null : graph;
}

async function modelFolders(folder: string, depth: number): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  if (entries.some(({ name }) => name === 'config.json')) return [folder];
  if (depth === 0) return [];
  const below = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'));
  const models = await Promise.all(below.map(({ name }) => modelFolders(path.join(folder, name), depth - 1)));
  return models.flat().sort();
}

async function described(folder: string, name: string): Promise<FoundModel> {
  return {
    id: `transformersjs:${name}`,
    kind: 'transformersjs',
    name: path.basename(folder),
    where: folder,
    bytes: await bytesOf(path.join(folder, 'onnx')),
    missing: await missingOf(folder),
  };
}

async function missingOf(folder: string): Promise<string | null> {
  const config = await readFile(path.join(folder, 'config.json'), 'utf8').catch(() => '');
  const type = modelType(config);
  if (type === null) return `config.json of ${folder} is no JSON object with a “model_type”. Download the model again.`;
  const files = await listed(folder);
  const lacking = ['tokenizer.json', 'preprocessor_config.json'].filter((file) => !files.includes(file));
  if (lacking.length > 0)
    return `${folder} (${excerpt(type, 40)}) has no ${lacking.join(' and no ')}. Models that see and write have them: take all files of the model.`;
  const graphs = Object.keys(await precisions(folder));
  if (graphs.length === 0)
    return `${folder} has no ONNX graphs in onnx/. Take a model that was exported for Transformers.js (onnx-community has many), or use a “process” model with hf_backend.py for its PyTorch weights.`;
  return null;
}

function modelType(text: string): string | null {
  try {
    const config = JSON.parse(text) as Json;
    const type = typeof config === 'object' && config !== null && !Array.isArray(config) ? config['model_type'] : null;
    return typeof type === 'string' ? type : null;
  } catch {
    return null;
  }
}

async function bytesOf(folder: string): Promise<number | null> {
  const files = await listed(folder);
  const sizes = await Promise.all(files.map(async (file) => (await stat(path.join(folder, file))).size));
  return sizes.length === 0 ? null : sizes.reduce((total, size) => total + size, 0);
}

function listed(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(() => []);
}
