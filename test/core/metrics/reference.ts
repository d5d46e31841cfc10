import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { ContrastItem } from '../../../src/core/metrics/pairs.js';
import type { ChanceGroup } from '../../../src/core/metrics/chance.js';
import type { ObjectQuestion } from '../../../src/core/metrics/completionBias.js';
import type { ConfidencePoint } from '../../../src/core/metrics/calibration.js';
import type { PairedCluster } from '../../../src/core/metrics/differences.js';
import type { ObservedExpected } from '../../../src/core/metrics/mirrorOrRotation.js';
import type { RatioCluster } from '../../../src/core/metrics/opportunity.js';
import type { SampledUnit, UnitMean } from '../../../src/core/metrics/passAtK.js';
import type { Tally } from '../../../src/core/metrics/rates.js';
import type { YesNoCounts, YesNoMetrics } from '../../../src/core/metrics/yesNo.js';

type Pair = [number, number];
type Counted = { n: number; absent: number; outOfRange: number };
type Row = (number | null)[];

/** What test/reference/metrics.py writes: inputs and the values computed from them by other means. */
interface Reference {
  distributions: {
    normalCdf: { z: number; value: number }[];
    normalQuantile: { p: number; value: number }[];
    logGamma: { x: number; value: number }[];
    logChoose: { n: number; k: number; value: number }[];
    binomial: { k: number; n: number; p: number; pmf: number; cdf: number; upper: number; test: number }[];
  };
  wilson: { successes: number; n: number; z: number; ci: Pair | null }[];
  chance: {
    of: { m: number; k: number; value: number }[];
    below: { successes: number; groups: ChanceGroup[]; mean: number; p: number; method: string }[];
  };
  rates: {
    macro: { tallies: Tally[]; value: number | null }[];
    adjusted: { correct: number; units: number; chanceSum: number; value: number | null }[];
  };
  yesNo: { counts: YesNoCounts; metrics: YesNoMetrics }[];
  passAtK: {
    values: { n: number; c: number; k: number; value: number | null }[];
    means: { k: number; units: SampledUnit[]; passAtK: UnitMean }[];
  };
  ratios: { clusters: RatioCluster[]; ratio: number; ci95: Pair; logStandardError: number }[];
  differences: { clusters: PairedCluster[]; difference: number; ci95: Pair | null; standardError: number | null }[];
  mcnemar: { b: number; c: number; p: number }[];
  bootstrap: {
    cases: {
      clusters: { sum: number; n: number }[];
      replicates: number;
      seed: number;
      difference: number;
      ci95: Pair;
    }[];
    draws: { seed: number; values: number[] };
  };
  holm: { p: number[]; adjusted: number[] }[];
  calibration: {
    points: ConfidencePoint[];
    reliability: Counted & { bins: Row[]; ece: number | null };
    riskCoverage: Counted & { curve: Row[]; aurc: number | null };
  }[];
  pairs: { items: ContrastItem[]; expected: Record<string, number> }[];
  completionBias: {
    questions: ObjectQuestion[];
    expected: { total: Row; byObject: Record<string, Row>; byLift: Record<string, Row> };
  }[];
  mirrorOrRotation: { mirror: ObservedExpected; rotation: ObservedExpected; p: number | null }[];
}

export const reference = JSON.parse(
  readFileSync(new URL('../../reference/metrics.json', import.meta.url), 'utf8'),
) as Reference;

const RELATIVE = 1e-9;

/** Asserts that two numbers agree to 1e-9 relative (both null agrees), naming the case where they do not. */
export function close(actual: number | null | undefined, expected: number | null, what: unknown): void {
  if (expected === null || actual === null || actual === undefined) {
    assert.equal(actual, expected, message(actual, expected, what));
    return;
  }
  assert.ok(Math.abs(actual - expected) <= Math.abs(expected) * RELATIVE, message(actual, expected, what));
}

/** `close` for each entry of two lists of one length; for intervals and rows. */
export function allClose(
  actual: readonly (number | null)[] | null,
  expected: readonly (number | null)[] | null,
  what: unknown,
): void {
  if (actual === null || expected === null) {
    assert.equal(actual, expected, message(actual, expected, what));
    return;
  }
  assert.equal(actual.length, expected.length, message(actual, expected, what));
  for (const [index, value] of expected.entries()) close(actual[index], value, what);
}

/** `close` for every property that the expected record states. */
export function recordClose(actual: object, expected: object, what: unknown): void {
  const values = new Map<string, unknown>(Object.entries(actual));
  for (const [name, value] of Object.entries(expected) as [string, number | null][]) {
    close(values.get(name) as number | null | undefined, value, { name, case: what });
  }
}

function message(actual: unknown, expected: unknown, what: unknown): string {
  return `expected ${String(expected)}, got ${String(actual)} for ${JSON.stringify(what).slice(0, 400)}`;
}
