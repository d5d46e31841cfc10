import assert from 'node:assert/strict';
import { conditionInWords } from '../../../src/core/relations/lensWords.js';

describe('relations: conditions of a lens in words', () => {
  it('say what is asked for, part by part', () => {
    assert.equal(conditionInWords({}), 'any error');
    assert.equal(conditionInWords({ reversedExactly: ['lateral'] }), 'the lateral axis alone is reversed');
    assert.equal(conditionInWords({ kind: ['yes-no'], answeredYes: true }), 'the item is yes-no, the answer is yes');
    assert.equal(conditionInWords({ reversedAtLeast: 2 }), 'at least 2 axes are reversed');
    assert.equal(
      conditionInWords({ reversed: ['lateral', 'depth'], angle: [90, null] }),
      'the axes lateral and depth are reversed, others maybe too, the angle is 90 or none',
    );
  });
});
