import type { Analysis } from '../core/analysis.js';
import { FlipsideError, type Filter } from '../core/model.js';
import type { ItemView, OtherAnswer, Query, Row } from '../protocol/rows.js';

/** Fields that tell the class of an item, or that its answer is the right one in another frame of reference. */
const TELL: ReadonlySet<string> = new Set(['class', 'drift', 'axis', 'angle', 'lensRule', 'frameSwapOf']);

/** The field tells the class: in blind mode its values are for nobody. */
export function tellsClass(field: string): boolean {
  return TELL.has(field);
}

/** The flag that is a verdict on the mistake; others are of what was asked, or of how it was read. */
export const TELLING_FLAG = 'frameSwap';

/** Throws a FlipsideError for a query whose rows would tell their class: all of one class, or sorted or grouped by it. */
export function requireBlind({ facets, sort, group, filter }: Query): void {
  const chosen = Object.keys(facets).filter((field) => (facets[field] ?? []).length > 0);
  const ordered = [...sort.map(({ field }) => field), ...(group === null ? [] : [group])];
  const isTelling =
    [...chosen, ...ordered].some(tellsClass) ||
    ordered.includes('flags') ||
    (facets['flags'] ?? []).includes(TELLING_FLAG) ||
    isTold(filter);
  if (!isTelling) return;
  throw new FlipsideError(
    'Blind annotating is on: this list would tell the class of its rows. Take its conditions on class, drift, axis and angle away, or end blind annotating.',
  );
}

function isTold(filter: Filter | null): boolean {
  if (filter === null || 'search' in filter) return false;
  if ('compared' in filter) return filter.compared.from !== undefined || filter.compared.to !== undefined;
  if ('and' in filter) return filter.and.some(isTold);
  if ('or' in filter) return filter.or.some(isTold);
  if ('not' in filter) return isTold(filter.not);
  // Whatever it asks of flags may ask for that one.
  return tellsClass(filter.field) || filter.field === 'flags';
}

/** Rows with what people say of them, as far as the viewer may see it, and without their class where that is held back. */
export async function seenRows<R extends Row>({ annotated }: Analysis, rows: readonly R[]): Promise<readonly R[]> {
  const said = await annotated.inShort(rows);
  if (said.size === 0 && !annotated.isBlind) return rows;
  return rows.map((row) => {
    const annotation = said.get(`${row.run}\n${row.row}`);
    const isHidden = annotated.isBlind && (annotation?.mine ?? null) === null;
    return {
      ...row,
      ...(annotation === undefined ? {} : { annotation }),
      ...(isHidden ? { class: null, drift: null, flags: untold(row), isClassHidden: true as const } : {}),
    };
  });
}

/** Flags but the one that is a verdict on the mistake. */
function untold<F extends string>({ flags }: { readonly flags: readonly F[] }): readonly F[] {
  return flags.filter((flag) => flag !== TELLING_FLAG);
}

/** An item without what tells its class, where that is held back. `why`: made of what is left. */
export function seenItem(
  item: Omit<ItemView, 'why'>,
  why: (of: Pick<ItemView, 'record' | 'trace'>) => readonly string[],
): ItemView {
  if (!item.annotations.hidden) return { ...item, why: why(item) };
  const record = { ...item.record, class: null, drift: null, angle: null, flags: untold(item.record) };
  const trace = { ...item.trace, lensRule: null, frameSwapOf: null };
  return { ...item, record, trace, why: why({ record, trace }) };
}

/** Answers of other runs, each without its class where that is held back: to label one answer is not to label another. */
export async function seenOthers(
  { annotated }: Analysis,
  others: readonly OtherAnswer[],
): Promise<readonly OtherAnswer[]> {
  if (!annotated.isBlind) return others;
  const said = await annotated.inShort(others.map(({ key }) => key));
  return others.map((other) =>
    (said.get(`${other.key.run}\n${other.key.row}`)?.mine ?? null) === null
      ? { ...other, class: null, isClassHidden: true }
      : other,
  );
}
