import { requireCount, requireWithin } from './checks.js';

/** An answer with the model's confidence in it; null where the file gives none. */
export interface ConfidencePoint {
  readonly confidence: number | null;
  readonly correct: boolean;
  /** How many such answers; 1 where absent. */
  readonly count?: number;
}

/** What entered a calibration measure, and what could not. */
export interface CalibrationCounts {
  /** Answers that entered. */
  readonly n: number;
  /** Answers without a confidence (null or NaN). */
  readonly absent: number;
  /** Answers whose confidence is outside [0, 1]: percent, logits, or a bad cell. */
  readonly outOfRange: number;
}

/** One bar of a reliability diagram: confidences in (low, high]; the first bin holds 0 too. */
export interface ReliabilityBin {
  readonly low: number;
  readonly high: number;
  readonly n: number;
  readonly correct: number;
  /** Fraction right in the bin; null where it is empty. */
  readonly accuracy: number | null;
  /** Mean confidence in the bin; null where it is empty. */
  readonly confidence: number | null;
}

export interface Reliability extends CalibrationCounts {
  readonly bins: readonly ReliabilityBin[];
  /** Expected calibration error, a fraction; null where nothing entered. */
  readonly ece: number | null;
}

/** The answers with at least `threshold` confidence: how many, and how often they are wrong. */
export interface RiskCoveragePoint {
  readonly threshold: number;
  /** Fraction of the answers that entered. */
  readonly coverage: number;
  /** Fraction wrong among them. */
  readonly risk: number;
}

export interface RiskCoverage extends CalibrationCounts {
  /** One point per distinct confidence, from the highest (least coverage) to the lowest (coverage 1). */
  readonly curve: readonly RiskCoveragePoint[];
  /** Area under the risk–coverage curve, a fraction, lower is better; null where nothing entered. */
  readonly aurc: number | null;
}

interface Usable {
  readonly confidence: number;
  readonly correct: boolean;
  readonly count: number;
}

/**
 * Reliability diagram with equal-width bins and the expected calibration error Σ_b (n_b / n) |accuracy_b − confidence_b|
 * (Guo et al. 2017, "On Calibration of Modern Neural Networks", with its half-open bins (low, high]).
 * @param binCount number of bins over [0, 1], at least 1
 * @throws RangeError where binCount is no whole number of at least 1
 */
export function reliability(points: Iterable<ConfidencePoint>, binCount = 10): Reliability {
  requireCount('binCount', binCount);
  requireWithin('binCount', binCount, 1, Infinity);
  const { usable, counts } = partition(points);
  const tallies = Array.from({ length: binCount }, () => ({ n: 0, correct: 0, sum: 0 }));
  for (const { confidence, correct, count } of usable) {
    const tally = tallies[binOf(confidence, binCount)];
    if (tally === undefined) continue;
    tally.n += count;
    tally.correct += correct ? count : 0;
    tally.sum += confidence * count;
  }
  const bins = tallies.map(({ n, correct, sum }, index) => ({
    low: index / binCount,
    high: (index + 1) / binCount,
    n,
    correct,
    accuracy: n === 0 ? null : correct / n,
    confidence: n === 0 ? null : sum / n,
  }));
  const gaps = tallies.reduce((total, { correct, sum }) => total + Math.abs(correct - sum), 0);
  return { ...counts, bins, ece: counts.n === 0 ? null : gaps / counts.n };
}

/**
 * Selective risk against coverage, and the area under it: the mean over i of the error rate among the i most confident
 * answers (Geifman & El-Yaniv 2017; Geifman et al. 2019). Answers of equal confidence have no order: within such a
 * block every place carries the block's mean error, which is the expectation over all orders, so the result does not
 * depend on the order of the file. The curve has points only where a threshold can cut: at the ends of blocks.
 */
export function riskCoverage(points: Iterable<ConfidencePoint>): RiskCoverage {
  const { usable, counts } = partition(points);
  const curve: RiskCoveragePoint[] = [];
  let seen = 0;
  let wrong = 0;
  let area = 0;
  for (const block of blocksByConfidence(usable)) {
    const share = block.wrong / block.size;
    for (let i = 1; i <= block.size; i++) area += (wrong + share * i) / (seen + i);
    seen += block.size;
    wrong += block.wrong;
    curve.push({ threshold: block.confidence, coverage: seen / counts.n, risk: wrong / seen });
  }
  return { ...counts, curve, aurc: counts.n === 0 ? null : area / counts.n };
}

/** Answers of equal confidence, the most confident first. */
function blocksByConfidence(usable: readonly Usable[]): { confidence: number; size: number; wrong: number }[] {
  const byConfidence = new Map<number, { confidence: number; size: number; wrong: number }>();
  for (const { confidence, correct, count } of usable) {
    const block = byConfidence.get(confidence) ?? { confidence, size: 0, wrong: 0 };
    block.size += count;
    block.wrong += correct ? 0 : count;
    byConfidence.set(confidence, block);
  }
  return [...byConfidence.values()].sort((a, b) => b.confidence - a.confidence);
}

/** Index of the bin (i / count, (i + 1) / count] that holds a confidence; multiplication alone misplaces some edges. */
function binOf(confidence: number, count: number): number {
  let index = Math.max(0, Math.min(count - 1, Math.ceil(confidence * count) - 1));
  while (index > 0 && confidence <= index / count) index--;
  while (index < count - 1 && confidence > (index + 1) / count) index++;
  return index;
}

function partition(points: Iterable<ConfidencePoint>): { usable: Usable[]; counts: CalibrationCounts } {
  const usable: Usable[] = [];
  const counts = { n: 0, absent: 0, outOfRange: 0 };
  for (const { confidence, correct, count = 1 } of points) {
    if (confidence === null || Number.isNaN(confidence)) counts.absent += count;
    else if (confidence < 0 || confidence > 1) counts.outOfRange += count;
    else {
      usable.push({ confidence, correct, count });
      counts.n += count;
    }
  }
  return { usable, counts };
}
