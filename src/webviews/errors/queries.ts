import { comparedInWords, ERRORS, type Query } from '../../protocol/rows.js';
import type { Filter, FilterValue } from '../../core/model.js';

type Value = FilterValue | null;

export function isChosen(query: Query, field: string, value: Value): boolean {
  return query.facets[field]?.includes(value) ?? false;
}

/** With the value chosen where it was not, and the other way round; a field without chosen values is no condition. */
export function toggled(query: Query, field: string, value: Value): Query {
  const values = query.facets[field] ?? [];
  const next = values.includes(value) ? values.filter((other) => other !== value) : [...values, value];
  const rest = Object.fromEntries(Object.entries(query.facets).filter(([name]) => name !== field));
  return { ...query, facets: next.length === 0 ? rest : { ...rest, [field]: next } };
}

/** The errors again, in the order and grouping of before. */
export function cleared(query: Query): Query {
  return { ...ERRORS, sort: query.sort, group: query.group };
}

/** Every row, right ones too, in the order and grouping of before. */
export function everything(query: Query): Query {
  return { ...cleared(query), facets: {} };
}

/** Whether its conditions are those of the start; order and grouping are no conditions. */
export function isPlain(query: Query): boolean {
  return conditions(query) === conditions(ERRORS);
}

/** Equal for queries that keep the same rows. */
export function conditions({ facets, search, ids, filter }: Query): string {
  const sorted = Object.entries(facets)
    .map(([field, values]) => [field, values.map((value) => JSON.stringify(value)).sort()] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([sorted, search, ids, filter]);
}

/**
 * Item ids as they are pasted, each once, in order: the elements of a JSON list, else the lines. An id may hold spaces and
 * commas; which of them separate ids, takenApart says once it is known what no item is called.
 */
export function idsIn(text: string): string[] {
  const ids = listed(text) ?? text.split(/[\r\n]+/);
  return [...new Set(ids.map((id) => id.trim()).filter((id) => id !== ''))];
}

/** The ids with those that are `unknown` and hold separators or quotes taken apart; null where there are none such. */
export function takenApart(ids: readonly string[], unknown: readonly string[]): string[] | null {
  const several = new Set(unknown.filter((id) => SEPARATORS.test(id)));
  if (several.size === 0) return null;
  const apart = ids.flatMap((id) => (several.has(id) ? elements(id) : [id]));
  return [...new Set(apart.filter((id) => id !== ''))];
}

const SEPARATORS = /[\s,;]|^['"`[(]/;
const BRACKETS = /^[[(]+|[\])]+$/g;

/** What stands in quotes, else between separators: Python prints lists so, and columns of CSV files look so. */
function elements(text: string): string[] {
  const found = text
    .trim()
    .replace(BRACKETS, '')
    .matchAll(/'([^']*)'|"([^"]*)"|`([^`]*)`|[^\s,;]+/g);
  return [...found].map(
    ([whole, ...quoted]) => quoted.find((each) => each !== undefined) ?? whole.replace(BRACKETS, ''),
  );
}

function listed(text: string): string[] | null {
  if (!text.trimStart().startsWith('[')) return null;
  try {
    const list = JSON.parse(text) as unknown;
    if (!Array.isArray(list)) return null;
    return list.filter((id) => typeof id === 'string' || typeof id === 'number').map(String);
  } catch {
    return null;
  }
}

const SIGNS = { eq: 'is', ne: 'is not', lt: '<', le: '≤', gt: '>', ge: '≥' } as const;

/** A typed condition in words, for the chip that takes it away. */
export function worded(filter: Filter): string {
  if ('search' in filter) return `“${filter.search}”`;
  if ('compared' in filter) return comparedInWords(filter.compared);
  if ('and' in filter) return filter.and.map(worded).join(' and ');
  if ('or' in filter) return filter.or.map(worded).join(' or ');
  if ('not' in filter) return `not (${worded(filter.not)})`;
  if (filter.op === 'in') return `${filter.field} is ${filter.values.map(String).join(' or ')}`;
  if (filter.op === 'contains') return `${filter.field} contains “${filter.value}”`;
  return `${filter.field} ${SIGNS[filter.op]} ${filter.value === null ? 'none' : String(filter.value)}`;
}
