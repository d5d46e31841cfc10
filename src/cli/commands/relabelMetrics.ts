import type { CorrectedSummary, RunSummary } from '../../core/analysis.js';
import { classParts } from '../../core/analysis/classParts.js';
import { fixed, percent, percentRange, plural, range } from '../../core/analysis/numbers.js';
import type { Section } from '../report.js';

/** A number of a run as it is printed; null where the run has none. */
type Metric = readonly [name: string, value: string | null];

/** For each run with corrected predictions: its numbers as the data state the right answers, and with the corrected ones. */
export function metricsSections({ rows, without, with: corrected }: CorrectedSummary): Section[] {
  const counts = new Map<string, number>();
  for (const { run } of rows) counts.set(run, (counts.get(run) ?? 0) + 1);
  const sections = without.runs.flatMap((before): Section[] => {
    const after = corrected.runs.find(({ id }) => id === before.id);
    const count = counts.get(before.id) ?? 0;
    return after === undefined || count === 0 ? [] : [metricsSection(before, after, count)];
  });
  const untouched = without.runs.filter(({ id }) => !counts.has(id)).map(({ id }) => id);
  if (untouched.length === 0) return sections;
  const note = `Without a corrected prediction, so that their numbers stay: ${untouched.join(', ')}.`;
  return [...sections, { title: 'Other runs', columns: [], rows: [], notes: [note] }];
}

function metricsSection(before: RunSummary, after: RunSummary, count: number): Section {
  const [stated, corrected] = [metricsOf(before), new Map(metricsOf(after))];
  const names = [...new Set([...stated.map(([name]) => name), ...corrected.keys()])];
  const known = new Map(stated);
  return {
    title: `${before.id}: without and with ${plural(count, 'corrected prediction')}`,
    columns: [
      { name: 'metric' },
      { name: 'as stated', align: 'right' },
      { name: 'corrected', align: 'right' },
      { name: 'changed' },
    ],
    rows: names.flatMap((name) => {
      const [one, other] = [known.get(name) ?? null, corrected.get(name) ?? null];
      return one === null && other === null ? [] : [[name, one, other, one === other ? '' : 'yes']];
    }),
  };
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
