import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';

/** About as long as an event of an annotation with one image. */
const LINE = 'x'.repeat(350) + '\n';

/** Milliseconds of what was measured, and of a bare append after each. */
export interface Times {
  readonly saved: number[];
  readonly bare: number[];
}

/** The floor of saving: a line that is added to an open file, until it is on the disk. */
export class BareAppends {
  private readonly handle: number;

  constructor(file: string) {
    this.handle = openSync(file, 'a');
  }

  /** Adds a line. Milliseconds until it is on the disk. */
  time(): number {
    const begin = performance.now();
    writeSync(this.handle, LINE);
    fdatasyncSync(this.handle);
    return performance.now() - begin;
  }

  close(): void {
    closeSync(this.handle);
  }
}
