import assert from 'node:assert/strict';
import { spatialRgpt, spatialRgptQuestions } from '../../../src/core/formats/spatialRgpt.js';
import { makeWorkspace, onlyRun, summaryOf } from '../../support/cli.js';
import { fixture, openFile, readAll, recognised, shapeOf } from '../../support/formatSource.js';

const ANSWERS = fixture('spatialrgpt', 'v1', 'raw_evaluation.json');
const QUESTIONS = fixture('spatialrgpt', 'v1', 'questions.json');

describe('formats: SpatialRGPT-Bench', () => {
  it('recognises records printed over several lines, one after another', async () => {
    const { shape } = await openFile(ANSWERS);
    assert.equal(shape.container, 'json-lines');
    const detected = recognised(spatialRgpt, shape);
    assert.deepEqual([detected.role, detected.model, detected.dataset], ['run', 'toy-rgpt', 'SpatialRGPT-Bench']);
    assert.match(detected.warnings?.[0] ?? '', /measured with a tolerance/);
    const other = { question: 'x', pred: 'y', gt: 'z', qa_info: {} };
    assert.equal(spatialRgpt.detect(shapeOf('a.jsonl', 'json-lines', [other])), null);
  });

  it('takes the yes or no of a predicate, the region of a choice, and no gold of a measurement', async () => {
    const { items, dropped } = await readAll(spatialRgpt, await openFile(ANSWERS));
    assert.deepEqual(
      items.map(({ task, kind, gold, relation, storedCorrect }) => [task, kind, gold, relation, storedCorrect]),
      [
        ['left_predicate', 'yes-no', 'yes', 'left', false],
        ['behind_predicate', 'yes-no', 'no', 'behind', true],
        ['tall_choice', 'choice', 'Region [1]', null, true],
        ['above_predicate', 'yes-no', null, 'above', null],
        ['distance_data', 'open', null, null, true],
        ['direction', 'open', null, null, false],
      ],
    );
    assert.deepEqual(
      items[2]?.options.map(({ text }) => text),
      ['Region [0]', 'Region [1]'],
    );
    assert.equal(items[3]?.meta['gt'], 'It hangs somewhere.');
    assert.deepEqual(
      dropped.map(({ row, reason }) => [row, reason]),
      [[7, 'missing field']],
    );
  });

  it('reads the annotations with their boxes', async () => {
    const source = await openFile(QUESTIONS);
    assert.equal(recognised(spatialRgptQuestions, source.shape).role, 'definition');
    const { items } = await readAll(spatialRgptQuestions, source);
    assert.deepEqual(items[0]?.boxes?.[0], { x: 10, y: 20, width: 30, height: 60, unit: 'pixel', label: 'Region [0]' });
    assert.deepEqual([items[0]?.gold, items[2]?.gold, items[4]?.gold], ['yes', 'Region [1]', null]);
  });

  it('adds up', async () => {
    const workspace = makeWorkspace();
    try {
      const run = onlyRun(await summaryOf([fixture('spatialrgpt', 'v1')], workspace.cache));
      assert.deepEqual([run.rows, run.items, run.noGold, run.correct, run.units], [7, 6, 3, 2, 3]);
      assert.deepEqual([run.storedCorrect, run.storedDiffers, run.joined[0]?.byContent], [3, 0, 6]);
    } finally {
      workspace.remove();
    }
  });
});
