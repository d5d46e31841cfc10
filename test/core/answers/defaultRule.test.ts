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
    ['$B$', FOUR, '1'],
    ['(B).', FOUR, '1'],
    ['Answer：B', FOUR, '1'],
    ['‘B’', FOUR, '1'],
    ['__B__', FOUR, '1'],
    ['Ｂ', FOUR, '1'],
    ['（Ｂ）', FOUR, '1'],
    ['答案：Ｂ', FOUR, '1'],
    ['𝐁', FOUR, '1'],
    ['Ⓑ', FOUR, '1'],
    ['ｒｉｇｈｔ', FOUR, '1'],
    ['\u001b[1mB\u001b[0m', FOUR, '1'],
    ['\u001b[38;5;12m(B)\u001b[0m right', FOUR, '1'],
    ['\u001b[1mright\u001b[0m', FOUR, '1'],
    ['The answer is <b>left</b>.', FOUR, '0'],
    ['<b>A</b>', FOUR, '0'],
    ['<b><i>left</i></b>', FOUR, '0'],
    ['The final answer is: <B>A. left</B>', FOUR, '0'],
    ['The answer is <a>right</a>', FOUR, '1'],
    ['The answer is <c>\nleft\n</c>', FOUR, '0'],
    ['Answer: <B>', FOUR, '1'],
    ['Answer: <b>', FOUR, '1'],
    ['\u001b[0m', FOUR, 'empty'],
    ['№', FOUR, 'unparsed'],
  ],
  'a correction replaces what came before it': [
    ['I think B, no wait, actually A', FOUR, '0'],
    ['B. No wait, A.', FOUR, '0'],
    ['B... actually A', FOUR, '0'],
    ['B. Correction: A', FOUR, '0'],
    ['B, scratch that, A', FOUR, '0'],
    ['B, I mean A', FOUR, '0'],
    ['B. On second thought, A.', FOUR, '0'],
    ['B, or rather A', FOUR, '0'],
    ['B. Sorry, A.', FOUR, '0'],
    ['left, no wait, right', FOUR, '1'],
    ['left. No, wait: the lamp is to the right', FOUR, '1'],
    ['The answer is B, no wait, A.', FOUR, '0'],
    ['The answer is B. Wait, actually it is A.', FOUR, '0'],
    ['B, no wait, A, no wait, C', FOUR, '2'],
    ['B, no wait, A. So the answer is D.', FOUR, '3'],
    ['It looks like A, but it is actually B.', FOUR, '1'],
    ['Actually, B or C', FOUR, 'ambiguous'],
    ['B. No, wait. I cannot tell.', FOUR, 'refusal'],
    ['<think>B, no wait, A', FOUR, 'unparsed'],
  ],
  'what is no correction': [
    ['B. Actually, A is where the chair is.', FOUR, '1'],
    ['B. Actually, the lamp is to the left of the chair.', FOUR, '1'],
    ['B. I mean the one on the left.', FOUR, '1'],
    ['B. Wait, A?', FOUR, '1'],
    ['B, but A is also possible.', FOUR, '1'],
    ['B, actually', FOUR, '1'],
    ['The lamp is on the left, but right of the door', FOUR, 'ambiguous'],
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
    ['both A and B', FOUR, 'ambiguous'],
    ['A and B are both plausible', FOUR, 'ambiguous'],
  ],
  'two that are weighed, and one that is chosen': [
    ['A and B are both plausible, but A', FOUR, '0'],
    ['A and B are both plausible, but I would go with B.', FOUR, '1'],
    ['left and right are both plausible, but left', FOUR, '0'],
    ['not A but B', FOUR, '1'],
    ['Neither A nor B, but C', FOUR, '2'],
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
    ['Sorry for the confusion: A', FOUR, '0'],
    ["I'm sorry for the earlier error. The lamp is on the left.", FOUR, '0'],
    ['Sorry, A', FOUR, '0'],
    ['My apologies. Left.', FOUR, '0'],
    ['Sorry for the confusion.', FOUR, 'refusal'],
    ['Sorry for the confusion. I cannot tell left from right.', FOUR, 'refusal'],
    ['Sorry, the lamp on the left is all I see', FOUR, 'refusal'],
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
    ['not A', FOUR, 'unparsed'],
    ['neither A nor B', FOUR, 'unparsed'],
    ['Neither left nor right', FOUR, 'unparsed'],
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

  it('gives the place of styled characters in the original text', () => {
    const { trace } = read('So \u001b[1m the answer is Ｂ\u001b[0m.', FOUR);
    assert.deepEqual([trace.start, trace.end, trace.text], [22, 23, 'Ｂ']);
    const bold = read('The answer is 𝐁.', FOUR).trace;
    assert.deepEqual([bold.start, bold.end, bold.text], [14, 16, '𝐁']);
    const marked = read('The answer is <b>left</b> of it', FOUR).trace;
    assert.deepEqual([marked.start, marked.end, marked.text], [17, 21, 'left']);
  });

  it('says that an answer corrects another', () => {
    const { trace } = read('I think B, no wait, actually A', FOUR);
    assert.deepEqual([trace.rule, trace.start, trace.text], ['default/corrected-answer', 29, 'A']);
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
    ['no doubt: yes', yesNo, '0'],
    ['There is no doubt that it is true', yesNo, '0'],
    ['No problem! Yes, it is.', yesNo, '0'],
    ['No, no doubt about it.', yesNo, '1'],
    ['No, wait, yes', yesNo, '0'],
    ['Yes. Actually, no.', yesNo, '1'],
    ['I say no. Scratch that: yes', yesNo, '0'],
    ['Yes, no wait, no, no wait, yes', yesNo, '0'],
    ['Yes. But no cat is visible.', yesNo, '0'],
    ['Yes, I mean it.', yesNo, '0'],
    ['It is not actually true', yesNo, '1'],
    ['Yes, no wait. It is hard to say.', yesNo, 'refusal'],
    ['Sorry for the confusion: yes', yesNo, '0'],
    ['‘No’', yesNo, '1'],
    ['“Yes”', yesNo, '0'],
    ['__No__', yesNo, '1'],
    ['Ｙｅｓ', yesNo, '0'],
    ['\u001b[1mNo\u001b[0m', yesNo, '1'],
    ['\\boxed{No}', yesNo, '1'],
    ['Y', yesNo, '0'],
    ['n', yesNo, '1'],
    ['(N).', yesNo, '1'],
    ['Answer: Y', yesNo, '0'],
    ['N, the mat is empty', yesNo, '1'],
    ['Y', ab, '0'],
    ['N', trueFalse, '1'],
    ['F', trueFalse, '1'],
    ['F', yesNo, 'unparsed'],
    ['Y', [], 'value:yes'],
    ['Y axis', yesNo, 'unparsed'],
    ['B, no wait, A', ab, '0'],
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
    ['I see 2 red and 3 blue ones, a total of 5.', [], 'value:5'],
    ['There are 2 cups on the left and 1 on the right, so there are 3 in total.', [], 'value:3'],
    ['I count 2 on the table and 1 on the floor. Total: 3', [], 'value:3'],
    ['2 + 1 = 3', [], 'value:3'],
    ['The answer is 2 + 1 = 3.', [], 'value:3'],
    ['2 red, 1 blue, 4 altogether', [], 'value:4'],
    ['There are 4 cups, 3 on the left and 1 on the right.', [], 'value:4'],
    ['3. There are two on the left.', [], 'value:3'],
    ['Two here and one there.\n\n3', [], 'value:3'],
    ['I can see 1, 2, 3, 4, 5 cups.', [], 'ambiguous'],
    ['There are 2 cups on the left and 1 on the right.', [], 'ambiguous'],
    ['So there are 2 on the left and 1 on the right.', [], 'ambiguous'],
    ['The answer is 2 on the left and 1 on the right.', [], 'ambiguous'],
    ['Left: 2\nRight: 1', [], 'ambiguous'],
    ['1. chair\n2. table', [], 'ambiguous'],
    ['2 on the left and 5 on the right', lettered('2', '3', '4'), 'ambiguous'],
    ['2 on the left and 1 on the right, so 3', lettered('2', '3', '4'), '1'],
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
    ['twenty-one', [], 'value:21'],
    ['There are forty two', [], 'value:42'],
    ['a hundred and five', [], 'value:105'],
    ['2-3', [], 'ambiguous'],
    ['There are 2–3 chairs', [], 'ambiguous'],
    ['two or three', [], 'ambiguous'],
    ['between 2 and 3', [], 'ambiguous'],
    ['2-3, so the answer is 3', [], 'value:3'],
    ['2-3', lettered('2', '3', '4'), 'ambiguous'],
    ['2-3', lettered('1', '2-3', '4'), '1'],
    ['-1', [], 'unparsed'],
    ['−1', [], 'unparsed'],
    ['1e3', [], 'unparsed'],
    ['- 3', [], 'value:3'],
    ['two-seater: 3', [], 'value:3'],
    ['I count 3 chairs. Actually, 4.', [], 'value:4'],
    ['5. Actually, 4 are stools', [], 'value:5'],
    ['There are 3, no wait, 4 chairs.', [], 'value:4'],
    ['Sorry for the confusion: 3', [], 'value:3'],
    ['３', [], 'value:3'],
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
