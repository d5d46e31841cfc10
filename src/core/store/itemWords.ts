import type { Database } from './database.js';
import { compileField, type Field } from './filters.js';

/** The field of conditions on what an item mentions: its words, as `mentioning` puts them. No column and no metadata are meant by it. */
export const ITEM_WORDS = 'item words';

/** Stands between the parts of an item, so that no term is found across them. */
const BETWEEN = `' ' || chr(31) || ' '`;

/** What is no letter, mark or digit parts words. */
function wordsOf(text: string): string {
  return String.raw`' ' || trim(regexp_replace(lower(${text}), '[^\p{L}\p{M}\p{N}\x1f]+', ' ', 'g')) || ' '`;
}

const WORDS = wordsOf(`concat_ws(${BETWEEN}, "question", "gold", array_to_string("options", ${BETWEEN}))`);

/** A field of conditions: a column, a metadata field, or the words of question, right answer and options, with a blank around each. */
export function fieldOrWords(name: string): Field {
  return name === ITEM_WORDS ? { sql: WORDS, type: 'text', values: [] } : compileField(name);
}

/** The items of a run that mention a term, of those with a right answer. */
export interface TermCount {
  /** The place of the term among those that were asked for. */
  readonly at: number;
  readonly run: number;
  readonly items: number;
  readonly correct: number;
  /** What the words of an item contain that mentions the term. */
  readonly words: string;
}

/**
 * Counts the items that mention each term, as whole words regardless of case, in question, right answer or options. Terms of several
 * words are found where these follow each other; those that no item mentions are left out.
 */
export async function countMentions(db: Database, terms: readonly string[]): Promise<TermCount[]> {
  await db.table(
    'asked_terms',
    { at: 'INTEGER', term: 'VARCHAR' },
    terms.map((term, at) => ({ at, term })),
  );
  await db.all(
    `CREATE OR REPLACE TEMP TABLE "terms" AS
     SELECT "at", "words", trim("words") AS "gram", len(string_split(trim("words"), ' ')) AS "size"
     FROM (SELECT "at", ${wordsOf('"term"')} AS "words" FROM "asked_terms")`,
  );
  const sizes = await db.all(`SELECT DISTINCT "size" FROM "terms" ORDER BY "size"`);
  const grams = sizes.map(({ size }) => gramsOf(Number(size)));
  if (grams.length === 0) return [];
  const rows = await db.all(
    `SELECT "at", "runIndex", count(*) AS "items", count(*) FILTER ("correct") AS "correct", "words" FROM (
       SELECT "runIndex", "correct", unnest(list_distinct(${grams.join(' || ')})) AS "gram"
       FROM (SELECT "runIndex", "correct", string_split(trim(${WORDS}), ' ') AS "list" FROM items WHERE "correct" IS NOT NULL))
     JOIN "terms" USING ("gram") GROUP BY ALL ORDER BY "at", "runIndex"`,
  );
  return rows.map((row) => ({
    at: Number(row['at']),
    run: Number(row['runIndex']),
    items: Number(row['items']),
    correct: Number(row['correct']),
    words: String(row['words']),
  }));
}

/** All sequences of so many words of a list. */
function gramsOf(size: number): string {
  if (size === 1) return '"list"';
  return `list_transform(range(1, len("list") - ${size} + 2), lambda first: array_to_string("list"[first:first + ${size - 1}], ' '))`;
}
