import path from 'node:path';
import { FlipsideError, type Filter } from '../../model.js';
import type { Lens } from '../../relations/lens.js';
import type { Database } from '../../store/database.js';
import { countDirections, countKept, engineVersion, keepOnly } from '../../store/reportQueries.js';
import type { AppliedPatch } from '../applyPatch.js';
import type { Indexed } from '../indexer.js';
import { plural } from '../numbers.js';
import type { RunInfo } from '../runs.js';
import { shortNames } from '../shortNames.js';
import { summariseRuns } from '../summary.js';
import type { RunSummary, Summary } from '../summaryTypes.js';
import { compareAll } from './comparisons.js';
import type { Narrowed, PictureOf, ReportData, ReportPicture, SourceFile } from './data.js';
import { drawExamples } from './examples.js';
import { splitFilter, tellFilter, type SplitFilter } from './narrow.js';

/** What a report is asked to hold. */
export interface ReportRequest {
  readonly filter: Filter | null;
  /** The ids of the runs that it is about; empty: all. */
  readonly runs: readonly string[];
  /** The id of the run that others are compared with; null where that is left open. */
  readonly base: string | null;
  /** Examples of every class. */
  readonly examples: number;
  readonly seed: number;
  /** The command line that asks for it, as it was typed. */
  readonly command: string;
  readonly pictureOf: PictureOf;
}

/** What is open, and its summary but for the runs. */
export interface ReportSource {
  readonly lens: Lens;
  readonly runs: readonly RunInfo[];
  readonly indexed: Indexed;
  readonly frame: Omit<Summary, 'runs'>;
  /** Under which right answers are corrected. */
  readonly patch: AppliedPatch | null;
}

/** Counts everything that a report says. `db` is a connection of its own: it is narrowed to what the filter keeps. */
export async function gatherReport(db: Database, source: ReportSource, request: ReportRequest): Promise<ReportData> {
  const split = splitFilter(request.filter);
  const { runs, lens, indexed } = source;
  const before = await countKept(db, null);
  if (split.items.length > 0) await keepOnly(db, { and: split.items });
  const after = await countKept(db, null);
  const chosen = [...runs.entries()].filter(([, run]) => request.runs.length === 0 || request.runs.includes(run.id));
  const isLeft = (index: number): boolean => split.items.length === 0 || (after.get(index) ?? 0) > 0;
  const kept = chosen.filter(([index]) => isLeft(index));
  requireSome(kept, chosen, split);
  const counted = await summariseRuns(db, lens, runs);
  const summaries = kept.flatMap(([index]) => {
    const own = counted[index];
    return own === undefined ? [] : [{ ...own, index }];
  });
  const directions = await countDirections(db);
  const sum = (counts: ReadonlyMap<number, number>): number =>
    chosen.reduce((total, [index]) => total + (counts.get(index) ?? 0), 0);
  const emptied = chosen.filter(([index]) => !isLeft(index)).map(([, run]) => run.id);
  return {
    lens,
    summary: { ...source.frame, runs: summaries },
    names: shortNames(chosen.map(([, run]) => run)),
    narrowed: narrowedBy(split, { kept: sum(after), of: sum(before), emptied }),
    directions: new Map(kept.map(([index, run]) => [run.id, directions.get(index) ?? []])),
    comparisons: await compareAll(db, lens, { all: runs, summaries }, request.base),
    examples: await drawExamples(db, {
      runs,
      lens,
      folders: indexed.folders,
      filters: [...split.examples, { field: 'run', op: 'in', values: kept.map(([, run]) => run.id) }],
      classes: classesOf(summaries),
      each: request.examples,
      seed: request.seed,
      pictureOf: async (row) => withinRoot(await request.pictureOf(row), indexed.root),
    }),
    files: filesOf(source, new Set(kept.map(([, run]) => run))),
    seed: request.seed,
    command: request.command,
    versions: {
      Flipside: process.env.FLIPSIDE_VERSION ?? 'development',
      DuckDB: await engineVersion(db),
      'Node.js': process.version,
    },
  };
}

function requireSome(kept: readonly unknown[], chosen: readonly unknown[], { items }: SplitFilter): void {
  if (kept.length > 0) return;
  const why =
    chosen.length > 0
      ? `No item of any run meets: ${items.map(tellFilter).join(', ')}. A report needs some.`
      : 'No prediction files were found under the paths.';
  throw new FlipsideError(why, { exitCode: 1 });
}

function narrowedBy(
  { items, examples }: SplitFilter,
  counts: Pick<Narrowed, 'kept' | 'of' | 'emptied'>,
): Narrowed | null {
  if (items.length === 0 && examples.length === 0) return null;
  return { items: items.map(tellFilter), examples: examples.map(tellFilter), ...counts };
}

/** The classes of errors that occur, those with most errors in all runs together first. */
function classesOf(runs: readonly RunSummary[]): string[] {
  const counts = new Map<string, number>();
  for (const run of runs)
    for (const [name, { count }] of Object.entries(run.classes)) counts.set(name, (counts.get(name) ?? 0) + count);
  return [...counts]
    .filter(([, count]) => count > 0)
    .sort(([one, mine], [other, theirs]) => theirs - mine || (one < other ? -1 : 1))
    .map(([name]) => name);
}

/** Paths below the common folder are told from there: a report is for others, whose folders are other ones. */
function withinRoot(picture: ReportPicture, root: string): ReportPicture {
  if (picture.ok) return picture;
  const inside = `${root}${path.sep}`;
  return {
    ...picture,
    message: picture.message.replaceAll(inside, ''),
    tried: picture.tried.map((file) => relativeTo(root, file)),
  };
}

function relativeTo(root: string, file: string): string {
  const relative = path.relative(root, file);
  return relative === '' || relative.startsWith('..') || path.isAbsolute(relative)
    ? file
    : relative.split(path.sep).join('/');
}

/** Every file that the numbers come from, with the hash of what was read of it. */
function filesOf({ indexed, frame, patch }: ReportSource, runs: ReadonlySet<RunInfo>): SourceFile[] {
  const { root, files, hashes } = indexed;
  const used = new Set([...runs].map((run) => run.file));
  const tell = (file: string): string => relativeTo(root, file);
  return [
    ...files
      .filter(({ file }) => used.has(file))
      .flatMap(({ file, manifest, aliases }) => [
        { file: tell(file), role: 'predictions', sha256: manifest.sourceSha256 },
        ...aliases.map((alias) => ({
          file: tell(alias),
          role: alias === manifest.judged?.file ? 'verdicts' : 'predictions, a copy',
          sha256: hashes.get(alias) ?? null,
        })),
      ]),
    ...frame.datasets.map(({ file }) => ({
      file: tell(file),
      role: 'questions and right answers',
      sha256: hashes.get(file) ?? null,
    })),
    ...(patch === null ? [] : [{ file: tell(path.resolve(patch.file)), role: patchRole(patch), sha256: patch.sha256 }]),
  ];
}

function patchRole({ items, predictions }: AppliedPatch): string {
  return `corrected right answers of ${plural(items, 'item')}, by which ${plural(predictions, 'prediction')} ${predictions === 1 ? 'is' : 'are'} judged`;
}
