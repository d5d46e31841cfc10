import { distinctLensKeys, type LensKeys } from './lensKey.js';
import { MOST_SPLITS, type ShardFacts } from './shardFacts.js';
import { SPLIT_BY } from './shardSelection.js';

export type Ask = (sql: string) => Promise<Record<string, unknown>[]>;

/**
 * What is only known when every row has been seen, and the SQL of a row's label of its run. Asks two views: `decoded` has a row for each
 * item, `counted` rows for items that agree in all but names and texts, with how many ("items") and the first one's number ("first").
 */
export async function settleFacts(ask: Ask): Promise<{ readonly facts: ShardFacts; readonly split: string }> {
  const { splitBy, split } = await settleSplit(ask);
  const itemId = (await idsAreUnique(ask, split)) ? 'id' : 'row';
  return { facts: { splits: await readSplits(ask, split), itemId, lensKeys: await readLensKeys(ask), splitBy }, split };
}

/**
 * One file may hold several runs: by the label its format names, else by model where ids repeat only across models.
 * A column with more than fifty values is no run label.
 */
async function settleSplit(ask: Ask): Promise<{ splitBy: ShardFacts['splitBy']; split: string }> {
  const [labels] = await ask(
    `SELECT count(DISTINCT "split")::INTEGER AS "splits", count(DISTINCT "model")::INTEGER AS "models" FROM counted`,
  );
  const splits = (labels?.['splits'] as number | undefined) ?? 0;
  const models = (labels?.['models'] as number | undefined) ?? 0;
  if (splits > MOST_SPLITS) return { splitBy: 'split', split: SPLIT_BY.none };
  const mayBeByModel = splits === 0 && models >= 2 && models <= MOST_SPLITS;
  if (mayBeByModel && (await idsRepeatAcrossModels(ask))) return { splitBy: 'model', split: SPLIT_BY.model };
  return { splitBy: 'split', split: SPLIT_BY.split };
}

async function idsRepeatAcrossModels(ask: Ask): Promise<boolean> {
  const [row] = await ask(
    `SELECT count(*) = count("model") AND count(*) = count("id") AND count(*) > count(DISTINCT ("id", "sample"))
       AND count(*) = count(DISTINCT ("model", "id", "sample")) AS "byModel" FROM decoded`,
  );
  return row?.['byModel'] === true;
}

async function idsAreUnique(ask: Ask, split: string): Promise<boolean> {
  // Most often, ids are numbers that count the rows: no two are alike then, and it is told at a fraction of the time.
  const [numbered] = await ask(
    `SELECT count("ahead") = count(*) AND min("ahead") = max("ahead") AS "inOrder"
     FROM (SELECT TRY_CAST("id" AS INTEGER)::BIGINT - "row" AS "ahead" FROM decoded)`,
  );
  if (numbered?.['inOrder'] === true) return true;
  const own = `${split}, "id", "sample"`;
  // As many hashes as rows: as many ids, too. Fewer may be a coincidence; only then are the ids themselves compared.
  for (const distinct of [`hash(${own})`, `(${own})`]) {
    const [row] = await ask(
      `SELECT count(*) = count("id") AS "named", count(*) = count(DISTINCT ${distinct}) AS "unique" FROM decoded`,
    );
    if (row?.['named'] !== true) return false;
    if (row['unique'] === true) return true;
  }
  return false;
}

async function readLensKeys(ask: Ask): Promise<LensKeys[]> {
  const rows = await ask(`${distinctLensKeys('counted')} ORDER BY ALL`);
  return rows.map((row) => [row['itemKey'] as number, row['answerKey'] as number]);
}

async function readSplits(ask: Ask, split: string): Promise<ShardFacts['splits']> {
  const rows = await ask(
    `SELECT ${split} AS "split", sum("items")::INTEGER AS "items", CASE WHEN count(DISTINCT "model") = 1 THEN min("model") END AS "model"
     FROM counted GROUP BY 1 ORDER BY min("first")`,
  );
  return rows.map((row) => ({
    split: row['split'] as string | null,
    items: row['items'] as number,
    model: row['model'] as string | null,
  }));
}
