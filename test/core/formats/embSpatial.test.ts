import assert from 'node:assert/strict';
import { embSpatialPredictions, embSpatialQuestions } from '../../../src/core/formats/embSpatial.js';
import { fixture, openFile, readAll, recognised, shapeOf } from '../../support/formatSource.js';

describe('formats: EmbSpatial-Bench', () => {
  it('recognises questions and predictions by relations and indexes', async () => {
    const questions = (await openFile(fixture('embspatial', 'v1', 'questions.json'))).shape;
    assert.deepEqual(
      [recognised(embSpatialQuestions, questions).role, recognised(embSpatialQuestions, questions).dataset],
      ['definition', 'EmbSpatial-Bench'],
    );
    assert.equal(embSpatialPredictions.detect(questions), null);
    const other = { question: 'Where?', relation: 'beside', answer: 1, answer_options: ['a', 'b'] };
    assert.equal(embSpatialQuestions.detect(shapeOf('a.json', 'json-array', [other, other, other])), null);
  });

  it('reads the gold as the letter of its place, counted from 0', async () => {
    const { items } = await readAll(embSpatialQuestions, await openFile(fixture('embspatial', 'v1', 'questions.json')));
    assert.deepEqual(
      items.map(({ id, gold, kind, task, frame }) => [id, gold, kind, task, frame]),
      [
        ['toy_0', 'C', 'choice', 'left', 'camera'],
        ['toy_1', 'A', 'depth-order', 'close', 'camera'],
        ['toy_2', 'B', 'choice', 'above', 'camera'],
      ],
    );
    assert.deepEqual(items[0]?.options[2], { label: 'C', text: 'The drum is left of the bench.' });
    assert.deepEqual(Object.keys(items[0]?.meta ?? {}), ['data_source', 'scene_id', 'objects']);
  });

  it('reads the answers, and drops a record without options', async () => {
    const { items, dropped } = await readAll(
      embSpatialPredictions,
      await openFile(fixture('embspatial', 'v1', 'predictions.jsonl')),
    );
    assert.deepEqual(
      items.map(({ response }) => response),
      ['A', 'A) jug', 'B'],
    );
    assert.deepEqual(
      dropped.map(({ row, reason, detail }) => [row, reason, /answer_options/.test(detail)]),
      [[4, 'missing field', true]],
    );
  });
});
