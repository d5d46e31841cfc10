import assert from 'node:assert/strict';
import { cambrianAnswers } from '../../../src/core/formats/cambrianAnswers.js';
import { fixture, openFile, readAll, recognised, shapeOf } from '../../support/formatSource.js';

describe('formats: Cambrian answers', () => {
  it('recognises the records, and the benchmark by its categories', async () => {
    const dataset = async (name: string): Promise<unknown> => {
      const { shape } = await openFile(fixture('cambrian', 'v1', name));
      const detected = recognised(cambrianAnswers, shape);
      return [detected.role, detected.model, detected.dataset];
    };
    assert.deepEqual(await dataset('mme.jsonl'), ['run', 'toy-8b', 'MME']);
    assert.deepEqual(await dataset('coco.jsonl'), ['run', 'toy-8b', 'CV-Bench']);
    const seed = { question_id: 1, prompt: 'Where?', answer: 'A', gt_answer: 'B', category: 6, model_id: 'm' };
    assert.equal(recognised(cambrianAnswers, shapeOf('a.jsonl', 'json-lines', [seed])).dataset, 'SEED-Bench');
    assert.equal(cambrianAnswers.detect(shapeOf('a.jsonl', 'json-lines', [{ prompt: 'x', answer: 'y' }])), null);
  });

  it("pairs MME's questions by place, and takes the question out of the chat", async () => {
    const { items } = await readAll(cambrianAnswers, await openFile(fixture('cambrian', 'v1', 'mme.jsonl')));
    assert.deepEqual(
      items.map(({ unit, gold, response }) => [unit, gold, response]),
      [
        ['0', 'Yes', 'Yes'],
        ['0', 'No', 'Yes'],
        ['1', 'Yes', 'Yes.'],
        ['1', 'No', 'No'],
      ],
    );
    assert.equal(items[0]?.question, 'Is the drum left of the bench? Please answer yes or no.');
    assert.ok(items.every(({ kind, task }) => kind === 'yes-no' && task === 'position'));
  });

  it("reads CV-Bench's options from their list, and drops a record without an answer", async () => {
    const { items, dropped } = await readAll(cambrianAnswers, await openFile(fixture('cambrian', 'v1', 'coco.jsonl')));
    assert.deepEqual(
      items.map(({ options, gold, response, images }) => [options.map(({ text }) => text), gold, response, images]),
      [
        [['left', 'right'], '(A)', '(B)', ['toy_1.png']],
        [['2', '3'], '(A)', '2', ['toy_2.png']],
      ],
    );
    assert.equal(items[0]?.question, 'Where is the drum located with respect to the bench?');
    assert.deepEqual(
      dropped.map(({ row }) => row),
      [3],
    );
  });
});
