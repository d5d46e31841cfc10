import { stat } from 'node:fs/promises';
import path from 'node:path';

/** The folders among the paths, and those of the files: what several have in common was not opened. */
export function foldersOf(paths: readonly string[]): Promise<string[]> {
  return Promise.all(
    paths.map(async (each) => {
      const whole = path.resolve(each);
      return (await stat(whole).catch(() => null))?.isDirectory() === true ? whole : path.dirname(whole);
    }),
  );
}
