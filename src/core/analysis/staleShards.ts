import { existsSync } from 'node:fs';
import path from 'node:path';
import type { ShardManifest } from '../store/shards.js';

/** A shard in the folder that no file under the paths leads to any more; whoever reads the whole folder counts its rows too. */
export interface StaleShard {
  readonly parquet: string;
  /** The file that it was made of. */
  readonly source: string;
  readonly rows: number;
  /** The file is gone, has other content now, or has another shard (another definition, mapping or version of Flipside). */
  readonly reason: 'gone' | 'changed' | 'superseded';
}

/** What the files under the paths lead to now, whether or not this task of a job array indexes them. */
export interface CurrentFile {
  readonly sha256: string;
  readonly key: string;
}

/**
 * The shards of a folder that belong to files under `root` and are out of date. Shards of files elsewhere, and those read
 * by another answer rule or reader on purpose, are none of our business.
 */
export function staleAmong(
  manifests: readonly ShardManifest[],
  root: string,
  how: { readonly answers: string; readonly reader: string },
  current: ReadonlyMap<string, CurrentFile>,
  parquetOf: (key: string) => string,
): StaleShard[] {
  const keys = new Set([...current.values()].map((each) => each.key));
  return manifests.flatMap((manifest): StaleShard[] => {
    const { key, source } = manifest;
    // Shards of older versions do not say what they were made of.
    if (keys.has(key) || typeof source !== 'string' || !isWithin(root, source)) return [];
    const now = current.get(source);
    const stale = (reason: StaleShard['reason']): StaleShard[] => [
      { parquet: parquetOf(key), source, rows: manifest.rows, reason },
    ];
    if (now === undefined) return existsSync(source) ? [] : stale('gone');
    if (now.sha256 !== manifest.sourceSha256) return stale('changed');
    const isSameWay = manifest.answers === how.answers && (manifest.reader ?? 'own') === how.reader;
    return isSameWay ? stale('superseded') : [];
  });
}

/** Whether a file is a folder or lies in it. */
export function isWithin(folder: string, file: string): boolean {
  const way = path.relative(folder, file);
  return way === '' || (!way.startsWith('..') && !path.isAbsolute(way));
}
