import { comparedInWords } from '../../compareModel.js';
import type { Filter } from '../../model.js';
import { fieldsOf, hasCompared, hasSearch } from '../../store/filters.js';

/** Fields that say how an item was answered. Numbers over items chosen by them would count what was chosen. */
const OF_ANSWERS: ReadonlySet<string> = new Set([
  ...['class', 'drift', 'axis', 'angle', 'outcome', 'status', 'correct', 'storedCorrect', 'flags'],
  ...['predicted', 'predictedDirection', 'response', 'extracted', 'confidence'],
]);

/** The conditions of a filter on what was asked, and those on what was answered. */
export interface SplitFilter {
  readonly items: readonly Filter[];
  readonly examples: readonly Filter[];
}

/** Splits a filter into the conditions that all of its rows meet. */
export function splitFilter(filter: Filter | null): SplitFilter {
  const conditions = conditionsOf(filter);
  const isOfAnswers = (each: Filter): boolean =>
    hasSearch(each) || hasCompared(each) || fieldsOf(each).some((field) => OF_ANSWERS.has(field));
  return {
    items: conditions.filter((each) => !isOfAnswers(each)),
    examples: conditions.filter(isOfAnswers),
  };
}

function conditionsOf(filter: Filter | null): Filter[] {
  if (filter === null) return [];
  return 'and' in filter ? filter.and.flatMap(conditionsOf) : [filter];
}

const SIGNS = { eq: '=', ne: '≠', lt: '<', le: '≤', gt: '>', ge: '≥', contains: 'contains' } as const;

/** A condition in words. */
export function tellFilter(filter: Filter): string {
  if ('search' in filter) return `“${filter.search}” somewhere in question or answers`;
  if ('compared' in filter) return comparedInWords(filter.compared);
  if ('and' in filter) return `(${filter.and.map(tellFilter).join(' and ')})`;
  if ('or' in filter) return `(${filter.or.map(tellFilter).join(' or ')})`;
  if ('not' in filter) return `not ${tellFilter(filter.not)}`;
  if (filter.op === 'in') return `${filter.field} = ${filter.values.join(' or ')}`;
  return `${filter.field} ${SIGNS[filter.op]} ${filter.value ?? 'nothing'}`;
}
