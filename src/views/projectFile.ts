import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { FlipsideError } from '../core/model.js';

/**
 * A JSON file in the workspace's `.flipside` folder, which people share through their repository. Null where there is none.
 * Throws a FlipsideError where it is no JSON.
 */
export async function readProjectFile(folder: string, name: string): Promise<unknown> {
  const file = path.join(folder, '.flipside', name);
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
    throw new FlipsideError(`${file} cannot be read (${error.code ?? error.message}).`, { file });
  });
  if (text === null) return null;
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new FlipsideError(`${file} is no JSON: ${(error as Error).message}. Mend it, or delete it.`, { file });
  }
}

/** Writes it aside and renames it, so that nobody meets half a file. */
export async function writeProjectFile(folder: string, name: string, value: unknown): Promise<void> {
  const file = path.join(folder, '.flipside', name);
  const aside = `${file}.${process.pid}.tmp`;
  try {
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(aside, `${JSON.stringify(value, null, 2)}\n`);
    await rename(aside, file);
  } catch (error) {
    // A file that stands in a folder's place makes this fail too; the first failure is the one to tell.
    await rm(aside, { force: true }).catch(() => undefined);
    const { code, message } = error as NodeJS.ErrnoException;
    throw new FlipsideError(`${file} cannot be written (${code ?? message}).`, { file });
  }
}
