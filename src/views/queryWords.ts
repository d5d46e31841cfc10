import { comparedInWords } from '../core/compareModel.js';
import type { Filter, FilterValue, Query } from '../core/model.js';

/** Of values and ids, so many are named. */
const NAMED = 8;

const OPERATORS: Readonly<Record<string, string>> = {
  eq: 'is',
  ne: 'is not',
  lt: '<',
  le: '≤',
  gt: '>',
  ge: '≥',
  contains: 'contains',
};

/** What a query keeps, and in which order, a sentence for each condition; texts are as the user wrote them. */
export function queryInWords(query: Query): string[] {
  const facets = Object.entries(query.facets)
    .filter(([, values]) => values.length > 0)
    .map(([field, values]) => `${field} is ${listed(values)}`);
  const search = query.search.trim();
  const sort = query.sort.map(({ field, descending }) => (descending === true ? `${field}, descending` : field));
  const conditions = [
    ...facets,
    ...(search === '' ? [] : [`question or answers contain "${search}"`]),
    ...(query.ids === null ? [] : [`the item is one of ${idsOf(query.ids)}`]),
    ...(query.filter === null ? [] : [filterInWords(query.filter)]),
  ];
  return [
    ...(conditions.length === 0 ? ['all rows'] : conditions),
    ...(query.group === null ? [] : [`grouped by ${query.group}`]),
    ...(sort.length === 0 ? [] : [`sorted by ${sort.join(', then ')}`]),
  ];
}

function filterInWords(filter: Filter): string {
  if ('search' in filter) return `question or answers contain "${filter.search}"`;
  if ('compared' in filter) return comparedInWords(filter.compared);
  if ('and' in filter) return joined(filter.and, 'and');
  if ('or' in filter) return joined(filter.or, 'or');
  if ('not' in filter) return `not (${filterInWords(filter.not)})`;
  if (filter.op === 'in') return `${filter.field} is ${listed(filter.values)}`;
  return `${filter.field} ${OPERATORS[filter.op] ?? filter.op} ${written(filter.value)}`;
}

function joined(filters: readonly Filter[], word: string): string {
  const parts = filters.slice(0, NAMED).map((each) => `(${filterInWords(each)})`);
  const more = filters.length > NAMED ? [`${filters.length - NAMED} more conditions`] : [];
  return [...parts, ...more].join(` ${word} `);
}

function listed(values: readonly (FilterValue | null)[]): string {
  const named = values.slice(0, NAMED).map(written);
  const rest = values.length - named.length;
  return [...named, ...(rest > 0 ? [`${rest} others`] : [])].join(' or ');
}

function idsOf(ids: readonly string[]): string {
  const named = ids.slice(0, NAMED).join(', ');
  return ids.length > NAMED ? `${ids.length} ids (${named}, …)` : named;
}

function written(value: FilterValue | null): string {
  return value === null ? 'nothing' : String(value);
}
