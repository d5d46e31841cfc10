import { NO_DIRECTION_CODE } from '../relations/direction.js';
import type { Lens } from '../relations/lens.js';
import { LENSES } from '../relations/lenses/index.js';
import { AlikeRows } from '../store/alikeRows.js';
import { countClasses, type ClassCounts } from '../store/classQueries.js';
import { countRuns, type RunCounts } from '../store/countQueries.js';
import type { Database } from '../store/database.js';
import type { RunInfo } from './runs.js';

/** One way to arrive at a published share. */
export interface ShareMatch {
  readonly run: string;
  readonly lens: string;
  readonly lensVersion: string;
  /** The class as this lens calls it. */
  readonly class: string;
  readonly count: number;
  readonly denominator: string;
  readonly of: number;
  readonly share: number;
  /** share − the published share. */
  readonly off: number;
}

/** Rows that one reading of the class holds and another does not, by their items' ids in the order of the file. */
export interface ShareDifference {
  readonly run: string;
  readonly nearest: string;
  readonly other: string;
  readonly onlyNearest: readonly string[];
  readonly onlyOther: readonly string[];
}

export interface ShareSearch {
  readonly share: number;
  readonly class: string;
  readonly matches: readonly ShareMatch[];
  readonly differences: readonly ShareDifference[];
}

const LISTED = 12;

/**
 * Which lens and denominator come nearest to a published share of a class, over every run, and which rows the nearest
 * lens counts that the default lens does not (and the other way round). `only` restricts it to
 * one run. The database is left under another lens: set it again.
 */
export async function findShare(
  db: Database,
  runs: readonly RunInfo[],
  share: number,
  className: string,
  ownLenses: readonly Lens[],
  only: number | null = null,
): Promise<ShareSearch> {
  const alike = await AlikeRows.of(db);
  try {
    return await searchShare(alike, { runs, share, className, ownLenses, only });
  } finally {
    await alike.close();
  }
}

interface Search {
  readonly runs: readonly RunInfo[];
  readonly share: number;
  readonly className: string;
  readonly ownLenses: readonly Lens[];
  readonly only: number | null;
}

async function searchShare(
  alike: AlikeRows,
  { runs, share, className, ownLenses, only }: Search,
): Promise<ShareSearch> {
  const { db } = alike;
  const counts = await countRuns(alike);
  const directional = await countDirectionalErrors(db);
  const matches: ShareMatch[] = [];
  const members = new Map<string, Map<number, Set<string>>>();
  for (const lens of [...LENSES, ...ownLenses]) {
    await db.setLens(lens);
    const names = namesUnder(lens, className);
    if (names.length === 0) continue;
    members.set(lens.name, await itemsOfClasses(db, names));
    const classes = await countClasses(alike);
    for (const [index, run] of runs.entries()) {
      if (only !== null && index !== only) continue;
      const own = classes.get(index) ?? [];
      const count = total(own.filter((each) => names.includes(each.class)));
      const items = counts.get(index);
      if (items === undefined || own.length === 0) continue;
      for (const [denominator, of] of distinct(denominatorsOf(own, items, directional.get(index) ?? 0))) {
        if (of === 0) continue;
        const found = { run: run.id, lens: lens.name, lensVersion: lens.version, class: names.join(' + '), count };
        matches.push({ ...found, denominator, of, share: count / of, off: count / of - share });
      }
    }
  }
  matches.sort((one, other) => Math.abs(one.off) - Math.abs(other.off));
  return {
    share,
    class: className,
    matches: matches.slice(0, LISTED),
    differences: differencesOf(matches, members, runs),
  };
}

/** What a share of errors may be out of. */
function denominatorsOf(own: readonly ClassCounts[], items: RunCounts, directional: number): [string, number][] {
  const classified = total(own);
  const withGold = items.items - items.noGold;
  return [
    ['all classified errors', classified],
    ['errors the lens does not drop', classified - total(own.filter((each) => each.class === 'lens-dropped'))],
    ['directional errors', directional],
    ['eligible errors', own.reduce((sum, each) => sum + each.eligible, 0)],
    ['all wrong items (unparsed too)', withGold - items.correct],
    ['items with gold', withGold],
    ['items', items.items],
  ];
}

/** Errors from one direction to another, whatever a lens calls them, by run index. */
async function countDirectionalErrors(db: Database): Promise<Map<number, number>> {
  const rows = await db.all(
    `SELECT "runIndex", count(*) AS "count" FROM items
     WHERE "correct" = FALSE AND "status" = 'parsed' AND "kind" IN ('choice', 'open')
       AND "goldDirection" <> ${NO_DIRECTION_CODE} AND "predictedDirection" NOT IN (${NO_DIRECTION_CODE}, "goldDirection")
     GROUP BY "runIndex"`,
  );
  return new Map(rows.map((row) => [Number(row['runIndex']), Number(row['count'])]));
}

function namesUnder(lens: Lens, className: string): string[] {
  const known = new Set([...lens.rules.map((rule) => rule.class), lens.otherwise]);
  const standing = Object.entries(lens.standsFor ?? {})
    .filter(([, axes]) => axes === className)
    .map(([own]) => own);
  if (standing.length > 0) return standing;
  return known.has(className) ? [className] : [];
}

function total(classes: readonly { count: number }[]): number {
  return classes.reduce((sum, each) => sum + each.count, 0);
}

/** Denominators of the same size are one; the first name is kept. */
function distinct(denominators: readonly [string, number][]): [string, number][] {
  const seen = new Map<number, string>();
  for (const [name, of] of denominators) if (!seen.has(of)) seen.set(of, name);
  return [...seen].map(([of, name]) => [name, of]);
}

async function itemsOfClasses(db: Database, names: readonly string[]): Promise<Map<number, Set<string>>> {
  const places = names.map(() => '?').join(', ');
  const rows = await db.all(
    `SELECT "runIndex", "item" FROM classified WHERE "class" IN (${places}) ORDER BY "runIndex", "row"`,
    names,
  );
  const byRun = new Map<number, Set<string>>();
  for (const row of rows) {
    const run = Number(row['runIndex']);
    const items = byRun.get(run) ?? new Set<string>();
    items.add(String(row['item']));
    byRun.set(run, items);
  }
  return byRun;
}

function differencesOf(
  matches: readonly ShareMatch[],
  members: ReadonlyMap<string, ReadonlyMap<number, ReadonlySet<string>>>,
  runs: readonly RunInfo[],
): ShareDifference[] {
  const [nearest] = matches;
  if (nearest === undefined) return [];
  const index = runs.findIndex((run) => run.id === nearest.run);
  const mine = members.get(nearest.lens)?.get(index) ?? new Set<string>();
  return [...members].flatMap(([lens, byRun]) => {
    if (lens === nearest.lens) return [];
    const theirs = byRun.get(index) ?? new Set<string>();
    const onlyNearest = [...mine].filter((item) => !theirs.has(item));
    const onlyOther = [...theirs].filter((item) => !mine.has(item));
    return [{ run: nearest.run, nearest: nearest.lens, other: lens, onlyNearest, onlyOther }];
  });
}
