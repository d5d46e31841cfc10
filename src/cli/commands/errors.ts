import type { Analysis, ItemRecord, Page } from '../../core/analysis.js';
import type { Json } from '../../core/model.js';
import { PATCH_OPTION, SOURCE_OPTIONS, type Arguments, type Command } from '../command.js';
import { askedFields, FILTER_OPTIONS, readFilter, readSort } from '../filters.js';
import { withAnalysis } from '../opening.js';
import type { Cell, ColumnSpec, Section } from '../report.js';

const LIMIT = 100;

export const errors: Command = {
  name: 'errors',
  summary: 'The wrong answers, in a stable order, page by page.',
  usage:
    'errors PATH… [--class horizontal-flip] [--task T] [--run R] [--search TEXT] [--where FIELD=VALUE] [--limit N] [--offset N]',
  example: 'flipside errors results --class horizontal-flip --where frame=person --limit 20',
  options: [
    ...SOURCE_OPTIONS,
    PATCH_OPTION,
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
      const sort = readSort(args);
      const limit = args.count('limit', LIMIT);
      const offset = args.count('offset', 0);
      const wrong = { field: 'correct', op: 'eq' as const, value: false };
      const filter = args.has('all') ? picked : { and: [wrong, picked] };
      const { run, fields } = columnsOf(args, analysis);
      const page = await analysis.page({ filter, sort, limit, offset, fields });
      return {
        json: {
          lens: analysis.lens.name,
          lensVersion: analysis.lens.version,
          total: page.total,
          limit,
          offset,
          errors: page.records.map((each) => ({ ...errorJson(each.record), ...each.fields })),
        },
        sections: [listing(analysis, page, { offset, all: args.has('all'), run, fields })],
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

/** Fields that the listing shows in any case. */
const SHOWN: ReadonlySet<string> = new Set(['run', 'item', 'class', 'gold', 'predicted', 'task', 'question']);

/** The run, where all rows are of one, and the further fields that were asked for. */
function columnsOf(args: Arguments, analysis: Analysis): { run: string | null; fields: string[] } {
  const named = [...new Set(args.list('run').map((name) => analysis.runId(name)))];
  const among = named.length === 0 ? analysis.runs.map((run) => run.id) : named;
  const fields = askedFields(args).filter((field) => !SHOWN.has(field));
  return { run: among.length === 1 ? (among[0] ?? null) : null, fields };
}

interface Listing {
  readonly offset: number;
  readonly all: boolean;
  readonly run: string | null;
  readonly fields: readonly string[];
}

function listing(analysis: Analysis, { total, records }: Page, listed: Listing): Section {
  const { offset, run, fields } = listed;
  const shown = records.length === 0 ? 'none' : `${offset + 1} to ${offset + records.length}`;
  const lens = `lens ${analysis.lens.name} v${analysis.lens.version}`;
  const ofRun: ColumnSpec = run === null ? { name: 'run', own: 'above' } : { name: 'run', only: 'csv' };
  return {
    title: `Rows ${shown} of ${total}${run === null ? '' : ` in ${run}`}, ${lens}`,
    columns: [
      ofRun,
      { name: 'item' },
      { name: 'class', weight: 2 },
      ...fields.map((name) => ({ name })),
      { name: 'gold' },
      { name: 'predicted' },
      { name: 'task' },
      { name: 'question', own: 'below', weight: 3 },
    ],
    rows: records.map(({ record, fields: further }) => [
      record.run,
      record.item,
      (record.correct === true ? 'correct' : (record.class ?? record.status)) +
        (record.drift === true ? ' + drift' : ''),
      ...fields.map((field) => fieldCell(analysis, { record, further }, field)),
      record.gold,
      record.predicted ?? record.extracted ?? record.response,
      record.task,
      record.question,
    ]),
    notes: records.length > 0 ? [] : [nothingShown(total, listed)],
  };
}

/** Why a page is empty. */
function nothingShown(total: number, { offset, all }: Listing): string {
  if (total === 0) return all ? 'No rows match.' : 'No wrong answers match.';
  return total > offset ? '--limit is 0.' : `--offset ${offset} passes over all ${total} of them.`;
}

interface Shown {
  readonly record: ItemRecord;
  readonly further: Readonly<Record<string, unknown>>;
}

/** The value of any field of a row: its own, its run's model, or one of the file's further columns. */
function fieldCell(analysis: Analysis, { record, further }: Shown, field: string): Cell {
  if (field === 'options') return record.options.map((option) => option.text).join(' | ');
  if (field === 'model') return analysis.runs.find((each) => each.id === record.run)?.model ?? null;
  const own: Readonly<Record<string, unknown>> = { ...record, ...further };
  if (field !== 'meta' && Object.hasOwn(own, field)) return cellOf(own[field]);
  const key = field.startsWith('meta.') ? field.slice('meta.'.length) : field;
  if (Object.hasOwn(record.meta, key)) return cellOf(record.meta[key]);
  const steps = key.split('.');
  return cellOf(steps.reduce<Json | undefined>((value, step) => inside(value, step), record.meta));
}

function inside(value: Json | undefined, step: string): Json | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return Object.hasOwn(value, step) ? (value as Readonly<Record<string, Json>>)[step] : undefined;
}

function cellOf(value: unknown): Cell {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (Array.isArray(value) && value.every((each) => typeof each === 'string')) return value.join(', ');
  return JSON.stringify(value);
}
