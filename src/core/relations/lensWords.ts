import type { LensCondition } from './lensCondition.js';

/** What a rule of a lens asks for, in words: "the lateral axis alone is reversed". */
export function conditionInWords(when: LensCondition): string {
  const parts: readonly (string | null)[] = [
    when.kind === undefined ? null : `the item is ${when.kind.join(' or ')}`,
    when.frame === undefined ? null : `the frame is ${when.frame.join(' or ')}`,
    when.convention === undefined ? null : `front is ${when.convention.join(' or ')}`,
    when.answeredYes === undefined ? null : `the answer is ${when.answeredYes ? 'yes' : 'no'}`,
    when.count === undefined ? null : `the answer is too ${when.count === 'over' ? 'many' : 'few'}`,
    when.directional === undefined ? null : DIRECTIONAL[when.directional ? 'both' : 'one'],
    when.same === undefined ? null : `the directions are ${when.same ? 'the same' : 'not the same'}`,
    when.reversed === undefined ? null : `${axes(when.reversed)} reversed, others maybe too`,
    when.reversedExactly === undefined ? null : exactly(when.reversedExactly),
    when.reversedAtLeast === undefined ? null : `${atLeast(when.reversedAtLeast)} reversed`,
    when.sharedAtLeast === undefined ? null : `${atLeast(when.sharedAtLeast)} the same`,
    when.angle === undefined ? null : `the angle is ${when.angle.map((each) => each ?? 'none').join(' or ')}`,
  ];
  const said = parts.filter((part) => part !== null);
  return said.length === 0 ? 'any error' : said.join(', ');
}

const DIRECTIONAL = {
  both: 'gold and predicted option carry a direction',
  one: 'gold or predicted option carries no direction',
} as const;

function axes(names: readonly string[]): string {
  return names.length === 1 ? `the ${names[0] ?? ''} axis is` : `the axes ${names.join(' and ')} are`;
}

function exactly(names: readonly string[]): string {
  if (names.length === 0) return 'no axis is reversed';
  return names.length === 1
    ? `the ${names[0] ?? ''} axis alone is reversed`
    : `the axes ${names.join(' and ')} alone are reversed`;
}

function atLeast(count: number): string {
  return count === 1 ? 'at least one axis is' : `at least ${count} axes are`;
}
