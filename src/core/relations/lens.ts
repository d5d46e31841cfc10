import { AXES, type Axis, type DepthConvention, type Direction, type Frame, type ItemKind } from '../model.js';
import { angleBetween, compareDirections, projectDirection } from './direction.js';
import type { LensCondition } from './lensCondition.js';
import { conditionInWords } from './lensWords.js';

export type { LensCondition } from './lensCondition.js';

/** What a lens may look at: one wrong, parsed answer, reduced to the facts that decide its class. */
export interface LensInput {
  readonly kind: ItemKind;
  readonly gold: Direction | null;
  readonly predicted: Direction | null;
  /** Yes/no items: what was answered. */
  readonly answeredYes: boolean | null;
  /** Count items: predicted minus gold. */
  readonly countError: number | null;
  readonly frame: Frame;
  readonly convention: DepthConvention;
}

export interface LensRule {
  readonly class: string;
  readonly when: LensCondition;
}

/** A named, versioned, ordered list of rules. The first rule that holds gives the class; `otherwise` names the rest. */
export interface Lens {
  readonly name: string;
  readonly version: string;
  readonly title: string;
  /** What a reader must know before comparing its numbers with published ones. */
  readonly note?: string;
  /** Directions are reduced to these axes before any rule is asked; all three where absent. */
  readonly project?: readonly Axis[];
  readonly rules: readonly LensRule[];
  readonly otherwise: string;
  /** Classes of this lens that stand for a class of `axes` when numbers of different lenses are compared. */
  readonly standsFor?: Readonly<Record<string, string>>;
}

export interface LensVerdict {
  readonly class: string;
  /** The rule that held, in words, with the facts it held on. */
  readonly rule: string;
  /** Flips only (items about a direction, exactly one axis reversed), else null. */
  readonly drift: boolean | null;
}

/** The names of all classes that a lens can give, in the order of its rules, each once. */
export function classNames(lens: Lens): string[] {
  return [...new Set([...lens.rules.map((rule) => rule.class), lens.otherwise])];
}

/** The class of one wrong, parsed answer under a lens. Pure; a lens never sees whether an answer is right. */
export function classify(lens: Lens, input: LensInput): LensVerdict {
  const axes = lens.project ?? AXES;
  const gold = projectDirection(input.gold, axes);
  const predicted = projectDirection(input.predicted, axes);
  const facts: Facts = {
    ...input,
    gold,
    predicted,
    pair: gold && predicted ? compareDirections(gold, predicted) : null,
    angle: angleBetween(gold, predicted),
  };
  const drift = isFlip(facts) ? (facts.pair?.drift ?? null) : null;
  const rule = lens.rules.find(({ when }) => holds(when, facts));
  if (rule === undefined) return { class: lens.otherwise, rule: `no rule holds: ${describe(facts)}`, drift };
  return { class: rule.class, rule: `rule "${conditionInWords(rule.when)}": ${describe(facts)}`, drift };
}

interface Facts extends LensInput {
  readonly pair: ReturnType<typeof compareDirections> | null;
  readonly angle: number | null;
}

/** "Which is closer, the left cup or the right one": the options name directions, and yet nothing is flipped. */
function isFlip({ kind, pair }: Facts): boolean {
  return (kind === 'choice' || kind === 'open') && pair?.reversed.length === 1;
}

function holds(when: LensCondition, facts: Facts): boolean {
  return holdsAside(when, facts) && holdsOnDirections(when, facts);
}

function holdsAside(when: LensCondition, facts: Facts): boolean {
  if (when.kind && !when.kind.includes(facts.kind)) return false;
  if (when.frame && !when.frame.includes(facts.frame)) return false;
  if (when.convention && !when.convention.includes(facts.convention)) return false;
  if (when.answeredYes !== undefined && facts.answeredYes !== when.answeredYes) return false;
  if (when.count === undefined) return true;
  const error = facts.countError ?? 0;
  return when.count === 'over' ? error > 0 : error < 0;
}

function holdsOnDirections(when: LensCondition, facts: Facts): boolean {
  const { pair } = facts;
  if (when.directional !== undefined && (pair !== null) !== when.directional) return false;
  if (when.same !== undefined && (pair?.same ?? false) !== when.same) return false;
  const reversed = pair?.reversed ?? [];
  if (when.reversed && !when.reversed.every((axis) => reversed.includes(axis))) return false;
  if (when.reversedExactly) {
    const exact = when.reversedExactly;
    if (exact.length !== reversed.length || !exact.every((axis) => reversed.includes(axis))) return false;
  }
  if (when.reversedAtLeast !== undefined && reversed.length < when.reversedAtLeast) return false;
  if (when.sharedAtLeast !== undefined && (pair?.shared.length ?? 0) < when.sharedAtLeast) return false;
  return !when.angle || when.angle.includes(facts.angle);
}

/** Stored keys hold the sign of a count's error alone, so its size is not told. */
function describeCount(error: number): string {
  if (error === 0) return 'the answer is no other number';
  return error > 0 ? 'the answer is too many' : 'the answer is too few';
}

function describe(facts: Facts): string {
  if (facts.kind === 'yes-no') return `the statement was answered ${facts.answeredYes ? 'yes' : 'no'} and is not`;
  if (facts.kind === 'count') return describeCount(facts.countError ?? 0);
  if (facts.kind === 'depth-order' || facts.kind === 'distance-order') return 'the other object was chosen';
  const { pair } = facts;
  if (pair === null) return `${facts.gold === null ? 'gold' : 'the predicted option'} carries no direction`;
  if (pair.same) return 'both options name the same direction';
  const parts = [
    pair.reversed.length > 0 ? `reversed on ${pair.reversed.join(' and ')}` : 'nothing reversed',
    pair.shared.length > 0 ? `same on ${pair.shared.join(' and ')}` : 'nothing shared',
  ];
  if (pair.reversed.length === 1) parts.push(pair.drift ? 'another axis differs too (drift)' : 'no other axis differs');
  return parts.join(', ');
}
