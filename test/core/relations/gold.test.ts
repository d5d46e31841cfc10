import assert from 'node:assert/strict';
import type { Option } from '../../../src/core/model.js';
import { comparable, matchGold } from '../../../src/core/relations/gold.js';

function lettered(...texts: string[]): Option[] {
  return texts.map((text, index) => ({ label: String.fromCharCode(65 + index), text }));
}

function plain(...texts: string[]): Option[] {
  return texts.map((text) => ({ label: null, text }));
}

const SIDES = lettered('left', 'right', 'front-left', 'behind');

/** Gold, options, the option found, and whether letter and text disagree. */
const TABLE: readonly (readonly [string | null, readonly Option[], number | null, boolean?])[] = [
  ['B', SIDES, 1],
  ['(B)', SIDES, 1],
  ['( B )', SIDES, 1],
  ['B.', SIDES, 1],
  ['B)', SIDES, 1],
  [' B: right', SIDES, 1],
  ['C. front-left', SIDES, 2],
  ['b', SIDES, 1],
  ['(c)', SIDES, 2],
  ['right', SIDES, 1],
  ['Right.', SIDES, 1],
  ['“right”', SIDES, 1],
  ['Front_Left', SIDES, 2],
  ['E', SIDES, null],
  ['up', SIDES, null],
  ['', SIDES, null],
  [null, SIDES, null],
  ['A', [], null],
  ['D. right', SIDES, 3, true],
  ['D. to the side', SIDES, 3],
  ['Left', plain('To the left', 'To the right', 'On top', 'Under'), 0],
  ['below', plain('To the left', 'To the right', 'On top', 'Under'), 3],
  ['left', plain('to the left', 'on the left', 'right'), null],
  ['True', plain('yes', 'no'), 0],
  ['incorrect', plain('Yes.', 'No.'), 1],
  ['B', lettered('B', 'C', 'A'), 1],
  ['C', lettered('B', 'C', 'A'), 2],
  ['3', lettered('2', '3', '5'), 1],
  [
    '2',
    [
      { label: '1', text: '2' },
      { label: '2', text: '3' },
    ],
    1,
  ],
  [
    'a',
    [
      { label: 'a', text: 'cat' },
      { label: 'b', text: 'dog' },
    ],
    0,
  ],
  ['B. right', lettered('right', 'right'), 1],
  ['A. Smith', plain('A. Smith', 'B. Jones'), 0],
  ['A. B', lettered('A. A', 'A. B'), 1],
  ['same', plain('same', 'same'), null],
];

describe('relations: the option that a gold answer names', () => {
  for (const [gold, options, option, conflict = false] of TABLE) {
    it(`${JSON.stringify(gold)} among ${options.map(({ label, text }) => `${label ?? '-'} ${text}`).join(' | ') || 'none'}`, () => {
      assert.deepEqual(matchGold(gold, options), { option, conflict });
    });
  }

  it('finds every option by its letter and by its text', () => {
    SIDES.forEach(({ label, text }, index) => {
      for (const gold of [label ?? '', text, `${label}. ${text}`, `(${label}) ${text}`])
        assert.deepEqual(matchGold(gold, SIDES), { option: index, conflict: false }, gold);
    });
  });

  it('compares texts without case, white space, quotation marks and closing punctuation', () => {
    assert.equal(comparable('  Front \n Left. '), 'front left');
    assert.equal(comparable('“The　Cup”!'), 'the cup');
    assert.equal(comparable('ﬁre'), 'fire');
    assert.notEqual(comparable('front-left'), comparable('front left'));
  });
});
