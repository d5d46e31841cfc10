import path from 'node:path';
import type { AnswerRule } from '../answers/index.js';
import type { ReaderName } from '../formats/all.js';
import { isDropped, type Format, type Source } from '../formats/format.js';
import { FlipsideError, type RawItem } from '../model.js';
import { keyOf, readJson, writeAtomically } from '../store/cache.js';
import type { ShardManifest, ShardStore } from '../store/shards.js';
import { SMALL_BYTES, type Catalog } from './catalog.js';
import type { CatalogEntry } from './catalogEntry.js';
import { Definition } from './definitions.js';
import { ingest } from './ingest.js';
import { shardKey, type IngestPlan } from './plan.js';
import { namingFiles, openItems, type ItemFolder, type Listed } from './itemFolders.js';
import { Judgement } from './judgement.js';
import { openFile } from './openFile.js';
import type { ReadAhead } from './readAhead.js';
import type { RunGroup } from './runGroups.js';
import { several } from './several.js';
import { isWithin } from './staleShards.js';
import { FileChanged, requireUnchanged } from './unchanged.js';
import type { Skipped } from './walk.js';

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
  /** The shards lie in a folder that the user named, not in the cache. */
  readonly isOwnFolder: boolean;
  readonly signal?: AbortSignal;
  readonly progress?: (message: string) => void;
}

/** Small files that are read at the same time. */
export const AT_A_TIME = 8;
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

/** The runs, with the one that was begun to be read before others: no two are to be read at once. */
async function begunFirst(runs: readonly RunGroup[], ahead: ReadAhead): Promise<readonly RunGroup[]> {
  const begun = runs.find(({ file }) => file === ahead.file);
  if (begun === undefined) await ahead.close();
  return begun === undefined ? runs : [begun, ...runs.filter((run) => run !== begun)];
}

function isSmall({ entry, judgement }: RunGroup): boolean {
  return entry.size <= SMALL_BYTES && entry.isPacked !== true && judgement === null;
}

/** Reads runs into shards, with all that they are joined with. */
export class IndexContext {
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
    return runs.flatMap((run): (IndexedFile | Skipped)[] => {
      const indexed = done.get(run);
      if (indexed === undefined) return [];
      return 'reason' in indexed ? [indexed, ...run.aliases.map((file) => ({ ...indexed, file }))] : [indexed];
    });
  }

  /** Whether a run is small, and was opened just now to be recognised. */
  isNewAndSmall(run: RunGroup): boolean {
    return isSmall(run) && this.catalog.isOpened(run.file);
  }

  /** Indexes a run before all files are known; true where that made a shard. What fails now is told when its turn comes. */
  async indexAhead(run: RunGroup, store: ShardStore): Promise<boolean> {
    if ((await store.find(this.keyOf(run))) !== null) return false;
    const indexed = await this.indexOnce(run, store, null);
    return 'manifest' in indexed;
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
    ahead: ReadAhead | null,
  ): Promise<IndexedFile | Skipped | FileChanged> {
    const plan = this.planFor(run);
    const before = await store.find(shardKey(plan));
    const { file, entry, aliases } = run;
    const members = this.membersOf(file);
    const indexed = { file, entry, aliases, ...(members === null ? {} : { members }) };
    const begun = ahead?.take(file) ?? null;
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
