import type { AnswerStatus, DepthConvention, Flag, Frame, ItemKind, RawItem } from '../model.js';
import type { Lens } from '../relations/lens.js';
import { TEXT_DIGEST } from './annotationTable.js';
import { answersKey, contentKey, normalised } from './contentKey.js';
import type { Database, Reach, SqlRow } from './database.js';
import { fetchRows, type Place } from './fetchRows.js';
import type { LensKeys } from './lensKey.js';
import { COLUMNS, type StoredRow } from './row.js';
import { WITH_STATED_GOLD } from './views.js';

/** A row of a run, as its shard keeps it, or as it would be if the data stated another right answer. */
export interface PlacedRow extends Place {
  readonly stored: StoredRow;
}

/** What a row says of its right answer, or by it. */
const OF_GOLD: readonly string[] = [
  ...['contact', 'gold', 'goldOption', 'goldDirection', 'wrongDirections', 'itemKey', 'answerKey', 'goldYes'],
  ...['countError', 'correct', 'flags', 'frameSwapExpected', 'frameSwapOf'],
];

const REPLACED = COLUMNS.filter(({ name }) => OF_GOLD.includes(name));
const OPTIONS = COLUMNS.find(({ name }) => name === 'options');

/** Flags that a row has by its right answer: they are found again, and are no part of what the file says. */
const FLAGS_OF_GOLD: readonly Flag[] = [
  ...(['goldConflict', 'goldContradicted', 'goldUnmatched', 'storedDiffers', 'frameSwap'] as const),
];

/** The flags of a row that do not depend on its right answer. */
function flagsBesideGold(flags: readonly Flag[]): readonly Flag[] {
  return flags.filter((flag) => !FLAGS_OF_GOLD.includes(flag));
}

const READ = [
  ...[
    'runIndex',
    'row',
    'id',
    'question',
    'options',
    'optionLabels',
    'kind',
    'frame',
    'convention',
    'family',
    'relation',
  ],
  ...['contact', 'gold', 'goldOption', 'predicted', 'predictedOption', 'goldDirection', 'predictedDirection'],
  ...['relationDirection', 'wrongDirections', 'itemKey', 'answerKey', 'goldYes', 'answeredYes', 'countError', 'status'],
  ...['correct', 'storedCorrect', 'flags', 'images', 'cluster', 'frameSwapExpected', 'frameSwapOf'],
]
  .map((name) => `"${name}"`)
  .join(', ');

/**
 * The given rows, in their order, without those that are not there. Of `raw` only what a row's classification looks at is what the file said:
 * a right answer is the text of its option, further right answers of open questions (`goldAliases`) are kept in no shard.
 */
export async function placedRows(db: Database, places: readonly Place[]): Promise<PlacedRow[]> {
  return (await fetchRows(db, places, READ)).map(placed);
}

/**
 * The rows of some runs that show the same pictures as any of the given ones, in the order of the file: whether an answer is right in another frame of
 * reference is told by what else was asked of the same picture, and is told anew where the right answer is corrected.
 */
export async function rowsOfPictures(
  db: Database,
  runs: readonly number[],
  pictures: readonly (readonly string[])[],
): Promise<PlacedRow[]> {
  const texts = [...new Set(pictures.map((images) => images.join('|')))];
  await db.table(
    'sought_pictures',
    { images: 'VARCHAR' },
    texts.map((images) => ({ images })),
  );
  const rows = await db.all(
    `SELECT ${READ} FROM classified WHERE "runIndex" IN (${runs.map(() => '?').join(', ')}) AND len("images") > 0
       AND array_to_string("images", '|') IN (SELECT "images" FROM sought_pictures) ORDER BY "row", "runIndex"`,
    [...runs],
  );
  return rows.map(placed);
}

/** A row with what names its item. */
export interface NamedRow extends Place {
  readonly dataset: string | null;
  readonly item: string;
  readonly gold: string | null;
}

/** What the given rows are rows of. */
export async function namedRows(db: Database, places: readonly Place[]): Promise<NamedRow[]> {
  const rows = await fetchRows(db, places, '"runIndex", "row", "dataset", "item", "gold"');
  return rows.map((row) => ({
    runIndex: Number(row['runIndex']),
    row: Number(row['row']),
    dataset: row['dataset'] as string | null,
    item: String(row['item']),
    gold: row['gold'] as string | null,
  }));
}

/** A row that answers an item, and the line that names the item. */
export interface ItemRow extends Place {
  readonly line: number;
  /** The stated right answer. */
  readonly gold: string | null;
  /** The digest of what it asks, as annotations state it. */
  readonly text: string;
}

/** The rows that answer the given items, by line, run and row. */
export async function rowsOfItems(
  db: Database,
  items: readonly { readonly line: number; readonly dataset: string | null; readonly item: string }[],
): Promise<ItemRow[]> {
  const sought = items.map(({ line, dataset, item }) => ({ line, dataset, item }));
  await db.table('sought_items', { line: 'INTEGER', dataset: 'VARCHAR', item: 'VARCHAR' }, sought);
  const rows = await db.all(
    `SELECT s."line", i."runIndex", i."row", i."gold", ${TEXT_DIGEST} AS "text" FROM ${WITH_STATED_GOLD} i
     JOIN sought_items s ON i."item" = s."item" AND i."dataset" IS NOT DISTINCT FROM s."dataset" ORDER BY ALL`,
  );
  return rows.map((row) => ({
    line: Number(row['line']),
    runIndex: Number(row['runIndex']),
    row: Number(row['row']),
    gold: row['gold'] as string | null,
    text: String(row['text']),
  }));
}

/** Whether the first rows of some runs, which are those of one file, ask about pictures in more than one frame of reference. */
export async function asksInFrames(db: Database, runs: readonly number[], rows: number): Promise<boolean> {
  const [found] = await db.all(
    `SELECT count(DISTINCT "frame")::INTEGER AS "frames" FROM items
     WHERE "runIndex" IN (${runs.map(() => '?').join(', ')}) AND "row" <= ? AND len("images") > 0 AND "frame" <> 'unstated'`,
    [...runs, rows],
  );
  return Number(found?.['frames']) > 1;
}

function placed(row: SqlRow): PlacedRow {
  return { runIndex: Number(row['runIndex']), row: Number(row['row']), stored: storedOf(row) };
}

function storedOf(row: SqlRow): StoredRow {
  const labels = row['optionLabels'] as (string | null)[];
  const options = (row['options'] as string[]).map((text, at) => ({ label: labels[at] ?? null, text }));
  const predicted = row['predicted'] as string | null;
  const raw = rawOf(row);
  return {
    raw: { ...raw, options },
    answer: {
      status: row['status'] as AnswerStatus,
      option: row['predictedOption'] as number | null,
      value: predicted,
      trace: NO_TRACE,
      flags: [],
    },
    kind: row['kind'] as ItemKind,
    frame: row['frame'] as Frame,
    convention: row['convention'] as DepthConvention,
    family: row['family'] as string | null,
    contact: row['contact'] as boolean,
    options,
    gold: raw.gold,
    goldOption: row['goldOption'] as number | null,
    predicted,
    goldDirection: row['goldDirection'] as number,
    predictedDirection: row['predictedDirection'] as number,
    relationDirection: row['relationDirection'] as number,
    wrongDirections: row['wrongDirections'] as string,
    itemKey: row['itemKey'] as number,
    answerKey: row['answerKey'] as number | null,
    goldYes: row['goldYes'] as boolean | null,
    answeredYes: row['answeredYes'] as boolean | null,
    countError: row['countError'] as number | null,
    correct: row['correct'] as boolean | null,
    flags: row['flags'] as Flag[],
    cluster: row['cluster'] as string | null,
    frameSwapExpected: row['frameSwapExpected'] as number | null,
    frameSwapOf: row['frameSwapOf'] as string | null,
  };
}

/** Where an answer was read says nothing of whether it is right. */
const NO_TRACE = { rule: '', start: 0, end: 0, text: '', source: 'response' } as const;

/** What a row's classification looks at; kind, frame and convention are settled. */
function rawOf(row: SqlRow): Omit<RawItem, 'options'> {
  return {
    row: Number(row['row']),
    id: row['id'] as string | null,
    question: row['question'] as string | null,
    gold: row['gold'] as string | null,
    storedCorrect: row['storedCorrect'] as boolean | null,
    kind: row['kind'] as ItemKind,
    relation: row['relation'] as string | null,
    frame: row['frame'] as Frame,
    convention: row['convention'] as DepthConvention,
    images: row['images'] as string[],
    ...{
      extracted: null,
      response: null,
      task: null,
      model: null,
      split: null,
      unit: null,
      sample: null,
      confidence: null,
    },
    meta: {},
    flags: flagsBesideGold(row['flags'] as Flag[]),
  };
}

/**
 * From now on rows are counted as given, which have been classified under another right answer: under `connection` where this connection asks,
 * under `all` wherever the database is asked, but in connections that were made before.
 */
export async function layRows(db: Database, rows: readonly PlacedRow[], lens: Lens, reach: Reach): Promise<void> {
  const types = { runIndex: 'INTEGER', row: 'INTEGER', choices: 'VARCHAR' } as const;
  const texts = Object.fromEntries(REPLACED.map(({ name }) => [name, 'VARCHAR' as const]));
  await db.table('given_rows', { ...types, ...texts }, rows.map(cellsOf));
  const table = reach === 'all' ? 'memory.main."corrected_rows"' : 'temp.main."corrected_rows"';
  const typed = REPLACED.map(({ name, type, list }) =>
    list ? `from_json(g."${name}", '["VARCHAR"]') AS "${name}"` : `CAST(g."${name}" AS ${type}) AS "${name}"`,
  );
  const key = contentKey(normalised('i."question"'), answersKey(normalised('g."choices"'), normalised('g."gold"')));
  await db.all(
    `CREATE OR REPLACE ${reach === 'all' ? 'TABLE' : 'TEMP TABLE'} ${table} AS
     SELECT g."runIndex", g."row", ${typed.join(', ')}, ${key} AS "contentKey"
     FROM given_rows g JOIN memory.main.items i ON i."runIndex" = g."runIndex" AND i."row" = g."row"`,
  );
  if (reach === 'all') {
    await db.all(
      `INSERT INTO memory.main.stated_golds SELECT s."runIndex", s."row", s."gold" FROM memory.main.stated s
       JOIN ${table} c ON s."runIndex" = c."runIndex" AND s."row" = c."row"`,
    );
  }
  const columns = [...REPLACED.map(({ name }) => name), 'contentKey'];
  await db.replaceRows(table, columns, { lens, reach, keys: rows.flatMap(keysOf) });
}

function cellsOf({ runIndex, row, stored }: PlacedRow): SqlRow {
  const cells = REPLACED.map(({ name, value }) => {
    const cell = value(stored);
    return [name, cell === null ? null : String(cell)] as const;
  });
  return { runIndex, row, choices: OPTIONS?.value(stored) ?? '[]', ...Object.fromEntries(cells) };
}

function keysOf({ stored }: PlacedRow): LensKeys[] {
  const { correct, itemKey, answerKey } = stored;
  return correct === false && answerKey !== null ? [[itemKey, answerKey]] : [];
}
