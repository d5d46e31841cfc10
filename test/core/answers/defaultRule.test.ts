import assert from 'node:assert/strict';
import type { Option } from '../../../src/core/model.js';
import { answerRule } from '../../../src/core/answers/index.js';
import { lettered, plain, read, short } from './support.js';

const rule = answerRule('default');
const FOUR = lettered('left', 'right', 'front', 'back');
const DIAGONAL = lettered('front-left', 'back-right', 'right', 'back-left');
const LATERAL = lettered('left', 'right');
const SIDES = lettered('To the left', 'To the right', 'On top', 'Under');
const WORDS = plain('Left', 'Right', 'On', 'Under');
const RELATIONS = plain('in front of', 'behind', 'left of', 'right of');
const THINGS = lettered('cat', 'dog', 'horse');
const ARTICLES = lettered('dog', 'cat');
const NUMBERED: Option[] = ['left', 'right', 'front'].map((text, index) => ({ label: String(index + 1), text }));

type Case = readonly [text: string, options: readonly Option[], expected: string];

/** Expected: the option's number from 0, with "!" where letter and text disagree; else the status. */
const CHOICES: Readonly<Record<string, readonly Case[]>> = {
  'a letter, however it is dressed': [
    ['B', FOUR, '1'],
    ['b', FOUR, '1'],
    ['B.', FOUR, '1'],
    ['(B)', FOUR, '1'],
    ['B)', FOUR, '1'],
    ['\u00a0B', FOUR, '1'],
    ['\u200bB\n', FOUR, '1'],
    ['<s> (B) right', FOUR, '1'],
    ['B</s>', FOUR, '1'],
    ['B<|im_end|>', FOUR, '1'],
    ['{B}', FOUR, '1'],
    ['**B**', FOUR, '1'],
    ['"B"', FOUR, '1'],
    ['`B`', FOUR, '1'],
    ['\\boxed{B}', FOUR, '1'],
    ['$\\boxed{\\text{B}}$', FOUR, '1'],
    ['<answer>B</answer>', FOUR, '1'],
    ['<answer> B. right </answer>', FOUR, '1'],
    ['{"answer": "B"}', FOUR, '1'],
    ['（B）', FOUR, '1'],
    ['Option B', FOUR, '1'],
    ['option b.', FOUR, '1'],
    ['2', NUMBERED, '1'],
    ['(2)', NUMBERED, '1'],
    ['2. right', NUMBERED, '1'],
  ],
  'a letter with its text': [
    ['A. left', FOUR, '0'],
    ['A left', FOUR, '0'],
    ['a. left', FOUR, '0'],
    ['C: On top', SIDES, '2'],
    ['C - On top', SIDES, '2'],
    ['B.right', FOUR, '1'],
    ['B right', FOUR, '1'],
    ['B\n\nThe lamp is on the right.', FOUR, '1'],
    ['B. The lamp stands to the right of the sofa, not to its left.', FOUR, '1'],
    ['Left (A)', FOUR, '0'],
  ],
  'a letter and a text that disagree: the letter, flagged': [
    ['D. front', FOUR, '3!'],
    ['The answer is D. front', FOUR, '3!'],
    ['B. front-left', LATERAL, '1!'],
    ['left (B)', LATERAL, '1!'],
    ['B. left-hand side', LATERAL, '1!'],
  ],
  'a stated answer': [
    ['The answer is "B".', FOUR, '1'],
    ['Answer: B', FOUR, '1'],
    ['ANSWER: C', FOUR, '2'],
    ['Answer:\n**B**', FOUR, '1'],
    ['**Final Answer**\n\nB. right', FOUR, '1'],
    ['### Answer\nC', FOUR, '2'],
    ['**Answer:** B', FOUR, '1'],
    ['The correct option is (C).', FOUR, '2'],
    ['The correct answer would be left.', FOUR, '0'],
    ['So the answer is option B: right', FOUR, '1'],
    ['答案是B', FOUR, '1'],
    ["I think it's B because A is wrong", FOUR, '1'],
    ["I'd go with C.", FOUR, '2'],
    ['First I look at A and C. The answer is A. Wait, the chair faces us, so the answer is C.', FOUR, '2'],
    ['The lamp is to the left at first sight, and right of the door. Answer: right', FOUR, '1'],
    ['A. left\nB. right\nC. front\nD. back\n\nAnswer: D', FOUR, '3'],
    ['A. left\nB. right\nC. front\nD. back\nI would choose B.', FOUR, '1'],
    ['The answer is not A. The answer is B. The answer is not C.', FOUR, '1'],
    ['The answer is the option that says left', FOUR, '0'],
  ],
  thinking: [
    ['<think>Maybe A. The answer is A.</think>B', FOUR, '1'],
    ['Perhaps the answer is A.</think>\n\nB. right', FOUR, '1'],
    ['<think>It could be left or A', FOUR, 'unparsed'],
    ['B<think>because</think>', FOUR, '1'],
    ['<think>all of it</think>\n', FOUR, 'empty'],
  ],
  'the article and the pronoun': [
    ['a dog is on the left', FOUR, '0'],
    ['A dog is on the left', FOUR, '0'],
    ['A cat', ARTICLES, '1'],
    ['A dog stands to the right of a person.', LATERAL, '1'],
    ['I see a chair; it is behind the table', RELATIONS, '1'],
    ['A is correct', FOUR, '0'],
  ],
  'an option text': [
    ['left', FOUR, '0'],
    ['LEFT.', FOUR, '0'],
    ['left', SIDES, '0'],
    ['On the left side of the chair', SIDES, '0'],
    ['to the right of', RELATIONS, '3'],
    ['front', RELATIONS, '0'],
    ['It is in front of the car.', RELATIONS, '0'],
    ['front-left', DIAGONAL, '0'],
    ['front left', DIAGONAL, '0'],
    ['left-front', DIAGONAL, '0'],
    ['The sofa is at the front-left of the table.', DIAGONAL, '0'],
    ['It is in front and to the left.', DIAGONAL, '0'],
    ['It is on the left of the armchair.', WORDS, '0'],
    ['The cup is on the table.', WORDS, '2'],
    ['on top of the armchair', SIDES, '2'],
    ['On', SIDES, '2'],
    ['on/above', plain('on/above', 'below'), '0'],
    ['It stands above it', plain('on/above', 'below'), '0'],
    ['It is right behind the car', RELATIONS, '1'],
    ['Left, because the right one is a chair.', FOUR, '0'],
    ['The object is not on the left but on the right.', FOUR, '1'],
    ['The horse is nearer.', THINGS, '2'],
    [
      'Right is where I look first, yet the lamp and the left wall meet.\n\nTherefore, the lamp is to the left.',
      FOUR,
      '0',
    ],
    ['The bookshelf would be to your left.', RELATIONS, '2'],
    ['Some reasoning about left and right.\n\nleft', FOUR, '0'],
  ],
  'off-list': [
    ['E', FOUR, 'off-list'],
    ['(E)', FOUR, 'off-list'],
    ['The answer is E.', FOUR, 'off-list'],
    ['Front', SIDES, 'off-list'],
    ['front', lettered('front-left', 'back-left'), 'off-list'],
    ['front-left', LATERAL, 'off-list'],
    ['front left', LATERAL, 'off-list'],
    ['The cup is behind the chair.', LATERAL, 'off-list'],
    ['7', NUMBERED, 'off-list'],
  ],
  ambiguous: [
    ['A or B', FOUR, 'ambiguous'],
    ['A, B', FOUR, 'ambiguous'],
    ['Both A and B are possible', FOUR, 'ambiguous'],
    ['left or right', FOUR, 'ambiguous'],
    ['left/right', FOUR, 'ambiguous'],
    ['It is to the left and in front', FOUR, 'ambiguous'],
    ['left', plain('left', 'left', 'right'), 'ambiguous'],
    ['left', lettered('left', 'left', 'right'), 'ambiguous'],
    ['The answer is either A or D', FOUR, 'ambiguous'],
  ],
  'a text offered twice, and a letter that says which': [['B. left', lettered('left', 'left', 'right'), '1']],
  refusal: [
    ['I cannot determine the position from this picture.', FOUR, 'refusal'],
    ["I'm sorry, I can't help with that.", FOUR, 'refusal'],
    ['As an AI language model, I do not see pictures.', FOUR, 'refusal'],
    ['Failed to obtain answer via API.', FOUR, 'refusal'],
    ['I cannot see the image.', FOUR, 'refusal'],
    ['I am unable to tell whether it is left or right.', FOUR, 'refusal'],
    ["I'm sorry for the confusion. The answer is B.", FOUR, '1'],
    ['Cannot be determined', lettered('left', 'right', 'Cannot be determined'), '2'],
  ],
  'empty and unreadable': [
    ['', FOUR, 'empty'],
    [' \n\u00a0', FOUR, 'empty'],
    ['<s></s>', FOUR, 'empty'],
    ['(Z)', FOUR, 'unparsed'],
    ['Z', FOUR, 'unparsed'],
    ['banana', FOUR, 'unparsed'],
    ['not left', FOUR, 'unparsed'],
    ['None of the above', FOUR, 'unparsed'],
    ['...', FOUR, 'unparsed'],
    ['B', plain('left', 'right'), 'unparsed'],
    ['The thing on the left', THINGS, 'unparsed'],
  ],
  'no options known: a letter is a value': [
    ['(B)', [], 'value:B'],
    ['B', [], 'value:B'],
    ['b', [], 'value:B'],
    ['B. right', [], 'value:B'],
    ['The answer is C', [], 'value:C'],
    ['(Z)', [], 'unparsed'],
    ['A dog is there', [], 'unparsed'],
    ['', [], 'empty'],
  ],
};

describe('default rule: choices', () => {
  for (const [title, cases] of Object.entries(CHOICES)) {
    describe(title, () => {
      for (const [text, options, expected] of cases) {
        const offered = options.map((one) => `${one.label ?? '·'}=${one.text}`).join(' ');
        it(`${JSON.stringify(text)} of [${offered}]`, () => {
          const answer = read(text, options);
          assert.equal(short(answer), expected, JSON.stringify(answer));
        });
      }
    });
  }

  it('says where it read the answer', () => {
    const answer = read('Let me see.\nThe answer is (B), right.', FOUR);
    assert.deepEqual(answer.trace, {
      rule: 'default/stated-answer',
      start: 27,
      end: 28,
      text: 'B',
      source: 'response',
    });
  });

  it('leaves the trace empty where there is no answer', () => {
    const { trace } = read('  ', FOUR);
    assert.deepEqual([trace.start, trace.end, trace.text], [0, 0, '']);
  });

  it('names a failed call as such', () => {
    assert.equal(read('Failed to obtain answer via API.', FOUR).trace.rule, 'default/api-failure');
  });

  it('reads options whose labels are printed in another order', () => {
    const shuffled: Option[] = [
      { label: 'C', text: 'On top' },
      { label: 'D', text: 'Under' },
      { label: 'A', text: 'To the left' },
    ];
    assert.equal(short(read('A', shuffled)), '2');
    assert.equal(short(read('C: On top', shuffled)), '0');
  });

  it('uses the keys of phrases, where the finder gives them, to know an offered direction in other words', () => {
    const keyed = (text: string): { start: number; end: number; key: string }[] =>
      [...text.matchAll(/behind|back/g)].map((one) => ({
        start: one.index,
        end: one.index + one[0].length,
        key: 'depth-',
      }));
    const input = { options: FOUR, kind: 'choice' as const, text: 'It is behind the car', source: 'response' as const };
    const keyless = (text: string) => keyed(text).map(({ start, end }) => ({ start, end }));
    assert.equal(short(rule.read({ ...input, spatialPhrases: keyless })), 'off-list');
    assert.equal(short(rule.read({ ...input, spatialPhrases: keyed })), '3');
  });
});

describe('default rule: other kinds', () => {
  const yesNo = plain('yes', 'no');
  const trueFalse = plain('True', 'False');
  const ab = lettered('yes', 'no');
  const cases: readonly Case[] = [
    ['Yes, it is.', yesNo, '0'],
    ['yes.', yesNo, '0'],
    ['No', yesNo, '1'],
    ['False', yesNo, '1'],
    ['{No}', yesNo, '1'],
    [' True\n\n', yesNo, '0'],
    [' True\n\n', trueFalse, '0'],
    ['incorrect', yesNo, '1'],
    ['The statement is not true.', yesNo, '1'],
    ['Not at all', yesNo, '1'],
    ['There is no dog here', yesNo, '1'],
    ['No, there is no cat; yes, I looked', yesNo, '1'],
    ['I see no dog, yes', yesNo, 'ambiguous'],
    ['yes or no', yesNo, 'ambiguous'],
    ['The correct answer is no', yesNo, '1'],
    ['<s> (B) no', ab, '1'],
    ['<s> Yes', ab, '0'],
    ['A', ab, '0'],
    ['(B) yes', ab, '1!'],
    ['(C)', ab, 'off-list'],
    ['I cannot determine that.', yesNo, 'refusal'],
    ['perhaps', yesNo, 'unparsed'],
    ['The cat sits there. Therefore, the statement is false.', yesNo, '1'],
    ['Yes', [], 'value:yes'],
    ['', yesNo, 'empty'],
  ];
  for (const [text, options, expected] of cases) {
    it(`yes-no: ${JSON.stringify(text)}`, () => {
      const answer = read(text, options, 'default', 'yes-no');
      assert.equal(short(answer), expected, JSON.stringify(answer));
    });
  }

  const counts: readonly Case[] = [
    ['3', [], 'value:3'],
    ['3.', [], 'value:3'],
    ['There are 3', [], 'value:3'],
    ['three chairs', [], 'value:3'],
    ['Twenty', [], 'value:20'],
    ['3 chairs, of which 1 is red', [], 'value:3'],
    ['I see 2 red and 3 blue ones, a total of 5.', [], 'value:2'],
    ['The red ones are 2, the blue ones 3.', [], 'ambiguous'],
    ['2 red and 3 blue. The answer is 5.', [], 'value:5'],
    ['1,200', [], 'value:1200'],
    ['There are none.', [], 'value:0'],
    ['many', [], 'unparsed'],
    ['\\boxed{4}', [], 'value:4'],
    ['B', lettered('2', '3', '4'), '1'],
    ['3', lettered('2', '3', '4'), '1'],
    ['There are three of them', lettered('2', '3', '4'), '1'],
    ['9', lettered('2', '3', '4'), 'off-list'],
    ['I am unable to tell.', [], 'refusal'],
    ['', [], 'empty'],
  ];
  for (const [text, options, expected] of counts) {
    it(`count: ${JSON.stringify(text)} of ${options.length} options`, () => {
      const answer = read(text, options, 'default', 'count');
      assert.equal(short(answer), expected, JSON.stringify(answer));
    });
  }

  it('takes free text as its own value', () => {
    assert.equal(short(read(' a red chair </s>', [], 'default', 'open')), 'value:a red chair');
    assert.equal(short(read('A', lettered('x'), 'default', 'open')), 'value:A');
    assert.equal(short(read('I cannot tell.', [], 'default', 'open')), 'refusal');
    assert.equal(short(read('\n', [], 'default', 'open')), 'empty');
  });
});
