import { readFileSync, statSync, type Stats } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';

/** What takes longer is not answered from memory: the disk turns, or is another machine's. */
const LONG_MS = 2;
/** How much the last file weighs against those before it: one that took long says no more than that the processor was busy. */
const LAST_WEIGHS = 0.25;
/** A file counts as at most this long, so that one alone does not tip the scale. */
const MOST_MS = 3 * LONG_MS;
/** So many files are waited for after several that took long. */
const PATIENT_FOR = 100;
/** Whoever else waits for this process has a turn after so long. */
const TURN_MS = 20;

/**
 * Looks at many small files. Where the system has them in memory, to wait for each takes longer than to read it; where it has not, several
 * are waited for at a time. Which it is shows in how long a file takes.
 */
export class QuickFiles {
  private toWait = 0;
  private usualMs = 0;
  private lastTurn = performance.now();

  /** As `fs.stat`. */
  stat(file: string): Promise<Stats> {
    return this.do(
      () => statSync(file),
      () => stat(file),
    );
  }

  /** As `fs.readFile`. */
  read(file: string): Promise<Buffer> {
    return this.do(
      () => readFileSync(file),
      () => readFile(file),
    );
  }

  private async do<T>(now: () => T, later: () => Promise<T>): Promise<T> {
    if (this.toWait > 0) {
      this.toWait -= 1;
      return later();
    }
    if (performance.now() - this.lastTurn > TURN_MS) {
      await setImmediate();
      this.lastTurn = performance.now();
    }
    const begun = performance.now();
    try {
      return now();
    } finally {
      const took = Math.min(MOST_MS, performance.now() - begun);
      this.usualMs += LAST_WEIGHS * (took - this.usualMs);
      if (this.usualMs > LONG_MS) this.toWait = PATIENT_FOR;
    }
  }
}
