import assert from 'node:assert/strict';
import fc from 'fast-check';
import { answerRules } from '../../../src/core/answers/index.js';
import { findPhrases } from '../../../src/core/relations/phrases.js';
import type { ItemKind, Option } from '../../../src/core/model.js';
import { lettered, plain, read, short } from './support.js';

const DIRECTIONS = [
  'left',
  'right',
  'front',
  'back',
  'front-left',
  'front-right',
  'back-left',
  'back-right',
  'above',
  'below',
];
const PIECES = [
  ...DIRECTIONS,
  'A',
  'B',
  'C',
  'D',
  'E',
  'a',
  'Z',
  '1',
  '2',
  '(',
  ')',
  '.',
  ',',
  ':',
  '*',
  '"',
  '\n',
  ' ',
  '\u00a0',
  '\u200b',
  '\ufeff',
  'İ',
  '😀',
  '<s>',
  '</s>',
  '<think>',
  '</think>',
  '<answer>',
  '</answer>',
  '\\boxed{',
  '}',
  '{',
  'Answer',
  'the answer is',
  'not',
  'or',
  'and',
  'to the',
  'on',
  'on top of',
  'I',
  'Option',
  'yes',
  'No',
  'true',
  'three',
  '12',
  'sorry',
  'I cannot determine',
  'therefore',
  '-',
  'Ａ',
  '𝐁',
  '\u001b[1m',
  'no wait,',
  'actually',
  'but',
  'twenty',
];
const OPTION_LISTS: readonly (readonly Option[])[] = [
  [],
  lettered('left', 'right', 'front-left', 'behind'),
  plain('To the left', 'On top', 'Under'),
  lettered('yes', 'no'),
  lettered('2', '3', 'left', 'left'),
  [
    { label: '1', text: 'A cat (big)' },
    { label: '2', text: '' },
    { label: '(b)', text: '?*+[' },
  ],
];
const KINDS: readonly ItemKind[] = ['choice', 'yes-no', 'count', 'open', 'depth-order', 'distance-order'];

const responses = fc.oneof(
  fc.array(fc.constantFrom(...PIECES), { maxLength: 14 }).map((all) => all.join('')),
  fc.array(fc.constantFrom(...PIECES), { maxLength: 14 }).map((all) => all.join(' ')),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 40 }),
);
const optionLists = fc.constantFrom(...OPTION_LISTS);
const kinds = fc.constantFrom(...KINDS);

describe('answers: properties', () => {
  for (const rule of answerRules) {
    it(`${rule.id}: never throws, and its trace is the text's own characters`, () => {
      fc.assert(
        fc.property(responses, optionLists, kinds, (text, options, kind) => {
          const answer = rule.read({ options, kind, text, source: 'response', spatialPhrases: findPhrases });
          const { start, end } = answer.trace;
          assert.ok(0 <= start && start <= end && end <= text.length, `${start}..${end} of ${text.length}`);
          assert.equal(answer.trace.text, text.slice(start, end));
          assert.equal(answer.trace.source, 'response');
          if (answer.status !== 'parsed') assert.deepEqual([answer.option, answer.value], [null, null]);
          else assert.ok((answer.option === null) !== (answer.value === null));
          if (answer.option !== null) assert.ok(options[answer.option] !== undefined);
        }),
        { numRuns: rule.id === 'default' ? 3000 : 300 },
      );
    });
  }

  it('reads the same answer whether or not it was read before', () => {
    fc.assert(
      fc.property(responses, optionLists, kinds, (text, options, kind) => {
        assert.deepEqual(read(text, [...options], 'default', kind), read(text, options, 'default', kind));
      }),
    );
  });

  const offered = fc.uniqueArray(fc.constantFrom(...DIRECTIONS), { minLength: 2, maxLength: 5 });
  const forms = fc.constantFrom<(letter: string, text: string) => string>(
    (letter) => letter,
    (letter) => `(${letter})`,
    (letter, text) => `${letter}. ${text}`,
    (letter) => `The answer is ${letter}`,
    (letter, text) => `Answer: ${letter}. ${text}`,
    (_, text) => text,
    (_, text) => `It is to the ${text}`,
    (_, text) => `The correct answer is **${text}**`,
  );

  it('white space, decoder tokens or a full stop at the ends never change the option', () => {
    const before = fc.constantFrom('', ' ', '\n\n', '\u00a0', '<s> ', '\ufeff');
    const after = fc.constantFrom('', ' ', '\n\n', '.', '.\n', '</s>', ' \u00a0', '.</s>');
    fc.assert(
      fc.property(offered, fc.nat(), forms, before, after, (texts, pick, form, head, tail) => {
        const options = lettered(...texts);
        const index = pick % options.length;
        const response = form(options[index]?.label ?? '', texts[index] ?? '');
        assert.equal(short(read(response, options)), String(index), response);
        assert.equal(short(read(head + response + tail, options)), String(index), head + response + tail);
      }),
    );
  });

  it('an answer given by text follows the text when options are reordered and lettered anew', () => {
    const byText = fc.constantFrom<(text: string) => string>(
      (text) => text,
      (text) => text.toUpperCase(),
      (text) => `It is ${text}.`,
      (text) => `I look from the door first.\nThe answer is ${text}.`,
      (text) => `The lamp is ${text} as seen from the chair`,
    );
    const shuffles = offered.chain((texts) =>
      fc.tuple(fc.constant(texts), fc.shuffledSubarray(texts, { minLength: texts.length })),
    );
    fc.assert(
      fc.property(shuffles, fc.nat(), byText, ([texts, shuffled], pick, form) => {
        const text = texts[pick % texts.length] ?? '';
        const response = form(text);
        assert.equal(short(read(response, lettered(...texts))), String(texts.indexOf(text)), response);
        assert.equal(short(read(response, lettered(...shuffled))), String(shuffled.indexOf(text)), response);
        assert.equal(short(read(response, plain(...shuffled))), String(shuffled.indexOf(text)), response);
      }),
    );
  });

  it('a letter that was not offered is never an option', () => {
    const letters = fc.constantFrom(...'FGHJKLMNOPQRSTUVWXYZ');
    fc.assert(
      fc.property(offered, letters, fc.constantFrom('X', '(X)', 'X.', 'The answer is X.'), (texts, letter, form) => {
        const answer = read(form.replace('X', letter), lettered(...texts));
        assert.equal(answer.option, null);
        assert.equal(answer.status, letter === 'Z' ? 'unparsed' : 'off-list');
      }),
    );
  });
});

describe('answers: very long responses', () => {
  const bits = [
    'A ',
    'left ',
    'on the left and ',
    'answer is ',
    'ANSWER: ',
    '\\boxed{',
    '<answer>',
    '<think>',
    ' ',
    '(',
    '*',
    'so, ',
    '3 ',
    'front-',
    'é',
    'no wait, ',
    'actually, ',
    'but A ',
    '2-',
    'twenty ',
    'upper ...',
    '\u001b[1m',
    '_no_',
  ];
  for (const rule of answerRules) {
    it(`${rule.id}: 250,000 characters of any of ${bits.length} patterns are read`, () => {
      for (const bit of bits) {
        const text = `${bit.repeat(Math.ceil(250_000 / bit.length))}!`;
        const answer = read(text, lettered('left', 'right', 'front-left'), rule.id);
        assert.equal(answer.trace.text, text.slice(answer.trace.start, answer.trace.end));
      }
    });
  }

  it('finds the statement at the end of a megabyte of reasoning', () => {
    const text = `${'It might be left, it might be right. '.repeat(27_000)}The answer is right.`;
    assert.equal(short(read(text, lettered('left', 'right'))), '1');
  });
});
