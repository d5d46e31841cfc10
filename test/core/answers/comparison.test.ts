import assert from 'node:assert/strict';
import { answerRule } from '../../../src/core/answers/index.js';
import type { ItemKind } from '../../../src/core/model.js';
import { findPhrases } from '../../../src/core/relations/phrases.js';
import { plain, short } from './support.js';

function readOrder(question: string | null, text: string, kind: ItemKind = 'depth-order') {
  const options = plain('chair', 'table');
  return answerRule('default').read({ options, kind, question, text, source: 'response', spatialPhrases: findPhrases });
}

const CLOSER = 'Which is closer to the camera, the chair or the table?';
const FARTHER = 'Which is farther from the door, the chair or the table?';

describe('answers: comparisons in questions about an order', () => {
  const cases: readonly (readonly [question: string, text: string, expected: string])[] = [
    [CLOSER, 'The chair is closer to the camera than the table.', '0'],
    [CLOSER, 'The table is farther away than the chair.', '0'],
    [CLOSER, 'The table appears to be slightly further from us than the chair.', '0'],
    [CLOSER, 'Answer: The table is farther away than the chair.', '0'],
    [CLOSER, 'So the table is farther away.', '0'],
    [CLOSER, 'Compared to the table, the chair is nearer.', '0'],
    [FARTHER, 'The chair is closer to the door than the table.', '1'],
    [FARTHER, 'The table is further from the door.', '1'],
    // Of other distances, contradictory, or denied.
    [CLOSER, 'The chair is closer to the lamp than the table.', 'ambiguous'],
    [CLOSER, 'The chair is closer to the table than the lamp.', 'ambiguous'],
    [CLOSER, 'The chair is closer than the table. The table is closer than the chair.', 'ambiguous'],
    [CLOSER, 'The table is not closer than the chair.', 'ambiguous'],
    ['Which object is it?', 'The chair is closer than the table.', 'ambiguous'],
  ];
  for (const [question, text, expected] of cases) {
    it(`${JSON.stringify(text)} to ${JSON.stringify(question)}`, () => {
      assert.equal(short(readOrder(question, text)), expected);
    });
  }

  it('names the rule and what it read', () => {
    const { trace } = readOrder(CLOSER, 'The table is farther away than the chair.');
    assert.deepEqual([trace.rule, trace.text], ['default/comparison', 'table is farther away than the chair']);
  });

  it('reads the same words against each question anew, and only where an order is asked for', () => {
    const text = 'The chair is closer than the table.';
    assert.equal(short(readOrder(CLOSER, text)), '0');
    assert.equal(short(readOrder(FARTHER, text, 'distance-order')), '1');
    assert.equal(short(readOrder(null, text)), 'ambiguous');
    assert.equal(short(readOrder(CLOSER, text, 'choice')), 'ambiguous');
  });
});
