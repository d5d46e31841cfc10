import type { Inline, Text } from '../../../export/html/document.js';
import { pValue } from '../../numbers.js';
import type { Treatment } from '../../../compareModel.js';
import type { Comparisons, PairOfRuns, ReportData } from '../data.js';
import { counted, listed, points, pointsRange, runName } from '../words.js';

const ALPHA = 0.05;
/** Runs that have a sentence of their own. */
const MOST = 8;
const MOST_PAIRS = 16;

/** Whether one run is better than another on the items of both. */
export function comparisonFindings(data: ReportData): Text[] {
  const { comparisons } = data;
  if (typeof comparisons === 'string') return data.summary.runs.length < 2 ? [] : [comparisons];
  const joined = comparisons.treatments.filter(({ joined: own }) => own.total > 0);
  const apart = comparisons.treatments.filter(({ joined: own }) => own.total === 0);
  return [
    baseFinding(data, comparisons),
    ...joined.slice(0, MOST).map((each) => ofTreatment(data, each)),
    ...(joined.length > MOST ? [`${joined.length - MOST} more stand in the comparison below.`] : []),
    ...(apart.length > 0
      ? [['No item in common with the base: ', ...listed(apart.map((each) => runName(data, each.new))), '.'] as Text]
      : []),
    ...ofPairs(data, comparisons),
  ];
}

function baseFinding(data: ReportData, { base, chosen }: Comparisons): Text {
  const why =
    chosen === 'asked for'
      ? ', as asked for'
      : ', the least accurate run that shares items with another, since none was named: against it others look better than against most';
  return [
    'Compared are items that two runs both answered. The base is ',
    { strong: data.names.get(base) ?? base },
    `${why}.`,
  ];
}

function ofTreatment(data: ReportData, each: Treatment): Text {
  const asked = each.joined.total - each.noGold;
  if (each.difference === null) return [runName(data, each.new), ' shares no item with a right answer with the base.'];
  const interval = each.differenceCi95 === null ? '' : `; 95 % interval ${pointsRange(each.differenceCi95)}`;
  const test =
    each.mcnemarPHolm === null
      ? '; no test is made of samples'
      : `; p ${pValue(each.mcnemarPHolm)} after Holm for ${counted(each.familySize, 'comparison')}`;
  return [
    runName(data, each.new),
    ': ',
    { strong: points(each.difference) },
    ` against the base on ${counted(asked, 'common item')} of its ${each.newRows} (${each.fixed} fixed, ${each.broken} broken${interval}${test}). ${verdict(each)}`,
    ...ofClass(each),
  ];
}

function verdict({ mcnemarP, mcnemarPHolm, difference }: Treatment): string {
  if (mcnemarP === null || mcnemarPHolm === null || difference === null) return '';
  if (mcnemarPHolm >= ALPHA) {
    return mcnemarP < ALPHA
      ? `Alone it would count as a difference (p ${pValue(mcnemarP)}); among so many comparisons none is shown.`
      : 'No difference is shown.';
  }
  return difference > 0 ? 'It is better on these.' : 'It is worse on these.';
}

/** What became of the most frequent class: a count, and no claim. */
function ofClass({ classes }: Treatment): Inline[] {
  const [first] = Object.entries(classes).sort(([, one], [, other]) => other.base - one.base);
  if (first === undefined || first[1].base === 0) return [];
  const [name, own] = first;
  return [' Errors of ', { strong: name }, ` on them went from ${own.base} to ${own.new}.`];
}

function ofPairs(data: ReportData, { pairs, base, familySize }: Comparisons): Text[] {
  const others = (pairs ?? []).filter(({ first, second }) => first !== base && second !== base);
  if (others.length === 0) return [];
  const shown = others.filter(({ pHolm }) => pHolm !== null && pHolm < ALPHA);
  const rest = others.filter((pair) => !shown.includes(pair));
  const after = `on the items of both, after Holm for ${counted(familySize, 'pair')}`;
  const ofShown: Text[] =
    shown.length === 0
      ? []
      : [[`Between the other runs, ${after}: `, ...cut(shown, (pair) => better(data, pair), '; '), '.']];
  const ofRest: Text[] =
    rest.length === 0
      ? []
      : [[`No difference is shown ${after}, between `, ...cut(rest, (pair) => alike(data, pair), '; '), '.']];
  return [...ofShown, ...ofRest];
}

/** The first pairs in words; where there are more, where they are found. */
function cut(pairs: readonly PairOfRuns[], say: (pair: PairOfRuns) => string, between: string): Inline[] {
  const told = pairs
    .slice(0, MOST_PAIRS)
    .flatMap((pair, at): Inline[] => [at === 0 ? '' : between, { data: say(pair) }]);
  const more = pairs.length - MOST_PAIRS;
  return more > 0
    ? [...told, `${between}and ${more} more under `, { link: 'Comparison of runs', to: 'comparison' }]
    : told;
}

function alike({ names }: ReportData, { first, second, compared }: PairOfRuns): string {
  return `${names.get(first) ?? first} and ${names.get(second) ?? second} (${counted(compared.joined.total, 'item')})`;
}

function better({ names }: ReportData, { first, second, compared, pHolm }: PairOfRuns): string {
  const [one, other] = [names.get(first) ?? first, names.get(second) ?? second];
  const isBetter = (compared.difference ?? 0) > 0;
  const by = Math.abs((compared.difference ?? 0) * 100).toFixed(1);
  return `${isBetter ? other : one} is better than ${isBetter ? one : other} by ${by} points (${counted(compared.joined.total, 'item')}, p ${pValue(pHolm)})`;
}
