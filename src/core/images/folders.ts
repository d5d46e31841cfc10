import { stat } from 'node:fs/promises';
import path from 'node:path';

/** So long it is believed that a folder is there, or is not: images that somebody copies meanwhile are found soon after. */
const BELIEVED_MS = 10_000;
/** Folders remembered at most; beyond that, everything is asked anew. */
const REMEMBERED = 100_000;

/** Answers whether files are there, and asks the disk about a missing folder once instead of for each of its files. */
export class Folders {
  private readonly known = new Map<string, { readonly exists: Promise<boolean>; readonly at: number }>();

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Whether a regular file stands at the path (links are followed). */
  async isFile(file: string): Promise<boolean> {
    if (!(await this.isFolder(path.dirname(file)))) return false;
    const info = await stat(file).catch(() => null);
    return info?.isFile() === true;
  }

  private isFolder(folder: string): Promise<boolean> {
    const at = this.now();
    const known = this.known.get(folder);
    if (known !== undefined && at - known.at < BELIEVED_MS) return known.exists;
    if (this.known.size >= REMEMBERED) this.known.clear();
    const exists = stat(folder).then(
      (info) => info.isDirectory(),
      () => false,
    );
    this.known.set(folder, { exists, at });
    return exists;
  }
}
