import { COMPARED_CELLS, type ComparedCell } from '../model.js';
import type { Database, SqlRow } from './database.js';
import type { Naming, UnitTable } from './unitTables.js';

/** What identifies a row when runs are joined. Keys are hashes of normalised texts; equal keys mean equal content. */
export interface JoinKeys {
  readonly unit: number;
  /** Its place in the file. */
  readonly row: number;
  /** Question, options and gold; null where the row has no question. */
  readonly content: bigint | null;
  /** Options and gold; null where either is missing, and for yes/no questions, which all offer the same two. */
  readonly optionsGold: bigint | null;
  /** Gold alone; null without gold. */
  readonly gold: bigint | null;
  /** Question, and directions of the gold and of the other options, whatever words name them; null where any is missing. */
  readonly meaning: bigint | null;
  /** Images; null where there are none. */
  readonly images: bigint | null;
  readonly id: string | null;
  readonly taken: boolean;
}

/** A pair of units, of the base and of the new run. */
export type UnitPair = readonly [base: number, other: number];

/** How pairs are found that one comparison of all rows does not tell: it is handed the rows that may be among them. */
export interface Matching {
  /** Among rows of equal content that are not at the same place. */
  byContent(base: readonly JoinKeys[], other: readonly JoinKeys[]): readonly UnitPair[];
  /** Among rows of equal ids, taken ones too, for an id that several rows share says nothing. */
  byId(base: readonly JoinKeys[], other: readonly JoinKeys[]): readonly UnitPair[];
}

/** Two files list the same items in the same order only if this share of places agrees. */
const SAME_ORDER_SHARE = 0.9;

/** By what a pair was joined, as the table of pairs holds it. */
export const JOINED_BY = { content: 1, position: 2, id: 3 } as const;
/** Shares of samples are added up in whole parts, exactly for up to 16 samples; divisible by 1 to 16. */
export const PARTS = 720_720;

/** The code of what became of a pair. */
export function cellCode(cell: ComparedCell): number {
  return COMPARED_CELLS.indexOf(cell);
}

/**
 * Joins the units of two runs by benchmark identity: question, options, gold (and images, where both state them); then reworded questions by
 * position, where options and gold agree and the two files agree on them at nine places in ten; then by id, where whatever both state agrees, or
 * image, question and directions of gold and options do (prompt variants that word the options differently). Two runs may share every id and no
 * question. Makes the tables `joined <name>` (base, new, by, cell, from, to, task, goldDirection, cluster, baseParts, newParts; the parts only where
 * samples were taken) and `refused <name>` (unit): those of the new run that share a place or an id with a unit of the base and yet were not joined.
 */
export async function joinUnits(
  db: Database,
  naming: Naming,
  { base, other }: { readonly base: UnitTable; readonly other: UnitTable },
  matching: Matching,
): Promise<void> {
  const join = new UnitJoin(db, naming, base, other);
  await join.atSamePlace();
  if ((await join.count()) === other.count) return;
  await join.leftOf('new');
  if (await join.leftOf('base')) {
    await join.found(matching.byContent(...(await join.sharingContent())), 'content');
    await join.byPosition();
    await join.found(matching.byId(...(await join.sharingIds())), 'id');
  }
  await join.refused();
}

/** That two units do not state different images: one states none, or their names are equal. */
const IMAGES_AGREE = 'kb."images" IS NULL OR kn."images" IS NULL OR kb."images" = kn."images"';
/** The same by the images as they are stated. */
const STATED_AGREE = '(b."pictures" IS NULL OR n."pictures" IS NULL OR b."pictures" = n."pictures")';

class UnitJoin {
  constructor(
    private readonly db: Database,
    private readonly naming: Naming,
    private readonly base: UnitTable,
    private readonly other: UnitTable,
  ) {}

  private get joined(): string {
    return `"joined ${this.naming.name}"`;
  }

  /** What is kept of a pair of units b and n. */
  private pairOf(by: keyof typeof JOINED_BY): string {
    const isSampled = this.base.samples !== null || this.other.samples !== null;
    const whole = (side: string): string => `(${side}."rightRows" = 0 OR ${side}."rightRows" = ${side}."judged")`;
    const partly = isSampled ? `WHEN NOT (${whole('b')} AND ${whole('n')}) THEN ${cellCode('partly')}` : '';
    const parts = (side: string): string =>
      isSampled ? `round(${PARTS} * ${side}."rightRows" / greatest(1, ${side}."judged"))` : 'NULL';
    return `b."unit" AS "base", n."unit" AS "new", ${JOINED_BY[by]}::UTINYINT AS "by",
      CASE WHEN b."judged" = 0 OR n."judged" = 0 THEN ${cellCode('no gold')} ${partly}
        WHEN b."rightRows" > 0 THEN CASE WHEN n."rightRows" > 0 THEN ${cellCode('both right')} ELSE ${cellCode('broken')} END
        WHEN n."rightRows" > 0 THEN ${cellCode('fixed')} ELSE ${cellCode('both wrong')} END::UTINYINT AS "cell",
      b."outcome" AS "from", n."outcome" AS "to", b."task", b."goldDirection", b."cluster",
      ${parts('b')}::INTEGER AS "baseParts", ${parts('n')}::INTEGER AS "newParts"`;
  }

  private async insert(by: keyof typeof JOINED_BY, from: string): Promise<void> {
    await this.db.all(`INSERT INTO ${this.joined} SELECT ${this.pairOf(by)} ${from}`);
  }

  /** Equal content at the same place: nearly all rows, where two runs are of one benchmark. */
  async atSamePlace(): Promise<void> {
    const { db, joined, base, other, naming } = this;
    await db.all(`CREATE OR REPLACE ${naming.kind} "refused ${naming.name}" ("unit" INTEGER)`);
    // One key makes a faster join than two.
    const at = (one: string, two: string): string => `FROM "${one}" b JOIN "${two}" n ON n."row" = b."row"`;
    const same = 'b."content" = n."content"';
    await db.all(
      `CREATE OR REPLACE ${naming.kind} ${joined} AS SELECT ${this.pairOf('content')} ${at(base.units, other.units)} WHERE ${same} AND ${STATED_AGREE}`,
    );
    if (!(await this.leftOf('new')) || !(await this.leftOf('base'))) return;
    const left = at('left base', 'left new');
    const [differ] = await db.all(`SELECT count(*) > 0 AS "some" ${left} WHERE ${same} AND NOT ${STATED_AGREE}`);
    if (differ?.['some'] !== true) return;
    // The same images in other folders: their names are looked at only where paths differ.
    await this.insert(
      'content',
      `${left} JOIN (${base.keys}) kb ON kb."unit" = b."unit" JOIN (${other.keys}) kn ON kn."unit" = n."unit"
       WHERE ${same} AND NOT ${STATED_AGREE} AND (${IMAGES_AGREE})`,
    );
  }

  async count(): Promise<number> {
    const [found] = await this.db.all(`SELECT count(*)::INTEGER AS "pairs" FROM ${this.joined}`);
    return Number(found?.['pairs']);
  }

  /** Gathers what is not joined yet of one side; false where that is nothing. */
  async leftOf(side: 'base' | 'new'): Promise<boolean> {
    const { units, count } = side === 'base' ? this.base : this.other;
    const left = count - (await this.count());
    const rows =
      left === 0
        ? `SELECT * FROM "${units}" LIMIT 0`
        : `SELECT u.* FROM "${units}" u ANTI JOIN ${this.joined} p ON p."${side}" = u."unit"`;
    await this.db.all(`CREATE OR REPLACE TEMP TABLE "left ${side}" AS ${rows}`);
    return left > 0;
  }

  /** What is left on both sides and has the content of something that is left on the other. */
  async sharingContent(): Promise<[base: JoinKeys[], other: JoinKeys[]]> {
    const sharing = (own: 'base' | 'new', theirs: 'base' | 'new'): string =>
      `SELECT l.*, FALSE AS "taken" FROM "left ${own}" l SEMI JOIN "left ${theirs}" t ON t."content" = l."content"`;
    return [
      await this.keysOf(sharing('base', 'new'), this.base, 'content'),
      await this.keysOf(sharing('new', 'base'), this.other, 'content'),
    ];
  }

  /** Rows of either side, taken or not, with an id that is left on both. */
  async sharingIds(): Promise<[base: JoinKeys[], other: JoinKeys[]]> {
    const { db, base, other, joined } = this;
    if (!(await this.leftOf('base')) || !(await this.leftOf('new'))) return [[], []];
    const ids = (side: UnitTable, left: string): string =>
      `SELECT k."id" FROM (${side.keys}) k SEMI JOIN "left ${left}" l ON l."unit" = k."unit" WHERE k."id" IS NOT NULL`;
    await db.all(
      `CREATE OR REPLACE TEMP TABLE "shared ids" AS SELECT DISTINCT "id" FROM (${ids(base, 'base')}) SEMI JOIN (${ids(other, 'new')}) USING ("id")`,
    );
    const having = (side: UnitTable, own: 'base' | 'new'): string =>
      `SELECT u.*, u."unit" IN (SELECT "${own}" FROM ${joined}) AS "taken" FROM "${side.units}" u
       WHERE u."unit" IN (SELECT k."unit" FROM (${side.keys}) k SEMI JOIN "shared ids" USING ("id"))`;
    return [await this.keysOf(having(base, 'base'), base, 'id'), await this.keysOf(having(other, 'new'), other, 'id')];
  }

  private async keysOf(units: string, side: UnitTable, by: 'content' | 'id'): Promise<JoinKeys[]> {
    const [found] = await this.db.all(`SELECT count(*) > 0 AS "some" FROM (${units})`);
    if (found?.['some'] !== true) return [];
    const keys = by === 'content' ? ['images'] : ['optionsGold', 'gold', 'meaning', 'images', 'id'];
    const rows = await this.db.all(
      `SELECT u."unit", u."row", u."content", u."taken", ${keys.map((key) => `k."${key}"`).join(', ')}
       FROM (${units}) u JOIN (${side.keys}) k ON k."unit" = u."unit" ORDER BY u."row"`,
    );
    const absent: SqlRow = { optionsGold: null, gold: null, meaning: null, images: null, id: null };
    return rows.map((row) => ({ ...absent, ...row }) as unknown as JoinKeys);
  }

  /** Reworded questions: options and gold agree at the same place, as they do at nearly every place of the two files. */
  async byPosition(): Promise<void> {
    const { db, base, other } = this;
    if (!(await this.leftOf('base')) || !(await this.leftOf('new'))) return;
    const [found] = await db.all(
      `SELECT count(*) > 0 AS "some" FROM "left base" b JOIN "left new" n ON n."row" = b."row"`,
    );
    if (found?.['some'] !== true) return;
    const agrees = `kb."optionsGold" = kn."optionsGold" AND (${IMAGES_AGREE})`;
    const places = (one: string, two: string): string =>
      `FROM "${one}" b JOIN "${two}" n ON n."row" = b."row"
         JOIN (${base.keys}) kb ON kb."unit" = b."unit" JOIN (${other.keys}) kn ON kn."unit" = n."unit"`;
    const [order] = await db.all(
      `SELECT count(*) FILTER (${agrees}) / count(*) AS "share" ${places(base.units, other.units)}`,
    );
    if (Number(order?.['share'] ?? 0) < SAME_ORDER_SHARE) return;
    await this.insert('position', `${places('left base', 'left new')} WHERE ${agrees}`);
  }

  /** Takes pairs that were found outside. */
  async found(pairs: readonly UnitPair[], by: 'content' | 'id'): Promise<void> {
    if (pairs.length === 0) return;
    const rows = pairs.map(([base, other]) => ({ base, new: other }));
    await this.db.table('found pairs', { base: 'INTEGER', new: 'INTEGER' }, rows);
    await this.insert(
      by,
      `FROM "found pairs" f JOIN "${this.base.units}" b ON b."unit" = f."base" JOIN "${this.other.units}" n ON n."unit" = f."new"`,
    );
  }

  /** What shares an id with the base, or where it has none a place. */
  async refused(): Promise<void> {
    const { db, base, other } = this;
    if (!(await this.leftOf('new'))) return;
    await db.all(
      `INSERT INTO "refused ${this.naming.name}" SELECT l."unit" FROM "left new" l JOIN (${other.keys}) k ON k."unit" = l."unit"
       WHERE CASE WHEN k."id" IS NULL THEN l."row" IN (SELECT "row" FROM "${base.units}")
         ELSE k."id" IN (SELECT "id" FROM (${base.keys}) WHERE "id" IS NOT NULL) END`,
    );
  }
}
