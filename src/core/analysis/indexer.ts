import path from 'node:path';
import type { AnswerRule } from '../answers/index.js';
import type { ReaderName } from '../formats/all.js';
import { isDropped, type Format, type Source } from '../formats/format.js';
import { FlipsideError, type RawItem } from '../model.js';
import { keyOf, readJson, sweepUnfinished, writeAtomically } from '../store/cache.js';
import type { ShardManifest, ShardStore } from '../store/shards.js';
import { Catalog, SMALL_BYTES } from './catalog.js';
import type { CatalogEntry } from './catalogEntry.js';
import { Definition } from './definitions.js';
import { ingest } from './ingest.js';
import { shardKey, type IngestPlan } from './plan.js';
import { itemFolders, namingFiles, openItems, type ItemFolder, type Listed } from './itemFolders.js';
import { Judgement } from './judgement.js';
import { openFile } from './openFile.js';
import { ReadAhead } from './readAhead.js';
import { groupRuns, type RunGroup } from './runGroups.js';
import { several } from './several.js';
import { isWithin, type CurrentFile } from './staleShards.js';
import { userMappings } from './userMappings.js';
import { FileChanged, requireUnchanged } from './unchanged.js';
import { walk, type Skipped } from './walk.js';

export interface IndexOptions {
  readonly cacheDir: string;
  /** Folders whose `.flipside` holds mappings, besides what the paths have in common. */
  readonly homes: readonly string[];
  readonly rule: AnswerRule;
  readonly ruleForced: boolean;
  readonly reader: ReaderName;
  /** Files that hold gold answers, by the user's word. */
  readonly gold: readonly string[];
  /** This part of the run files, of so many: task i of a job array. */
  readonly shard?: { readonly index: number; readonly of: number };
  readonly signal?: AbortSignal;
  readonly progress?: (message: string) => void;
}

/** Small files that are read at the same time. */
const AT_A_TIME = 8;
/** Reading a file of so many bytes takes a second. */
const LONG_BYTES = 16 << 20;
/** How often a file is read that changes meanwhile, and one that takes long. */
const TRIES = 3;
const TRIES_LONG = 2;

/** A run file with its shard. */
export interface IndexedFile {
  readonly file: string;
  readonly entry: CatalogEntry;
  readonly manifest: ShardManifest;
  readonly aliases: readonly string[];
  /** The files whose records it is made of, where `file` is a folder of them; absent for a file. */
  readonly members?: readonly string[];
}

export interface DatasetInfo {
  readonly file: string;
  readonly format: string;
  readonly dataset: string | null;
  readonly items: number;
  readonly dropped: number;
  /** What the user should know of the file before trusting it. */
  readonly warnings: readonly string[];
}

export interface Indexed {
  readonly root: string;
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
  } finally {
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
  const { mappings, unusable } = await userMappings([found.root, ...options.homes]);
  for (const each of unusable) options.progress?.(each.reason);
  const catalog = await Catalog.open(options.cacheDir, found.root, mappings, {
    reader: options.reader,
    // The next file may be another task's of the job array.
    ahead: options.shard === undefined ? ahead : null,
  });
  const skipped = [...found.skipped, ...unusable];
  const runs: Listed[] = [];
  const definitions: Listed[] = [];
  const gold = new Set((await walk(options.gold)).files);
  const looked = await several([...new Set([...found.files, ...gold])], AT_A_TIME, async (file): Promise<Listed> => {
    options.signal?.throwIfAborted();
    return { file, entry: await catalog.lookUp(file, gold.has(file)) };
  });
  const { listed, folders } = await foldItems(looked, catalog);
  for (const { folder, members } of folders.values()) if (members.every(({ file }) => gold.has(file))) gold.add(folder);
  for (const { file, entry } of listed) {
    if (entry.format === null || entry.detected?.role === 'aggregate') skipped.push({ file, reason: entry.reason });
    else if (gold.has(file) || entry.detected?.role === 'definition') definitions.push({ file, entry });
    else runs.push({ file, entry });
  }
  await catalog.save();
  const context = new IndexContext(catalog, definitions, folders, gold, options);
  const groups = groupRuns(runs);
  const { shard } = options;
  const own = groups.filter(({ file }) => shard === undefined || partOf(file, shard.of) === shard.index);
  const indexed = await context.indexAll(own, store, ahead);
  const current = currentOf(groups, context);
  await catalog.save();
  const files = indexed.filter((each): each is IndexedFile => !('reason' in each));
  for (const each of indexed) if ('reason' in each) skipped.push(each);
  const datasets = await context.datasets(skipped);
  const skippedOnce = collapsePictures(skipped);
  const hashes = new Map(
    listed.map((each) => context.latest(each)).map(({ file, entry }): [string, string] => [file, entry.sha256]),
  );
  return { root: found.root, files, datasets, skipped: skippedOnce, folders: new Set(folders.keys()), hashes, current };
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

/** The runs, with the one that was begun to be read before others: no two are to be read at once. */
async function begunFirst(runs: readonly RunGroup[], ahead: ReadAhead): Promise<readonly RunGroup[]> {
  const begun = runs.find(({ file }) => file === ahead.file);
  if (begun === undefined) await ahead.close();
  return begun === undefined ? runs : [begun, ...runs.filter((run) => run !== begun)];
}

class IndexContext {
  private loaded: Promise<readonly Definition[]> | null = null;
  /** What was looked at again because it had changed. */
  private readonly renewed = new Map<string, CatalogEntry>();
  private readonly counts = new Map<string, { items: number; dropped: number }>();

  constructor(
    private readonly catalog: Catalog,
    private readonly definitionFiles: readonly Listed[],
    private readonly folders: ReadonlyMap<string, ItemFolder>,
    private readonly gold: ReadonlySet<string>,
    private readonly options: IndexOptions,
  ) {}

  /** Indexes the runs, small ones together; the results are in their order. */
  async indexAll(runs: readonly RunGroup[], store: ShardStore, ahead: ReadAhead): Promise<(IndexedFile | Skipped)[]> {
    const done = new Map<RunGroup, IndexedFile | Skipped>();
    const byKey = new Map<string, Promise<unknown>>();
    const index = async (run: RunGroup): Promise<void> => {
      this.options.signal?.throwIfAborted();
      // Of runs with one shard the first makes it, and the others find it.
      const key = this.keyOf(run);
      const before = byKey.get(key) ?? Promise.resolve();
      const indexed = before.then(() => this.indexFile(run, store, ahead));
      byKey.set(
        key,
        indexed.catch(() => undefined),
      );
      done.set(run, await indexed);
    };
    const isSmall = ({ entry, judgement }: RunGroup): boolean =>
      entry.size <= SMALL_BYTES && entry.isPacked !== true && judgement === null;
    try {
      await several(runs.filter(isSmall), AT_A_TIME, index);
      for (const run of await begunFirst(
        runs.filter((each) => !isSmall(each)),
        ahead,
      )) {
        // What is read is kept before anything takes long.
        if (run.entry.size > LONG_BYTES) await store.flush();
        await index(run);
      }
      await store.flush();
    } catch (error) {
      // And it is kept whatever became of the others; where that fails too, the first failure is the one to tell.
      await store.flush().catch(() => undefined);
      throw error;
    } finally {
      await store.close();
    }
    return runs.flatMap((run): (IndexedFile | Skipped)[] => {
      const indexed = done.get(run);
      if (indexed === undefined) return [];
      return 'reason' in indexed ? [indexed, ...run.aliases.map((file) => ({ ...indexed, file }))] : [indexed];
    });
  }

  /** Indexes a run; one that changes meanwhile is looked at again, as what is still written to rests between records. */
  private async indexFile(run: RunGroup, store: ShardStore, ahead: ReadAhead): Promise<IndexedFile | Skipped> {
    const tries = run.entry.size > LONG_BYTES ? TRIES_LONG : TRIES;
    for (let tried = 1, next = run; ; tried++) {
      this.options.signal?.throwIfAborted();
      const indexed = await this.indexOnce(next, store, ahead);
      if (!(indexed instanceof FileChanged)) return indexed;
      const again = tried < tries ? await this.lookAgain(next, indexed.file) : null;
      if (again === null) await ahead.close();
      if (again === null) return { file: run.file, reason: indexed.message };
      next = again;
    }
  }

  private async indexOnce(
    run: RunGroup,
    store: ShardStore,
    ahead: ReadAhead,
  ): Promise<IndexedFile | Skipped | FileChanged> {
    const plan = this.planFor(run);
    const before = await store.find(shardKey(plan));
    const { file, entry, aliases } = run;
    const members = this.membersOf(file);
    const indexed = { file, entry, aliases, ...(members === null ? {} : { members }) };
    const begun = ahead.take(file);
    try {
      if (before !== null) return { ...indexed, manifest: before };
      this.options.progress?.(`reading ${run.file}`);
      const manifest = await ingest(plan, store, {
        bytes: run.entry.size,
        open: () => this.open(file),
        begun,
        requireUnchanged: () => this.requireUnchanged(run),
        definitions: () => this.definitions(),
        judgement: () => this.judgement(run),
      });
      return { ...indexed, manifest };
    } catch (error) {
      if (error instanceof FileChanged) return error;
      // A full disk is no fault of this file: going on would skip every other one as well.
      if (!(error instanceof FlipsideError) || this.isOfCache(error, store)) throw error;
      return { file: run.file, reason: error.message };
    } finally {
      await begun?.close();
    }
  }

  /** The key of the shard that a run leads to. */
  keyOf(run: RunGroup): string {
    return shardKey(this.planFor(run));
  }

  private isOfCache(error: FlipsideError, store: ShardStore): boolean {
    const { file } = error.options;
    return file !== undefined && [store.folder, this.options.cacheDir].some((folder) => isWithin(folder, file));
  }

  /** The definitions with their item counts, counted once per content and remembered. */
  async datasets(skipped: Skipped[]): Promise<DatasetInfo[]> {
    const datasets: DatasetInfo[] = [];
    for (const { file, entry } of this.definitionFiles) {
      try {
        const { items, dropped } = await this.countOf({ file, entry });
        const { dataset = null, warnings = [] } = entry.detected ?? {};
        datasets.push({ file, format: entry.format ?? '', dataset, items, dropped, warnings });
      } catch (error) {
        if (!(error instanceof FlipsideError)) throw error;
        skipped.push({ file, reason: error.message });
      }
    }
    return datasets;
  }

  private planFor(run: RunGroup): IngestPlan {
    const format = this.formatOf(run);
    const { detected } = run.entry;
    if (format === null || detected === null) throw new Error(`no format for ${run.file}`);
    const own = run.judgement;
    return {
      file: run.file,
      sha256: run.entry.sha256,
      format,
      detected,
      mapping: run.entry.mapping,
      rule: this.options.rule,
      ruleForced: this.options.ruleForced,
      reader: this.options.reader,
      definitions: this.definitionFiles.map(({ file, entry }) => ({
        file,
        sha256: entry.sha256,
        format: entry.format ?? '',
      })),
      judgement: own === null ? null : { file: own.file, sha256: own.entry.sha256 },
    };
  }

  private membersOf(file: string): readonly string[] | null {
    return this.folders.get(file)?.members.map((member) => member.file) ?? null;
  }

  private formatOf({ file, entry }: Listed): Format | null {
    const format = this.catalog.formatOf(entry);
    const members = this.membersOf(file);
    return format === null || members === null ? format : namingFiles(format, members);
  }

  private async open(file: string): Promise<Source> {
    const members = this.membersOf(file);
    return members === null ? (this.catalog.takeOpened(file) ?? openFile(file)) : openItems(file, members);
  }

  private requireUnchanged({ file, entry }: Listed): Promise<void> {
    return requireUnchanged(this.folders.get(file)?.members ?? [{ file, entry }]);
  }

  /** The run with what a file of it is now; null where that is another kind of file, or not the only one that is read as this run. */
  private async lookAgain(run: RunGroup, file: string): Promise<RunGroup | null> {
    const { judgement } = run;
    const isOwn = file === run.file && run.aliases.every((alias) => alias === judgement?.file);
    const before = isOwn ? run : judgement?.file === file ? judgement : null;
    if (before === null) return null;
    const entry = await this.catalog.lookUp(file, this.gold.has(file));
    if (entry.format !== before.entry.format || entry.detected?.role !== before.entry.detected?.role) return null;
    this.renewed.set(file, entry);
    return this.latest(run);
  }

  /** A file, or a run, as it was when it was looked at last. */
  latest<T extends Listed & { readonly judgement?: Listed | null }>(each: T): T {
    const { judgement } = each;
    const entry = this.renewed.get(each.file) ?? each.entry;
    return judgement === undefined || judgement === null
      ? { ...each, entry }
      : { ...each, entry, judgement: this.latest(judgement) };
  }

  private definitions(): Promise<readonly Definition[]> {
    this.loaded ??= Promise.all(this.definitionFiles.map((each) => this.loadDefinition(each)));
    return this.loaded;
  }

  private async loadDefinition({ file, entry }: Listed): Promise<Definition> {
    const items: RawItem[] = [];
    for (const item of await this.itemsOf({ file, entry })) {
      // A file that the user calls gold may have been recognised as predictions: its answers are the gold then.
      const gold = item.gold ?? (this.gold.has(file) ? (item.extracted ?? item.response) : null);
      items.push(gold === item.gold ? item : { ...item, gold });
    }
    return new Definition(file, entry.detected?.dataset ?? null, items);
  }

  private async itemsOf({ file, entry }: Listed): Promise<readonly RawItem[]> {
    const format = this.formatOf({ file, entry });
    if (format === null) return [];
    const items: RawItem[] = [];
    let dropped = 0;
    try {
      for await (const record of format.read(await this.open(file))) {
        if (isDropped(record)) dropped += 1;
        else items.push(record);
      }
    } finally {
      await this.requireUnchanged({ file, entry });
    }
    this.counts.set(entry.sha256, { items: items.length, dropped });
    return items;
  }

  private async countOf(listed: Listed): Promise<{ items: number; dropped: number }> {
    const { entry } = listed;
    const file = path.join(this.options.cacheDir, 'datasets', `${keyOf([entry.sha256, entry.format])}.json`);
    const before = await readJson<{ items: number; dropped: number }>(file);
    if (before !== null) return before;
    if (!this.counts.has(entry.sha256)) await this.itemsOf(listed);
    const counted = this.counts.get(entry.sha256) ?? { items: 0, dropped: 0 };
    await writeAtomically(file, JSON.stringify(counted));
    return counted;
  }

  private async judgement(run: RunGroup): Promise<Judgement | null> {
    return run.judgement === null ? null : new Judgement(run.judgement.file, await this.itemsOf(run.judgement));
  }
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
