import { rm } from 'node:fs/promises';
import { DuckDBInstance } from '@duckdb/node-api';
import { FlipsideError } from '../model.js';
import { asCacheTrouble } from './cache.js';
import { AS_IT_IS, quotePath } from './sql.js';

interface Shard {
  readonly parquet: string;
  /** The file that it was made of. */
  readonly file?: string;
}

/** Shards could not be read and were removed. What they held is made anew from the files themselves. */
export class DamagedShards extends FlipsideError {
  constructor(readonly shards: readonly Shard[]) {
    const files = shards.map((shard) => shard.file ?? shard.parquet);
    const what = `The index of ${files.join(', ')} is damaged and was removed; the ${files.length === 1 ? 'file itself is' : 'files themselves are'} untouched.`;
    super(
      `${what} Run the command again: what is missing is read anew. If this comes back, check the disk of the cache, or name another folder: --cache DIR.`,
      {
        file: files[0],
        inEditor: `${what} Refresh: what is missing is read anew. If this comes back, check the disk that holds the editor's own files.`,
      },
    );
    this.name = 'DamagedShards';
  }
}

/** Reads every shard whole and removes those that fail. Returns them. */
export async function removeDamaged(shards: readonly Shard[]): Promise<Shard[]> {
  const damaged: Shard[] = [];
  for (const shard of new Map(shards.map((each) => [each.parquet, each])).values()) {
    if (await isReadable(shard.parquet)) continue;
    await rm(shard.parquet, { force: true }).catch((error: NodeJS.ErrnoException) => {
      // Its folder is no folder any more: it is gone as well.
      if (error.code !== 'ENOTDIR') throw asCacheTrouble(error, shard.parquet);
    });
    damaged.push(shard);
  }
  return damaged;
}

/** A database of its own for each: some failures make an instance unusable. */
async function isReadable(parquet: string): Promise<boolean> {
  const instance = await DuckDBInstance.create(':memory:', { temp_directory: '' });
  try {
    const connection = await instance.connect();
    // Hashing the whole row makes every column be decoded.
    await connection.runAndReadAll(
      `SELECT max(hash("all")) FROM read_parquet(${quotePath(parquet)}, ${AS_IT_IS}) AS "all"`,
    );
    return true;
  } catch {
    return false;
  } finally {
    instance.closeSync();
  }
}
