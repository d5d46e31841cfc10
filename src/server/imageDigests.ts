import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import type { OriginalPicture } from '../protocol/rows.js';

/** As many as name a text (see annotationTable.ts). */
const DIGITS = 32;
/** Rows whose images are remembered. */
const MOST = 20_000;
/** So long, in milliseconds, an image that was not there is not looked for again: a key is pressed soon after its item is shown. */
const MISSING_MS = 10_000;

interface Kept {
  readonly digests: readonly string[];
  /** Files that they were taken of, as they were then. */
  readonly files: readonly { readonly file: string; readonly state: string }[];
}

/** What tells whether a row's images are still those that somebody judged: digests of their bytes, taken again where a file changed. */
export class ImageDigests {
  private readonly kept = new Map<string, Kept>();
  /** What is being looked up: a key may be pressed while its row is. */
  private readonly underWay = new Map<string, Promise<readonly string[] | null>>();
  /** Rows whose images were not there, and when that was seen. */
  private readonly missing = new Map<string, number>();

  /**
   * Digests of a row's images, in order; null where one is not there or cannot be read. `open` gives them as they lie there: nothing is fetched
   * from a network for this.
   */
  of(name: string, open: () => Promise<readonly OriginalPicture[]>): Promise<readonly string[] | null> {
    const before = this.underWay.get(name);
    if (before !== undefined) return before;
    const looking = this.look(name, open).finally(() => this.underWay.delete(name));
    this.underWay.set(name, looking);
    return looking;
  }

  private async look(name: string, open: () => Promise<readonly OriginalPicture[]>): Promise<readonly string[] | null> {
    const known = this.kept.get(name);
    if (known !== undefined && (await isUnchanged(known))) return known.digests;
    this.kept.delete(name);
    if (performance.now() - (this.missing.get(name) ?? -Infinity) < MISSING_MS) return null;
    const images = await open().catch(() => []);
    if (images.length === 0) {
      if (this.missing.size >= MOST) this.missing.clear();
      this.missing.set(name, performance.now());
      return null;
    }
    this.missing.delete(name);
    const digests = images.map(({ bytes }) => createHash('sha256').update(bytes).digest('hex').slice(0, DIGITS));
    const files = await Promise.all(images.map(async ({ from }) => ({ file: from, state: await stateOf(from) })));
    this.kept.set(name, { digests, files });
    const [oldest] = this.kept.keys();
    if (this.kept.size > MOST && oldest !== undefined) this.kept.delete(oldest);
    return digests;
  }
}

async function isUnchanged({ files }: Kept): Promise<boolean> {
  const now = await Promise.all(files.map(async ({ file, state }) => state === (await stateOf(file))));
  return now.every(Boolean);
}

async function stateOf(file: string): Promise<string> {
  const info = await stat(file).catch(() => null);
  return info === null ? 'none' : `${info.size} ${info.mtimeMs}`;
}
