import { ANNOTATION_COLUMNS } from './annotationColumns.js';
import { normalised } from './contentKey.js';
import { FETCHED_AT_ONCE, type Database, type SqlRow } from './database.js';
import { fetchRows, type Place } from './fetchRows.js';
import { WITH_STATED_GOLD } from './views.js';

/** A row that somebody annotated. */
export interface AnnotatedRow extends Place {
  /** The settled label, `(disputed)` where annotators differ; null without one. */
  readonly label: string | null;
  readonly status: AnnotationStatus;
  readonly by: readonly string[];
  readonly note: string | null;
  readonly confidence: number | null;
  readonly gold: string | null;
  readonly class: string | null;
  /** The label of whoever looks. */
  readonly mine: string | null;
}

export type AnnotationStatus = 'labelled once' | 'agreed' | 'disputed' | 'adjudicated' | 'noted' | 'stale';

const APPENDED = 2000;

/** Puts these rows into the table: in place of what it says of them, or of everything. Rows without a status are only taken out. */
export async function putAnnotations(
  db: Database,
  rows: readonly (AnnotatedRow | Place)[],
  replaces: 'these' | 'all',
): Promise<void> {
  const text = Object.keys(ANNOTATION_COLUMNS).map((name) => `"${name}"`);
  await db.table('annotating', { runIndex: 'INTEGER', row: 'INTEGER', ...TYPES }, rows.map(written));
  await db.all('BEGIN TRANSACTION');
  try {
    const which =
      replaces === 'all' ? '' : `WHERE ("runIndex", "row") IN (SELECT ("runIndex", "row") FROM "annotating")`;
    await db.all(`DELETE FROM memory.main.annotations ${which}`);
    await db.all(
      `INSERT INTO memory.main.annotations
       SELECT "runIndex", "row", ${text.map((name) => (name === '"by"' ? `from_json("by", '["VARCHAR"]')` : name)).join(', ')}
       FROM "annotating" WHERE "status" IS NOT NULL`,
    );
    await db.all('COMMIT');
  } catch (error) {
    await db.all('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

/** What these rows say in short, of those that say anything. */
export async function annotationsAt(
  db: Database,
  places: readonly Place[],
): Promise<(Place & { label: string | null; mine: string | null; status: string })[]> {
  if (places.length === 0) return [];
  const rows = await db.all(
    `SELECT "runIndex", "row", "annotation.label" AS "label", "annotation.mine" AS "mine", "annotation.status" AS "status"
     FROM memory.main.annotations WHERE ("runIndex", "row") IN (${places.map(() => '(?, ?)').join(', ')})`,
    places.flatMap(({ runIndex, row }) => [runIndex, row]),
  );
  return rows.map((row) => ({
    ...{ runIndex: Number(row['runIndex']), row: Number(row['row']), status: String(row['status']) },
    ...{ label: row['label'] as string | null, mine: row['mine'] as string | null },
  }));
}

/** How often each settled label was given, by run. */
export async function countLabels(db: Database): Promise<Map<number, Map<string, number>>> {
  if ((await db.all('SELECT 1 FROM memory.main.annotations LIMIT 1')).length === 0) return new Map();
  const rows = await db.all(
    `SELECT "runIndex", "annotation.label" AS "label", count(*)::INTEGER AS "count" FROM annotated
     WHERE "annotation.label" IS NOT NULL GROUP BY ALL ORDER BY ALL`,
  );
  const byRun = new Map<number, Map<string, number>>();
  for (const row of rows) {
    const run = Number(row['runIndex']);
    const labels = byRun.get(run) ?? new Map<string, number>();
    byRun.set(run, labels.set(String(row['label']), Number(row['count'])));
  }
  return byRun;
}

const TYPES = Object.fromEntries(
  Object.entries(ANNOTATION_COLUMNS).map(([name, type]) => [
    name,
    type === 'DOUBLE' ? ('DOUBLE' as const) : ('VARCHAR' as const),
  ]),
);

function written(row: AnnotatedRow | Place): SqlRow {
  return 'by' in row ? { ...row, by: JSON.stringify(row.by) } : { ...row };
}

/** The first characters of SHA-256 that name a text: of a billion texts, two would share them once in 10^20. */
const DIGITS = 32;

/**
 * SQL of the digest of what an item asks: its question, options and right answer, as items are compared by (contentKey.ts). It stands in people's
 * files: whatever it gives, it gives for good. The right answer is the stated one, whatever a patch corrects.
 */
export const TEXT_DIGEST = `substr(sha256(concat_ws(chr(30), coalesce(${normalised('"question"')}, ''),
  ${normalised(`array_to_string("options", chr(31))`)}, coalesce(${normalised('"statedGold"')}, ''))), 1, ${DIGITS})`;

/** What of a row tells which item and which answer it is. */
export interface ItemContent extends Place {
  readonly text: string;
  readonly item: string;
  readonly dataset: string | null;
  readonly run: string;
  readonly answer: string | null;
  readonly class: string | null;
  readonly gold: string | null;
  /** Images as the data state them, as one text. */
  readonly images: string;
  readonly hasQuestion: boolean;
}

const CONTENT = `"runIndex", "row", "item", "dataset", "run", "predicted", "class", "gold", array_to_string("images", chr(31)) AS "pictures",
  "question" IS NOT NULL AS "asked", ${TEXT_DIGEST} AS "text"`;

function contentOf(row: SqlRow): ItemContent {
  return {
    ...{ runIndex: Number(row['runIndex']), row: Number(row['row']), text: String(row['text']) },
    ...{ item: String(row['item']), run: String(row['run']), images: (row['pictures'] as string | null) ?? '' },
    dataset: row['dataset'] as string | null,
    answer: row['predicted'] as string | null,
    class: row['class'] as string | null,
    gold: row['gold'] as string | null,
    hasQuestion: row['asked'] === true,
  };
}

/** What is asked in these rows; those that are not there are left out. */
export async function contentsAt(db: Database, places: readonly Place[]): Promise<ItemContent[]> {
  if (places.length <= FETCHED_AT_ONCE) return (await fetchRows(db, places, CONTENT, WITH_STATED_GOLD)).map(contentOf);
  const found: ItemContent[] = [];
  for (let at = 0; at < places.length; at += APPENDED) {
    await placesInto(db, places.slice(at, at + APPENDED));
    const rows = await db.all(
      `SELECT ${CONTENT} FROM ${WITH_STATED_GOLD} WHERE ("runIndex", "row") IN (SELECT ("runIndex", "row") FROM "annotated_places")`,
    );
    found.push(...rows.map(contentOf));
  }
  return found;
}

function placesInto(db: Database, places: readonly Place[]): Promise<void> {
  const rows = places.map(({ runIndex, row }) => ({ runIndex, row }));
  return db.table('annotated_places', { runIndex: 'INTEGER', row: 'INTEGER' }, rows);
}

/** All rows that ask what these rows ask, of whatever run, and those with their ids; the rows themselves among them. */
export async function rowsLike(db: Database, places: readonly Place[]): Promise<ItemContent[]> {
  await placesInto(db, places);
  // By columns that are soon looked through; texts are read of what is found alone.
  const found = await db.all(
    `WITH named AS MATERIALIZED (
       SELECT "contentKey", "item" FROM items WHERE ("runIndex", "row") IN (SELECT ("runIndex", "row") FROM "annotated_places"))
     SELECT "runIndex", "row" FROM items
     WHERE "contentKey" IN (SELECT "contentKey" FROM named) OR "item" IN (SELECT "item" FROM named)`,
  );
  return contentsAt(
    db,
    found.map((row) => ({ runIndex: Number(row['runIndex']), row: Number(row['row']) })),
  );
}

/** All rows whose text has one of the digests, or whose item has one of the ids; some at a time. */
export async function* rowsWith(
  db: Database,
  texts: readonly string[],
  ids: readonly string[],
): AsyncGenerator<readonly ItemContent[]> {
  await db.table(
    'annotated_texts',
    { value: 'VARCHAR' },
    texts.map((value) => ({ value })),
  );
  await db.table(
    'annotated_ids',
    { value: 'VARCHAR' },
    ids.map((value) => ({ value })),
  );
  const found = `SELECT * FROM (SELECT ${CONTENT} FROM ${WITH_STATED_GOLD})
    WHERE "text" IN (SELECT "value" FROM "annotated_texts") OR "item" IN (SELECT "value" FROM "annotated_ids")`;
  for await (const rows of db.some(found)) yield rows.map(contentOf);
}
