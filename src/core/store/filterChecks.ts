import { FlipsideError, type AnswerStatus } from '../model.js';
import { directionOf } from '../relations/phrases.js';
import { FIELDS, type Filter, type FilterValue } from './filters.js';
import { CONVENTIONS, FRAMES, KINDS } from './lensKey.js';

/** Texts of our own making: the fields that hold nothing else. */
const STATUSES: readonly AnswerStatus[] = ['parsed', 'empty', 'refusal', 'off-list', 'ambiguous', 'unparsed'];
const VOCABULARIES: Readonly<Record<string, readonly string[]>> = {
  kind: KINDS,
  frame: FRAMES,
  convention: CONVENTIONS,
  status: STATUSES,
};

type Condition = Extract<Filter, { op: string }>;

/** The conditions of a filter, without what joins them. */
export function conditionsOf(filter: Filter | null): Condition[] {
  if (filter === null || 'search' in filter || 'compared' in filter) return [];
  if ('and' in filter) return filter.and.flatMap(conditionsOf);
  if ('or' in filter) return filter.or.flatMap(conditionsOf);
  return 'not' in filter ? conditionsOf(filter.not) : [filter];
}

/** The values that a condition compares its field with; null ("is not stated") is always possible. */
export function valuesOf(condition: Condition): FilterValue[] {
  if (condition.op === 'in') return [...condition.values];
  return condition.value === null ? [] : [condition.value];
}

/**
 * Throws a usage error for a condition that no row could ever meet because the field never holds such a value
 * (correct=maybe, row=abc): an empty answer would look like a finding. Metadata may hold anything and is not checked.
 */
export function requirePossible(filter: Filter | null): void {
  for (const condition of conditionsOf(filter)) {
    const ordered = ['lt', 'le', 'gt', 'ge'].includes(condition.op);
    for (const value of valuesOf(condition)) {
      const expected = expectedOf(condition, value, ordered);
      if (expected === null) continue;
      throw new FlipsideError(`"${value}" is no value of the field ${condition.field}: it takes ${expected}.`, {
        exitCode: 2,
      });
    }
  }
}

/** What a field takes, where the value is nothing of the kind; null where it is. */
function expectedOf({ field, op }: Condition, value: FilterValue, ordered: boolean): string | null {
  switch (FIELDS.get(field)) {
    case 'boolean':
      if (ordered || op === 'contains') return 'true, false or null, compared with = or !=';
      return /^(?:true|false)$/i.test(String(value)) ? null : 'true, false or null';
    case 'number':
      if (op === 'contains') return /^[-+.\de]+$/i.test(String(value)) ? null : 'numbers';
      return isNumber(value) ? null : ordered ? 'numbers' : 'numbers or null';
    case 'direction':
      if (ordered) return 'directions, which have no order: use =, != or ~ (~left: left alone or with another)';
      if (typeof value === 'number' && op !== 'contains') return null;
      return directionOf(String(value)) === null ? 'directions, named like "front-left" or "above", or null' : null;
    default: {
      const allowed = Object.hasOwn(VOCABULARIES, field) ? VOCABULARIES[field] : undefined;
      if (allowed === undefined || ordered || op === 'contains' || allowed.includes(String(value))) return null;
      return allowed.join(', ');
    }
  }
}

function isNumber(value: FilterValue): boolean {
  return typeof value !== 'boolean' && String(value).trim() !== '' && Number.isFinite(Number(value));
}
