import type { ItemRecord } from '../../core/analysis.js';
import { SOURCE_OPTIONS, type Command } from '../command.js';
import { FILTER_OPTIONS, readFilter } from '../filters.js';
import { withAnalysis } from '../opening.js';
import type { Section } from '../report.js';

const LIMIT = 100;

export const errors: Command = {
  name: 'errors',
  summary: 'The wrong answers, in a stable order, page by page.',
  usage:
    'errors PATH… [--class horizontal-flip] [--task T] [--run R] [--search TEXT] [--where FIELD=VALUE] [--limit N] [--offset N]',
  example: 'flipside errors results --class horizontal-flip --where frame=person --limit 20',
  options: [
    ...SOURCE_OPTIONS,
    ...FILTER_OPTIONS,
    {
      name: 'sort',
      value: 'FIELD',
      help: 'order by a field; a leading minus turns it round (--sort=-confidence)',
      multiple: true,
    },
    { name: 'all', help: 'right answers and items without gold too' },
    { name: 'limit', value: 'N', help: `rows of one page (${LIMIT})` },
    { name: 'offset', value: 'N', help: 'rows to pass over (0)' },
  ],
  run: (context) =>
    withAnalysis(context, async (analysis) => {
      const { args } = context;
      analysis.requireClasses(args.list('class'));
      const picked = readFilter(args, (name) => analysis.runId(name));
      const sort = args
        .list('sort')
        .map((field) => (field.startsWith('-') ? { field: field.slice(1), descending: true } : { field }));
      const limit = args.count('limit', LIMIT);
      const offset = args.count('offset', 0);
      const wrong = { field: 'correct', op: 'eq' as const, value: false };
      const filter = args.has('all') ? picked : { and: [wrong, picked] };
      const page = await analysis.page({ filter, sort, limit, offset });
      const records = page.records.map((each) => each.record);
      return {
        json: {
          lens: analysis.lens.name,
          lensVersion: analysis.lens.version,
          total: page.total,
          limit,
          offset,
          errors: records.map(errorJson),
        },
        sections: [listing(records, page.total, offset, `${analysis.lens.name} v${analysis.lens.version}`)],
      };
    }),
};

/** The record as `errors` and `item` print it: options as texts, their labels beside them. */
export function errorJson(record: ItemRecord): Record<string, unknown> {
  return {
    ...record,
    options: record.options.map((option) => option.text),
    optionLabels: record.options.map((option) => option.label),
  };
}

function listing(records: readonly ItemRecord[], total: number, offset: number, lens: string): Section {
  const shown = records.length === 0 ? 'none' : `${offset + 1} to ${offset + records.length}`;
  return {
    title: `Rows ${shown} of ${total}, lens ${lens}`,
    columns: [
      { name: 'run' },
      { name: 'item' },
      { name: 'class' },
      { name: 'gold' },
      { name: 'predicted' },
      { name: 'task' },
      { name: 'question' },
    ],
    rows: records.map((record) => [
      record.run,
      record.item,
      (record.correct === true ? 'correct' : (record.class ?? record.status)) +
        (record.drift === true ? ' + drift' : ''),
      record.gold,
      record.predicted ?? record.extracted ?? record.response,
      record.task,
      record.question,
    ]),
  };
}
