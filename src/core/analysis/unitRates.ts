import { belowChance, chanceOf, meanChance, type BelowChance, type ChanceGroup } from '../metrics/chance.js';
import { wilson } from '../metrics/proportions.js';
import { meanPassAtK } from '../metrics/passAtK.js';
import { chanceAdjustedAccuracy, parsedAccuracy } from '../metrics/rates.js';
import type { GroupUnits, UnitGroup } from '../store/countQueries.js';
import type { GroupSummary } from './summaryTypes.js';

/** How right one unit is, 0 to 1: the share of its samples, or all-or-nothing for a circular group. */
function shareOf(unit: UnitGroup): number {
  if (unit.sampled) return unit.correct / unit.size;
  return unit.correct === unit.size ? 1 : 0;
}

/** Chance of one unit: 1/m for samples of one question, its power for a group that must be right in every rotation. */
function chanceOfUnit(unit: UnitGroup): number | null {
  if (unit.options === null) return null;
  const once = chanceOf(unit.options);
  return once === null || unit.sampled ? once : once ** unit.size;
}

/** Accuracy with its interval and chance over groups of like units. */
export function summariseUnits(groups: readonly UnitGroup[]): GroupSummary & {
  readonly correctUnits: number;
  readonly chanceUnits: number;
  readonly belowChance: BelowChance | null;
} {
  const sum = (pick: (group: UnitGroup) => number): number => groups.reduce((total, group) => total + pick(group), 0);
  const units = sum((group) => group.units);
  const right = sum((group) => group.units * shareOf(group));
  const chances = groups.flatMap((group): ChanceGroup[] => {
    const chance = chanceOfUnit(group);
    return chance === null ? [] : [{ chance, units: group.units }];
  });
  const chanceUnits = chances.reduce((total, each) => total + each.units, 0);
  const whole = groups.every((group) => Number.isInteger(shareOf(group)));
  return {
    items: sum((group) => group.units * group.size),
    units,
    correct: sum((group) => group.units * group.correct),
    correctUnits: right,
    accuracy: units === 0 ? null : right / units,
    ci95: wilson(Math.min(right, units), units),
    chance: meanChance(chances),
    chanceUnits,
    belowChance: whole && chanceUnits === units && units > 0 ? belowChance(right, chances) : null,
  };
}

/**
 * Accuracy among the units that could be read. A circular group is read when every rotation is; of the samples of a
 * question the read ones count, and a question of which none could be read has no share.
 */
export function parsedAccuracyOf(groups: readonly UnitGroup[]): number | null {
  const read = groups.filter((group) => (group.sampled ? group.parsed > 0 : group.parsed === group.size));
  const units = read.reduce((total, group) => total + group.units, 0);
  const right = read.reduce(
    (total, group) => total + group.units * (group.sampled ? group.correct / group.parsed : shareOf(group)),
    0,
  );
  return parsedAccuracy(Math.min(right, units), units);
}

/** Accuracy of a set of groups with chance taken out; null where the chance of some unit is not known. */
export function chanceAdjustedOf(groups: readonly UnitGroup[]): number | null {
  const { units, correctUnits, chance, chanceUnits } = summariseUnits(groups);
  if (chance === null || chanceUnits !== units) return null;
  return chanceAdjustedAccuracy(Math.min(correctUnits, units), units, Math.min(chance, 1) * units);
}

/** The same per value of a field; rows without a value gather under "(none)". */
export function summariseGroups(groups: readonly GroupUnits[]): Record<string, GroupSummary> {
  const byName = new Map<string, GroupUnits[]>();
  for (const group of groups) {
    const name = group.group ?? '(none)';
    byName.set(name, [...(byName.get(name) ?? []), group]);
  }
  return Object.fromEntries(
    [...byName].map(([name, own]) => {
      const { items, units, correct, accuracy, ci95, chance } = summariseUnits(own);
      return [name, { items, units, correct, accuracy, ci95, chance }];
    }),
  );
}

/** pass@k at k = 1, 2, 4, … up to the most samples of a question, and at that number; null where nothing was sampled. */
export function passAtKs(
  groups: readonly UnitGroup[],
): { readonly values: Record<string, number>; readonly chance: Record<string, number> } | null {
  const sampled = groups.filter((group) => group.sampled);
  const most = Math.max(0, ...sampled.map((group) => group.size));
  if (most < 2) return null;
  const values: Record<string, number> = {};
  const chance: Record<string, number> = {};
  for (let k = 1; k <= most; k = k < most && k * 2 > most ? most : k * 2) {
    const units = sampled.flatMap((group) =>
      Array.from({ length: group.units }, () => ({ samples: group.size, correct: group.correct })),
    );
    const { value } = meanPassAtK(units, k);
    if (value !== null) values[k] = value;
    const known = sampled.flatMap((group) => {
      const one = group.options === null ? null : chanceOf(group.options, k);
      return one === null ? [] : [{ chance: one, units: group.units }];
    });
    const mean = meanChance(known);
    if (mean !== null) chance[k] = mean;
  }
  return { values, chance };
}
