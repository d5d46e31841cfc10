import { appendFile, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { FlipsideError, type JsonObject } from '../../core/model.js';
import type { MapFile } from '../../protocol/inference.js';

/** The folder, inside the one that is opened, in which reruns lie. */
export const RERUNS = path.join('.flipside', 'reruns');

/**
 * A file of reruns while it is written: lines are added aside, under a name that nobody reads, and the file has its own name once it is
 * finished, so that a run is never half of what was asked.
 */
export class RerunFile {
  readonly file: string;
  private readonly aside: string;
  private lines = 0;
  private isFinished = false;

  /** @param folder usually RERUNS of `root`, the opened folder, from which images are looked up again */
  constructor(
    folder: string,
    name: string,
    readonly root: string,
  ) {
    this.file = path.join(folder, `${name}.jsonl`);
    this.aside = path.join(folder, `.${name}.${process.pid}.tmp`);
  }

  /** The folder for what lies beside the file: maps. */
  get beside(): string {
    return this.file.replace(/\.jsonl$/, '.maps');
  }

  get count(): number {
    return this.lines;
  }

  /** Adds records. Throws a FlipsideError where nothing can be written there. */
  async add(records: readonly JsonObject[]): Promise<void> {
    await this.writing(async () => {
      await mkdir(path.dirname(this.file), { recursive: true });
      await appendFile(this.aside, records.map((record) => `${JSON.stringify(record)}\n`).join(''));
    });
    this.lines += records.length;
  }

  /** Writes files into the folder beside. Throws a FlipsideError where nothing can be written there. */
  async addBeside(files: readonly MapFile[]): Promise<void> {
    await this.writing(async () => {
      await mkdir(this.beside, { recursive: true });
      for (const { name, bytes } of files) await writeFile(path.join(this.beside, name), bytes);
    });
  }

  /** Gives the file its name. Without a record there is none, and null is returned. */
  async finish(): Promise<string | null> {
    if (this.lines === 0) return null;
    await this.writing(() => rename(this.aside, this.file));
    this.isFinished = true;
    return this.file;
  }

  /** Takes away what was not finished. It never fails: why nothing could be written there has been said by then. */
  async discard(): Promise<void> {
    await rm(this.aside, { force: true }).catch(() => undefined);
    if (!this.isFinished) await rm(this.beside, { recursive: true, force: true }).catch(() => undefined);
  }

  private async writing(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      throw new FlipsideError(
        `The rerun cannot be written to ${this.file} (${code ?? message}). Check the folder's permissions and free space, or choose another one.`,
      );
    }
  }
}

/** A name for a file of reruns: model, run and time, in characters that every file system takes. */
export function rerunName(model: string, run: string, at: Date): string {
  // To the millisecond: two reruns of an item may be a second apart or less.
  const time = at.toISOString().replace(/[-:]/g, '').replace(/[T.]/g, '-').slice(0, 19);
  const stem =
    run
      .split(/[\\/]/)
      .at(-1)
      ?.replace(/\.[A-Za-z0-9]{1,6}$/, '') ?? run;
  return [model, 'on', stem, time].map((part) => part.replace(/[^A-Za-z0-9._-]+/g, '-').slice(0, 60)).join('_');
}
