import path from 'node:path';
import type { Analysis, RunInfo, SourceLines } from '../core/analysis.js';
import type { Browsing } from '../core/analysis/browsing.js';
import type { RowsOnLines } from '../protocol/rows.js';
import { seenRows } from './blind.js';

/** At most so many rows are told at once: several windows full. */
const MOST_ROWS = 1000;

/** The rows on some lines of a file, as AnalysisMethods.rowsAt. */
export async function rowsAt(
  { analysis, browsing }: { readonly analysis: Analysis; readonly browsing: Browsing },
  lines: SourceLines,
  { file, from, to }: { readonly file: string; readonly from: number; readonly to: number },
  signal: AbortSignal,
): Promise<RowsOnLines> {
  // A file may hold several runs: each row is one's.
  const runs = analysis.runs.filter((run) => run.file === file || copiesOf(run).includes(file));
  const [first] = runs;
  if (first === undefined || first.isFolder) return { rows: [], crowded: null };
  const { records, crowded } = await lines.on(file, first.manifest.rows, from, to);
  const placed = records.slice(0, MOST_ROWS);
  signal.throwIfAborted();
  const keys = runs.flatMap(({ id: run }) => placed.map(({ row }) => ({ run, row })));
  const rows = await seenRows(analysis, await browsing.named(keys));
  const lineOf = new Map(placed.map(({ row, line }) => [row, line]));
  const told = rows.map((row) => ({ ...row, line: lineOf.get(row.row) ?? 0 }));
  return { rows: told.sort((one, other) => one.row - other.row), crowded };
}

/** Other files with the content of a run's, as absolute paths. */
export function copiesOf({ root, aliases, manifest, split }: RunInfo): string[] {
  const part = manifest.splits.length > 1 ? `#${split ?? ''}` : '';
  return aliases.map((alias) => path.resolve(root, alias.slice(0, alias.length - part.length)));
}
