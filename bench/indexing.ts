import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';
import { measure, median, rssMethod, type Measured } from './measure.js';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const CLI = path.join(root, 'dist', 'cli.js');
/** Debian's own may have pandas where another one stands first in the path. */
const PYTHONS = [process.env['PYTHON'] ?? 'python3', '/usr/bin/python3'];

export interface Measuring {
  readonly runs: number;
  /** Where indexes and other layouts of the rows are written. */
  readonly folder: string;
  readonly progress: (text: string) => void;
}

/** What is measured, by name; each gets the number of the run, for an output of its own. */
type Measures = Readonly<Record<string, (run: number) => Promise<Measured>>>;

/**
 * The median of `runs` measured runs of each, after one that is discarded. They take turns: a machine that others use, too, is slow for
 * minutes on end, and ratios are to compare like with like.
 */
async function mediansOf<M extends Measures>(
  measures: M,
  { runs, progress }: Measuring,
): Promise<{ readonly [name in keyof M]: Runs }> {
  const measured = new Map<string, Measured[]>(Object.keys(measures).map((name) => [name, []]));
  for (let run = 0; run <= runs; run++) {
    for (const [name, once] of Object.entries(measures)) {
      const result = await once(run);
      progress(`${name} ${run === 0 ? '(discarded)' : `${run}/${runs}`}: ${result.seconds.toFixed(2)} s`);
      if (run > 0) measured.get(name)?.push(result);
    }
  }
  return Object.fromEntries(
    [...measured].map(([name, results]) => [name, { ...medianOf(results), results }]),
  ) as unknown as {
    readonly [name in keyof M]: Runs;
  };
}

/** The medians of several runs, and these. */
interface Runs extends Measured {
  readonly results: readonly Measured[];
}

function medianOf(measured: readonly Measured[]): Measured {
  const peaks = measured.flatMap(({ peakRssMb }) => (peakRssMb === null ? [] : [peakRssMb]));
  return {
    seconds: median(measured.map(({ seconds }) => seconds)),
    peakRssMb: peaks.length === 0 ? null : median(peaks),
  };
}

function rounded({ seconds, peakRssMb }: Measured): Measured {
  return { seconds: Number(seconds.toFixed(3)), peakRssMb: peakRssMb === null ? null : Math.round(peakRssMb) };
}

/** The median of the ratios of runs that followed each other: what slows a machine for a minute slows both. */
function ratio(one: Runs, other: Runs): number {
  const ratios = one.results.map(({ seconds }, run) => seconds / (other.results[run]?.seconds ?? NaN));
  return Number(median(ratios).toFixed(2));
}

/** `flipside index` with an empty cache, each time. */
function indexing(name: string, file: string, folder: string): (run: number) => Promise<Measured> {
  return (run) => {
    const out = path.join(folder, `${name}-${run}`);
    mkdirSync(out);
    // A cache of its own, or the second run would find the first one's shard.
    const env = { ...process.env, XDG_CACHE_HOME: path.join(folder, `${name}-cache-${run}`) };
    return measure([process.execPath, CLI, 'index', file, '--out', out], rssMethod(), env);
  };
}

/** Indexing JSON lines against the floor, the same rows in other containers, and a script over pandas. */
export async function measureIndexing(file: string, measuring: Measuring): Promise<object> {
  const { folder, progress } = measuring;
  const others = await otherContainers(file, folder);
  const floor = (run: number): Promise<Measured> =>
    measure(
      [process.execPath, path.join(root, 'bench', 'floor.mjs'), file, path.join(folder, `${run}.parquet`)],
      rssMethod(),
    );
  const script = pandasScript(progress);
  const found = await mediansOf(
    {
      floor,
      index: indexing('index', file, folder),
      csv: indexing('csv', others.csv, folder),
      parquet: indexing('parquet', others.parquet, folder),
      ...(script === null ? {} : { pandas: () => measure([...script, file], rssMethod()) }),
    },
    measuring,
  );
  if (script !== null) requireSame(file, script, folder);
  const { index, pandas = null } = found;
  return {
    floor: rounded(found.floor),
    index: rounded(index),
    ratio: ratio(index, found.floor),
    csv: { ...rounded(found.csv), ratioToJsonl: ratio(found.csv, index) },
    parquet: { ...rounded(found.parquet), ratioToJsonl: ratio(found.parquet, index) },
    pandas: pandas === null ? null : { ...rounded(pandas), timesFaster: ratio(pandas, index) },
    rssMethod: rssMethod(),
  };
}

/** The rows as CSV (options as JSON) and as Parquet, written by DuckDB. */
async function otherContainers(file: string, folder: string): Promise<{ csv: string; parquet: string }> {
  const quoted = (name: string): string => `'${name.replaceAll("'", "''")}'`;
  const [csv, parquet] = [path.join(folder, 'predictions.csv'), path.join(folder, 'predictions.parquet')];
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const rows = `FROM read_json(${quoted(file)})`;
  await connection.run(`COPY (SELECT * REPLACE (to_json(options) AS options) ${rows}) TO ${quoted(csv)} (HEADER)`);
  await connection.run(`COPY (SELECT * ${rows}) TO ${quoted(parquet)} (FORMAT parquet)`);
  connection.closeSync();
  instance.closeSync();
  return { csv, parquet };
}

/** The command that counts by pandas; null, with the reason on stderr, where Python has none. */
function pandasScript(progress: Measuring['progress']): readonly [string, string] | null {
  const python = PYTHONS.find((program) => spawnSync(program, ['-c', 'import pandas']).status === 0);
  if (python !== undefined) return [python, path.join(root, 'bench', 'pandasClasses.py')];
  progress(`pandas: left out, ${PYTHONS.join(' and ')} have none (Debian: apt-get install python3-pandas).`);
  return null;
}

interface Counted {
  readonly correct: number;
  readonly classes: Readonly<Record<string, number>>;
}

/** What the script counts must be what `flipside summary` counts. */
function requireSame(file: string, [python, script]: readonly [string, string], folder: string): void {
  const theirs = JSON.parse(run(python, [script, file])) as Counted;
  const cache = ['--cache', path.join(folder, 'summary-cache')];
  const [ours] = (
    JSON.parse(run(process.execPath, [CLI, 'summary', file, '--format', 'json', ...cache])) as {
      runs: { correct: number; classes: Record<string, { count: number }> }[];
    }
  ).runs;
  const counts = Object.entries(ours?.classes ?? {}).flatMap(([name, { count }]) => (count > 0 ? [[name, count]] : []));
  const sorted = (classes: object): string => JSON.stringify(Object.entries(classes).sort());
  if (theirs.correct === ours?.correct && sorted(theirs.classes) === sorted(Object.fromEntries(counts) as object))
    return;
  throw new Error(
    `pandas counts ${JSON.stringify(theirs)}, flipside ${String(ours?.correct)} right and ${sorted(Object.fromEntries(counts) as object)}`,
  );
}

function run(program: string, args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (status !== 0)
    throw new Error(`${program} ${args.join(' ')} ended with status ${String(status)}:\n${stderr.slice(-2000)}`);
  return stdout;
}

/** Ten times the rows: time and memory against those of `index`, one run each. */
export async function indexingLarge(
  small: string,
  large: { readonly file: string; readonly times: number },
  measuring: Measuring,
): Promise<object> {
  const { folder } = measuring;
  const { one, many } = await mediansOf(
    { one: indexing('small', small, folder), many: indexing('large', large.file, folder) },
    { ...measuring, runs: 1 },
  );
  return {
    times: large.times,
    ...rounded(many),
    timeRatio: ratio(many, one),
    rssRatio:
      one.peakRssMb === null || many.peakRssMb === null ? null : Number((many.peakRssMb / one.peakRssMb).toFixed(2)),
  };
}
