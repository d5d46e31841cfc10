/**
 * `npm run bench -- [--rows N] [--runs N] [--only PART,PART]`: one JSON object on stdout, progress on stderr. No network.
 *
 * - `index`: how long indexing takes, against the floor (DuckDB writing the same file as Parquet and nothing else). Fresh
 *   processes, one run discarded, then the median of `--runs`.
 * - `browse`: what the analysis process alone takes to answer what the error browser asks.
 * - `warm`: what an index that is there answers: commands in fresh processes, the summary's queries, pages and searches.
 * - `files`: `flipside index` over 2,000 small files.
 * - `window`: what a user waits for in a real VS Code, and what the extension host and the page take (window.ts); null, with
 *   the reason on stderr, where there is no Chromium or no server of VS Code.
 * - `thumbnails`: thumbnails of photographs, against sharp alone.
 *
 * `--only` measures these parts and leaves the others out.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { browse } from './browse.js';
import { manyFiles } from './files.js';
import { measure, median, rssMethod, type Measured } from './measure.js';
import { writeRows } from './rows.js';
import { thumbnails } from './thumbnails.js';
import { warm } from './warm.js';
import { measureWindow } from './window.js';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const CLI = path.join(root, 'dist', 'cli.js');

const PARTS = ['index', 'browse', 'warm', 'files', 'window', 'thumbnails'] as const;
/** Parts that make data of their own. */
const APART = new Set<Part>(['files', 'thumbnails']);
type Part = (typeof PARTS)[number];

interface Settings {
  readonly rows: number;
  readonly runs: number;
  readonly parts: ReadonlySet<Part>;
}

function settings(): Settings {
  const { values } = parseArgs({
    options: {
      rows: { type: 'string', default: '1000000' },
      runs: { type: 'string', default: '3' },
      only: { type: 'string', default: PARTS.join(',') },
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
  return { rows: whole('rows', values.rows), runs: whole('runs', values.runs), parts: new Set(parts) };
}

function progress(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** One discarded run, then `runs` measured ones; `once` gets the number of the run, for an output of its own. */
async function medianOf(name: string, runs: number, once: (run: number) => Promise<Measured>): Promise<Measured> {
  const measured: Measured[] = [];
  for (let run = 0; run <= runs; run++) {
    const result = await once(run);
    progress(`${name} ${run === 0 ? '(discarded)' : `${run}/${runs}`}: ${result.seconds.toFixed(2)} s`);
    if (run > 0) measured.push(result);
  }
  const peaks = measured.flatMap(({ peakRssMb }) => (peakRssMb === null ? [] : [peakRssMb]));
  return {
    seconds: median(measured.map(({ seconds }) => seconds)),
    peakRssMb: peaks.length === 0 ? null : median(peaks),
  };
}

function rounded({ seconds, peakRssMb }: Measured): Measured {
  return {
    seconds: Number(seconds.toFixed(3)),
    peakRssMb: peakRssMb === null ? null : Math.round(peakRssMb),
  };
}

function duckdbVersion(): string {
  const file = path.join(root, 'node_modules', '@duckdb', 'node-api', 'package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

function machine(): object {
  const [load] = os.loadavg();
  return {
    ...{ cores: os.availableParallelism(), loadAtEnd: Number(load?.toFixed(1)) },
    ...{ node: process.version, duckdb: duckdbVersion() },
  };
}

/** Indexing against the floor. */
async function indexing({ runs }: Settings, file: string, folder: string): Promise<object> {
  const method = rssMethod();
  // A cache of its own, or the second run would find the first one's shard.
  const fresh = (run: number) => ({ ...process.env, XDG_CACHE_HOME: path.join(folder, `cache-${run}`) });
  const floor = await medianOf('floor', runs, (run) =>
    measure(
      [process.execPath, path.join(root, 'bench', 'floor.mjs'), file, path.join(folder, `${run}.parquet`)],
      method,
    ),
  );
  const index = await medianOf('index', runs, (run) => {
    const out = path.join(folder, `index-${run}`);
    mkdirSync(out);
    return measure([process.execPath, CLI, 'index', file, '--out', out], method, fresh(run));
  });
  const ratio = Number((index.seconds / floor.seconds).toFixed(2));
  return { floor: rounded(floor), index: rounded(index), ratio, rssMethod: method };
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
      ...(parts.has('index') ? await indexing(chosen, file, folder) : {}),
      ...(parts.has('browse') ? { browse: await browse(file, folder) } : {}),
      ...(parts.has('warm') ? { warm: await warm(file, { folder, runs }) } : {}),
      ...(parts.has('files') ? { files: await manyFiles(folder, runs) } : {}),
      ...(parts.has('window') ? { window: await measureWindow(file, { folder, runs, progress }) } : {}),
      ...(parts.has('thumbnails') ? { thumbnails: await thumbnails(folder) } : {}),
      machine: machine(),
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
