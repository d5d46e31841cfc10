/**
 * `npm run bench -- [--rows N] [--runs N]`: how long indexing takes, against the floor (DuckDB writing the same file as
 * Parquet and nothing else). Fresh processes, one run discarded, then the median of `--runs`. Then what the error browser waits
 * for, and thumbnails against sharp alone. One JSON object on stdout, progress on stderr. No network.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { browse } from './browse.js';
import { measure, median, rssMethod, type Measured } from './measure.js';
import { writeRows } from './rows.js';
import { thumbnails } from './thumbnails.js';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const CLI = path.join(root, 'dist', 'cli.js');

interface Settings {
  readonly rows: number;
  readonly runs: number;
  /** They take half a minute whatever the number of rows. */
  readonly thumbnails: boolean;
}

function settings(): Settings {
  const { values } = parseArgs({
    options: {
      rows: { type: 'string', default: '1000000' },
      runs: { type: 'string', default: '3' },
      'no-thumbnails': { type: 'boolean', default: false },
    },
  });
  const whole = (name: string, text: string) => {
    if (!/^[1-9]\d*$/.test(text)) throw new Error(`--${name} ${text}: expected a whole number from 1.`);
    return Number(text);
  };
  return {
    rows: whole('rows', values.rows),
    runs: whole('runs', values.runs),
    thumbnails: !values['no-thumbnails'],
  };
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

async function compare({ rows, runs }: Settings, folder: string): Promise<object> {
  const file = path.join(folder, 'predictions.jsonl');
  progress(`Writing ${rows} predictions …`);
  const bytes = writeRows(file, rows);
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
  return {
    rows,
    bytes,
    runs,
    floor: rounded(floor),
    index: rounded(index),
    ratio: Number((index.seconds / floor.seconds).toFixed(2)),
    rssMethod: method,
    browse: await browse(file, folder),
    machine: { cores: os.availableParallelism(), node: process.version, duckdb: duckdbVersion() },
  };
}

async function main(): Promise<void> {
  const chosen = settings();
  if (!existsSync(CLI)) throw new Error('dist/cli.js is missing: run npm run build first.');
  const folder = mkdtempSync(path.join(os.tmpdir(), 'flipside-bench-'));
  try {
    const indexing = await compare(chosen, folder);
    if (chosen.thumbnails) progress('Making thumbnails …');
    const result = { ...indexing, ...(chosen.thumbnails ? { thumbnails: await thumbnails(folder) } : {}) };
    process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

try {
  await main();
} catch (error) {
  progress(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
