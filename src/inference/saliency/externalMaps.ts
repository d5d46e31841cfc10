import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { FlipsideError } from '../../core/model.js';

/** The map of one image of an item. */
export interface ExternalMap {
  /** Which image of the item, from 0 on. */
  readonly frame: number;
  readonly file: string;
}

export interface ExternalMaps {
  /** By item id, in the order of the frames. */
  readonly found: ReadonlyMap<string, readonly ExternalMap[]>;
  /** Items that no file is for. */
  readonly without: readonly string[];
  /** Maps in the folder that are used for no item, and why. */
  readonly unused: readonly { readonly file: string; readonly reason: string }[];
}

/** An array tells values exactly, a picture in 256 steps: of both, the array is taken. */
const ENDINGS = ['.npy', '.png'] as const;
const FRAME = /^(.+)_(\d{1,4})$/;

/** An item's id as part of a file's name: what file systems do not take, or take differently, is an underscore. */
export function nameOfId(id: string): string {
  return id.replaceAll(/[^\p{L}\p{N}._-]/gu, '_');
}

/**
 * The maps that a folder holds for items: `ID.npy` or `ID.png` for an item's only or first image, `ID_0`, `ID_1`, … for several, ID as it is or as
 * `nameOfId` writes it. Folders within are not looked into. Throws a FlipsideError where the folder cannot be read.
 */
export async function findExternalMaps(folder: string, ids: readonly string[]): Promise<ExternalMaps> {
  const files = await mapsIn(folder);
  const items = itemsByName(ids);
  const found = new Map<string, Map<number, string>>();
  const unused: { file: string; reason: string }[] = [];
  for (const name of files) {
    const file = path.join(folder, name);
    const meant = itemOf(name.slice(0, name.length - path.extname(name).length), items);
    if (typeof meant === 'string') {
      unused.push({ file, reason: meant });
      continue;
    }
    const frames = found.get(meant.id) ?? new Map<number, string>();
    const taken = frames.get(meant.frame);
    if (taken === undefined) frames.set(meant.frame, file);
    else unused.push({ file, reason: `${path.basename(taken)} is taken for the same image` });
    found.set(meant.id, frames);
  }
  return {
    found: new Map([...found].map(([id, frames]) => [id, inOrder(frames)])),
    without: ids.filter((id) => !found.has(id)),
    unused,
  };
}

function inOrder(frames: ReadonlyMap<number, string>): ExternalMap[] {
  return [...frames].map(([frame, file]) => ({ frame, file })).sort((one, other) => one.frame - other.frame);
}

/** Names of maps, arrays first, then by name. */
async function mapsIn(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
    return ENDINGS.flatMap((ending) => files.filter((name) => name.toLowerCase().endsWith(ending)).sort());
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new FlipsideError(`The folder of maps ${folder} cannot be read: ${error.message}`, { file: folder });
  }
}

/** Ids by the names that their files may have: several where they would have the same. */
function itemsByName(ids: readonly string[]): ReadonlyMap<string, ReadonlySet<string>> {
  const items = new Map<string, Set<string>>();
  for (const id of ids) {
    const name = nameOfId(id);
    const those = items.get(name) ?? new Set<string>();
    items.set(name, those.add(id));
  }
  return items;
}

/** The item and the frame that a file is for; in words why for none. An id that ends like a frame's number is an id. */
function itemOf(stem: string, items: ReadonlyMap<string, ReadonlySet<string>>): { id: string; frame: number } | string {
  const [, before = '', frame] = FRAME.exec(stem) ?? [];
  for (const [name, number] of [
    [stem, 0],
    [before, Number(frame)],
  ] as const) {
    const ids = [...(items.get(nameOfId(name)) ?? [])];
    const [id, ...others] = ids.length > 1 && ids.includes(name) ? [name] : ids;
    if (id === undefined) continue;
    if (others.length > 0) return `${ids.length} items have ids that are written like this`;
    return { id, frame: number };
  }
  return 'no item has this id';
}
