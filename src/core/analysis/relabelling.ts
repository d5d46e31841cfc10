import type { Relabel } from '../annotationModel.js';
import type { RowKey } from '../model.js';
import { comparable } from '../relations/gold.js';
import { namedRows } from '../store/correctedRows.js';
import type { Database } from '../store/database.js';
import type { CorrectedSummary, Correction } from './corrected.js';
import { correctedItem, type PatchItem } from './patchFile.js';
import type { RunInfo } from './runs.js';

export type RelabelState = 'accepted' | 'rejected' | 'not reviewed';

/** A suspected wrong right answer, and what becomes of it. */
export interface ListedRelabel extends Relabel {
  readonly state: RelabelState;
  /** Why it does not count; null where it does. */
  readonly leftOut: string | null;
  /** Its predictions by run, in the order of the runs. */
  readonly predictions: readonly { readonly run: string; readonly count: number }[];
}

/** Numbers of relabels: `relabels` = `accepted` + `rejected` + `pending` = `counted` + those that are left out. */
export interface RelabelCounts {
  readonly relabels: number;
  readonly accepted: number;
  readonly rejected: number;
  readonly pending: number;
  /** Those that name no correction, and those of which no prediction is open; one may be both. */
  readonly withoutCorrection: number;
  readonly notOpen: number;
  /** Those under which the numbers are counted and of which the patch is made. */
  readonly counted: number;
}

/** Something that is wrong in a file of annotations, or that a patch cannot say. */
export interface RelabelProblem {
  readonly file: string;
  readonly line: number | null;
  readonly reason: string;
}

/** All relabels, the numbers without and with those that count, and the patch that they make. */
export interface Relabelling {
  readonly counts: RelabelCounts;
  readonly relabels: readonly ListedRelabel[];
  readonly summary: CorrectedSummary;
  readonly patch: readonly PatchItem[];
  readonly problems: readonly RelabelProblem[];
  /** What the patch does not say, and why. */
  readonly notes: readonly string[];
}

/** What relabels are weighed with. */
export interface RelabelSource {
  readonly db: Database;
  readonly runs: readonly RunInfo[];
  /** Relabels that nobody has judged yet count too, where they name a correction. Those that were rejected never do. */
  readonly pending: boolean;
  readonly correct: (corrections: readonly Correction[]) => Promise<CorrectedSummary>;
}

/** Weighs relabels: which of them count, what the numbers are under these, and the patch to the benchmark that says the same. */
export async function relabellingOf(
  { relabels, problems }: { readonly relabels: readonly Relabel[]; readonly problems: readonly RelabelProblem[] },
  source: RelabelSource,
): Promise<Relabelling> {
  const meant = relabels.filter((each) => leftOut(each, source.pending) === null);
  const corrections = meant.flatMap(({ rows, to }) =>
    rows.map((key) => ({ run: key.run, row: key.row, gold: to ?? '' })),
  );
  const summary = await source.correct(corrections);
  const whyNot = new Map(summary.problems.map((each) => [keyOf(each), each.reason]));
  const listed = relabels.map((each): ListedRelabel => {
    const reasons = each.rows.map((key) => whyNot.get(keyOf(key)) ?? null);
    // Some of its predictions may still be corrected: the others are told among the problems.
    const failed = reasons.includes(null) ? null : (reasons[0] ?? null);
    return {
      ...each,
      state: stateOf(each),
      leftOut: leftOut(each, source.pending) ?? failed,
      predictions: byRun(each.rows, source.runs),
    };
  });
  const counted = listed.filter((each) => each.leftOut === null);
  const { items, notes } = await patchOf(counted, summary.rows, source);
  const count = (is: (each: ListedRelabel) => boolean): number => listed.filter(is).length;
  return {
    counts: {
      relabels: listed.length,
      accepted: count(({ state }) => state === 'accepted'),
      rejected: count(({ state }) => state === 'rejected'),
      pending: count(({ state }) => state === 'not reviewed'),
      withoutCorrection: count(({ to }) => to === null),
      notOpen: count(({ rows }) => rows.length === 0),
      counted: counted.length,
    },
    ...{ relabels: listed, summary, patch: items, problems, notes },
  };
}

function stateOf({ accepted }: Relabel): RelabelState {
  return accepted === null ? 'not reviewed' : accepted ? 'accepted' : 'rejected';
}

function leftOut(relabel: Relabel, pending: boolean): string | null {
  const { to, rows } = relabel;
  const state = stateOf(relabel);
  if (state === 'rejected') return 'rejected';
  if (to === null) return 'names no correction';
  if (rows.length === 0) return 'none of its predictions is open';
  return state === 'accepted' || pending ? null : 'not reviewed';
}

function keyOf({ run, row }: RowKey): string {
  return JSON.stringify([run, row]);
}

function byRun(rows: readonly RowKey[], runs: readonly RunInfo[]): ListedRelabel['predictions'] {
  const counts = new Map(runs.map(({ id }) => [id, 0]));
  for (const { run } of rows) counts.set(run, (counts.get(run) ?? 0) + 1);
  return [...counts].filter(([, count]) => count > 0).map(([run, count]) => ({ run, count }));
}

interface Patch {
  readonly items: readonly PatchItem[];
  readonly notes: readonly string[];
}

/** A line for each item that some prediction of a relabel was corrected in: runs may name one question differently. */
async function patchOf(
  counted: readonly ListedRelabel[],
  corrected: readonly RowKey[],
  { db, runs }: RelabelSource,
): Promise<Patch> {
  const indexes = new Map(runs.map(({ id }, index) => [id, index]));
  const places = corrected.map(({ run, row }) => ({ runIndex: indexes.get(run) ?? -1, row }));
  const names = new Map((await namedRows(db, places)).map((each) => [`${each.runIndex} ${each.row}`, each]));
  const byItem = new Map<string, PatchItem[]>();
  for (const { rows, content, to, by, notes, accepted } of counted) {
    const own = new Map<string, PatchItem>();
    for (const { run, row } of rows) {
      const named = names.get(`${indexes.get(run) ?? -1} ${row}`);
      if (named === undefined) continue;
      const { dataset, item, gold } = named;
      const line = { dataset, item, content, from: gold ?? '', to: to ?? '', by, notes, accepted };
      own.set(correctedItem(line), line);
    }
    for (const [key, line] of own) byItem.set(key, [...(byItem.get(key) ?? []), line]);
  }
  return withoutContradictions([...byItem.values()]);
}

/** Where runs give one id to several questions, and these are corrected differently, a patch cannot tell them apart. */
function withoutContradictions(lines: readonly (readonly PatchItem[])[]): Patch {
  const isTorn = (own: readonly PatchItem[]): boolean => new Set(own.map(({ to }) => comparable(to))).size > 1;
  const items = lines.filter((own) => !isTorn(own)).flatMap((own) => own.slice(0, 1));
  const notes = lines.filter(isTorn).map((own) => {
    const answers = own.map(({ to }) => `"${to}"`).join(', ');
    return `Item "${own[0]?.item ?? ''}" is several questions of one id, which are corrected to ${answers}: the patch leaves it out.`;
  });
  const order = ({ dataset, item, from }: PatchItem): string =>
    JSON.stringify([dataset ?? '', item.padStart(12, '0'), from]);
  return { items: [...items].sort((one, other) => (order(one) < order(other) ? -1 : 1)), notes };
}
