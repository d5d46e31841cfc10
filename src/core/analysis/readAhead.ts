import type { Format, Source } from '../formats/format.js';
import { Beginning } from './beginning.js';

/** Begins to read a large file while its hash is computed, most often to be read next. One at a time. */
export class ReadAhead {
  private begun: Beginning | null = null;

  /** `folder`: where records wait that memory is not to hold; left out where no file is read by pattern. */
  constructor(private readonly folder?: string) {}

  begin(source: Source, format: Format, bytes: number): void {
    if (this.begun !== null) return;
    this.begun = new Beginning(source, { format, bytes, ...(this.folder !== undefined && { folder: this.folder }) });
  }

  /** The path of the file that was begun, and that nobody took; null where there is none. */
  get file(): string | null {
    return this.begun?.source.path ?? null;
  }

  /** The file, where it was begun: whoever takes it closes it. */
  take(file: string): Beginning | null {
    const { begun } = this;
    if (begun?.source.path !== file) return null;
    this.begun = null;
    return begun;
  }

  /** Ends what nobody took: there was a shard of it already, or it was skipped. */
  async close(): Promise<void> {
    const { begun } = this;
    this.begun = null;
    await begun?.close();
  }
}
