import type { RowKey } from '../model.js';
import { comparable, matchGold } from '../relations/gold.js';
import { kindOf } from '../relations/kinds.js';
import type { Lens } from '../relations/lens.js';
import { directionOf } from '../relations/phrases.js';
import { asksInFrames, layRows, placedRows, rowsOfPictures, type PlacedRow } from '../store/correctedRows.js';
import type { Database } from '../store/database.js';
import type { Place } from '../store/fetchRows.js';
import type { StoredRow } from '../store/row.js';
import { BATCH_ROWS } from './beginning.js';
import { classifyRow } from './classifyRow.js';
import { FrameIndex } from './frameSwap.js';
import type { RunInfo } from './runs.js';
import { summariseRuns } from './summary.js';
import type { RunSummary, Summary } from './summaryTypes.js';

/** Another right answer for one prediction's item: the text of one of its options. Of an item without options, the answer itself. */
export interface Correction extends RowKey {
  readonly gold: string;
}

/** A correction that was not made, and why. */
export interface NotCorrected extends RowKey {
  readonly reason: string;
}

/** What came of corrections. Each prediction that one speaks of is among `rows` or `problems`. */
export interface Corrected {
  /** Predictions that are counted under another right answer than the data state, each once. */
  readonly rows: readonly RowKey[];
  readonly problems: readonly NotCorrected[];
  /** What may be counted otherwise than if the data stated the corrected answers. */
  readonly notes: readonly string[];
}

/** The numbers of what is open, as the data state the right answers, and with corrected ones. */
export interface CorrectedSummary extends Corrected {
  readonly without: Summary;
  readonly with: Summary;
}

/** What corrections are made in. */
export interface CorrectedSource {
  readonly lens: Lens;
  readonly runs: readonly RunInfo[];
}

/** Corrections as rows, ready to be counted. */
export interface Reclassified extends Corrected {
  readonly placed: readonly PlacedRow[];
}

/**
 * The runs' numbers under corrections, counted by the same code as without them, in two connections of their own (`db` and `beside`) that
 * see the corrected rows from then on.
 */
export async function correctedRuns(
  [db, beside]: readonly [Database, Database],
  { lens, runs }: CorrectedSource,
  corrections: readonly Correction[],
  by: string | null,
): Promise<Corrected & { readonly runs: readonly RunSummary[] }> {
  const { placed, ...found } = await reclassified(db, runs, corrections);
  for (const each of [db, beside]) await layRows(each, placed, lens, 'connection');
  return { ...found, runs: await summariseRuns(db, lens, runs, { by, beside }) };
}

/**
 * The rows that corrections change, classified by what classifies rows when a file is read, as if the file stated the corrected answer. A
 * correction that cannot be made is told among the problems: of a prediction that is not there or that two corrections want differently, or with an
 * answer that is none of the options, or not one alone.
 */
export async function reclassified(
  db: Database,
  runs: readonly RunInfo[],
  corrections: readonly Correction[],
): Promise<Reclassified> {
  const problems: NotCorrected[] = [];
  const wanted = agreed(corrections, problems);
  const indexes = new Map(runs.map(({ id }, index) => [id, index]));
  const places = [...wanted.values()].flatMap(({ run, row }): Place[] => {
    const runIndex = indexes.get(run);
    return runIndex === undefined ? [] : [{ runIndex, row }];
  });
  const before = await placedRows(db, places);
  const found = new Map(before.map((each) => [keyOf(runs, each), each]));
  const changed: PlacedRow[] = [];
  for (const [key, { run, row, gold }] of wanted) {
    const each = found.get(key);
    const next = each === undefined ? 'there is no such prediction' : withGold(each, gold);
    if (typeof next === 'string') problems.push({ run, row, reason: next });
    else changed.push(next);
  }
  const { placed, notes } = await withFrames(db, runs, changed);
  const rows = changed.map(({ runIndex, row }) => ({ run: runs[runIndex]?.id ?? '', row }));
  return { placed, rows, problems, notes };
}

/** Of each prediction the one answer that is wanted. */
function agreed(corrections: readonly Correction[], problems: NotCorrected[]): ReadonlyMap<string, Correction> {
  const byRow = groupedBy(corrections, ({ run, row }) => JSON.stringify([run, row]));
  const wanted = new Map<string, Correction>();
  for (const [key, own] of byRow) {
    const [first] = own;
    const answers = new Set(own.map(({ gold }) => gold));
    if (first === undefined) continue;
    if (answers.size === 1) wanted.set(key, first);
    else problems.push({ run: first.run, row: first.row, reason: `it is to have ${quotedList([...answers])} at once` });
  }
  return wanted;
}

function groupedBy<T, K>(all: readonly T[], keyOf: (each: T) => K): ReadonlyMap<K, readonly T[]> {
  const groups = new Map<K, T[]>();
  for (const each of all) {
    const key = keyOf(each);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [each]);
    else group.push(each);
  }
  return groups;
}

function keyOf(runs: readonly RunInfo[], { runIndex, row }: Place): string {
  return JSON.stringify([runs[runIndex]?.id, row]);
}

/** A row as it would be under another right answer; in words why that cannot be told. */
function withGold(placed: PlacedRow, gold: string): PlacedRow | string {
  const { raw, options, kind, answer } = placed.stored;
  const stated = options.length === 0 ? sameKind(placed.stored, gold) : statedAs(placed.stored, gold);
  if (typeof stated === 'string') return stated;
  return { ...placed, stored: classifyRow({ raw: { ...raw, ...stated }, kind, options }, answer) };
}

/** Without options the right answer has a say in how an item is asked, and with that in how its answers are read. */
function sameKind({ raw, kind }: StoredRow, gold: string): { readonly gold: string } | string {
  const asked = (answer: string | null): string =>
    kindOf(raw.question, [], answer, (text) => directionOf(text) !== null);
  if (asked(gold) === asked(raw.gold)) return { gold };
  return `it lists no options, and "${gold}" is another kind of answer than ${kind === 'count' ? 'a number' : `"${raw.gold ?? ''}"`}`;
}

/** The right answer in words that name that option alone: by its letter where its text is another one's letter ("A. B", "B. C"). */
function statedAs({ options }: StoredRow, gold: string): { readonly gold: string } | string {
  const same = (alike: (text: string) => string): number[] =>
    options.flatMap(({ text }, at) => (alike(text) === alike(gold) ? [at] : []));
  const exact = same((text) => text);
  const named = exact.length > 0 ? exact : same(comparable);
  const texts = quotedList(options.map(({ text }) => text));
  const [at, ...others] = named;
  if (at === undefined) return `"${gold}" is none of its options: ${texts}`;
  const option = options[at];
  const names = [option?.text, option?.label].flatMap((name) => (typeof name === 'string' ? [name] : []));
  const name = names.find((each) => {
    const { option: found, conflict } = matchGold(each, options);
    return found === at && !conflict;
  });
  if (others.length > 0 || name === undefined) return `"${gold}" does not name one of its options alone: ${texts}`;
  return { gold: name };
}

function quotedList(texts: readonly string[]): string {
  return texts.map((text) => `"${text}"`).join(', ');
}

/**
 * Marks answers that are right in another frame, among the corrected rows and those that ask about the same pictures: the same index as when the
 * file was read, made of its rows. The questions of a benchmark that the file does not answer are not in it.
 */
async function withFrames(
  db: Database,
  runs: readonly RunInfo[],
  changed: readonly PlacedRow[],
): Promise<{ readonly placed: readonly PlacedRow[]; readonly notes: readonly string[] }> {
  const placed = new Map(changed.map((each) => [keyOf(runs, each), each]));
  const notes: string[] = [];
  for (const [parquet, own] of groupedBy(changed, ({ runIndex }) => runs[runIndex]?.parquet)) {
    const pictures = own.map(({ stored }) => stored.raw.images).filter((images) => images.length > 0);
    const ofFile = [...runs.keys()].filter((index) => runs[index]?.parquet === parquet);
    const infos = ofFile.flatMap((index) => runs[index] ?? []);
    const isJoined = infos.some(({ manifest }) => manifest.joined.length > 0);
    if (pictures.length === 0 || !(isJoined || (await asksInFrames(db, ofFile, BATCH_ROWS)))) continue;
    const isWhole = !isJoined || infos.some(({ coverage }) => coverage !== null && coverage.rows >= coverage.of);
    const beside = await rowsOfPictures(db, ofFile, pictures);
    const rows = beside.map((each) => placed.get(keyOf(runs, each)) ?? each);
    const index = new FrameIndex();
    for (const { stored } of rows) index.add(asAsked(stored));
    for (const each of rows) {
      const isChanged = placed.has(keyOf(runs, each));
      // What only the benchmark tells of a row stays, unless its own right answer is another one now.
      if (!isWhole && !isChanged) continue;
      const marked = { ...each, stored: index.mark(isChanged ? each.stored : withoutFrame(each.stored)) };
      if (isChanged || differs(marked.stored, each.stored)) placed.set(keyOf(runs, each), marked);
    }
    if (!isWhole && index.size > 0)
      notes.push(
        `${infos[0]?.id ?? ''}: frame swaps are found among the rows of the file, and not in the rest of its benchmark.`,
      );
  }
  return { placed: [...placed.values()], notes };
}

/** Its right answer is a text already. */
function asAsked({ raw, gold }: StoredRow): Parameters<FrameIndex['add']>[0] {
  return { question: raw.question, images: raw.images, frame: raw.frame, gold, options: [] };
}

function withoutFrame(stored: StoredRow): StoredRow {
  const flags = stored.flags.filter((flag) => flag !== 'frameSwap');
  return { ...stored, flags, frameSwapExpected: null, frameSwapOf: null };
}

function differs(one: StoredRow, other: StoredRow): boolean {
  return one.frameSwapExpected !== other.frameSwapExpected || one.frameSwapOf !== other.frameSwapOf;
}
