import assert from 'node:assert/strict';
import type { ItemKind } from '../../../src/core/model.js';
import { isLetter, kindOf, numberOf, yesNoOf } from '../../../src/core/relations/kinds.js';
import { directionOf } from '../../../src/core/relations/phrases.js';

/** Question, options, gold, kind. */
const TABLE: readonly (readonly [string | null, readonly string[], string | null, ItemKind])[] = [
  ['Is the cup on the table?', ['Yes', 'No'], 'Yes', 'yes-no'],
  ['The cup is on the table.', ['False', 'True'], 'B', 'yes-no'],
  ['Is the cup on the table?', [], 'no', 'yes-no'],
  ['The cup is on the table.', [], 'True', 'yes-no'],
  ['Is it?', ['yes', 'no', 'maybe'], 'A', 'choice'],
  ['Is it?', ['yes', 'true'], 'A', 'choice'],
  ['How many cups are there?', [], '3', 'count'],
  ['How many cups are there?', ['1', 'two', '3.0'], 'A', 'count'],
  ['What is the number of chairs?', ['4', '5'], 'B', 'count'],
  ['Which frame shows it?', ['1', '2'], 'A', 'choice'],
  ['How many cups are there?', ['few', 'many'], 'A', 'choice'],
  ['Which is closer to the camera?', ['the cup', 'the box'], 'A', 'depth-order'],
  ['Which object is nearest to the viewer?', ['cup', 'box'], 'A', 'depth-order'],
  ['Which point is deeper?', ['P1', 'P2'], 'A', 'depth-order'],
  ['Which is closer to the lamp?', ['the cup', 'the box'], 'A', 'distance-order'],
  ['Which is farther from the door?', ['cup', 'box'], 'A', 'distance-order'],
  ['Which is closer to the lamp?', ['cup', 'box', 'book'], 'A', 'choice'],
  ['Which side is closer to the lamp?', ['left', 'right'], 'A', 'choice'],
  ['Which is farther north?', ['cup', 'box'], 'A', 'choice'],
  ['Where is the cup?', ['left', 'right'], 'left', 'choice'],
  [null, ['left', 'right'], null, 'choice'],
  ['Where is the cup?', [], '(B)', 'choice'],
  ['Where is the cup?', [], 'Left', 'open'],
  [null, [], null, 'open'],
];

describe('relations: how an item is asked', () => {
  for (const [question, texts, gold, kind] of TABLE) {
    it(`${kind}: ${question ?? 'no question'} [${texts.join(', ')}] ${gold ?? 'no gold'}`, () => {
      const options = texts.map((text) => ({ label: null, text }));
      assert.equal(
        kindOf(question, options, gold, (text) => directionOf(text) !== null),
        kind,
      );
    });
  }

  it('reads yes and no', () => {
    for (const text of ['yes', 'Yes.', ' TRUE ', 'correct!']) assert.equal(yesNoOf(text), true, text);
    for (const text of ['no', 'No.', 'false', 'Incorrect']) assert.equal(yesNoOf(text), false, text);
    for (const text of ['', 'yes, it is', 'not', 'nope', null]) assert.equal(yesNoOf(text), null, String(text));
  });

  it('reads numbers', () => {
    const numbers: readonly (readonly [string, number])[] = [
      ['3', 3],
      [' 3.0 ', 3],
      ['-2', -2],
      ['+4', 4],
      ['three', 3],
      ['Twelve.', 12],
      ['zero', 0],
      ['12 cm', 12],
      ['2.5m', 2.5],
      ['7.', 7],
      ['thirteen', 13],
      ['Twenty-one', 21],
      ['ninety nine', 99],
    ];
    for (const [text, number] of numbers) assert.equal(numberOf(text), number, text);
    for (const text of ['', 'left', 'about 3', '3 or 4', '2-3', '1/2', 'B', null]) assert.equal(numberOf(text), null);
  });

  it('knows a bare option letter', () => {
    for (const text of ['B', '(B)', 'B.', ' b '.toUpperCase(), 'C)']) assert.equal(isLetter(text), true, text);
    for (const text of ['b', 'BC', 'B left', '', '1', null]) assert.equal(isLetter(text), false, String(text));
  });
});
