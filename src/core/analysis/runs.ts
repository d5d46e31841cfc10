import path from 'node:path';
import type { Indexed, IndexedFile } from './indexer.js';
import type { Coverage, JoinEvidence, ShardManifest, ShardSplit } from '../store/shards.js';
import type { DroppedSummary, LocatedDrop } from './summaryTypes.js';

/** Dropped rows that a sentence about them locates. */
export const DROPPED_SHOWN = 3;

/** One run: a file, or one of several in a file. */
export interface RunInfo {
  /** Path relative to the common root, with `#value` where one file holds several runs. */
  readonly id: string;
  readonly file: string;
  readonly root: string;
  readonly split: string | null;
  readonly model: string | null;
  readonly aliases: readonly string[];
  readonly manifest: ShardManifest;
  readonly parquet: string;
  readonly dropped: DroppedSummary;
  readonly joined: readonly JoinEvidence[];
  readonly coverage: Coverage | null;
  /** What is odd about the file, as its reader tells it. */
  readonly oddities: readonly string[];
  /** The field whose values macroAccuracy is the mean over; null for the tasks. */
  readonly macroBy: string | null;
  /** `file` is a folder of files with one record each. */
  readonly isFolder: boolean;
}

/**
 * Lists the runs of the indexed files, in path order. Dropped rows of a file with several runs cannot be told apart, so
 * they are returned as leftovers rather than counted into each run.
 */
export function listRuns(
  indexed: Indexed,
  parquetOf: (key: string) => string,
): { runs: RunInfo[]; leftovers: { file: string; reason: string }[] } {
  const runs: RunInfo[] = [];
  const leftovers: { file: string; reason: string }[] = [];
  for (const each of indexed.files) {
    const { manifest } = each;
    const none: ShardSplit = { split: null, items: 0, model: null };
    const splits = manifest.splits.length === 0 ? [none] : manifest.splits;
    const several = splits.length > 1;
    if (several && manifest.droppedTotal > 0) leftovers.push({ file: each.file, reason: droppedOf(manifest) });
    for (const split of splits) {
      runs.push({
        id: `${relative(indexed.root, each.file)}${several ? `#${split.split ?? ''}` : ''}`,
        file: each.file,
        root: indexed.root,
        split: split.split,
        model: split.model ?? each.entry.detected?.model ?? null,
        aliases: aliasesOf(indexed.root, each, several ? split.split : null),
        manifest,
        parquet: parquetOf(manifest.key),
        dropped: several
          ? { total: 0, byReason: {}, first: [] }
          : {
              total: manifest.droppedTotal,
              byReason: manifest.droppedByReason,
              first: locatedDrops(manifest, DROPPED_LISTED),
            },
        oddities: each.entry.detected?.warnings ?? [],
        macroBy: each.entry.detected?.macroBy ?? null,
        isFolder: each.members !== undefined,
        joined: (split.joined ?? manifest.joined).map((found) => ({ ...found, file: placeNow(found.file, indexed) })),
        coverage: coverageOf(split.coverage === undefined ? manifest.coverage : split.coverage, indexed),
      });
    }
  }
  return { runs, leftovers };
}

/** Dropped records that a summary lists; the index of a file keeps more (see ingest.ts). */
const DROPPED_LISTED = 20;

/** The shard of one source file. */
export interface RunShard {
  readonly source: string;
  readonly parquet: string;
  readonly rows: number;
  /** All dropped records; of these, `droppedRows` are those that the manifest locates. */
  readonly dropped: number;
  readonly droppedRows: LocatedDrop[];
}

/** The shards behind runs, one for each source file. */
export function shardsOf(runs: readonly RunInfo[]): RunShard[] {
  const bySource = new Map(runs.map((run) => [run.file, run]));
  return [...bySource.values()].map(({ file, parquet, manifest }) => ({
    source: file,
    parquet,
    rows: manifest.rows,
    dropped: manifest.droppedTotal,
    droppedRows: locatedDrops(manifest),
  }));
}

/** The dropped records of a file that its manifest keeps, in file order, at most so many. */
export function locatedDrops(manifest: ShardManifest, most = Infinity): LocatedDrop[] {
  return manifest.dropped.slice(0, most).map(({ row, reason, detail }) => ({ row, reason, message: detail }));
}

function relative(root: string, file: string): string {
  return path.relative(root, file).split(path.sep).join('/') || path.basename(file);
}

function aliasesOf(root: string, file: IndexedFile, split: string | null): string[] {
  return file.aliases.map((alias) => relative(root, alias) + (split === null ? '' : `#${split}`));
}

function droppedOf(manifest: ShardManifest): string {
  const reasons = Object.entries(manifest.droppedByReason).map(([reason, count]) => `${count} ${reason}`);
  const where = locatedDrops(manifest, DROPPED_SHOWN).map(({ row, message }) => ` Row ${row}: ${message}`);
  const total = manifest.droppedTotal;
  return `${total} ${total === 1 ? 'row belongs' : 'rows belong'} to none of its runs: ${reasons.join(', ')}.${where.join('')}`;
}

function coverageOf(coverage: Coverage | null, indexed: Indexed): Coverage | null {
  return coverage === null ? null : { ...coverage, file: relative(indexed.root, placeNow(coverage.file, indexed)) };
}

/** A shard goes by content and names, so that it may have been made of a copy that lies elsewhere: the file that is meant here. */
function placeNow(file: string, { datasets }: Indexed): string {
  if (datasets.some((each) => each.file === file)) return file;
  const [only, ...others] = datasets.filter((each) => path.basename(each.file) === path.basename(file));
  return only === undefined || others.length > 0 ? file : only.file;
}
