import type { ClassComparison } from '../compareModel.js';
import type { AnswerStatus } from '../model.js';
import type { Lens } from '../relations/lens.js';
import { isDepthClass } from './classSummary.js';
import { SAMPLES_DIFFER } from '../store/unitTables.js';

/** Outcomes that are no classes: the right answer, answers that could not be read, and samples that say different things. */
const NO_CLASS: Readonly<Record<Exclude<AnswerStatus, 'parsed'> | 'correct' | typeof SAMPLES_DIFFER, true>> = {
  correct: true,
  empty: true,
  refusal: true,
  'off-list': true,
  ambiguous: true,
  unparsed: true,
  [SAMPLES_DIFFER]: true,
};

/**
 * The change of every class over joined rows, the most frequent class first, then by name. `changes`: how often which outcome in the base
 * became which. Both sides are the same items, so a class has the same opportunities in both, and one denominator serves.
 */
export function compareClasses(
  changes: readonly { readonly from: string; readonly to: string; readonly count: number }[],
  lens: Lens | null,
): Record<string, ClassComparison> {
  // Classes of a user's lens may be called anything ("constructor"), so they are no keys of a plain object yet.
  const counts = new Map<string, [base: number, other: number]>();
  for (const { from, to, count } of changes) {
    [from, to].forEach((name, side) => {
      if (Object.hasOwn(NO_CLASS, name)) return;
      const own = counts.get(name) ?? [0, 0];
      own[side === 0 ? 0 : 1] += count;
      counts.set(name, own);
    });
  }
  const of = changes.reduce((total, { count }) => total + count, 0);
  const depth = (name: string): boolean => (lens === null ? name === 'depth-flip' : isDepthClass(lens, name));
  const compared = [...counts].map(([name, [base, other]]): [string, ClassComparison] => {
    const rate = (count: number): number | null => (depth(name) ? null : count / of);
    return [
      name,
      {
        ...{ base, new: other, difference: other - base, of },
        ...{ baseRate: rate(base), newRate: rate(other), rateDifference: rate(other - base) },
      },
    ];
  });
  const size = (each: ClassComparison): number => each.base + each.new;
  return Object.fromEntries(
    compared.sort(([one, mine], [two, theirs]) => size(theirs) - size(mine) || (one < two ? -1 : 1)),
  );
}
