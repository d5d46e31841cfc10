import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Lens } from '../relations/lens.js';
import { parseLens } from '../relations/lensFile.js';

/** The user's own lenses: `.flipside/lenses/*.json` under the given folders. Throws a FlipsideError for one that cannot be used. */
export async function userLenses(folders: readonly string[]): Promise<Lens[]> {
  const lenses: Lens[] = [];
  for (const folder of new Set(folders)) {
    const place = path.join(folder, '.flipside', 'lenses');
    const names = await readdir(place).catch(() => []);
    for (const name of names.filter((each) => each.endsWith('.json')).sort()) {
      const file = path.join(place, name);
      lenses.push(parseLens(await readFile(file, 'utf8'), file));
    }
  }
  return lenses;
}
