/**
 * What a user waits for in a real VS Code: its server runs here with the extension under development, and a headless
 * Chromium shows the window. The index is there before anything is measured: a first window makes it.
 */
import * as esbuild from 'esbuild';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { median, percentile } from './measure.js';
import { Mailbox } from './window/drive.js';
import { examined, index, timed, type Examined, type Pass } from './window/passes.js';
import { windowScripts } from './window/scripts.js';
import type { Activated, HostSeen } from './window/seen.js';
import { makeWorkspace, settle } from './window/workspace.js';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/** In milliseconds and MB (10⁶ bytes); medians over windows unless another thing is said. */
export interface WindowNumbers {
  /** Loading and activating, as VS Code itself reports it. */
  readonly activationMs: number;
  /** What activating alone loads of the extension, and which processes it starts: one file, and the one that will read. */
  readonly activationLoads: readonly string[];
  readonly activationStarts: readonly string[];
  /** From the press on the icon in the activity bar to the first rows. */
  readonly firstRowsMs: number;
  /** From the press on a class's chip to the new rows and their number; and to the new counts on all chips. */
  readonly facetClickMs: number;
  readonly facetCountsMs: number;
  /** From a jump to anywhere to all rows in sight: median, and the slowest but one in twenty. */
  readonly jumpMs: number;
  readonly jumpP95Ms: number;
  readonly sortMs: number;
  readonly sortedJumpMs: number;
  readonly sortedJumpP95Ms: number;
  /** The extension host's heap after a collection, and at most; the most of all windows. */
  readonly hostHeapMb: number;
  readonly hostHeapPeakMb: number;
  /**
   * The longest block of the extension host, whosesoever; that of a process that has nothing to do (the floor); the longest
   * without the time in which others had the cores; the most processor time between two turns of its event loop; and what our own
   * code took of one block, by the clock.
   */
  readonly hostBlockMs: number;
  readonly idleBlockMs: number;
  readonly hostWithCoreMs: number | null;
  readonly hostWorkMs: number | null;
  readonly hostOwnBlockMs: number;
  /** What the page adds to the window's heap after collections: opened, and after each part of long scrolling. */
  readonly webviewHeapMb: readonly number[];
}

/** Makes `host.cjs`, which VS Code calls, and `idle.cjs` beside it. */
async function buildHost(folder: string): Promise<void> {
  await esbuild.build({
    entryPoints: ['host', 'idle'].map((name) => path.join(root, 'bench', 'window', `${name}.ts`)),
    outdir: folder,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    external: ['vscode'],
    logLevel: 'warning',
  });
}

function summarise({ loaded, forked }: Activated, passes: readonly Pass[], last: Examined): WindowNumbers {
  const middle = (of: (pass: Pass) => number): number => Math.round(median(passes.map(of)));
  const told = (of: (host: HostSeen) => number | null): number | null =>
    passes.some(({ host }) => of(host) === null) ? null : middle(({ host }) => of(host) ?? 0);
  const most = (of: (host: HostSeen) => number): number =>
    Math.round(Math.max(...[...passes, last].map(({ host }) => of(host))));
  const p95 = (of: (pass: Pass) => readonly number[]): number => middle((each) => percentile(of(each), 0.95));
  return {
    activationMs: middle((each) => each.activationMs),
    activationLoads: loaded,
    activationStarts: forked,
    firstRowsMs: middle((each) => each.firstRowsMs),
    facetClickMs: middle((each) => median(each.chips.map(({ rows }) => rows))),
    facetCountsMs: middle((each) => median(each.chips.map(({ counts }) => counts))),
    jumpMs: middle((each) => median(each.jumps)),
    jumpP95Ms: p95((each) => each.jumps),
    sortMs: middle((each) => each.sortMs),
    sortedJumpMs: middle((each) => median(each.sortedJumps)),
    sortedJumpP95Ms: p95((each) => each.sortedJumps),
    hostHeapMb: most(({ heapMb }) => heapMb),
    hostHeapPeakMb: most(({ heapPeakMb }) => heapPeakMb),
    hostBlockMs: middle((each) => each.host.blockMs),
    idleBlockMs: middle((each) => each.host.idleBlockMs),
    hostWithCoreMs: told((host) => host.withCoreMs),
    hostWorkMs: told((host) => host.workMs),
    hostOwnBlockMs: Math.round(last.host.ownBlockMs ?? 0),
    webviewHeapMb: last.webviewHeapMb.map((mb) => Number(mb.toFixed(1))),
  };
}

/**
 * Measures `runs` windows over the predictions, each with an extension host of its own, in `folder`. Null, with the reason
 * said to `progress`, where there is no Chromium or no server.
 */
export async function measureWindow(
  predictions: string,
  { folder, runs, progress }: { folder: string; runs: number; progress: (text: string) => void },
): Promise<WindowNumbers | null> {
  const scripts = await windowScripts(progress);
  if (scripts === null) return null;
  const { executablePath } = scripts;
  const [workspace, post, host] = ['workspace', 'post', 'host.cjs'].map((name) => path.join(folder, 'window', name));
  if (workspace === undefined || post === undefined || host === undefined) throw new RangeError('three paths');
  mkdirSync(post, { recursive: true });
  await makeWorkspace(workspace, predictions);
  await buildHost(path.dirname(host));
  const env = scripts.environment({ FLIPSIDE_BENCH_FOLDER: post });
  settle(path.join(folder, 'window', 'server'));
  const server = await scripts.startServer(path.join(folder, 'window', 'server'), env);
  const browser = await chromium.launch({ executablePath, args: scripts.CHROMIUM_ARGUMENTS });
  try {
    const url = scripts.windowUrl(server.address, workspace, [['extensionTestsPath', host]]);
    const desk = { browser, url, mailbox: new Mailbox(post) };
    progress('window: making the index …');
    const { activated, emptyMb } = await index(desk);
    const passes: Pass[] = [];
    for (let run = 1; run <= runs; run++) {
      passes.push(await timed(desk));
      const { firstRowsMs, activationMs, host: seen } = passes.at(-1) as Pass;
      progress(
        `window ${run}/${runs}: activation ${activationMs} ms, first rows ${Math.round(firstRowsMs)} ms, host blocked ${Math.round(seen.blockMs)} ms, an idle process ${Math.round(seen.idleBlockMs)} ms`,
      );
      if (process.env['FLIPSIDE_BENCH_DETAIL'] !== undefined) progress(JSON.stringify(passes.at(-1)));
    }
    progress('window: looking at memory and work …');
    return summarise(activated, passes, await examined(desk, emptyMb));
  } finally {
    await browser.close();
    server.stop();
  }
}
