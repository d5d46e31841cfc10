import assert from 'node:assert/strict';
import { cvBenchPredictions, cvBenchQuestions } from '../../../src/core/formats/cvBench.js';
import type { JsonObject } from '../../../src/core/model.js';
import { makeWorkspace, onlyRun, summaryOf } from '../../support/cli.js';
import { fixture, openFile, readAll, recognised, shapeOf, sourceOf } from '../../support/formatSource.js';

const QUESTIONS = fixture('cv-bench', 'v1', 'questions.jsonl');
const PREDICTIONS = fixture('cv-bench', 'v1', 'predictions.jsonl');

const record = { type: '2D', task: 'Count', question: 'How many?', choices: ['1', '2'], answer: '(A)', source: 'COCO' };

async function answered(answers: JsonObject): Promise<unknown[]> {
  const { items } = await readAll(
    cvBenchPredictions,
    sourceOf(shapeOf('a.jsonl', 'json-lines', [{ ...record, ...answers }])),
  );
  return items.map(({ response, extracted, storedCorrect, meta }) => [response, extracted, storedCorrect, meta]);
}

describe('formats: CV-Bench', () => {
  it('tells questions from predictions by the columns of answers', async () => {
    const questions = (await openFile(QUESTIONS)).shape;
    const predictions = (await openFile(PREDICTIONS)).shape;
    assert.deepEqual(
      [recognised(cvBenchQuestions, questions).role, cvBenchPredictions.detect(questions)],
      ['definition', null],
    );
    const run = recognised(cvBenchPredictions, predictions);
    assert.deepEqual([run.role, run.model, run.dataset, run.macroBy], ['run', 'toy-vlm', 'CV-Bench', 'stratum']);
    assert.equal(cvBenchQuestions.detect(predictions), null);
    const other = { ...record, task: 'Colour' };
    assert.equal(cvBenchQuestions.detect(shapeOf('a.jsonl', 'json-lines', [other, other])), null);
  });

  it('reads kinds, lettered choices and strata, and drops a record without a question', async () => {
    const { items, dropped } = await readAll(cvBenchPredictions, await openFile(PREDICTIONS));
    assert.deepEqual(
      items.map(({ id, kind, task, meta }) => [id, kind, task, meta['stratum']]),
      [
        ['0', 'count', 'Count', '2D/ADE20K'],
        ['1', 'choice', 'Relation', '2D/COCO'],
        ['2', 'choice', 'Relation', '2D/COCO'],
        ['3', 'depth-order', 'Depth', '3D/Omni3D'],
        ['4', 'distance-order', 'Distance', '3D/Omni3D'],
      ],
    );
    assert.deepEqual(items[1]?.options, [
      { label: 'A', text: 'left' },
      { label: 'B', text: 'right' },
    ]);
    assert.deepEqual([items[1]?.gold, items[1]?.images], ['(A)', ['img/2D/relation/toy_1.png']]);
    assert.deepEqual(
      dropped.map(({ row, reason }) => [row, reason]),
      [[6, 'missing field']],
    );
  });

  it('takes a prediction beside a response for what was read from it', async () => {
    const meta = { type: '2D', source: 'COCO', stratum: '2D/COCO' };
    assert.deepEqual(await answered({ prediction: 'It is two.' }), [['It is two.', null, null, meta]]);
    assert.deepEqual(await answered({ response: 'It is two.', prediction: 'B' }), [['It is two.', 'B', null, meta]]);
    assert.deepEqual(await answered({ pred: 'x', extracted_answer: null, correct: 0 }), [['x', '', false, meta]]);
    assert.deepEqual(await answered({ pred: 'x', correct: 'A' }), [['x', null, null, { ...meta, correct: 'A' }]]);
  });

  it("gives the benchmark's own mean over sources as macro accuracy", async () => {
    const workspace = makeWorkspace();
    try {
      const run = onlyRun(await summaryOf([PREDICTIONS], workspace.cache));
      assert.deepEqual([run.rows, run.items, run.correct, run.storedDiffers], [6, 5, 3, 0]);
      assert.equal(run.macroAccuracy, ((1 + 1 / 2) / 2 + 1 / 2) / 2);
      assert.equal(run.classes['depth-order-swap']?.count, 1);
    } finally {
      workspace.remove();
    }
  });
});
