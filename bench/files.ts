import { mkdirSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { measure, median } from './measure.js';
import { writeRows } from './rows.js';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const CLI = path.join(root, 'dist', 'cli.js');
const FILES = 2000;
const ROWS = 20;

/** Indexing many small files, and finding them unchanged; seconds in fresh processes, medians. */
export interface FilesTimes {
  readonly files: number;
  readonly rowsEach: number;
  readonly indexS: number;
  readonly rerunS: number;
}

/** Writes small prediction files, each with rows of its own, and indexes them with an empty cache and with a full one. */
export async function manyFiles(folder: string, runs: number): Promise<FilesTimes> {
  const data = path.join(folder, 'files');
  for (let file = 0; file < FILES; file++) {
    const model = path.join(data, `model-${String(file % 20)}`);
    mkdirSync(model, { recursive: true });
    writeRows(path.join(model, `run-${String(file)}.jsonl`), ROWS, file + 1);
  }
  const [fresh, again]: [number[], number[]] = [[], []];
  for (let run = 0; run <= runs; run++) {
    const cache = path.join(folder, `files-cache-${String(run)}`);
    const command = [process.execPath, CLI, 'index', data, '--cache', cache, '--out', path.join(cache, 'shards')];
    fresh.push((await measure(command, 'none')).seconds);
    again.push((await measure(command, 'none')).seconds);
  }
  const seconds = (times: readonly number[]): number => Number(median(times.slice(1)).toFixed(2));
  return { files: FILES, rowsEach: ROWS, indexS: seconds(fresh), rerunS: seconds(again) };
}
