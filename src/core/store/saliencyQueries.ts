import type { Outcome } from '../model.js';
import type { Database } from './database.js';
import { compileMetadata } from './filters.js';

/** One row of a rerun with a map, as its record states it (inference/reruns/record.ts). */
export interface SaliencyRow {
  /** "gradient", "occlusion"; null where a share is stated, but not by which method. */
  readonly method: string | null;
  /** The share of the map inside all boxes together; null where none is stated, or no number. */
  readonly inside: number | null;
  /** The share of the image that these boxes cover; null where the item has none. */
  readonly area: number | null;
  readonly outcome: Outcome;
  /** The class of a wrong answer under the lens that is set; null for others. */
  readonly class: string | null;
  /** What is not independent has one: scene, image, unit, else the row alone. */
  readonly cluster: string;
}

/** What one run states of maps, and how many rows it has, with a map or without. */
export interface RunSaliency {
  readonly rows: number;
  readonly stated: readonly SaliencyRow[];
}

/** Rows that state a map's method, or its share inside boxes, in file order, by run; runs without any are absent. */
export async function saliencyRows(db: Database): Promise<Map<number, RunSaliency>> {
  const [method, inside, area] = ['saliency_method', 'saliency_inside', 'saliency_area'].map(compileMetadata);
  if (method === undefined || inside === undefined || area === undefined) return new Map();
  // Most metadata have none: to look for the word first takes a quarter of the time of parsing all of them.
  const rows = await db.all(
    `SELECT "runIndex", nullif(${method.sql}, '') AS "method", ${numberIn(inside.sql)} AS "inside", ${numberIn(area.sql)} AS "area",
       "outcome", "class", coalesce("cluster", '#' || "row") AS "cluster"
     FROM classified WHERE contains("meta", '"saliency_') AND ("method" IS NOT NULL OR "inside" IS NOT NULL) ORDER BY "runIndex", "row"`,
    [...method.values, ...inside.values, ...area.values],
  );
  if (rows.length === 0) return new Map();
  const counts = await db.all(`SELECT "runIndex", count(*)::INTEGER AS "rows" FROM items GROUP BY "runIndex"`);
  const all = new Map(counts.map((row) => [Number(row['runIndex']), Number(row['rows'])]));
  const byRun = new Map<number, { readonly rows: number; readonly stated: SaliencyRow[] }>();
  for (const row of rows) {
    const run = Number(row['runIndex']);
    const own = byRun.get(run) ?? { rows: all.get(run) ?? 0, stated: [] };
    byRun.set(run, own);
    own.stated.push({
      method: row['method'] as string | null,
      inside: row['inside'] as number | null,
      area: row['area'] as number | null,
      outcome: row['outcome'] as SaliencyRow['outcome'],
      class: row['class'] as string | null,
      cluster: String(row['cluster']),
    });
  }
  return byRun;
}

/** A number, or nothing; NaN is nothing too. */
function numberIn(sql: string): string {
  return `nullif(TRY_CAST(${sql} AS DOUBLE), CAST('NaN' AS DOUBLE))`;
}
