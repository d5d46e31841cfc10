import { createHash, randomUUID } from 'node:crypto';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir, hostname } from 'node:os';
import path from 'node:path';
import { FlipsideError } from '../model.js';

/**
 * Where shards lie by default: $FLIPSIDE_CACHE, else the platform's cache folder ($XDG_CACHE_HOME, ~/Library/Caches,
 * %LOCALAPPDATA%), in a folder `flipside`. It may be deleted at any time.
 */
export function defaultCacheDir(env: NodeJS.ProcessEnv = process.env, platform = process.platform): string {
  if (env['FLIPSIDE_CACHE']) return path.resolve(env['FLIPSIDE_CACHE']);
  if (env['XDG_CACHE_HOME']) return path.resolve(env['XDG_CACHE_HOME'], 'flipside');
  if (platform === 'darwin') return path.join(homedir(), 'Library', 'Caches', 'flipside');
  if (platform === 'win32')
    return path.join(env['LOCALAPPDATA'] ?? path.join(homedir(), 'AppData', 'Local'), 'flipside');
  return path.join(homedir(), '.cache', 'flipside');
}

/** Tells files of this machine from those of others that share the folder: process ids say nothing across machines. */
const HOST = keyOf([hostname()]).slice(0, 8);

/** Files that are being written aside. A process that is stopped meanwhile removes them on its way out. */
const unfinished = new Set<string>();
process.once('exit', () => {
  for (const file of unfinished) rmSync(file, { force: true, recursive: true });
});

/**
 * Has a file written under a name beside it and renames it, so that readers see the old content or the new, never half.
 * Several writers of one file may work at the same time, even in one process: the last to finish wins.
 */
export async function writeAside(file: string, write: (aside: string) => Promise<unknown>): Promise<void> {
  const aside = nameAside(file);
  unfinished.add(aside);
  try {
    await write(aside);
    await rename(aside, file);
  } catch (error) {
    await rm(aside, { force: true });
    throw error;
  } finally {
    unfinished.delete(aside);
  }
}

/** A folder of its own in `folder`, for files that are written there and renamed from there. `remove` it with what is left in it. */
export function folderAside(folder: string): AsideFolder {
  return asideFolder(path.join(folder, 'several.parquet'));
}

/** Where a database may put what memory is not to hold: a folder of its own. `remove` it after closing. */
export function spillFolder(folder: string): AsideFolder {
  return asideFolder(path.join(folder, 'spilled.parquet'));
}

/** A folder that whoever writes to it makes; a process that is stopped meanwhile removes it. */
export interface AsideFolder {
  readonly path: string;
  remove(): void;
}

function asideFolder(file: string): AsideFolder {
  const aside = nameAside(file);
  unfinished.add(aside);
  return {
    path: aside,
    remove: () => {
      rmSync(aside, { recursive: true, force: true });
      unfinished.delete(aside);
    },
  };
}

function nameAside(file: string): string {
  return `${file}.${HOST}-${process.pid}.${randomUUID().slice(0, 8)}.tmp`;
}

const ASIDE = /\.(?:parquet|json)\.(?:([0-9a-f]{8})-)?(\d+)\.[0-9a-f]{8}\.tmp$/;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/**
 * Removes what killed processes left unfinished in folders of the cache: files untouched for an hour, and those of a
 * process of this machine that is no more. A minute's grace stands for machines that share name and folder.
 */
export async function sweepUnfinished(folders: readonly string[]): Promise<void> {
  for (const folder of new Set(folders)) {
    for (const name of await readdir(folder).catch(() => [])) {
      const match = ASIDE.exec(name);
      if (match === null) continue;
      const file = path.join(folder, name);
      const found = await stat(file).catch(() => null);
      const age = found === null ? 0 : Date.now() - found.mtimeMs;
      const isOurs = match[1] === HOST;
      const orphaned = isOurs && !isRunning(Number(match[2]));
      // What a running database spilled may lie untouched for hours, here and on a machine that shares the folder.
      const most = found?.isDirectory() !== true ? HOUR_MS : isOurs ? Infinity : DAY_MS;
      if (age > most || (orphaned && age > MINUTE_MS))
        await rm(file, { force: true, recursive: true }).catch(() => undefined);
    }
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It runs, and belongs to somebody else.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * What to throw where a file of the cache could not be written: a FlipsideError that names the folder, where system or
 * DuckDB (which has messages only) blame the disk; any other error as it is.
 */
export function asCacheTrouble(error: unknown, file: string): unknown {
  if (error instanceof FlipsideError || !(error instanceof Error)) return error;
  const code = (error as NodeJS.ErrnoException).code;
  const full =
    code === 'ENOSPC' || code === 'EDQUOT' || /no space left on device|disk quota exceeded/i.test(error.message);
  const elsewhere = 'name another folder: --cache DIR, or $FLIPSIDE_CACHE (for flipside index: --out DIR).';
  if (full) {
    const folder = path.dirname(file);
    const what = `${folder}: no space is left for the index.`;
    return new FlipsideError(`${what} Free some, or ${elsewhere}`, {
      file: folder,
      inEditor: `${what} Free some, then refresh.`,
    });
  }
  if (code === undefined && !error.message.startsWith('IO Error')) return error;
  const what = `${file}: the index cannot be written (${code ?? error.message}).`;
  return new FlipsideError(`${what} Check the folder, or ${elsewhere}`, {
    file,
    inEditor: `${what} Make the folder writable, then refresh.`,
  });
}

/** Makes a folder of the cache. Throws a FlipsideError where that is not possible. */
export async function makeCacheFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const what = `${folder}: the folder for the index cannot be made (${code ?? message}).`;
    const isBlocked = code === 'EEXIST' || code === 'ENOTDIR';
    throw new FlipsideError(`${what} Name one that can be written: --cache DIR, or $FLIPSIDE_CACHE.`, {
      file: folder,
      inEditor: `${what} ${isBlocked ? 'Remove the file that stands in its place' : 'Make the folder above it writable'}, then refresh.`,
    });
  }
}

/** Writes a file of the cache, with its folder, aside and renamed. Throws a FlipsideError where it cannot be written. */
export async function writeAtomically(file: string, content: string | Uint8Array): Promise<void> {
  const write = (): Promise<void> => writeAside(file, (aside) => writeFile(aside, content));
  try {
    await write().catch(async (error: NodeJS.ErrnoException) => {
      // The folder is there but for the first time: it is not looked for ahead of each of a thousand files.
      if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error;
      await makeCacheFolder(path.dirname(file));
      await write();
    });
  } catch (error) {
    throw asCacheTrouble(error, file);
  }
}

/**
 * `writeAtomically` for many small files of one folder, which is there, in one go: where a program is busy, each wait in between takes
 * longer than the file. The first that cannot be written ends it.
 */
export function writeAllAtomically(files: readonly { readonly file: string; readonly content: string }[]): void {
  for (const { file, content } of files) {
    const aside = nameAside(file);
    unfinished.add(aside);
    try {
      writeFileSync(aside, content);
      renameSync(aside, file);
    } catch (error) {
      rmSync(aside, { force: true });
      throw asCacheTrouble(error, file);
    } finally {
      unfinished.delete(aside);
    }
  }
}

/** A JSON file, or null where it is absent, unreadable or not valid JSON (a cache entry is then simply made anew). */
export async function readJson<T>(file: string): Promise<T | null> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as T;
  } catch (error) {
    if (error instanceof SyntaxError || typeof (error as NodeJS.ErrnoException).code === 'string') return null;
    throw error;
  }
}

/** Hex SHA-256 of a value's canonical text: the name of a shard. */
export function keyOf(parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
