import assert from 'node:assert/strict';
import type { RawItem } from '../../../src/core/model.js';
import { viewspatialCsv } from '../../../src/core/formats/viewspatialCsv.js';
import { taskFrame } from '../../../src/core/formats/viewspatialTasks.js';
import { fixture, openFile, readAll, recognised, shapeOf } from '../../support/formatSource.js';
import { describeReal, realData } from '../../support/realData.js';

const toy = (...parts: string[]): string => fixture('viewspatial-csv', 'v1', 'result', ...parts);
const letter = (text: string | null): string => text?.slice(0, 1) ?? '';
const right = (item: RawItem): boolean =>
  letter(item.extracted ?? item.response) !== '' && letter(item.extracted ?? item.response) === letter(item.gold);

describe('viewspatial-csv', () => {
  it('reads questions, options, predictions and verdicts', async () => {
    const source = await openFile(toy('toy-vlm', 'result_toy-vlm.csv'));
    const detected = recognised(viewspatialCsv, source.shape);
    assert.equal(detected.role, 'run');
    assert.equal(detected.model, 'toy-vlm');
    assert.equal(detected.dataset, 'ViewSpatial-Bench');
    const { items, dropped } = await readAll(viewspatialCsv, source);
    assert.deepEqual(dropped, []);
    assert.deepEqual(items[0], {
      row: 1,
      id: '0',
      question: 'Where does the teapot stand, seen from the "blue" vase?',
      options: [
        { label: 'A', text: 'left' },
        { label: 'B', text: 'back-left' },
        { label: 'C', text: 'above-right' },
        { label: 'D', text: 'front' },
      ],
      gold: 'B. back-left',
      extracted: null,
      response: 'B. back-left',
      storedCorrect: true,
      kind: 'choice',
      task: 'Camera perspective - Relative Direction',
      relation: null,
      frame: 'camera',
      convention: 'toward-viewer',
      images: [],
      model: 'toy-vlm',
      split: null,
      unit: null,
      sample: null,
      confidence: null,
      meta: {},
      flags: [],
    });
    assert.deepEqual(
      items.map((item) => [item.row, item.id, item.options.length, item.response, item.storedCorrect]),
      [
        [1, '0', 4, 'B. back-left', true],
        [2, '1', 4, 'D', false],
        [3, '2', 2, 'B', true],
        [4, '3', 4, 'C. right', true],
        [5, '5', 4, '', false],
        [6, '7', 2, 'I cannot tell.', false],
      ],
    );
  });

  it('takes the extracted column as the prediction, and nothing for None, nan and an empty cell', async () => {
    const source = await openFile(toy('toy-cot', 'result_cot.csv'));
    assert.equal(recognised(viewspatialCsv, source.shape).model, 'cot');
    const { items } = await readAll(viewspatialCsv, source);
    assert.deepEqual(
      items.map((item) => item.extracted),
      ['B', '', '', ''],
    );
    assert.deepEqual(items[0]?.options, []);
    assert.equal(items[0]?.question, null);
    assert.equal(items[0]?.response, 'Step by step:\nthe teapot is behind, to the left. Therefore B.');
    assert.deepEqual(items[0]?.meta, { Seconds: '1.5' });
  });

  it('reads a header without rows as an empty run', async () => {
    const source = await openFile(toy('toy-empty', 'result_toy-empty.csv'));
    assert.equal(recognised(viewspatialCsv, source.shape).role, 'run');
    assert.deepEqual(await readAll(viewspatialCsv, source), { items: [], dropped: [] });
  });

  it('drops a row of empty cells and says so', async () => {
    const source = await openFile(toy('toy-vlm', 'result_toy-vlm.csv'));
    const blank = Object.fromEntries(source.shape.columns.map((column) => [column, '']));
    const records = (async function* () {
      await Promise.resolve();
      yield { row: 1, value: blank, flags: [] };
    })();
    const { items, dropped } = await readAll(viewspatialCsv, { ...source, records: () => records });
    assert.deepEqual(items, []);
    assert.equal(dropped[0]?.reason, 'empty row');
  });

  it('names the model by the file, else by its folder, else not at all', () => {
    const model = (path: string): string | null =>
      recognised(viewspatialCsv, {
        ...shapeOf(path, 'csv', []),
        columns: ['ID', 'Question', 'Question_Type', 'Predicted Answer', 'Correct Answer', 'IsCorrect'],
      }).model;
    assert.equal(model('out/result/a-3B/result_a-3B.csv'), 'a-3B');
    assert.equal(model('out\\result\\a-3B\\result_a-3B.csv'), 'a-3B');
    assert.equal(model('result_fixed.csv'), 'fixed');
    assert.equal(model('out/result/a-3B/answers.csv'), 'a-3B');
    assert.equal(model('answers.csv'), null);
  });

  it('leaves other tables alone', () => {
    const columns = ['ID', 'Question', 'Prediction', 'Answer'];
    assert.equal(viewspatialCsv.detect({ ...shapeOf('a.csv', 'csv', []), columns }), null);
  });

  it('knows the frame and the depth convention of every task', () => {
    assert.deepEqual(taskFrame('Camera perspective - Object View Orientation'), {
      frame: 'camera',
      convention: 'away-from-viewer',
    });
    assert.deepEqual(taskFrame('Person perspective - Object View Orientation').frame, 'person');
    assert.deepEqual(taskFrame('Person perspective - Relative Direction').convention, 'facing');
    assert.deepEqual(taskFrame('Person perspective - Scene Simulation Relative Direction').frame, 'imagined');
    assert.deepEqual(taskFrame('Something else'), { frame: null, convention: null });
    assert.deepEqual(taskFrame(null), { frame: null, convention: null });
  });
});

describeReal('viewspatial-csv on real files', () => {
  const runs: [string, number, number][] = [
    ['result/Qwen2.5-VL-3B-Instruct/result_Qwen2.5-VL-3B-Instruct.csv', 299, 858],
    ['result/mvsm_merged_bf16/result_mvsm_merged_bf16.csv', 547, 858],
    ['result/mvsm_epoch10_merged/result_mvsm_epoch10_merged.csv', 612, 858],
    ['result/mvsm_aug_flip_v1_merged/result_mvsm_aug_flip_v1_merged.csv', 372, 554],
    ['result/mvsm_visual_prompt_merged/result_mvsm_visual_prompt_merged.csv', 365, 554],
    ['result/mvsm_visual_prompt_v1/result_mvsm_visual_prompt_v1.csv', 0, 0],
    ['result/mvsm_cot_merged/result_cot.csv', 315, 554],
    ['result_real_cot_fixed.csv', 302, 554],
  ];
  for (const [file, correct, rows] of runs) {
    it(`${file}: ${String(correct)} of ${String(rows)} by letter and by the stored verdict`, async () => {
      const source = await openFile(realData('wurf2026', file));
      recognised(viewspatialCsv, source.shape);
      const { items, dropped } = await readAll(viewspatialCsv, source);
      assert.deepEqual(dropped, []);
      assert.equal(items.length, rows);
      assert.equal(items.filter(right).length, correct);
      assert.equal(items.filter((item) => item.storedCorrect).length, correct);
      assert.ok(items.every((item) => item.frame !== null && item.convention !== null));
      for (const item of items.filter((asked) => asked.question !== null)) {
        assert.ok(item.question?.endsWith('?'), item.question ?? '');
        const gold = item.options.find((option) => `${option.label ?? ''}. ${option.text}` === item.gold);
        assert.ok(gold, `row ${String(item.row)}: the gold is not among the options`);
        assert.ok(item.options.length === 2 || item.options.length === 4);
      }
    });
  }
  it('counts the 27 answers that the script could not extract as empty', async () => {
    const { items } = await readAll(viewspatialCsv, await openFile(realData('wurf2026', 'result_real_cot_fixed.csv')));
    assert.equal(items.filter((item) => item.extracted === '').length, 27);
  });
});
