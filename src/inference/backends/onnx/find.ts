import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { BackendKind, FoundModel } from '../../../protocol/inference.js';
import { FlipsideError } from '../../../core/model.js';
import { graphFile, isManifest, readManifest, tokenizerFile } from './manifest.js';

/** Manifests lie in a folder of models or in one of its own for each model; deeper ones are somebody else's files. */
const MOST_DEPTH = 3;
/** A vocabulary of a hundred thousand words fits; larger JSON is data. */
const MOST_BYTES = 8e6;
const NOT_LOOKED_INTO = new Set(['node_modules', '.git']);

/** Manifests under a folder, as models. What is wrong with one of them stands in `missing`. */
export async function findManifests(
  folder: string,
  kind: BackendKind,
  nameOf: (file: string) => string,
): Promise<FoundModel[]> {
  const found: FoundModel[] = [];
  for (const file of await jsonFiles(folder, 0)) {
    if (!(await looksRight(file))) continue;
    const model = { id: `${kind}:${nameOf(file)}`, kind, where: file };
    try {
      const manifest = await readManifest(file);
      const { bytes } = await graphFile(file, manifest);
      await tokenizerFile(file, manifest);
      found.push({ ...model, name: manifest.name, bytes, missing: null });
    } catch (error) {
      if (!(error instanceof FlipsideError)) throw error;
      found.push({ ...model, name: path.basename(file), bytes: null, missing: error.message });
    }
  }
  return found;
}

async function jsonFiles(folder: string, depth: number): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const files: string[] = [];
  for (const entry of [...entries].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory() && depth < MOST_DEPTH && !NOT_LOOKED_INTO.has(entry.name)) {
      files.push(...(await jsonFiles(file, depth + 1)));
    } else if (entry.isFile() && entry.name.endsWith('.json')) files.push(file);
  }
  return files;
}

async function looksRight(file: string): Promise<boolean> {
  try {
    if ((await stat(file)).size > MOST_BYTES) return false;
    const text = await readFile(file, 'utf8');
    // A broken manifest is listed as one, other JSON is not.
    return text.includes('"flipside"') && text.includes('"graph"') && isManifestText(text);
  } catch {
    return false;
  }
}

function isManifestText(text: string): boolean {
  try {
    return isManifest(JSON.parse(text));
  } catch {
    return true;
  }
}
