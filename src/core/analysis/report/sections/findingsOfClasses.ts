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

/** Runs that are named one by one. */
const MOST = 8;

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
  const told: Text[] = [...mostFrequent(data, runs), MEANING];
  if (judged.length === 0) {
    told.push('Whether any kind of error is more than the options explain cannot be told: no expectation is known.');
    return told;
  }
  told.push(
    ...(more.length === 0
      ? ['No kind of error is shown to be more frequent than the options alone explain.']
      : [ofLabels('More frequent than the options alone explain', more, runs.length)]),
    ...(less.length === 0 ? [] : [ofLabels('Less frequent than that', less, runs.length)]),
    othersFinding(judged.length, judged.length - more.length - less.length),
  );
  return told;
}

function othersFinding(all: number, others: number): string {
  const none = `For ${others === all ? 'all' : `the other ${others} of`} ${counted(all, 'pair')} of run and class the interval holds 1: no difference from blind choice is shown. `;
  return `${others === 0 ? '' : none}Each interval is of 95 % and none is adjusted for their number, ${all}: where there are many, some leave out 1 by chance.`;
}

interface Leader {
  readonly run: RunSummary;
  readonly name: string;
  readonly count: number;
}

/** By the classes' own counts: only rates are told apart by what "front" means. */
function mostFrequent(data: ReportData, runs: readonly RunSummary[]): Text[] {
  const leaders = runs.flatMap((run): Leader[] => {
    const own = Object.entries(run.classes).map(([name, { count }]) => ({ run, name, count }));
    const most = Math.max(0, ...own.map(({ count }) => count));
    return own.filter(({ count }) => count > 0 && count === most);
  });
  const [only] = runs;
  if (runs.length === 1 && only !== undefined) {
    const names = listed(leaders.map(({ name }): Inline => ({ strong: name })));
    const each = leaders.length > 1 ? ' each' : '';
    return [
      [
        'Most frequent among the errors: ',
        ...names,
        `, ${leaders[0]?.count ?? 0} of ${counted(only.wrong, 'wrong answer')}${each}.`,
      ],
    ];
  }
  const parts = [...new Set(leaders.map(({ name }) => name))]
    .map((name) => ({ name, own: leaders.filter((each) => each.name === name) }))
    .sort((one, other) => other.own.length - one.own.length)
    .flatMap(({ name, own }, at): Inline[] => [
      at === 0 ? '' : '; ',
      { strong: name },
      ` in ${ofRuns(own.length, runs.length)}${own.length > MOST ? '' : ' ('}`,
      ...(own.length > MOST ? [] : [...countsOf(data, own), ')']),
    ]);
  const tied =
    leaders.length > new Set(leaders.map(({ run }) => run)).size ? ' Where several are tied, each is counted.' : '';
  return [['The most frequent kind of error is ', ...parts, `.${tied}`]];
}

/** "X 180 of 559 wrong, Y 68 of 182". */
function countsOf(data: ReportData, leaders: readonly Leader[]): Inline[] {
  return leaders.flatMap(({ run, count }, at): Inline[] => [
    at === 0 ? '' : ', ',
    runName(data, run.id),
    ` ${count} of ${run.wrong}${at === 0 ? ' wrong' : ''}`,
  ]);
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
