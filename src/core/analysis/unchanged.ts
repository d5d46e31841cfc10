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
  await several(files, AT_A_TIME, async ({ file, entry }) => {
    const now = await stat(file).catch((error: unknown) => {
      throw fileError(file, error);
    });
    if (!sameStamp(entry, now)) throw new FileChanged(file);
  });
}
