import type { CompareRow } from '../store/joinQueries.js';

/** Outcome of a question whose samples ended differently; it is no class. */
export const SAMPLES_DIFFER = 'samples differ';

/** What is compared: a row, or all samples of one question. `row` of a sampled run is the place among its questions. */
export interface CompareUnit extends CompareRow {
  /** Right rows out of those with gold. */
  readonly right: number;
  readonly judged: number;
}

export interface Units {
  readonly units: readonly CompareUnit[];
  /** Rows, where some question has several samples; null where every row is a question. */
  readonly samples: number | null;
}

/**
 * Gathers the samples of each question, in the order of their first rows: another run may hold more samples of it, or a
 * single answer, and both are compared by the share that is right.
 */
export function unitsOf(rows: readonly CompareRow[]): Units {
  const groups = new Map<string, CompareRow[]>();
  for (const row of rows) {
    const key = row.sample === null || row.unit === null ? `row ${row.row}` : `unit ${row.unit}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  const sampled = groups.size < rows.length;
  const units = [...groups.values()].flatMap((group, at) => {
    const unit = unitOf(group);
    if (unit === null) return [];
    // Rows are numbered by samples; only the questions' own order can agree with another file's.
    return [sampled ? { ...unit, row: at + 1 } : unit];
  });
  return { units, samples: sampled ? rows.length : null };
}

function unitOf(group: readonly CompareRow[]): CompareUnit | null {
  const [first, ...more] = group;
  if (first === undefined) return null;
  const judged = group.filter((row) => row.correct !== null).length;
  const right = group.filter((row) => row.correct === true).length;
  const outcome = more.every((row) => row.outcome === first.outcome) ? first.outcome : SAMPLES_DIFFER;
  return { ...first, correct: judged === 0 ? null : right === judged, outcome, right, judged };
}

/** True where a unit is wholly right or wholly wrong. */
export function isWhole({ right, judged }: CompareUnit): boolean {
  return right === 0 || right === judged;
}
