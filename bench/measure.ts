import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';

const GNU_TIME = '/usr/bin/time';
const POLL_MS = 20;

export interface Measured {
  /** Wall time from start to end of the process. */
  readonly seconds: number;
  /** Largest resident set in MB (10⁶ bytes); null where neither GNU time nor /proc tells. */
  readonly peakRssMb: number | null;
}

export type RssMethod = 'gnu-time' | 'proc' | 'none';

/** How peak memory can be read here: GNU time's figure is exact for the largest process, /proc is polled over the tree. */
export function rssMethod(): RssMethod {
  if (existsSync(GNU_TIME) && spawnSync(GNU_TIME, ['-v', 'true']).status === 0) return 'gnu-time';
  return existsSync('/proc/self/status') ? 'proc' : 'none';
}

/** Peak resident sets (kB) of a process and its descendants, from /proc. */
function sampleTree(root: number, peaks: Map<number, number>): void {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      const status = readFileSync(`/proc/${name}/status`, 'utf8');
      parents.set(Number(name), Number(/^PPid:\s*(\d+)/m.exec(status)?.[1]));
      if (!descends(Number(name), root, parents)) continue;
      const high = Number(/^VmHWM:\s*(\d+)/m.exec(status)?.[1] ?? 0);
      peaks.set(Number(name), Math.max(high, peaks.get(Number(name)) ?? 0));
    } catch {
      // The process ended between the listing and the reading.
    }
  }
}

/** Children have larger numbers than their parents but for a wrap-around, so one pass in order of number suffices. */
function descends(pid: number, root: number, parents: ReadonlyMap<number, number>): boolean {
  let at: number | undefined = pid;
  for (let steps = 0; at !== undefined && at > 1 && steps < 64; steps++) {
    if (at === root) return true;
    at = parents.get(at);
  }
  return false;
}

/**
 * Runs `command` in a fresh process and measures it. Rejects with the end of its standard error when it fails. Its standard
 * output is thrown away.
 */
export async function measure(
  command: readonly string[],
  method: RssMethod,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Measured> {
  const [program = '', ...rest] = method === 'gnu-time' ? [GNU_TIME, '-v', ...command] : command;
  const start = performance.now();
  const child = spawn(program, rest, { stdio: ['ignore', 'ignore', 'pipe'], env });
  const peaks = new Map<number, number>();
  const { pid } = child;
  const timer = method === 'proc' && pid !== undefined ? setInterval(() => sampleTree(pid, peaks), POLL_MS) : undefined;
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  try {
    const status = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject).once('close', resolve);
    });
    const seconds = (performance.now() - start) / 1000;
    if (status !== 0) throw new Error(`${command.join(' ')} ended with status ${status}:\n${stderr.slice(-2000)}`);
    const reported = /Maximum resident set size \(kbytes\): (\d+)/.exec(stderr)?.[1];
    const polled = peaks.size > 0 ? [...peaks.values()].reduce((sum, peak) => sum + peak, 0) : null;
    const kilobytes = method === 'gnu-time' ? Number(reported) : polled;
    return { seconds, peakRssMb: kilobytes === null ? null : (kilobytes * 1024) / 1e6 };
  } finally {
    clearInterval(timer);
  }
}

/** The middle value; of an even number, the mean of the two in the middle. NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  const upper = sorted[half] ?? NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[half - 1] ?? NaN)) / 2;
}

/** The value below or at which the fraction `share` of the values lies, without interpolation. NaN of none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? NaN;
}
