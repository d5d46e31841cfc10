import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { FlipsideError } from '../model.js';
import { comparable } from '../relations/gold.js';
import { layRows, rowsOfItems, type ItemRow } from '../store/correctedRows.js';
import type { Database } from '../store/database.js';
import { reclassified, type CorrectedSource, type Correction } from './corrected.js';
import { plural } from './numbers.js';
import { correctedItem, readPatch, type PatchLine, type PatchProblem } from './patchFile.js';

/** A patch under which everything that is open is counted. */
export interface AppliedPatch {
  readonly file: string;
  readonly sha256: string;
  /** Items whose right answer is another one now, and the predictions that are judged by it. */
  readonly items: number;
  readonly predictions: number;
  /** Lines that do not count, or not for all predictions of their item, in the order of the file. */
  readonly problems: readonly PatchProblem[];
  /** What may be counted otherwise than if the data stated the corrected answers. */
  readonly notes: readonly string[];
}

/**
 * Counts everything in the database under a patch from now on. An item is found by its dataset and id, and is corrected where its right answer
 * is the one that the patch corrects. Throws a FlipsideError where the file cannot be read; lines that cannot be applied are told.
 */
export async function applyPatch(db: Database, source: CorrectedSource, file: string): Promise<AppliedPatch> {
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    throw new FlipsideError(`The patch ${file} cannot be read (${error.code ?? error.message}).`, {
      file,
      exitCode: 2,
    });
  });
  const { items, problems: unread } = readPatch(bytes.toString('utf8'));
  const problems = [...unread];
  const wanted = agreed(items, problems);
  const { corrections, lineOf } = await correctionsOf(db, source, wanted, problems);
  const { placed, rows, problems: failed, notes } = await reclassified(db, source.runs, corrections);
  const told = new Map(
    failed.map(({ run, row, reason }) => [`${lineOf(run, row)} ${reason}`, { line: lineOf(run, row), reason }]),
  );
  problems.push(...told.values());
  if (placed.length > 0) await layRows(db, placed, source.lens, 'all');
  const corrected = new Set(rows.map(({ run, row }) => lineOf(run, row)));
  return {
    file,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    items: new Set(wanted.filter(({ line }) => corrected.has(line)).map(nameOf)).size,
    predictions: rows.length,
    problems: problems.sort((one, other) => one.line - other.line),
    notes,
  };
}

function nameOf({ dataset, item }: PatchLine): string {
  return JSON.stringify([dataset, item]);
}

/** The lines that count: each correction once, none that was rejected, and none of those that contradict each other. */
function agreed(items: readonly PatchLine[], problems: PatchProblem[]): PatchLine[] {
  const first = new Map<string, PatchLine>();
  const torn = new Set<string>();
  for (const each of items) {
    const key = correctedItem(each);
    const before = first.get(key);
    if (each.accepted === false)
      problems.push({ line: each.line, reason: 'the correction was rejected: "accepted" is false' });
    else if (before === undefined) first.set(key, each);
    else if (comparable(before.to) !== comparable(each.to)) {
      torn.add(key);
      const reason = `item "${each.item}" is corrected to "${each.to}" here and to "${before.to}" in line ${before.line}: neither counts`;
      problems.push({ line: each.line, reason });
    }
  }
  return [...first].filter(([key]) => !torn.has(key)).map(([, each]) => each);
}

interface Sought {
  readonly corrections: readonly Correction[];
  /** The line that corrects a prediction. */
  readonly lineOf: (run: string, row: number) => number;
}

/** The predictions of the items whose stated right answer is the one that is corrected. */
async function correctionsOf(
  db: Database,
  { runs }: CorrectedSource,
  wanted: readonly PatchLine[],
  problems: PatchProblem[],
): Promise<Sought> {
  const byLine = new Map<number, ItemRow[]>();
  for (const row of await rowsOfItems(db, wanted)) byLine.set(row.line, [...(byLine.get(row.line) ?? []), row]);
  const lines = new Map<string, number>();
  const corrections: Correction[] = [];
  for (const each of wanted) {
    const found = (byLine.get(each.line) ?? []).filter((row) => isOf(each, row));
    const meant = found.filter(({ gold }) => gold !== null && comparable(gold) === comparable(each.from));
    if (meant.length < found.length || found.length === 0)
      problems.push({ line: each.line, reason: whyNot(each, found, meant) });
    for (const { runIndex, row } of meant) {
      const run = runs[runIndex]?.id ?? '';
      lines.set(JSON.stringify([run, row]), each.line);
      corrections.push({ run, row, gold: each.to });
    }
  }
  return { corrections, lineOf: (run, row) => lines.get(JSON.stringify([run, row])) ?? 0 };
}

/** Files that name no benchmark may give one id to different questions. */
function isOf({ dataset, content }: PatchLine, { text }: ItemRow): boolean {
  return dataset !== null || content === null || content.text === text;
}

function whyNot({ dataset, item, from }: PatchLine, found: readonly ItemRow[], meant: readonly ItemRow[]): string {
  const of = dataset === null ? 'of a benchmark without a name' : `of ${dataset}`;
  if (found.length === 0) return `no prediction here is of item "${item}" ${of}`;
  const others = found.filter((row) => !meant.includes(row)).map(({ gold }) => (gold === null ? 'none' : `"${gold}"`));
  const stated = `${[...new Set(others)].join(', ')} as the right answer of item "${item}" ${of}, not "${from}"`;
  if (meant.length === 0) return `the data state ${stated}: not applied`;
  return `${plural(others.length, 'prediction')} of ${found.length} ${others.length === 1 ? 'states' : 'state'} ${stated}: left as they are`;
}
