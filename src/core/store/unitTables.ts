import type { AnswerStatus } from '../model.js';
import { NO_DIRECTION_CODE } from '../relations/direction.js';
import { normalised } from './contentKey.js';
import type { Database } from './database.js';
import { quoteText } from './sql.js';

/** Outcome of a question whose samples ended differently; it is no class. */
export const SAMPLES_DIFFER = 'samples differ';
const RIGHT = 'correct';
const STATUSES: readonly AnswerStatus[] = ['parsed', 'empty', 'refusal', 'off-list', 'ambiguous', 'unparsed'];

/** Outcomes are counted by codes: the lens's classes from 1 in the order of their names, the others behind what a lens may ever have. */
const FIXED = new Map<string, number>([RIGHT, SAMPLES_DIFFER, ...STATUSES].map((name, at) => [name, 30_000 + at]));

function codeOf(outcome: string): number {
  return FIXED.get(outcome) ?? 0;
}

/**
 * Where the rows of a run come from. `facts`: SQL of (row, unit, sample, content, pictures, correct, outcome), all cheap to read, and where
 * `labels` are asked for of (task, cluster, goldDirection) too: the cluster as a number, as outcomes are. `keys`: SQL of (row, optionsGold, gold,
 * meaning, images, id), which is asked for only of rows that `facts` leave unjoined. Keys are hashes of normalised texts; `pictures` is one of
 * the images as they are stated, `images` of their names.
 */
export interface UnitSource {
  readonly facts: (labels: boolean) => string;
  readonly keys: string;
  /** SQL of (task), of all rows. */
  readonly tasks: string;
  /** SQL of (code, name): what the numbers of outcomes stand for. */
  readonly outcomes: string;
  /** Some rows may be samples of one question. */
  readonly maySample: boolean;
}

/**
 * What is compared of a run: its rows, or where samples were taken all samples of one question. Table `units`: unit, row (the place in the
 * file; of a sampled run the place among its questions), content, pictures, rightRows out of judged ones, outcome, and with labels task (a
 * number; names in table `tasks`), cluster, goldDirection. `rows` is SQL of (unit, row) over all rows, `keys` of (unit, optionsGold, gold,
 * meaning, images, id).
 */
export interface UnitTable {
  readonly units: string;
  readonly tasks: string | null;
  readonly rows: string;
  readonly keys: string;
  readonly outcomes: string;
  /** How many there are, and of how many rows where samples were taken; else null. */
  readonly count: number;
  readonly samples: number | null;
}

const CLASS_CODES = `SELECT "class" AS "name", row_number() OVER (ORDER BY "class")::SMALLINT AS "code" FROM (SELECT DISTINCT "class" FROM lens_classes)`;

/** The rows of one run of the database. */
export async function unitSourceOf(db: Database, run: number): Promise<UnitSource> {
  const options = normalised(`array_to_string("options", chr(31))`);
  const images = `CASE WHEN len("images") > 0 THEN`;
  const statuses = STATUSES.map((name) => `WHEN ${quoteText(name)} THEN ${codeOf(name)}`).join(' ');
  const labels = `"task", hash(coalesce("cluster", '#' || "row")) AS "cluster", "goldDirection"`;
  return {
    facts: (
      labelled,
    ) => `SELECT "row", "unit", "sample", "contentKey" AS "content", ${images} hash("images") END AS "pictures", "correct",
        CASE WHEN "correct" THEN ${codeOf(RIGHT)} WHEN l."code" IS NOT NULL THEN l."code" ELSE CASE "status" ${statuses} END END::SMALLINT AS "outcome"
        ${labelled ? `, ${labels}` : ''}
      FROM items i LEFT JOIN (SELECT k."itemKey", k."answerKey", c."code" FROM lens_classes k JOIN (${CLASS_CODES}) c ON c."name" = k."class") l
        ON CASE WHEN i."correct" = FALSE THEN i."itemKey" END = l."itemKey" AND i."answerKey" = l."answerKey"
      WHERE "runIndex" = ${run}`,
    tasks: `SELECT "task" FROM items WHERE "runIndex" = ${run}`,
    keys: `SELECT "row",
        CASE WHEN len("options") > 0 AND "gold" IS NOT NULL AND NOT ("kind" = 'yes-no' AND "question" IS NOT NULL) THEN hash(${options}, ${normalised('"gold"')}) END AS "optionsGold",
        CASE WHEN "gold" IS NOT NULL THEN hash(${normalised('"gold"')}) END AS "gold",
        CASE WHEN "question" IS NOT NULL AND "goldDirection" <> ${NO_DIRECTION_CODE} AND "wrongDirections" <> ''
          THEN hash(${normalised('"question"')}, "goldDirection", "wrongDirections") END AS "meaning",
        ${images} hash(list_transform("images", lambda image: regexp_extract(image, '[^/\\\\]*$'))) END AS "images", "id"
      FROM items WHERE "runIndex" = ${run}`,
    outcomes: [
      `SELECT "code", "name" FROM (${CLASS_CODES})`,
      ...[...FIXED].map(([name, code]) => `SELECT ${code}::SMALLINT, ${quoteText(name)}`),
    ].join(' UNION ALL '),
    maySample: await db.mayHold('sample'),
  };
}

/** What tables are called, and whether they end with the connection. */
export interface Naming {
  readonly name: string;
  readonly kind: 'TABLE' | 'TEMP TABLE';
}

/** Gathers what is compared of a run; `labels`: what it is told by, too, which only a base is. */
export async function makeUnits(db: Database, naming: Naming, source: UnitSource, labels: boolean): Promise<UnitTable> {
  const making = new Units(db, naming, source, labels);
  const isSampled = (source.maySample || !(await making.single())) && (await making.groups());
  if (source.maySample && !isSampled) await making.single();
  return making.table(isSampled);
}

class Units {
  constructor(
    private readonly db: Database,
    private readonly naming: Naming,
    private readonly source: UnitSource,
    private readonly labels: boolean,
  ) {}

  private named(what: string): string {
    return `${what} ${this.naming.name}`;
  }

  /** Takes each row for a question; false where several have one number, as samples of one record do. */
  async single(): Promise<boolean> {
    const { db, labels, naming } = this;
    const facts = await this.facts();
    await db.all(
      `CREATE OR REPLACE ${naming.kind} "${this.named('units')}" AS SELECT "row"::INTEGER AS "unit", "row"::INTEGER AS "row", "content", "pictures",
         ("correct" IS TRUE)::INTEGER AS "rightRows", ("correct" IS NOT NULL)::INTEGER AS "judged", "outcome" ${labels ? ', "task", "cluster", "goldDirection"' : ''}
       FROM (${facts})`,
    );
    return this.areDistinct();
  }

  private async areDistinct(): Promise<boolean> {
    const units = `"${this.named('units')}"`;
    const [range] = await this.db.all(
      `SELECT count(*)::INTEGER AS "rows", min("row") AS "first", max("row") AS "last" FROM ${units}`,
    );
    const [rows, first, last] = [Number(range?.['rows']), Number(range?.['first']), Number(range?.['last'])];
    if (rows === 0) return true;
    // A bit for each row takes a tenth of the time, where there are not many bits without one.
    const isDense = last - first < 64 * rows && last - first < MOST_BITS;
    const distinct = isDense ? `bit_count(bitstring_agg("row", ${first}, ${last}))` : 'count(DISTINCT "row")';
    const [found] = await this.db.all(`SELECT (${distinct})::INTEGER AS "distinct" FROM ${units}`);
    return Number(found?.['distinct']) === rows;
  }

  /** The facts, tasks by numbers. */
  private async facts(): Promise<string> {
    const { db, source, labels, naming } = this;
    const facts = source.facts(labels);
    if (!labels) return facts;
    await db.all(
      `CREATE OR REPLACE ${naming.kind} "${this.named('tasks')}" AS SELECT "name", row_number() OVER (ORDER BY "name")::INTEGER AS "code"
       FROM (SELECT DISTINCT "task" AS "name" FROM (${source.tasks}) WHERE "task" IS NOT NULL)`,
    );
    return `SELECT f.* REPLACE (t."code" AS "task") FROM (${facts}) f LEFT JOIN "${this.named('tasks')}" t ON t."name" = f."task"`;
  }

  /**
   * Gathers the samples of each question, in the order of their first rows: another run may hold more samples of it, or a single answer, and
   * both are compared by the share that is right. False where no question has several.
   */
  async groups(): Promise<boolean> {
    const { db, naming } = this;
    const [sampled, questions] = [this.named('sampled'), this.named('questions')];
    await db.all(
      `CREATE OR REPLACE TEMP TABLE "${sampled}" AS SELECT *,
         CASE WHEN "sample" IS NULL OR "unit" IS NULL THEN 'row ' || "row" ELSE 'unit ' || "unit" END AS "question" FROM (${await this.facts()})`,
    );
    const [found] = await db.all(`SELECT count(DISTINCT "question") < count(*) AS "several" FROM "${sampled}"`);
    if (found?.['several'] !== true) return false;
    await db.all(
      `CREATE OR REPLACE TEMP TABLE "${questions}" AS SELECT "question", row_number() OVER (ORDER BY min("row"), "question")::INTEGER AS "unit"
       FROM "${sampled}" GROUP BY "question"`,
    );
    await db.all(
      `CREATE OR REPLACE ${naming.kind} "${this.named('rows')}" AS SELECT q."unit", s."row"::INTEGER AS "row"
       FROM "${sampled}" s JOIN "${questions}" q USING ("question")`,
    );
    await this.gather(sampled, questions);
    await db.all(`DROP TABLE "${sampled}"`);
    await db.all(`DROP TABLE "${questions}"`);
    return true;
  }

  private async gather(sampled: string, questions: string): Promise<void> {
    const first = ['content', 'pictures', ...(this.labels ? ['task', 'cluster', 'goldDirection'] : [])];
    await this.db.all(
      `CREATE OR REPLACE ${this.naming.kind} "${this.named('units')}" AS SELECT "unit", "unit" AS "row",
         ${first.map((column) => `"first"."${column}"`).join(', ')}, "rightRows", "judged", "outcome"
       FROM (SELECT q."unit", arg_min(struct_pack(${first.map((column) => `"${column}" := s."${column}"`).join(', ')}), s."row") AS "first",
           count(*) FILTER (s."correct")::INTEGER AS "rightRows", count(s."correct")::INTEGER AS "judged",
           CASE WHEN min(s."outcome") = max(s."outcome") THEN min(s."outcome") ELSE ${codeOf(SAMPLES_DIFFER)} END::SMALLINT AS "outcome"
         FROM "${sampled}" s JOIN "${questions}" q USING ("question") GROUP BY q."unit") ORDER BY "unit"`,
    );
  }

  async table(isSampled: boolean): Promise<UnitTable> {
    const { db, source, labels } = this;
    const units = this.named('units');
    const [found] = await db.all(`SELECT count(*)::INTEGER AS "units" FROM "${units}"`);
    const own = `"${this.named('rows')}"`;
    const rows = `SELECT "unit", "row" FROM ${isSampled ? own : `"${units}"`}`;
    const first = isSampled ? `SELECT "unit", min("row") AS "row" FROM ${own} GROUP BY "unit"` : rows;
    const [all] = isSampled ? await db.all(`SELECT count(*)::INTEGER AS "rows" FROM ${own}`) : [];
    return {
      ...{ units, rows, outcomes: source.outcomes, tasks: labels ? this.named('tasks') : null },
      keys: `SELECT f."unit", k.* EXCLUDE ("row") FROM (${first}) f JOIN (${source.keys}) k ON k."row" = f."row"`,
      count: Number(found?.['units']),
      samples: all === undefined ? null : Number(all['rows']),
    };
  }
}

const MOST_BITS = 1 << 28;
