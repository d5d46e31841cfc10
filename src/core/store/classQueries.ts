import { expectedShares, ratioSums, SHARE_PARTS, type RatioSums } from '../metrics/opportunity.js';
import type { DepthConvention, Direction } from '../model.js';
import { decodeDirection } from '../relations/direction.js';
import { classify, type Lens } from '../relations/lens.js';
import type { AlikeRows } from './alikeRows.js';
import type { Database, SqlRow } from './database.js';
import { conventionAt, unpackAnswerKey, unpackItemKey } from './lensKey.js';

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

/** Observed classes per run, split by depth convention, under the lens that the database was given. */
export async function countClasses({ db }: AlikeRows): Promise<Map<number, ClassCounts[]>> {
  const rows = await db.all(
    `SELECT "runIndex", "class", "convention", sum("count") AS "count", sum("count") FILTER ("drift") AS "drift",
       sum("count") FILTER ("eligible") AS "eligible",
       sum("count") FILTER ("eligible" AND length("wrongDirections") = 1) AS "forced"
     FROM "alike" JOIN lens_classes USING ("itemKey", "answerKey") WHERE "correct" = FALSE GROUP BY ALL`,
  );
  const classes = gather(rows, (row) => ({
    class: String(row['class']),
    convention: conventionAt(row['convention']),
    count: NUMBER(row['count']),
    drift: NUMBER(row['drift']),
    eligible: NUMBER(row['eligible']),
    forced: NUMBER(row['forced']),
  }));
  for (const own of classes.values()) own.sort(byCount);
  return classes;
}

/** The most frequent first; equally frequent ones by name. */
function byCount(one: ClassCounts, other: ClassCounts): number {
  const [a, b] = [`${one.class}\0${one.convention}`, `${other.class}\0${other.convention}`];
  return other.count - one.count || (a < b ? -1 : 1);
}

/** Opportunities per run: of each class, and of each class under each depth convention ("depth-flip|facing"). */
export interface Opportunities {
  readonly byClass: ReadonlyMap<number, readonly ClassOpportunity[]>;
  readonly byConvention: ReadonlyMap<number, readonly ClassOpportunity[]>;
}

/**
 * Opportunity per run and class under a lens: for every distinct item (key and wrong options) the lens says once which
 * class each wrong option would give; SQL then adds up weights over clusters (scene, else image, else item, else row).
 */
export async function countOpportunities({ db }: AlikeRows, lens: Lens): Promise<Opportunities> {
  const items = await db.all(`SELECT DISTINCT "itemKey", "wrongDirections" FROM "alike" WHERE "directional"`);
  const weights = items.flatMap((item) =>
    sharesOf(lens, item['itemKey'] as number, item['wrongDirections'] as string).map(([name, share]) => ({
      itemKey: item['itemKey'],
      wrong: item['wrongDirections'],
      class: name,
      parts: Math.round(share * SHARE_PARTS),
    })),
  );
  await db.table('weights', { itemKey: 'INTEGER', wrong: 'VARCHAR', class: 'VARCHAR', parts: 'DOUBLE' }, weights);
  // Whole numbers alone are summed in SQL: sums of fractions depend on the order in which threads deliver them.
  await db.all(
    `CREATE OR REPLACE TEMP TABLE "offers" AS
     SELECT a."runIndex", w."class", a."convention", a."cluster", a."alone",
       coalesce(sum(a."count") FILTER (l."class" = w."class"), 0) AS "observed", sum(a."count" * CAST(w."parts" AS HUGEINT)) AS "parts"
     FROM "eligible_alike" a JOIN weights w ON a."itemKey" = w."itemKey" AND a."wrongDirections" = w."wrong"
     JOIN lens_classes l ON a."itemKey" = l."itemKey" AND a."answerKey" = l."answerKey" GROUP BY ALL`,
  );
  const { opportunities: byClass, conventions } = await opportunitiesBy(db, '"class"');
  const byConvention =
    conventions === null
      ? (await opportunitiesBy(db, '"class", "convention"')).opportunities
      : underConventions(byClass, conventions);
  await db.all(`DROP TABLE "offers"`);
  return { byClass, byConvention };
}

interface Offered {
  readonly opportunities: Map<number, ClassOpportunity[]>;
  /** The one convention under which a class is offered in a run, by run and class; null where some class is under several. */
  readonly conventions: ReadonlyMap<string, unknown> | null;
}

/** Adds offers up over clusters, then over alike clusters; `by` is "class", alone or with "convention". */
async function opportunitiesBy(db: Database, by: string): Promise<Offered> {
  const offered = await db.all(
    `SELECT "runIndex", ${by}, sum("count") AS "offered", min("convention") AS "first", max("convention") AS "last"
     FROM "alike" a
     JOIN weights w ON a."itemKey" = w."itemKey" AND a."wrongDirections" = w."wrong"
     WHERE "directional" GROUP BY ALL ORDER BY "runIndex", ${by}`,
  );
  const alike = await db.all(
    `WITH per_cluster AS (
       SELECT "runIndex", ${by}, sum("observed") AS "observed", sum("parts") AS "parts"
       FROM "offers" GROUP BY "runIndex", ${by}, "cluster", "alone")
     SELECT "runIndex", ${by}, "observed", CAST("parts" AS DOUBLE) AS "parts", count(*) AS "clusters"
     FROM per_cluster GROUP BY ALL ORDER BY "runIndex", ${by}, "observed", "parts"`,
  );
  const clusters = new Map<string, SqlRow[]>();
  for (const row of alike) {
    const list = clusters.get(keyOf(row)) ?? [];
    clusters.set(keyOf(row), list);
    list.push(row);
  }
  const isOne = offered.every((row) => row['first'] === row['last']);
  return {
    opportunities: gather(offered, (row) => opportunityOf(row, clusters.get(keyOf(row)) ?? [])),
    conventions: isOne ? new Map(offered.map((row) => [keyOf(row), row['first']])) : null,
  };
}

/** Where each class is offered under one convention, its opportunities are that convention's: they are not added up once more. */
function underConventions(
  byClass: Opportunities['byClass'],
  conventions: ReadonlyMap<string, unknown>,
): Map<number, ClassOpportunity[]> {
  const named = (run: number, own: readonly ClassOpportunity[]): ClassOpportunity[] =>
    own.map((each) => {
      const convention = conventions.get(keyOf({ runIndex: run, class: each.class }));
      return { ...each, class: nameOf({ class: each.class, convention }) };
    });
  return new Map([...byClass].map(([run, own]) => [run, named(run, own)]));
}

function keyOf(row: SqlRow): string {
  return JSON.stringify([NUMBER(row['runIndex']), nameOf(row)]);
}

function nameOf(row: SqlRow): string {
  const name = String(row['class']);
  return row['convention'] === undefined ? name : `${name}|${conventionAt(row['convention'])}`;
}

/** Adds up the alike clusters of one run and class, which come in a fixed order. */
function opportunityOf(row: SqlRow, clusters: readonly SqlRow[]): ClassOpportunity {
  const sums = ratioSums(
    clusters.map((each) => ({
      observed: NUMBER(each['observed']),
      expected: NUMBER(each['parts']) / SHARE_PARTS,
      clusters: NUMBER(each['clusters']),
    })),
  );
  return { class: nameOf(row), offered: NUMBER(row['offered']), ...sums };
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
export async function countDiagonals({ db }: AlikeRows): Promise<Map<number, DiagonalCounts>> {
  const rows = await db.all(
    `SELECT "runIndex", "itemKey", "answerKey", "wrongDirections", sum("count") AS "count"
     FROM "alike" WHERE "eligible" GROUP BY ALL ORDER BY "runIndex", "itemKey", "answerKey", "wrongDirections"`,
  );
  const byRun = new Map<number, { errors: number; mirror: TurnParts; rotation: TurnParts }>();
  for (const row of rows) {
    const { gold } = unpackItemKey(row['itemKey'] as number);
    if (gold === null || gold.lateral === 0 || gold.depth === 0) continue;
    const count = NUMBER(row['count']);
    const wrong = [...(row['wrongDirections'] as string)].map((letter) =>
      turnOf(gold, decodeDirection(letter.charCodeAt(0) - 97)),
    );
    const observed = turnOf(gold, unpackAnswerKey(row['answerKey'] as number).predicted);
    const run = NUMBER(row['runIndex']);
    const own = byRun.get(run) ?? {
      errors: 0,
      mirror: { observed: 0, parts: 0n },
      rotation: { observed: 0, parts: 0n },
    };
    byRun.set(run, own);
    own.errors += count;
    for (const turn of ['mirror', 'rotation'] as const) {
      const share = wrong.filter((each) => each === turn).length / wrong.length;
      own[turn].observed += observed === turn ? count : 0;
      own[turn].parts += BigInt(count) * BigInt(Math.round(share * SHARE_PARTS));
    }
  }
  const counted = ({ observed, parts }: TurnParts) => ({ observed, expected: Number(parts) / SHARE_PARTS });
  return new Map(
    [...byRun].map(([run, { errors, mirror, rotation }]) => [
      run,
      { errors, mirror: counted(mirror), rotation: counted(rotation) },
    ]),
  );
}

/** Errors that are such a turn, and what was expected of them in whole parts (SHARE_PARTS). */
interface TurnParts {
  observed: number;
  parts: bigint;
}

/** What a direction is to a diagonal gold: its mirror image, off by the same quarter turn the other way round, or neither. */
function turnOf(gold: Direction, other: Direction | null): 'mirror' | 'rotation' | null {
  if (other === null || other.vertical !== gold.vertical) return null;
  if (other.lateral === -gold.lateral && other.depth === gold.depth) return 'mirror';
  return other.lateral === gold.lateral && other.depth === -gold.depth ? 'rotation' : null;
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
