import assert from 'node:assert/strict';
import type { Json, JsonObject, RawItem } from '../../../src/core/model.js';
import { isDropped } from '../../../src/core/formats/format.js';
import { plain, plainWith } from '../../../src/core/formats/plain.js';
import { itemsOf, read, shapeOf } from './plainShape.js';

/** Three questions with the given further columns, one value for each. */
function asked(columns: { readonly [name: string]: readonly JsonObject[string][] }): JsonObject[] {
  return ['Where is the cup?', 'Where is the lamp?', 'Where is the sofa?'].map((question, i) =>
    Object.fromEntries<Json>([
      ['question', question],
      ...Object.entries(columns).map(([name, values]): [string, Json] => [name, values[i] ?? null]),
    ]),
  );
}

const LIST = ['left', 'right', 'front'];
const LISTS = [LIST, LIST, LIST];

async function pick<K extends keyof RawItem>(records: readonly JsonObject[], key: K): Promise<RawItem[K][]> {
  return (await itemsOf(shapeOf(records))).map((item) => item[key]);
}

describe('plain: letters and positions', () => {
  it('takes no gold from positions whose start nothing proves, says so, and takes the mapping’s word', async () => {
    const unproved = asked({ choices: LISTS, answer: [1, 2, 1], prediction: ['left', '1', 'right'] });
    const items = await itemsOf(shapeOf(unproved));
    assert.deepEqual(
      items.map((item) => [item.gold, item.extracted, item.meta['answer']]),
      [
        [null, null, 1],
        [null, null, 2],
        [null, null, 1],
      ],
    );
    const [warning] = plain.detect(shapeOf(unproved))?.warnings ?? [];
    assert.match(
      warning ?? '',
      /answers\.jsonl: .*'answer'.* 0 or 1.*without gold.*flipside mapping answers\.jsonl.*"base"/,
    );
    assert.deepEqual(await pick(asked({ choices: LISTS, answer: [0, 3, 1], prediction: LIST }), 'gold'), [
      null,
      null,
      null,
    ]);
    const roles = { question: 'question', options: 'choices', gold: 'answer', prediction: 'prediction' };
    const told = plainWith({ version: 1, match: '*', roles, base: 1 });
    assert.deepEqual(
      (await itemsOf(shapeOf(unproved), told)).map((item) => item.gold),
      ['left', 'right', 'left'],
    );
    assert.equal(told.detect(shapeOf(unproved))?.warnings, undefined);
    assert.equal(plain.detect(shapeOf(asked({ choices: LISTS, answer: [0, 2, 1], pred: LIST })))?.warnings, undefined);
  });

  it('reads a letter against an unlabelled list whatever the other records answer', async () => {
    const prediction = ['left', 'The answer is (B).', 'front', 'front', '**C**', 'front'];
    const records = prediction.map((said, i) => ({
      id: i,
      question: 'Where?',
      choices: LIST,
      answer: 'left',
      prediction: said,
    }));
    const labels = (await pick(records, 'options')).map((list) => list.map((option) => option.label).join(''));
    assert.deepEqual(labels, ['', 'ABC', '', '', 'ABC', '']);
  });
});

describe('plain: several answers in a record', () => {
  const SAMPLED = { id: 'q1', question: 'Where is it?', choices: LIST, answer: 'left' };

  it('makes an item of each of several predictions, one unit together', async () => {
    const records = [
      { ...SAMPLED, predictions: ['right', 'left', null], correct: [false, true, false] },
      { ...SAMPLED, id: 'q2', predictions: ['left', 'left'], correct: [true] },
      { ...SAMPLED, id: 'q3', predictions: ['left'], correct: true },
    ];
    const items = await itemsOf(shapeOf(records));
    assert.deepEqual(
      items.map((item) => [item.row, item.meta['record'], item.unit, item.sample, item.response, item.storedCorrect]),
      [
        [1, 1, 'q1', 1, 'right', false],
        [2, 1, 'q1', 2, 'left', true],
        [3, 1, 'q1', 3, '', false],
        [4, 2, 'q2', 1, 'left', null],
        [5, 2, 'q2', 2, 'left', null],
        [6, 3, null, null, 'left', true],
      ],
    );
  });

  it('pairs the texts and the answers read from them by place, also in cells', async () => {
    const cells = { ...SAMPLED, raw_output: "['It is left.', 'Right!']", parsed: '["left", "right"]' };
    const items = await itemsOf(shapeOf([cells, { ...cells, id: 'q2' }]));
    assert.deepEqual(
      items.map((item) => [item.id, item.sample, item.response, item.extracted]),
      ['q1', 'q2'].flatMap((id) => [
        [id, 1, 'It is left.', 'left'],
        [id, 2, 'Right!', 'right'],
      ]),
    );
    const [nested] = await itemsOf(
      shapeOf([{ ...SAMPLED, output: { responses: [{ text: 'left' }, { text: 'right' }] } }]),
    );
    assert.deepEqual([nested?.sample, nested?.response], [1, 'left']);
  });

  it('takes no samples from several chosen options, a vector of scores, a chat, or one list among texts', async () => {
    const several = { ...SAMPLED, answer: ['left', 'right'], predictions: ['left', 'right'] };
    const lists: readonly (readonly [JsonObject, string])[] = [
      [several, 'left\nright'],
      [{ ...SAMPLED, answer: 'A, B', predictions: ['A', 'B'] }, 'A\nB'],
      [
        {
          ...SAMPLED,
          prediction: 'left',
          output: [
            { role: 'assistant', content: 'left' },
            { role: 'assistant', content: '!' },
          ],
        },
        'left\n!',
      ],
      [{ ...SAMPLED, predictions: ['left'] }, 'left'],
    ];
    for (const [record, response] of lists) {
      const items = await itemsOf(shapeOf([record]));
      assert.deepEqual(
        items.map((item) => [item.response, item.sample]),
        [[response, null]],
      );
    }
    const words = asked({ answer: LIST, prediction: ['left', "['left', 'right']", 'front'] });
    assert.deepEqual(await pick(words, 'sample'), [null, null, null]);
  });

  it('reads a record’s own form where a prediction is a text in some and an object in others', async () => {
    const forms = (objects: number): JsonObject[] =>
      Array.from({ length: 10 }, (_, i) => ({
        id: i,
        question: 'Where is it?',
        answer: 'left',
        prediction: i < objects ? { answer: 'left', seconds: 2 } : 'left',
      }));
    for (const objects of [1, 9]) {
      const items = await itemsOf(shapeOf(forms(objects)));
      assert.deepEqual(new Set(items.map((item) => item.response)), new Set(['left']), `${String(objects)} objects`);
    }
    const odd = { id: 11, question: 'Where is it?', answer: 'left', prediction: { seconds: 3 } };
    const dropped = (await read(shapeOf(forms(0)), plain, [odd])).filter(isDropped);
    assert.deepEqual(
      dropped.map(({ row, reason }) => [row, reason]),
      [[11, 'unreadable answer']],
    );
    assert.match(dropped[0]?.detail ?? '', /Record 11: 'prediction' holds an object \('seconds'\) where .* expected/);
  });
});
