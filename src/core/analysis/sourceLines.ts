import { stat } from 'node:fs/promises';
import {
  crowdedOn,
  recordLines,
  recordsOn,
  type PlacedRecord,
  type RecordLines,
} from '../formats/containers/recordLines.js';
import { sniff } from '../formats/shape.js';

export type { PlacedRecord } from '../formats/containers/recordLines.js';

/** Editors hand no file to extensions that is longer than 50 MiB (VS Code's limit of synchronised models): none is looked through. */
const MOST_BYTES = 50 << 20;
/** So many files are remembered: as many as somebody looks at in turn. */
const KEPT = 4;

/** What lies on some lines of a file. */
export interface OnLines {
  readonly records: readonly PlacedRecord[];
  /** The first of these lines on which several records begin, none of which is told; null where there is none. */
  readonly crowded: number | null;
}

const NOTHING: OnLines = { records: [], crowded: null };

interface Known {
  readonly stamp: string;
  readonly lines: Promise<RecordLines | null>;
}

/** Which records lie on which lines of prediction files. A file is read when it is first asked about, and after it changed. */
export class SourceLines {
  private readonly known = new Map<string, Known>();

  /**
   * The records of a file that lie on the lines `from` to `to`, counted from 1, each with the line on which it begins. None where records
   * are no lines of text, where the file is too large for an editor, and where it does not hold `records` of them: it is another by now
   * than the one that was read, or its rows are not its records.
   * @throws FlipsideError when the file cannot be read.
   */
  async on(file: string, records: number, from: number, to: number): Promise<OnLines> {
    const lines = await this.linesOf(file);
    if (lines === null || lines.first.length !== records) return NOTHING;
    return { records: recordsOn(lines, from, to), crowded: crowdedOn(lines, from, to) };
  }

  private async linesOf(file: string): Promise<RecordLines | null> {
    const found = await stat(file).catch(() => null);
    if (found === null || !found.isFile() || found.size > MOST_BYTES) return null;
    const stamp = `${found.size}:${found.mtimeMs}:${found.ino}`;
    const before = this.known.get(file);
    const known = before?.stamp === stamp ? before : { stamp, lines: read(file) };
    this.known.delete(file);
    this.known.set(file, known);
    for (const oldest of [...this.known.keys()].slice(0, -KEPT)) this.known.delete(oldest);
    try {
      return await known.lines;
    } catch (error) {
      if (this.known.get(file) === known) this.known.delete(file);
      throw error;
    }
  }
}

async function read(file: string): Promise<RecordLines | null> {
  return recordLines(file, await sniff(file));
}
