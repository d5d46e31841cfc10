import type { Sample } from '../agreementModel.js';
import { FlipsideError, type Filter } from '../model.js';
import type { Lens } from '../relations/lens.js';
import type { Database } from '../store/database.js';
import { listStrata, rowsAtPositions } from '../store/sampleQueries.js';
import { allocate, drawStrata } from './sample.js';

export interface SampleRequest {
  /** Which rows are meant; null: all. */
  readonly filter: Filter | null;
  /** Rows to draw; all where there are fewer. */
  readonly n: number;
  /** A whole number from 0 to 2³² − 1. */
  readonly seed: number;
  /** The field by whose values rows are drawn; null: by none. */
  readonly field: string | null;
}

/**
 * Draws a sample of the rows that a filter keeps; the same rows, request and lens give the same one. Works in a connection that nobody else uses. Throws a
 * FlipsideError where the filter keeps nothing, and where the field has too many values.
 */
export async function drawSample(db: Database, lens: Lens, request: SampleRequest): Promise<Sample> {
  const { filter, n, seed, field } = request;
  const parts = await listStrata(db, filter, field);
  if (parts.length === 0)
    throw new FlipsideError('No rows match: there is nothing to draw from. Loosen the conditions.', { exitCode: 1 });
  const sizes = parts.map(({ rows }) => rows);
  const allocation = allocate(sizes, n);
  const drawn = drawStrata(sizes, allocation, seed);
  const rows = await rowsAtPositions(
    db,
    drawn.map(({ stratum, position }) => ({ value: parts[stratum]?.value ?? null, position })),
  );
  return {
    ...{ seed, n, of: sizes.reduce((sum, size) => sum + size, 0), filter },
    ...{ lens: lens.name, lensVersion: lens.version, field },
    strata: parts.map(({ value, rows: size }, at) => ({ value, size, drawn: allocation[at] ?? 0 })),
    rows: rows.map((row, at) => ({ ...row, stratum: drawn[at]?.stratum ?? 0 })),
  };
}
