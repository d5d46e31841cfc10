/**
 * Runs inside the extension host, as the module that VS Code calls for tests: watches how long the host is blocked and how
 * much memory it takes, between two files that the driver leaves in FLIPSIDE_BENCH_FOLDER (`begin`, `stop`), and writes what
 * it saw to `host.json` there.
 */
import childProcess from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import type { Profiler } from 'node:inspector';
import { Session } from 'node:inspector/promises';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as vscode from 'vscode';
import type { Activated, HostSeen } from './seen.js';
import { longestOwn } from './profile.js';
import { RESOLUTION, watchTurns } from './turns.js';

const EXTENSION = 'flipside.flipside';
const folder = process.env['FLIPSIDE_BENCH_FOLDER'] ?? '';
const has = (name: string): boolean => existsSync(path.join(folder, name));
const leave = (name: string, value: unknown): void =>
  writeFileSync(path.join(folder, name), `${JSON.stringify(value)}\n`);

/** Activates the extension while nothing of it is seen: how long it takes, and what it loads and starts by that. */
async function activate(): Promise<Activated> {
  const extension = vscode.extensions.getExtension(EXTENSION);
  if (extension === undefined) throw new Error('VS Code does not know the extension.');
  const before = new Set(Object.keys(require.cache));
  const forked: string[] = [];
  const { fork } = childProcess;
  childProcess.fork = ((script: string, ...rest: never[]) => {
    forked.push(path.basename(script));
    return fork(script, ...rest);
  }) as typeof fork;
  const wasActive = extension.isActive;
  const start = performance.now();
  await extension.activate();
  const milliseconds = performance.now() - start;
  childProcess.fork = fork;
  const loaded = Object.keys(require.cache).filter(
    (file) => !before.has(file) && file.startsWith(extension.extensionPath),
  );
  return {
    wasActive,
    milliseconds,
    loaded: loaded.map((file) => path.relative(extension.extensionPath, file)),
    forked,
  };
}

/** Waits until the host has come to rest after the start of the window: no block for a while. */
async function settle(): Promise<boolean> {
  const end = performance.now() + 20_000;
  while (performance.now() < end) {
    const delay = monitorEventLoopDelay({ resolution: RESOLUTION });
    delay.enable();
    await sleep(2000);
    delay.disable();
    if (delay.max / 1e6 < 40) return true;
  }
  return false;
}

/** Forks a process that has nothing to do (idle.ts), which says when it stops how long at most its event loop did not turn. */
async function startIdle(): Promise<{ begin: () => void; stop: () => Promise<number> }> {
  const child = childProcess.fork(path.join(__dirname, 'idle.cjs'), [], { execArgv: [] });
  await once(child, 'spawn');
  // Where it has ended, no answer comes, which is told then.
  child.on('error', () => undefined);
  return {
    begin: () => child.send('begin'),
    stop: async () => {
      const answer = once(child, 'message');
      child.send('stop');
      const [seen] = (await answer) as [number];
      child.disconnect();
      return seen;
    },
  };
}

/** Writes down what the thread does. Stops, and tells, with the function it returns. */
async function startProfiler(): Promise<() => Promise<Profiler.Profile>> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: 1000 });
  await session.post('Profiler.start');
  return async () => {
    const { profile } = await session.post('Profiler.stop');
    session.disconnect();
    return profile;
  };
}

async function watch(idle: Awaited<ReturnType<typeof startIdle>>): Promise<HostSeen> {
  const profiler = has('profile') ? await startProfiler() : null;
  let peak = 0;
  const sampler = setInterval(() => (peak = Math.max(peak, getHeapStatistics().used_heap_size)), 100);
  idle.begin();
  const stop = watchTurns();
  // Only now: the profiler looks through all code when it starts, which would keep the extension from its work.
  leave('began', null);
  while (!has('stop')) await sleep(50);
  const turns = stop();
  const idleBlockMs = await idle.stop();
  clearInterval(sampler);
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  const { used_heap_size: heap } = getHeapStatistics();
  const profile = await profiler?.();
  if (process.env['FLIPSIDE_BENCH_PROFILE'] !== undefined && profile !== undefined) leave('host.cpuprofile', profile);
  return {
    ...turns,
    idleBlockMs,
    ownBlockMs: profile === undefined ? null : longestOwn(profile, 'extension.cjs'),
    heapMb: heap / 1e6,
    heapPeakMb: peak / 1e6,
  };
}

/** What VS Code calls. */
export async function run(): Promise<void> {
  try {
    if (has('activate')) leave('activated.json', await activate());
    const idle = await startIdle();
    leave('settled', await settle());
    while (!has('begin')) await sleep(50);
    leave('host.json', await watch(idle));
  } catch (error) {
    leave('failed', error instanceof Error ? error.stack : String(error));
  }
  // VS Code ends the extension host when this ends; the window that goes ends it too.
  await new Promise(() => undefined);
}
