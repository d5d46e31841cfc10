import { access, link, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { FlipsideError } from '../core/model.js';

/** A notebook and its data, side by side under one name. */
export interface NotebookPlace {
  readonly notebook: string;
  readonly data: string;
}

/** Longest name of a notebook, in characters, without its number. */
const MOST_NAME = 60;
const MOST_NUMBER = 9999;

/** A name for files: letters and numbers of any script, with hyphens between. */
export function fileName(title: string): string {
  const words = title.normalize('NFC').match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  return [...words.join('-')].slice(0, MOST_NAME).join('') || 'rows';
}

/**
 * Where a notebook of that title may be written: in `.flipside/notebooks` of the folder, which is made, under a name that neither a
 * notebook nor data have yet. Throws a FlipsideError where the folder cannot be made.
 */
export async function freePlace(folder: string, title: string): Promise<NotebookPlace> {
  const notebooks = path.join(folder, '.flipside', 'notebooks');
  await mkdir(notebooks, { recursive: true }).catch((error: unknown) => {
    throw unwritable(notebooks, error);
  });
  const name = fileName(title);
  for (let number = 1; number <= MOST_NUMBER; number += 1) {
    const numbered = path.join(notebooks, number === 1 ? name : `${name}-${number}`);
    const place = { notebook: `${numbered}.ipynb`, data: `${numbered}.parquet` };
    if (!(await isThere(place.notebook)) && !(await isThere(place.data))) return place;
  }
  throw new FlipsideError(`${notebooks} holds ${MOST_NUMBER} notebooks of this name: delete some.`);
}

/** Writes a notebook aside and gives it its name, which no file may have: what somebody has edited is never lost. */
export async function writeNotebook(file: string, notebook: object): Promise<void> {
  const aside = `${file}.${process.pid}.tmp`;
  try {
    await writeFile(aside, `${JSON.stringify(notebook, null, 1)}\n`);
    await nameNew(aside, file);
  } catch (error) {
    throw unwritable(file, error);
  } finally {
    await rm(aside, { force: true }).catch(() => undefined);
  }
}

/** Renaming takes the place of what is there; a second name does not, but some file systems have none. */
async function nameNew(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST' || (await isThere(to))) throw error;
    await rename(from, to);
  }
}

function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'ENOENT',
  );
}

function unwritable(file: string, error: unknown): FlipsideError {
  const { code, message } = error as NodeJS.ErrnoException;
  return new FlipsideError(`${file} cannot be written (${code ?? message}).`, { file });
}
