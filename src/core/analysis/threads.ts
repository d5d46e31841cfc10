import { existsSync, realpathSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';

/** A thread's program, beside the program that runs; null where this is run from its sources, without further threads. */
export function threadProgram(name: 'hashThread' | 'indexThread'): string | null {
  const [, main] = process.argv;
  if (main === undefined || !existsSync(main)) return null;
  const beside = path.join(path.dirname(realpathSync(main)), `${name}.js`);
  return existsSync(beside) ? beside : null;
}
