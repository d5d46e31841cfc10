import { stat } from 'node:fs/promises';
import path from 'node:path';

/** So long it is believed that a folder is there, or is not: images that somebody copies meanwhile are found soon after. */
const BELIEVED_MS = 10_000;
/** Folders remembered at most; beyond that, everything is asked anew. */
const REMEMBERED = 100_000;

/** What stands at a path: a regular file (links are followed), something that may not be looked at, or neither. */
export type Standing = 'file' | 'denied' | 'none';

/** Answers whether files are there, and asks the disk about a missing folder once instead of for each of its files. */
export class Folders {
  private readonly known = new Map<string, { readonly answer: Promise<Standing>; readonly at: number }>();

  constructor(private readonly now: () => number = () => performance.now()) {}

  async look(file: string): Promise<Standing> {
    const folder = await this.folder(path.dirname(file));
    if (folder !== 'file') return folder;
    return stat(file).then((info) => (info.isFile() ? 'file' : 'none'), standingOf);
  }

  /** The same of a folder, which counts as a `file` where it is one that can be asked. */
  private folder(folder: string): Promise<Standing> {
    const at = this.now();
    const known = this.known.get(folder);
    if (known !== undefined && at - known.at < BELIEVED_MS) return known.answer;
    if (this.known.size >= REMEMBERED) this.known.clear();
    const answer = stat(folder).then((info): Standing => (info.isDirectory() ? 'file' : 'none'), standingOf);
    this.known.set(folder, { answer, at });
    return answer;
  }
}

function standingOf({ code }: NodeJS.ErrnoException): Standing {
  return code === 'EACCES' || code === 'EPERM' ? 'denied' : 'none';
}
