import type { Inline, Text } from '../../../export/html/document.js';
import { classParts } from '../../classParts.js';
import { fixed, range } from '../../numbers.js';
import type { ClassSummary, RunSummary } from '../../summaryTypes.js';
import type { ReportData } from '../data.js';
import { counted, listed, ofRuns, runName } from '../words.js';

const MEANING: Text = [
  'What the names of the classes mean stands under ',
  { link: 'Kinds of errors', to: 'classes' },
  '.',
];

interface Found {
  readonly run: RunSummary;
  readonly label: string;
  readonly part: ClassSummary;
}

/** Which kinds of error are the most frequent, and which are more, or less, than the options explain. */
export function classFindings(data: ReportData, runs: readonly RunSummary[]): Text[] {
  const found = runs.flatMap((run) => classParts(run).map(([label, part]): Found => ({ run, label, part })));
  if (found.every(({ part }) => part.count === 0)) return [];
  const judged = found.filter(({ part }) => part.ratio !== null && part.ratioCi95 !== null);
  const more = judged.filter(({ part }) => (part.ratioCi95?.[0] ?? 0) > 1);
  const less = judged.filter(({ part }) => (part.ratioCi95?.[1] ?? Infinity) < 1);
  const told: Text[] = [...mostFrequent(data, runs, found), MEANING];
  if (judged.length === 0) {
    told.push('Whether any kind of error is more than the options explain cannot be told: no expectation is known.');
    return told;
  }
  told.push(
    ...(more.length === 0
      ? ['No kind of error is shown to be more frequent than the options alone explain.']
      : [ofLabels('More frequent than the options alone explain', more, runs.length)]),
    ...(less.length === 0 ? [] : [ofLabels('Less frequent than that', less, runs.length)]),
    `For the other ${judged.length - more.length - less.length} of ${judged.length} pairs of run and class the interval holds 1: no difference from blind choice is shown. No interval is adjusted for their number: among so many, some leave out 1 by chance.`,
  );
  return told;
}

function mostFrequent(data: ReportData, runs: readonly RunSummary[], found: readonly Found[]): Text[] {
  const leaders = runs.flatMap((run) => {
    const own = found.filter((each) => each.run === run && each.part.count > 0);
    const most = Math.max(0, ...own.map(({ part }) => part.count));
    return own.filter(({ part }) => part.count === most);
  });
  const [only] = runs;
  if (runs.length === 1 && only !== undefined) {
    const names = listed(leaders.map(({ label }): Inline => ({ strong: label })));
    const [first] = leaders;
    return [
      [
        'Most frequent among the errors: ',
        ...names,
        `, ${first?.part.count ?? 0} of ${counted(only.wrong, 'wrong answer')}${leaders.length > 1 ? ' each' : ''}.`,
      ],
    ];
  }
  const labels = [...new Set(leaders.map(({ label }) => label))];
  const parts = labels
    .map((label) => ({ label, own: leaders.filter((each) => each.label === label) }))
    .sort((one, other) => other.own.length - one.own.length)
    .flatMap(({ label, own }, at): Inline[] => {
      const [first] = own;
      const example =
        own.length === 1 && first !== undefined
          ? ([' (', runName(data, first.run.id), `, ${first.part.count} of ${first.run.wrong} wrong)`] as Inline[])
          : [` (${own.map(({ run, part }) => `${part.count} of ${run.wrong}`).join(', ')} wrong)`];
      return [at === 0 ? '' : '; ', { strong: label }, ` in ${ofRuns(own.length, runs.length)}`, ...example];
    });
  return [['The most frequent kind of error is ', ...parts, '.']];
}

/** "horizontal-flip in 6 of the 8 runs (1.22 to 1.36 times)". */
function ofLabels(head: string, found: readonly Found[], runs: number): Text {
  const labels = [...new Set(found.map(({ label }) => label))]
    .map((label) => ({ label, own: found.filter((each) => each.label === label) }))
    .sort((one, other) => other.own.length - one.own.length);
  const parts = labels.flatMap(({ label, own }, at): Inline[] => {
    const ratios = own.map(({ part }) => part.ratio ?? 0).sort((one, other) => one - other);
    const [first] = own;
    const times =
      own.length === 1 && first !== undefined
        ? `${fixed(first.part.ratio)} times, interval ${range(first.part.ratioCi95)}`
        : `${fixed(ratios[0] ?? null)} to ${fixed(ratios.at(-1) ?? null)} times`;
    const where = runs === 1 ? '' : ` in ${ofRuns(own.length, runs)}`;
    return [at === 0 ? '' : '; ', { strong: label }, `${where} (${times})`];
  });
  return [`${head}: `, ...parts, '.'];
}
