import {
  COMPARED_CELLS,
  FlipsideError,
  type Compared,
  type Filter,
  type FilterValue,
  type Sort,
} from '../core/model.js';
import { ERRORS, type Query } from '../protocol/rows.js';

type Fields = Readonly<Record<string, unknown>>;

/**
 * A query as a file states it; what it leaves out is as in the list of errors, without conditions. Files are edited by people
 * and merged by machines, so each part is looked at. Throws a FlipsideError that names the part.
 */
export function readQuery(value: unknown): Query {
  const stated = fieldsOf(value, '"query"');
  return {
    facets: facetsOf(stated['facets'] ?? {}),
    search: textOf(stated['search'] ?? '', '"search"'),
    ids: stated['ids'] === undefined || stated['ids'] === null ? null : listOf(stated['ids'], '"ids"').map(idOf),
    filter: stated['filter'] === undefined || stated['filter'] === null ? null : filterOf(stated['filter'], 0),
    sort: listOf(stated['sort'] ?? ERRORS.sort, '"sort"').map(sortOf),
    group: stated['group'] === undefined || stated['group'] === null ? null : textOf(stated['group'], '"group"'),
  };
}

const ORDERED: readonly unknown[] = ['lt', 'le', 'gt', 'ge'];
const MOST_NESTED = 64;

function filterOf(value: unknown, depth: number): Filter {
  if (depth > MOST_NESTED) throw expected('"filter"', `at most ${MOST_NESTED} levels`);
  const stated = fieldsOf(value, '"filter"');
  const nested = (name: string): Filter[] => listOf(stated[name], `"${name}"`).map((each) => filterOf(each, depth + 1));
  if ('search' in stated) return { search: textOf(stated['search'], '"search"') };
  if ('compared' in stated) return { compared: comparedOf(fieldsOf(stated['compared'], '"compared"')) };
  if ('and' in stated) return { and: nested('and') };
  if ('or' in stated) return { or: nested('or') };
  if ('not' in stated) return { not: filterOf(stated['not'], depth + 1) };
  return conditionOf(stated);
}

function comparedOf(stated: Fields): Compared {
  const part = (name: string): string => `"compared", "${name}"`;
  const oneOf = <T extends string>(value: unknown, name: string, known: readonly T[]): T => {
    const found = known.find((each) => each === value);
    if (found === undefined) throw expected(part(name), known.join(', '));
    return found;
  };
  const { cells, by, side, task } = stated;
  const text = (name: 'from' | 'to' | 'direction'): Partial<Compared> =>
    stated[name] === undefined ? {} : { [name]: textOf(stated[name], part(name)) };
  return {
    ...{ base: textOf(stated['base'], part('base')), new: textOf(stated['new'], part('new')) },
    ...(cells !== undefined && {
      cells: listOf(cells, part('cells')).map((each) => oneOf(each, 'cells', COMPARED_CELLS)),
    }),
    ...{ ...text('from'), ...text('to'), ...text('direction') },
    ...(task !== undefined && { task: task === null ? null : textOf(task, part('task')) }),
    ...(by !== undefined && { by: oneOf(by, 'by', ['content', 'position', 'id'] as const) }),
    ...(side !== undefined && { side: oneOf(side, 'side', ['base', 'new'] as const) }),
  };
}

function conditionOf(stated: Fields): Filter {
  const field = textOf(stated['field'], '"field"');
  const { op } = stated;
  if (op === 'in') return { field, op, values: listOf(stated['values'], '"values"').map(valueOf) };
  if (op === 'contains') return { field, op, value: textOf(stated['value'], '"value"') };
  if (op === 'eq' || op === 'ne')
    return { field, op, value: stated['value'] === null ? null : valueOf(stated['value']) };
  if (ORDERED.includes(op)) return { field, op: op as 'lt' | 'le' | 'gt' | 'ge', value: valueOf(stated['value']) };
  throw expected('"op"', 'eq, ne, lt, le, gt, ge, in or contains');
}

function facetsOf(value: unknown): Query['facets'] {
  const entries = Object.entries(fieldsOf(value, '"facets"'));
  return Object.fromEntries(
    entries.map(([field, values]) => [
      field,
      listOf(values, `"facets", "${field}"`).map((each) => (each === null ? null : valueOf(each))),
    ]),
  );
}

function sortOf(value: unknown): Sort {
  const stated = fieldsOf(value, '"sort"');
  const field = textOf(stated['field'], '"sort", "field"');
  return stated['descending'] === true ? { field, descending: true } : { field };
}

function idOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  throw expected('"ids"', 'texts or numbers');
}

function valueOf(value: unknown): FilterValue {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  throw expected('a value', 'a text, a number, true or false');
}

function textOf(value: unknown, name: string): string {
  if (typeof value === 'string') return value;
  throw expected(name, 'a text');
}

function listOf(value: unknown, name: string): readonly unknown[] {
  if (Array.isArray(value)) return value as readonly unknown[];
  throw expected(name, 'a list');
}

function fieldsOf(value: unknown, name: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw expected(name, 'an object');
}

function expected(name: string, what: string): FlipsideError {
  return new FlipsideError(`${name}: expected ${what}`);
}
