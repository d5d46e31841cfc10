import type { Block, Fact, Inline, Text } from '../../../export/html/document.js';
import type { ReportData } from '../data.js';
import { counted, listed } from '../words.js';
import type { ReportSection } from '../section.js';

/** What was looked at, out of what, and under which lens. */
export const measured: ReportSection = {
  id: 'measured',
  title: 'What was measured',
  blocks: (data) => {
    const blocks: Block[] = [{ kind: 'facts', facts: facts(data) }, lensWords(data), namesTable(data), runsTable(data)];
    return data.summary.datasets.length === 0 ? blocks : [...blocks, datasetsTable(data)];
  },
};

function facts({ summary, narrowed }: ReportData): Fact[] {
  const lens: Text = ['“', { data: summary.lens }, `”, version ${summary.lensVersion}`];
  const notes: Fact[] = summary.lensNote === null ? [] : [['Note of the lens', summary.lensNote]];
  const answers =
    summary.answers === 'default'
      ? 'Flipside’s default rule; an answer that the tool itself had extracted goes before the response'
      : `the rule “${summary.answers}”`;
  const filter: Fact[] = [];
  if (narrowed !== null && narrowed.items.length > 0) {
    const emptied: Inline[] =
      narrowed.emptied.length === 0
        ? []
        : [' Left out, since nothing of them is kept: ', ...listed(narrowed.emptied.map((data) => ({ data }))), '.'];
    filter.push([
      'Filter',
      [
        { data: narrowed.items.join(' and ') },
        `: ${narrowed.kept} of ${counted(narrowed.of, 'item')} kept; all numbers are of these.`,
        ...emptied,
      ],
    ]);
  }
  if (narrowed !== null && narrowed.examples.length > 0) {
    const told = 'This says how an item was answered, so it picks the examples alone; the numbers are of all answers.';
    filter.push(['Filter of examples', [{ data: narrowed.examples.join(' and ') }, `. ${told}`]]);
  }
  return [['Lens', lens], ...notes, ['Answers read by', answers], ...filter];
}

function lensWords({ summary }: ReportData): Block {
  return {
    kind: 'text',
    text: `A lens names the kind of each wrong answer; this report uses “${summary.lens}”. It never changes what is right or wrong. An answer from which no option could be read counts as wrong and has no class. Items without a right answer stand outside every rate.`,
  };
}

function namesTable({ summary, names }: ReportData): Block {
  return {
    kind: 'table',
    caption: 'The runs, and what they are called here',
    columns: [{ name: 'run' }, { name: 'file' }, { name: 'layout' }, { name: 'benchmark' }],
    groups: [
      {
        label: null,
        rows: summary.runs.map((run) => [
          { data: names.get(run.id) ?? run.id },
          { data: run.id },
          run.format,
          run.dataset === null ? 'not known' : { data: run.dataset },
        ]),
      },
    ],
  };
}

function runsTable({ summary, names }: ReportData): Block {
  return {
    kind: 'table',
    caption: 'Every row of every run is accounted for',
    columns: [
      { name: 'run' },
      { name: 'rows', align: 'right' },
      { name: 'dropped', align: 'right' },
      { name: 'items', align: 'right' },
      { name: 'right answer unknown', align: 'right' },
      { name: 'right', align: 'right' },
      { name: 'wrong', align: 'right' },
      { name: 'of these unread', align: 'right' },
      { name: 'share of the benchmark' },
    ],
    groups: [
      {
        label: null,
        rows: summary.runs.map((run) => [
          { data: names.get(run.id) ?? run.id },
          run.rows,
          run.dropped.total,
          run.items,
          run.noGold,
          run.correct,
          run.wrong,
          run.unparsed,
          run.coverage === null
            ? 'not known'
            : [`${run.coverage.rows} of ${run.coverage.of} in `, { data: run.coverage.file }],
        ]),
      },
    ],
    notes: ['rows = dropped + items; items = right answer unknown + right + wrong.'],
  };
}

function datasetsTable({ summary }: ReportData): Block {
  return {
    kind: 'table',
    caption: 'Files of questions and right answers',
    columns: [
      { name: 'file' },
      { name: 'layout' },
      { name: 'items', align: 'right' },
      { name: 'dropped', align: 'right' },
    ],
    groups: [
      { label: null, rows: summary.datasets.map((each) => [{ data: each.id }, each.format, each.items, each.dropped]) },
    ],
  };
}
