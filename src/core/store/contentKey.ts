/**
 * A text as items are compared by: case, white space and Unicode form do not tell texts apart. The regular expression, which
 * is dear, runs only where there is white space to replace.
 */
export function normalised(sql: string): string {
  const rare = ['chr(9)', 'chr(10)', 'chr(12)', 'chr(13)', `'  '`];
  const needed = rare.map((space) => `contains(${sql}, ${space})`).join(' OR ');
  const spaced = `CASE WHEN ${needed} THEN regexp_replace(${sql}, '\\s+', ' ', 'g') ELSE ${sql} END`;
  return `lower(trim(nfc_normalize(${spaced})))`;
}

/**
 * SQL of what makes two rows the same item, of its normalised question and `answersKey`: question, options and gold. A number; null without
 * a question. It is the engine's own hash, which takes a fiftieth of the time of md5 (8 against 465 ms for a million questions):
 * `contentKey.test.ts` holds it to what it is, and an engine with another one needs another SCHEMA_VERSION (row.ts).
 */
export function contentKey(question: string, answers: string): string {
  return `CASE WHEN ${question} IS NOT NULL THEN xor(hash(${question}), ${answers}) END`;
}

/** SQL of the part of it that many items share, of their normalised options and gold. */
export function answersKey(options: string, gold: string): string {
  return `hash(${options} || chr(30) || coalesce(${gold}, ''))`;
}
