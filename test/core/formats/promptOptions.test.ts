import assert from 'node:assert/strict';
import fc from 'fast-check';
import { splitPrompt } from '../../../src/core/formats/promptOptions.js';

const asText = (prompt: string): string[] =>
  splitPrompt(prompt).options.map((option) => `${option.label ?? '-'}=${option.text}`);

describe('splitPrompt', () => {
  const cases: [string, string, string, string[]][] = [
    [
      'no separator before the first label',
      'Where is the kettle relative to the stove?A. left\nB. back-left\nC. above-right\nReply only to the corresponding option.\nAnswer:',
      'Where is the kettle relative to the stove?',
      ['A=left', 'B=back-left', 'C=above-right'],
    ],
    [
      'one line, colons, odd spaces',
      'Where is the mug? Choose one of the following: A :To the left, B: To the right, C: On top, D: Under',
      'Where is the mug?',
      ['A=To the left', 'B=To the right', 'C=On top', 'D=Under'],
    ],
    [
      'shuffled labels',
      'Where is the mug? C: On top, D: Under, A: To the left, B: To the right',
      'Where is the mug?',
      ['C=On top', 'D=Under', 'A=To the left', 'B=To the right'],
    ],
    ['parentheses', 'Is the cat on the mat? (A) yes (B) no', 'Is the cat on the mat?', ['A=yes', 'B=no']],
    ['closing parentheses', 'Which one?\nA) the cup\nB) the jug', 'Which one?', ['A=the cup', 'B=the jug']],
    [
      'instruction on the next line',
      "Which one is nearer?\nA. cup\nB. jug\nAnswer with the option's letter from the given choices directly.",
      'Which one is nearer?',
      ['A=cup', 'B=jug'],
    ],
    ['a heading', 'Which one? Options: A. cup, B. jug', 'Which one?', ['A=cup', 'B=jug']],
    ['a closing full stop', 'Which one? A. cup, B. jug, or C. pan.', 'Which one?', ['A=cup', 'B=jug', 'C=pan']],
    ['an instruction on the same line', 'Which one? A. cup B. jug Answer:', 'Which one?', ['A=cup', 'B=jug']],
    [
      'labels named again in the instruction',
      'Which one?\n(A) cup\n(B) jug\nAnswer with (A) or (B).',
      'Which one?',
      ['A=cup', 'B=jug'],
    ],
    ['an answer already begun', 'Which one?\nA. cup\nB. jug\nAnswer: A.', 'Which one?', ['A=cup', 'B=jug']],
    ['the noun before the letter', 'Which?\nOption A: cup\nOption B: jug', 'Which?', ['A=cup', 'B=jug']],
    ['list markers', 'Which?\n- A. cup\n- B. jug', 'Which?', ['A=cup', 'B=jug']],
    ['CRLF', 'Which?\r\nA. cup\r\nB. jug\r\nAnswer:', 'Which?', ['A=cup', 'B=jug']],
    [
      'a letter inside an option',
      'Why?\nA. vitamin C. deficiency\nB. none',
      'Why?',
      ['A=vitamin C. deficiency', 'B=none'],
    ],
    ['two options to a line', 'Which?\nA. cup B. jug\nC. pan D. pot', 'Which?', ['A=cup', 'B=jug', 'C=pan', 'D=pot']],
    ['options first', 'Options: A. left, B. right\nQuestion: Where is it?', 'Where is it?', ['A=left', 'B=right']],
    [
      'the last of several examples',
      'Which?\nA. sun\nB. moon\nAnswer: B\nWhich?\nA. cup\nB. jug\nAnswer:',
      'Which?\nA. sun\nB. moon\nAnswer: B\nWhich?',
      ['A=cup', 'B=jug'],
    ],
    [
      'a list without labels',
      'Where is the mug?\n\nYour answer must be exactly one of: Left, Right, On top, or Under.\nProvide only the single word answer.',
      'Where is the mug?',
      ['-=Left', '-=Right', '-=On top', '-=Under'],
    ],
    [
      'a task for a question',
      'Choose the object to the left of the cup:\nA. pan\nB. pot',
      'Choose the object to the left of the cup:',
      ['A=pan', 'B=pot'],
    ],
    [
      'a task behind the options',
      'Options: A. left, B. right\nTell where it is.',
      'Tell where it is.',
      ['A=left', 'B=right'],
    ],
    ['options alone', 'A. left\nB. right', 'A. left\nB. right', ['A=left', 'B=right']],
    ['a list in the only sentence', 'Where is it, one of: left, right?', 'Where is it,', ['-=left', '-=right']],
    ['an image placeholder', '<image>\nWhich?\nA. cup\nB. jug', 'Which?', ['A=cup', 'B=jug']],
  ];
  for (const [title, prompt, question, options] of cases) {
    it(title, () => {
      assert.deepEqual(asText(prompt), options);
      assert.equal(splitPrompt(prompt).question, question);
    });
  }

  for (const prompt of [
    'Vitamin A. It is found in carrots, is it not?',
    'Is Person A. near person B.?',
    'Are J.A. and J.B. in the picture?',
    'Which plan is better: plan C. or plan D. here?',
    'Where is the cup?',
    'Answer with (A) or (B).',
    '',
  ]) {
    it(`finds no options in ${JSON.stringify(prompt)}`, () => {
      assert.deepEqual(splitPrompt(prompt), { question: prompt, options: [] });
    });
  }

  const word = fc.stringMatching(/^[a-z]{3,8}$/).filter((text) => text !== 'and');
  const text = fc.array(word, { minLength: 1, maxLength: 4 }).map((words) => words.join(' '));
  const layouts: ((label: string, text: string) => string)[] = [
    (label, t) => `\n${label}. ${t}`,
    (label, t) => `\n(${label}) ${t}`,
    (label, t) => ` ${label}) ${t}`,
    (label, t) => ` ${label}: ${t},`,
  ];

  it('reads back any options, in any layout and label order, with or without an instruction', () => {
    fc.assert(
      fc.property(
        text,
        fc.uniqueArray(text, { minLength: 2, maxLength: 6 }),
        fc.constantFrom(...layouts),
        fc.constantFrom('', '\nAnswer:', '\nReply only to the corresponding option.\nAnswer:'),
        fc.array(fc.nat(), { minLength: 6, maxLength: 6 }),
        (question, texts, layout, instruction, order) => {
          const options = texts
            .map((t, i) => ({ label: String.fromCharCode(65 + i), text: t, key: order[i] ?? 0 }))
            .sort((x, y) => x.key - y.key)
            .map(({ label, text: t }) => ({ label, text: t }));
          const printed = options.map((option) => layout(option.label, option.text)).join('');
          assert.deepEqual(splitPrompt(`${question}?${printed}${instruction}`), { question: `${question}?`, options });
        },
      ),
    );
  });

  it('never throws and never invents text', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), (prompt) => {
        for (const option of splitPrompt(prompt).options) assert.ok(prompt.includes(option.text));
      }),
    );
  });

  it('never loses the question', () => {
    const part = fc.constantFrom(
      'Options:',
      'Choose one:',
      'A. cup',
      '(B) jug',
      'B. jug',
      '\n',
      'Where?',
      'one of: a, b',
      'Answer:',
    );
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 7 }), (parts) => {
        const prompt = parts.join(' ');
        assert.equal(splitPrompt(prompt).question === '', prompt.trim() === '', prompt);
      }),
    );
  });

  it('stays linear on hostile input', () => {
    for (const piece of ['\n', ' ', 'A. ', '(A) (B) ', 'one of: ', '- ', 'or ', '. ']) {
      splitPrompt(`${piece.repeat(50_000)}?A. x${piece.repeat(50_000)}\nB. y`);
    }
  });
});
