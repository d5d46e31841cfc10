import { realpath } from 'node:fs/promises';
import { FlipsideError } from '../model.js';
import type { Indexed } from './indexer.js';

/** Throws a usage error where the file to write is one that was read. */
export async function refuseSource(out: string, { files, datasets }: Indexed): Promise<void> {
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
