import assert from 'node:assert/strict';
import fc from 'fast-check';
import { AXES, type Axis, type Direction } from '../../../src/core/model.js';
import {
  angleBetween,
  bearingOf,
  compareDirections,
  decodeDirection,
  encodeDirection,
  mirrorDirection,
  nameDirection,
  NO_DIRECTION_CODE,
  projectDirection,
} from '../../../src/core/relations/direction.js';
import {
  ABOVE,
  ALL_DIRECTIONS,
  BACK,
  BACK_RIGHT,
  direction,
  directions,
  FRONT,
  FRONT_LEFT,
  FRONT_RIGHT,
  LEFT,
  RIGHT,
} from './support.js';

const axes = fc.constantFrom<Axis>(...AXES);

describe('relations: directions', () => {
  it('codes every direction as its own integer from 0 to 26, and none as 13', () => {
    const codes = ALL_DIRECTIONS.map(encodeDirection);
    assert.deepEqual(codes, [...Array(27).keys()], 'lateral counts most, vertical least');
    assert.equal(encodeDirection(null), NO_DIRECTION_CODE);
    for (const each of ALL_DIRECTIONS) assert.deepEqual(decodeDirection(encodeDirection(each)), each);
  });

  it('refuses codes that stand for nothing', () => {
    for (const code of [-1, 27, 1.5, Number.NaN]) assert.throws(() => decodeDirection(code), RangeError);
  });

  it('mirrors twice into itself, and once only on the one axis', () => {
    fc.assert(
      fc.property(directions, axes, (each, axis) => {
        const once = mirrorDirection(each, axis);
        assert.deepEqual(mirrorDirection(once, axis), each);
        assert.equal(once[axis] + each[axis], 0);
        assert.ok(!Object.is(once[axis], -0));
        for (const other of AXES) if (other !== axis) assert.equal(once[other], each[other]);
      }),
    );
  });

  it('keeps only the axes it is asked for', () => {
    assert.deepEqual(projectDirection(direction(1, 0, 1), ['lateral', 'depth']), RIGHT);
    assert.equal(projectDirection(ABOVE, ['lateral', 'depth']), null);
    assert.equal(projectDirection(null, AXES), null);
    fc.assert(fc.property(directions, (each) => assert.deepEqual(projectDirection(each, AXES), each)));
  });

  it('compares component by component, the same from both sides', () => {
    fc.assert(
      fc.property(directions, directions, (one, other) => {
        const pair = compareDirections(one, other);
        assert.deepEqual(compareDirections(other, one), pair);
        for (const axis of AXES) {
          assert.equal(pair.reversed.includes(axis), one[axis] !== 0 && one[axis] === -other[axis]);
          assert.equal(pair.shared.includes(axis), one[axis] !== 0 && one[axis] === other[axis]);
        }
        assert.equal(pair.same, encodeDirection(one) === encodeDirection(other));
      }),
    );
  });

  it('calls it drift where an axis that is not reversed differs', () => {
    /** Independent of the code: after undoing the reversal of the reversed axes, is anything still different? */
    const drifts = (one: Direction, other: Direction): boolean => {
      const undone = AXES.reduce(
        (each, axis) => (one[axis] !== 0 && one[axis] + other[axis] === 0 ? mirrorDirection(each, axis) : each),
        other,
      );
      return encodeDirection(undone) !== encodeDirection(one);
    };
    fc.assert(
      fc.property(directions, directions, (one, other) => {
        assert.equal(compareDirections(one, other).drift, drifts(one, other));
      }),
    );
    assert.equal(compareDirections(FRONT_LEFT, RIGHT).drift, true);
    assert.equal(compareDirections(FRONT_LEFT, FRONT_RIGHT).drift, false);
  });

  it('measures angles in the horizontal plane, clockwise seen from above', () => {
    assert.equal(bearingOf(FRONT), 0);
    assert.equal(bearingOf(FRONT_RIGHT), 45);
    assert.equal(bearingOf(RIGHT), 90);
    assert.equal(bearingOf(BACK), 180);
    assert.equal(bearingOf(LEFT), 270);
    assert.equal(bearingOf(direction(-1, 0, 1)), 270, 'height does not matter');
    assert.equal(bearingOf(ABOVE), null);
    assert.equal(angleBetween(FRONT, RIGHT), 90);
    assert.equal(angleBetween(RIGHT, FRONT), -90);
    assert.equal(angleBetween(FRONT_LEFT, FRONT_RIGHT), 90, 'a left-right flip may be a quarter turn');
    assert.equal(angleBetween(LEFT, RIGHT), 180);
    assert.equal(angleBetween(LEFT, BACK_RIGHT), -135);
    assert.equal(angleBetween(ABOVE, LEFT), null);
    assert.equal(angleBetween(LEFT, null), null);
  });

  it('turns back by the same angle, in steps of 45 within (-180, 180]', () => {
    fc.assert(
      fc.property(directions, directions, directions, (one, two, three) => {
        const there = angleBetween(one, two);
        const back = angleBetween(two, one);
        const on = angleBetween(two, three);
        const whole = angleBetween(one, three);
        if (there === null) return assert.equal(back, null);
        assert.ok(there % 45 === 0 && there > -180 && there <= 180);
        assert.equal(back, there === 180 ? 180 : -there || 0);
        if (on !== null && whole !== null) assert.equal((there + on - whole) % 360 || 0, 0);
      }),
    );
  });

  it('names directions apart from each other', () => {
    const names = ALL_DIRECTIONS.map(nameDirection);
    assert.equal(new Set(names).size, 27);
    assert.equal(nameDirection(direction(-1, 1, 0)), 'front-left');
    assert.equal(nameDirection(direction(1, 0, 1)), 'above-right');
    assert.equal(nameDirection(null), null);
  });
});
