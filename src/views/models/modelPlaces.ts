import path from 'node:path';
import * as vscode from 'vscode';
import type { Endpoint, ModelPlaces, ProcessCommand } from '../../protocol/inference.js';
import { listOf, numberOf, textOf } from '../settings.js';
import type { ApiKeys } from './apiKeys.js';
import { endpoints as stated } from './endpoints.js';

const GIGA = 1_000_000_000;
const GIGABYTES = 4;

/**
 * Where models are looked for, as the user's settings say. VS Code itself hides what a workspace that is not trusted states (see
 * `restrictedConfigurations`), and what any workspace states about programs (their setting belongs to the machine).
 */
export async function modelPlaces(bundled: string, folders: readonly string[], keys: ApiKeys): Promise<ModelPlaces> {
  const settings = vscode.workspace.getConfiguration('flipside.models');
  const device = textOf(settings.get('device'), 'auto');
  const endpoints = stated().map(async (endpoint): Promise<Endpoint> => ({
    ...endpoint,
    key: await keys.of(endpoint.url),
  }));
  return {
    bundled,
    folders: foldersOf(settings.get('folders'), folders),
    endpoints: await Promise.all(endpoints),
    processes: processesOf(settings.get('processes')),
    device: device === 'auto' ? null : device,
    memoryLimit: numberOf(settings.get('memoryGigabytes'), GIGABYTES) * GIGA,
  };
}

/** The model that is asked where a run has none of its own; null for none. */
export function defaultModel(): string | null {
  const name = textOf(vscode.workspace.getConfiguration('flipside.models').get('default'), '');
  return name === '' ? null : name;
}

/** Programs as the setting names them. */
function processesOf(value: unknown): readonly ProcessCommand[] {
  return listOf(value).flatMap((each) => {
    const { name, command, cwd } = (each ?? {}) as { name?: unknown; command?: unknown; cwd?: unknown };
    const words = listOf(command).filter((word): word is string => typeof word === 'string');
    const [program] = words;
    if (program === undefined) return [];
    return [{ name: textOf(name, path.basename(program)), command: words, cwd: textOf(cwd, '') || null }];
  });
}

/** Relative folders count from each folder of the workspace; where none is open, they name nothing. */
function foldersOf(value: unknown, workspace: readonly string[]): readonly string[] {
  const stated = listOf(value)
    .map((each) => textOf(each, ''))
    .filter((each) => each !== '');
  const all = stated.flatMap((each) => {
    if (path.isAbsolute(each)) return [path.normalize(each)];
    return workspace.map((folder) => path.resolve(folder, each.replaceAll('${workspaceFolder}', folder)));
  });
  return [...new Set(all)];
}
