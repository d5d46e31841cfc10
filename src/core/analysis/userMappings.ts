import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { matchesGlob, readMapping } from '../formats/mapping.js';
import { keyOf } from '../store/cache.js';
import type { UserMapping } from './catalog.js';
import type { Skipped } from './walk.js';

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
      const read = readMapping(await readFile(file, 'utf8'), file);
      const broken = 'problem' in read;
      if (broken) unusable.push({ file, reason: `${read.problem} ${consequence(read.match)}` });
      const { match } = read;
      const matches = (candidate: string): boolean =>
        match !== null && matchesGlob(match, path.relative(folder, candidate).split(path.sep).join('/'));
      const reading = broken ? { mapping: null, problem: read.problem } : { mapping: read, problem: null };
      mappings.push({ file, ...reading, hash: keyOf([read]), matches });
    }
  }
  return { mappings, unusable };
}

function consequence(match: string | null): string {
  return match === null
    ? 'The mapping is ignored.'
    : `The files that match "${match}" are skipped until the mapping is complete or removed.`;
}
