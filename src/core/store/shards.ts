import { open, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Dropped } from '../model.js';
import { makeCacheFolder, readJson, writeAllAtomically } from './cache.js';
import type { LensKeys } from './lensKey.js';
import { SCHEMA_VERSION } from './row.js';
import { PendingShard } from './pendingShard.js';
import { ShardBatch, type BatchEntry } from './shardBatch.js';

/** What joining a file to one benchmark definition came to; printed so that a researcher can judge it. */
export interface JoinEvidence {
  readonly file: string;
  /** Items of the definition. */
  readonly items: number;
  /** Rows that were found in it, by each method. */
  readonly byContent: number;
  readonly byPosition: number;
  readonly byId: number;
  /** Items of the definition that several rows answer which are no samples of it; left out where there is none. */
  readonly repeated?: number;
}

/** How much of a definition a run covers. */
export interface Coverage {
  readonly rows: number;
  readonly of: number;
  readonly file: string;
}

/** One of the runs in a shard. */
export interface ShardSplit {
  readonly split: string | null;
  readonly items: number;
  readonly model: string | null;
  /** The same as the shard's own fields, for the rows of this run; absent where the shard is one run. */
  readonly joined?: readonly JoinEvidence[];
  readonly coverage?: Coverage | null;
}

/** What is known of a shard without opening it: enough for a listing, and for every count that is not in a row. */
export interface ShardManifest {
  readonly schema: number;
  readonly key: string;
  readonly format: string;
  readonly formatVersion: number;
  readonly answers: string;
  /** Absent where the tools' own readers took part. */
  readonly reader?: string;
  /** Absolute path of the file that was read; byte-identical files share a shard. */
  readonly source: string;
  readonly sourceSha256: string;
  readonly dataset: string | null;
  /** Records of the file: every one is an item or dropped. */
  readonly rows: number;
  /** The first dropped records, with their messages; `droppedTotal` counts all of them. */
  readonly dropped: readonly Dropped[];
  readonly droppedTotal: number;
  readonly droppedByReason: Readonly<Record<string, number>>;
  readonly splits: readonly ShardSplit[];
  readonly itemId: 'id' | 'row';
  /** The distinct pairs of keys of its errors: what a lens is asked about, before any row is read. */
  readonly lensKeys: readonly LensKeys[];
  readonly joined: readonly JoinEvidence[];
  readonly coverage: Coverage | null;
  readonly judged: { readonly file: string; readonly matched: number; readonly differs: number } | null;
  readonly warnings: readonly string[];
}

/** One thread writes a batch: two work at the end, and none waits while rows come. */
const BATCHES_AT_ONCE = 3;

const PARQUET_MAGIC = 'PAR1';

/** Whether a Parquet file is there and ends as one does: after a full disk or a crash of the machine it may not. */
async function isWholeParquet(file: string): Promise<boolean> {
  const handle = await open(file, 'r').catch(() => null);
  if (handle === null) return false;
  try {
    const { size } = await handle.stat();
    const tail = Buffer.alloc(PARQUET_MAGIC.length);
    await handle.read(tail, 0, tail.length, Math.max(0, size - tail.length));
    return tail.toString('latin1') === PARQUET_MAGIC;
  } finally {
    await handle.close();
  }
}

/**
 * A folder of immutable shards, each a Parquet file with its manifest beside it. Any number of processes may use it. Small shards are
 * written many at a time: `flush` when the last one is published.
 */
export class ShardStore {
  private readonly batch: ShardBatch;
  /** The manifests of the shards that were made here, by key, whether they still wait in the batch or are written. */
  private readonly own = new Map<string, ShardManifest>();
  private made: Promise<void> | null = null;
  private listed: Promise<Set<string>> | null = null;
  /** The batches that are being written; the next one is filled meanwhile. */
  private readonly writing: Promise<void>[] = [];

  constructor(readonly folder: string) {
    this.batch = new ShardBatch(folder);
  }

  /** The Parquet file of a shard, whether or not it exists yet. */
  parquet(key: string): string {
    return path.join(this.folder, `${key}.parquet`);
  }

  /** The manifest of a finished, whole shard; null where it has to be made. The manifest is written last, so it vouches for both. */
  async find(key: string): Promise<ShardManifest | null> {
    const own = this.own.get(key);
    if (own !== undefined) return own;
    if (!(await this.names()).has(`${key}.json`)) return null;
    const manifest = await readJson<ShardManifest>(this.manifest(key));
    if (manifest === null || manifest.schema !== SCHEMA_VERSION) return null;
    if (!(await isWholeParquet(this.parquet(key)))) return null;
    return manifest;
  }

  /** What lay in the folder when it was first asked for, and what was put there since: to look for thousands one by one takes longer. */
  private names(): Promise<Set<string>> {
    return (this.listed ??= readdir(this.folder).then(
      (names) => new Set(names),
      () => new Set(),
    ));
  }

  /** Removes shards that were made in vain. */
  async discard(keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      await rm(this.manifest(key), { force: true });
      await rm(this.parquet(key), { force: true });
      (await this.names()).delete(`${key}.json`);
      this.own.delete(key);
    }
  }

  /** The manifests of all shards in the folder, whoever wrote them, but for those of the keys in `without`. */
  async manifests(without: ReadonlySet<string> = new Set()): Promise<ShardManifest[]> {
    const names = (await readdir(this.folder).catch(() => [])).filter(
      (name) => /^[0-9a-f]{64}\.json$/.test(name) && !without.has(name.slice(0, -'.json'.length)),
    );
    const manifests: ShardManifest[] = [];
    for (const name of names.sort()) {
      const manifest = await readJson<ShardManifest>(path.join(this.folder, name));
      if (manifest !== null) manifests.push(manifest);
    }
    return manifests;
  }

  /** Takes the rows of the shard of that key. */
  async write(key: string): Promise<PendingShard> {
    await (this.made ??= makeCacheFolder(this.folder));
    return new PendingShard(key, this.parquet(key), this.folder);
  }

  /** Vouches for a finished shard: at once where its file is written, else as soon as it is. */
  async publish(manifest: ShardManifest, unwritten: BatchEntry | null = null): Promise<void> {
    this.own.set(manifest.key, manifest);
    if (unwritten === null) {
      await this.vouch([manifest]);
      return;
    }
    this.batch.add(unwritten);
    if (this.batch.isFull) await this.begin();
  }

  /** Writes the shards that wait, and vouches for them. Throws a FlipsideError where that is not possible; none of them is there then. */
  async flush(): Promise<void> {
    await this.begin();
    await Promise.all(this.writing.splice(0));
    this.batch.rest();
  }

  /** Frees what writing took, once what is being written is; shards that still wait are not. */
  async close(): Promise<void> {
    this.own.clear();
    this.batch.take();
    await Promise.allSettled(this.writing.splice(0));
    this.batch.close();
  }

  /** Begins to write what waits, once there is room for one more batch. */
  private async begin(): Promise<void> {
    const entries = this.batch.take();
    const room = this.writing.length < BATCHES_AT_ONCE ? Promise.resolve() : this.writing.shift();
    const written = Promise.resolve(room).then(async () => {
      await this.batch.write(entries);
      await this.vouch(entries.flatMap(({ key }) => this.own.get(key) ?? []));
    });
    // Whoever waits for it next hears of a failure.
    written.catch(() => undefined);
    this.writing.push(written);
    await room;
  }

  private async vouch(manifests: readonly ShardManifest[]): Promise<void> {
    const names = await this.names();
    writeAllAtomically(
      manifests.map((manifest) => ({ file: this.manifest(manifest.key), content: JSON.stringify(manifest) })),
    );
    for (const { key } of manifests) names.add(`${key}.json`);
  }

  private manifest(key: string): string {
    return path.join(this.folder, `${key}.json`);
  }
}
