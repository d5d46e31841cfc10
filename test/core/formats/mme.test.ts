import assert from 'node:assert/strict';
import { mme } from '../../../src/core/formats/mme.js';
import { makeWorkspace, onlyRun, summaryOf } from '../../support/cli.js';
import { fixture, openFile, readAll, recognised, shapeOf } from '../../support/formatSource.js';

const FOLDER = fixture('mme', 'v1', 'answers', 'toy-vlm');
const FILE = fixture('mme', 'v1', 'answers', 'toy-vlm', 'position.txt');

describe('formats: MME answers', () => {
  it('recognises the lines, and takes task and model from the path', async () => {
    const { shape } = await openFile(FILE);
    const detected = recognised(mme, shape);
    assert.deepEqual([detected.role, detected.model, detected.dataset], ['run', 'toy-vlm', 'MME']);
    assert.equal(recognised(mme, { ...shape, path: 'answers/position.txt' }).model, null);
    assert.equal(recognised(mme, { ...shape, path: 'toy-vlm/mine.txt' }).model, null);
  });

  it('reads question, answer and response, and drops a line that continues another', async () => {
    const { items, dropped } = await readAll(mme, await openFile(FILE));
    assert.deepEqual(
      items.map(({ row, gold, response }) => [row, gold, response]),
      [
        [1, 'Yes', 'Yes'],
        [2, 'No', 'No.'],
        [3, 'Yes', 'No, it is on the right.'],
        [4, 'No', 'No'],
        [5, 'Yes', 'Yes,\tit is.'],
        [7, 'No', 'I cannot say.'],
      ],
    );
    assert.ok(
      items.every(({ kind, options, task }) => kind === 'yes-no' && options.length === 2 && task === 'position'),
    );
    assert.deepEqual([items[0]?.unit, items[0]?.images], ['position/0001.png', ['0001.png']]);
    assert.deepEqual(
      dropped.map(({ row, reason }) => [row, reason]),
      [[6, 'wrong number of cells']],
    );
  });

  it('leaves other tab-separated lines alone', () => {
    const detect = (text: string): unknown => mme.detect({ ...shapeOf('position.txt', 'text', []), text });
    assert.equal(detect('image\tquestion\tanswer\tresponse\n'), null);
    assert.equal(detect('a.png\tIs it?\tYes\n'), null);
    assert.equal(detect('a.png\tIs it?\tleft\tright\n'), null);
    assert.notEqual(detect('a.png\tIs it?\tYes\tno\n'), null);
    assert.equal(mme.detect({ ...shapeOf('a.json', 'json-lines', []), text: 'a.png\tIs it?\tYes\tno\n' }), null);
  });

  it('gives acc as the share of right items and acc+ as the accuracy over images', async () => {
    const workspace = makeWorkspace();
    try {
      const run = onlyRun(await summaryOf([FOLDER], workspace.cache));
      assert.deepEqual([run.rows, run.items, run.dropped.total, run.correct], [7, 6, 1, 4]);
      assert.deepEqual([run.units, run.correctUnits, run.accuracy, run.chance], [3, 1, 1 / 3, 1 / 4]);
    } finally {
      workspace.remove();
    }
  });
});
