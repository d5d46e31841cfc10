/**
 * `npm run bench -- [--rows N] [--runs N] [--only PART,PART] [--data FOLDER]`: one JSON object on stdout, progress on stderr. No network.
 *
 * - `index`: how long indexing takes, against the floor (DuckDB writing the same file as Parquet and nothing else), the same rows as
 *   CSV and Parquet, and a script over pandas that counts the same classes (null where Python has none). Fresh processes, in turn,
 *   one run of each discarded, then the median of `--runs`; ratios are medians of those of runs that followed each other.
 * - `large`: ten times the rows, against `index`: is time linear, and memory bounded? Needs some 10 GB of disk.
 * - `browse`: what the analysis process alone takes to answer what the error browser asks.
 * - `warm`: what an index that is there answers: commands in fresh processes, the summary's queries, pages and searches.
 * - `compare`: comparing two runs of the same questions in the analysis process.
 * - `files`: `flipside index` over 2,000 small files.
 * - `window`: what a user waits for in a real VS Code, and what the extension host and the page take (window.ts); null, with
 *   the reason on stderr, where there is no Chromium or no server of VS Code.
 * - `charts`: the charts of ten runs of so many rows each: the first ones, and after a filter was changed. Needs some 5 GB of disk;
 *   `--data` keeps what it writes there, for the next time.
 * - `thumbnails`: thumbnails of photographs, against sharp alone.
 * - `inference`: the bundled model through process, gradient and occlusion, against the runtime alone.
 * - `annotations`: from a key to what is saved against a bare append and fsync, in a real VS Code where there is one and in the analysis process
 *   alone, and loading, with 100,000 annotations.
 *
 * `--only` measures these parts and leaves the others out; `large` and `charts` run only where they are named.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { DuckDBInstance } from '@duckdb/node-api';
import { browse } from './browse.js';
import { charts } from './charts.js';
import { compareTimes } from './compare.js';
import { manyFiles } from './files.js';
import { inferenceTimes } from './inference.js';
import { indexingLarge, measureIndexing } from './indexing.js';
import { median } from './measure.js';
import { writeRows } from './rows.js';
import { thumbnails } from './thumbnails.js';
import { warm } from './warm.js';
import { measureWindow } from './window.js';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const CLI = path.join(root, 'dist', 'cli.js');

const PARTS = [
  'index',
  'large',
  'browse',
  'warm',
  'compare',
  'charts',
  'files',
  'window',
  'thumbnails',
  'inference',
  'annotations',
] as const;
/** Parts that make data of their own. */
const APART = new Set<Part>(['charts', 'files', 'thumbnails', 'inference', 'annotations']);
/** Parts that write many gigabytes. */
const NAMED = new Set<Part>(['large', 'charts']);
type Part = (typeof PARTS)[number];

interface Settings {
  readonly rows: number;
  readonly runs: number;
  readonly parts: ReadonlySet<Part>;
  /** Where the charts' runs are kept; null: nowhere. */
  readonly data: string | null;
}

function settings(): Settings {
  const { values } = parseArgs({
    options: {
      rows: { type: 'string', default: '1000000' },
      runs: { type: 'string', default: '3' },
      data: { type: 'string' },
      only: { type: 'string', default: PARTS.filter((part) => !NAMED.has(part)).join(',') },
    },
  });
  const whole = (name: string, text: string) => {
    if (!/^[1-9]\d*$/.test(text)) throw new Error(`--${name} ${text}: expected a whole number from 1.`);
    return Number(text);
  };
  const parts = values.only.split(',').map((name) => {
    const part = PARTS.find((each) => each === name);
    if (part === undefined) throw new Error(`--only ${name}: expected some of ${PARTS.join(', ')}.`);
    return part;
  });
  return {
    rows: whole('rows', values.rows),
    runs: whole('runs', values.runs),
    parts: new Set(parts),
    data: values.data ?? null,
  };
}

function progress(text: string): void {
  process.stderr.write(`${text}\n`);
}

function duckdbVersion(): string {
  const file = path.join(root, 'node_modules', '@duckdb', 'node-api', 'package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

/** How long the database takes for what never changes, in ms: figures in seconds of two machines, or two hours, compare by it. */
async function yardstick(): Promise<number> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const times: number[] = [];
  for (let run = 0; run < 5; run++) {
    const start = performance.now();
    await connection.run('SELECT max(hash(range)) FROM range(50000000)');
    times.push(performance.now() - start);
  }
  connection.closeSync();
  instance.closeSync();
  return Math.round(median(times));
}

async function machine(): Promise<object> {
  const [load] = os.loadavg();
  return {
    yardstickMs: await yardstick(),
    ...{ cores: os.availableParallelism(), loadAtEnd: Number(load?.toFixed(1)) },
    ...{ node: process.version, duckdb: duckdbVersion() },
  };
}

const LARGE = 10;

/** Loaded when it is asked for: it brings the core, whose lines tests count, in a second form. */
async function annotating(folder: string, runs: number): Promise<object> {
  const { annotationTimes } = await import('./annotations.js');
  return annotationTimes(folder, { runs: Math.max(5, runs), progress });
}

async function large(rows: number, file: string, folder: string): Promise<object> {
  const many = path.join(folder, 'many.jsonl');
  progress(`Writing ${LARGE * rows} predictions …`);
  writeRows(many, LARGE * rows);
  return indexingLarge(file, { file: many, times: LARGE }, { runs: 1, folder, progress });
}

async function main(): Promise<void> {
  const chosen = settings();
  const { rows, runs, parts } = chosen;
  if (!existsSync(CLI)) throw new Error('dist/cli.js is missing: run npm run build first.');
  const folder = mkdtempSync(path.join(os.tmpdir(), 'flipside-bench-'));
  try {
    const file = path.join(folder, 'predictions.jsonl');
    const needsRows = [...parts].some((part) => !APART.has(part));
    if (needsRows) progress(`Writing ${rows} predictions …`);
    const result = {
      ...(needsRows ? { rows, bytes: writeRows(file, rows) } : {}),
      runs,
      ...(parts.has('index') ? await measureIndexing(file, { runs, folder, progress }) : {}),
      ...(parts.has('large') ? { large: await large(rows, file, folder) } : {}),
      ...(parts.has('browse') ? { browse: await browse(file, folder) } : {}),
      ...(parts.has('warm') ? { warm: await warm(file, { folder, runs }) } : {}),
      ...(parts.has('compare') ? { compare: await compareTimes(file, { folder, rows, runs }) } : {}),
      ...(parts.has('charts') ? { charts: await charts({ folder: chosen.data ?? folder, rows, runs, progress }) } : {}),
      ...(parts.has('files') ? { files: await manyFiles(folder, runs) } : {}),
      ...(parts.has('window') ? { window: await measureWindow(file, { folder, runs, progress }) } : {}),
      ...(parts.has('thumbnails') ? { thumbnails: await thumbnails(folder) } : {}),
      ...(parts.has('inference') ? { inference: await inferenceTimes() } : {}),
      ...(parts.has('annotations') ? { annotations: await annotating(folder, runs) } : {}),
      machine: await machine(),
    };
    process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }
}

try {
  await main();
} catch (error) {
  progress(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
