import { stat } from 'node:fs/promises';
import path from 'node:path';
import { FlipsideError } from '../model.js';
import { writeAside } from '../store/cache.js';

/**
 * Has a file that the user asked for written aside and renamed: what is interrupted leaves no file, and what stood there before.
 * Throws a FlipsideError where it cannot be written, and where its folder does not exist: a typing error would make a tree of folders.
 */
export async function writeOut(out: string, write: (aside: string) => Promise<unknown>): Promise<void> {
  try {
    await requireFolder(path.dirname(out));
    await writeAside(out, write);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? databaseTrouble(error);
    if (code === undefined || error instanceof FlipsideError) throw error;
    const what = `${out} cannot be written (${code}).`;
    throw new FlipsideError(`${what} Choose another --out.`, {
      file: out,
      inEditor: `${what} Choose another name or folder.`,
    });
  }
}

async function requireFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch((error: NodeJS.ErrnoException) => error.code);
  if (found === 'ENOENT')
    throw new FlipsideError(`The folder ${folder} does not exist. Make it first, or choose another --out.`, {
      file: folder,
      inEditor: `The folder ${folder} does not exist. Make it first, or choose another.`,
    });
}

/** DuckDB tells of files it cannot write by message alone. */
function databaseTrouble(error: unknown): string | undefined {
  return error instanceof Error && error.message.startsWith('IO Error') ? 'IO error' : undefined;
}
