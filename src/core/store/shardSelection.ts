import { contentKey } from './contentKey.js';
import { COLUMNS } from './row.js';

const CONTENT_KEY = contentKey('"questionKey"', '"answersKey"');

/** SQL of a row's item id, where that is its stated id, or the number of its row. */
export const ITEM_BY = {
  id: `CASE WHEN "sample" IS NULL THEN "id" ELSE "id" || '#' || "sample" END`,
  row: 'CAST("row" AS VARCHAR)',
} as const;

/** SQL of a row's label of its run, by what tells it (shardFacts.ts). */
export const SPLIT_BY = { split: '"split"', model: '"model"', none: 'CAST(NULL AS VARCHAR)' } as const;

/** The columns of a shard, from staged rows that are decoded; `item` and `split` are SQL. */
export function shardColumns(item: string, split: string): string {
  const columns = COLUMNS.map(({ name }) => (name === 'split' ? `${split} AS "split"` : `"${name}"`));
  return [`${item} AS "item"`, `${CONTENT_KEY} AS "contentKey"`, ...columns].join(', ');
}
