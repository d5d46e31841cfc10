import assert from 'node:assert/strict';
import type { Option } from '../../../src/core/model.js';
import { letteredFor } from '../../../src/core/formats/letters.js';

const bare = (...texts: string[]): Option[] => texts.map((text) => ({ label: null, text }));
const labels = (options: readonly Option[], ...answers: (string | null)[]): (string | null)[] =>
  letteredFor(options, answers).map((option) => option.label);

describe('options in a list without labels', () => {
  it('get the letters of their places where gold or answer is one of these', () => {
    for (const answer of ['B', '(b)', 'B. right'])
      assert.deepEqual(labels(bare('left', 'right'), null, answer), ['A', 'B']);
  });

  it('stay as they are otherwise', () => {
    for (const answer of ['right', 'D', '', null])
      assert.deepEqual(labels(bare('left', 'right'), answer), [null, null]);
    assert.deepEqual(labels(bare('B', 'C'), 'B'), [null, null]);
    assert.deepEqual(labels([{ label: '1', text: 'left' }, ...bare('right')], 'B'), ['1', null]);
  });
});
