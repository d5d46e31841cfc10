import type { JudgedRows, Scheme } from '../../annotationModel.js';
import type { LabelRate, Sample, SampleEstimates } from '../../agreementModel.js';
import type { RowKey } from '../../model.js';
import { stratifiedRate } from '../../metrics/stratifiedRate.js';
import { inSchemeOrder, settledLabel } from './judged.js';

/** A row of the sample that somebody has labelled; null: disputed. */
interface Looked {
  readonly stratum: number;
  readonly label: string | null;
}

/**
 * The rate of each label among all rows from which a sample was drawn: strata by their sizes, with the correction for finite numbers (`stratifiedRate`).
 * Of every stratum its labelled rows count, as if they alone had been drawn; where a stratum has none, no rate is told. `judged`: what is said of
 * rows, as their fields say it. `found`: where each row of the sample now stands; null where it is not in what is open, which counts as unlabelled.
 */
export function estimatesOf(
  sample: Sample,
  judged: readonly JudgedRows[],
  scheme: Scheme,
  found: readonly (RowKey | null)[],
): SampleEstimates {
  const answers = new Map(judged.flatMap((answer) => answer.rows.map((row) => [keyOf(row), answer] as const)));
  const looked = sample.rows.flatMap(({ stratum }, at): Looked[] => {
    const row = found[at] ?? null;
    const answer = row === null ? undefined : answers.get(keyOf(row));
    const settled = answer === undefined ? null : settledLabel(answer);
    if (settled === null) return [];
    return [{ stratum, label: settled === 'disputed' ? null : settled.label }];
  });
  const labelledOf = countBy(looked);
  const labels = inSchemeOrder(
    looked.map(({ label }) => label),
    scheme,
  );
  return {
    of: sample.of,
    drawn: sample.rows.length,
    labelled: looked.length,
    unlabelled: sample.rows.length - looked.length,
    notFound: sample.rows.filter((_, at) => (found[at] ?? null) === null).length,
    strata: sample.strata.map((stratum, at) => ({ ...stratum, labelled: labelledOf.get(at) ?? 0 })),
    rates: labels.map((label) => rateOf(sample, looked, label)),
  };
}

function rateOf({ strata }: Sample, looked: readonly Looked[], label: string | null): LabelRate {
  const labelledOf = countBy(looked);
  const having = looked.filter((row) => row.label === label);
  const hitsOf = countBy(having);
  const { rate, ci95 } = stratifiedRate(
    strata.map(({ size }, at) => ({ size, drawn: labelledOf.get(at) ?? 0, hits: hitsOf.get(at) ?? 0 })),
  );
  return { label, count: having.length, rate, ci95 };
}

function countBy(looked: readonly Looked[]): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (const { stratum } of looked) counts.set(stratum, (counts.get(stratum) ?? 0) + 1);
  return counts;
}

function keyOf({ run, row }: RowKey): string {
  return `${row} ${run}`;
}
