import assert from 'node:assert/strict';
import { llavaAnswers } from '../../../src/core/formats/llavaAnswers.js';
import type { RawItem } from '../../../src/core/model.js';
import { fixture, openFile, readAll, recognised, shapeOf, sourceOf } from '../../support/formatSource.js';

const record = { question_id: 1, prompt: 'Is there a cup?', text: 'Yes', answer_id: 'a', model_id: 'm', metadata: {} };

async function ask(prompt: string): Promise<RawItem> {
  const { items } = await readAll(llavaAnswers, sourceOf(shapeOf('a.jsonl', 'json-lines', [{ ...record, prompt }])));
  assert.ok(items[0]);
  return items[0];
}

describe('formats: LLaVA answers', () => {
  const path = fixture('llava-answers', 'v1', 'pope', 'answers', 'toy-7b.jsonl');

  it('recognises a run, its model, and the benchmark from its folder', async () => {
    const { shape } = await openFile(path);
    const detected = recognised(llavaAnswers, shape);
    assert.deepEqual([detected.role, detected.model, detected.dataset], ['run', 'toy-7b', 'POPE']);
    assert.equal(recognised(llavaAnswers, { ...shape, path: 'toy-7b.jsonl' }).dataset, null);
  });

  it('reads the response, the question and what it offers; gold stays unknown', async () => {
    const { items, dropped } = await readAll(llavaAnswers, await openFile(path));
    assert.deepEqual(
      items.map(({ id, question, kind, response, options }) => [id, question, kind, response, options.length]),
      [
        ['1', 'Is there a teapot in the image?', 'yes-no', 'Yes', 2],
        ['2', 'Which side is the cup on?', null, 'B', 2],
        ['3', 'Is the ball left or right of the box?', null, 'left', 0],
        ['4', 'Describe the table.', null, '', 0],
        ['6', 'This photo shows a red door.', 'yes-no', 'No.', 2],
      ],
    );
    assert.deepEqual(items[1]?.options, [
      { label: 'A', text: 'left' },
      { label: 'B', text: 'right' },
    ]);
    assert.ok(items.every((item) => item.gold === null && item.split === null && item.model === 'toy-7b'));
    assert.deepEqual(items[3]?.meta, { answer_id: 'a4', metadata: { seed: 7 } });
    assert.deepEqual(
      dropped.map(({ row, reason }) => [row, reason]),
      [[5, 'missing field']],
    );
  });

  it('takes a question for yes/no only when it begins as one and offers nothing', async () => {
    for (const prompt of ['Is there a cup?', 'Are there two cups on the tray?', 'Does the cup touch the bowl?']) {
      assert.equal((await ask(prompt)).kind, 'yes-no', prompt);
    }
    for (const prompt of ['Is it red or blue?', 'Where is the cup?', 'Can you describe this?', 'Do you see?', '']) {
      assert.equal((await ask(prompt)).kind, null, prompt);
    }
  });

  it('keeps an instruction that is the whole prompt', async () => {
    assert.equal((await ask('Answer briefly.')).question, 'Answer briefly.');
  });

  it('splits a file of several models into runs, wherever a model first shows up', async () => {
    const rows = ['m', 'm', 'n'].map((model_id, i) => ({ ...record, question_id: i, model_id }));
    const inHead = shapeOf('a.jsonl', 'json-lines', rows);
    assert.equal(recognised(llavaAnswers, inHead).model, null);
    const runs = async (headSize: number): Promise<(string | null)[]> => {
      const source = { ...sourceOf(inHead), shape: { ...inHead, head: rows.slice(0, headSize) } };
      return (await readAll(llavaAnswers, source)).items.map((item) => item.split);
    };
    assert.deepEqual(await runs(3), ['m', 'm', 'n']);
    assert.deepEqual(await runs(2), [null, null, 'n']);
  });

  it('leaves files that state right answers, and tables, to other formats', () => {
    assert.equal(llavaAnswers.detect(shapeOf('a.jsonl', 'json-lines', [{ ...record, label: 'yes' }])), null);
    assert.equal(llavaAnswers.detect(shapeOf('a.csv', 'csv', [record])), null);
    assert.equal(llavaAnswers.detect(shapeOf('a.jsonl', 'json-lines', [{ question_id: 1, text: 'x' }])), null);
  });
});
