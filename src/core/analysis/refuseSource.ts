import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { FlipsideError } from '../model.js';
import type { Indexed } from './indexer.js';

/** Throws a usage error where the file to write is one that was read, or one of annotations, which are only ever added to. */
export async function refuseSource(out: string, { files, datasets }: Indexed): Promise<void> {
  if (path.resolve(out).split(path.sep).join('/').includes('/.flipside/annotations/')) throw refused(out);
  const target = await realpath(out).catch(() => null);
  if (target === null) return;
  const sources = [
    ...files.flatMap((each) => [each.file, ...(each.members ?? []), ...each.aliases]),
    ...datasets.map((each) => each.file),
  ];
  for (const source of sources) {
    if ((await realpath(source).catch(() => source)) === target) throw refused(out);
  }
}

function refused(out: string): FlipsideError {
  const what = `${out} is one of the files that were read; it is never overwritten. Choose another`;
  return new FlipsideError(`${what} --out.`, { file: out, exitCode: 2, inEditor: `${what} name.` });
}
