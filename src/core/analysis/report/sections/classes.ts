import type { Block, Cell } from '../../../export/html/document.js';
import { classParts } from '../../classParts.js';
import { fixed, percent, percentRange, range } from '../../numbers.js';
import type { ClassSummary, RunSummary } from '../../summaryTypes.js';
import { counted, filled, runName } from '../words.js';
import { classMeanings } from './classMeanings.js';
import type { ReportSection } from '../section.js';

/** Which errors there are, and how many of each the options alone would explain. */
export const classes: ReportSection = {
  id: 'classes',
  title: 'Kinds of errors',
  blocks: (data) => {
    const runs = filled(data).filter((run) => Object.values(run.classes).some(({ count }) => count > 0));
    if (runs.length === 0) return [{ kind: 'text', text: 'No error has a class: nothing wrong could be read.' }];
    const table: Block = {
      kind: 'table',
      caption: `Wrong answers by class, lens ${data.summary.lens} version ${data.summary.lensVersion}`,
      columns: [
        { name: 'class' },
        { name: 'errors', align: 'right' },
        { name: 'expected if blind', align: 'right' },
        { name: 'observed / expected, 95 % interval', align: 'right' },
        { name: '¼ to 4 times' },
        { name: 'rate: eligible / items that offer it, 95 % interval', align: 'right' },
        { name: 'pure / drift', align: 'right' },
        { name: 'eligible', align: 'right' },
      ],
      groups: runs.map((run) => ({
        label: [
          runName(data, run.id),
          `: ${counted(run.wrong, 'wrong item')} of ${run.items - run.noGold}, ${run.unparsed} of them unread; ${run.eligible} eligible, ${run.forced} forced`,
        ],
        rows: classParts(run).map(([label, part]) => rowOf(label, part)),
      })),
      notes: [...NOTES, ...conventionNote(runs)],
    };
    const names = runs.flatMap((run) =>
      Object.entries(run.classes).flatMap(([name, { count }]) => (count > 0 ? [name] : [])),
    );
    return [...classMeanings(data.lens, names), ...WORDS, table];
  },
};

const WORDS: readonly Block[] = [
  {
    kind: 'text',
    text: [
      'Some kinds of error are offered more often than others. ',
      { strong: 'Expected' },
      ' says how many errors of a class there would be if every eligible error had been picked blindly among its wrong options. ',
      { strong: 'Observed / expected' },
      ' above 1, with an interval that does not hold 1, is more than the options explain; below 1 it is less.',
    ],
  },
];

const NOTES: readonly string[] = [
  'Eligible: wrong answers that could be read, to a question of which options and directions are known (no yes/no); only these have an expectation. Forced: eligible errors with a single wrong option.',
  'Rate: eligible errors of the class out of the items, right or wrong, of which some wrong option would give it.',
  'Pure: the answer differs on the reversed axis alone; drift: on another axis too. Each interval is one of many, and none is adjusted for their number.',
];

function conventionNote(runs: readonly RunSummary[]): string[] {
  const isSplit = runs.some((run) =>
    Object.values(run.classes).some((each) => Object.keys(each.byConvention ?? {}).length > 1),
  );
  return isSplit ? ['“Front” means different things in these tasks, so depth flips are not added up.'] : [];
}

function rowOf(label: string, part: ClassSummary): Cell[] {
  return [
    { data: label },
    part.count,
    fixed(part.expected, 1),
    `${fixed(part.ratio)} ${range(part.ratioCi95)}`.trim(),
    { draw: 'ratio', value: part.ratio, interval: part.ratioCi95 },
    part.offered === null || part.rate === null
      ? '–'
      : `${percent(part.rate)} of ${part.offered} ${percentRange(part.rateCi95)}`,
    part.drift > 0 ? `${part.count - part.drift} / ${part.drift}` : null,
    part.eligible,
  ];
}
