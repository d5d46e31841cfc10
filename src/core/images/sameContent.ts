import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, realpath } from 'node:fs/promises';

/** Larger files are not read to be compared: they count as different. */
const MOST_COMPARED = 64 << 20;
/** Files whose content is remembered at most; beyond that, all are read anew. */
const REMEMBERED = 10_000;

/** Tells apart files of different content; links to one file, and copies of it, count as one. */
export class Contents {
  private readonly known = new Map<string, string>();

  /** The files without those whose content an earlier one has. */
  async distinct(files: readonly string[]): Promise<string[]> {
    if (files.length < 2) return [...files];
    const real = new Map<string, string>();
    for (const file of files) {
      const target = await realpath(file).catch(() => file);
      if (!real.has(target)) real.set(target, file);
    }
    if (real.size < 2) return [...real.values()];
    const different = new Map<string, string>();
    for (const [target, file] of real) {
      const content = await this.contentOf(target).catch(() => target);
      if (!different.has(content)) different.set(content, file);
    }
    return [...different.values()];
  }

  /** A text that files share if and only if their bytes are the same; the path where they are not read. */
  private async contentOf(file: string): Promise<string> {
    // What stands at the path may have changed since it was looked at: no waiting on a pipe.
    const handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      const info = await handle.stat();
      if (!info.isFile() || info.size > MOST_COMPARED) return file;
      const state = `${file}\0${info.size}\0${info.mtimeMs}`;
      const known = this.known.get(state);
      if (known !== undefined) return known;
      const content = `${info.size} ${createHash('sha256')
        .update(await handle.readFile())
        .digest('hex')}`;
      if (this.known.size >= REMEMBERED) this.known.clear();
      this.known.set(state, content);
      return content;
    } finally {
      await handle.close();
    }
  }
}
