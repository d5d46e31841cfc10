import assert from 'node:assert/strict';
import { classifyRow, prepareItem } from '../../../src/core/analysis/classifyRow.js';
import { FrameIndex } from '../../../src/core/analysis/frameSwap.js';
import { Judgement } from '../../../src/core/analysis/judgement.js';
import type { ParsedAnswer, RawItem } from '../../../src/core/model.js';
import { encodeDirection } from '../../../src/core/relations/direction.js';
import { directionOf } from '../../../src/core/relations/phrases.js';
import type { StoredRow } from '../../../src/core/store/row.js';
import { lettered, optionAnswer, rawItem } from './support.js';

function rowOf(raw: Partial<RawItem>, answer: ParsedAnswer): StoredRow {
  return classifyRow(prepareItem(rawItem(1, raw)), answer);
}

const value = (text: string): ParsedAnswer => optionAnswer(null, { value: text });
const unread = optionAnswer(null, { status: 'refusal' });
const code = (text: string): number => encodeDirection(directionOf(text));
const letters = (...texts: string[]): string =>
  texts
    .map((text) => String.fromCharCode(97 + code(text)))
    .sort()
    .join('');

describe('analysis: classifying a row', () => {
  it('compares options, and gives both their directions', () => {
    const wrong = rowOf({ gold: 'A' }, optionAnswer(1));
    assert.deepEqual(
      [wrong.correct, wrong.gold, wrong.goldOption, wrong.predicted, wrong.goldDirection, wrong.predictedDirection],
      [false, 'left', 0, 'right', code('left'), code('right')],
    );
    assert.equal(rowOf({ gold: 'B' }, optionAnswer(1)).correct, true);
  });

  it('lists the directions of the wrong options, duplicates included', () => {
    const options = lettered('left', 'right', 'to the right', 'a cup');
    assert.equal(rowOf({ options, gold: 'A' }, optionAnswer(1)).wrongDirections, letters('right', 'right', 'a cup'));
    assert.equal(rowOf({ options: [], gold: 'left' }, value('right')).wrongDirections, '');
    assert.equal(rowOf({ options: lettered('left'), gold: 'A' }, optionAnswer(0)).wrongDirections, '');
    assert.equal(rowOf({ gold: 'E' }, optionAnswer(0)).wrongDirections, '', 'the gold answer is none of them');
  });

  it('counts an answer that was not read as wrong, outside every direction', () => {
    const row = rowOf({}, unread);
    assert.deepEqual(
      [row.correct, row.predicted, row.answerKey, row.predictedDirection],
      [false, null, null, code('')],
    );
    assert.equal(rowOf({ gold: null }, unread).correct, null, 'nothing is wrong without a gold answer');
  });

  it('offers yes and no where a statement prints no options', () => {
    const row = rowOf({ options: [], gold: 'True', relation: 'at the left side of' }, optionAnswer(1));
    assert.equal(row.kind, 'yes-no');
    assert.deepEqual(
      row.options.map((option) => option.text),
      ['yes', 'no'],
    );
    assert.deepEqual([row.correct, row.goldYes, row.answeredYes, row.predicted], [false, true, false, 'no']);
    assert.deepEqual([row.goldDirection, row.relationDirection, row.wrongDirections], [code(''), code('left'), '']);
    assert.equal(row.family, 'adjacency');
  });

  it('keeps the relation’s family and its contact beside the direction', () => {
    const on = rowOf({ options: [], gold: 'false', relation: 'on' }, optionAnswer(0));
    assert.deepEqual([on.family, on.relationDirection, on.contact], ['topological', code('above'), true]);
    const above = rowOf({ options: lettered('on top of', 'under'), gold: 'A' }, optionAnswer(1));
    assert.deepEqual([above.family, above.contact], [null, true]);
  });

  it('compares numbers as numbers, and keeps the signed error', () => {
    const count = (gold: string, answer: string): [boolean | null, number | null] => {
      const { correct, countError } = rowOf({ options: [], gold, question: 'How many cups?' }, value(answer));
      return [correct, countError];
    };
    assert.deepEqual(count('3', 'three'), [true, 0]);
    assert.deepEqual(count('3', '3.0'), [true, 0]);
    assert.deepEqual(count('3', '5'), [false, 2]);
    assert.deepEqual(count('3', '1'), [false, -2]);
    assert.deepEqual(count('3', 'a few'), [false, null]);
    const offered = rowOf({ options: lettered('2', '4'), gold: 'B', question: 'How many cups?' }, optionAnswer(0));
    assert.deepEqual([offered.kind, offered.countError], ['count', -2]);
  });

  it('compares free answers without case, brackets and closing punctuation, aliases too', () => {
    const open = (gold: string, answer: string, goldAliases?: string[]): boolean | null =>
      rowOf({ options: [], gold, goldAliases }, value(answer)).correct;
    assert.equal(open('Left', 'left.'), true);
    assert.equal(open('(B)', 'B'), true);
    assert.equal(open('B', '(b)'), true);
    assert.equal(open('left', 'It is on the left.'), true);
    assert.equal(open('left', 'front-left'), false);
    assert.equal(open('red', 'the red'), false);
    assert.equal(open('left', 'links', ['Links']), true);
  });

  it('raises the flags that the row deserves', () => {
    const flags = (raw: Partial<RawItem>, answer = optionAnswer(1)): readonly string[] => rowOf(raw, answer).flags;
    assert.deepEqual(flags({}), []);
    assert.deepEqual(flags({ gold: 'A. right' }), ['goldConflict']);
    assert.deepEqual(flags({ gold: 'E' }), ['goldUnmatched']);
    assert.deepEqual(flags({ options: [], gold: 'A' }, value('B')), ['optionsUnknown']);
    assert.deepEqual(flags({ storedCorrect: true }), ['storedDiffers']);
    assert.deepEqual(flags({ storedCorrect: false }), []);
    assert.deepEqual(flags({ storedCorrect: true, gold: null }), []);
    assert.deepEqual(flags({ flags: ['invalidUtf8'] }, optionAnswer(1, { flags: ['letterTextConflict'] })), [
      'invalidUtf8',
      'letterTextConflict',
    ]);
  });

  it('clusters by scene, else picture, else the question that was sampled', () => {
    const cluster = (raw: Partial<RawItem>): string | null => rowOf(raw, optionAnswer(0)).cluster;
    assert.equal(cluster({ meta: { scene_id: 7 }, images: ['a.png'] }), 'scene:7');
    assert.equal(cluster({ meta: { scene: { id: 1 } }, images: ['a.png'] }), 'image:a.png');
    assert.equal(cluster({ images: ['scans/scene0011_00/12.jpg'] }), 'scene:scene0011_00');
    assert.equal(cluster({ images: ['scenery/12.jpg'] }), 'image:scenery/12.jpg');
    assert.equal(cluster({ images: ['a.png', 'b.png'] }), 'image:a.png|b.png');
    assert.equal(cluster({ unit: 'q1' }), 'item:q1');
    assert.equal(cluster({}), null);
  });

  it('takes frame and convention from the data, else from the words', () => {
    const asked = rowOf({ question: "From the boy's perspective, where is the ball?" }, optionAnswer(0));
    assert.deepEqual([asked.frame, asked.convention], ['person', 'facing']);
    const stated = rowOf(
      { question: "From the boy's perspective?", frame: 'camera', convention: 'toward-viewer' },
      optionAnswer(0),
    );
    assert.deepEqual([stated.frame, stated.convention], ['camera', 'toward-viewer']);
  });
});

describe('analysis: frame swaps', () => {
  const images = ['room.png'];
  const options = lettered('left', 'right', 'front', 'back');
  const camera = rawItem(1, {
    ...{ images, options, gold: 'A', frame: 'camera' },
    question: 'Where is the ball relative to the boy?',
  });
  const boy = "From the boy's perspective, where is the ball?";
  const asked = (gold: string, answered: number, more: Partial<RawItem> = {}): StoredRow =>
    rowOf({ images, options, gold, frame: 'person', question: boy, ...more }, optionAnswer(answered));
  const index = new FrameIndex();
  index.add(camera);

  it('are answers that would be right in the other frame', () => {
    const marked = index.mark(asked('B', 0));
    assert.deepEqual(marked.flags, ['frameSwap']);
    assert.equal(marked.frameSwapExpected, 1 / 3, 'one of three wrong options is the other frame’s answer');
    assert.deepEqual(JSON.parse(marked.frameSwapOf ?? ''), { frame: 'camera', question: camera.question });
  });

  it('are looked for, and not found, in another wrong answer', () => {
    const marked = index.mark(asked('B', 2));
    assert.deepEqual([marked.flags, marked.frameSwapExpected, marked.frameSwapOf], [[], 1 / 3, null]);
  });

  it('are not looked for elsewhere', () => {
    const others: [string, StoredRow][] = [
      ['a right answer', asked('B', 1)],
      ['both frames have the same answer', asked('A', 1)],
      ['another picture', asked('B', 0, { images: ['other.png'] })],
      ['other objects', asked('B', 0, { question: "From the boy's perspective, where is the cup?" })],
      ['the same frame', asked('B', 0, { frame: 'camera' })],
      ['no frame', asked('B', 0, { frame: 'unstated' })],
      ['no picture', asked('B', 0, { images: [] })],
      ['no question', asked('B', 0, { question: null })],
    ];
    for (const [why, row] of others) assert.equal(index.mark(row), row, why);
    const refused = rowOf({ images, options, gold: 'B', frame: 'person', question: boy }, unread);
    assert.equal(index.mark(refused), refused);
  });

  it('need a question with a directional answer in a stated frame', () => {
    const empty = new FrameIndex();
    const useless: Partial<RawItem>[] = [
      { question: null },
      { gold: null },
      { images: [] },
      { frame: null },
      { gold: 'A', options: lettered('a cup', 'left') },
      { question: 'Where is it?' },
    ];
    for (const each of useless) empty.add({ ...camera, ...each });
    assert.equal(empty.size, 0);
  });
});

describe('analysis: verdicts of a second file', () => {
  const verdicts = [
    rawItem(1, { id: 'a', response: 'B', storedCorrect: true, extracted: 'B', meta: { log: 'x', hit: 1 } }),
    rawItem(2, { id: 'b', response: 'B', storedCorrect: true }),
  ];

  it('go to the row of the same id and response', () => {
    const judgement = new Judgement('result.xlsx', verdicts);
    const row = rawItem(9, { id: 'a', response: 'B', meta: { hit: 0 } });
    assert.deepEqual(judgement.apply(row), {
      ...row,
      storedCorrect: true,
      extracted: 'B',
      meta: { log: 'x', hit: 0 },
    });
    assert.deepEqual(judgement.evidence(), { file: 'result.xlsx', matched: 1, differs: 0 });
  });

  it('are refused where the response is another, and counted', () => {
    const judgement = new Judgement('result.xlsx', verdicts);
    const other = rawItem(9, { id: 'b', response: 'A' });
    assert.equal(judgement.apply(other), other);
    const unknown = rawItem(9, { id: 'c' });
    assert.equal(judgement.apply(unknown), unknown);
    const nameless = rawItem(9);
    assert.equal(judgement.apply(nameless), nameless);
    assert.deepEqual(judgement.evidence(), { file: 'result.xlsx', matched: 0, differs: 1 });
  });
});
