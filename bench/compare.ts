import { linkSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import type { Query } from '../src/protocol/rows.js';
import { analysisProcess, paramsFor } from './analysisProcess.js';
import { measure, median } from './measure.js';
import { writeRows } from './rows.js';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const CLI = path.join(root, 'dist', 'cli.js');
/** After this long the process has in memory what it copies there (see warm.ts), which takes a processor of its own. */
const REST_MS = 8000;
/** Another run of the same questions. */
const OTHER = 7;

/** What comparing two runs of the same questions takes in an analysis process at rest; milliseconds, medians over fresh processes. */
export interface CompareTimes {
  /** The first time, all joined and counted; again, counted only. */
  readonly compareMs: number;
  readonly againMs: number;
  /** Opening the rows that were broken: their number and order. */
  readonly openCellMs: number;
}

/** Writes another run of the rows in `file`, indexes both, and compares them. */
export async function compareTimes(
  file: string,
  { folder, rows, runs }: { folder: string; rows: number; runs: number },
): Promise<CompareTimes> {
  const data = path.join(folder, 'compare');
  const cacheDir = path.join(folder, 'compare-cache');
  mkdirSync(data);
  linkSync(file, path.join(data, 'base.jsonl'));
  writeRows(path.join(data, 'new.jsonl'), rows, 1, OTHER);
  await measure(
    [process.execPath, CLI, 'index', data, '--cache', cacheDir, '--out', path.join(cacheDir, 'shards')],
    'none',
  );
  const times: CompareTimes[] = [];
  for (let run = 0; run <= runs; run++) times.push(await once(data, cacheDir));
  const medianOf = (name: keyof CompareTimes): number => Math.round(median(times.slice(1).map((each) => each[name])));
  return { compareMs: medianOf('compareMs'), againMs: medianOf('againMs'), openCellMs: medianOf('openCellMs') };
}

async function once(data: string, cacheDir: string): Promise<CompareTimes> {
  const client = analysisProcess();
  try {
    const complete = new Promise((resolve) => client.on('overview', resolve));
    await client.open(paramsFor(data, cacheDir));
    await complete;
    await new Promise((resolve) => setTimeout(resolve, REST_MS));
    const runs = { base: 'base.jsonl', new: 'new.jsonl' };
    const compare = () => client.ask('compare', { base: runs.base, treatments: [runs.new], target: null });
    const compareMs = await timed(compare);
    const againMs = await timed(compare);
    const filter = { compared: { ...runs, cells: ['broken' as const] } };
    const query: Query = { facets: {}, search: '', ids: null, filter, sort: [], group: null };
    return { compareMs, againMs, openCellMs: await timed(() => client.ask('slice', query)) };
  } finally {
    client.dispose();
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
