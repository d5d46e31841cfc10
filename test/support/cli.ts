import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { RunSummary, Summary } from '../../src/core/analysis.js';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const CLI = path.join(ROOT, 'dist', 'cli.js');

/** What one run of the command left behind. */
export interface CliResult {
  /** Exit status; null where a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** stdout parsed as JSON. Throws with both streams where it is none. */
  json<T>(): T;
}

export interface CliOptions {
  readonly cwd?: string;
  /** Added to the environment of the tests. */
  readonly env?: NodeJS.ProcessEnv;
}

let built: Promise<void> | null = null;

/** Builds dist where it is missing, or older than its sources. */
export async function buildIfStale(): Promise<void> {
  const url = pathToFileURL(path.join(ROOT, 'scripts', 'build.mjs')).href;
  await ((await import(url)) as { buildIfStale: () => Promise<void> }).buildIfStale();
}

/** A command that is under way. */
export interface RunningCli {
  readonly child: ChildProcess;
  readonly done: Promise<CliResult>;
  /** Resolves once stderr holds the text; rejects where the command ends without it. */
  said(text: string): Promise<void>;
}

/** Starts `flipside` as a user would, as a process of its own. dist/cli.js is built first where it is missing or stale. */
export async function startCli(args: readonly string[], options: CliOptions = {}): Promise<RunningCli> {
  await (built ??= buildIfStale());
  const child = spawn(process.execPath, [CLI, ...args], {
    cwd: options.cwd ?? ROOT,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  const listeners = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    for (const listener of listeners) listener();
  });
  const done = new Promise<CliResult>((resolve, reject) => {
    child.once('error', reject).once('close', (code, signal) => {
      resolve({ code, signal, stdout, stderr, json: <T>() => parseOutput(stdout, stderr) as T });
    });
  });
  const said = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (!stderr.includes(text)) return;
        listeners.delete(look);
        resolve();
      };
      listeners.add(look);
      look();
      void done.then(() => reject(new Error(`the command ended without saying "${text}":\n${stderr}`)), reject);
    });
  return { child, done, said };
}

function parseOutput(stdout: string, stderr: string): unknown {
  try {
    return JSON.parse(stdout);
  } catch {
    throw new Error(`stdout is not JSON:\n${stdout.slice(0, 2000)}\nstderr:\n${stderr}`);
  }
}

/** Runs `flipside` to its end. */
export async function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  return (await startCli(args, options)).done;
}

/** Runs a command that must succeed and returns its JSON. */
export async function jsonOf<T>(args: readonly string[], options: CliOptions = {}): Promise<T> {
  const result = await runCli([...args, '--format', 'json'], options);
  assert.equal(result.code, 0, result.stderr);
  return result.json<T>();
}

/**
 * `summary --format json`, which must succeed. For every run it also holds that `rows = items + dropped`, that reasons
 * add up, and that every item is parsed or unparsed.
 */
export async function summaryOf(paths: readonly string[], cache: string, ...more: string[]): Promise<Summary> {
  const summary = await jsonOf<Summary>(['summary', ...paths, '--cache', cache, ...more]);
  for (const run of summary.runs) assertRunAddsUp(run);
  return summary;
}

/** The identities that hold of every run, whatever is in the file. */
export function assertRunAddsUp(run: RunSummary): void {
  const sum = (counts: Readonly<Record<string, number>>): number =>
    Object.values(counts).reduce((total, count) => total + count, 0);
  assert.equal(run.rows, run.items + run.dropped.total, `${run.id}: rows = items + dropped`);
  assert.equal(run.dropped.total, sum(run.dropped.byReason), `${run.id}: dropped by reason`);
  assert.equal(run.items, run.parsed + run.unparsed, `${run.id}: items = parsed + unparsed`);
  assert.equal(run.unparsed, sum(run.unparsedByReason), `${run.id}: unparsed by reason`);
  assert.equal(run.items, run.noGold + run.correct + run.wrong, `${run.id}: items = noGold + correct + wrong`);
}

/** The run whose id ends so; fails where there is none or several. */
export function runEnding(summary: Summary, end: string): RunSummary {
  const found = summary.runs.filter((run) => run.id.endsWith(end));
  const [first] = found;
  assert.ok(first !== undefined && found.length === 1, `runs ending in ${end}: ${listIds(summary)}`);
  return first;
}

/** The only run; fails where there is none or several. */
export function onlyRun(summary: Summary): RunSummary {
  return runEnding(summary, '');
}

function listIds(summary: Summary): string {
  const skipped = summary.skipped.map((each) => `${each.file} (${each.reason})`);
  return `runs ${summary.runs.map((run) => run.id).join(', ')}; skipped ${skipped.join(', ')}`;
}

/** Why a file was skipped; fails where it was not. */
export function skippedReason(summary: Summary, file: string): string {
  const found = summary.skipped.find((each) => each.file === file);
  assert.ok(found !== undefined, `${file} was not skipped: ${listIds(summary)}`);
  return found.reason;
}

/** A temporary folder with a place for data and one for the cache; `remove` it when done. */
export interface Workspace {
  readonly folder: string;
  readonly cache: string;
  /** Writes a file under `folder`, with the folders it needs, and returns its path. */
  write(name: string, content: string | Uint8Array): string;
  remove(): void;
}

/** Makes an empty workspace. */
export function makeWorkspace(): Workspace {
  const base = mkdtempSync(path.join(os.tmpdir(), 'flipside-cli-'));
  const folder = path.join(base, 'data');
  mkdirSync(folder);
  return {
    folder,
    cache: path.join(base, 'cache'),
    write(name, content) {
      const file = path.join(folder, name);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, content);
      return file;
    },
    remove: () => rmSync(base, { recursive: true, force: true }),
  };
}

/** Runs a test in a workspace of its own, gone after it. */
export async function withWorkspace(body: (workspace: Workspace) => Promise<void>): Promise<void> {
  const workspace = makeWorkspace();
  try {
    await body(workspace);
  } finally {
    workspace.remove();
  }
}

/** Records as JSON lines. */
export function jsonLines(records: readonly object[]): string {
  return records.map((record) => `${JSON.stringify(record)}\n`).join('');
}

/** Rows as CSV, every cell quoted, with the given line end. */
export function csvText(rows: readonly (readonly (string | number)[])[], lineEnd = '\n'): string {
  const quote = (cell: string | number): string => `"${String(cell).replaceAll('"', '""')}"`;
  return rows.map((row) => row.map(quote).join(',') + lineEnd).join('');
}
