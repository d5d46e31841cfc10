import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Encoded } from './decode.js';

/** Raise it where the same image gives other bytes. */
const VERSION = 1;
const HEADER_BYTES = 16;
const MIME = 'image/webp';
const MEMORY_BYTES = 64 << 20;
const DISK_BYTES = 500e6;
/** A full folder is emptied to this share, so that it is not listed again for each new thumbnail. */
const KEPT_SHARE = 0.8;
/** The time of last use is written down at most this often. */
const TOUCH_MS = 3_600_000;
/** Writes that may wait; while there are more, thumbnails are not kept. */
const MOST_WRITES = 64;

/**
 * Encoded thumbnails, the last used in memory and many more on disk. Files are written aside and renamed; any number of
 * processes may share the folder, and it may be deleted at any time. Trouble with the disk only costs time.
 */
export class ThumbnailStore {
  private readonly memory = new Map<string, Encoded>();
  private memoryBytes = 0;
  private readonly writes = new Set<Promise<void>>();
  private readonly made = new Set<string>();
  private diskBytes: number | null = null;
  private sweeping: Promise<void> | null = null;

  constructor(
    private readonly folder: string,
    private readonly limits: { readonly memory: number; readonly disk: number } = {
      memory: MEMORY_BYTES,
      disk: DISK_BYTES,
    },
  ) {}

  /** The name of a thumbnail: whatever its bytes depend on. */
  static key(parts: readonly (string | number)[]): string {
    return createHash('sha256')
      .update(JSON.stringify([VERSION, ...parts]))
      .digest('hex');
  }

  async get(key: string): Promise<Encoded | null> {
    const known = this.memory.get(key);
    if (known !== undefined) {
      this.memory.delete(key);
      this.memory.set(key, known);
      return known;
    }
    const found = await this.read(key);
    if (found !== null) this.remember(key, found);
    return found;
  }

  /** Keeps a thumbnail; the disk is not waited for. */
  put(key: string, thumbnail: Encoded): void {
    this.remember(key, thumbnail);
    if (this.writes.size >= MOST_WRITES || thumbnail.mime !== MIME) return;
    const write = this.write(key, thumbnail)
      .catch(() => undefined)
      .finally(() => this.writes.delete(write));
    this.writes.add(write);
  }

  /** Waits until everything is on disk. */
  async flush(): Promise<void> {
    await Promise.all(this.writes);
    await this.sweeping;
  }

  private remember(key: string, thumbnail: Encoded): void {
    this.memoryBytes += thumbnail.bytes.length - (this.memory.get(key)?.bytes.length ?? 0);
    this.memory.delete(key);
    this.memory.set(key, thumbnail);
    for (const [oldest, { bytes }] of this.memory) {
      if (this.memoryBytes <= this.limits.memory) return;
      this.memory.delete(oldest);
      this.memoryBytes -= bytes.length;
    }
  }

  private fileOf(key: string): string {
    return path.join(this.folder, key.slice(0, 2), `${key}.webp`);
  }

  private async read(key: string): Promise<Encoded | null> {
    const file = this.fileOf(key);
    const content = await readFile(file).catch(() => null);
    if (content === null || content.length <= HEADER_BYTES) return null;
    const [width = 0, height = 0, originalWidth = 0, originalHeight = 0] = [0, 4, 8, 12].map((at) =>
      content.readUInt32LE(at),
    );
    void touch(file);
    return { bytes: content.subarray(HEADER_BYTES), mime: MIME, width, height, originalWidth, originalHeight };
  }

  private async write(key: string, { bytes, ...sizes }: Encoded): Promise<void> {
    const file = this.fileOf(key);
    const folder = path.dirname(file);
    if (!this.made.has(folder)) {
      await mkdir(folder, { recursive: true });
      this.made.add(folder);
    }
    const header = Buffer.alloc(HEADER_BYTES);
    [sizes.width, sizes.height, sizes.originalWidth, sizes.originalHeight].forEach((size, index) =>
      header.writeUInt32LE(size, 4 * index),
    );
    const aside = `${file}.${randomUUID().slice(0, 8)}.tmp`;
    try {
      await writeFile(aside, Buffer.concat([header, bytes]));
      await rename(aside, file);
    } catch (error) {
      this.made.delete(folder);
      await rm(aside, { force: true });
      throw error;
    }
    // The first write lists the folder: how much lies there from before is not known.
    if (this.diskBytes !== null) this.diskBytes += HEADER_BYTES + bytes.length;
    if (this.diskBytes === null || this.diskBytes > this.limits.disk) {
      this.sweeping ??= this.sweep().finally(() => (this.sweeping = null));
    }
  }

  /** Removes what was used longest ago until the folder is small enough, and what killed processes left half-written. */
  private async sweep(): Promise<void> {
    const files: { file: string; size: number; used: number }[] = [];
    for (const name of await readdir(this.folder, { recursive: true }).catch(() => [])) {
      if (!/\.(?:webp|tmp)$/.test(name)) continue;
      const file = path.join(this.folder, name);
      const info = await stat(file).catch(() => null);
      if (info?.isFile() !== true) continue;
      if (!name.endsWith('.tmp')) files.push({ file, size: info.size, used: info.mtimeMs });
      else if (Date.now() - info.mtimeMs > TOUCH_MS) await rm(file, { force: true }).catch(() => undefined);
    }
    let total = files.reduce((sum, { size }) => sum + size, 0);
    if (total > this.limits.disk) {
      for (const { file, size } of files.sort((one, other) => one.used - other.used)) {
        if (total <= this.limits.disk * KEPT_SHARE) break;
        await rm(file, { force: true }).catch(() => undefined);
        total -= size;
      }
    }
    this.diskBytes = total;
  }
}

/** Notes when a file was last used, in its own time: many disks keep no time of access. */
async function touch(file: string): Promise<void> {
  const info = await stat(file).catch(() => null);
  if (info === null || Date.now() - info.mtimeMs < TOUCH_MS) return;
  const now = new Date();
  await utimes(file, now, now).catch(() => undefined);
}
