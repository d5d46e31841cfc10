import { readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';

/** How often the event loop is asked to turn, in milliseconds. */
export const RESOLUTION = 5;

/** What kept the event loop of a process from turning, each at its longest, in milliseconds. */
export interface Turns {
  /** How long it did not turn, whoever was to blame. */
  readonly blockMs: number;
  /** The same without the time in which its thread was ready to run and had no core; null where the system tells none. */
  readonly withCoreMs: number | null;
  /** The processor time that its thread took between two turns; null where Node tells none. */
  readonly workMs: number | null;
}

/** Watches the event loop of the main thread, which must be the one that asks, until the function that it returns is called. */
export function watchTurns(): () => Turns {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION });
  const [spentMs, waitedMs] = [processorTime(), coreless()];
  const now = (): { at: number; spent: number; waited: number } => {
    for (let left = 10; ; left--) {
      const waited = waitedMs?.() ?? 0;
      const [at, spent] = [performance.now(), spentMs?.() ?? 0];
      // A wait for a core between two readings would be in one of them alone.
      if (left === 0 || waited === (waitedMs?.() ?? 0)) return { at, spent, waited };
    }
  };
  let [work, withCore, last] = [0, 0, now()];
  const timer = setInterval(() => {
    const next = now();
    work = Math.max(work, next.spent - last.spent);
    withCore = Math.max(withCore, next.at - last.at - (next.waited - last.waited) - RESOLUTION);
    last = next;
  }, RESOLUTION);
  delay.enable();
  return () => {
    delay.disable();
    clearInterval(timer);
    return {
      blockMs: Math.max(0, delay.max / 1e6 - RESOLUTION),
      withCoreMs: waitedMs === null ? null : withCore,
      workMs: spentMs === null ? null : work,
    };
  };
}

/** Processor time of this thread in milliseconds. Node tells it from version 23.9 on. */
function processorTime(): (() => number) | null {
  const { threadCpuUsage } = process as { threadCpuUsage?: () => { user: number; system: number } };
  if (threadCpuUsage === undefined) return null;
  return () => {
    const { user, system } = threadCpuUsage();
    return (user + system) / 1000;
  };
}

/**
 * For how long the main thread has been ready to run while others had the cores, in milliseconds: the second number of Linux's
 * /proc/PID/schedstat (Documentation/scheduler/sched-stats.rst, in nanoseconds). Null on other systems, and where the kernel counts
 * nothing: a process that runs has had some time, which is the first number.
 */
function coreless(): (() => number) | null {
  const numbers = (): number[] => readFileSync('/proc/self/schedstat', 'utf8').split(' ').map(Number);
  try {
    return (numbers()[0] ?? 0) > 0 ? () => (numbers()[1] ?? 0) / 1e6 : null;
  } catch {
    return null;
  }
}
