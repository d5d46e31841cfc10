import path from 'node:path';
import type { Endpoint, ModelPlaces, ProcessCommand } from '../../protocol/inference.js';
import { listOf, numberOf, textOf } from '../settingValues.js';

const GIGA = 1_000_000_000;
const GIGABYTES = 4;

/** What the settings say about where models are, by their names after `flipside.models.`; of any type, as users write them. */
export interface StatedSettings {
  readonly folders?: unknown;
  readonly processes?: unknown;
  readonly device?: unknown;
  readonly memoryGigabytes?: unknown;
}

/** Places out of the settings, all but servers. `workspace`: absolute folders that relative ones count from. What cannot be meant is left out. */
export function placesOf(
  { folders, processes, device, memoryGigabytes }: StatedSettings,
  workspace: readonly string[],
): Omit<ModelPlaces, 'bundled' | 'endpoints'> {
  const provider = textOf(device, 'auto');
  return {
    folders: foldersOf(folders, workspace),
    processes: processesOf(processes),
    device: provider === 'auto' ? null : provider,
    memoryLimit: numberOf(memoryGigabytes, GIGABYTES) * GIGA,
  };
}

/** Servers as a setting names them, without their keys. What is no address is kept: whoever looks for its models says so. */
export function endpointsOf(value: unknown): readonly Omit<Endpoint, 'key'>[] {
  return listOf(value).flatMap((each) => {
    const { name, url, model } = (each ?? {}) as { name?: unknown; url?: unknown; model?: unknown };
    const address = textOf(url, '');
    if (address === '') return [];
    const host = URL.canParse(address) ? new URL(address).host : address;
    return [{ name: textOf(name, host), url: address, model: textOf(model, '') || null }];
  });
}

/** A server's address as it may be shown: a name and a password in it are left out. */
export function shownAddress(url: string): string {
  if (!URL.canParse(url)) return url;
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
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
    if (path.isAbsolute(each)) return [path.resolve(each)];
    return workspace.map((folder) => path.resolve(folder, each.replaceAll('${workspaceFolder}', folder)));
  });
  return [...new Set(all)];
}
