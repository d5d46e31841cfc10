import assert from 'node:assert/strict';
import { satPredictions, satQuestions } from '../../../src/core/formats/sat.js';
import { fixture, openFile, readAll, recognised, shapeOf } from '../../support/formatSource.js';

describe('formats: SAT', () => {
  it('recognises questions by a right answer among the offered ones', async () => {
    const { shape } = await openFile(fixture('sat', 'v1', 'questions.jsonl'));
    assert.deepEqual([recognised(satQuestions, shape).role, satPredictions.detect(shape)], ['definition', null]);
    const other = {
      question: 'Where?',
      answers: ['left', 'right'],
      correct_answer: 'up',
      question_type: 'perspective',
    };
    assert.equal(satQuestions.detect(shapeOf('a.jsonl', 'json-lines', [other, other])), null);
  });

  it('reads a right answer by text or by index, and the offered texts with letters', async () => {
    const { items } = await readAll(satQuestions, await openFile(fixture('sat', 'v1', 'questions.jsonl')));
    assert.deepEqual(
      items.map(({ gold, task, options }) => [gold, task, options.map(({ label }) => label).join('')]),
      [
        ['right', 'perspective', 'AB'],
        ['left', 'ego_movement', 'AB'],
        ['B', 'obj_movement', 'AB'],
      ],
    );
  });

  it('reads the answers of a run, and drops a record without offered answers', async () => {
    const source = await openFile(fixture('sat', 'v1', 'predictions.jsonl'));
    assert.equal(recognised(satPredictions, source.shape).model, 'toy-vlm');
    const { items, dropped } = await readAll(satPredictions, source);
    assert.deepEqual(
      items.map(({ response, extracted }) => [response, extracted]),
      [
        ['I would say left.', 'left'],
        ['It moved left.', 'left'],
        ['Nothing.', 'B'],
      ],
    );
    assert.deepEqual(
      dropped.map(({ row, reason }) => [row, reason]),
      [[4, 'missing field']],
    );
  });
});
