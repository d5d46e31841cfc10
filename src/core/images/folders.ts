import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';

/** So long it is believed that a folder is there, or is not: images that somebody copies meanwhile are found soon after. */
const BELIEVED_MS = 10_000;
/** Folders remembered at most; beyond that, everything is asked anew. */
const REMEMBERED = 100_000;

/** What stands at a path (links are followed): a regular file, something that may not be looked at or is none, or nothing. */
export type Standing = 'file' | 'denied' | 'none' | NoFile;
/** What cannot be opened as an image, whatever its name. */
export type NoFile = 'a folder' | 'a pipe' | 'a socket' | 'a device' | 'a link that leads back to itself';

/** Answers whether files are there, and asks the disk about a missing folder once instead of for each of its files. */
export class Folders {
  private readonly known = new Map<string, { readonly answer: Promise<Standing>; readonly at: number }>();

  constructor(private readonly now: () => number = () => performance.now()) {}

  async look(file: string): Promise<Standing> {
    const folder = await this.folder(path.dirname(file));
    if (folder !== 'file') return folder === 'denied' ? folder : 'none';
    return stat(file).then((info) => (info.isFile() ? 'file' : kindOf(info)), standingOf);
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
  if (code === 'ELOOP') return 'a link that leads back to itself';
  return code === 'EACCES' || code === 'EPERM' ? 'denied' : 'none';
}

function kindOf(info: Stats): NoFile {
  if (info.isDirectory()) return 'a folder';
  if (info.isFIFO()) return 'a pipe';
  return info.isSocket() ? 'a socket' : 'a device';
}
