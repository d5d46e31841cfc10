import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/** The folder of real prediction files, outside the project: $REAL_DATA, else the default place beside a contributor's checkout. */
export const REAL_DATA = path.resolve(root, process.env['REAL_DATA'] ?? '../shared/data/real');

/** A file or folder of the real data. */
export function realData(...parts: string[]): string {
  return path.join(REAL_DATA, ...parts);
}

/** A mocha suite over real data: skipped, with the reason in its title, where the folder is absent. */
export function describeReal(title: string, body: () => void): void {
  if (existsSync(REAL_DATA)) describe(title, body);
  else describe.skip(`${title} (skipped: no real data at ${REAL_DATA}; set REAL_DATA)`, body);
}
