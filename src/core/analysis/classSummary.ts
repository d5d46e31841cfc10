import type { DepthConvention } from '../model.js';
import { ratioWithCi } from '../metrics/opportunity.js';
import { wilson } from '../metrics/proportions.js';
import type { Lens } from '../relations/lens.js';
import type { ClassCounts, ClassOpportunity } from '../store/classQueries.js';
import type { ClassSummary } from './summaryTypes.js';

/** True for classes that compare front with back: what "front" means decides what they count. */
export function isDepthClass(lens: Lens, name: string): boolean {
  return name === 'depth-flip' || lens.standsFor?.[name] === 'depth-flip';
}

/**
 * The classes of one run: counts, expectation under blind choice among the wrong options, and conditional rate. Depth
 * flips of different conventions are never pooled: where several occur, only the counts stand at the class and the
 * rates stand under each convention.
 */
export function summariseClasses(
  lens: Lens,
  counts: readonly ClassCounts[],
  opportunities: readonly ClassOpportunity[],
  byConvention: readonly ClassOpportunity[],
): Record<string, ClassSummary> {
  const names = new Set([...counts.map((each) => each.class), ...opportunities.map((each) => each.class)]);
  const summaries = [...names].map((name): [string, ClassSummary] => {
    const own = counts.filter((each) => each.class === name);
    const whole = summariseClass(
      own,
      opportunities.find((each) => each.class === name),
    );
    if (!isDepthClass(lens, name)) return [name, whole];
    const parts = Object.fromEntries(
      conventionsOf(name, own, byConvention).map((convention) => [
        convention,
        summariseClass(
          own.filter((each) => each.convention === convention),
          byConvention.find((each) => each.class === `${name}|${convention}`),
        ),
      ]),
    );
    const rates = Object.keys(parts).length > 1 ? NO_RATES : {};
    return [name, { ...whole, ...rates, byConvention: parts }];
  });
  return Object.fromEntries(summaries.sort(([, one], [, other]) => other.count - one.count));
}

const NO_RATES = { expected: null, ratio: null, ratioCi95: null, offered: null, rate: null, rateCi95: null };

function conventionsOf(
  name: string,
  counts: readonly ClassCounts[],
  opportunities: readonly ClassOpportunity[],
): DepthConvention[] {
  const offered = opportunities
    .filter((each) => each.class.startsWith(`${name}|`))
    .map((each) => each.class.slice(name.length + 1) as DepthConvention);
  return [...new Set([...counts.map((each) => each.convention), ...offered])].sort();
}

function summariseClass(counts: readonly ClassCounts[], opportunity: ClassOpportunity | undefined): ClassSummary {
  const sum = (pick: (each: ClassCounts) => number): number => counts.reduce((total, each) => total + pick(each), 0);
  const base = {
    count: sum((each) => each.count),
    drift: sum((each) => each.drift),
    eligible: sum((each) => each.eligible),
    forced: sum((each) => each.forced),
  };
  if (opportunity === undefined) return { ...base, ...NO_RATES };
  const { ratio, ci95 } = ratioWithCi(opportunity);
  return {
    ...base,
    expected: opportunity.expected,
    ratio,
    ratioCi95: ci95,
    offered: opportunity.offered,
    rate: opportunity.offered === 0 ? null : opportunity.observed / opportunity.offered,
    rateCi95: wilson(opportunity.observed, opportunity.offered),
  };
}
