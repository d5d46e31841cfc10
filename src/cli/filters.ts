import type { Filter, Sort } from '../core/analysis.js';
import { FlipsideError } from '../core/model.js';
import { RUN_OPTION, type Arguments, type OptionSpec } from './command.js';

/** Options that pick rows, shared by `errors` and `export`. */
export const FILTER_OPTIONS: readonly OptionSpec[] = [
  { name: 'class', value: 'CLASS', help: 'only errors of this class', multiple: true },
  { name: 'task', value: 'TASK', help: 'only items of this task', multiple: true },
  { ...RUN_OPTION, multiple: true },
  { name: 'search', value: 'TEXT', help: 'text in question, response, gold or predicted option' },
  {
    name: 'where',
    value: 'FIELD=VALUE',
    help: 'any field or metadata; also != < <= > >= and ~ (contains)',
    multiple: true,
  },
];

/**
 * The filter that the options of FILTER_OPTIONS describe; `runId` turns a run's name into its id. `withRuns`: whether --run is a
 * part of it.
 */
export function readFilter(
  args: Arguments,
  runId: (name: string) => string,
  { withRuns = true }: { readonly withRuns?: boolean } = {},
): Filter {
  const any = (field: string, values: readonly string[]): Filter[] =>
    values.length === 0 ? [] : [{ field, op: 'in', values }];
  const search = args.text('search');
  return {
    and: [
      ...any('class', args.list('class')),
      ...any('task', args.list('task')),
      ...any('run', withRuns ? args.list('run').map(runId) : []),
      ...(search === null ? [] : [{ search }]),
      ...args.list('where').map(readCondition),
    ],
  };
}

/** The fields that --where and --sort name, in the order given, each once: what a listing should show. */
export function askedFields(args: Arguments): string[] {
  const filtered = args.list('where').flatMap((text) => {
    const condition = readCondition(text);
    return 'field' in condition ? [condition.field] : [];
  });
  return [...new Set([...filtered, ...readSort(args).map((each) => each.field)])];
}

/** The order that --sort asks for; a leading minus turns a field round. */
export function readSort(args: Arguments): Sort[] {
  return args
    .list('sort')
    .map((field) => (field.startsWith('-') ? { field: field.slice(1), descending: true } : { field }));
}

/** The seed that --seed gives; `fallback` where it does not. Throws a usage error for what is no whole number of 32 bits. */
export function readSeed(args: Arguments, fallback: number): number {
  const seed = args.count('seed', fallback);
  if (seed <= 0xffffffff) return seed;
  throw new FlipsideError(`--seed takes a whole number up to ${0xffffffff}, not ${seed}.`, { exitCode: 2 });
}

const OPERATORS = { '=': 'eq', '!=': 'ne', '<': 'lt', '<=': 'le', '>': 'gt', '>=': 'ge', '~': 'contains' } as const;

function readCondition(text: string): Filter {
  const match = /^(.*?)(!=|<=|>=|=|<|>|~)([\s\S]*)$/.exec(text);
  const [, field = '', sign = '', value = ''] = match ?? [];
  if (match === null || field.trim() === '') {
    throw new FlipsideError(`--where takes FIELD=VALUE (or != < <= > >= ~), not "${text}".`, { exitCode: 2 });
  }
  const op = OPERATORS[sign as keyof typeof OPERATORS];
  if (op === 'contains') return { field, op, value };
  if (op === 'eq' || op === 'ne') return { field, op, value: value === 'null' ? null : value };
  const number = Number(value);
  return { field, op, value: value.trim() !== '' && Number.isFinite(number) ? number : value };
}
