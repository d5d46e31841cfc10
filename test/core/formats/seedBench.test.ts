import assert from 'node:assert/strict';
import { seedBenchPredictions, seedBenchQuestions } from '../../../src/core/formats/seedBench.js';
import { makeWorkspace, onlyRun, summaryOf } from '../../support/cli.js';
import { fixture, openFile, readAll, recognised, shapeOf } from '../../support/formatSource.js';

const QUESTIONS = fixture('seed-bench', 'v1', 'questions.json');
const RESULTS = fixture('seed-bench', 'v1', 'results.json');

describe('formats: SEED-Bench', () => {
  it('recognises questions and answers', async () => {
    const questions = recognised(seedBenchQuestions, (await openFile(QUESTIONS)).shape);
    const results = recognised(seedBenchPredictions, (await openFile(RESULTS)).shape);
    assert.deepEqual([questions.role, questions.dataset], ['definition', 'SEED-Bench']);
    assert.deepEqual([results.role, results.dataset, results.model], ['run', 'SEED-Bench', null]);
    const other = shapeOf('a.jsonl', 'json-lines', [{ q_id: 1, prediction: 'x', gt: 'left', q_type_id: 1 }]);
    assert.equal(seedBenchPredictions.detect(other), null);
  });

  it('reads questions with the names of their types, and drops what is none', async () => {
    const { items, dropped } = await readAll(seedBenchQuestions, await openFile(QUESTIONS));
    assert.deepEqual(
      items.map(({ id, gold, task, images }) => [id, gold, task, images]),
      [
        ['101', 'B', 'Spatial Relation', ['toy_1']],
        ['102', 'C', 'Instances Counting', ['toy_2']],
      ],
    );
    assert.deepEqual(items[0]?.options[1], { label: 'B', text: 'right of the bench' });
    assert.deepEqual(
      dropped.map(({ row, reason }) => [row, reason]),
      [[3, 'not an object']],
    );
  });

  it('joins the letters to the questions', async () => {
    const workspace = makeWorkspace();
    try {
      const run = onlyRun(await summaryOf([fixture('seed-bench', 'v1')], workspace.cache));
      assert.deepEqual([run.rows, run.items, run.dropped.total, run.correct], [3, 2, 1, 1]);
      assert.equal(run.classes['horizontal-flip']?.count, 1);
      assert.deepEqual(Object.keys(run.byTask), ['Instances Counting', 'Spatial Relation']);
    } finally {
      workspace.remove();
    }
  });
});
