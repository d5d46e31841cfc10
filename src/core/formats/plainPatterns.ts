import { isDropped, type Carried, type PatternReader } from './format.js';
import { samplesOf } from './plainAnswers.js';
import { handsOnTexts, KEPT, plainItem, SUBSTANCE } from './plainItem.js';
import type { Plan } from './plainPlan.js';
import type { RoleName } from './roleNames.js';
import type { JsonObject, RawItem } from '../model.js';

/**
 * The plan's reader a pattern at a time; null where a record's place in the file or another column tells what a text says: samples of a
 * question, options in a second order, columns within objects.
 */
export function patternsOf(plan: Plan): PatternReader | null {
  const { columns, answers } = plan;
  if (plan.dotted.length > 0 || plan.part !== null || plan.shuffle !== null || columns.sample !== undefined)
    return null;
  const of = (role: RoleName): string | undefined => onlyColumn(plan, role);
  // Without an answer that a tool has read, the response itself is read.
  const response = answers.parsed === null || answers.raw === null ? undefined : of(answers.raw);
  const carried = defined({
    id: of('id'),
    image: of('image'),
    question: plan.questionPrints ? undefined : of('question'),
    response: response !== undefined && plan.listedAnswers.has(response) ? undefined : response,
    confidence: of('confidence'),
  });
  return { carried, read: (record) => readPattern(record, plan, carried) };
}

/** The column of a role that has one, and where no other role reads it. */
function onlyColumn({ columns, boxes }: Plan, role: RoleName): string | undefined {
  const [column, ...more] = columns[role] ?? [];
  if (column === undefined || more.length > 0 || boxes.some((box) => box.column === column)) return undefined;
  const readers = Object.values(columns).filter((names) => names.includes(column));
  return readers.length === 1 ? column : undefined;
}

function readPattern(record: JsonObject, plan: Plan, carried: Carried): RawItem | null {
  const handsOn = carried.question !== undefined || carried.response !== undefined;
  if (isUnclear(record, plan) || samplesOf(record, plan) !== null) return null;
  if (handsOn && !handsOnTexts(record, plan)) return null;
  const item = plainItem(record, 1, [], plan);
  return isDropped(item) || item.unit !== null ? null : item;
}

/**
 * A column without a value may be absent or null, which is one thing to a role, and another to metadata, and to a record that says nothing
 * else.
 */
function isUnclear(record: JsonObject, plan: Plan): boolean {
  const says = (role: RoleName): boolean =>
    (plan.columns[role] ?? []).some((column) => (record[column] ?? null) !== null);
  if (!SUBSTANCE.some(says)) return true;
  const kept = new Set<string>(KEPT.flatMap((role) => plan.columns[role] ?? []));
  return Object.entries(record).some(
    ([column, value]) => value === null && (!plan.used.has(column) || kept.has(column)),
  );
}

function defined(columns: Readonly<Record<keyof Carried, string | undefined>>): Carried {
  return Object.fromEntries(Object.entries(columns).filter(([, column]) => column !== undefined));
}
