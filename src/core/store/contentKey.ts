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
 * SQL of what makes two rows the same item, of their normalised parts wherever they stand: question, options and gold. A number, the same in every version of
 * the engine, which its own hash is not; null without a question.
 */
export function contentKey({
  question,
  options,
  gold,
}: Readonly<Record<'question' | 'options' | 'gold', string>>): string {
  const parts = [question, options, `coalesce(${gold}, '')`];
  return `CASE WHEN ${question} IS NOT NULL THEN md5_number_lower(${parts.join(' || chr(30) || ')}) END`;
}
