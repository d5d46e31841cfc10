import { mkdir, open, stat, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { annotatorName } from '../annotationModel.js';
import { FlipsideError } from '../model.js';
import { lineOf, type AnnotationEvent } from './events.js';

const NEWLINE = 0x0a;

/** The name of an annotator's file. Throws a FlipsideError where nothing is left of the name. */
export function annotatorFileName(annotator: string): string {
  const name = annotatorName(annotator);
  if (name === null) throw new FlipsideError('An annotator needs a name of letters or digits.');
  return `${name}.jsonl`;
}

/**
 * An annotator's file, to which events are added. Several windows may have it open: each line is added by one write at the file's end, and what
 * is added is on the disk once `add` has answered. A last line that somebody else did not finish is ended first, so that it harms no other.
 */
export class AnnotationFile {
  private handle: FileHandle | null = null;
  /** One after another, in the order in which they were asked for. */
  private last: Promise<unknown> = Promise.resolve();

  constructor(readonly file: string) {}

  /** Adds events. Rejects with a FlipsideError where they could not all be written to the disk: then none of them counts as saved. */
  add(events: readonly AnnotationEvent[]): Promise<void> {
    const adding = this.last.then(() => this.write(events.map(lineOf).join('')));
    this.last = adding.catch(() => undefined);
    return adding;
  }

  async close(): Promise<void> {
    await this.last;
    await this.handle?.close();
    this.handle = null;
  }

  private async write(lines: string): Promise<void> {
    try {
      // Whoever replaces the file while it is written, as git does, would else have the only copy without these lines.
      do await this.append(lines);
      while (!(await this.isInPlace()));
    } catch (error) {
      await this.handle?.close().catch(() => undefined);
      this.handle = null;
      const { code, message } = error as NodeJS.ErrnoException;
      throw new FlipsideError(`Not saved: ${this.file} cannot be written (${code ?? message}).`, { file: this.file });
    }
  }

  private async append(lines: string): Promise<void> {
    if (!(await this.isInPlace())) {
      await this.handle?.close();
      this.handle = null;
    }
    const handle = (this.handle ??= await this.opened());
    const before = (await this.isEnded(handle)) ? '' : '\n';
    const bytes = Buffer.from(before + lines);
    const { bytesWritten } = await handle.write(bytes);
    // A disk that is full takes a part: what is half is ended by whoever writes next.
    if (bytesWritten < bytes.length) throw Object.assign(new Error('the disk is full'), { code: 'ENOSPC' });
    await handle.datasync();
  }

  /** Whether what is open still is the file of that name: git and others put new ones in the place of old ones, or take them away. */
  private async isInPlace(): Promise<boolean> {
    if (this.handle === null) return false;
    const [open, there] = await Promise.all([
      this.handle.stat({ bigint: true }),
      stat(this.file, { bigint: true }).catch(() => null),
    ]);
    return there !== null && open.ino === there.ino && open.dev === there.dev;
  }

  private async opened(): Promise<FileHandle> {
    await mkdir(path.dirname(this.file), { recursive: true });
    return open(this.file, 'a+');
  }

  private async isEnded(handle: FileHandle): Promise<boolean> {
    const { size } = await handle.stat();
    if (size === 0) return true;
    const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
    return buffer[0] === NEWLINE;
  }
}
