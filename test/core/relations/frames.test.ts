import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Frame } from '../../../src/core/model.js';
import { conventionOf, frameOf, objectsKey } from '../../../src/core/relations/frames.js';

const QUESTIONS: readonly (readonly [Frame, readonly string[]])[] = [
  [
    'camera',
    [
      "From the camera's perspective, where is the cup?",
      'From the camera’s point of view, where is the cup relative to the box?',
      'Seen from the perspective of the camera, where is the cup?',
      'Where is the cup, from the viewer?',
      "In the photographer's view, is the cup to the left of the box?",
    ],
  ],
  [
    'person',
    [
      "From the boy's perspective, where is the ball?",
      'From the perspective of the woman, where is the ball?',
      'From the man in red’s point of view, where is the ball?',
      'If you were the driver, where would the tree be?',
      "Imagine that you're the chef: where is the pan?",
      'If I am the chef, where is the pan?',
      "Suppose you are in the boy with the red hat's position. Where is the ball?",
      'If you were in the shoes of the driver, where would the tree be?',
    ],
  ],
  [
    'imagined',
    [
      'Imagine you are standing at the chair facing the door. Where is the lamp?',
      'Suppose you are facing the window. Where is the lamp?',
      'Imagine you are in the kitchen. Where is the lamp?',
      "Imagine that you are in the driver's seat. Where is the door?",
      'If you were sitting on the bench, where would the kiosk be?',
      'Suppose you are on the sofa. Where is the lamp?',
      'Standing by the sofa and looking towards the door, where is the lamp?',
    ],
  ],
  [
    'object',
    ["From the car's perspective, where is the tree?", 'From the perspective of the chair, where is the lamp?'],
  ],
  [
    'unstated',
    [
      'Where is the cup relative to the box?',
      'Is the camera on the table?',
      '',
      'The person stands left.',
      'If the cup is on the table, is the box behind it?',
    ],
  ],
];

describe('relations: frames', () => {
  for (const [frame, questions] of QUESTIONS)
    for (const question of questions)
      it(`${frame}: ${question || '(nothing)'}`, () => assert.equal(frameOf(question), frame));

  it('is unstated without a question', () => {
    assert.equal(frameOf(null), 'unstated');
  });

  it('says what front means only for who stands in the scene', () => {
    assert.equal(conventionOf('person'), 'facing');
    assert.equal(conventionOf('object'), 'facing');
    assert.equal(conventionOf('imagined'), 'facing');
    assert.equal(conventionOf('camera'), 'unstated');
    assert.equal(conventionOf('unstated'), 'unstated');
  });

  it('takes the same time for hostile texts as for kind ones', () => {
    const pieces = fc.constantFrom(
      'from the ',
      'imagine you are ',
      'perspective of the ',
      'a '.repeat(40),
      ', ',
      "man's ",
    );
    fc.assert(
      fc.property(fc.array(pieces, { minLength: 50, maxLength: 200 }), (all) => {
        const text = all.join('');
        assert.ok(['camera', 'person', 'object', 'imagined', 'unstated'].includes(frameOf(text)));
        assert.ok(objectsKey(text) !== undefined);
      }),
      { numRuns: 30 },
    );
  });
});

describe('relations: the objects of a question', () => {
  it('is the same for the same objects asked in another frame or in other words', () => {
    const key = objectsKey("From the camera's perspective, where is the red cup relative to the box?");
    assert.equal(key, 'red cup box');
    assert.equal(objectsKey('Where is the red cup located with respect to the box?'), key);
    assert.equal(objectsKey('In which direction is the RED cup, in relation to the box?'), key);
  });

  it('keeps the order: A relative to B is another question than B relative to A', () => {
    assert.notEqual(
      objectsKey('Where is the cup relative to the box?'),
      objectsKey('Where is the box relative to the cup?'),
    );
  });

  it('moves whoever looks to the end: they are the reference', () => {
    const camera = objectsKey('Where is the ball relative to the boy?');
    assert.equal(objectsKey("From the boy's perspective, where is the ball?"), camera);
    assert.equal(objectsKey('From the perspective of the boy, where is the ball?'), camera);
    assert.equal(camera, 'ball boy');
  });

  it('names each object once, in any script, and nothing where there is none', () => {
    assert.equal(objectsKey('Where is the cup? The cup!'), 'cup');
    assert.equal(objectsKey('杯子 在 哪里 box'), '杯子 在 哪里 box');
    assert.equal(objectsKey('Where is it?'), null);
    assert.equal(objectsKey(''), null);
  });
});
