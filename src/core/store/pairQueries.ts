import { COMPARED_CELLS, type ComparedCell } from '../model.js';
import { decodeDirection, nameDirection } from '../relations/direction.js';
import type { PairedSums } from '../metrics/differences.js';
import type { Database, SqlRow } from './database.js';
import { comparedTable } from './filters.js';
import { cellCode, JOINED_BY, PARTS } from './pairTables.js';
import { quoteText } from './sql.js';
import type { UnitTable } from './unitTables.js';

/** Codes of directions, from 0. */
const DIRECTIONS = 27;

/** Two runs that were joined, in tables of this name. */
export interface JoinedPair {
  readonly name: string;
  readonly base: UnitTable;
  readonly other: UnitTable;
  /** Parts of one unit: 1 where every unit is right or wrong. */
  readonly parts: number;
}

/** What became of the units of a group. */
export interface GroupCounts {
  readonly joined: number;
  readonly bothRight: number;
  readonly bothWrong: number;
  readonly fixed: number;
  readonly broken: number;
  /** Right in some samples only: in none of the four. */
  readonly partly: number;
  /** Right units; a sampled question counts as the share of its samples that is right. */
  readonly baseCorrect: number;
  readonly newCorrect: number;
  /** In parts of units. */
  readonly sums: PairedSums;
}

/** What was joined, in tables of this name (see joinUnits). */
export async function joinedPair(
  db: Database,
  name: string,
  runs: { readonly base: UnitTable; readonly other: UnitTable },
): Promise<JoinedPair> {
  const [found] = await db.all(
    `SELECT count(*) FILTER ("cell" = ${cellCode('partly')}) > 0 AS "some" FROM "joined ${name}"`,
  );
  return { name, ...runs, parts: found?.['some'] === true ? PARTS : 1 };
}

/**
 * Makes the view that conditions on rows ask (see comparedTable) for two runs of the database, by their ids and numbers: (runIndex, row, side,
 * cell, from, to, task, direction, by). What is in one run only has no outcomes, in the new run no task and no direction either.
 */
export async function tellRows(
  db: Database,
  { name, base, other }: JoinedPair,
  runs: {
    readonly ids: { readonly base: string; readonly new: string };
    readonly base: number;
    readonly other: number;
  },
): Promise<void> {
  const direction = (of: string): string => `CASE ${of}."goldDirection" ${directionNames()} END`;
  const by = `CASE j."by" ${Object.entries(JOINED_BY)
    .map(([word, code]) => `WHEN ${code} THEN '${word}'`)
    .join(' ')} END`;
  const cells = `CASE j."cell" ${COMPARED_CELLS.map((cell, code) => `WHEN ${code} THEN '${cell}'`).join(' ')} END`;
  const tasks = base.tasks ?? '';
  const joined = (side: 'base' | 'new', run: number, rows: string): string =>
    `SELECT ${run} AS "runIndex", r."row", '${side}' AS "side", ${cells} AS "cell", f."name" AS "from", o."name" AS "to", t."name" AS "task",
       ${direction('j')} AS "direction", ${by} AS "by"
     FROM "joined ${name}" j JOIN (${rows}) r ON r."unit" = j."${side}" LEFT JOIN "${tasks}" t ON t."code" = j."task"
       LEFT JOIN (${base.outcomes}) f ON f."code" = j."from" LEFT JOIN (${other.outcomes}) o ON o."code" = j."to"`;
  const left = (side: 'base' | 'new', units: string): string =>
    `SELECT u.* FROM "${units}" u ANTI JOIN "joined ${name}" p ON p."${side}" = u."unit"`;
  const alone = (cell: string, units: string): string =>
    `SELECT ${runs.other}, r."row", 'new', '${cell}', NULL, NULL, NULL, NULL, NULL FROM (${units}) u JOIN (${other.rows}) r ON r."unit" = u."unit"`;
  await db.all(
    `CREATE OR REPLACE VIEW "${comparedTable(runs.ids)}" AS ${[
      joined('new', runs.other, other.rows),
      joined('base', runs.base, base.rows),
      `SELECT ${runs.base}, r."row", 'base', 'only base', NULL, NULL, t."name", ${direction('u')}, NULL
       FROM (${left('base', base.units)}) u JOIN (${base.rows}) r ON r."unit" = u."unit" LEFT JOIN "${tasks}" t ON t."code" = u."task"`,
      alone('only new', left('new', other.units)),
      alone('refused', `SELECT u.* FROM "${other.units}" u SEMI JOIN "refused ${name}" f ON f."unit" = u."unit"`),
    ].join(' UNION ALL ')}`,
  );
}

/** The same view where one of the runs is not there: without rows. */
export async function noRows(db: Database, ids: { readonly base: string; readonly new: string }): Promise<void> {
  const texts = ['side', 'cell', 'from', 'to', 'task', 'direction', 'by'].map((name) => `NULL::VARCHAR AS "${name}"`);
  await db.all(
    `CREATE OR REPLACE VIEW "${comparedTable(ids)}" AS SELECT 0 AS "runIndex", 0 AS "row", ${texts.join(', ')} WHERE FALSE`,
  );
}

function directionNames(): string {
  return Array.from({ length: DIRECTIONS }, (_, code) => {
    const name = nameDirection(decodeDirection(code));
    return name === null ? '' : `WHEN ${code} THEN ${quoteText(name)}`;
  }).join(' ');
}

/** How many units were joined by each key, how many of them have no gold on one side, and how many were refused. */
export async function joinedCounts(
  db: Database,
  { name }: JoinedPair,
): Promise<{ byContent: number; byPosition: number; byId: number; noGold: number; refused: number }> {
  const by = (code: number): string => `count(*) FILTER ("by" = ${code})::INTEGER`;
  const [row] = await db.all(
    `SELECT ${by(JOINED_BY.content)} AS "byContent", ${by(JOINED_BY.position)} AS "byPosition", ${by(JOINED_BY.id)} AS "byId",
       count(*) FILTER (NOT ${COUNTED_PAIRS})::INTEGER AS "noGold", (SELECT count(*)::INTEGER FROM "refused ${name}") AS "refused" FROM "joined ${name}"`,
  );
  const of = (key: string): number => Number(row?.[key] ?? 0);
  return {
    ...{ byContent: of('byContent'), byPosition: of('byPosition'), byId: of('byId') },
    ...{ noGold: of('noGold'), refused: of('refused') },
  };
}

/** How often which outcome became which, in the order in which they are met in the new run. */
export async function transitions(
  db: Database,
  { name, base, other }: JoinedPair,
): Promise<{ from: string; to: string; count: number }[]> {
  const rows = await db.all(
    `SELECT f."name" AS "from", o."name" AS "to", c."count" FROM
       (SELECT "from", "to", count(*)::INTEGER AS "count", min("new") AS "first" FROM "joined ${name}" WHERE ${COUNTED_PAIRS} GROUP BY ALL) c
       JOIN (${base.outcomes}) f ON f."code" = c."from" JOIN (${other.outcomes}) o ON o."code" = c."to" ORDER BY c."first"`,
  );
  return rows.map(({ from, to, count }) => ({ from: String(from), to: String(to), count: Number(count) }));
}

/** Both sides have a right answer. */
const COUNTED_PAIRS = `"cell" <> ${cellCode('no gold')}`;
const CELL_OF = {
  ...({ bothRight: 'both right', bothWrong: 'both wrong' } as const),
  ...({ fixed: 'fixed', broken: 'broken', partly: 'partly' } as const),
};
const COUNTED = ['bothRight', 'bothWrong', 'fixed', 'broken', 'partly'] as const;

/** What became of the units: of all, by task, and by direction of the right answer in the base. Units without gold are left out. */
export async function groupCounts(
  db: Database,
  pair: JoinedPair,
): Promise<{
  all: GroupCounts;
  byTask: ReadonlyMap<string, GroupCounts>;
  byDirection: ReadonlyMap<string, GroupCounts>;
}> {
  const { parts } = pair;
  const [was, is] = partsOf(pair);
  await db.all(
    `CREATE OR REPLACE TEMP TABLE "compared clusters" AS SELECT "task", "goldDirection", "cluster", count(*) AS "units",
       sum(greatest(0, ${is} - ${was}))::BIGINT AS "rises", sum(greatest(0, ${was} - ${is}))::BIGINT AS "falls",
       sum(${was})::BIGINT AS "baseRight", sum(${is})::BIGINT AS "newRight",
       ${COUNTED.map((count) => `count(*) FILTER ("cell" = ${cellCode(CELL_OF[count])}) AS "${count}"`).join(', ')}
     FROM "joined ${pair.name}" WHERE ${COUNTED_PAIRS} GROUP BY ALL`,
  );
  const names = await db.all(`SELECT "code", "name" FROM "${pair.base.tasks ?? ''}"`);
  const tasks = new Map(names.map(({ code, name }) => [Number(code), String(name)]));
  const [all] = await countedBy(db, 'NULL', parts);
  return {
    all: all?.[1] ?? NONE,
    byTask: named(await countedBy(db, '"task"', parts), (code) => tasks.get(code) ?? null),
    byDirection: named(await countedBy(db, '"goldDirection"', parts), (code) => nameDirection(decodeDirection(code))),
  };
}

/** SQL of the parts of a unit that are right in the base and in the new run. */
function partsOf({ parts }: JoinedPair): [was: string, is: string] {
  const whole = (...cells: ComparedCell[]): string => `("cell" IN (${cells.map(cellCode).join(', ')}))::INTEGER`;
  return parts === 1 ? [whole('both right', 'broken'), whole('both right', 'fixed')] : ['"baseParts"', '"newParts"'];
}

function named(
  rows: readonly [unknown, GroupCounts][],
  nameOf: (code: number) => string | null,
): Map<string, GroupCounts> {
  return new Map(
    rows.flatMap(([code, counts]): [string, GroupCounts][] => {
      const name = code === null ? null : nameOf(Number(code));
      return name === null ? [] : [[name, counts]];
    }),
  );
}

const NONE: GroupCounts = {
  ...{ joined: 0, bothRight: 0, bothWrong: 0, fixed: 0, broken: 0, partly: 0, baseCorrect: 0, newCorrect: 0 },
  sums: { units: 0, fixed: 0, broken: 0, sumD2: 0, sumDN: 0, sumN2: 0, clusters: 0 },
};

/** Counts and sums over clusters for each value of a key: a cluster may hold units of several. */
async function countedBy(db: Database, key: string, parts: number): Promise<[unknown, GroupCounts][]> {
  const summed = ['units', 'rises', 'falls', 'baseRight', 'newRight', ...COUNTED];
  const n = `("units" * ${parts})::DOUBLE`;
  const d = '("rises" - "falls")::DOUBLE';
  const rows = await db.all(
    `SELECT "key", count(*)::DOUBLE AS "clusters", ${summed.map((each) => `sum("${each}")::DOUBLE AS "${each}"`).join(', ')},
       sum(${d} * ${d}) AS "sumD2", sum(${d} * ${n}) AS "sumDN", sum(${n} * ${n}) AS "sumN2"
     FROM (SELECT ${key} AS "key", "cluster", ${summed.map((each) => `sum("${each}") AS "${each}"`).join(', ')}
       FROM "compared clusters" GROUP BY ALL) GROUP BY "key"`,
  );
  return rows.map((row) => [row['key'], countsOf(row, parts)]);
}

function countsOf(row: SqlRow, parts: number): GroupCounts {
  const of = (name: string): number => Number(row[name]);
  return {
    joined: of('units'),
    ...{ bothRight: of('bothRight'), bothWrong: of('bothWrong'), fixed: of('fixed'), broken: of('broken') },
    ...{ partly: of('partly'), baseCorrect: of('baseRight') / parts, newCorrect: of('newRight') / parts },
    sums: {
      ...{ units: of('units') * parts, fixed: of('rises'), broken: of('falls'), clusters: of('clusters') },
      ...{ sumD2: of('sumD2'), sumDN: of('sumDN'), sumN2: of('sumN2') },
    },
  };
}

/** Rises and falls of each cluster in parts of units, in the order in which they are met in the new run. */
export async function clusterChanges(db: Database, pair: JoinedPair): Promise<{ sum: number; n: number }[]> {
  const [was, is] = partsOf(pair);
  const rows = await db.all(
    `SELECT sum(${is} - ${was})::DOUBLE AS "sum", count(*)::DOUBLE * ${pair.parts} AS "n" FROM "joined ${pair.name}" WHERE ${COUNTED_PAIRS}
     GROUP BY "cluster" ORDER BY min("new")`,
  );
  return rows.map((row) => ({ sum: Number(row['sum']), n: Number(row['n']) }));
}
