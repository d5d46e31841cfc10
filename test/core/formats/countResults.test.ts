import assert from 'node:assert/strict';
import { countResults } from '../../../src/core/formats/countResults.js';
import { makeWorkspace, onlyRun, summaryOf } from '../../support/cli.js';
import { fixture, objectShape, openFile, readAll, recognised } from '../../support/formatSource.js';

const FILE = fixture('count-results', 'v1', 'counts.json');

describe('formats: CLEVR and SuperCLEVR counts', () => {
  it('recognises results that count, and the benchmark by its images', async () => {
    const detected = recognised(countResults, (await openFile(FILE)).shape);
    assert.deepEqual([detected.role, detected.dataset, detected.model], ['run', 'SuperCLEVR', null]);
    const result = {
      question: { image_path: 'CLEVR_1.png' },
      ground_truth: 2,
      model_output: '',
      extracted_answer: null,
    };
    assert.equal(recognised(countResults, objectShape('a.json', { results: [result] })).dataset, 'CLEVR');
    const angle = { ...result, ground_truth: '30°' };
    assert.equal(countResults.detect(objectShape('a.json', { accuracy: 1, results: [angle] })), null);
    assert.equal(countResults.detect(objectShape('a.json', { accuracy: 1, results: [] })), null);
  });

  it('reads the number that was extracted, and drops what is no result', async () => {
    const { items, dropped } = await readAll(countResults, await openFile(FILE));
    assert.deepEqual(
      items.map(({ gold, extracted, kind, images }) => [gold, extracted, kind, images[0]]),
      [
        ['3', '3', 'count', './images/superCLEVR_toy_0.png'],
        ['5', '4', 'count', './images/superCLEVR_toy_1.png'],
        ['2', '', 'count', './images/superCLEVR_toy_2.png'],
      ],
    );
    assert.equal(items[2]?.response, 'There are two of them.');
    assert.deepEqual(
      dropped.map(({ row, reason }) => [row, reason]),
      [
        [4, 'not an object'],
        [5, 'missing field'],
      ],
    );
  });

  it('counts as the script does: no number between the tags is wrong', async () => {
    const workspace = makeWorkspace();
    try {
      const run = onlyRun(await summaryOf([FILE], workspace.cache));
      assert.deepEqual([run.rows, run.items, run.correct, run.classes['under-count']?.count], [5, 3, 1, 1]);
      assert.deepEqual(run.unparsedByReason, { empty: 1 });
    } finally {
      workspace.remove();
    }
  });
});
