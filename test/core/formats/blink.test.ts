import assert from 'node:assert/strict';
import { blinkAnswerMap, blinkPredictionMap, blinkPredictions } from '../../../src/core/formats/blink.js';
import type { JsonObject, RawItem } from '../../../src/core/model.js';
import { fixture, objectShape, openFile, readAll, recognised, sourceOf } from '../../support/formatSource.js';
import { describeReal, realData } from '../../support/realData.js';

describe('formats: BLINK outputs', () => {
  const path = fixture('blink', 'v1', 'toy-7b_Spatial_Relation.json');

  it('recognises the two splits and names the model without the sub-task', async () => {
    const { shape } = await openFile(path);
    const detected = recognised(blinkPredictions, shape);
    assert.deepEqual([detected.role, detected.model, detected.dataset], ['run', 'toy-7b', 'BLINK']);
    assert.equal(blinkPredictionMap.detect(shape), null);
    assert.equal(blinkAnswerMap.detect(shape), null);
  });

  it('numbers the records over val and test, and accounts for each', async () => {
    const { items, dropped } = await readAll(blinkPredictions, await openFile(path));
    assert.deepEqual(
      items.map((item) => item.row),
      [1, 2, 3, 4, 7],
    );
    assert.deepEqual(
      dropped.map(({ row, reason }) => [row, reason]),
      [
        [5, 'not an object'],
        [6, 'missing field'],
      ],
    );
    assert.deepEqual(
      items.map((item) => item.meta['split']),
      ['val', 'val', 'val', 'test', 'test'],
    );
    assert.ok(items.every((item) => item.split === null));
  });

  it('keeps the extracted letter beside the response, and a hidden answer is no gold', async () => {
    const { items } = await readAll(blinkPredictions, await openFile(path));
    assert.deepEqual(
      items.map((item) => [item.gold, item.extracted, item.response]),
      [
        ['(A)', '(A)', '(A) yes'],
        ['(B)', '(A)', '<s> (A) yes, it is.'],
        ['(B)', '(Z)', 'Hard to say.'],
        [null, '(B)', 'no'],
        [null, '', null],
      ],
    );
    assert.deepEqual(items[4]?.meta, { seconds: 1.5, split: 'test' });
  });

  it('knows the options of the sub-tasks that always offer the same ones, and only of those', async () => {
    const records = ['Spatial_Relation', 'Relative_Depth', 'Counting'].map((task) => ({
      idx: `val_${task}_7`,
      answer: '(A)',
      prediction: '(A)',
    }));
    const { items } = await readAll(blinkPredictions, sourceOf(objectShape('toy.json', { val: records })));
    assert.deepEqual(
      items.map(({ task, kind, options }) => [task, kind, options.map(({ label, text }) => `${label ?? ''} ${text}`)]),
      [
        ['Spatial_Relation', 'yes-no', ['A yes', 'B no']],
        ['Relative_Depth', 'depth-order', ['A A is closer', 'B B is closer']],
        ['Counting', null, []],
      ],
    );
  });

  const names: [string, string | null][] = [
    ['toy_Counting.json', 'toy'],
    ['out/toy_v1.5_7b_Counting.json', 'toy_v1.5_7b'],
    ['saved_outputs/toy-7b/Counting.json', 'toy-7b'],
    ['outputs/Counting.json', null],
    ['val_predictions_toy.json', 'toy'],
    ['predictions.json', null],
  ];
  for (const [name, model] of names) {
    it(`names the model of ${name}: ${String(model)}`, () => {
      const shape = objectShape(name, { val: [{ idx: 'val_Counting_1', answer: '(A)', prediction: '(A)' }] });
      assert.equal(recognised(blinkPredictions, shape).model, model);
    });
  }

  it('reads a file without records as an empty run', async () => {
    const shape = objectShape('toy.json', { val: [], test: [] });
    assert.match(recognised(blinkPredictions, shape).reason, /empty run/);
    assert.deepEqual(await readAll(blinkPredictions, sourceOf(shape)), { items: [], dropped: [] });
  });

  it('does not take other objects with a val list for its own', () => {
    assert.equal(blinkPredictions.detect(objectShape('x.json', { val: [{ loss: 1 }] })), null);
    assert.equal(blinkPredictions.detect(objectShape('x.json', { accuracy: 0.5 })), null);
  });

  it('says what to do when a file cannot be parsed', async () => {
    const shape = { ...objectShape('toy.json', {}), root: null };
    await assert.rejects(
      readAll(blinkPredictions, sourceOf(shape, '{"val": [')),
      /toy\.json: expected one JSON object/,
    );
    await assert.rejects(readAll(blinkPredictions, sourceOf(shape, '[1]')), /toy\.json: expected one JSON object/);
  });
});

describe('formats: BLINK maps', () => {
  it('tells predictions from answers by the file name, and names the model', async () => {
    const answers = await openFile(fixture('blink', 'v1', 'val_answers.json'));
    const gold = recognised(blinkAnswerMap, answers.shape);
    assert.deepEqual([gold.role, gold.model, gold.dataset], ['definition', null, 'BLINK']);
    assert.equal(blinkPredictionMap.detect(answers.shape), null);
    const predictions = await openFile(fixture('blink', 'v1', 'val_predictions_toy-7b.json'));
    const run = recognised(blinkPredictionMap, predictions.shape);
    assert.deepEqual([run.role, run.model, run.dataset], ['run', 'toy-7b', 'BLINK']);
    assert.equal(blinkAnswerMap.detect(predictions.shape), null);
  });

  it('reads letters as extracted answers of one file and as gold of the other', async () => {
    const predictions = await readAll(
      blinkPredictionMap,
      await openFile(fixture('blink', 'v1', 'val_predictions_toy-7b.json')),
    );
    const answers = await readAll(blinkAnswerMap, await openFile(fixture('blink', 'v1', 'val_answers.json')));
    assert.deepEqual(
      predictions.items.map((item) => [item.id, item.task, item.extracted, item.gold]),
      [
        ['val_Counting_1', 'Counting', '(C)', null],
        ['val_Counting_2', 'Counting', '(Z)', null],
        ['val_Relative_Depth_1', 'Relative_Depth', '(B)', null],
        ['val_Relative_Depth_2', 'Relative_Depth', '(A)', null],
        ['val_Multi-view_Reasoning_1', 'Multi-view_Reasoning', '(A)', null],
      ],
    );
    assert.deepEqual(
      answers.items.map((item) => [item.gold, item.extracted, item.meta['split']]),
      ['(C)', '(D)', '(B)', '(B)', '(B)'].map((letter) => [letter, null, 'val']),
    );
  });

  const map = { val_Counting_1: '(A)', val_Counting_2: '(B)' };
  const sides: [string, Record<string, string>, 'predictions' | 'answers'][] = [
    ['val_answers.json', { ...map, val_Counting_3: '(Z)' }, 'predictions'],
    ['val_predictions/toy.json', map, 'predictions'],
    ['gold/val.json', map, 'answers'],
    ['ground_truth.json', map, 'answers'],
    ['toy_predicted_answers.json', map, 'predictions'],
    ['my_labels.json', map, 'answers'],
  ];
  for (const [path, root, side] of sides) {
    it(`reads ${path}${'val_Counting_3' in root ? ' with (Z)' : ''} as ${side}`, () => {
      const [is, isNot] =
        side === 'answers' ? [blinkAnswerMap, blinkPredictionMap] : [blinkPredictionMap, blinkAnswerMap];
      assert.ok(recognised(is, objectShape(path, root)).confidence > 0.5);
      assert.equal(isNot.detect(objectShape(path, root)), null);
    });
  }

  it('asks for a name that says so, or --gold, when nothing tells predictions from answers', () => {
    const detected = recognised(blinkPredictionMap, objectShape('toy.json', map));
    assert.equal(detected.role, 'run');
    assert.ok(detected.confidence < 0.5);
    assert.match(detected.reason, /rename it to end in _answers\.json, or, on the command line, name it with --gold/);
    assert.equal(recognised(blinkAnswerMap, objectShape('toy_answers.json', map)).role, 'definition');
  });

  it('claims no other map', () => {
    const others: JsonObject[] = [{ a: 'left' }, { a: '(A)', b: { c: 1 } }, {}, { a: 1 }];
    for (const root of others) {
      assert.equal(blinkPredictionMap.detect(objectShape('predictions.json', root)), null);
      assert.equal(blinkAnswerMap.detect(objectShape('answers.json', root)), null);
    }
    assert.equal(recognised(blinkPredictionMap, objectShape('predictions.json', { q1: '(A)' })).dataset, null);
  });

  it('keeps repeated keys and the order of the file, which parsing the object would lose', async () => {
    const text = '\uFEFF{"7": "(A)", "2": "(B)", "7": "(C)", "a\\"b": "(D)", "n": null, "x": 3}';
    const shape = objectShape('predictions.json', { 2: '(B)', 7: '(C)' });
    const { items, dropped } = await readAll(blinkPredictionMap, sourceOf(shape, text));
    assert.deepEqual(
      items.map((item) => [item.row, item.id, item.extracted]),
      [
        [1, '7', '(A)'],
        [2, '2', '(B)'],
        [3, '7', '(C)'],
        [4, 'a"b', '(D)'],
        [5, 'n', ''],
      ],
    );
    assert.deepEqual(
      dropped.map(({ row, reason }) => [row, reason]),
      [[6, 'not a letter']],
    );
  });
});

describeReal('formats: BLINK, published outputs', () => {
  const right = (items: readonly RawItem[]): number => items.filter((item) => item.extracted === item.gold).length;

  for (const [file, model, correct] of [
    ['GPT4o_Spatial_Relation.json', 'GPT4o', 99],
    ['llava_v1.5_7b_Spatial_Relation.json', 'llava_v1.5_7b', 88],
  ] as const) {
    it(`${file}: ${String(correct)} of 143 right, 286 items, 143 without gold`, async () => {
      const source = await openFile(realData('blink', file));
      assert.equal(recognised(blinkPredictions, source.shape).model, model);
      const { items, dropped } = await readAll(blinkPredictions, source);
      assert.deepEqual([items.length, dropped.length], [286, 0]);
      assert.equal(items.filter((item) => item.gold === null).length, 143);
      assert.equal(right(items), correct);
    });
  }

  it('the prediction map against the answer map: a mean of 60.04 % over 14 sub-tasks', async () => {
    const predictions = await openFile(realData('blink', 'val_predictions_GPT4o.json'));
    const answers = await openFile(realData('blink', 'val_answers.json'));
    assert.equal(recognised(blinkPredictionMap, predictions.shape).model, 'GPT4o');
    assert.equal(recognised(blinkAnswerMap, answers.shape).role, 'definition');
    const gold = new Map((await readAll(blinkAnswerMap, answers)).items.map((item) => [item.id, item.gold]));
    const { items } = await readAll(blinkPredictionMap, predictions);
    assert.deepEqual([items.length, gold.size], [1901, 1901]);
    const tasks = [...new Set(items.map((item) => item.task))];
    assert.equal(tasks.length, 14);
    const shares = tasks.map((task) => {
      const group = items.filter((item) => item.task === task);
      return right(group.map((item) => ({ ...item, gold: gold.get(item.id) ?? null }))) / group.length;
    });
    const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
    assert.equal((100 * mean).toFixed(2), '60.04');
  });
});
