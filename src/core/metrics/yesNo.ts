import { requireCount } from './checks.js';
import { normalQuantile } from './distributions.js';

/** Items of a yes/no or true/false run, by gold and answer; positive = yes/true. */
export interface YesNoCounts {
  readonly tp: number;
  readonly fp: number;
  readonly tn: number;
  readonly fn: number;
  /** Items whose gold is yes and whose answer could not be read. */
  readonly unparsedYes: number;
  /** Items whose gold is no and whose answer could not be read. */
  readonly unparsedNo: number;
}

/** All rates are fractions; null where the denominator is 0. */
export interface YesNoMetrics {
  readonly tp: number;
  readonly fp: number;
  readonly tn: number;
  readonly fn: number;
  readonly accuracy: number | null;
  readonly precision: number | null;
  readonly recall: number | null;
  readonly f1: number | null;
  readonly yesRatio: number | null;
  /** Sensitivity d′ = z(hit rate) − z(false-alarm rate); null unless both golds occur. */
  readonly dPrime: number | null;
  /** Criterion c = −[z(hit rate) + z(false-alarm rate)] / 2; negative: inclined to say yes. */
  readonly criterion: number | null;
}

const COUNT_NAMES = ['tp', 'fp', 'tn', 'fn', 'unparsedYes', 'unparsedNo'] as const;

/**
 * Accuracy, precision, recall, F1, share of yes answers, and signal-detection measures of a yes/no run.
 *
 * tp, fp, tn, fn are over parsed items. An unparsed answer is wrong in accuracy, never a yes (so outside precision and
 * in the denominator of yesRatio only), and a miss in recall, hence in F1 = 2 tp / (2 tp + fp + misses).
 * F1 is 0, not null, where nothing was answered yes although yes was right: the count form is defined there.
 *
 * Hit rate and false-alarm rate carry the log-linear correction (hits + 0.5) / (n + 1) of Hautus (1995), which keeps
 * d′ finite at rates of 0 and 1. n counts unparsed items too: with gold yes they are misses, with gold no they are no
 * false alarm, for in both cases the answer was not yes.
 *
 * @throws RangeError where a count is negative or no whole number
 */
export function yesNoMetrics(counts: YesNoCounts): YesNoMetrics {
  for (const name of COUNT_NAMES) requireCount(name, counts[name]);
  const { tp, fp, tn, fn, unparsedYes, unparsedNo } = counts;
  const goldYes = tp + fn + unparsedYes;
  const goldNo = fp + tn + unparsedNo;
  const items = goldYes + goldNo;
  const detection = signalDetection({ hits: tp, goldYes, falseAlarms: fp, goldNo });
  return {
    tp,
    fp,
    tn,
    fn,
    accuracy: share(tp + tn, items),
    precision: share(tp, tp + fp),
    recall: share(tp, goldYes),
    f1: share(2 * tp, tp + fp + goldYes),
    yesRatio: share(tp + fp, items),
    ...detection,
  };
}

interface DetectionCounts {
  readonly hits: number;
  readonly goldYes: number;
  readonly falseAlarms: number;
  readonly goldNo: number;
}

function signalDetection(counts: DetectionCounts): { dPrime: number | null; criterion: number | null } {
  // Without items of one gold the corrected rate would be ½ of nothing: a number where there is no evidence.
  if (counts.goldYes === 0 || counts.goldNo === 0) return { dPrime: null, criterion: null };
  const hit = normalQuantile((counts.hits + 0.5) / (counts.goldYes + 1));
  const falseAlarm = normalQuantile((counts.falseAlarms + 0.5) / (counts.goldNo + 1));
  return { dPrime: hit - falseAlarm, criterion: -(hit + falseAlarm) / 2 };
}

function share(count: number, of: number): number | null {
  return of === 0 ? null : count / of;
}
