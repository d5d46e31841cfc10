import { requireCount, requireWithin } from './checks.js';
import { binomialTest } from './distributions.js';

export interface ObservedExpected {
  /** Errors of the kind. */
  readonly observed: number;
  /** Errors of the kind if wrong options were picked at random. */
  readonly expected: number;
}

export interface MirrorOrRotation {
  /** Observed / expected mirror errors; null where nothing was observed or expected. */
  readonly mirrorRatio: number | null;
  /** Observed / expected rotation errors; null where nothing was observed or expected. */
  readonly rotationRatio: number | null;
  /** Share of mirror errors that picking at random would give among both kinds; null where nothing was expected. */
  readonly expectedMirrorShare: number | null;
  /** Two-sided exact binomial p of the observed mirror errors against that share; null as the share and at no errors. */
  readonly p: number | null;
}

/**
 * Are errors on diagonal golds mirror images (one axis reversed) or turns? Compares both with their opportunity.
 * The test takes errors as independent and gives all of them the mean share; where shares vary from item to item the
 * true spread is smaller, so p errs on the cautious side, but clustered errors make it too small.
 * @throws RangeError where an observed number is no count or an expected one is negative
 */
export function mirrorOrRotation(counts: {
  readonly mirror: ObservedExpected;
  readonly rotation: ObservedExpected;
}): MirrorOrRotation {
  const { mirror, rotation } = counts;
  for (const { observed, expected } of [mirror, rotation]) {
    requireCount('observed', observed);
    requireWithin('expected', expected, 0, Number.MAX_VALUE);
  }
  const expected = mirror.expected + rotation.expected;
  const observed = mirror.observed + rotation.observed;
  const expectedMirrorShare = expected === 0 ? null : mirror.expected / expected;
  const testable = expectedMirrorShare !== null && observed > 0;
  return {
    mirrorRatio: ratio(mirror),
    rotationRatio: ratio(rotation),
    expectedMirrorShare,
    p: testable ? binomialTest(mirror.observed, observed, expectedMirrorShare) : null,
  };
}

function ratio({ observed, expected }: ObservedExpected): number | null {
  return observed === 0 || expected === 0 ? null : observed / expected;
}
