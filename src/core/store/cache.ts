import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';

/**
 * Where shards lie by default: $FLIPSIDE_CACHE, else the platform's cache folder ($XDG_CACHE_HOME, ~/Library/Caches,
 * %LOCALAPPDATA%), in a folder `flipside`. It may be deleted at any time.
 */
export function defaultCacheDir(env: NodeJS.ProcessEnv = process.env, platform = process.platform): string {
  if (env['FLIPSIDE_CACHE']) return path.resolve(env['FLIPSIDE_CACHE']);
  if (env['XDG_CACHE_HOME']) return path.join(env['XDG_CACHE_HOME'], 'flipside');
  if (platform === 'darwin') return path.join(homedir(), 'Library', 'Caches', 'flipside');
  if (platform === 'win32')
    return path.join(env['LOCALAPPDATA'] ?? path.join(homedir(), 'AppData', 'Local'), 'flipside');
  return path.join(homedir(), '.cache', 'flipside');
}

/** Writes a file aside and renames it, so that readers see the old content or the new, never half. */
export async function writeAtomically(file: string, content: string | Uint8Array): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const aside = `${file}.${process.pid}.${randomUUID().slice(0, 8)}.tmp`;
  try {
    await writeFile(aside, content);
    await rename(aside, file);
  } finally {
    await rm(aside, { force: true });
  }
}

/** A JSON file, or null where it is absent or not valid JSON (a cache entry is then simply made anew). */
export async function readJson<T>(file: string): Promise<T | null> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as T;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Hex SHA-256 of a value's canonical text: the name of a shard. */
export function keyOf(parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
