import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { matchesGlob, readMapping, type Mapping } from '../formats/mapping.js';
import { keyOf } from '../store/cache.js';
import { isWithin } from './staleShards.js';
import { commonRoot, type Skipped } from './walk.js';

/** A mapping file of the user's, and which files it is for. */
export interface UserMapping {
  readonly file: string;
  /** The one whose `.flipside` holds it. */
  readonly folder: string;
  /** Null where the file cannot be used; `problem` says why. */
  readonly mapping: Mapping | null;
  readonly problem: string | null;
  readonly hash: string;
  matches(file: string): boolean;
}

export interface UserMappings {
  readonly mappings: readonly UserMapping[];
  /** Mapping files that cannot be used, each with the reason. They never stop the files that they do not match. */
  readonly unusable: readonly Skipped[];
}

/** The mapping files of `.flipside/formats/` under the given folders. */
export async function userMappings(folders: readonly string[]): Promise<UserMappings> {
  const mappings: UserMapping[] = [];
  const unusable: Skipped[] = [];
  for (const folder of new Set(folders)) {
    const place = path.join(folder, '.flipside', 'formats');
    const names = await readdir(place).catch(() => []);
    for (const name of names.filter((each) => each.endsWith('.json')).sort()) {
      const file = path.join(place, name);
      const content = await contentOf(file);
      if ('unread' in content) {
        unusable.push({ file, reason: `${file} cannot be read (${content.unread}). ${consequence(null)}` });
        continue;
      }
      const read = readMapping(content.text, file);
      const broken = 'problem' in read;
      if (broken) unusable.push({ file, reason: `${read.problem} ${consequence(read.match)}` });
      const { match } = read;
      const matches = (candidate: string): boolean =>
        match !== null && matchesGlob(match, path.relative(folder, candidate).split(path.sep).join('/'));
      const reading = broken ? { mapping: null, problem: read.problem } : { mapping: read, problem: null };
      mappings.push({ file, folder, ...reading, hash: keyOf([read]), matches });
    }
  }
  return { mappings, unusable };
}

/** A file's text; or why it cannot be read: a pipe would be waited for without end. */
async function contentOf(file: string): Promise<{ readonly text: string } | { readonly unread: string }> {
  try {
    if (!(await stat(file)).isFile()) return { unread: 'it is no file' };
    return { text: await readFile(file, 'utf8') };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return { unread: code ?? message };
  }
}

/**
 * The folders whose `.flipside` counts where these paths are opened, as indexing has it: what they have in common, each of them (of a file
 * the one that holds it), and `homes`. Paths that are not there have none.
 */
export async function homesOf(paths: readonly string[], homes: readonly string[]): Promise<readonly string[]> {
  const found = await Promise.all(
    paths.map(async (each) => {
      const info = await stat(each).catch(() => null);
      return info === null ? [] : [info.isDirectory() ? path.resolve(each) : path.dirname(path.resolve(each))];
    }),
  );
  const folders = found.flat();
  return folders.length === 0 ? homes : [commonRoot(folders), ...folders, ...homes];
}

/**
 * The mapping that counts for a file, of those that match it: the one that is kept nearest above the file. Those of other folders, as the
 * one that a command is run in, count where there is none; of several in one folder the first by name.
 */
export function mappingFor(file: string, mappings: readonly UserMapping[]): UserMapping | null {
  let best: UserMapping | null = null;
  for (const each of mappings) {
    if ((best === null || nearness(each, file) > nearness(best, file)) && each.matches(file)) best = each;
  }
  return best;
}

function nearness({ folder }: UserMapping, file: string): number {
  return isWithin(folder, file) ? folder.length : -1;
}

function consequence(match: string | null): string {
  return match === null
    ? 'The mapping is ignored.'
    : `The files that match "${match}" are skipped until the mapping is complete or removed.`;
}
