import assert from 'node:assert/strict';
import fc from 'fast-check';
import { completionBias, type ObjectQuestion } from '../../../src/core/metrics/completionBias.js';
import { allClose, reference } from './reference.js';

function present(image: string, ...objects: string[]): ObjectQuestion[] {
  return objects.map((object) => ({ image, object, goldYes: true, answeredYes: true }));
}

function absent(image: string, object: string, answeredYes: boolean): ObjectQuestion {
  return { image, object, goldYes: false, answeredYes };
}

describe('metrics/completionBias', () => {
  it('agrees with a presence matrix in pandas', () => {
    for (const { questions, expected } of reference.completionBias) {
      const result = completionBias(questions);
      allClose([result.questions, result.falseYes, result.rate], expected.total, 'total');
      assert.equal(result.byObject.length, Object.keys(expected.byObject).length);
      for (const { object, questions: asked, falseYes, rate } of result.byObject) {
        allClose([asked, falseYes, rate], expected.byObject[object] ?? null, { object });
      }
      for (const { bucket, questions: asked, falseYes, rate, minLift, maxLift } of result.byLift) {
        allClose([asked, falseYes, rate, minLift, maxLift], expected.byLift[bucket] ?? null, { bucket });
      }
    }
  });

  it('computes lift over the images of the data, by hand', () => {
    // Cup: 2 of 4 images; spoon: 2 of 4; together in 1. lift = (1/4) / (1/2 · 1/2) = 1.
    const scene = [
      ...present('1', 'cup', 'spoon'),
      ...present('2', 'cup'),
      ...present('3', 'spoon'),
      ...present('4', 'dog'),
    ];
    const result = completionBias([...scene, absent('2', 'spoon', true)]);
    assert.deepEqual(result.byLift[2], { bucket: 'low', questions: 1, falseYes: 1, rate: 1, minLift: 1, maxLift: 1 });
  });

  it('takes the greatest lift where several objects are present', () => {
    // With the dog present too (lift 0 with spoon), the cup's lift of 1 decides.
    const scene = [
      ...present('1', 'cup', 'spoon'),
      ...present('2', 'dog', 'cup'),
      ...present('3', 'spoon'),
      ...present('4', 'dog'),
    ];
    assert.equal(completionBias([...scene, absent('2', 'spoon', false)]).byLift[2]?.maxLift, 1);
  });

  it('keeps unknown lifts, zero lifts and terciles apart', () => {
    const scene = [...present('1', 'cup', 'spoon'), ...present('2', 'dog')];
    const asked = [absent('1', 'unicorn', true), absent('3', 'cup', false), absent('2', 'cup', true)];
    const buckets = completionBias([...scene, ...asked]).byLift;
    assert.deepEqual(
      buckets.map(({ bucket, questions, falseYes, rate }) => [bucket, questions, falseYes, rate]),
      [
        ['undefined', 2, 1, 0.5],
        ['zero', 1, 1, 1],
        ['low', 0, 0, null],
        ['middle', 0, 0, null],
        ['high', 0, 0, null],
      ],
    );
  });

  it('does not let an object vouch for itself where the gold contradicts itself', () => {
    const buckets = completionBias([...present('1', 'cup'), absent('1', 'cup', true)]).byLift;
    assert.equal(buckets[0]?.questions, 1);
  });

  it('has null rates and no objects without gold-no questions', () => {
    const { questions, falseYes, rate, byObject } = completionBias(present('1', 'cup'));
    assert.deepEqual({ questions, falseYes, rate, byObject }, { questions: 0, falseYes: 0, rate: null, byObject: [] });
  });

  it('lists the most false yes first, and loses no question in any grouping', () => {
    const question = fc.record({
      image: fc.constantFrom('1', '2', '3', '4'),
      object: fc.constantFrom('cup', 'dog', 'fork', 'car', 'tie'),
      goldYes: fc.boolean(),
      answeredYes: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(question, { maxLength: 60 }), (questions) => {
        const result = completionBias(questions);
        for (const grouping of [result.byObject, result.byLift]) {
          const sum = (name: 'questions' | 'falseYes') => grouping.reduce((total, part) => total + part[name], 0);
          assert.deepEqual([sum('questions'), sum('falseYes')], [result.questions, result.falseYes]);
        }
        const counts = result.byObject.map(({ falseYes }) => falseYes);
        assert.deepEqual(
          counts,
          [...counts].sort((a, b) => b - a),
        );
        const lifts = result.byLift.slice(2).flatMap(({ minLift, maxLift }) => [minLift ?? [], maxLift ?? []].flat());
        assert.deepEqual(
          lifts,
          [...lifts].sort((a, b) => a - b),
        );
      }),
    );
  });
});
