import type { ClassComparison } from '../compareModel.js';
import type { AnswerStatus } from '../model.js';
import type { Lens } from '../relations/lens.js';
import { isDepthClass } from './classSummary.js';
import { SAMPLES_DIFFER } from './compareUnits.js';

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
 * The change of every class over joined rows, the most frequent class first, then by name. `outcomes` are pairs: base,
 * new. Both sides are the same items, so a class has the same opportunities in both, and one denominator serves.
 */
export function compareClasses(
  outcomes: readonly (readonly [string, string])[],
  lens: Lens | null,
): Record<string, ClassComparison> {
  // Classes of a user's lens may be called anything ("constructor"), so they are no keys of a plain object yet.
  const counts = new Map<string, [base: number, other: number]>();
  for (const pair of outcomes) {
    pair.forEach((name, side) => {
      if (Object.hasOwn(NO_CLASS, name)) return;
      const count = counts.get(name) ?? [0, 0];
      count[side === 0 ? 0 : 1] += 1;
      counts.set(name, count);
    });
  }
  const of = outcomes.length;
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
