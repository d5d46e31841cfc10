import { writeFile } from 'node:fs/promises';
import { patchText, type PatchItem } from './patchFile.js';
import { writeOut } from './writeOut.js';

/** Writes a patch, aside and renamed. Throws a FlipsideError where it cannot be written. */
export function writePatch(items: readonly PatchItem[], out: string): Promise<void> {
  return writeOut(out, (aside) => writeFile(aside, patchText(items)));
}
