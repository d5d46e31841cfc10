import path from 'node:path';
import { keyOf, sweepUnfinished } from '../store/cache.js';
import type { ShardStore } from '../store/shards.js';
import { Catalog } from './catalog.js';
import type { CatalogEntry } from './catalogEntry.js';
import { EarlyRuns, rareFirst } from './earlyRuns.js';
import { AT_A_TIME, IndexContext, type DatasetInfo, type IndexedFile, type IndexOptions } from './indexContext.js';
import { itemFolders, type ItemFolder, type Listed } from './itemFolders.js';
import { ReadAhead } from './readAhead.js';
import { groupRuns, type RunGroup } from './runGroups.js';
import { several } from './several.js';
import type { CurrentFile } from './staleShards.js';
import { userMappings } from './userMappings.js';
import { walk, type Skipped } from './walk.js';

export type { DatasetInfo, IndexedFile, IndexOptions } from './indexContext.js';

export interface Indexed {
  readonly root: string;
  /** The folders whose `.flipside` counts: the root, those of the paths, and those that were named besides. */
  readonly homes: readonly string[];
  readonly files: readonly IndexedFile[];
  readonly datasets: readonly DatasetInfo[];
  readonly skipped: readonly Skipped[];
  /** Those of the files above, and of the datasets, that are folders of files with one record each. */
  readonly folders: ReadonlySet<string>;
  /** SHA-256 of every file that was read as a whole, or of what a folder of items holds. */
  readonly hashes: ReadonlyMap<string, string>;
  /** Every run file under the paths, those of other tasks of a job array too, with the key of its shard. */
  readonly current: ReadonlyMap<string, CurrentFile>;
}

/** Walks the paths, reads what is new, and returns what there is. Unchanged files are not opened. */
export async function indexPaths(paths: readonly string[], store: ShardStore, options: IndexOptions): Promise<Indexed> {
  const ahead = new ReadAhead(options.ruleForced ? undefined : store.folder);
  try {
    return await indexWalked(paths, { store, ahead }, options);
  } catch (error) {
    // What is read is kept whatever became of the rest; where that fails too, the first failure is the one to tell.
    await store.flush().catch(() => undefined);
    throw error;
  } finally {
    await store.close();
    await ahead.close();
  }
}

async function indexWalked(
  paths: readonly string[],
  { store, ahead }: { readonly store: ShardStore; readonly ahead: ReadAhead },
  options: IndexOptions,
): Promise<Indexed> {
  await sweepUnfinished([store.folder, ...['files', 'datasets'].map((name) => path.join(options.cacheDir, name))]);
  const found = await walk(paths, [options.cacheDir, store.folder]);
  const homes = [found.root, ...found.folders, ...options.homes];
  const { mappings, unusable } = await userMappings(homes);
  for (const each of unusable) options.progress?.(each.reason);
  const catalog = await Catalog.open(options.cacheDir, found.root, mappings, {
    reader: options.reader,
    // The next file may be another task's of the job array.
    ahead: options.shard === undefined ? ahead : null,
  });
  const skipped = [...found.skipped, ...unusable];
  const gold = new Set((await walk(options.gold)).files);
  const early = new EarlyRuns(new IndexContext(catalog, [], new Map(), gold, options), store, {
    // The next file may be another task's of the job array; and what the user calls gold joins every run.
    isOff: options.shard !== undefined || gold.size > 0,
  });
  const looked = await lookAtAll([...new Set([...found.files, ...gold])], { catalog, gold, early, options });
  const { listed, folders } = await foldItems(looked, catalog);
  for (const { folder, members } of folders.values()) if (members.every(({ file }) => gold.has(file))) gold.add(folder);
  const { runs, definitions } = byRole(listed, gold, skipped);
  await catalog.save();
  const context = new IndexContext(catalog, definitions, folders, gold, options);
  const groups = groupRuns(runs);
  const { shard } = options;
  const own = groups.filter(({ file }) => shard === undefined || partOf(file, shard.of) === shard.index);
  const indexed = await context.indexAll(own, store, ahead);
  const current = currentOf(groups, context);
  // Whoever reads a folder of the user's as a whole would count them; in a cache, another program may have found them meanwhile.
  if (options.isOwnFolder) await store.discard(early.unused([...current.values()].map(({ key }) => key)));
  await catalog.save();
  const files = indexed.filter((each): each is IndexedFile => !('reason' in each));
  for (const each of indexed) if ('reason' in each) skipped.push(each);
  const datasets = await context.datasets(skipped);
  const skippedOnce = collapsePictures(skipped);
  const hashes = new Map(
    listed.map((each) => context.latest(each)).map(({ file, entry }): [string, string] => [file, entry.sha256]),
  );
  return {
    root: found.root,
    homes,
    files,
    datasets,
    skipped: skippedOnce,
    folders: new Set(folders.keys()),
    hashes,
    current,
  };
}

/** What is to be read as runs and what as definitions; what is neither is skipped. */
function byRole(
  listed: readonly Listed[],
  gold: ReadonlySet<string>,
  skipped: Skipped[],
): { readonly runs: readonly Listed[]; readonly definitions: readonly Listed[] } {
  const [runs, definitions]: [Listed[], Listed[]] = [[], []];
  for (const { file, entry } of listed) {
    if (entry.format === null || entry.detected?.role === 'aggregate') skipped.push({ file, reason: entry.reason });
    else if (gold.has(file) || entry.detected?.role === 'definition') definitions.push({ file, entry });
    else runs.push({ file, entry });
  }
  return { runs, definitions };
}

interface Looking {
  readonly catalog: Catalog;
  readonly gold: ReadonlySet<string>;
  readonly early: EarlyRuns;
  readonly options: IndexOptions;
}

/** Tells what every file is, in the order of the files, and has small runs read meanwhile. */
async function lookAtAll(files: readonly string[], { catalog, gold, early, options }: Looking): Promise<Listed[]> {
  const entries = new Map<string, CatalogEntry>();
  try {
    await several(rareFirst(files), AT_A_TIME, async (file) => {
      options.signal?.throwIfAborted();
      const entry = await catalog.lookUp(file, gold.has(file));
      entries.set(file, entry);
      await early.offer({ file, entry });
    });
  } finally {
    await catalog.save();
  }
  return files.flatMap((file): Listed[] => {
    const entry = entries.get(file);
    return entry === undefined ? [] : [{ file, entry }];
  });
}

/** Every run file, with its content's hash and the key of its shard. */
function currentOf(groups: readonly RunGroup[], context: IndexContext): Map<string, CurrentFile> {
  const current = new Map<string, CurrentFile>();
  for (const group of groups.map((each) => context.latest(each))) {
    const key = context.keyOf(group);
    for (const file of [group.file, ...group.aliases]) {
      const { sha256 } = file === group.judgement?.file ? group.judgement.entry : group.entry;
      current.set(file, { sha256, key });
    }
  }
  return current;
}

/** Puts a folder in place of its files where these are items of one run or one benchmark. */
async function foldItems(
  looked: readonly Listed[],
  catalog: Catalog,
): Promise<{ listed: readonly Listed[]; folders: ReadonlyMap<string, ItemFolder> }> {
  const folders = new Map<string, ItemFolder>();
  const folded = new Map<string, Listed>();
  for (const found of itemFolders(looked)) {
    const entry = folders.has(found.folder) ? null : await catalog.lookUpItems(found);
    if (entry === null) continue;
    folders.set(found.folder, found);
    for (const { file } of found.members) folded.set(file, { file: found.folder, entry });
  }
  const put = new Set<string>();
  const listed = looked.flatMap((each): Listed[] => {
    const folder = folded.get(each.file);
    if (folder === undefined) return [each];
    if (put.has(folder.file)) return [];
    put.add(folder.file);
    return [folder];
  });
  return { listed, folders };
}

/** Which part of n a file belongs to: by its path's hash, so that every task of a job array agrees without talking. */
function partOf(file: string, parts: number): number {
  return Number.parseInt(keyOf([file]).slice(0, 8), 16) % parts;
}

/** Pictures are told per folder: a list of ten thousand file names helps nobody. */
function collapsePictures(skipped: readonly Skipped[]): Skipped[] {
  const folders = new Map<string, number>();
  const rest: Skipped[] = [];
  for (const each of skipped) {
    if (each.reason.startsWith('a picture (')) {
      const folder = path.dirname(each.file);
      folders.set(folder, (folders.get(folder) ?? 0) + 1);
    } else rest.push(each);
  }
  return [
    ...rest,
    ...[...folders].map(([file, count]) => ({
      file,
      reason: `${count} picture${count === 1 ? '' : 's'}, not item files`,
    })),
  ];
}
