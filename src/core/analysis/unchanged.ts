import { statSync, type Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { fileError } from '../formats/containers/bytes.js';
import { FlipsideError } from '../model.js';
import { sameStamp } from './catalogEntry.js';
import type { Listed } from './itemFolders.js';
import { several } from './several.js';

const AT_A_TIME = 8;

/** A file is not what it was when it was looked at: what was read of it belongs to no one content. */
export class FileChanged extends FlipsideError {
  constructor(readonly file: string) {
    super(
      `${file}: it changed while it was read, and nothing of it was kept: no one content would fit what was read. ` +
        'Once nothing writes to it any more, refresh, or run the command again.',
      { file },
    );
  }
}

/**
 * Sees that files still are what they were when their content was hashed; what was read in between is that content then.
 * @throws FileChanged for the first that is not, and a FlipsideError for one that is gone.
 */
export async function requireUnchanged(files: readonly Listed[]): Promise<void> {
  const [only] = files;
  // What was read just now is known without waiting, which of thousands of small files takes longer than to read them.
  if (only !== undefined && files.length === 1) requireSame(only, statOf(only.file));
  else await several(files, AT_A_TIME, async (each) => requireSame(each, await stat(each.file).catch(gone(each.file))));
}

function requireSame({ file, entry }: Listed, now: Stats): void {
  if (!sameStamp(entry, now)) throw new FileChanged(file);
}

function statOf(file: string): Stats {
  try {
    return statSync(file);
  } catch (error) {
    return gone(file)(error);
  }
}

function gone(file: string): (error: unknown) => never {
  return (error) => {
    throw fileError(file, error);
  };
}
