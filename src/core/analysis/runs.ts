import path from 'node:path';
import type { Coverage } from './joinDefinitions.js';
import type { Indexed, IndexedFile } from './indexer.js';
import type { ShardManifest } from '../store/shards.js';
import { FlipsideError } from '../model.js';

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
  readonly dropped: { readonly total: number; readonly byReason: Readonly<Record<string, number>> };
  readonly coverage: Coverage | null;
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
    const splits = manifest.splits.length === 0 ? [{ split: null, items: 0, model: null }] : manifest.splits;
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
          ? { total: 0, byReason: {} }
          : { total: manifest.droppedTotal, byReason: manifest.droppedByReason },
        coverage: coverageOf(manifest, indexed.root, split.items, several),
      });
    }
  }
  return { runs, leftovers };
}

function relative(root: string, file: string): string {
  return path.relative(root, file).split(path.sep).join('/') || path.basename(file);
}

function aliasesOf(root: string, file: IndexedFile, split: string | null): string[] {
  return file.aliases.map((alias) => relative(root, alias) + (split === null ? '' : `#${split}`));
}

function droppedOf(manifest: ShardManifest): string {
  const reasons = Object.entries(manifest.droppedByReason).map(([reason, count]) => `${count} ${reason}`);
  return `${manifest.droppedTotal} rows belong to none of its runs: ${reasons.join(', ')}`;
}

function coverageOf(manifest: ShardManifest, root: string, items: number, several: boolean): Coverage | null {
  if (manifest.coverage === null) return null;
  const rows = several ? items : manifest.coverage.rows;
  return { rows, of: manifest.coverage.of, file: relative(root, manifest.coverage.file) };
}

/** The run that a name means: its id, or any unique suffix of an id or alias. Throws a usage error listing the runs. */
export function runNamed(name: string, runs: readonly RunInfo[]): number {
  const exact = runs.findIndex((run) => run.id === name);
  if (exact >= 0) return exact;
  const found = runs.flatMap((run, index) =>
    [run.id, ...run.aliases].some((id) => id.endsWith(name)) || run.model === name ? [index] : [],
  );
  if (found.length === 1 && found[0] !== undefined) return found[0];
  const some = (found.length === 0 ? runs : found.flatMap((index) => runs[index] ?? [])).map((run) => `  ${run.id}`);
  const problem = found.length === 0 ? 'No run ends in' : 'Several runs end in';
  throw new FlipsideError(`${problem} "${name}". Runs:\n${some.join('\n')}`, { exitCode: 2 });
}
