import assert from 'node:assert/strict';
import { isDepthClass, summariseClasses } from '../../../src/core/analysis/classSummary.js';
import {
  chanceAdjustedOf,
  parsedAccuracyOf,
  passAtKs,
  summariseGroups,
  summariseUnits,
} from '../../../src/core/analysis/unitRates.js';
import { lensNamed } from '../../../src/core/relations/lenses/index.js';
import type { ClassCounts, ClassOpportunity } from '../../../src/core/store/classQueries.js';
import type { UnitGroup } from '../../../src/core/store/countQueries.js';

const near = (one: number | null | undefined, other: number): void =>
  assert.ok(one !== null && one !== undefined && Math.abs(one - other) < 1e-12, `${one} and ${other}`);

function units(n: number, correct: number, size = 1, more: Partial<UnitGroup> = {}): UnitGroup {
  return { units: n, size, correct, parsed: size, sampled: false, options: 4, ...more };
}

describe('analysis: rates over units', () => {
  it('takes an item for a unit where nothing groups it', () => {
    const found = summariseUnits([units(30, 1), units(10, 0)]);
    assert.deepEqual([found.units, found.items, found.correct, found.correctUnits], [40, 40, 30, 30]);
    assert.equal(found.accuracy, 0.75);
    assert.equal(found.chance, 0.25);
    assert.equal(found.chanceUnits, 40);
  });

  it('holds a circular group right only when every rotation is', () => {
    const found = summariseUnits([units(2, 4, 4), units(3, 3, 4), units(5, 0, 4)]);
    assert.equal(found.accuracy, 0.2);
    assert.deepEqual([found.correct, found.correctUnits, found.items], [17, 2, 40]);
    near(found.chance, 0.25 ** 4);
  });

  it('takes the share of right samples, and chance of one sample', () => {
    const found = summariseUnits([units(1, 3, 4, { sampled: true }), units(1, 0, 4, { sampled: true })]);
    assert.equal(found.accuracy, 0.375);
    assert.equal(found.chance, 0.25);
    assert.equal(found.belowChance, null, 'the test is about whole units');
  });

  it('holds accuracy among what could be read over units too', () => {
    assert.equal(parsedAccuracyOf([units(3, 1), units(1, 0), units(6, 0, 1, { parsed: 0 })]), 0.75, 'plain items');
    // Two circular groups right, one wrong, five with a rotation that could not be read.
    const circular = [units(2, 4, 4), units(1, 3, 4), units(5, 3, 4, { parsed: 3 })];
    near(parsedAccuracyOf(circular), 2 / 3);
    const sampled = { sampled: true };
    // 2 of 3 read samples, 0 of 4, and a question of which nothing could be read.
    const samples = [units(1, 2, 4, { ...sampled, parsed: 3 }), units(1, 0, 4, sampled)];
    near(parsedAccuracyOf([...samples, units(9, 0, 4, { ...sampled, parsed: 0 })]), 1 / 3);
    assert.equal(parsedAccuracyOf([units(5, 0, 1, { parsed: 0 })]), null);
  });

  it('takes chance out of accuracy where the chance of every unit is known', () => {
    near(chanceAdjustedOf([units(2, 1), units(2, 0)]), (0.5 - 0.25) / 0.75);
    near(chanceAdjustedOf([units(1, 1, 1, { options: 2 }), units(3, 0)]), (0.25 - 0.3125) / (1 - 0.3125));
    assert.equal(chanceAdjustedOf([units(1, 1), units(1, 0, 1, { options: null })]), null);
    assert.equal(chanceAdjustedOf([]), null);
  });

  it('knows no chance where the number of options is not known', () => {
    const found = summariseUnits([units(1, 1, 1, { options: null }), units(3, 1, 1, { options: 2 })]);
    assert.deepEqual([found.chance, found.chanceUnits, found.belowChance], [0.5, 3, null]);
    const none = summariseUnits([]);
    assert.deepEqual(
      [none.units, none.accuracy, none.ci95, none.chance, none.belowChance],
      [0, null, null, null, null],
    );
  });

  it('tests against chance', () => {
    near(summariseUnits([units(10, 0, 1, { options: 2 })]).belowChance?.p, 0.5 ** 10);
    near(summariseUnits([units(10, 1, 1, { options: 2 })]).belowChance?.p, 1);
  });

  it('groups by a field, what has none under "(none)"', () => {
    const found = summariseGroups([
      { ...units(3, 1), group: 'a' },
      { ...units(1, 0), group: 'a' },
      { ...units(2, 0), group: null },
    ]);
    assert.deepEqual(Object.keys(found), ['a', '(none)']);
    assert.deepEqual([found['a']?.accuracy, found['a']?.units, found['(none)']?.accuracy], [0.75, 4, 0]);
  });

  it('gives pass@k at powers of two and at the most samples, with chance beside it', () => {
    const found = passAtKs([units(1, 1, 6, { sampled: true }), units(1, 3, 6, { sampled: true })]);
    assert.deepEqual(Object.keys(found?.values ?? {}), ['1', '2', '4', '6']);
    near(found?.values['1'], (1 / 6 + 3 / 6) / 2);
    near(found?.values['2'], (1 / 3 + (1 - 3 / 15)) / 2);
    near(found?.values['6'], 1);
    near(found?.chance['2'], 1 - 0.75 ** 2);
    assert.equal(passAtKs([units(9, 1)]), null, 'nothing was sampled');
    assert.equal(passAtKs([units(9, 1, 1, { sampled: true })]), null, 'sampled once');
    assert.deepEqual(passAtKs([units(1, 2, 2, { sampled: true, options: null })])?.chance, {});
  });

  it('leaves questions with fewer samples out of pass@k for more', () => {
    const found = passAtKs([units(1, 0, 1, { sampled: true }), units(1, 1, 2, { sampled: true })]);
    assert.deepEqual(found?.values, { 1: 0.25, 2: 1 });
  });
});

describe('analysis: classes of a run', () => {
  const axes = lensNamed('axes');
  const count = (name: string, more: Partial<ClassCounts> = {}): ClassCounts => ({
    ...{ class: name, convention: 'unstated', count: 10, drift: 0, eligible: 10, forced: 0 },
    ...more,
  });
  const offer = (name: string, more: Partial<ClassOpportunity> = {}): ClassOpportunity => ({
    ...{ class: name, offered: 40, observed: 10, expected: 5, sumO2: 10, sumOE: 4, sumE2: 2.5, clusters: 20 },
    ...more,
  });

  it('have a count, an expectation and a rate among the items that offer them', () => {
    const found = summariseClasses(axes, [count('adjacent')], [offer('adjacent')], [])['adjacent'];
    assert.deepEqual([found?.count, found?.expected, found?.ratio, found?.offered, found?.rate], [10, 5, 2, 40, 0.25]);
    assert.ok((found?.ratioCi95?.[0] ?? 0) < 2 && (found?.ratioCi95?.[1] ?? 0) > 2);
  });

  it('are listed from the most to the least, those that were offered and never chosen too', () => {
    const offers = [offer('orthogonal', { observed: 0 }), offer('adjacent')];
    const found = summariseClasses(axes, [count('opposite', { count: 3 }), count('adjacent')], offers, []);
    assert.deepEqual(Object.keys(found), ['adjacent', 'opposite', 'orthogonal']);
    assert.deepEqual([found['orthogonal']?.count, found['orthogonal']?.ratio, found['orthogonal']?.rate], [0, null, 0]);
    const none = found['opposite'];
    assert.deepEqual([none?.expected, none?.ratio, none?.offered, none?.rate], [null, null, null, null]);
  });

  it('keep depth flips of different conventions apart: counts are added, rates are not', () => {
    const counts = [
      count('depth-flip', { convention: 'facing', count: 4, drift: 1 }),
      count('depth-flip', { convention: 'toward-viewer', count: 6, drift: 2 }),
    ];
    const offers = [offer('depth-flip|facing', { observed: 4 }), offer('depth-flip|toward-viewer', { observed: 6 })];
    const found = summariseClasses(axes, counts, [offer('depth-flip')], offers)['depth-flip'];
    assert.deepEqual([found?.count, found?.drift], [10, 3]);
    assert.deepEqual([found?.expected, found?.ratio, found?.rate, found?.offered], [null, null, null, null]);
    assert.deepEqual(Object.keys(found?.byConvention ?? {}), ['facing', 'toward-viewer']);
    assert.deepEqual(found?.byConvention?.['facing']?.rate, 0.1);
    assert.deepEqual(found?.byConvention?.['toward-viewer']?.count, 6);
  });

  it('keep the rates of depth flips that have one convention', () => {
    const one = summariseClasses(axes, [count('depth-flip')], [offer('depth-flip')], [offer('depth-flip|unstated')]);
    assert.equal(one['depth-flip']?.rate, 0.25);
    assert.deepEqual(Object.keys(one['depth-flip']?.byConvention ?? {}), ['unstated']);
    const offeredElsewhere = summariseClasses(
      axes,
      [count('depth-flip')],
      [offer('depth-flip')],
      [offer('depth-flip|unstated'), offer('depth-flip|facing', { observed: 0 })],
    );
    assert.equal(offeredElsewhere['depth-flip']?.rate, null, 'the offers would be pooled');
  });

  it('are depth classes by the lens’s own word', () => {
    assert.equal(isDepthClass(axes, 'depth-flip'), true);
    assert.equal(isDepthClass(axes, 'vertical-flip'), false);
    assert.equal(isDepthClass(lensNamed('wurf2026'), 'vertical'), true);
    assert.equal(isDepthClass(lensNamed('seed'), 'vertical'), false);
  });
});
