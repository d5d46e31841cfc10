import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Direction } from '../../../src/core/model.js';
import { directionOf, findPhrases, readPhrase } from '../../../src/core/relations/phrases.js';
import { nameDirection } from '../../../src/core/relations/direction.js';
import { ABOVE, BACK, BACK_RIGHT, BELOW, direction, directions, FRONT, FRONT_LEFT, LEFT, RIGHT } from './support.js';

/** The words of each side of each axis, and the phrases that contain them. */
const WORDS: readonly (readonly [Direction, readonly string[]])[] = [
  [
    LEFT,
    [
      'left',
      'to the left',
      'on the left',
      'at the left',
      'left of',
      'to the left of',
      'on the left of',
      'at the left side of',
      'on the left side of',
      'to the left side of',
      'left side',
      'on the left-hand side of',
      'to your left',
      'on its left',
      'on the far left',
      'from the left',
    ],
  ],
  [
    RIGHT,
    [
      'right',
      'to the right',
      'on the right',
      'at the right side of',
      'right of',
      'right-hand side',
      'on the immediate right of',
    ],
  ],
  [BACK, ['behind', 'back', 'in the background', 'background', 'at the back of', 'in back of', 'to the back']],
  [
    FRONT,
    ['front', 'in front of', 'in the foreground', 'foreground', 'in front', 'in the front of', 'to the front of'],
  ],
  [BELOW, ['below', 'under', 'beneath', 'underneath', 'down', 'bottom', 'at the bottom of', 'on the bottom']],
  [ABOVE, ['above', 'on', 'on top of', 'over', 'up', 'top', 'on top', 'at the top', 'on the top of', 'top of']],
];

describe('relations: direction words', () => {
  for (const [expected, phrases] of WORDS) {
    for (const phrase of phrases) {
      it(`"${phrase}" is ${nameDirection(expected)}`, () => {
        assert.deepEqual(directionOf(phrase), expected);
        assert.deepEqual(directionOf(phrase.toUpperCase()), expected);
        assert.deepEqual(directionOf(`The cup is ${phrase} the box.`), expected);
        assert.deepEqual(directionOf(phrase.replaceAll(' ', '-')), expected, 'hyphens separate words');
        assert.deepEqual(directionOf(phrase.replaceAll(' ', '_')), expected, 'underscores separate words');
        assert.deepEqual(directionOf(phrase.replaceAll(' ', ' \n ')), expected, 'so does any white space');
        assert.equal(findPhrases(phrase.replace('in back of', 'back of')).length, 1, 'one phrase, the longest');
      });
    }
  }

  it('composes directions from their parts', () => {
    assert.deepEqual(directionOf('front-left'), FRONT_LEFT);
    assert.deepEqual(directionOf('front left'), FRONT_LEFT);
    assert.deepEqual(directionOf('to the left and in front of'), FRONT_LEFT);
    assert.deepEqual(directionOf('Back-Right'), BACK_RIGHT);
    assert.deepEqual(directionOf('above-right'), direction(1, 0, 1));
    assert.deepEqual(directionOf('behind, below and to the left of'), direction(-1, -1, -1));
  });

  it('reads "upper" and "lower" where they belong to a side, or stand at the end', () => {
    const [upperLeft, lowerRight] = [direction(-1, 0, 1), direction(1, 0, -1)];
    for (const text of [
      'upper left',
      'Upper-Left',
      'top-left',
      'in the upper left corner of',
      'on the upper-left side',
    ])
      assert.deepEqual(directionOf(text), upperLeft, text);
    for (const text of [
      'lower right',
      'lower_right',
      'bottom right',
      'the lower right-hand corner',
      'on the lower right',
    ])
      assert.deepEqual(directionOf(text), lowerRight, text);
    for (const text of ['upper', 'the upper part of']) assert.deepEqual(directionOf(text), ABOVE, text);
    assert.deepEqual(directionOf('in the lower half'), BELOW);
    for (const text of ['the lower shelf', 'an upper arm', 'lowered', 'uppermost', 'upper leftover'])
      assert.equal(directionOf(text), null, text);
    assert.equal(readPhrase('on the lower left').contact, false);
  });

  it('never reads "on" inside another word or as part of a side', () => {
    assert.deepEqual(directionOf('on the left of'), LEFT);
    assert.deepEqual(directionOf('on the right side of the sofa'), RIGHT);
    assert.deepEqual(directionOf('in front of'), FRONT);
    assert.deepEqual(directionOf('front'), FRONT);
    for (const text of ['one', 'once', 'upon', 'contains', 'stone', 'python'])
      assert.equal(directionOf(text), null, text);
  });

  it('matches whole words only', () => {
    const texts = [
      'leftover',
      'brightly',
      'backpack',
      'topping',
      'overlap',
      'update',
      'downtown',
      'thunder',
      'upright',
    ];
    for (const text of texts) assert.equal(directionOf(text), null, text);
    assert.equal(directionOf("o'left"), null, 'an apostrophe inside a word');
    assert.equal(directionOf('left7'), null);
    assert.equal(directionOf('éleft'), null);
  });

  it('reads a word in quotation marks', () => {
    for (const text of ["'left'", '"left"', '“left”', '‘left’', '(left)', '**left**', '<left>'])
      assert.deepEqual(directionOf(text), LEFT, text);
  });

  it('has no direction for what only sounds like one', () => {
    const texts = [
      ...['north', 'three o’clock', 'near', 'far from', 'between', 'inside', 'touching', 'facing', 'next to', ''],
      ...['on the other side of', 'on the same side of', 'at the far side of', 'on the side of', 'at the edge of'],
      'right-handed',
    ];
    for (const text of texts) assert.equal(directionOf(text), null, text);
  });

  it('has no direction for a text that names both senses of an axis', () => {
    assert.equal(directionOf('left to right'), null);
    assert.equal(directionOf('from front to back'), null);
    assert.equal(directionOf('left or above, or to the right'), null);
    assert.deepEqual(directionOf('left, on the left'), LEFT);
    assert.equal(findPhrases('left to right').length, 2, 'yet both phrases are found');
  });

  it('tells contact from height', () => {
    for (const text of ['on', 'on top of', 'on the top of']) {
      assert.equal(readPhrase(text).contact, true, text);
    }
    for (const text of ['above', 'over', 'on the left of', 'top', 'on the other side of', 'on or under'])
      assert.equal(readPhrase(text).contact, false, text);
  });

  it('gives the place of every phrase', () => {
    const text = 'The red cup is in front of the box, on the left-hand side of the lamp.';
    assert.deepEqual(
      findPhrases(text).map(({ start, end }) => text.slice(start, end)),
      ['in front of', 'on the left-hand side of'],
    );
  });
});

describe('relations: direction words, properties', () => {
  const MIRRORED: Readonly<Record<string, string>> = {
    left: 'right',
    right: 'left',
    front: 'back',
    back: 'front',
    above: 'below',
    below: 'above',
  };

  it('reads the name of every direction as that direction', () => {
    fc.assert(
      fc.property(directions, (each) => {
        assert.deepEqual(directionOf(nameDirection(each) ?? ''), each);
      }),
    );
  });

  it('reads the mirrored words as the mirrored direction', () => {
    fc.assert(
      fc.property(directions, (each) => {
        const name = nameDirection(each) ?? '';
        const opposite = name
          .split('-')
          .map((word) => MIRRORED[word])
          .join('-');
        const read = directionOf(opposite);
        assert.deepEqual(
          [read?.lateral, read?.depth, read?.vertical].map((sign) => -(sign ?? 0) || 0),
          [each.lateral, each.depth, each.vertical],
        );
      }),
    );
  });

  it('finds phrases in order, apart from each other, at word boundaries, in any text', () => {
    const pieces = fc.constantFrom(
      'left',
      'right',
      'on',
      'on the',
      'front',
      ' ',
      '-',
      'x',
      "'",
      '. ',
      'top of',
      'é',
      '\n',
    );
    const texts = fc.oneof(
      fc.array(pieces, { maxLength: 30 }).map((all) => all.join('')),
      fc.string(),
    );
    fc.assert(
      fc.property(texts, (text) => {
        let last = 0;
        for (const { start, end } of findPhrases(text)) {
          assert.ok(start >= last && end > start && end <= text.length);
          assert.doesNotMatch(text.slice(0, start), /[\p{L}\p{N}]$/u);
          assert.doesNotMatch(text.slice(end), /^[\p{L}\p{N}]/u);
          last = end;
        }
      }),
    );
  });

  it('gives the same reading the second time', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        assert.deepEqual(readPhrase(text), readPhrase(text));
      }),
    );
  });
});
