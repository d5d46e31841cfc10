import type { AgreementAnswer, SampledRow } from '../../agreementModel.js';
import type { JudgedAnswer, Scheme } from '../../annotationModel.js';
import type { RowKey } from '../../model.js';
import { classNames, type Lens } from '../../relations/lens.js';
import type { Database } from '../../store/database.js';
import { rowsNow } from '../../store/sampleQueries.js';
import { readSample } from '../sampleFile.js';
import { estimatesOf } from './estimates.js';
import { agreementOf } from './index.js';

/** All that annotators say of answers, and what of their files could not be read. */
export interface JudgedAnswers {
  readonly judged: readonly JudgedAnswer[];
  readonly scheme: Scheme;
  readonly problems: readonly { readonly file: string; readonly line: number | null; readonly reason: string }[];
  /** Rows of which something is said that no longer holds; it counts for nothing. */
  readonly stale: number;
}

/** What is open: its runs, in the order of their numbers in the database, and the lens. */
export interface Opened {
  readonly runs: readonly { readonly id: string }[];
  readonly lens: Lens;
}

/**
 * How far annotators agree on what is open, and rates estimated from the sample in a file, if one is named. Throws a FlipsideError where that file
 * is no sample.
 */
export async function answerAgreement(
  db: Database,
  { runs, lens }: Opened,
  { judged, scheme, problems, stale }: JudgedAnswers,
  sampleFile: string | null,
): Promise<AgreementAnswer> {
  const sample = sampleFile === null ? null : await readSample(sampleFile);
  const { name, version } = lens;
  const report = agreementOf(judged, scheme, classNames(lens));
  const about = { ...report, lens: name, lensVersion: version, problems, stale };
  if (sample === null || sampleFile === null) return { ...about, sample: null };
  const found = await rowsFound(db, runs, sample.rows);
  const { seed, field, filter } = sample;
  const estimates = estimatesOf(sample, judged, scheme, found);
  return { ...about, sample: { file: sampleFile, seed, field, filter, ...estimates } };
}

/** Where the items of a sample now stand: a file may have changed since. */
async function rowsFound(
  db: Database,
  runs: Opened['runs'],
  rows: readonly SampledRow[],
): Promise<readonly (RowKey | null)[]> {
  const indexOf = new Map(runs.map(({ id }, at) => [id, at]));
  // No run has the number −1.
  const now = await rowsNow(
    db,
    rows.map(({ run, item, row }) => ({ runIndex: indexOf.get(run) ?? -1, item, row })),
  );
  return rows.map(({ run }, at) => {
    const row = now[at] ?? null;
    return row === null ? null : { run, row };
  });
}
