import type { Block, Cell, TableBlock, Text } from '../../../export/html/document.js';
import type { Treatment } from '../../../compareModel.js';
import { fixed, percent, pValue } from '../../numbers.js';
import type { Comparisons, ReportData } from '../data.js';
import { counted, points, pointsRange, runName } from '../words.js';
import type { ReportSection } from '../section.js';

/** What one run does with the items of another. */
export const comparison: ReportSection = {
  id: 'comparison',
  title: 'Comparison of runs',
  blocks: (data) => {
    const { comparisons } = data;
    if (typeof comparisons === 'string') {
      return data.summary.runs.length < 2 ? [] : [{ kind: 'text', text: comparisons }];
    }
    const { treatments, pairs } = comparisons;
    return [
      { kind: 'text', text: baseWords(data, comparisons) },
      overview(data, treatments),
      joinTable(data, treatments),
      ...warningsOf(
        data,
        treatments.filter(({ joined }) => joined.total > 0),
      ),
      ...(pairs === null ? [] : [pairTable(data, comparisons)]),
      classTable(data, treatments),
      taskTable(data, treatments),
    ];
  },
};

function baseWords(data: ReportData, { base, chosen }: Comparisons): Text {
  const why =
    chosen === 'asked for'
      ? ', as was asked for.'
      : ': of the runs that share items its accuracy is the lowest, and nothing says which run others were made from. Against the lowest, others look better than against most; --base names another.';
  return [
    'Rows of two runs are joined where they are the same item, by question, options and right answer; only these are compared. The base is ',
    runName(data, base),
    why,
    ' Fixed: wrong in the base and right in the other run; broken: the reverse.',
  ];
}

function overview(data: ReportData, treatments: readonly Treatment[]): TableBlock {
  const family = treatments[0]?.familySize ?? 0;
  return {
    kind: 'table',
    caption: 'Every run against the base, over the items of both',
    columns: [
      { name: 'run' },
      { name: 'difference', align: 'right' },
      { name: '95 % interval', align: 'right' },
      { name: '−50 to +50 points' },
      { name: 'McNemar p', align: 'right' },
      { name: `Holm of ${family}`, align: 'right' },
      { name: 'joined', align: 'right' },
      { name: 'fixed', align: 'right' },
      { name: 'broken', align: 'right' },
      { name: 'items of the run', align: 'right' },
      { name: 'of the base', align: 'right' },
    ],
    groups: [{ label: null, rows: treatments.map((each) => [...overviewRow(data, each)]) }],
    notes: [
      'The interval of the difference is robust to clusters (items of one scene or image). McNemar’s test is exact; Holm adjusts it for the number of comparisons in the table.',
    ],
  };
}

function overviewRow(data: ReportData, each: Treatment): readonly Cell[] {
  const isJoined = each.joined.total > 0;
  return [
    runName(data, each.new),
    each.difference === null ? '–' : points(each.difference),
    each.differenceCi95 === null ? null : pointsRange(each.differenceCi95),
    { draw: 'difference', value: each.difference, interval: each.differenceCi95 },
    pValue(isJoined ? each.mcnemarP : null),
    pValue(isJoined ? each.mcnemarPHolm : null),
    each.joined.total,
    each.fixed,
    each.broken,
    each.newRows,
    each.baseRows,
  ];
}

function joinTable(data: ReportData, treatments: readonly Treatment[]): TableBlock {
  return {
    kind: 'table',
    caption: 'How the rows of each run and of the base were joined',
    columns: [
      { name: 'run' },
      { name: 'by question, options, right answer', align: 'right' },
      { name: 'reworded, by position', align: 'right' },
      { name: 'by id', align: 'right' },
      { name: 'same id or place, other item', align: 'right' },
      { name: 'in the run alone', align: 'right' },
      { name: 'in the base alone', align: 'right' },
      { name: 'joined without right answer', align: 'right' },
    ],
    groups: [
      {
        label: null,
        rows: treatments.map((each) => [
          runName(data, each.new),
          each.joined.byContent,
          each.joined.byPosition,
          each.joined.byId,
          each.joined.refused,
          each.onlyNew,
          each.onlyBase,
          each.noGold,
        ]),
      },
    ],
  };
}

function warningsOf(data: ReportData, treatments: readonly Treatment[]): Block[] {
  const items = treatments.flatMap((each) =>
    each.warnings.map((text): Text => [runName(data, each.new), ': ', { data: text }]),
  );
  return items.length === 0 ? [] : [{ kind: 'list', tone: 'warning', items }];
}

function pairTable(data: ReportData, { pairs, familySize }: Comparisons): TableBlock {
  const rows = (pairs ?? []).map(({ first, second, compared, pHolm }): Cell[] => [
    [runName(data, second), ' − ', runName(data, first)],
    compared.joined.total,
    compared.difference === null ? '–' : points(compared.difference),
    compared.differenceCi95 === null ? null : pointsRange(compared.differenceCi95),
    { draw: 'difference', value: compared.difference, interval: compared.differenceCi95 },
    pValue(compared.mcnemarP),
    pValue(pHolm),
  ]);
  return {
    kind: 'table',
    caption: 'Every two runs that share items: the first minus the second',
    columns: [
      { name: 'runs' },
      { name: 'joined', align: 'right' },
      { name: 'difference', align: 'right' },
      { name: '95 % interval', align: 'right' },
      { name: '−50 to +50 points' },
      { name: 'McNemar p', align: 'right' },
      { name: `Holm of ${familySize}`, align: 'right' },
    ],
    groups: [{ label: null, rows }],
  };
}

function classTable(data: ReportData, treatments: readonly Treatment[]): TableBlock {
  const share = (count: number, rate: number | null): string =>
    rate === null ? String(count) : `${count} (${percent(rate)})`;
  return {
    kind: 'table',
    caption: 'Errors by class over the joined items',
    columns: [
      { name: 'class' },
      { name: 'base', align: 'right' },
      { name: 'run', align: 'right' },
      { name: 'difference', align: 'right' },
      { name: 'difference of rates', align: 'right' },
    ],
    groups: treatments
      .filter(({ classes }) => Object.keys(classes).length > 0)
      .map((each) => ({
        label: [runName(data, each.new), `, out of ${counted(Object.values(each.classes)[0]?.of ?? 0, 'item')}`],
        rows: Object.entries(each.classes).map(([name, own]): Cell[] => [
          { data: name },
          share(own.base, own.baseRate),
          share(own.new, own.newRate),
          `${own.difference < 0 ? '−' : own.difference > 0 ? '+' : ''}${Math.abs(own.difference)}`,
          own.rateDifference === null ? '–' : points(own.rateDifference),
        ]),
      })),
    notes: [
      'Both sides are the same items. No test is made of single classes. Depth flips have no rate here: “front” may mean different things among them.',
    ],
  };
}

function taskTable(data: ReportData, treatments: readonly Treatment[]): TableBlock {
  const count = (right: number): string => (Number.isInteger(right) ? String(right) : fixed(right));
  return {
    kind: 'table',
    caption: 'Right answers by task over the joined items',
    columns: [
      { name: 'task' },
      { name: 'base', align: 'right' },
      { name: 'run', align: 'right' },
      { name: 'difference', align: 'right' },
      { name: 'McNemar p', align: 'right' },
      { name: 'Holm within the run', align: 'right' },
    ],
    groups: treatments
      .filter(({ byTask }) => Object.keys(byTask).length > 0)
      .map((each) => ({
        label: runName(data, each.new),
        rows: Object.entries(each.byTask).map(([task, own]): Cell[] => [
          { data: task },
          `${count(own.baseCorrect)} / ${own.joined}`,
          `${count(own.newCorrect)} / ${own.joined}`,
          own.difference === null ? '–' : points(own.difference),
          pValue(own.mcnemarP),
          pValue(own.mcnemarPHolm),
        ]),
      })),
  };
}
