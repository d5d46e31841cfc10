import assert from 'node:assert/strict';
import fc from 'fast-check';
import { AXES, FlipsideError, type Direction, type ItemKind } from '../../../src/core/model.js';
import { classify, type Lens, type LensInput } from '../../../src/core/relations/lens.js';
import { LENSES, lensNamed } from '../../../src/core/relations/lenses/index.js';
import {
  ABOVE,
  ALL_DIRECTIONS,
  BACK,
  BACK_LEFT,
  BACK_RIGHT,
  BELOW,
  choice,
  direction,
  directions,
  FRONT,
  FRONT_LEFT,
  FRONT_RIGHT,
  LEFT,
  RIGHT,
} from './support.js';

const axes = lensNamed('axes');
const wurf2026 = lensNamed('wurf2026');
const seed = lensNamed('seed');
const angular = lensNamed('angular');

const KINDS: readonly ItemKind[] = ['choice', 'yes-no', 'count', 'depth-order', 'distance-order', 'open'];

/** Every error that a lens can meet: kinds × directions × directions, with both answers and every sign of a count's error. */
function* everyError(): Generator<LensInput> {
  for (const kind of KINDS)
    for (const gold of ALL_DIRECTIONS)
      for (const predicted of ALL_DIRECTIONS)
        for (const answeredYes of kind === 'yes-no' ? [true, false, null] : [null])
          for (const countError of kind === 'count' ? [-2, 0, 3, null] : [null])
            yield choice(gold, predicted, { kind, answeredYes, countError });
}

function classOf(
  lens: Lens,
  gold: Direction | null,
  predicted: Direction | null,
  more: Partial<LensInput> = {},
): string {
  return classify(lens, choice(gold, predicted, more)).class;
}

function classesOf(lens: Lens): Set<string> {
  return new Set([...lens.rules.map((rule) => rule.class), lens.otherwise]);
}

describe('relations: lenses', () => {
  for (const lens of LENSES) {
    it(`${lens.name} gives every error exactly one of its classes, always the same, and says why`, () => {
      const known = classesOf(lens);
      const met = new Set<string>();
      let errors = 0;
      for (const error of everyError()) {
        const verdict = classify(lens, error);
        errors += 1;
        met.add(verdict.class);
        assert.ok(known.has(verdict.class), verdict.class);
        assert.equal(classify(lens, error).class, verdict.class);
        assert.match(verdict.rule, /^(?:rule "[^"]+"|no rule holds): \S/);
      }
      assert.equal(errors, 27 * 27 * (4 + 3 + 4));
      assert.deepEqual([...met].sort(), [...known].sort(), 'every class of the lens occurs');
    });

    it(`${lens.name} tells drift of flips only`, () => {
      for (const error of everyError()) {
        const [gold, predicted] = [error.gold, error.predicted].map((each) =>
          each === null ? null : AXES.map((axis) => ((lens.project ?? AXES).includes(axis) ? each[axis] : 0)),
        );
        const differing = gold?.flatMap((sign, at) => (sign === predicted?.[at] ? [] : [at])) ?? [];
        const reversed = differing.filter((at) => (gold?.[at] ?? 0) * (predicted?.[at] ?? 0) < 0);
        const flip = predicted && reversed.length === 1 && ['choice', 'open'].includes(error.kind);
        assert.equal(classify(lens, error).drift, flip ? differing.length > 1 : null);
      }
    });
  }

  it('has a name, a version and a title, and no two lenses share a name', () => {
    for (const lens of LENSES) for (const text of [lens.name, lens.version, lens.title]) assert.notEqual(text, '');
    assert.equal(new Set(LENSES.map((lens) => lens.name)).size, LENSES.length);
  });

  it('finds a lens by name, the user’s own first, and lists the names otherwise', () => {
    const own = { ...axes, version: '7' };
    assert.equal(lensNamed('axes', [own]).version, '7');
    assert.throws(
      () => lensNamed('axis', [{ ...axes, name: 'mine' }]),
      (error) =>
        error instanceof FlipsideError &&
        error.options.exitCode === 2 &&
        /"axis".*mine, axes, wurf2026, seed, angular/.test(error.message),
    );
  });

  it('asks a rule for everything that it states', () => {
    const lens = (when: Lens['rules'][number]['when']): Lens => ({
      ...axes,
      rules: [{ class: 'hit', when }],
      otherwise: 'miss',
    });
    const hits = (when: Lens['rules'][number]['when'], error: LensInput): boolean =>
      classify(lens(when), error).class === 'hit';
    const flip = choice(FRONT_LEFT, FRONT_RIGHT, { frame: 'person', convention: 'facing' });
    assert.ok(hits({}, flip));
    assert.ok(hits({ frame: ['camera', 'person'], convention: ['facing'], directional: true, same: false }, flip));
    assert.ok(!hits({ frame: ['camera'] }, flip));
    assert.ok(!hits({ convention: ['toward-viewer'] }, flip));
    assert.ok(hits({ reversed: ['lateral'], sharedAtLeast: 1, angle: [90] }, flip));
    assert.ok(!hits({ reversed: ['lateral'], sharedAtLeast: 2 }, flip));
    assert.ok(hits({ reversed: ['lateral'] }, choice(FRONT_LEFT, BACK_RIGHT)), 'another axis may be reversed too');
    assert.ok(!hits({ reversedExactly: ['lateral'] }, choice(FRONT_LEFT, BACK_RIGHT)));
    assert.ok(hits({ reversedExactly: ['depth', 'lateral'] }, choice(FRONT_LEFT, BACK_RIGHT)), 'in any order');
    assert.ok(hits({ angle: [null] }, choice(ABOVE, BELOW)));
    assert.ok(!hits({ angle: [0] }, choice(ABOVE, BELOW)));
  });
});

describe('relations: the lens axes', () => {
  /** The published decision table, written down again without the code under test. */
  function table(error: LensInput): string {
    if (error.kind === 'yes-no' && error.answeredYes !== null) return error.answeredYes ? 'false-yes' : 'false-no';
    if (error.kind === 'count' && (error.countError ?? 0) !== 0)
      return Number(error.countError) > 0 ? 'over-count' : 'under-count';
    if (error.kind === 'depth-order') return 'depth-order-swap';
    if (error.kind === 'distance-order') return 'distance-order-swap';
    const { gold: g, predicted: p } = error;
    if (g === null || p === null) return 'non-directional';
    const lateral = g.lateral * p.lateral;
    const depth = g.depth * p.depth;
    const vertical = g.vertical * p.vertical;
    const reversals = [lateral, depth, vertical].filter((product) => product === -1).length;
    if (g.lateral === p.lateral && g.depth === p.depth && g.vertical === p.vertical) return 'same-direction';
    if (reversals >= 2) return 'opposite';
    if (lateral === -1) return 'horizontal-flip';
    if (depth === -1) return 'depth-flip';
    if (vertical === -1) return 'vertical-flip';
    return lateral + depth + vertical > 0 ? 'adjacent' : 'orthogonal';
  }

  it('is the decision table, for every error there is', () => {
    for (const error of everyError()) assert.equal(classify(axes, error).class, table(error));
  });

  it('classes the examples', () => {
    assert.equal(classOf(axes, FRONT, FRONT_LEFT), 'adjacent');
    assert.equal(classOf(axes, FRONT, LEFT), 'orthogonal');
    assert.equal(classOf(axes, LEFT, RIGHT), 'horizontal-flip');
    assert.equal(classOf(axes, FRONT, BACK), 'depth-flip');
    assert.equal(classOf(axes, ABOVE, BELOW), 'vertical-flip');
    assert.equal(classOf(axes, FRONT_LEFT, BACK_RIGHT), 'opposite');
    assert.equal(classOf(axes, FRONT_LEFT, RIGHT), 'horizontal-flip');
    assert.equal(classify(axes, choice(FRONT_LEFT, RIGHT)).drift, true);
    assert.equal(classify(axes, choice(LEFT, RIGHT)).drift, false);
    assert.equal(classify(axes, choice(FRONT, LEFT)).drift, null);
  });

  it('is the same seen from the other side, and in any mirror', () => {
    fc.assert(
      fc.property(directions, directions, fc.constantFrom(...AXES), (gold, predicted, axis) => {
        const mirror = (each: Direction): Direction => ({ ...each, [axis]: -each[axis] || 0 });
        const verdict = classify(axes, choice(gold, predicted));
        assert.equal(classify(axes, choice(predicted, gold)).class, verdict.class);
        assert.deepEqual(classify(axes, choice(mirror(gold), mirror(predicted))), verdict);
      }),
    );
  });

  it('does not count orders, statements and numbers as flips, whatever their options say', () => {
    for (const kind of ['depth-order', 'distance-order'] as const)
      assert.equal(classify(axes, choice(LEFT, RIGHT, { kind })).drift, null);
    assert.equal(classOf(axes, LEFT, RIGHT, { kind: 'yes-no', answeredYes: true }), 'false-yes');
    assert.equal(classOf(axes, null, null, { kind: 'count', countError: -1 }), 'under-count');
  });
});

describe('relations: the other lenses', () => {
  it('wurf2026 sees front, back, left and right only', () => {
    assert.equal(classOf(wurf2026, LEFT, RIGHT), 'horizontal');
    assert.equal(classOf(wurf2026, FRONT_LEFT, BACK_RIGHT), 'horizontal', 'left-right anywhere comes first');
    assert.equal(classOf(wurf2026, FRONT, BACK), 'vertical');
    assert.equal(classOf(wurf2026, FRONT_LEFT, BACK), 'vertical');
    assert.equal(classOf(wurf2026, FRONT, FRONT_RIGHT), 'adjacent');
    assert.equal(classOf(wurf2026, FRONT, RIGHT), 'orthogonal');
    assert.equal(classOf(wurf2026, ABOVE, BELOW), 'lens-dropped');
    assert.equal(classOf(wurf2026, ABOVE, LEFT), 'lens-dropped', 'no label on one side');
    assert.equal(classOf(wurf2026, direction(1, 0, 1), RIGHT), 'lens-dropped', '"above-right" reads "right": the same');
    assert.equal(classOf(wurf2026, direction(1, 0, 1), LEFT), 'horizontal', '"above-right" reads "right"');
    assert.equal(classOf(wurf2026, null, null, { kind: 'yes-no', answeredYes: true }), 'lens-dropped');
  });

  it('wurf2026 says of itself that it does not reproduce the published shares', () => {
    assert.match(wurf2026.note ?? '', /No lens reproduces the published 41\.5 \/ 31\.5 \/ 24\.6 %/);
  });

  it('seed counts only-lateral, only-vertical, orthogonal, and everything else', () => {
    assert.equal(classOf(seed, LEFT, RIGHT), 'horizontal');
    assert.equal(classOf(seed, LEFT, RIGHT, { kind: 'open' }), 'horizontal', 'asked without options');
    assert.equal(classOf(seed, FRONT_LEFT, RIGHT), 'horizontal');
    assert.equal(classOf(seed, ABOVE, BELOW), 'vertical');
    assert.equal(classOf(seed, ABOVE, BELOW, { kind: 'open' }), 'vertical');
    assert.equal(classOf(seed, FRONT, BACK), 'other', 'front and back are not top and bottom');
    assert.equal(classOf(seed, FRONT_LEFT, BACK_RIGHT), 'other');
    assert.equal(classOf(seed, FRONT, FRONT_LEFT), 'other');
    assert.equal(classOf(seed, FRONT, LEFT), 'orthogonal');
    assert.equal(classOf(seed, null, LEFT), 'other');
    assert.equal(classOf(seed, LEFT, RIGHT, { kind: 'depth-order' }), 'other');
  });

  it('angular groups by the signed angle', () => {
    assert.equal(classOf(angular, LEFT, RIGHT), 'half-turn');
    assert.equal(classOf(angular, FRONT_LEFT, FRONT_RIGHT), 'angle+90');
    assert.equal(classOf(angular, FRONT_RIGHT, FRONT_LEFT), 'angle-90');
    assert.equal(classOf(angular, FRONT, BACK_LEFT), 'angle-135');
    assert.equal(classOf(angular, LEFT, direction(-1, 0, 1)), 'angle-0');
    assert.equal(classOf(angular, LEFT, ABOVE), 'no-angle');
    assert.equal(classOf(angular, LEFT, null), 'non-directional');
  });
});
