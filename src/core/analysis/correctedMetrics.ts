import { classParts } from './classParts.js';
import type { CorrectedSummary } from './corrected.js';
import { fixed, percent, percentRange, range } from './numbers.js';
import type { RunSummary } from './summaryTypes.js';

/** A number of a run in words; null where the run has none. */
type Metric = readonly [name: string, value: string | null];

/** The numbers of a run as the data state the right answers, and with the corrected ones. */
export interface CorrectedMetrics {
  readonly run: string;
  /** How many of its predictions were corrected. */
  readonly predictions: number;
  readonly metrics: readonly {
    readonly name: string;
    readonly stated: string | null;
    readonly corrected: string | null;
  }[];
}

/** Every number of each run with corrected predictions, without and with them; and the runs without any, whose numbers stay. */
export function correctedMetrics({ rows, without, with: corrected }: CorrectedSummary): {
  readonly runs: readonly CorrectedMetrics[];
  readonly untouched: readonly string[];
} {
  const counts = new Map<string, number>();
  for (const { run } of rows) counts.set(run, (counts.get(run) ?? 0) + 1);
  const runs = without.runs.flatMap((before): CorrectedMetrics[] => {
    const after = corrected.runs.find(({ id }) => id === before.id);
    const predictions = counts.get(before.id) ?? 0;
    return after === undefined || predictions === 0
      ? []
      : [{ run: before.id, predictions, metrics: both(before, after) }];
  });
  return { runs, untouched: without.runs.filter(({ id }) => !counts.has(id)).map(({ id }) => id) };
}

function both(before: RunSummary, after: RunSummary): CorrectedMetrics['metrics'] {
  const [stated, corrected] = [new Map(metricsOf(before)), new Map(metricsOf(after))];
  return [...new Set([...stated.keys(), ...corrected.keys()])].flatMap((name) => {
    const [one, other] = [stated.get(name) ?? null, corrected.get(name) ?? null];
    return one === null && other === null ? [] : [{ name, stated: one, corrected: other }];
  });
}

function metricsOf(run: RunSummary): Metric[] {
  return [
    ['right', `${whole(run.correctUnits)}/${run.units}`],
    ['accuracy', `${percent(run.accuracy)} ${percentRange(run.ci95)}`.trim()],
    ['accuracy of read answers', percent(run.parsedAccuracy)],
    ['macro accuracy', percent(run.macroAccuracy)],
    ['chance', percent(run.chance)],
    ['accuracy beyond chance', percent(run.chanceAdjusted)],
    ['wrong', String(run.wrong)],
    ['eligible errors', String(run.eligible)],
    ...classParts(run).flatMap(([label, part]): Metric[] => [
      [label, String(part.count)],
      [
        `${label}: observed/expected`,
        part.ratio === null ? null : `${fixed(part.ratio)} ${range(part.ratioCi95)}`.trim(),
      ],
      [`${label}: rate`, part.rate === null ? null : `${percent(part.rate)} of ${part.offered ?? 0}`],
    ]),
    ...Object.entries(run.byTask).map(([task, { accuracy }]): Metric => [`task ${task}`, percent(accuracy)]),
    ...Object.entries(run.by?.groups ?? {}).map(([name, { accuracy }]): Metric => [
      `${run.by?.field ?? ''} ${name}`,
      percent(accuracy),
    ]),
    ...detailsOf(run),
  ];
}

function detailsOf({
  yesNo,
  pairs,
  passAtK,
  calibration,
  frameSwap,
  mirrorOrRotation,
  storedDiffers,
}: RunSummary): Metric[] {
  const share = (value: number | null | undefined): string | null => (value === undefined ? null : percent(value));
  const number = (value: number | null | undefined): string | null => (value === undefined ? null : fixed(value, 3));
  return [
    ['yes/no: tp, fp, tn, fn', yesNo === null ? null : [yesNo.tp, yesNo.fp, yesNo.tn, yesNo.fn].join(', ')],
    ['yes/no: precision', share(yesNo?.precision)],
    ['yes/no: recall', share(yesNo?.recall)],
    ['yes/no: F1', number(yesNo?.f1)],
    ['yes/no: yes ratio', share(yesNo?.yesRatio)],
    ['yes/no: d′', number(yesNo?.dPrime)],
    ['yes/no: criterion', number(yesNo?.criterion)],
    ['pairs', share(pairs?.pairAccuracy)],
    ['sets', share(pairs?.setAccuracy)],
    ...Object.entries(passAtK ?? {}).map(([k, value]): Metric => [`pass@${k}`, percent(value)]),
    ['calibration error', number(calibration?.ece)],
    ['risk–coverage area', number(calibration?.aurc)],
    ['frame swaps', frameSwap === null ? null : `${frameSwap.observed} of ${frameSwap.candidates}`],
    [
      'mirror images',
      mirrorOrRotation === null ? null : `${mirrorOrRotation.mirror.observed} of ${mirrorOrRotation.diagonalErrors}`,
    ],
    ['the file’s own verdict differs', storedDiffers === 0 ? null : String(storedDiffers)],
  ];
}

function whole(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(2);
}
