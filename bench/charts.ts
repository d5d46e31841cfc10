import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { CHART_KINDS, type ChartsRequest } from '../src/core/chartModel.js';
import type { AnalysisClient } from '../src/views/analysisClient.js';
import { analysisProcess, paramsFor } from './analysisProcess.js';
import { measure, median } from './measure.js';
import { writeRows } from './rows.js';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const CLI = path.join(root, 'dist', 'cli.js');
const FILES = 10;
/** What the page of the charts asks for first. */
const FIRST = ['classes', 'tasks'] as const;
const TASKS = 7;

/** What the page of the charts waits for, in milliseconds (medians), over runs of which each is a file. */
export interface ChartsTimes {
  readonly files: number;
  readonly rowsEach: number;
  /** In a fresh process, right after opening an index that is there: nothing is in memory yet. */
  readonly firstChartsMs: number;
  /** The first charts again, of the items of one task. */
  readonly filterMs: number;
  /** All other kinds one after another, as they come near while somebody scrolls, and the longest of them. */
  readonly otherChartsMs: number;
  readonly longestMs: number;
  readonly longest: string;
  /** Of the analysis process, at its largest; null where the system does not tell. */
  readonly peakRssMb: number | null;
}

interface Settings {
  readonly folder: string;
  readonly rows: number;
  readonly runs: number;
  readonly progress: (text: string) => void;
}

/** Writes ten runs and indexes them where they are not in the folder already, and asks for their charts. */
export async function charts({ folder, rows, runs, progress }: Settings): Promise<ChartsTimes> {
  const data = path.join(folder, `charts-${rows}`);
  const cacheDir = path.join(folder, `charts-${rows}-cache`);
  mkdirSync(data, { recursive: true });
  for (let file = 1; file <= FILES; file++) {
    const place = path.join(data, `run${String(file).padStart(2, '0')}.jsonl`);
    if (existsSync(place)) continue;
    progress(`Writing run ${file} of ${FILES} …`);
    writeRows(`${place}.tmp`, rows, file);
    renameSync(`${place}.tmp`, place);
  }
  progress(`Indexing ${FILES} runs …`);
  const index = ['index', data, '--cache', cacheDir, '--out', path.join(cacheDir, 'shards')];
  await measure([process.execPath, CLI, ...index], 'none');
  const [first, filtered, others, longest]: [number[], number[], number[], [number, string][]] = [[], [], [], []];
  let peak: number | null = null;
  for (let run = 0; run <= runs; run++) {
    const client = analysisProcess();
    try {
      await client.open(paramsFor(data, cacheDir));
      const one = await timesOf(client);
      peak = peakOfChildren();
      if (run === 0) continue;
      first.push(one.first);
      filtered.push(...one.filtered);
      others.push(one.others.reduce((sum, [ms]) => sum + ms, 0));
      longest.push(...one.others);
    } finally {
      client.dispose();
    }
  }
  const [longestMs, kind] = longest.reduce((most, each) => (each[0] > most[0] ? each : most), [0, '']);
  return {
    ...{
      files: FILES,
      rowsEach: rows,
      firstChartsMs: Math.round(median(first)),
      filterMs: Math.round(median(filtered)),
    },
    ...{ otherChartsMs: Math.round(median(others)), longestMs: Math.round(longestMs), longest: kind, peakRssMb: peak },
  };
}

interface Once {
  readonly first: number;
  readonly filtered: readonly number[];
  /** How long, and which kind. */
  readonly others: readonly [number, string][];
}

async function timesOf(client: AnalysisClient): Promise<Once> {
  const timed = async (part: Partial<ChartsRequest>): Promise<number> => {
    const start = performance.now();
    await client.ask('charts', { ...ALL, ...part });
    return performance.now() - start;
  };
  const first = await timed({ kinds: FIRST });
  const filtered: number[] = [];
  for (let task = 0; task < TASKS; task++) {
    const filter = { field: 'task', op: 'eq', value: `Relative direction ${task}` } as const;
    filtered.push(await timed({ kinds: FIRST, filter: { and: [filter] } }));
  }
  const others: [number, string][] = [];
  for (const kind of CHART_KINDS.filter((each) => !FIRST.some((one) => one === each)))
    others.push([await timed({ kinds: [kind] }), kind]);
  return { first, filtered, others };
}

const ALL: ChartsRequest = { kinds: null, runs: [], filter: null, group: null, factors: {}, human: {}, terms: null };

/** The largest resident set (MB) of a process that this one has started and that still runs; null without /proc. */
function peakOfChildren(): number | null {
  if (!existsSync('/proc/self/status')) return null;
  let peak: number | null = null;
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      const status = readFileSync(`/proc/${name}/status`, 'utf8');
      if (Number(/^PPid:\s*(\d+)/m.exec(status)?.[1]) !== process.pid) continue;
      const own = Number(/^VmHWM:\s*(\d+)/m.exec(status)?.[1] ?? 0);
      peak = Math.max(peak ?? 0, Math.round((own * 1024) / 1e6));
    } catch {
      // It ended between the listing and the reading.
    }
  }
  return peak;
}
