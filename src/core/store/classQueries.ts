import { expectedShares, ratioSums, SHARE_PARTS, type RatioSums } from '../metrics/opportunity.js';
import type { DepthConvention } from '../model.js';
import { decodeDirection } from '../relations/direction.js';
import { classify, type Lens } from '../relations/lens.js';
import type { Database, SqlRow } from './database.js';
import { unpackItemKey } from './lensKey.js';

/** One class of errors in one run (and, for depth flips, one depth convention). */
export interface ClassCounts {
  readonly class: string;
  readonly convention: DepthConvention;
  readonly count: number;
  readonly drift: number;
  /** Errors among `count` for which options and directions are known, so that an expectation exists. */
  readonly eligible: number;
  /** Eligible errors that had only one wrong option, so that their class was forced. */
  readonly forced: number;
}

/** Errors expected of a class if wrong options were picked blindly, with the sums over clusters that its interval needs. */
export interface ClassOpportunity extends RatioSums {
  readonly class: string;
  /** Items, right or wrong, read or not, of which at least one wrong option would give the class. */
  readonly offered: number;
}

const NUMBER = (value: unknown): number => Number(value ?? 0);

/** The condition under which an item can have an expectation: a directional gold and two or more known options, not yes/no. */
const DIRECTIONAL = `"wrongDirections" <> '' AND "goldDirection" <> 13 AND "kind" <> 'yes-no' AND "correct" IS NOT NULL`;
const ELIGIBLE = `${DIRECTIONAL} AND "correct" = FALSE AND "status" = 'parsed'`;

/** Observed classes per run, split by depth convention. */
export async function countClasses(db: Database): Promise<Map<number, ClassCounts[]>> {
  const rows = await db.all(
    `SELECT "runIndex", "class", "convention", count(*) AS "count", count(*) FILTER ("drift") AS "drift",
       count(*) FILTER (${ELIGIBLE}) AS "eligible",
       count(*) FILTER (${ELIGIBLE} AND length("wrongDirections") = 1) AS "forced"
     FROM classified WHERE "class" IS NOT NULL GROUP BY ALL ORDER BY "runIndex", "count" DESC, "class", "convention"`,
  );
  return gather(rows, (row) => ({
    class: String(row['class']),
    convention: row['convention'] as DepthConvention,
    count: NUMBER(row['count']),
    drift: NUMBER(row['drift']),
    eligible: NUMBER(row['eligible']),
    forced: NUMBER(row['forced']),
  }));
}

/** How a class is told apart for its expectation: as it is, or with the depth convention ("depth-flip|facing"). */
export type OpportunityKey = 'class' | 'class-and-convention';

/**
 * Opportunity per run and class under a lens: for every distinct item (key and wrong options) the lens says once which
 * class each wrong option would give; SQL then adds up weights over clusters (scene, else image, else item, else row).
 */
export async function countOpportunities(
  db: Database,
  lens: Lens,
  by: OpportunityKey,
): Promise<Map<number, ClassOpportunity[]>> {
  const items = await db.all(
    `SELECT DISTINCT "itemKey", "wrongDirections", "convention" FROM items WHERE ${DIRECTIONAL}`,
  );
  const weights = items.flatMap((item) =>
    sharesOf(lens, item['itemKey'] as number, item['wrongDirections'] as string).map(([name, share]) => ({
      itemKey: item['itemKey'],
      wrong: item['wrongDirections'],
      class: by === 'class' ? name : `${name}|${String(item['convention'])}`,
      parts: Math.round(share * SHARE_PARTS),
    })),
  );
  await db.table('weights', { itemKey: 'INTEGER', wrong: 'VARCHAR', class: 'VARCHAR', parts: 'DOUBLE' }, weights);
  const own = by === 'class' ? `i."class"` : `i."class" || '|' || i."convention"`;
  // Whole numbers alone are summed in SQL: sums of fractions depend on the order in which threads deliver them.
  const rows = await db.all(
    `WITH offers AS (
       SELECT i."runIndex", w."class", coalesce(i."cluster", '#' || i."row") AS "cluster", CAST(w."parts" AS BIGINT) AS "parts",
         (${ELIGIBLE}) AS "eligible", coalesce(${own} = w."class", FALSE) AS "hit"
       FROM classified i JOIN weights w ON i."itemKey" = w."itemKey" AND i."wrongDirections" = w."wrong" WHERE ${DIRECTIONAL}),
     per_cluster AS (
       SELECT "runIndex", "class", count(*) AS "offered", count(*) FILTER ("eligible" AND "hit") AS "observed",
         coalesce(sum("parts") FILTER ("eligible"), 0) AS "parts"
       FROM offers GROUP BY "runIndex", "class", "cluster")
     SELECT "runIndex", "class", "observed", CAST("parts" AS DOUBLE) AS "parts", sum("offered") AS "offered", count(*) AS "clusters"
     FROM per_cluster GROUP BY "runIndex", "class", "observed", "parts" ORDER BY "runIndex", "class", "observed", "parts"`,
  );
  return new Map([...gather(rows, (row) => row)].map(([run, own]) => [run, opportunitiesOf(own)]));
}

/** Adds up the alike clusters of one run, which come in a fixed order. */
function opportunitiesOf(rows: readonly SqlRow[]): ClassOpportunity[] {
  const byClass = new Map<string, SqlRow[]>();
  for (const row of rows) {
    const list = byClass.get(String(row['class']));
    if (list === undefined) byClass.set(String(row['class']), [row]);
    else list.push(row);
  }
  return [...byClass].map(([name, own]) => ({
    class: name,
    offered: own.reduce((total, row) => total + NUMBER(row['offered']), 0),
    ...ratioSums(
      own.map((row) => ({
        observed: NUMBER(row['observed']),
        expected: NUMBER(row['parts']) / SHARE_PARTS,
        clusters: NUMBER(row['clusters']),
      })),
    ),
  }));
}

/** The share of the wrong options that give each class. */
function sharesOf(lens: Lens, itemKey: number, wrongDirections: string): [string, number][] {
  const facts = unpackItemKey(itemKey);
  const classes = [...wrongDirections].map((letter) => {
    const predicted = decodeDirection(letter.charCodeAt(0) - 97);
    return classify(lens, { ...facts, predicted, answeredYes: null, countError: null }).class;
  });
  return [...expectedShares(classes)];
}

/** Pairs of directions of eligible errors, with what the options expected of the diagonal golds: see mirrorOrRotation. */
export interface DiagonalCounts {
  readonly mirror: { readonly observed: number; readonly expected: number };
  readonly rotation: { readonly observed: number; readonly expected: number };
  readonly errors: number;
}

/**
 * Eligible errors on diagonal golds (front-left, …) that are off by a quarter turn: towards the mirror image (left and
 * right exchanged) or the other way round, where the same angle is no mirror image.
 */
export async function countDiagonals(db: Database): Promise<Map<number, DiagonalCounts>> {
  const rows = await db.all(
    `SELECT "runIndex", "goldDirection", "predictedDirection", "wrongDirections", count(*) AS "count"
     FROM items WHERE ${ELIGIBLE} GROUP BY ALL
     ORDER BY "runIndex", "goldDirection", "predictedDirection", "wrongDirections"`,
  );
  const byRun = new Map<number, DiagonalCounts>();
  for (const row of rows) {
    const gold = decodeDirection(row['goldDirection'] as number);
    if (gold === null || gold.lateral === 0 || gold.depth === 0) continue;
    const count = NUMBER(row['count']);
    const kindOf = (code: number): 'mirror' | 'rotation' | null => {
      const other = decodeDirection(code);
      if (other === null || other.vertical !== gold.vertical) return null;
      if (other.lateral === -gold.lateral && other.depth === gold.depth) return 'mirror';
      return other.lateral === gold.lateral && other.depth === -gold.depth ? 'rotation' : null;
    };
    const wrong = [...(row['wrongDirections'] as string)].map((letter) => kindOf(letter.charCodeAt(0) - 97));
    const share = (kind: string): number => wrong.filter((each) => each === kind).length / wrong.length;
    const observed = kindOf(row['predictedDirection'] as number);
    const before = byRun.get(NUMBER(row['runIndex']));
    const add = (kind: 'mirror' | 'rotation'): { observed: number; expected: number } => ({
      observed: (before?.[kind].observed ?? 0) + (observed === kind ? count : 0),
      expected: (before?.[kind].expected ?? 0) + count * share(kind),
    });
    byRun.set(NUMBER(row['runIndex']), {
      mirror: add('mirror'),
      rotation: add('rotation'),
      errors: (before?.errors ?? 0) + count,
    });
  }
  return byRun;
}

function gather<T>(rows: readonly SqlRow[], make: (row: SqlRow) => T): Map<number, T[]> {
  const byRun = new Map<number, T[]>();
  for (const row of rows) {
    const run = NUMBER(row['runIndex']);
    const list = byRun.get(run);
    if (list === undefined) byRun.set(run, [make(row)]);
    else list.push(make(row));
  }
  return byRun;
}
