import type { Compared, ComparedCell, Treatment } from '../../protocol/comparePage.js';
import { ERRORS, type Query } from '../../protocol/rows.js';

/** Which rows of a comparison, beside the two runs. */
export type Condition = Omit<Compared, 'base' | 'new'>;

/** The rows of a comparison that meet a condition: right ones too. */
export function rowsOf(base: string, treatment: string, condition: Condition): Query {
  return { ...ERRORS, facets: {}, filter: { compared: { base, new: treatment, ...condition } } };
}

const WITH_GOLD: readonly ComparedCell[] = ['both right', 'both wrong', 'fixed', 'broken', 'partly'];

/** The joined rows, those without a right answer included. */
export function joined({ noGold }: Pick<Treatment, 'noGold'>, by?: Compared['by']): Condition {
  // A condition without cells leaves rows without a right answer out: the usual case, and shorter in words.
  const cells = noGold === 0 ? {} : { cells: [...WITH_GOLD, 'no gold' as const] };
  return by === undefined ? cells : { ...cells, by };
}

/** What was right in the base, as the base answered; and in the new run. */
export const RIGHT_BEFORE: Condition = { cells: ['both right', 'broken'], side: 'base' };
export const RIGHT_AFTER: Condition = { cells: ['both right', 'fixed'] };
