import assert from 'node:assert/strict';
import { answerRule, answerRules } from '../../../src/core/answers/index.js';
import { FlipsideError, type ItemKind, type Option } from '../../../src/core/model.js';
import { lettered, plain, read, short } from './support.js';

const FOUR = lettered('left', 'right', 'front', 'behind');
const DIAGONAL = lettered('front-left', 'left', 'on', 'front');
const YES_NO = plain('yes', 'no');

type Case = readonly [text: string, options: readonly Option[], expected: string];

/** What the tool itself would have read, its mistakes included. */
const CASES: Readonly<Record<string, readonly Case[]>> = {
  viewspatial: [
    ['B. right', FOUR, '1'],
    ['Because it faces us\nb', FOUR, '1'],
    ['the chair is a red one', FOUR, '0'],
    ['B\n', FOUR, 'unparsed'],
    ['éa', FOUR, 'unparsed'],
    ['right', FOUR, 'unparsed'],
    ['', FOUR, 'empty'],
    ['(C) x', [], 'value:C'],
    ['D', lettered('left', 'right'), 'off-list'],
  ],
  'lmms-eval/viewspatial': [['first line A\nsecond line B', FOUR, '1']],
  vlmevalkit: [
    ['B', FOUR, '1'],
    ['b', FOUR, 'unparsed'],
    ['The answer is B.', FOUR, '1'],
    ['B, since the lamp stands there', FOUR, 'unparsed'],
    ['(B) it is there', FOUR, '1'],
    ['A and B', FOUR, 'unparsed'],
    ['The correct answer is **B** and A is not it at all here', FOUR, '1'],
    ['left', FOUR, '0'],
    ['front-left', DIAGONAL, 'unparsed'],
    ['Front', lettered('on', 'left'), '0'],
    ['it is on the left of the chair in the picture, quite clearly so', lettered('left', 'right'), 'unparsed'],
    ['Z', FOUR, 'unparsed'],
    ["I can't process this file.", FOUR, 'refusal'],
    ['Failed to obtain answer via API.', FOUR, 'unparsed'],
    ['', FOUR, 'empty'],
    ['right', plain('left', 'right'), '1'],
    ['B', plain('left', 'right'), '1'],
  ],
  'vlmevalkit/yes-no': [
    ['Yes.', YES_NO, '0'],
    ['{No}', YES_NO, '1'],
    ['no, yes', YES_NO, 'unparsed'],
    ['yes,no', YES_NO, 'unparsed'],
    ['yes,no way', YES_NO, 'unparsed'],
    ['yes,no , way', YES_NO, 'unparsed'],
    ['It is there', YES_NO, 'unparsed'],
    [`${'.'.repeat(40)}yes`, YES_NO, 'unparsed'],
    [`${'.'.repeat(32)}yes`, YES_NO, '0'],
    ['yes-man', YES_NO, '0'],
    ['yes-man - x', YES_NO, 'unparsed'],
    ['Yes', [], 'value:yes'],
  ],
  'lmms-eval/pope': [
    [' Yes\n', YES_NO, '0'],
    ['yes.', YES_NO, 'unparsed'],
    ['no', YES_NO, '1'],
    ['', YES_NO, 'empty'],
  ],
  'lmms-eval/cv_bench': [
    ['(B) right', FOUR, '1'],
    ['Based on the picture, A.', FOUR, '1'],
    ['The answer is A.', FOUR, 'off-list'],
    [' ( c', FOUR, '2'],
    ['"B"', FOUR, 'unparsed'],
    ['Based on it', [], 'value:B'],
  ],
  'lmms-eval/blink': [['because', FOUR, '1']],
  'lmms-eval/embspatial': [['D) x', FOUR, '3']],
  'lmms-eval/3dsrbench': [
    ['B. right', FOUR, '1'],
    ['B', FOUR, '1'],
    ['b', FOUR, 'unparsed'],
    ['answer: Because of A', FOUR, '1'],
    ['The answer is  C', FOUR, '2'],
    ['I take (D), not A.', FOUR, '3'],
    ['left of A. or B', FOUR, '0'],
    ['it is B', FOUR, '1'],
  ],
  'lmms-eval/mindcube': [
    ['A. x or B. y', FOUR, '1'],
    ['<Answer>My answer is C</Answer> B', FOUR, '2'],
    ['A\nB', FOUR, '0'],
    ['so *C* or "D"', FOUR, '3'],
    ['Answer: B', FOUR, '1'],
    ['A then B\nC then D\nnothing', FOUR, '2'],
    ['E. x', FOUR, 'off-list'],
    ['left', FOUR, 'unparsed'],
  ],
  'lmms-eval/sat': [
    ['right', FOUR, '1'],
    ['Right', FOUR, 'unparsed'],
    ['b', FOUR, '1'],
    ['(C)', FOUR, '2'],
    ['front or left', FOUR, '2'],
    ['The one', FOUR, 'unparsed'],
    ['left', lettered('left', 'left'), '1'],
    ['E', FOUR, 'off-list'],
  ],
  'lmms-eval/omnispatial': [
    ['Answer: C\nAnswer : B', FOUR, '1'],
    ['answer: b', FOUR, 'off-list'],
    ['I do not know', FOUR, '0'],
    ['', FOUR, '0'],
  ],
  'pope-official': [
    ['No, there is none.', YES_NO, '1'],
    ['There is not one', YES_NO, '1'],
    ['Yes. No.', YES_NO, '0'],
    ['perhaps', YES_NO, '0'],
    ['', YES_NO, '0'],
    ['NO', YES_NO, '0'],
    ['a\nno', YES_NO, '0'],
    ['n,o', YES_NO, '1'],
  ],
  inspect: [
    ['ANSWER: B', FOUR, '1'],
    ['answer : c.', FOUR, '2'],
    ['ANSWER: A\nANSWER: B', FOUR, '1'],
    ['The ANSWER: A\nso\nANSWER: D', FOUR, '3'],
    ['My ANSWER: A! then', FOUR, '0'],
    ['ANSWER: A, B', FOUR, 'unparsed'],
    ['ANSWER: A\nANSWER: \n', FOUR, 'unparsed'],
    ['ANSWER: (B)', FOUR, 'unparsed'],
    ['x ANSWER: B é', FOUR, '1'],
    ['ANSWER: E', FOUR, 'off-list'],
    ['B', FOUR, 'unparsed'],
    ['ANSWER: B', [], 'value:B'],
  ],
  'inspect/answer-letter': [
    ['ANSWER: b', FOUR, '1'],
    ['ANSWER: A ANSWER: B', FOUR, '1'],
    ['ANSWER: A ANSWER: ', FOUR, 'unparsed'],
    ['ANSWER: Because', FOUR, 'unparsed'],
  ],
  spatialmqa: [
    ['in front of', plain('in front of', 'left of'), '0'],
    ['It is to the left, in front', plain('in front of', 'left of'), '0'],
    ['one', plain('on/above', 'below'), '0'],
    ['Left', plain('left of'), 'unparsed'],
    ['right', plain('left of'), 'off-list'],
    ['above', [], 'value:on/above'],
  ],
  blink: [
    ['A', FOUR, '0'],
    ['(B)', FOUR, '1'],
    ['(Z)', FOUR, 'unparsed'],
    ['<s> (B) no', FOUR, '1'],
    ['(A) or\n\nso (B) it is', FOUR, '1'],
    ['(A) and (B)', FOUR, 'unparsed'],
    ['(A', FOUR, 'unparsed'],
    ['Yes', FOUR, 'unparsed'],
    ['(E)', FOUR, 'off-list'],
  ],
};

describe('rules of other tools', () => {
  for (const [id, cases] of Object.entries(CASES)) {
    describe(id, () => {
      const kind: ItemKind = /pope|yes-no/.test(id) ? 'yes-no' : 'choice';
      for (const [text, options, expected] of cases) {
        it(`${JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}…` : text)} of ${options.length}`, () => {
          const answer = read(text, options, id, kind);
          assert.equal(short(answer), expected, JSON.stringify(answer));
          assert.equal(answer.trace.text, text.slice(answer.trace.start, answer.trace.end));
        });
      }
    });
  }

  it('has a table of cases for every rule but the default', () => {
    assert.deepEqual(
      Object.keys(CASES).sort(),
      answerRules
        .map(({ id }) => id)
        .filter((id) => id !== 'default')
        .sort(),
    );
  });

  it('says where each rule comes from', () => {
    for (const { id, source } of answerRules)
      assert.match(source, id === 'default' ? /^Flipside$/ : /^\S+\/\S+ @ [0-9a-f]{12}, /);
  });

  it('names the known rules when asked for another', () => {
    assert.equal(answerRule('default').id, 'default');
    assert.throws(
      () => answerRule('vlmeval'),
      (error) =>
        error instanceof FlipsideError && error.options.exitCode === 2 && /"vlmeval".*vlmevalkit, /.test(error.message),
    );
  });
});
